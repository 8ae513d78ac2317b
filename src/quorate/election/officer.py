"""Officers: their keys, and their signatures under what opens or changes a ballot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from quorate.crypto.statements import officer_statement
from quorate.record.entries import Event, OfficerSignature, unsigned
from quorate.record.manifest import Officer

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class OfficerKey:
    """An officer's signing key: 32 secret bytes, and the name that stands in the manifest."""

    name: str
    seed: bytes = field(repr=False)

    @property
    def public(self) -> Officer:
        """The officer as the manifest names them."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return Officer(key=key, name=self.name, scheme="ed25519")

    def sign(self, phi: bytes, event: bytes) -> bytes:
        """Sign an event's canonical bytes without signatures, for the ballot phi."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(officer_statement(phi, event))


def sign_event(event: E, officers: Sequence[Officer], keys: Sequence[OfficerKey]) -> E:
    """The event with these officers' signatures added, in manifest order; ValueError for a stranger's key."""
    message = unsigned(event)
    for key in keys:
        index = list(officers).index(key.public) if key.public in officers else -1
        if index < 0:
            raise ValueError(f"{key.name} is not an officer of this ballot")
        event = add_signature(event, OfficerSignature(index, None, key.sign(event.phi, message)))
    return event


def add_signature(event: E, signature: OfficerSignature) -> E:
    """The event with a signature added, in manifest order; it replaces an earlier one of the same officer.

    Whether it holds is not looked at.
    """
    signatures = {made.officer: made for made in event.officers} | {signature.officer: signature}
    ordered = tuple(signatures[index] for index in sorted(signatures))
    signed: E = msgspec.structs.replace(event, officers=ordered)
    return signed
