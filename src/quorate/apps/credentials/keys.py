"""The keys that seal the registry: one file each, in the data folder and never in the database.

Deleting the file destroys what it sealed, in every copy and backup of the database.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Final

from django.conf import settings

from quorate.files import sync_folder, write_whole

_BYTES: Final = 32


def make(name: str) -> bytes:
    """A fresh key of 32 bytes, durable before this returns."""
    key = secrets.token_bytes(_BYTES)
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(folder / name, key, private=True)
    return key


def read(name: str) -> bytes | None:
    """A key, or None when it was destroyed."""
    try:
        return (_folder() / name).read_bytes()
    except FileNotFoundError:
        return None


def destroy(name: str) -> None:
    """Overwrite a key and delete it; nothing happens when there is none."""
    path = _folder() / name
    try:
        with path.open("r+b") as file:
            file.write(bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except FileNotFoundError:
        return
    path.unlink()
    sync_folder(path.parent)


def _folder() -> Path:
    folder: Path = settings.ENVIRONMENT.data / "registrar"
    return folder
