"""The engine of a ballot without a web framework: registrar, intake, close and tally."""
