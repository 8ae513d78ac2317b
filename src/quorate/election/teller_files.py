"""The files of a teller's tool: lines replaced whole, and a key that rests encrypted [06.23], [06.24]."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Annotated, Final

import msgspec

from quorate.election.sealed import FRESH_BYTES, SealError, open_with_passphrase, seal_with_passphrase
from quorate.files import write_whole
from quorate.record.canonical import Bytes32, Reader, RecordError, Struct, encode
from quorate.text import _

KIND: Final = "teller-key"
WORK: Final = 16  # log2 of scrypt's N: 64 MiB and 0.2 s, once for each command
SHORTEST_PASSPHRASE: Final = 12
_MOST_BYTES: Final = 64 * 2**20


class TellerRefusal(Exception):
    """The tool will not do this; the message says why and what to do, in one line."""


class TellerKey(Struct, frozen=True):
    """A teller's one secret, the seed, and its use: the content of a key file and of a backup [06.19]."""

    ceremony: Bytes32
    seed: Bytes32
    teller: Annotated[int, msgspec.Meta(ge=1, le=255)]

    def __repr__(self) -> str:
        return f"TellerKey(teller={self.teller}, ...)"


_keys = Reader(TellerKey)


def seal_key(key: TellerKey, passphrase: str) -> bytes:
    """The line of a key file [06.24]; TellerRefusal for a passphrase of fewer than 12 characters."""
    if len(passphrase) < SHORTEST_PASSPHRASE:
        problem = _("The passphrase is too short: use at least {} characters.")
        raise TellerRefusal(problem.format(SHORTEST_PASSPHRASE))
    fresh = secrets.token_bytes(FRESH_BYTES)
    return seal_with_passphrase(KIND, encode(key), passphrase, fresh, WORK).removesuffix(b"\n")


def open_key(path: Path, passphrase: str) -> TellerKey:
    """The secret in a key file; RecordError when it cannot be read, TellerRefusal for a wrong passphrase."""
    line = read_line(path)
    try:
        return _keys.read(open_with_passphrase(KIND, line, passphrase), str(path))
    except SealError as error:
        raise TellerRefusal(f"{path}: {error}") from None


def read_line(path: Path) -> bytes:
    """The only line of a file without its LF [02.7]; RecordError when missing, damaged or far too long."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise RecordError(str(path), _("cannot be read: {}").format(error.strerror)) from None
    if len(data) > _MOST_BYTES:
        raise RecordError(str(path), _("is too large"))
    if not data.endswith(b"\n"):
        raise RecordError(str(path), _("is damaged: its last line is not ended"))
    return data[:-1]


def write_line(path: Path, line: bytes, *, private: bool = False) -> None:
    """Replace a file whole: after a crash it holds the old line or the new one.

    A private file can be read by its owner alone from its first byte on.
    """
    write_whole(path, line + b"\n", private=private)


def publish_line(path: Path, line: bytes) -> None:
    """Write a file that never changes again; TellerRefusal when it is there with other content [06.6]."""
    if not path.exists():
        write_line(path, line)
    elif read_line(path) != line:
        problem = _("{} is there with other content: what is sent stands, and nothing was replaced.")
        raise TellerRefusal(problem.format(path))


def make_private_folder(path: Path) -> None:
    """A folder that its owner alone can open; TellerRefusal when it exists and others can open it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.stat().st_mode & 0o077:
        raise TellerRefusal(_("{} can be opened by others: make it private first (chmod 700).").format(path))
