"""Is a condition met? Of each part: met (since when), not yet, or cannot be known, and why.

Everything is judged by the facts that are handed in; ``register.py`` chooses which were known. For the same
facts a condition that was met at one moment is met at every later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from quorate.lifecycle.condition import (
    AgreementAdopted,
    AllOf,
    AnyOf,
    Condition,
    DateReached,
    EventAttested,
    LaterDecision,
    MetricHolds,
    condition_words,
)
from quorate.lifecycle.forms import Form, Moment
from quorate.lifecycle.moment import end_of, local_day
from quorate.lifecycle.resolution import (
    AgreementVoted,
    AnyFact,
    AttestationWithdrawn,
    Attested,
    Ended,
    Reading,
    ReadingCorrected,
)
from quorate.text import _, ngettext

Answer: TypeAlias = Literal["met", "not yet", "cannot be known"]


class Standing(Form, frozen=True, kw_only=True):
    """A condition at a moment. ``why`` is one sentence; ``terms`` are the parts of an and/or.

    ``since`` is when it was met, null while it is not; ``shown`` is when the last fact that it rests on was
    recorded, which can be later: null where it rests on the calendar alone.
    """

    answer: Answer
    condition: Condition
    shown: Moment | None = None
    since: Moment | None = None
    terms: tuple[Standing, ...] = ()
    why: str


@dataclass
class Known:
    """The facts by what they are about, corrections applied."""

    readings: dict[str, dict[date, tuple[Decimal | None, datetime]]] = field(default_factory=dict)
    """Metric to day to value (null: not usable) and when that was recorded."""
    attested: dict[str, dict[str, Attested]] = field(default_factory=dict)
    """Event to officer to the attestation that stands."""
    adopted: list[AgreementVoted] = field(default_factory=list)
    ended: dict[str, Ended] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: Iterable[AnyFact]) -> Known:
        """Take the facts in the order in which they were recorded."""
        known, places = cls(), dict[str, Reading]()
        for fact in facts:
            match fact:
                case Reading():
                    places[fact.id] = fact
                    known.readings.setdefault(fact.metric, {})[fact.day] = fact.value, fact.recorded
                case ReadingCorrected():
                    reading = places[fact.reading]
                    known.readings[reading.metric][reading.day] = fact.value, fact.recorded
                case Attested():
                    known.attested.setdefault(fact.event, {})[fact.by] = fact
                case AttestationWithdrawn():
                    known.attested.get(fact.event, {}).pop(fact.by, None)
                case AgreementVoted():
                    known.adopted.append(fact)
                case Ended():
                    known.ended[fact.resolution] = fact
                case _:
                    continue
        return known


@dataclass(frozen=True)
class Question:
    """A condition of which resolution, at which moment, by which facts."""

    resolution: str
    begins: datetime
    at: datetime
    known: Known


def evaluate(condition: Condition, question: Question) -> Standing:
    """Judge a condition and all its parts."""
    match condition:
        case AllOf(terms=terms):
            return _all(condition, [evaluate(term, question) for term in terms])
        case AnyOf(terms=terms):
            return _any(condition, [evaluate(term, question) for term in terms])
        case DateReached(moment=moment):
            return _met_from(condition, question.at, moment.instant, None, _("The moment has come."))
        case EventAttested():
            return _event(condition, question)
        case MetricHolds():
            return _metric(condition, question)
        case AgreementAdopted():
            return _agreement(condition, question)
        case LaterDecision():
            return _later(condition, question)


def _met_from(
    condition: Condition, at: datetime, since: datetime, shown: datetime | None, why: str
) -> Standing:
    if since <= at:
        return Standing(answer="met", condition=condition, shown=shown, since=since, why=why)
    return _not_yet(condition, _("The moment has not come."))


def _not_yet(condition: Condition, why: str) -> Standing:
    return Standing(answer="not yet", condition=condition, why=why)


def _all(condition: AllOf, terms: Sequence[Standing]) -> Standing:
    met = [term for term in terms if term.answer == "met"]
    said = _("{n} of {all} are met.").format(n=len(met), all=len(terms))
    if len(met) == len(terms):
        shown = max((term.shown for term in met if term.shown), default=None)
        since = max(term.since for term in met if term.since)
        return Standing(
            answer="met", condition=condition, shown=shown, since=since, terms=tuple(terms), why=said
        )
    open_ones = [term.answer for term in terms if term.answer != "met"]
    answer: Answer = "not yet" if "not yet" in open_ones else "cannot be known"
    return Standing(answer=answer, condition=condition, terms=tuple(terms), why=said)


def _any(condition: AnyOf, terms: Sequence[Standing]) -> Standing:
    met = [(term.since, position, term) for position, term in enumerate(terms) if term.since]
    if met:
        since, _position, first = min(met)
        why = _("One is enough, and it is met: {words}.").format(words=condition_words(first.condition))
        return Standing(
            answer="met", condition=condition, shown=first.shown, since=since, terms=tuple(terms), why=why
        )
    unknown = any(term.answer == "cannot be known" for term in terms)
    answer: Answer = "cannot be known" if unknown else "not yet"
    why = _("Of one it cannot be known.") if unknown else _("None of them is met.")
    return Standing(answer=answer, condition=condition, terms=tuple(terms), why=why)


def _event(condition: EventAttested, question: Question) -> Standing:
    standing = question.known.attested.get(condition.event, {}).values()
    by_evidence: dict[str, list[Attested]] = {}
    for one in sorted(standing, key=lambda fact: fact.recorded):
        by_evidence.setdefault(one.evidence, []).append(one)
    complete = [pair for pair in by_evidence.values() if len(pair) >= 2 and pair[1].recorded <= question.at]
    if complete:
        first, second, *_rest = min(complete, key=lambda pair: pair[1].recorded)
        why = _("{first} and {second} attested it, by {evidence}.").format(
            first=first.by, second=second.by, evidence=second.evidence_name
        )
        return _met_from(condition, question.at, second.recorded, second.recorded, why)
    if len(by_evidence) > 1:
        return _not_yet(condition, _("Officers named different evidence: two have to name the same."))
    if by_evidence:
        officer = next(iter(by_evidence.values()))[0].by
        return _not_yet(
            condition, _("{officer} attested it; a second officer has to.").format(officer=officer)
        )
    return _not_yet(condition, _("No officer has attested it."))


def _agreement(condition: AgreementAdopted, question: Question) -> Standing:
    votes = [
        one
        for one in question.known.adopted
        if (one.agreement, one.body) == (condition.agreement, condition.body) and one.at <= question.at
    ]
    fitting = [one for one in votes if condition.version in (None, one.version)]
    if fitting:
        first = min(fitting, key=lambda one: (one.at, one.recorded))
        return _met_from(condition, question.at, first.at, first.recorded, _("The body has adopted it."))
    if votes:
        return _not_yet(condition, _("Another version was adopted, not this one."))
    return _not_yet(condition, _("The body has not adopted it."))


def _later(condition: LaterDecision, question: Question) -> Standing:
    ended = question.known.ended.get(question.resolution)
    if ended is None:
        return _not_yet(condition, _("No later decision ends it."))
    why = _("A later decision ends it.")
    return _met_from(condition, question.at, ended.effective, ended.recorded, why)


def _metric(condition: MetricHolds, question: Question) -> Standing:
    """The first run of days that all hold; without one, a run that could be complete if more were known."""
    first = local_day(question.begins, condition.zone)
    if end_of(first - timedelta(days=1), condition.zone) < question.begins:
        first += timedelta(days=1)  # a day on which it took effect later than midnight is no whole day
    readings = question.known.readings.get(condition.metric, {})
    run: list[datetime] = []
    could_be, missing, last = 0, list[date](), 0
    day = first
    unsure: list[date] = []
    while (over := end_of(day, condition.zone)) <= question.at:
        value, recorded = readings.get(day, (None, None))
        if value is None or recorded is None:
            run, could_be, missing = [], could_be + 1, [*missing, day]
        elif condition.holds(value):
            run, could_be = [*run, recorded], could_be + 1
        else:
            run, could_be, missing = [], 0, []
        if len(run) == condition.days:
            why = _("It held on {n} days in a row, the last of them {day}.").format(
                n=condition.days, day=day.isoformat()
            )
            return _met_from(condition, question.at, over, max(run), why)
        window = day - timedelta(days=condition.days - 1)
        if could_be >= condition.days and not unsure:
            unsure = [gap for gap in missing if gap >= window]
        last, day = len(run), day + timedelta(days=1)
    if unsure:
        return Standing(
            answer="cannot be known",
            condition=condition,
            why=_("There is no usable figure for {days}.").format(
                days=", ".join(gap.isoformat() for gap in unsure[:5])
            ),
        )
    return _not_yet(
        condition,
        ngettext(
            "It has held on the last {n} day of {all}.", "It has held on the last {n} days of {all}.", last
        ).format(n=last, all=condition.days),
    )
