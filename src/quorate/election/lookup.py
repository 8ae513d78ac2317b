"""What anyone can see of a ballot on a published board: a code's own ballots, or what became of a tracker."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from quorate.board.checkpoint import open_checkpoint
from quorate.board.errors import BoardError
from quorate.board.keys import VerifierKey
from quorate.board.tree import Frontier, leaf_hash
from quorate.crypto.ballot import Body
from quorate.crypto.fingerprint import is_spoken
from quorate.record.canonical import RecordError
from quorate.record.container import CHECKPOINTS, CREDENTIALS, ENTRIES, MANIFEST, Container, read_note
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Ballot, Entry, Reissue, Revoke, Spoil, is_ballot, read_ballot, read_entry
from quorate.record.manifest import Manifest, read_manifest
from quorate.text import _


class Fate(StrEnum):
    """What became of a ballot."""

    COUNTS = "counts"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class Found:
    """A ballot (or a spoiled one) on the board, by entry number."""

    index: int
    tracker: bytes
    credential: bytes
    fate: Fate


class Lookup:
    """One reading of a board, checked against its last checkpoint; RecordError when they do not agree."""

    def __init__(self, container: Container) -> None:
        self.manifest: Manifest = read_manifest(container.read(MANIFEST))
        self._container = container
        self.entries = _last_size(container, self.manifest)

    def of_credential(self, credential: bytes) -> list[Found]:
        """All ballots of a credential in order; the last one counts unless it was withdrawn."""
        needle = b64encode(credential)
        found: list[Found] = []
        for index, entry in self._entries(needle):
            if isinstance(entry, Ballot) and entry.credential == credential:
                found = [Found(f.index, f.tracker, f.credential, _replaced(f.fate)) for f in found]
                found.append(Found(index, _tracker(entry), credential, Fate.COUNTS))
            elif isinstance(entry, Spoil) and entry.credential == credential:
                found.append(Found(index, entry.tracker, credential, Fate.SPOILED))
            elif isinstance(entry, Reissue | Revoke) and credential == _removed(entry):
                found = [
                    Found(f.index, f.tracker, credential, Fate.WITHDRAWN if f.fate is Fate.COUNTS else f.fate)
                    for f in found
                ]
        return found

    def latest(self, credential: bytes) -> bytes:
        """The tracker that a new ballot of this credential must name: its latest, or 32 zero bytes [07.8]."""
        cast = [found for found in self.of_credential(credential) if found.fate is not Fate.SPOILED]
        return cast[-1].tracker if cast else bytes(32)

    def unit(self, credential: bytes) -> int | None:
        """The counting unit of a credential that may vote now; None for one that is unknown or was
        replaced.
        """
        index = CredentialIndex.parse(line for _offset, line in self._container.lines(CREDENTIALS))
        row = index.find(credential)
        units = {} if row is None else {credential: index.unit(row)}
        for _index, entry in self._entries(b'"type":"credential-re'):
            if isinstance(entry, Reissue | Revoke):
                old = _removed(entry)
                row = index.find(old)
                unit = units.pop(old, None if row is None else index.unit(row))
                if isinstance(entry, Reissue) and unit is not None:
                    units[entry.new] = unit
        return units.get(credential)

    def by_tracker(self, typed: str) -> Found | None:
        """What became of the ballot whose tracker a person typed, or None."""
        for _index, entry in self._entries(b""):
            tracker = _tracker(entry) if isinstance(entry, Ballot) else getattr(entry, "tracker", None)
            if isinstance(entry, Ballot | Spoil) and tracker and is_spoken(tracker, typed):
                own = self.of_credential(entry.credential)
                return next(found for found in own if found.tracker == tracker)
        return None

    def _entries(self, needle: bytes) -> Iterator[tuple[int, Entry]]:
        for index, (_offset, line) in enumerate(self._container.lines(ENTRIES)):
            if index >= self.entries:
                return
            if needle in line:
                where = f"entry {index}"
                yield index, read_ballot(line, where) if is_ballot(line) else read_entry(line, where)


def _last_size(container: Container, manifest: Manifest) -> int:
    """The size of the last checkpoint, once its signature and root have been checked."""
    last = b""
    for _offset, line in container.lines(CHECKPOINTS):
        last = line
    try:
        key = VerifierKey.parse(manifest.log_key)
        signed = open_checkpoint(read_note(last, CHECKPOINTS), key, manifest.witnesses)
        signed.require_quorum()
    except BoardError as error:
        raise RecordError(CHECKPOINTS, str(error)) from None
    tree = Frontier()
    for number, (_offset, line) in enumerate(container.lines(ENTRIES)):
        if number == signed.checkpoint.size:
            break
        tree.append(leaf_hash(line))
    if tree.size != signed.checkpoint.size or tree.root() != signed.checkpoint.root:
        raise RecordError(ENTRIES, _("does not have the root of its last checkpoint: the board was changed"))
    return tree.size


def _replaced(fate: Fate) -> Fate:
    return Fate.REPLACED if fate is Fate.COUNTS else fate


def _tracker(ballot: Ballot) -> bytes:
    return Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers).tracker()


def _removed(entry: Reissue | Revoke) -> bytes:
    return entry.old if isinstance(entry, Reissue) else entry.credential
