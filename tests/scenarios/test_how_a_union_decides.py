"""Four decisions of one large union as it published them, from the first motion to the end of the resolution.

The pipeline, the figures and the condition of the last one are read from docs/how-a-union-decides.md.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from quorate.lifecycle.agreement import Agreement, negotiated, put_to_bodies, ratifying, votes
from quorate.lifecycle.condition import Condition
from quorate.lifecycle.forms import Refused, fingerprint, from_data
from quorate.lifecycle.moment import LocalMoment, next_morning
from quorate.lifecycle.motion import Motion, apply, propose
from quorate.lifecycle.motion_events import DecideStage, OpenStage, Propose, Second, Withdraw
from quorate.lifecycle.pipeline import Pipeline, StagePlan
from quorate.lifecycle.register import Register, Status, correct_batch, in_force, record, status, trace
from quorate.lifecycle.resolution import AnyFact, Attested, Effect, Reading, Resolution, Resolved
from quorate.rules import (
    Counts,
    Decision,
    Outcome,
    alternatives,
    decide,
    explain,
    preset,
    roll_call,
    show_of_hands,
)
from quorate.rules.meeting import Answer, HandCount
from support.motions import done

DOC = (Path(__file__).parents[2] / "docs" / "how-a-union-decides.md").read_text("utf-8")
CHICAGO = "America/Chicago"
HOUSE = StagePlan(body="delegates", method="recorded", name="House of Delegates", rule="us-ctu-hod")


def data(name: str) -> Any:
    """A block of the document."""
    found = re.search(rf"<!-- data: {name} -->\n```json\n(.*?)```", DOC, re.DOTALL)
    assert found, name
    return json.loads(found.group(1))


def members(rule: str) -> StagePlan:
    return StagePlan(body="members", method="secret", name="All members", rule=rule)


def utc(year: int, month: int, day: int, hour: int = 12) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


def moved(text: str, pipeline: Pipeline, at: datetime) -> Motion:
    """Proposed and seconded."""
    event = Propose(
        at=at, by="secretary", id="motion", mover="A delegate", pipeline=pipeline, text=text, title=text
    )
    return done(apply(done(propose(event)), Second(at=at, by="secretary", seconder="Another delegate")))


def opening(motion: Motion, at: datetime, present: int | None = None) -> OpenStage:
    assert motion.next_stage is not None
    text, documents = motion.text.subject
    return OpenStage(
        at=at,
        ballot="the vote",
        by="officers",
        documents=documents,
        eligible=present,
        present=present,
        stage=motion.next_stage,
        text=text,
    )


def outcome(motion: Motion, decision: Decision, at: datetime) -> DecideStage:
    """What the rules engine said, on its way to the motion."""
    stage = motion.next_stage
    assert stage is not None
    return DecideStage(
        at=at,
        by="officers",
        certificate=fingerprint(f"certificate of stage {stage}"),
        outcome=decision.outcome.value,
        phi=fingerprint(f"manifest of stage {stage}"),
        stage=stage,
        text=motion.stages[stage].text or "",
    )


def voted(motion: Motion, counts: Counts, opens: datetime, closes: datetime) -> tuple[Motion, Decision]:
    """A stage is held; its rule, by the id in the pipeline, decides."""
    assert motion.next_stage is not None
    rule = preset(motion.stages[motion.next_stage].plan.rule)
    decision = decide(rule, counts)
    open_ = done(apply(motion, opening(motion, opens, counts.present)))
    return done(apply(open_, outcome(open_, decision, closes))), decision


def figures(yes: int, no: int, abstain: int, eligible: int, present: int | None = None) -> Counts:
    return Counts(
        abstain=abstain,
        blank=0,
        cast=yes + no + abstain,
        eligible=eligible,
        no=no,
        present=present,
        spoiled=0,
        yes=yes,
    )


def roll_of(yes: int, no: int, abstain: int) -> Counts:
    """A roll call of delegates who all answered."""
    said: list[tuple[Answer, int]] = [("yes", yes), ("no", no), ("abstain", abstain)]
    answers = [answer for answer, times in said for _n in range(times)]
    roll = [(f"{n:03}", f"Delegate {n}") for n in range(1, len(answers) + 1)]
    return roll_call(
        roll, {member: answer for (member, _name), answer in zip(roll, answers, strict=True)}
    ).counts()


def recorded(register: Register, *facts: AnyFact) -> Register:
    for fact in facts:
        register = done(record(register, fact))
    return register


def found(register: Register, at: datetime, known: datetime | None = None) -> Status:
    one = status(register, "remote", at, known)
    assert one is not None
    return one


def test_strike_authorisation_of_2015() -> None:
    """27,000 members; three quarters of all of them had to vote yes, not of those who vote."""
    rule = preset("us-il-art34-strike")
    said = explain(rule, 27_000)
    assert said[0] == "At least 20,250 of 27,000 members must vote yes."
    assert "Not voting counts like no." in said
    motion = moved("Authorise a strike.", Pipeline(stages=(members(rule.id),)), utc(2015, 12, 1))
    counts = figures(23_971, 869, 0, 27_000)
    motion, decision = voted(motion, counts, utc(2015, 12, 9), utc(2015, 12, 11, 23))
    assert (motion.state, decision.needed, decision.margin) == ("carried", 20_250, 3_721)
    rows = [
        row.words for one in alternatives(counts, [rule, preset("majority-of-votes")]) for row in one.rows
    ]
    assert rows == [
        "yes votes are at least 75% of all members: 23,971 of 27,000 (88.7%), 20,250 needed",
        "yes votes are more than half of the yes and no votes: 23,971 of 24,840 (96.5%), 12,421 needed",
    ]


def test_remote_work_of_january_2021() -> None:
    """Delegates first, more than 80%; then three days for 25,000 members; groups return on different days."""
    pipeline = Pipeline(stages=(HOUSE, members("us-ctu-remote-2021")))
    motion = moved("Work remotely only, from 25 January 2021.", pipeline, utc(2021, 1, 19))
    early = apply(motion, msgspec.structs.replace(opening(motion, utc(2021, 1, 20)), stage=1))
    assert isinstance(early, Refused)
    assert early.reason == "House of Delegates has not carried this text."
    motion, house = voted(motion, roll_of(481, 119, 0), utc(2021, 1, 20), utc(2021, 1, 20, 22))
    assert house.needed == 301
    motion, all_ = voted(motion, figures(15_265, 6_235, 0, 25_000), utc(2021, 1, 21), utc(2021, 1, 24, 5))
    assert (motion.state, all_.needed, all_.margin) == ("carried", 15_000, 265)
    assert [one.outcome for one in alternatives(all_.counts, [preset("us-il-art34-strike")])] == [
        Outcome.NOT_CARRIED
    ]
    resolution = Resolution(
        body="members",
        certificate=fingerprint("certificate of stage 1"),
        decided=utc(2021, 1, 24, 5),
        effects=(
            Effect(group="teachers", starts=LocalMoment(day=date(2021, 1, 25), zone=CHICAGO)),
            Effect(group="pupils", starts=LocalMoment(day=date(2021, 2, 1), zone=CHICAGO)),
        ),
        id="remote",
        text=motion.text.fingerprint,
        title="Work remotely",
    )
    register = recorded(Register(), Resolved(by="officer", recorded=utc(2021, 1, 24), resolution=resolution))
    assert in_force(register, datetime(2021, 1, 25, 5, 59, tzinfo=UTC)) == ()
    groups = {group.effect.group: group.state for group in found(register, utc(2021, 1, 26)).groups}
    assert groups == {"teachers": "in force", "pupils": "not yet"}
    groups = {group.effect.group: group.state for group in found(register, utc(2021, 2, 1)).groups}
    assert groups == {"teachers": "in force", "pupils": "in force"}


def test_a_strike_vote_considered_and_a_framework_instead() -> None:
    """The strike vote stays a motion; a framework is adopted, 526 to 82 and then 13,681 to 6,585."""
    strike = moved(
        "Ask all members to authorise a strike.",
        Pipeline(stages=(HOUSE, members("us-il-art34-strike"))),
        utc(2021, 1, 30),
    )
    framework = done(
        negotiated(
            agreement="framework",
            at=utc(2021, 2, 7),
            by="secretary",
            parties=("The union", "The school authority"),
            summary="Schools reopen in steps, with vaccinations.",
            text="Framework for reopening the schools.\n",
            title="Reopening framework",
        )
    )
    pipeline = Pipeline(seconded=False, stages=(HOUSE, members("us-ctu-ratify")))
    framework = done(
        put_to_bodies(framework, pipeline, at=utc(2021, 2, 8), by="secretary", mover="The officers")
    )
    framework, house = ratified(framework, roll_of(526, 82, 12), utc(2021, 2, 8, 23), utc(2021, 2, 9, 3))
    assert (house.outcome, house.needed, house.margin) == (Outcome.CARRIED, 311, 215)
    framework, all_ = ratified(
        framework, figures(13_681, 6_585, 0, 25_000), utc(2021, 2, 9), utc(2021, 2, 10, 6)
    )
    assert (framework.state, all_.needed, all_.margin) == ("ratified", 10_134, 3_547)
    before = alternatives(all_.counts, [preset("us-ctu-remote-2021")])[0]
    assert (before.outcome, before.rows[0].percent) == (Outcome.NOT_CARRIED, "54.7%")
    withdrawn = apply(
        strike, Withdraw(at=utc(2021, 2, 10), by="secretary", reason="A framework was ratified")
    )
    assert done(withdrawn).state == "withdrawn"


def ratified(
    agreement: Agreement, counts: Counts, opens: datetime, closes: datetime
) -> tuple[Agreement, Decision]:
    """One body decides on the agreement."""
    round_ = agreement.ratification
    assert round_ is not None
    assert round_.motion.next_stage is not None
    decision = decide(preset(round_.motion.stages[round_.motion.next_stage].plan.rule), counts)
    agreement = done(ratifying(agreement, opening(round_.motion, opens, counts.present)))
    assert agreement.ratification is not None
    return done(ratifying(agreement, outcome(agreement.ratification.motion, decision, closes))), decision


def test_a_tentative_agreement_of_2019() -> None:
    """364 to 242, and by a show of hands it would be the same."""
    decision = decide(preset("us-ctu-hod"), roll_of(364, 242, 0))
    assert (decision.outcome, decision.needed, decision.margin) == (Outcome.CARRIED, 304, 60)
    tellers = [HandCount(abstain=0, no=242, teller=name, yes=364) for name in ("Ames", "Bell")]
    assert decide(preset("us-ctu-hod"), show_of_hands(*tellers, present=606, eligible=606)).needed == 304


# January 2022, as the document tells it.


def the_vote_of_2022() -> Motion:
    pipeline = from_data(Pipeline, data("pipeline"))
    motion = moved("Work remotely from 5 January 2022.", pipeline, utc(2022, 1, 4))
    rows = re.findall(r"^\| (House of Delegates|All members) \| (.+) \|$", DOC, re.MULTILINE)
    assert len(rows) == 2
    hours = [(utc(2022, 1, 4, 22), utc(2022, 1, 5, 0)), (utc(2022, 1, 5, 0), utc(2022, 1, 5, 4))]
    for (body, cells), (opens, closes) in zip(rows, hours, strict=True):
        yes, no, abstain, of, needed, outcome_ = cells.split(" | ")
        assert motion.next_stage is not None
        assert motion.stages[motion.next_stage].plan.name == body
        in_a_meeting = motion.stages[motion.next_stage].plan.method == "recorded"
        counts = figures(int(yes), int(no), int(abstain), int(of))
        if in_a_meeting:
            assert counts.cast == counts.eligible
            counts = roll_of(int(yes), int(no), int(abstain))
        motion, decision = voted(motion, counts, opens, closes)
        assert (decision.needed, decision.outcome.value) == (int(needed), outcome_)
    return motion


def register_of_2022() -> Register:
    motion = the_vote_of_2022()
    assert motion.state == "carried"
    decided = motion.stages[1].decided
    assert decided is not None
    resolution = Resolution(
        body="members",
        certificate=motion.stages[1].certificate or "",
        decided=decided,
        effects=(Effect(starts=next_morning(decided, CHICAGO)),),
        id="remote",
        text=motion.text.fingerprint,
        title=motion.title,
        until=msgspec.convert(data("until"), Condition),
    )
    return recorded(Register(), Resolved(by="officer", recorded=decided, resolution=resolution))


def reading(day: int, value: str, batch: str) -> Reading:
    return Reading(
        batch=batch,
        by="officer",
        day=date(2022, 1, day),
        id=f"tests-{day}",
        metric="positive-tests",
        recorded=utc(2022, 1, day + 1),
        source="School testing programme",
        value=Decimal(value),
    )


def test_in_force_the_next_morning_until_a_condition_is_met() -> None:
    register = register_of_2022()
    assert found(register, utc(2022, 1, 5, 5)).state == "not yet"
    today = found(register, utc(2022, 1, 5, 6))
    assert today.state == "in force"
    assert [term.answer for term in today.until.terms] == ["not yet", "not yet"]
    assert [term.why for term in today.until.terms[1].terms] == [
        "The body has not adopted it.",
        "No officer has attested it.",
    ]


def test_spoiled_tests_end_nothing_for_good() -> None:
    """25,000 results were invalid: kits had been held up in the post."""
    register = recorded(register_of_2022(), *(reading(day, "8", "by post") for day in (5, 6, 7)))
    assert found(register, utc(2022, 1, 8, 13)).state == "ended"
    reason = "25,000 results are invalid: the kits were held up in the post."
    register = done(
        correct_batch(
            register, "by post", by="officer", reason=reason, recorded=utc(2022, 1, 9), second="other"
        )
    )
    again = found(register, utc(2022, 1, 9))
    assert (again.state, again.unsure, again.until.answer) == ("in force", True, "cannot be known")
    assert found(register, utc(2022, 1, 8, 13), known=utc(2022, 1, 8, 13)).state == "ended", (
        "as shown that day"
    )
    turns = [
        (change.fact.recorded.day, change.after.state)
        for change in trace(register, "remote")
        if change.turned
    ]
    assert turns == [(5, "not yet"), (8, "ended"), (9, "in force")]


def test_the_agreement_ends_it() -> None:
    """Delegates adopt what was negotiated; when the employer has signed, the resolution ends by itself."""
    register = register_of_2022()
    agreement = done(
        negotiated(
            agreement="return",
            at=utc(2022, 1, 10),
            by="secretary",
            parties=("The union", "The school authority"),
            summary="Masks and tests; a school closes when too many are away.",
            text="Agreement on conditions for return.\n",
            title="Conditions for return",
        )
    )
    pipeline = Pipeline(seconded=False, stages=(HOUSE, members("us-ctu-ratify")))
    agreement = done(
        put_to_bodies(agreement, pipeline, at=utc(2022, 1, 10), by="secretary", mover="The officers")
    )
    agreement, house = ratified(agreement, roll_of(398, 234, 0), utc(2022, 1, 10, 23), utc(2022, 1, 11, 2))
    assert house.carried
    register = recorded(register, *votes(agreement, by="officer", recorded=utc(2022, 1, 11, 3)))
    half = found(register, utc(2022, 1, 11, 4))
    assert (half.state, half.until.terms[1].why) == ("in force", "1 of 2 are met.")
    for hour, officer in enumerate(("officer", "other"), start=14):
        register = recorded(
            register,
            Attested(
                by=officer,
                event="employer-signs",
                evidence=fingerprint("the signed agreement"),
                evidence_name="signed-agreement.pdf",
                happened=utc(2022, 1, 12, 13),
                recorded=utc(2022, 1, 12, hour),
            ),
        )
    over = found(register, utc(2022, 1, 13))
    assert (over.state, over.ended) == ("ended", utc(2022, 1, 12, 15))
    assert over.cause == "the House of Delegates adopts the agreement, and the employer signs it"
    assert in_force(register, utc(2022, 1, 13)) == ()
    assert in_force(register, utc(2022, 1, 13) - timedelta(days=1)) != ()
