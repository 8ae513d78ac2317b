"""A board in a directory: both storage protocols kept with plain files [08.24]."""

from __future__ import annotations

import fcntl
import os
import re
from array import array
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from quorate.board.errors import CheckpointConflict, StorageBusy, StorageDamaged
from quorate.board.fileops import FileOps, SystemFileOps
from quorate.board.tree import HASH_SIZE, Hash, Node, stored_position
from quorate.text import _

ENTRIES = "entries.jsonl"
HASHES = "hashes.bin"
CHECKPOINT = "checkpoint"
CHECKPOINTS = "checkpoints.jsonl"
DISCARDED = "discarded.jsonl"
LOCK = "lock"

_SCAN_SIZE = 1 << 20


class DiscardedEntry(msgspec.Struct, frozen=True):
    """A line of `discarded.jsonl`: an entry that was written but never signed for, at its would-be index.

    `complete` is false if writing stopped in the middle of it.
    """

    complete: bool
    entry: bytes
    index: int


class _LineFile:
    """An append-only file of lines that knows where each line ends."""

    def __init__(self, path: Path, ops: FileOps) -> None:
        self.path = path
        self._ops = ops
        self.fd = ops.open(path)
        self._ends = array("Q")

    @property
    def count(self) -> int:
        return len(self._ends)

    def end_of(self, count: int) -> int:
        """Length in bytes of the first `count` lines."""
        return self._ends[count - 1] if count else 0

    def reload(self) -> None:
        self._ops.sync(self.fd)
        ends, base = array("Q"), 0
        while chunk := os.pread(self.fd, _SCAN_SIZE, base):
            ends.extend(base + match.end() for match in re.finditer(b"\n", chunk))
            base += len(chunk)
        self._ends = ends

    def append(self, lines: Sequence[bytes]) -> None:
        start = self.end_of(self.count)
        self._ops.write(self.fd, b"\n".join(lines) + b"\n", start)
        self._ops.sync(self.fd)
        for line in lines:
            start += len(line) + 1
            self._ends.append(start)

    def read(self, start: int, end: int) -> list[bytes]:
        if not 0 <= start <= end <= self.count:
            raise IndexError(f"{self.path.name} has {self.count} lines, not {start} to {end}")
        if start == end:
            return []
        first = self.end_of(start)
        # Without the last newline, so that splitting yields exactly the lines.
        return _read(self.fd, self.end_of(end) - 1 - first, first).split(b"\n")

    def rest(self, count: int) -> bytes:
        """Everything past the first `count` lines, complete or not."""
        first = self.end_of(count)
        return _read(self.fd, os.fstat(self.fd).st_size - first, first)

    def cut(self, count: int) -> None:
        """Remove everything past the first `count` lines."""
        length = self.end_of(count)
        if os.fstat(self.fd).st_size > length:
            self._ops.truncate(self.fd, length)
            self._ops.sync(self.fd)
        del self._ends[count:]


