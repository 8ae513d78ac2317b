"""Pages and API: they call the apps' services and selectors, and know no proofs."""
