"""What can go wrong with publishing."""

from __future__ import annotations


class NoSuchDocument(LookupError):
    """No document of this ballot has this fingerprint."""


class NotReleased(LookupError):
    """The result is not public yet; the message says so."""
