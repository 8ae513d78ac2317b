"""What all forms of this layer share: frozen, strict, and plain data that a JSON column can hold."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, TypeVar

import msgspec

from quorate.text import _

Fingerprint = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
"""SHA-256 as 64 hexadecimal digits."""
Moment = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant: always with its offset from UTC."""
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]

_FINGERPRINT: Final = re.compile(r"[0-9a-f]{64}")


class Form(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of everything in this layer."""


F = TypeVar("F")


class FormError(ValueError):
    """Stored data that is not a form of this layer; the message names the field."""


@dataclass(frozen=True)
class Refused:
    """Something was not done; ``reason`` says in plain sentences what stands in the way."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def to_data(form: Form) -> dict[str, Any]:
    """The form as dictionaries, lists, texts and whole numbers."""
    data: dict[str, Any] = msgspec.to_builtins(form)
    return data


def from_data(kind: type[F], data: object) -> F:
    """The form that :func:`to_data` wrote. Raises :class:`FormError` for anything else."""
    try:
        return msgspec.convert(data, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise FormError(str(error)) from error


def fingerprint(text: str) -> str:
    """SHA-256 of a text, as a record's ``text_sha256`` has it [11.17], in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_fingerprint(value: str | None) -> bool:
    """Whether this is a SHA-256 in hexadecimal."""
    return value is not None and _FINGERPRINT.fullmatch(value) is not None


def not_before(at: datetime, last: datetime | None) -> Refused | None:
    """Refuse an event without an offset from UTC, or from before the last one: history only grows."""
    if at.utcoffset() is None:
        return Refused(_("A time needs its zone."))
    if last is not None and at < last:
        return Refused(_("This would be earlier than what is already recorded. Check the date and time."))
    return None
