"""The log: puts entries in order, makes them durable, signs, has witnesses cosign, then acknowledges."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import RLock
from typing import Protocol

from quorate.board.checkpoint import (
    NO_WITNESSES,
    Checkpoint,
    SignedCheckpoint,
    WitnessPolicy,
    open_checkpoint,
)
from quorate.board.consistency import prove_consistency
from quorate.board.errors import (
    AppendFailed,
    CosignFailed,
    EntryRefused,
    Malformed,
    NotWitnessed,
    SignatureRefused,
    StorageDamaged,
)
from quorate.board.examine import check_written, examine, open_stored
from quorate.board.inclusion import prove_inclusion
from quorate.board.keys import LogSigner
from quorate.board.note import Note, NoteSignature
from quorate.board.proof import Receipt
from quorate.board.storage import Storage
from quorate.board.tree import EMPTY_ROOT, Hash, Node, leaf_hash, stored_count
from quorate.text import _

MAX_ENTRY_SIZE = 65_535
"""Bytes [08.2]: what the length prefix of c2sp.org/tlog-tiles can say."""


class Cosigner(Protocol):
    """Asks one witness. Brings its own patience: it must give up after a while."""

    def __call__(self, checkpoint: bytes, prove: Callable[[int], list[Hash]]) -> Sequence[str]:
        """Have the witness cosign; return its signature lines, without newlines.

        `checkpoint` is the signed note. `prove(old)` gives the consistency proof from the size that the
        witness saw last. Raises CosignFailed if the witness cannot be reached or declines.
        """
        ...


class Log:
    """The one writer of a board. Its methods may be called from several threads.

    A batch goes through these steps, and each comment at a step says what holds if the process dies there:
    entries, hashes, independent check, signature, checkpoint place, witnesses, publication, acknowledgement.
    """

    def __init__(
        self,
        storage: Storage,
        signer: LogSigner,
        origin: str,
        cosigners: Sequence[Cosigner] = (),
        policy: WitnessPolicy = NO_WITNESSES,
    ) -> None:
        """Open a board that `create` made, and bring it to a consistent state [08.19].

        Raises StorageDamaged if what is stored contradicts what was signed, Malformed if the keys do not fit.
        """
        _check_keys(signer, origin, policy)
        self._storage = storage
        self._signer = signer
        self._cosigners = tuple(cosigners)
        self._policy = policy
        self._mutex = RLock()
        self._stale = True
        self.recover()

    @classmethod
    def create(
        cls,
        storage: Storage,
        signer: LogSigner,
        origin: str,
        cosigners: Sequence[Cosigner] = (),
        policy: WitnessPolicy = NO_WITNESSES,
    ) -> Log:
        """Start a new board with a signed checkpoint of size 0, so that a lost one is never mistaken for new.

        Raises StorageDamaged, changing nothing, if there is anything already; Malformed if the keys do not
        fit; OSError if it cannot be written.
        """
        _check_keys(signer, origin, policy)
        storage.reload()
        if storage.latest() is not None or storage.entry_count() or storage.checkpoint_count():
            place = storage.place_of_checkpoint(None)
            raise StorageDamaged(_("There is a board already at {place}.").format(place=place), (place,))
        text = Checkpoint(origin=origin, root=EMPTY_ROOT, size=0).text()
        storage.replace(None, Note(text, (signer.sign(text),)).encode())
        return cls(storage, signer, origin, cosigners, policy)

    # State: what the checkpoint place holds (`_latest`), its tree (`_frontier`), whether the published
    # checkpoints have it (`_recorded`), the newest one with a quorum (`_witnessed`), and when each witness
    # cosigned last (`_times`). After a failed write
    # the memory is `_stale`, and the next call recovers from storage before it does anything.

    @property
    def size(self) -> int:
        """Number of entries that are sequenced and signed for, whether witnessed already or not."""
        return self._latest.checkpoint.size

    def recover(self) -> None:
        """Bring memory and storage to the state of the latest signed checkpoint [08.19].

        Raises StorageDamaged, or OSError if the store still cannot be read or written.
        """
        with self._mutex:
            self._stale = True
            storage, key = self._storage, self._signer.key
            storage.reload()
            data, place = storage.latest(), storage.place_of_checkpoint(None)
            if data is None:
                raise StorageDamaged(
                    _(
                        "There is no checkpoint at {place}. If a board was ever here, restore it from a copy;"
                        " do not start a new one in its place."
                    ).format(place=place),
                    (place,),
                )
            latest = open_stored(storage, None, data, key, self._policy)
            found = examine(storage, latest, key, self._policy)
            # All is intact up to the checkpoint, and nothing was changed yet. What is past it was never
            # acknowledged.
            size = latest.checkpoint.size
            storage.set_aside(size)
            storage.drop_hashes(stored_count(size))
            if found.missing_hashes:
                storage.append_hashes(found.missing_hashes)
            witnessed = found.witnessed
            if latest.has_quorum:
                if found.recorded is None or found.recorded.note != latest.note:
                    storage.append_checkpoint(data)
                witnessed = latest
            elif witnessed is not None and witnessed.checkpoint == latest.checkpoint:
                latest = witnessed  # died between publishing it and putting it in the place
            # Written again even if unchanged: a rename that was reported as failed may not be durable.
            storage.replace(data, latest.note.encode())
            self._frontier = found.frontier
            self._times = found.times | {c.witness: c.time for c in latest.cosignatures}
            self._latest = latest
            self._witnessed = witnessed
            self._recorded = witnessed is latest or (
                found.recorded is not None and found.recorded.note == latest.note
            )
            self._stale = False

    def append(self, entries: Sequence[bytes]) -> list[int]:
        """Append entries in this order; return their indexes once they are safe for ever [08.16].

        On return they are durable, and covered by a published checkpoint with the quorum of witnesses:
        receipts can be had. Raises EntryRefused before anything is written; AppendFailed or NotWitnessed when
        nothing was acknowledged; StorageDamaged when storage contradicts itself.
        """
        for number, entry in enumerate(entries):
            _check_entry(number, entry)
        with self._mutex, self._writing():
            self._refresh()
            start = self.size
            if entries:
                self._sequence(entries)
                self._publish()
            return list(range(start, start + len(entries)))

    def publish(self) -> SignedCheckpoint:
        """Have the latest checkpoint witnessed and published if it is not yet; return it.

        Raises NotWitnessed while the quorum is missing, AppendFailed if it cannot be written.
        """
        with self._mutex, self._writing():
            self._refresh()
            self._publish()
            return self.checkpoint()

    def checkpoint(self) -> SignedCheckpoint:
        """The newest checkpoint with the quorum of witnesses. Raises NotWitnessed if there is none yet."""
        if self._witnessed is None:
            raise NotWitnessed(_("No checkpoint of this board has been cosigned by enough witnesses yet."))
        return self._witnessed

    def entries(self, start: int, end: int) -> list[bytes]:
        """Sequenced entries start..end-1. Raises IndexError past `size`."""
        if end > self.size:
            raise IndexError(f"the board has {self.size} entries, not {end}")
        return self._storage.read_entries(start, end)

    def hashes(self, nodes: Sequence[Node]) -> list[Hash]:
        """Roots of complete subtrees, as tiles publish them. Raises ValueError past `size`."""
        if any((node.number + 1) << node.level > self.size for node in nodes):
            raise ValueError(f"the board has {self.size} entries only")
        return self._storage.read_hashes(nodes)

    def checkpoints(self) -> list[bytes]:
        """All published checkpoints, oldest first, as signed notes."""
        return self._storage.read_checkpoints(0, self._storage.checkpoint_count())

    def inclusion_proof(self, index: int, size: int) -> list[Hash]:
        """Proof for entry `index` in the tree of the first `size`. Raises ValueError past the log's size."""
        self._check_size(size)
        return prove_inclusion(self._storage, index, size)

    def consistency_proof(self, old: int, new: int) -> list[Hash]:
        """Proof that size `new` continues size `old`. Raises ValueError past the log's size."""
        self._check_size(new)
        return prove_consistency(self._storage, old, new)

    def receipt(self, index: int) -> bytes:
        """The receipt of entry `index`: a tlog-proof against the newest witnessed checkpoint [08.14].

        Raises NotWitnessed if the entry is not covered by one yet, ValueError if there is no such entry.
        """
        if not 0 <= index < self.size:
            raise ValueError(f"no entry {index} on a board of {self.size}")
        signed = self.checkpoint()
        size = signed.checkpoint.size
        if index >= size:
            raise NotWitnessed(
                _(
                    "Entry {index} is on the board, but no checkpoint with enough witnesses covers it yet."
                ).format(index=index)
            )
        hashes = prove_inclusion(self._storage, index, size)
        return Receipt(checkpoint=signed.note.encode(), hashes=tuple(hashes), index=index).encode()

    def _check_size(self, size: int) -> None:
        if size > self.size:
            raise ValueError(f"the board has {self.size} entries, not {size}")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A write that fails acknowledges nothing [08.22]; what is stale by then recovers before the next."""
        try:
            yield
        except OSError as error:
            raise AppendFailed(
                _("The board could not be written, and nothing was acknowledged: {error}.").format(
                    error=error
                )
            ) from error

    def _refresh(self) -> None:
        if self._stale:
            self.recover()

    def _sequence(self, entries: Sequence[bytes]) -> None:
        """Make entries part of the signed board. Not acknowledged yet."""
        storage, old = self._storage, self._latest
        frontier = self._frontier.copy()
        hashes = frontier.extend(map(leaf_hash, entries))
        root = frontier.root()
        self._stale = True
        storage.append_entries(entries)
        # Dies here: entries past the checkpoint, which recovery sets aside. Nobody was told of them.
        storage.append_hashes(hashes)
        check_written(storage, old, entries, root)
        if not self._recorded:  # [08.10] what was signed is published before a later one takes its place
            storage.append_checkpoint(old.note.encode())
        text = Checkpoint(origin=old.checkpoint.origin, root=root, size=frontier.size).text()
        note = Note(text, (self._signer.sign(text),))
        signed = open_checkpoint(note.encode(), self._signer.key, self._policy)
        # The point of no return. Dies before: as above, and nobody ever saw the signature. Dies after: the
        # entries are on the board for good, unacknowledged; recovery finds all they need.
        storage.replace(old.note.encode(), note.encode())
        self._frontier, self._latest, self._recorded = frontier, signed, False
        self._stale = False

    def _publish(self) -> None:
        """Get the latest checkpoint its quorum and publish it. Then its entries may be acknowledged."""
        latest = self._latest
        if self._witnessed is latest:
            return
        signed = latest if latest.has_quorum else self._cosigned(latest)
        self._stale = True
        storage = self._storage
        storage.append_checkpoint(signed.note.encode())
        # Dies here: published, and recovery puts the cosigned note in the checkpoint place.
        if signed.note != latest.note:
            storage.replace(latest.note.encode(), signed.note.encode())
        self._times |= {c.witness: c.time for c in signed.cosignatures}
        self._latest = self._witnessed = signed
        self._recorded = True
        self._stale = False

    def _cosigned(self, latest: SignedCheckpoint) -> SignedCheckpoint:
        """Ask every witness, and return the checkpoint with a quorum of cosignatures. Raises NotWitnessed."""
        note, failures = latest.note, list[str]()
        for cosigner in self._cosigners:
            try:
                for line in cosigner(latest.note.encode(), self._prove_to_witness):
                    note = self._with_cosignature(note, NoteSignature.parse(line))
            except (CosignFailed, Malformed, SignatureRefused, OSError) as error:
                failures.append(str(error))
        signed = open_checkpoint(note.encode(), self._signer.key, self._policy)
        if not signed.has_quorum:
            raise NotWitnessed(
                _(
                    "The checkpoint at size {size} has {count} of the {quorum} cosignatures it needs, so no"
                    " receipt can be given yet. {failures}"
                )
                .format(
                    size=signed.checkpoint.size,
                    count=len(signed.cosignatures),
                    quorum=signed.quorum,
                    failures=" ".join(failures),
                )
                .rstrip()
            )
        return signed

    def _with_cosignature(self, note: Note, signature: NoteSignature) -> Note:
        """Add a line by a witness of the policy that has not signed this note yet; leave out any other.

        One whose time goes back would make the whole record fail (check V5): it counts as missing.
        """
        for key in self._policy.keys:
            if key.signed(signature) and not any(key.signed(present) for present in note.signatures):
                time = key.verify(note.text, signature) or 0
                if time < self._times.get(key.name, 0):
                    raise CosignFailed(_("The clock of the witness {name} went back.").format(name=key.name))
                return note.with_signatures((signature,))
        return note

    def _prove_to_witness(self, old: int) -> list[Hash]:
        if old > self.size:
            raise CosignFailed(
                _(
                    "A witness saw {old} entries on this board, which has only {size}: it may have been"
                    " restored from an old copy. Find the missing entries first."
                ).format(old=old, size=self.size)
            )
        return self.consistency_proof(old, self.size)


def _check_keys(signer: LogSigner, origin: str, policy: WitnessPolicy) -> None:
    if signer.key.name != origin:
        raise Malformed(
            _("The log {origin} cannot sign with the key of {name}.").format(
                origin=origin, name=signer.key.name
            )
        )
    policy.check_log_key(signer.key)


def _check_entry(number: int, entry: bytes) -> None:
    if not 0 < len(entry) <= MAX_ENTRY_SIZE or b"\n" in entry:
        raise EntryRefused(
            _(
                "Entry {number} of the batch cannot go on the board: it must have 1 to {most} bytes and no"
                " line break; it has {size} bytes. Nothing of the batch was written."
            ).format(number=number + 1, most=MAX_ENTRY_SIZE, size=len(entry))
        )
