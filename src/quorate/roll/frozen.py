"""The frozen roll: who may vote, in one canonical file whose SHA-256 is the roll's fingerprint.

The file is lines of canonical JSON [02.4], each ended by one LF: the first names the format, the number of
voters and a random salt, the others are the voters in the order of their member numbers. The salt keeps the
published fingerprint from confirming a guessed list of names. Ways to reach a member are not part of it:
correcting an address changes nobody's right to vote.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from itertools import pairwise
from typing import Final, TypeVar

import msgspec

from quorate.roll.check import Member
from quorate.text import _

FORMAT: Final = "quorate-roll/1"
SALT_BYTES: Final = 32

T = TypeVar("T")


class Voter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """One entry of the frozen roll; `category` and `unit` are empty where the roll has none."""

    category: str
    member_number: str
    name: str
    unit: str


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    count: int
    format: str
    salt: bytes


class FrozenRollError(ValueError):
    """A file is not a frozen roll; the message names the line."""


class FrozenRoll(msgspec.Struct, frozen=True, dict=True):
    """Voters sorted by member number, each number once, and the salt of 32 bytes."""

    salt: bytes
    voters: tuple[Voter, ...]

    @property
    def count(self) -> int:
        """The number of eligible voters."""
        return len(self.voters)

    def to_bytes(self) -> bytes:
        """The file."""
        encode = msgspec.json.Encoder().encode
        lines = [encode(_Head(self.count, FORMAT, self.salt)), *map(encode, self.voters)]
        return b"\n".join(lines) + b"\n"

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 of the file, 32 bytes."""
        return hashlib.sha256(self.to_bytes()).digest()


def freeze(members: Iterable[Member], salt: bytes) -> FrozenRoll:
    """Freeze a checked roll. `salt` is 32 random bytes; the same members and salt give the same file.

    ValueError for another length of the salt, no member, or a member number that occurs twice.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt of a frozen roll has {SALT_BYTES} bytes, not {len(salt)}")
    voters = sorted(
        (Voter(member.category, member.member_number, member.name, member.unit) for member in members),
        key=lambda voter: voter.member_number,
    )
    if not voters:
        raise ValueError("a frozen roll has at least one voter")
    for before, voter in pairwise(voters):
        if before.member_number == voter.member_number:
            raise ValueError(f"member number {voter.member_number} occurs twice")
    return FrozenRoll(salt, tuple(voters))


def parse_frozen(data: bytes) -> FrozenRoll:
    """Read a frozen roll; FrozenRollError unless the bytes are those that `FrozenRoll.to_bytes` writes."""
    lines = data.split(b"\n")
    if lines.pop() or not lines:
        raise FrozenRollError(_("The frozen roll is cut off: its last line is not ended."))
    head = _parse_line(msgspec.json.Decoder(_Head), lines[0], 1)
    if head.format != FORMAT or len(head.salt) != SALT_BYTES:
        raise FrozenRollError(_("Line 1 is not the beginning of a frozen roll."))
    decoder = msgspec.json.Decoder(Voter)
    voters = tuple([_parse_line(decoder, line, number) for number, line in enumerate(lines[1:], start=2)])
    if len(voters) != head.count or not voters:
        raise FrozenRollError(
            _("Line 1 says {said} voters, but {found} follow.").format(said=head.count, found=len(voters))
        )
    for number, (before, voter) in enumerate(pairwise(voters), start=3):
        if before.member_number >= voter.member_number:
            raise FrozenRollError(
                _("Line {line}: member numbers are not in rising order.").format(line=number)
            )
    return FrozenRoll(head.salt, voters)


def _parse_line(decoder: msgspec.json.Decoder[T], line: bytes, number: int) -> T:
    try:
        value = decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        message = _("Line {line} of the frozen roll cannot be read: {error}").format(line=number, error=error)
        raise FrozenRollError(message) from error
    if msgspec.json.encode(value) != line:  # [02.5]
        raise FrozenRollError(_("Line {line} of the frozen roll is not canonical.").format(line=number))
    return value
