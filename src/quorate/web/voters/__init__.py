"""The booth and what a voter may look up; no cookies."""
