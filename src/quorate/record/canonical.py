"""Canonical JSON in and out (docs/protocol/02-encoding.md, [02.4] to [02.8]).

Fields of the structs in this package stand in alphabetical order, every field is always written, and unknown
ones are refused, so that msgspec's encoding is the RFC 8785 form; a property test holds it to `rfc8785`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Generic, TypeVar

import msgspec

T = TypeVar("T")

Bytes32 = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Bytes64 = Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53 - 1)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Text = Annotated[str, msgspec.Meta(max_length=20_000)]
# ASCII digits only and nothing after Z: instants are compared as text
Instant = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z\Z")]

# characters that change how a name looks without being seen (attacks by look-alike or reordered text)
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000e0000-\U000e0fff]"
)


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
            raise RecordError(where, str(error)) from None
        if _encoder.encode(value) != data:
            raise RecordError(where, "not in canonical form (RFC 8785)")
        return value


def hidden_characters(text: str) -> bool:
    """Whether a text people will read holds control, zero-width or direction-changing characters."""
    return _HIDDEN.search(text) is not None


def instant(text: str) -> datetime:
    """The UTC instant of `YYYY-MM-DDTHH:MM:SSZ` [02.8]; ValueError for one that does not exist."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def instant_text(moment: datetime) -> str:
    """Write an aware datetime as [02.8] says; fractions of a second are cut."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
