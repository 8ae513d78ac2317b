"""What is in force on a day, until what, and what a correction changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from quorate.lifecycle.condition import (
    AgreementAdopted,
    AllOf,
    AnyOf,
    Condition,
    ConditionError,
    DateReached,
    EventAttested,
    LaterDecision,
    MetricHolds,
    condition_words,
)
from quorate.lifecycle.forms import Refused, fingerprint, from_data, to_data
from quorate.lifecycle.moment import LocalMoment, MomentError, next_morning
from quorate.lifecycle.register import (
    Register,
    Status,
    correct_batch,
    in_force,
    record,
    status,
    statuses,
    trace,
)
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
    ResolutionCorrected,
    Resolved,
)

CHICAGO = "America/Chicago"
DECIDED = datetime(2022, 1, 5, 4, 30, tzinfo=UTC)  # 22:30 on 4 January in Chicago
SURGE = MetricHolds(
    days=3,
    metric="positive-tests",
    relation="under",
    unit="%",
    value=Decimal("5"),
    words="the share of positive tests",
    zone=CHICAGO,
)
SIGNED = EventAttested(event="employer-signs", words="the employer signs the agreement")
ADOPTED = AgreementAdopted(
    agreement="return", body="delegates", words="the House of Delegates adopts the agreement"
)
UNTIL = AnyOf(terms=(SURGE, AllOf(terms=(SIGNED, ADOPTED))))
LETTER = fingerprint("the signed letter")


def day(n: int, hour: int = 12) -> datetime:
    """A moment of January 2022, UTC."""
    return datetime(2022, 1, n, hour, tzinfo=UTC)


def resolution(until: Condition | None = UNTIL, name: str = "remote-2022") -> Resolution:
    return Resolution(
        body="members",
        certificate="c" * 64,
        decided=DECIDED,
        effects=(Effect(starts=next_morning(DECIDED, CHICAGO)),),
        id=name,
        text="a" * 64,
        title="Work remotely",
        until=until,
    )


def register(*facts: AnyFact, until: Condition | None = UNTIL) -> Register:
    made = Register()
    for fact in (Resolved(by="officer", recorded=DECIDED, resolution=resolution(until)), *facts):
        after = record(made, fact)
        assert isinstance(after, Register), after
        made = after
    return made


def refusal(made: Register, fact: AnyFact) -> str:
    after = record(made, fact)
    assert isinstance(after, Refused)
    return after.reason


def reading(n: int, value: str, recorded: datetime | None = None, batch: str | None = None) -> Reading:
    return Reading(
        batch=batch,
        by="officer",
        day=date(2022, 1, n),
        id=f"tests-{n}",
        metric="positive-tests",
        recorded=recorded or day(n + 1),
        source="Department of Public Health",
        value=Decimal(value),
    )


def attested(officer: str, n: int, evidence: str = LETTER, event: str = "employer-signs") -> Attested:
    return Attested(
        by=officer,
        event=event,
        evidence=evidence,
        evidence_name="letter.pdf",
        happened=day(n, 1),
        recorded=day(n),
    )


def adopted(n: int, body: str = "delegates", version: str = "b" * 64) -> AgreementVoted:
    return AgreementVoted(
        agreement="return",
        at=day(n, 3),
        body=body,
        by="officer",
        certificate="d" * 64,
        recorded=day(n, 12),
        version=version,
    )


def now(made: Register, at: datetime, known: datetime | None = None) -> Status:
    found = status(made, "remote-2022", at, known)
    assert found is not None
    return found


def test_it_takes_effect_the_next_morning() -> None:
    """Decided at 22:30 in Chicago, which is another day in UTC already."""
    made = register()
    midnight = datetime(2022, 1, 5, 6, tzinfo=UTC)
    assert in_force(made, midnight - timedelta(seconds=1)) == ()
    assert [one.resolution.id for one in in_force(made, midnight)] == ["remote-2022"]
    assert now(made, DECIDED).state == "not yet"
    assert statuses(made, DECIDED - timedelta(seconds=1)) == ()
    assert status(made, "other", midnight) is None


def test_groups_return_on_different_days() -> None:
    """Teachers on 25 January, pupils on 1 February."""
    effects = (
        Effect(group="teachers", starts=LocalMoment(day=date(2021, 1, 25), zone=CHICAGO)),
        Effect(group="pupils", starts=LocalMoment(day=date(2021, 2, 1), zone=CHICAGO)),
    )
    decided = datetime(2021, 1, 24, 12, tzinfo=UTC)
    made = replace(resolution(None), decided=decided, effects=effects)
    after = record(Register(), Resolved(by="officer", recorded=decided, resolution=made))
    assert isinstance(after, Register)
    for at, teachers, pupils in (
        (24, "not yet", "not yet"),
        (27, "in force", "not yet"),
        (32, "in force", "in force"),
    ):
        found = status(after, made.id, datetime(2021, 1, 1, 12, tzinfo=UTC) + timedelta(days=at - 1))
        assert found is not None
        assert [group.state for group in found.groups] == [teachers, pupils]
        assert found.state == teachers


def test_a_metric_must_hold_on_days_in_a_row() -> None:
    made = register(reading(5, "4.9"), reading(6, "4.0"), reading(7, "5"), reading(8, "4.9"), reading(9, "1"))
    assert now(made, day(10)).until.terms[0].why == "It has held on the last 2 days of 3."
    made_longer = record(made, reading(10, "4.99"))
    assert isinstance(made_longer, Register)
    found = now(made_longer, day(12))
    assert (found.state, found.ended) == ("ended", datetime(2022, 1, 11, 6, tzinfo=UTC))
    assert found.cause == "the share of positive tests is under 5% on 3 days in a row"
    assert found.until.terms[0].shown == day(11)
    assert now(made_longer, datetime(2022, 1, 11, 5, 59, tzinfo=UTC)).state == "in force"


def test_days_before_the_effect_do_not_count() -> None:
    made = register(*(reading(n, "1", day(12)) for n in range(2, 7)))
    assert now(made, day(7)).state == "in force"
    late = replace(
        resolution(SURGE),
        effects=(Effect(starts=LocalMoment(day=date(2022, 1, 5), time=time(9), zone=CHICAGO)),),
    )
    made = Register()
    facts: list[AnyFact] = [Resolved(by="o", recorded=DECIDED, resolution=late)]
    facts += [reading(n, "1") for n in (5, 6, 7, 8)]
    for fact in facts:
        after = record(made, fact)
        assert isinstance(after, Register)
        made = after
    assert now(made, day(20)).ended == datetime(2022, 1, 9, 6, tzinfo=UTC), "5 January was no whole day"


def test_a_bad_batch_is_corrected_and_its_consequence_undone() -> None:
    """Tests spoiled in the post had ended the resolution; the trace stays."""
    made = register(*(reading(n, "1.5", batch="shipment-7") for n in (5, 6, 7)))
    assert now(made, day(9)).state == "ended"
    corrected = correct_batch(
        made, "shipment-7", by="officer", second="other", reason="Held up in the post", recorded=day(10)
    )
    assert isinstance(corrected, Register)
    found = now(corrected, day(11))
    assert (found.state, found.unsure) == ("in force", True)
    assert found.until.terms[0].answer == "cannot be known"
    assert "2022-01-05, 2022-01-06, 2022-01-07" in found.until.terms[0].why
    assert now(corrected, day(9), known=day(9)).state == "ended", "as it was shown on that day"
    turned = [change for change in trace(corrected, "remote-2022") if change.turned]
    assert [change.after.state for change in turned] == ["not yet", "ended", "in force"]
    assert isinstance(turned[-1].fact, ReadingCorrected)
    assert turned[-1].fact.reason == "Held up in the post"
    assert isinstance(correct_batch(made, "x", by="a", second="b", reason="c", recorded=day(10)), Refused)
    same = correct_batch(made, "shipment-7", by="a", second="a", reason="c", recorded=day(10))
    assert isinstance(same, Refused)


def test_a_corrected_value_is_judged_like_any_other() -> None:
    made = register(*(reading(n, "9") for n in (5, 6, 7)))
    for n in (5, 6, 7):
        fact = ReadingCorrected(
            by="officer",
            reading=f"tests-{n}",
            reason="Typed wrongly",
            recorded=day(9),
            second="other",
            value=Decimal(3),
        )
        after = record(made, fact)
        assert isinstance(after, Register)
        made = after
    found = now(made, day(10))
    assert (found.state, found.ended) == ("ended", datetime(2022, 1, 8, 6, tzinfo=UTC))
    assert found.until.terms[0].shown == day(9), "known only after the correction"


def test_two_officers_attest_by_the_same_evidence() -> None:
    first = attested("officer", 8)
    made = register(first, until=SIGNED)
    assert now(made, day(9)).until.why == "officer attested it; a second officer has to."
    assert "already" in refusal(made, replace(first, recorded=day(9)))
    other = record(made, attested("other", 9, fingerprint("another letter")))
    assert isinstance(other, Register)
    assert "different evidence" in now(other, day(10)).until.why
    both = record(made, attested("other", 9))
    assert isinstance(both, Register)
    found = now(both, day(10))
    assert (found.state, found.ended) == ("ended", day(9))
    assert found.until.why == "officer and other attested it, by letter.pdf."
    back = AttestationWithdrawn(by="other", event="employer-signs", reason="A draft", recorded=day(10))
    undone = record(both, back)
    assert isinstance(undone, Register)
    assert now(undone, day(11)).state == "in force"
    assert "has not attested" in refusal(undone, replace(back, recorded=day(11)))
    assert [change.turned for change in trace(undone, "remote-2022")] == [True, False, True, True]


@pytest.mark.parametrize("evidence", ["", "letter.pdf", "A" * 64, "a" * 63])
def test_an_attestation_without_evidence_is_refused(evidence: str) -> None:
    assert "needs evidence" in refusal(register(), attested("officer", 8, evidence))


def test_an_agreement_ends_it_when_it_is_signed_and_adopted() -> None:
    made = register(adopted(10), attested("officer", 11), attested("other", 12))
    assert now(made, day(11)).state == "in force"
    found = now(made, day(12))
    assert (found.state, found.ended) == ("ended", day(12))
    assert [term.answer for term in found.until.terms[1].terms] == ["met", "met"]


def test_another_version_or_another_body_adopts_nothing() -> None:
    exact = replace(ADOPTED, version="b" * 64)
    assert now(register(adopted(10, version="e" * 64), until=exact), day(11)).until.why == (
        "Another version was adopted, not this one."
    )
    assert now(register(adopted(10, body="board"), until=exact), day(11)).state == "in force"
    assert now(register(adopted(10), until=exact), day(11)).state == "ended"


def test_a_later_decision_ends_it_whatever_its_condition_says() -> None:
    ending = Ended(
        by="officer", certificate="e" * 64, effective=day(11), recorded=day(10), resolution="remote-2022"
    )
    made = register(ending)
    assert now(made, day(10, 20)).state == "in force"
    found = now(made, day(12))
    assert (found.state, found.ended, found.cause) == ("ended", day(11), "Rescinded by a later decision")
    assert "already" in refusal(made, replace(ending, recorded=day(12)))
    newer = Resolved(
        by="officer", recorded=day(10), resolution=replace(resolution(None, "newer"), decided=DECIDED)
    )
    made = register(newer, replace(ending, replaced_by="newer", recorded=day(10)), until=None)
    assert now(made, day(12)).cause == "Replaced by newer"
    assert [one.resolution.id for one in in_force(made, day(12))] == ["newer"]


def test_a_date_ends_it() -> None:
    end = DateReached(moment=LocalMoment(day=date(2022, 1, 18), zone=CHICAGO))
    made = register(until=end)
    assert now(made, day(18, 5)).state == "in force"
    assert now(made, day(18, 6)).ended == day(18, 6)
    assert condition_words(end) == "2022-01-18, 00:00 (America/Chicago)"


def test_a_slip_in_the_register_is_corrected_by_two_and_stays_visible() -> None:
    made = register()
    right = replace(resolution(), title="Work remotely from 5 January")
    fact = ResolutionCorrected(by="a", reason="Title", recorded=day(6), resolution=right, second="b")
    assert "second officer" in refusal(made, replace(fact, second="a"))
    after = record(made, fact)
    assert isinstance(after, Register)
    assert now(after, day(7)).resolution.title == "Work remotely from 5 January"
    assert now(after, day(7), known=day(5)).resolution.title == "Work remotely"
    assert [change.turned for change in trace(after, "remote-2022")] == [True, False]
    unknown = replace(fact, resolution=replace(right, id="other"))
    assert "no resolution other" in refusal(made, unknown)


REFUSED: dict[str, tuple[AnyFact, str]] = {
    "twice": (Resolved(by="o", recorded=day(6), resolution=resolution()), "already"),
    "future": (
        Resolved(by="o", recorded=DECIDED, resolution=replace(resolution(name="b"), decided=day(9))),
        "in the future",
    ),
    "backwards": (
        Resolved(by="o", recorded=day(20), resolution=replace(resolution(name="b"), decided=day(19))),
        "before it was decided",
    ),
    "no certificate": (
        Resolved(by="o", recorded=day(6), resolution=replace(resolution(name="b"), certificate="")),
        "certificate",
    ),
    "earlier": (reading(1, "1", DECIDED - timedelta(days=1)), "earlier"),
    "no number": (reading(5, "NaN"), "is a number"),
    "tomorrow's figure": (reading(9, "1", day(6)), "in the future"),
    "unknown reading": (
        ReadingCorrected(by="a", reading="x", reason="c", recorded=day(6), second="b", value=None),
        "no reading",
    ),
    "unknown resolution": (
        Ended(by="o", certificate="e" * 64, effective=day(6), recorded=day(6), resolution="x"),
        "no resolution",
    ),
    "replaced by nothing": (
        Ended(
            by="o",
            certificate="e" * 64,
            effective=day(6),
            recorded=day(6),
            replaced_by="x",
            resolution="remote-2022",
        ),
        "no resolution",
    ),
    "replaced by itself": (
        Ended(
            by="o",
            certificate="e" * 64,
            effective=day(6),
            recorded=day(6),
            replaced_by="remote-2022",
            resolution="remote-2022",
        ),
        "replace itself",
    ),
    "ended unproved": (
        Ended(by="o", certificate="", effective=day(6), recorded=day(6), resolution="remote-2022"),
        "certificate",
    ),
    "ended before it began": (
        Ended(by="o", certificate="e" * 64, effective=day(1), recorded=day(6), resolution="remote-2022"),
        "before it was decided",
    ),
    "event to come": (replace(attested("o", 6), happened=day(9)), "in the future"),
    "vote to come": (replace(adopted(6), at=day(9)), "in the future"),
    "vote unproved": (replace(adopted(6), certificate=""), "certificate"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_recorded(name: str) -> None:
    fact, why = REFUSED[name]
    made = register()
    assert why in refusal(made, fact)


def test_one_value_for_a_day() -> None:
    made = register(reading(5, "4"))
    assert "If it is wrong, correct it" in refusal(made, replace(reading(5, "3", day(7)), id="again"))
    assert "already" in refusal(made, reading(5, "3", day(7)))
    bad = ReadingCorrected(
        by="a", reading="tests-5", reason="c", recorded=day(9), second="b", value=Decimal("inf")
    )
    assert "is a number" in refusal(made, bad)


def test_conditions_that_nobody_could_check() -> None:
    with pytest.raises(ConditionError):
        AllOf(terms=(SURGE,))
    with pytest.raises(ConditionError):
        AnyOf(terms=(SIGNED,) * 41)
    with pytest.raises(ConditionError):
        replace(SURGE, value=Decimal("NaN"))
    with pytest.raises(MomentError):
        replace(SURGE, zone="Illinois/Chicago")
    with pytest.raises(ValueError, match="once for each group"):
        replace(resolution(), effects=())


def test_words() -> None:
    assert condition_words(UNTIL) == (
        "the share of positive tests is under 5% on 3 days in a row, or (the employer signs the agreement, "
        "and the House of Delegates adopts the agreement)"
    )
    assert condition_words(replace(SURGE, relation="over", days=1)).endswith("is over 5% on 1 day")
    assert condition_words(LaterDecision()) == "a later decision ends it"


def test_times_that_clocks_skip_or_show_twice() -> None:
    with pytest.raises(MomentError, match="skip 02:30"):
        LocalMoment(day=date(2021, 3, 14), time=time(2, 30), zone=CHICAGO)
    twice = LocalMoment(day=date(2021, 11, 7), time=time(1, 30), zone=CHICAGO)
    assert twice.instant == datetime(2021, 11, 7, 6, 30, tzinfo=UTC)
    with pytest.raises(MomentError, match="beside the time"):
        LocalMoment(day=date(2021, 1, 1), time=time(1, tzinfo=UTC), zone=CHICAGO)
    assert str(next_morning(DECIDED, CHICAGO, time(7))) == "2022-01-05, 07:00 (America/Chicago)"


def test_stored_and_read_again() -> None:
    ending = Ended(
        by="o", certificate="e" * 64, effective=day(20), recorded=day(19), resolution="remote-2022"
    )
    made = register(reading(5, "4.90"), attested("a", 8), adopted(10), ending)
    assert from_data(Register, to_data(made)) == made
    assert to_data(made)["facts"][1]["value"] == "4.90"
