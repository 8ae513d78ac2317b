"""What anyone can see of a ballot on a published board: a code's own ballots, or what became of a tracker."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

from quorate.board.checkpoint import open_checkpoint
from quorate.board.errors import BoardError
from quorate.board.keys import VerifierKey
from quorate.board.tree import Frontier, leaf_hash
from quorate.election.directory import Directory, Electorate, Found
from quorate.record.canonical import RecordError
from quorate.record.container import CHECKPOINTS, CREDENTIALS, ENTRIES, MANIFEST, Container, read_note
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Entry, is_ballot, read_ballot, read_entry
from quorate.record.manifest import Manifest, read_manifest
from quorate.text import _


class Lookup:
    """One reading of a board, checked against its last checkpoint; RecordError when they do not agree."""

    def __init__(self, container: Container) -> None:
        self.manifest: Manifest = read_manifest(container.read(MANIFEST))
        self._container = container
        self.entries = _last_size(container, self.manifest)

    def of_credential(self, credential: bytes) -> list[Found]:
        """All ballots of a credential in order; the last one cast counts unless it was withdrawn."""
        return self._directory(b64encode(credential)).of_credential(credential)

    def latest(self, credential: bytes) -> bytes:
        """The tracker that a new ballot of this credential must name: its latest, or 32 zero bytes [07.8]."""
        return self._directory(b64encode(credential)).latest(credential)

    def unit(self, credential: bytes) -> int | None:
        """The counting unit of a credential that may vote now; None for one that is unknown or was
        replaced.
        """
        lines = self._container.lines(CREDENTIALS)
        electorate = Electorate(CredentialIndex.parse(line for _offset, line in lines))
        for _index, entry in self._entries(b'"type":"credential-re'):
            electorate.add(entry)
        return electorate.unit(credential)

    def by_tracker(self, typed: str) -> Found | None:
        """What became of the ballot whose tracker a person typed, or None."""
        try:
            return self._directory(b"").by_tracker(typed)
        except ValueError:
            return None

    def _directory(self, needle: bytes) -> Directory:
        """What the lines with this needle say; one credential's lines say all about that credential."""
        directory = Directory()
        for index, entry in self._entries(needle):
            directory.add(index, entry)
        return directory

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
