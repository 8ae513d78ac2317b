"""Minutes of real votes in a meeting, signed by two officers."""

from __future__ import annotations

import hashlib
from typing import Any

from msgspec.structs import replace

from quorate.election.minutes import draft_minutes, sign_minutes
from quorate.election.officer import OfficerKey
from quorate.record.canonical import encode
from quorate.record.manifest import Facts, Question, Stage
from quorate.record.minutes import Minutes
from quorate.rules import HandCount, RollCall, roll_call
from quorate.rules.meeting import Answer
from support.chains import BEFORE, question

OFFICERS = (OfficerKey("First officer", b"1" * 32), OfficerKey("Second officer", b"2" * 32))
ANSWERS: tuple[Answer, ...] = ("yes", "yes", "no", "abstain", "silent", "absent")
HANDS = (
    HandCount(abstain=1, no=2, teller="First teller", yes=4),
    HandCount(abstain=1, no=2, teller="Second teller", yes=4),
)


def called(answers: tuple[Answer, ...] = ANSWERS) -> RollCall:
    """A roll call of as many delegates."""
    roll = [(f"{n:03}", f"Delegate {n}") for n in range(1, len(answers) + 1)]
    return roll_call(roll, {member: answer for (member, _name), answer in zip(roll, answers, strict=True)})


def drafted(
    vote: RollCall | tuple[HandCount, HandCount] | None = None, asked: Question | None = None, **changes: Any
) -> Minutes:
    """Minutes before anybody has signed."""
    made: dict[str, Any] = {
        "body": "House of Delegates",
        "eligible": 10,
        "officers": [key.public for key in OFFICERS],
        "organisation": "Example Union",
        "origin": "vote.example/meetings/1",
        "present": 8,
        "question": asked or question(facts=Facts(None, None)),
        "roll": b"r" * 32,
        "title": "Strike authorisation",
        "vote": vote or called(),
        "window": BEFORE,
    }
    return draft_minutes(**made | changes)


def signed(minutes: Minutes) -> Minutes:
    """Signed by both officers, whatever they say."""
    return sign_minutes(replace(minutes, signatures=()), OFFICERS)


def stage_of_minutes(minutes: Minutes) -> Stage:
    """How the next manifest names these minutes."""
    return Stage(hashlib.sha256(encode(minutes)).digest(), minutes.phi)
