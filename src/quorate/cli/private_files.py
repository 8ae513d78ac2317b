"""Files that only their owner may read, written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def write_directory(target: Path, files: Mapping[str, bytes]) -> None:
    """Create `target` with these files (relative names), readable by the owner alone.

    Everything is written and made durable beside the target first, then renamed: a process that dies on any
    line leaves no target. FileExistsError when the target is there already; OSError when the system
    refuses.
    """
    if target.exists():
        raise FileExistsError(f"{target} exists already")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=f".{target.name}.partial-", dir=target.parent))
    try:
        for name, data in files.items():
            path = partial / name
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _write(path, data)
        for folder in (partial, *(path for path in partial.rglob("*") if path.is_dir())):
            _sync_names(folder)
        partial.rename(target)  # refused by the system if a directory with content has appeared there
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _sync_names(target.parent)


def write_file(target: Path, data: bytes) -> None:
    """Create one file in the same way; FileExistsError when it is there already."""
    if target.exists():
        raise FileExistsError(f"{target} exists already")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.partial-", dir=target.parent) as partial:
        whole = Path(partial) / target.name
        _write(whole, data)
        whole.rename(target)
    _sync_names(target.parent)


def _write(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(handle)


def _sync_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
