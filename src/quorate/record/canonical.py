"""Canonical JSON in and out (docs/protocol/02-encoding.md, [02.4] to [02.8]; types of fields: [11.1]).

Fields of the structs in this package stand in alphabetical order, every field is always written, and unknown
ones are refused, so that msgspec's encoding is the RFC 8785 form; a property test holds it to `rfc8785`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

import msgspec

T = TypeVar("T")

DEEPEST = 32
"""How deep objects and arrays may be nested, the outermost counted [02.4]."""

Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=r"^[^\t\n]*\Z")]
Identifier = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=r"^[^\t\n]*\Z")]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]
# ASCII digits only and nothing after Z: instants are compared as text
Instant = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z\Z")]


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Base of everything in a record: immutable, strict."""


class RecordError(ValueError):
    """Part of a record cannot be read. `where` names the file and line, the message says what is wrong."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where, self.message = where, message


_encoder = msgspec.json.Encoder(order="deterministic")


def encode(value: object) -> bytes:
    """The canonical bytes of a struct of this package."""
    return _encoder.encode(value)


class Reader(Generic[T]):
    """Parses one struct type and refuses bytes that are not its canonical form [02.5]."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder: msgspec.json.Decoder[T] = msgspec.json.Decoder(kind)

    def read(self, data: bytes, where: str) -> T:
        """The object; RecordError names `where` when the bytes are not exactly its canonical form."""
        try:
            value = self._decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise RecordError(where, _printable(str(error))) from None
        if _encoder.encode(value) != data:
            raise RecordError(where, "not in canonical form (RFC 8785)")
        return value


def _printable(message: str) -> str:
    """What a parser says may quote the text it read: nothing in it may steer a terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in message)


def check_free_form(value: object, depth: int) -> None:
    """ValueError unless a value that no schema describes is JSON of [02.4], standing `depth` deep already.

    Keys are ASCII, so that every way of sorting them is the same.
    """
    match value:
        case dict():
            if not all(isinstance(key, str) and key.isascii() for key in value):
                raise ValueError("keys are ASCII")
            within: Iterable[object] = value.values()
        case list():
            within = value
        case bool() | str() | None:
            return
        case int():
            if not 0 <= value <= 2**53 - 1:
                raise ValueError("numbers are from 0 to 2^53 - 1")
            return
        case _:
            raise ValueError("numbers have no fraction and no exponent")
    if depth == DEEPEST:
        raise ValueError(f"objects and arrays are nested at most {DEEPEST} deep")
    for item in within:
        check_free_form(item, depth + 1)


def instant(text: str) -> datetime:
    """The UTC instant of `YYYY-MM-DDTHH:MM:SSZ` [02.8]; ValueError for one that does not exist, or is written
    in another way.
    """
    moment = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if instant_text(moment) != text:
        raise ValueError(f"{text!r} is not written YYYY-MM-DDTHH:MM:SSZ")
    return moment


def instant_text(moment: datetime) -> str:
    """Write an aware datetime as [02.8] says; fractions of a second are cut."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
