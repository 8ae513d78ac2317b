"""Does a store hold what the log signed for? Recomputed from the entries, apart from the log's state."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from quorate.board.checkpoint import SignedCheckpoint, WitnessPolicy, open_checkpoint
from quorate.board.errors import Malformed, SignatureRefused, StorageDamaged
from quorate.board.keys import VerifierKey
from quorate.board.storage import EntryStore
from quorate.board.tree import (
    Frontier,
    Hash,
    Node,
    complete_subtrees,
    leaf_hash,
    root_of,
    stored_count,
    stored_position,
)
from quorate.text import _, ngettext

_CHUNK = 1024  # entries read at a time


class Examination(msgspec.Struct, frozen=True):
    """What an intact store holds.

    `missing_hashes` have to be appended to make the stored hashes complete. `recorded` is the last of the
    published checkpoints, `witnessed` the last one that has the quorum. `times` has the last published
    cosignature's time of each witness, in POSIX seconds.
    """

    frontier: Frontier
    missing_hashes: list[Hash]
    recorded: SignedCheckpoint | None
    times: dict[str, int]
    witnessed: SignedCheckpoint | None


def examine(
    store: EntryStore, latest: SignedCheckpoint, log_key: VerifierKey, policy: WitnessPolicy
) -> Examination:
    """Check all entries, hashes and published checkpoints against the latest signed checkpoint [08.21].

    Changes nothing. Entries past the checkpoint are not looked at. Raises StorageDamaged, naming every place.
    """
    size = latest.checkpoint.size
    if store.entry_count() < size:
        raise _altered_entries(store, latest, 0, size - 1)
    published = _published_checkpoints(store, latest, log_key, policy)
    roots = _RootCheck(store, published)
    frontier, missing, differing = Frontier(), list[Hash](), list[int]()
    position = 0
    for start in range(0, size, _CHUNK):
        leaves = [leaf_hash(entry) for entry in store.read_entries(start, min(start + _CHUNK, size))]
        computed = frontier.extend(leaves)
        stored = store.read_hash_run(position, position + len(computed))
        differing += _differing(stored, computed, position)
        missing += computed[len(stored) :]
        position += len(computed)
        roots.extend(leaves)
    if frontier.root() != latest.checkpoint.root:
        raise _altered_entries(store, latest, roots.last_right, (roots.first_wrong or size) - 1)
    places = [store.place_of_hash(number) for number in differing] + roots.wrong
    if places:
        raise _damaged(
            tuple(places), _("The entries agree with the signed checkpoint, but not with what is here.")
        )
    return Examination(
        frontier=frontier,
        missing_hashes=missing,
        recorded=published[-1] if published else None,
        times={c.witness: c.time for signed in published for c in signed.cosignatures},
        witnessed=next((signed for signed in reversed(published) if signed.has_quorum), None),
    )


def check_written(store: EntryStore, old: SignedCheckpoint, entries: Sequence[bytes], root: Hash) -> None:
    """The last look before signing: does storage hold `entries` after the old ones, with this root [08.20]?

    Everything is read back. The stored hashes of the old tree must still give the old checkpoint's root; on
    top of them the stored entries must give the new one; and each hash stored for them must be the recomputed
    one. Raises StorageDamaged.
    """
    start = old.checkpoint.size
    peaks = complete_subtrees(0, start)
    frontier = Frontier.of_peaks(start, store.read_hashes(peaks))
    if frontier.root() != old.checkpoint.root:
        places = tuple(store.place_of_hash(stored_position(node)) for node in peaks)
        raise _damaged(places, _("The stored hashes no longer give the root that was signed last."))
    written = store.read_entries(start, start + len(entries))
    hashes = frontier.extend(map(leaf_hash, written))
    if frontier.root() != root:
        places = tuple(
            store.place_of_entry(start + at) for at, entry in enumerate(entries) if written[at] != entry
        ) or (store.place_of_entry(start),)
        raise _damaged(places, _("Entries do not read back as they were handed over."))
    first = stored_count(start)
    differing = _differing(store.read_hash_run(first, first + len(hashes)), hashes, first)
    if differing:
        raise _damaged(
            tuple(map(store.place_of_hash, differing)), _("Hashes do not read back as they were written.")
        )


def _differing(stored: Sequence[Hash], computed: Sequence[Hash], first: int) -> list[int]:
    """Numbers of the stored hashes that are not the computed ones; `first` is the number of the first."""
    if stored == computed[: len(stored)]:
        return []
    return [first + at for at, found in enumerate(stored) if found != computed[at]]


class _RootCheck:
    """Compares the root at each published checkpoint's size while entries stream by.

    A tree of its own, grown leaf by leaf: it shares no state with the one compared with stored hashes.
    """

    def __init__(self, store: EntryStore, published: list[SignedCheckpoint]) -> None:
        self._store = store
        self._published = published
        self._next = 0
        self._frontier = Frontier()
        self.wrong: list[str] = []
        self.last_right = 0
        """Size of the last checkpoint before the first wrong one."""
        self.first_wrong: int | None = None
        self._compare()

    def extend(self, leaves: list[Hash]) -> None:
        for leaf in leaves:
            self._frontier.append(leaf)
            self._compare()

    def _compare(self) -> None:
        while self._next < len(self._published) and self._size_of_next() == self._frontier.size:
            if self._published[self._next].checkpoint.root != self._frontier.root():
                self.wrong.append(self._store.place_of_checkpoint(self._next))
                self.first_wrong = self.first_wrong or self._frontier.size
            elif self.first_wrong is None:
                self.last_right = self._frontier.size
            self._next += 1

    def _size_of_next(self) -> int:
        return self._published[self._next].checkpoint.size


def open_stored(
    store: EntryStore, number: int | None, data: bytes, log_key: VerifierKey, policy: WitnessPolicy
) -> SignedCheckpoint:
    """Open a checkpoint that this log stored: published number, or with None the latest one [08.21].

    Stricter than for a checkpoint from elsewhere: the log stores no signature but its own and those of the
    policy's witnesses, so an unknown one is a damaged one. Raises StorageDamaged.
    """
    place = store.place_of_checkpoint(number)
    try:
        signed = open_checkpoint(data, log_key, policy)
    except (Malformed, SignatureRefused) as error:
        raise _damaged((place,), str(error)) from error
    if len(signed.note.signatures) != len(signed.cosignatures) + 1:
        raise _damaged((place,), _("A signature is by neither the log nor a witness of the policy."))
    return signed


def _published_checkpoints(
    store: EntryStore, latest: SignedCheckpoint, log_key: VerifierKey, policy: WitnessPolicy
) -> list[SignedCheckpoint]:
    published: list[SignedCheckpoint] = []
    size = 0
    for number, note in enumerate(store.read_checkpoints(0, store.checkpoint_count())):
        signed = open_stored(store, number, note, log_key, policy)
        if signed.checkpoint.size < size:
            place = store.place_of_checkpoint(number)
            raise _damaged((place,), _("A checkpoint is smaller than the one before it."))
        size = signed.checkpoint.size
        published.append(signed)
    if size > latest.checkpoint.size:
        place = store.place_of_checkpoint(None)
        raise _damaged((place,), _("The latest checkpoint is older than the last published one."))
    return published


def _altered_entries(store: EntryStore, latest: SignedCheckpoint, first: int, last: int) -> StorageDamaged:
    """Name the altered or missing entries; from `first` to `last` if the stored hashes cannot say which."""
    size, count = latest.checkpoint.size, store.entry_count()
    if store.hash_count() >= stored_count(size):
        leaves = store.read_hashes([Node(0, number) for number in range(size)])
        if root_of(leaves) == latest.checkpoint.root:
            entries = store.read_entries(0, min(size, count))
            altered = [at for at, entry in enumerate(entries) if leaf_hash(entry) != leaves[at]]
            places = tuple(map(store.place_of_entry, (*altered, *range(count, size))))
            return _damaged(places, _("Entries are altered or missing that were signed for."))
    return _damaged(
        (store.place_of_entry(first), store.place_of_entry(last)),
        _("From the first to the last of these places, an entry is altered or missing that was signed for."),
    )


def _damaged(places: tuple[str, ...], what: str) -> StorageDamaged:
    named = "; ".join(places[:5]) + (
        " " + ngettext("and {more} more", "and {more} more", len(places) - 5).format(more=len(places) - 5)
        if len(places) > 5
        else ""
    )
    return StorageDamaged(
        _(
            "The stored board is damaged: {what} Places: {named}. Nothing will be signed. Keep these files as"
            " they are, and restore the named ones from a copy that a monitor or a backup holds."
        ).format(what=what, named=named),
        places,
    )
