"""Making minutes of a vote in a meeting: the count, the verdict, and two officers' signatures."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from quorate.crypto.statements import officer_statement
from quorate.election.officer import OfficerKey
from quorate.record.canonical import RecordError
from quorate.record.entries import OfficerSignature
from quorate.record.manifest import Officer, Question, Stage, Window
from quorate.record.minutes import FORMAT, MINUTES, Minutes, minutes_problem
from quorate.rules import HandCount, RollCall, RuleError, decide, show_of_hands


def draft_minutes(
    *,
    organisation: str,
    organisation_key: str | None = None,
    origin: str,
    body: str,
    title: str,
    question: Question,
    officers: Sequence[Officer],
    roll: bytes,
    window: Window,
    vote: RollCall | tuple[HandCount, HandCount],
    eligible: int,
    present: int,
    previous: Stage | None = None,
) -> Minutes:
    """Minutes without signatures. For a roll call `eligible` and `present` are those of its lines.

    Raises `MeetingError` where two tellers differ, `RuleError` without a rule, and `RecordError` for minutes
    that contradict themselves.
    """
    if question.rule is None:
        raise RuleError("a vote in a meeting is decided by a rule")
    notice = question.facts.notice
    if isinstance(vote, RollCall):
        counts = vote.counts(notice=notice)
    else:
        counts = show_of_hands(*vote, present=present, eligible=eligible, notice=notice)
    minutes = Minutes(
        body=body,
        called=vote.lines if isinstance(vote, RollCall) else None,
        decision=decide(question.rule, counts),
        eligible=counts.eligible or 0,
        format=FORMAT,
        hands=None if isinstance(vote, RollCall) else vote,
        officers=tuple(officers),
        organisation=organisation,
        organisation_key=organisation_key,
        origin=origin,
        present=counts.present or 0,
        previous=previous,
        question=question,
        roll=roll,
        signatures=(),
        title=title,
        window=window,
    )
    problem = minutes_problem(minutes)
    if problem:
        raise RecordError(MINUTES, problem)
    return minutes


def sign_minutes(minutes: Minutes, keys: Sequence[OfficerKey]) -> Minutes:
    """The minutes with these officers' signatures added. Raises `ValueError` for a stranger's key."""
    statement = minutes.phi, minutes.unsigned()
    made = {one.officer: one for one in minutes.signatures}
    for key in keys:
        if key.public not in minutes.officers:
            raise ValueError(f"{key.name} is not an officer of these minutes")
        index = minutes.officers.index(key.public)
        made[index] = OfficerSignature(index, None, key.sign(*statement))
    return replace(minutes, signatures=tuple(made[index] for index in sorted(made)))


def statement_of(minutes: Minutes) -> bytes:
    """What an officer signs, also by passkey."""
    return officer_statement(minutes.phi, minutes.unsigned())
