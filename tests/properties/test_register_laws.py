"""The register against a slow second reading of its rules, and what must hold for every history."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.lifecycle.condition import (
    AgreementAdopted,
    AllOf,
    AnyOf,
    Condition,
    DateReached,
    EventAttested,
    LaterDecision,
    MetricHolds,
)
from quorate.lifecycle.forms import Refused, from_data, to_data
from quorate.lifecycle.moment import LocalMoment
from quorate.lifecycle.register import Register, in_force, record, status, statuses, trace
from quorate.lifecycle.resolution import (
    AgreementVoted,
    AnyFact,
    AttestationWithdrawn,
    Attested,
    Effect,
    Ended,
    Reading,
    ReadingCorrected,
    Resolution,
    Resolved,
)

START = datetime(2022, 1, 1, tzinfo=UTC)
METRIC = MetricHolds(days=3, metric="cases", relation="under", value=Decimal(5), words="cases", zone="UTC")
values = st.sampled_from((None, Decimal(4), Decimal(5), Decimal(6)))


def day(n: int) -> datetime:
    return START + timedelta(days=n)


def resolved(until: Condition | None) -> Register:
    made = Resolution(
        body="members",
        certificate="c" * 64,
        decided=START,
        effects=(Effect(starts=LocalMoment(day=START.date(), zone="UTC")),),
        id="a",
        text="a" * 64,
        title="A",
        until=until,
    )
    after = record(Register(), Resolved(by="o", recorded=START, resolution=made))
    assert isinstance(after, Register)
    return after


def possible(readings: list[Decimal | None], days: int) -> set[int | None]:
    """On which days could the condition have been met, over every value that the unknown figures may have?"""
    unknown = [n for n, value in enumerate(readings) if value is None]
    found: set[int | None] = set()
    for answers in range(2 ** len(unknown)):
        filled = [METRIC.holds(value) if value is not None else False for value in readings]
        for place, n in enumerate(unknown):
            filled[n] = bool(answers >> place & 1)
        runs = [n for n in range(days - 1, len(filled)) if all(filled[n - days + 1 : n + 1])]
        found.add(runs[0] if runs else None)
    return found


@settings(max_examples=300)
@given(st.lists(values, max_size=9), st.integers(1, 4))
def test_a_metric_is_judged_as_if_every_possibility_were_tried(
    readings: list[Decimal | None], days: int
) -> None:
    register = resolved(
        MetricHolds(days=days, metric="cases", relation="under", value=Decimal(5), words="cases", zone="UTC")
    )
    at = day(len(readings))
    for n, value in enumerate(readings):
        if value is not None:
            fact = Reading(
                by="o",
                day=date(2022, 1, 1) + timedelta(days=n),
                id=f"r{n}",
                metric="cases",
                recorded=at,
                source="s",
                value=value,
            )
            after = record(register, fact)
            assert isinstance(after, Register)
            register = after
    found = status(register, "a", at)
    assert found is not None
    outcomes = possible(readings, days)
    known = sorted(n for n in outcomes if n is not None)
    if None in outcomes and known:
        assert found.until.answer == "cannot be known"
        assert (found.state, found.unsure) == ("in force", True)
    elif known:
        assert found.until.answer == "met"
        certain = [n for n in range(days - 1, len(readings)) if _certain(readings[n - days + 1 : n + 1])]
        assert found.ended == (day(certain[0] + 1) if certain else found.ended)
    else:
        assert found.until.answer == "not yet"


def _certain(window: list[Decimal | None]) -> bool:
    return all(value is not None and METRIC.holds(value) for value in window)


@st.composite
def some_condition(draw: st.DrawFn, depth: int = 2) -> Condition:
    kind = draw(st.integers(0, 6 if depth else 4))
    if kind == 0:
        return DateReached(moment=LocalMoment(day=day(draw(st.integers(0, 12))).date(), zone="UTC"))
    if kind == 1:
        return EventAttested(event=draw(st.sampled_from(("e", "f"))), words="w")
    if kind == 2:
        return METRIC
    if kind == 3:
        return AgreementAdopted(agreement="g", body=draw(st.sampled_from(("b", "d"))), words="w")
    if kind == 4:
        return LaterDecision()
    terms = tuple(draw(some_condition(depth - 1)) for _n in range(draw(st.integers(2, 3))))
    return AllOf(terms=terms) if kind == 5 else AnyOf(terms=terms)


@st.composite
def some_fact(draw: st.DrawFn, n: int) -> AnyFact:
    recorded, officer = day(n), draw(st.sampled_from(("a", "b", "c")))
    match draw(st.integers(0, 6)):
        case 0 | 1:
            return Reading(
                by=officer,
                day=(recorded - timedelta(days=draw(st.integers(0, 3)))).date(),
                id=f"r{n}",
                metric="cases",
                recorded=recorded,
                source="s",
                value=Decimal(draw(st.integers(3, 6))),
            )
        case 2:
            return ReadingCorrected(
                by=officer,
                reading=f"r{draw(st.integers(0, n))}",
                reason="c",
                recorded=recorded,
                second="d",
                value=draw(values),
            )
        case 3:
            return Attested(
                by=officer,
                event=draw(st.sampled_from(("e", "f"))),
                evidence=draw(st.sampled_from(("1" * 64, "2" * 64, ""))),
                evidence_name="n",
                happened=recorded,
                recorded=recorded,
            )
        case 4:
            return AttestationWithdrawn(by=officer, event="e", reason="c", recorded=recorded)
        case 5:
            return AgreementVoted(
                agreement="g",
                at=recorded,
                body=draw(st.sampled_from(("b", "d"))),
                by=officer,
                certificate="d" * 64,
                recorded=recorded,
                version="b" * 64,
            )
        case _:
            effective = recorded + timedelta(days=draw(st.integers(-1, 2)))
            return Ended(
                by=officer, certificate="e" * 64, effective=effective, recorded=recorded, resolution="a"
            )


@st.composite
def some_register(draw: st.DrawFn) -> Register:
    register = resolved(draw(st.none() | some_condition()))
    for n in range(draw(st.integers(0, 14))):
        after = record(register, draw(some_fact(n)))
        if isinstance(after, Refused):
            assert after.reason
        else:
            register = after
    return register


@settings(max_examples=300)
@given(some_register(), st.integers(0, 40), st.integers(0, 40))
def test_for_the_same_facts_what_has_ended_stays_ended(register: Register, one: int, two: int) -> None:
    early, late = sorted((one, two))
    before, after = (status(register, "a", START + timedelta(hours=12 * n)) for n in (early, late))
    assert before is not None
    assert after is not None
    if before.ended is not None:
        assert (after.ended, after.cause) == (before.ended, before.cause)
    assert before.ended is None or before.ended <= START + timedelta(hours=12 * early)
    assert (before.state == "ended") == (before.ended is not None)
    assert all(group.state == before.state for group in before.groups)


@settings(max_examples=200)
@given(some_register(), st.integers(0, 16))
def test_what_was_shown_on_a_day_can_always_be_told(register: Register, n: int) -> None:
    """Later facts, corrections too, do not change the answer by what was known then."""
    then = tuple(fact for fact in register.facts if fact.recorded <= day(n))
    assert statuses(register, day(n), known=day(n)) == statuses(Register(facts=then), day(n))
    assert set(in_force(register, day(n))) <= set(statuses(register, day(n)))


@settings(max_examples=100)
@given(some_register())
def test_the_trace_leads_to_the_present(register: Register) -> None:
    changes = list(trace(register, "a"))
    assert changes[0].before is None
    assert all(one.before is not None for one in changes[1:])
    assert [one.fact for one in changes] == [
        fact
        for n, fact in enumerate(register.facts)
        if status(Register(facts=register.facts[:n]), "a", fact.recorded)
        != status(Register(facts=register.facts[: n + 1]), "a", fact.recorded)
    ], "facts that are about something else are passed over, and change nothing"
    assert from_data(Register, to_data(register)) == register
