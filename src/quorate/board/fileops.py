"""The system calls that change a board's files, behind a protocol so that tests can make each one fail."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol


class FileOps(Protocol):
    """Everything that writes. Each call raises OSError if the system does; reading is not part of it."""

    def make_directory(self, path: Path) -> None:
        """Create a directory with its parents, durably, unless it is there."""
        ...

    def open(self, path: Path, *, truncate: bool = False) -> int:
        """Open for reading and writing, creating the file if it is missing; return the file descriptor."""
        ...

    def write(self, fd: int, data: bytes, offset: int) -> None:
        """Write all of `data` at `offset`. Not durable yet."""
        ...

    def sync(self, fd: int) -> None:
        """Make the content of a file durable."""
        ...

    def truncate(self, fd: int, length: int) -> None: ...

    def rename(self, source: Path, target: Path) -> None:
        """Put a file in the place of another at once. Durable only after `sync_directory`."""
        ...

    def sync_directory(self, path: Path) -> None:
        """Make the names in a directory durable."""
        ...


class SystemFileOps:
    """The operating system's calls, nothing more."""

    def make_directory(self, path: Path) -> None:
        if not path.is_dir():
            path.mkdir(parents=True)
            self.sync_directory(path.parent)

    def open(self, path: Path, *, truncate: bool = False) -> int:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | (os.O_TRUNC if truncate else 0), 0o644)

    def write(self, fd: int, data: bytes, offset: int) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(fd, view, offset)  # may write less than asked, for instance as the disk fills
            view, offset = view[written:], offset + written

    def sync(self, fd: int) -> None:
        os.fsync(fd)

    def truncate(self, fd: int, length: int) -> None:
        os.ftruncate(fd, length)

    def rename(self, source: Path, target: Path) -> None:
        source.replace(target)

    def sync_directory(self, path: Path) -> None:
        fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(fd)
        finally:
            os.close(fd)
