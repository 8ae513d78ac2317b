"""The minutes of a vote in a meeting: everything that the verdict rests on, as canonical JSON for everybody.

Members stand in them by name and seat, as by-laws want of a recorded vote; member numbers do not leave the
officers' pages.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import msgspec

from quorate.record.canonical import encode
from quorate.rules import Counts, Decision, HandCount
from quorate.rules.meeting import Answer


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the parts of minutes."""


class Vote(_Part, frozen=True, kw_only=True):
    """One line of a recorded vote."""

    answer: Answer
    name: str
    seat: str


class Presence(_Part, frozen=True, kw_only=True):
    """Who was there when the vote opened. ``how``: checked in from the list of members, or counted.

    ``present`` is null where nobody counted, ``needed`` where the vote asks for no quorum.
    """

    eligible: int
    how: Literal["list", "count"] | None
    needed: int | None
    present: int | None


class MeetingMinutes(_Part, frozen=True, kw_only=True):
    """What was decided in a meeting. ``hands`` are of the two tellers, ``votes`` of a roll call."""

    body: str
    counts: Counts
    decided: str
    decision: Decision
    documents: tuple[str, ...]
    entered_by: str
    format: Literal[1] = 1
    agreed_by: str
    hands: tuple[HandCount, ...] = ()
    method: Literal["recorded", "show-of-hands"]
    motion: str
    number: int
    opened: str
    organisation: str
    presence: Presence
    recounts: int = 0
    """How often the two tellers had to count again."""
    rule: str
    stage: int
    text: str
    title: str
    version: int
    votes: tuple[Vote, ...] = ()


def to_content(minutes: MeetingMinutes) -> dict[str, Any]:
    """The minutes as the database keeps them."""
    content: dict[str, Any] = msgspec.to_builtins(minutes)
    return content


def canonical(content: dict[str, Any]) -> bytes:
    """The bytes that are published, keys in order: their SHA-256 is the fingerprint of the minutes."""
    return encode(content)


def fingerprint(content: dict[str, Any]) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(content)).hexdigest()
