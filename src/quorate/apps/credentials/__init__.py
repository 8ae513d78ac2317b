"""Hosted mode only: voting codes made and mapped here, behind a narrow port (`registry`)."""
