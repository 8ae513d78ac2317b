"""Minutes: the public record of a vote in a meeting, by roll call or by show of hands [13.7].

One file, `minutes.json`, signed by two officers. A later ballot names it as it names a ballot's record.
"""

from __future__ import annotations

import hashlib
from typing import Final, Literal

import msgspec

from quorate.record.canonical import (
    Bytes32,
    Count,
    Line,
    Reader,
    RecordError,
    Struct,
    encode,
    instant,
)
from quorate.record.entries import OfficerSignature
from quorate.record.manifest import Officer, Question, Stage, Window
from quorate.rules import Decision, HandCount
from quorate.rules.criteria import Choice
from quorate.rules.meeting import Called
from quorate.text import hidden_characters

MINUTES = "minutes.json"


class Minutes(Struct, frozen=True):
    """What was asked, who said what or how many hands were counted, and what the rule makes of it.

    Either `called` or `hands` is given: each answer in the order of the roll, or the counts of two tellers.
    `roll` is the salted fingerprint of the roll that was called.
    """

    body: Line
    called: tuple[Called, ...] | None
    decision: Decision
    eligible: Count
    format: Literal["quorate-minutes/1"]
    hands: tuple[HandCount, HandCount] | None
    officers: tuple[Officer, ...]
    organisation: Line
    organisation_key: Line | None
    origin: Line
    present: Count
    previous: Stage | None
    question: Question
    roll: Bytes32
    signatures: tuple[OfficerSignature, ...]
    title: Line
    window: Window

    @property
    def phi(self) -> bytes:
        """SHA-256 of the canonical minutes without signatures: what a later ballot and the officers name."""
        return hashlib.sha256(self.unsigned()).digest()

    @property
    def questions(self) -> tuple[Question, ...]:
        """The one question, as a manifest has several."""
        return (self.question,)

    def unsigned(self) -> bytes:
        """What officers sign."""
        bare = msgspec.structs.asdict(self)
        del bare["signatures"]
        return encode(bare)


FORMAT: Final = "quorate-minutes/1"
_reader = Reader(Minutes)


def read_minutes(data: bytes, where: str = MINUTES) -> Minutes:
    """Parse and check minutes on their own; RecordError says what is wrong with them."""
    minutes = _reader.read(data.removesuffix(b"\n"), where)
    problem = minutes_problem(minutes)
    if problem:
        raise RecordError(where, problem)
    return minutes


def minutes_problem(minutes: Minutes) -> str | None:
    """Why minutes contradict themselves, or None."""
    texts = [minutes.body, minutes.organisation, minutes.title, minutes.question.text]
    texts += [officer.name for officer in minutes.officers]
    texts += [text for line in minutes.called or () for text in (line.member, line.name)]
    texts += [hand.teller for hand in minutes.hands or ()]
    bad = next((text for text in texts if hidden_characters(text)), None)
    if bad is not None:
        return f"{bad!r} holds hidden or direction-changing characters; remove them"
    try:
        in_order = instant(minutes.window.opens) <= instant(minutes.window.closes)
    except ValueError as error:
        return f"window: {error}"
    rule = minutes.question.rule
    checks = [
        (in_order, "window: the vote ended before it began"),
        ((minutes.called is None) != (minutes.hands is None), "either a roll call or a show of hands"),
        (len({officer.key for officer in minutes.officers}) >= 2, "officers: at least two with a key each"),
        (minutes.question.yes_no, "question: a meeting votes yes or no"),
        (
            rule is not None and not isinstance(rule.formula, Choice),
            "question: a rule decides between yes and no",
        ),
    ]
    return next((message for good, message in checks if not good), None)
