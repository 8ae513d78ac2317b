"""What a store must promise, as two narrow protocols.

The log's safety rests on these comments: a store that keeps them can be a directory, a database or a service.
The first is small and strict, because everything hangs on it; the second may be large and simple.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from quorate.board.tree import Hash, HashReader


class CheckpointPlace(Protocol):
    """The one place that holds the latest checkpoint that the log signed [08.17].

    Promise: calls are serialisable, and a read sees the last completed write, across processes and restarts.
    When `replace` returns, the new value is durable and the old one never comes back. When it raises anything
    but CheckpointConflict, the place holds the old or the new value: read it again before going on.

    A checkpoint is put here before anyone else sees it. So whatever the world has seen, this place has, and a
    log that restarts from it cannot sign a second history.
    """

    def latest(self) -> bytes | None:
        """The signed note that is there, or None if no log was ever created here."""
        ...

    def replace(self, old: bytes | None, new: bytes) -> None:
        """Put `new` in the place of exactly `old`.

        Raises CheckpointConflict, changing nothing, if something else is there.
        """
        ...


class EntryStore(HashReader, Protocol):
    """Append-only entries, subtree hashes and published checkpoints, each a sequence numbered from 0 [08.18].

    Promise: when an `append_...` returns, all of it is durable and is read back as the same bytes. When it
    raises, any beginning of it may be stored, even with a last item cut short: call `reload` before anything
    else. Nothing is removed but by `set_aside` and `drop_hashes`, which only take what is past a number.

    One writer: a store refuses to be opened for writing twice.
    """

    def reload(self) -> None:
        """Look afresh at what is stored, and make durable whatever is there. Counts are exact afterwards."""
        ...

    def entry_count(self) -> int:
        """Number of complete entries, signed for or not."""
        ...

    def append_entries(self, entries: Sequence[bytes]) -> None: ...

    def read_entries(self, start: int, end: int) -> list[bytes]:
        """Entries start..end-1."""
        ...

    def set_aside(self, size: int) -> None:
        """Move everything past the first `size` entries to where it can be looked up; never delete it."""
        ...

    def hash_count(self) -> int:
        """Number of subtree hashes, in the order of `tree.stored_position`."""
        ...

    def append_hashes(self, hashes: Sequence[Hash]) -> None: ...

    def read_hash_run(self, start: int, end: int) -> list[Hash]:
        """The stored hashes start..end-1, fewer if there are not so many."""
        ...

    def drop_hashes(self, count: int) -> None:
        """Remove every hash past the first `count`. They can be recomputed."""
        ...

    def checkpoint_count(self) -> int: ...

    def append_checkpoint(self, note: bytes) -> None: ...

    def read_checkpoints(self, start: int, end: int) -> list[bytes]:
        """Signed notes start..end-1. Raises StorageDamaged for one that cannot be read."""
        ...

    def place_of_entry(self, number: int) -> str:
        """Where people find this entry, for messages."""
        ...

    def place_of_hash(self, number: int) -> str: ...

    def place_of_checkpoint(self, number: int | None) -> str:
        """Where people find a published checkpoint, or with None the latest one."""
        ...


class Storage(CheckpointPlace, EntryStore, Protocol):
    """Both together, which is what a log needs. They may be two systems behind one object."""
