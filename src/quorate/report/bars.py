"""The threshold bar as numbers: whatever draws it, print or terminal, draws these.

The full width of a bar is all members, so those who did not vote are always in the picture. A line stands at
the number needed; on a grid of characters a bar reaches it exactly when the test is met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from quorate.record.certificate import CertifiedQuestion
from quorate.report.words import capital
from quorate.rules import CriterionResult
from quorate.rules.criteria import Component
from quorate.rules.words import share, together
from quorate.text import _, number

Pattern = Literal["yes", "no", "blank", "other", "none"]
"""How a slice is filled: solid, hatched, dotted, plain ink; ``none`` (did not vote) is an empty outline."""

_BLANK = ("blank", "abstain")


@dataclass(frozen=True)
class Segment:
    """A slice of a bar: ``count`` of its scale."""

    count: int
    label: str
    pattern: Pattern
    said: str
    """The count as people read it."""


@dataclass(frozen=True)
class Mark:
    """The line at the number needed. The first slice reaches it exactly when ``met``."""

    at: int
    label: str
    met: bool


@dataclass(frozen=True)
class Bracket:
    """One of the numbers that a share could be taken of, drawn on the same scale. ``remark`` says if the rule
    counts it."""

    count: int
    label: str
    remark: str


@dataclass(frozen=True)
class Bar:
    """A bar over ``scale`` members. ``alt`` says in words what it shows."""

    alt: str
    brackets: tuple[Bracket, ...]
    marks: tuple[Mark, ...]
    """From left to right."""
    scale: int
    segments: tuple[Segment, ...]
    title: str


@dataclass(frozen=True)
class Cells:
    """A bar on a grid: where each slice ends and each line stands, in cells from the left."""

    ends: tuple[int, ...]
    marks: tuple[int, ...]


def cells(bar: Bar, width: int) -> Cells:
    """Put a bar on a grid. Slices are cut down, never enlarged.

    A line is moved by less than one cell where the grid is too coarse to tell "enough" from "just short": the
    first slice touches or passes the line if the test is met, and stops before it if not.
    """
    ends, total = [], 0
    for segment in bar.segments:
        total += segment.count
        ends.append(total * width // bar.scale)
    reached = ends[0]
    marks = []
    for mark in bar.marks:
        at = mark.at * width // bar.scale
        marks.append(min(at, reached) if mark.met else max(at, reached + 1))
    return Cells(tuple(ends), tuple(marks))


def bars(question: CertifiedQuestion) -> tuple[Bar, ...]:
    """The bars of a question; none where nothing was counted or nobody could vote."""
    if not question.votes or not question.eligible:
        return ()
    if [votes.id for votes in question.votes[:2]] == ["yes", "no"] and question.choice is None:
        return _yes_and_no(question)
    return _answers(question)


def _yes_and_no(question: CertifiedQuestion) -> tuple[Bar, ...]:
    """The votes in one bar with the lines of all tests on them, then turnout and quorum by themselves."""
    decision = question.decision
    criteria = () if decision is None else decision.criteria
    main = None if decision is None else decision.main
    by_main = sorted(criteria, key=lambda one: (one is not main, not one.decides))
    usual: tuple[Component, ...] = ("yes",)
    first = next((one.test.numerator for one in by_main if one.test.numerator in (usual, ("no",))), usual)
    drawn = [_votes(question, [one for one in by_main if one.test.numerator == first], first == ("no",))]
    for numerator in dict.fromkeys(one.test.numerator for one in by_main):
        if numerator != first:
            drawn.append(_other(question, [one for one in by_main if one.test.numerator == numerator]))
    return tuple(drawn)


def _answers(question: CertifiedQuestion) -> tuple[Bar, ...]:
    """One bar for each answer, all drawn alike, then one with blank ballots and those who did not vote."""
    needed = None if question.choice is None else question.choice.needed
    answers = [votes for votes in question.votes if votes.id not in _BLANK]
    blanks = [votes for votes in question.votes if votes.id in _BLANK]
    drawn = []
    for votes in answers:
        marks: tuple[Mark, ...] = ()
        if needed is not None:
            label = _("needed: {n}").format(n=number(needed))
            marks = (Mark(needed, label, votes.votes >= needed),)
        segment = Segment(votes.votes, votes.label, "other", number(votes.votes))
        drawn.append(_bar(votes.label, question.eligible, [segment], marks))
    chosen = question.counted - sum(votes.votes for votes in blanks)
    turnout = [
        Segment(chosen, _("Ballots with an answer"), "other", number(chosen)),
        *(Segment(votes.votes, votes.label, "blank", number(votes.votes)) for votes in blanks),
    ]
    rest = _with_rest(turnout, question.eligible, _("Did not vote"))
    return (*drawn, _bar(_("Turnout"), question.eligible, rest, ()))


def _votes(question: CertifiedQuestion, tests: Sequence[CriterionResult], no_first: bool) -> Bar:
    patterns: dict[str, Pattern] = {"yes": "yes", "no": "no"}
    segments = [
        Segment(votes.votes, votes.label, patterns.get(votes.id, "blank"), number(votes.votes))
        for votes in question.votes
    ]
    if no_first:
        segments[:2] = segments[1::-1]
    return _bar(
        "",
        question.eligible,
        _with_rest(segments, question.eligible, _("Did not vote")),
        tuple(map(_mark, tests)),
        _brackets(question, tests),
    )


def _brackets(question: CertifiedQuestion, tests: Sequence[CriterionResult]) -> tuple[Bracket, ...]:
    """All members, ballots cast, yes and no: and which of them the rule counts."""
    other = next((one for one in tests if one.test.of not in (("eligible",), ("cast",))), None)
    of: tuple[Component, ...] = ("no", "yes") if other is None else other.test.of
    valid = sum(votes.votes for votes in question.votes if votes.id in ("yes", "no"))
    named: list[tuple[int, tuple[Component, ...], str]] = [
        (question.eligible, ("eligible",), _("all members {n}").format(n=number(question.eligible))),
        (question.counted, ("cast",), _("ballots cast {n}").format(n=number(question.counted))),
    ]
    base = valid if other is None else other.base
    named.append((base, of, f"{together(of)} {number(base)}"))
    counted = {one.test.of for one in tests}
    return tuple(
        Bracket(n, label, _("the rule counts these") if base in counted else "") for n, base, label in named
    )


def _other(question: CertifiedQuestion, tests: Sequence[CriterionResult]) -> Bar:
    """A test that counts no votes for or against: turnout, or who was present."""
    numerator, count = tests[0].test.numerator, tests[0].number
    turnout = numerator == ("cast",)
    scale = max([question.eligible, count, *(one.needed for one in tests)])
    segments = [Segment(count, capital(together(numerator)), "other", number(count))]
    absent = _("Did not vote") if turnout else _("Others")
    title = _("Turnout") if turnout else capital(together(numerator))
    return _bar(title, scale, _with_rest(segments, scale, absent), tuple(map(_mark, tests)))


def _mark(one: CriterionResult) -> Mark:
    base = f"{number(one.base)} {together(one.test.of)}"
    if one.test.of == ("eligible",):
        base = together(one.test.of)
    words = _("needed: {n} ({share} of {base})")
    if one.role == "rejection":
        words = _("needed to reject: {n} ({share} of {base})")
    return Mark(one.needed, words.format(n=number(one.needed), share=share(one.test), base=base), one.met)


def _with_rest(segments: list[Segment], scale: int, label: str) -> list[Segment]:
    rest = scale - sum(segment.count for segment in segments)
    return [*segments, Segment(rest, label, "none", number(rest))]


def _bar(
    title: str,
    scale: int,
    segments: Sequence[Segment],
    marks: tuple[Mark, ...],
    brackets: tuple[Bracket, ...] = (),
) -> Bar:
    """A bar, with what it shows in words."""
    parts = "; ".join(f"{segment.label}: {segment.said}" for segment in segments)
    alt = _("Bar of all {n} members. {parts}.").format(n=number(scale), parts=parts)
    for mark in marks:
        alt += " " + _("A line marks {label}.").format(label=mark.label)
    return Bar(alt, brackets, tuple(sorted(marks, key=lambda mark: mark.at)), scale, tuple(segments), title)