class FileStorage:
    """A board's files in one directory, locked against a second writer until closed.

    Raises StorageBusy if another process writes to this board, OSError if the directory cannot be used.
    """

    def __init__(self, directory: Path, *, ops: FileOps | None = None) -> None:
        self._directory = directory
        self._ops = ops or SystemFileOps()
        self._ops.make_directory(directory)
        self._fds: list[int] = []
        try:
            self._lock()
            self._entries = self._line_file(ENTRIES)
            self._checkpoints = self._line_file(CHECKPOINTS)
            self._discarded = self._line_file(DISCARDED)
            self._hashes = self._ops.open(directory / HASHES)
            self._fds.append(self._hashes)
            self._ops.sync_directory(directory)
            self.reload()
        except BaseException:
            self.close()
            raise

    def _lock(self) -> None:
        fd = os.open(self._directory / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._fds.append(fd)
        try:
            # Held by the open file, so the system releases it however this process ends.
            fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StorageBusy(
                _(
                    "Another process has the board in {directory} open. Stop it first, or use that one."
                ).format(directory=self._directory)
            ) from error

    def _line_file(self, name: str) -> _LineFile:
        file = _LineFile(self._directory / name, self._ops)
        self._fds.append(file.fd)
        return file

    def close(self) -> None:
        """Release the lock and the files. Writes nothing."""
        while self._fds:
            os.close(self._fds.pop())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # The checkpoint place.

    def latest(self) -> bytes | None:
        with suppress(FileNotFoundError):
            return (self._directory / CHECKPOINT).read_bytes()
        return None

    def replace(self, old: bytes | None, new: bytes) -> None:
        # The lock of the directory makes reading and replacing one step.
        if self.latest() != old:
            raise CheckpointConflict(
                _("The checkpoint in {directory} was changed by someone else.").format(
                    directory=self._directory
                )
            )
        fresh = self._directory / f"{CHECKPOINT}.new"
        fd = self._ops.open(fresh, truncate=True)
        try:
            self._ops.write(fd, new, 0)
            self._ops.sync(fd)
        finally:
            os.close(fd)
        # Whoever dies before this line leaves the old checkpoint, after it the new one, never a part of one.
        self._ops.rename(fresh, self._directory / CHECKPOINT)
        self._ops.sync_directory(self._directory)

    # The entry store.

    def reload(self) -> None:
        for file in (self._entries, self._checkpoints, self._discarded):
            file.reload()
        self._ops.sync(self._hashes)
        self._hash_count = os.fstat(self._hashes).st_size // HASH_SIZE

    def entry_count(self) -> int:
        return self._entries.count

    def append_entries(self, entries: Sequence[bytes]) -> None:
        self._entries.append(entries)

    def read_entries(self, start: int, end: int) -> list[bytes]:
        return self._entries.read(start, end)

    def set_aside(self, size: int) -> None:
        rest = self._entries.rest(size)
        if not rest:
            return
        *complete, torn = rest.split(b"\n")
        lines = [DiscardedEntry(True, entry, size + offset) for offset, entry in enumerate(complete)]
        if torn:
            lines.append(DiscardedEntry(False, torn, size + len(complete)))
        # Copied first and removed after: whoever dies in between sets the same entries aside a second time.
        self._discarded.cut(self._discarded.count)
        self._discarded.append([msgspec.json.encode(line) for line in lines])
        self._entries.cut(size)

    def hash_count(self) -> int:
        return self._hash_count

    def append_hashes(self, hashes: Sequence[Hash]) -> None:
        self._ops.write(self._hashes, b"".join(hashes), self._hash_count * HASH_SIZE)
        self._ops.sync(self._hashes)
        self._hash_count += len(hashes)

    def read_hashes(self, nodes: Sequence[Node]) -> list[Hash]:
        return [_read(self._hashes, HASH_SIZE, stored_position(node) * HASH_SIZE) for node in nodes]

    def read_hash_run(self, start: int, end: int) -> list[Hash]:
        end = min(end, self._hash_count)
        data = _read(self._hashes, max(end - start, 0) * HASH_SIZE, start * HASH_SIZE)
        return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]

    def drop_hashes(self, count: int) -> None:
        if os.fstat(self._hashes).st_size > count * HASH_SIZE:
            self._ops.truncate(self._hashes, count * HASH_SIZE)
            self._ops.sync(self._hashes)
        self._hash_count = min(self._hash_count, count)

    def checkpoint_count(self) -> int:
        return self._checkpoints.count

    def append_checkpoint(self, note: bytes) -> None:
        # A torn last line was never relied on: the checkpoint place has what it was to say.
        self._checkpoints.cut(self._checkpoints.count)
        self._checkpoints.append([msgspec.json.encode(note.decode())])

    def read_checkpoints(self, start: int, end: int) -> list[bytes]:
        return [
            self._note(number, line) for number, line in enumerate(self._checkpoints.read(start, end), start)
        ]

    def _note(self, number: int, line: bytes) -> bytes:
        with suppress(msgspec.DecodeError, UnicodeError):
            text = msgspec.json.decode(line, type=str)
            if msgspec.json.encode(text) == line:
                return text.encode()
        place = self.place_of_checkpoint(number)
        raise StorageDamaged(_("{place} is not a signed checkpoint.").format(place=place), (place,))

    def place_of_entry(self, number: int) -> str:
        return _("{file} line {line}").format(file=self._directory / ENTRIES, line=number + 1)

    def place_of_hash(self, number: int) -> str:
        return _("{file} bytes {first} to {last}").format(
            file=self._directory / HASHES, first=number * HASH_SIZE, last=(number + 1) * HASH_SIZE - 1
        )

    def place_of_checkpoint(self, number: int | None) -> str:
        if number is None:
            return str(self._directory / CHECKPOINT)
        return _("{file} line {line}").format(file=self._directory / CHECKPOINTS, line=number + 1)


def _read(fd: int, length: int, offset: int) -> bytes:
    """Read exactly `length` bytes. Raises OSError if the file is shorter."""
    data = os.pread(fd, length, offset)
    while len(data) < length:
        more = os.pread(fd, length - len(data), offset + len(data))
        if not more:
            raise OSError(f"file ends {length - len(data)} bytes too early")
        data += more
    return data
