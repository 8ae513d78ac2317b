"""What an officer takes away to sign apart from the site, and what they bring back.

The file holds the manifest and the event, so that the officer's own program shows what is signed from the
very bytes that are.
"""

from __future__ import annotations

from dataclasses import dataclass

from quorate.crypto.statements import officer_statement
from quorate.election.officer import OfficerKey
from quorate.record.canonical import Reader, RecordError, Struct, encode
from quorate.record.entries import Event, OfficerSignature, ReleaseApproval, read_entry, unsigned
from quorate.record.manifest import Manifest, read_manifest
from quorate.text import _

_LIMIT = 4_000_000


class SignFile(Struct, frozen=True):
    """The canonical texts of the event, without signatures, and of the manifest."""

    event: str
    manifest: str


@dataclass(frozen=True, slots=True)
class ToSign:
    """What a file asks an officer to sign."""

    manifest: Manifest
    event: Event | ReleaseApproval

    def sign(self, key: OfficerKey) -> OfficerSignature:
        """The officer's signature; ValueError for a key that is no officer's of this ballot."""
        if key.public not in self.manifest.officers:
            raise ValueError(_("{name} is not an officer of this ballot.").format(name=key.name))
        index = self.manifest.officers.index(key.public)
        return OfficerSignature(index, None, key.sign(self.manifest.phi, unsigned(self.event)))

    @property
    def statement(self) -> bytes:
        """What is signed [08.28]."""
        return officer_statement(self.manifest.phi, unsigned(self.event))


_files = Reader(SignFile)
_releases = Reader(ReleaseApproval)
_signatures = Reader(OfficerSignature)


def write_sign_file(manifest: Manifest, event: bytes) -> bytes:
    """The file for an event, given as the canonical bytes of its entry without signatures."""
    return encode(SignFile(event.decode(), encode(manifest).decode())) + b"\n"


def read_sign_file(data: bytes, where: str) -> ToSign:
    """Parse a file; RecordError names it when it is none, or when the event is of another ballot."""
    if len(data) > _LIMIT:
        raise RecordError(where, _("too large for a file to sign"))
    found = _files.read(data.removesuffix(b"\n"), where)
    manifest = read_manifest(found.manifest.encode(), where)
    text = found.event.encode()
    event: Event | ReleaseApproval
    if text.endswith(b',"type":"release-approval"}'):
        event = _releases.read(text, where)
    else:
        entry = read_entry(text, where)
        if not hasattr(entry, "officers"):
            raise RecordError(where, _("not an event that officers sign"))
        event = entry  # type: ignore[assignment]  # every entry with officers is an Event
    if event.phi != manifest.phi:
        raise RecordError(where, _("the event is of another ballot than the manifest"))
    return ToSign(manifest, event)


def read_signature(data: bytes, where: str) -> OfficerSignature:
    """Parse a signature that an officer brought back; RecordError names it when it is none."""
    return _signatures.read(data.removesuffix(b"\n"), where)
