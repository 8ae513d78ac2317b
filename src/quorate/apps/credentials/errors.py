"""What can go wrong with hosted codes. No message ever holds a code or a key."""

from __future__ import annotations


class RegistryError(Exception):
    """The registry cannot do this; the message says why and what to do."""


class RegistryUnavailable(RegistryError):
    """The site may not make the registry's own schema; the message says what is needed."""


class AlreadyHandedOver(RegistryError):
    """The codes were handed over once before, and no copy was kept."""
