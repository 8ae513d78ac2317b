"""What can go wrong with publishing."""

from __future__ import annotations


class NotReleased(LookupError):
    """The result is not public yet; the message says so."""
