"""A motion goes from body to body: what may happen when, and the plain reason where it may not."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from quorate.lifecycle.forms import FormError, Refused, fingerprint, from_data, to_data
from quorate.lifecycle.motion import Motion, apply, opening_blocked, propose, replay, stage_words
from quorate.lifecycle.motion_events import (
    DecideAmendment,
    Document,
    MotionEvent,
    OfferAmendment,
    OpenStage,
    Refer,
    ReportBack,
    Second,
    VoidStage,
    Withdraw,
)
from quorate.lifecycle.pipeline import Pipeline, PipelineError, Quorum, StagePlan, method_words
from support.motions import (
    CERTIFICATE,
    TEXT,
    at,
    carried,
    decision,
    delegates,
    happened,
    members,
    opening,
    proposed,
    ready,
)

BETTER = TEXT.replace("5 January", "6 January")
AGREEMENT = Document(name="agreement.pdf", sha256="a" * 64, size=12)


def refusal(motion: Motion, event: MotionEvent) -> str:
    after = apply(motion, event)
    assert isinstance(after, Refused)
    return after.reason


def offer(motion: Motion, text: str = BETTER, name: str = "later", hours: int = 3) -> OfferAmendment:
    return OfferAmendment(
        amends=motion.text.fingerprint,
        at=at(hours),
        by="secretary",
        id=name,
        mover="Member 9",
        reason="The notice comes too late.",
        text=text,
    )


def adopt(name: str = "later", hours: int = 4) -> DecideAmendment:
    return DecideAmendment(amendment=name, at=at(hours), by="chair", decision="adopted")


def test_from_body_to_body_on_one_text() -> None:
    motion = carried(ready(), 0)
    assert (motion.state, motion.next_stage) == ("ready", 1)
    assert stage_words(motion.stages[0]) == "House of Delegates: carried"
    motion = carried(motion, 1, hours=5)
    assert (motion.state, motion.next_stage) == ("carried", None)
    assert [stage.text for stage in motion.stages] == [fingerprint(TEXT)] * 2
    before = motion.previous(1)
    assert before is not None
    assert before.certificate == CERTIFICATE
    assert motion.previous(0) is None
    assert replay(motion.log) == motion


def test_the_mover_does_not_second() -> None:
    motion = proposed()
    own = Second(at=at(1), by="secretary", seconder=motion.mover)
    assert refusal(motion, own) == "The mover cannot second the motion. Somebody else has to."
    assert opening_blocked(motion, 0) == ["The motion has no seconder yet."]
    assert "no seconder" in refusal(motion, opening(motion, 0))
    board = Pipeline(seconded=False, stages=(delegates(),))
    assert proposed(board).state == "ready"
    assert "needs no seconder" in refusal(ready(), replace(own, seconder="Member 1"))


def test_members_do_not_vote_before_the_delegates_carried() -> None:
    motion = ready()
    assert opening_blocked(motion, 1) == ["House of Delegates has not carried this text."]
    assert "has not carried" in refusal(motion, opening(motion, 1))
    lost = happened(motion, opening(motion, 0))
    lost = happened(lost, decision(lost, 0, "not carried"))
    assert lost.state == "not carried"
    assert "has not carried" in refusal(lost, opening(lost, 1, hours=3))
    tie = happened(motion, opening(motion, 0))
    assert happened(tie, decision(tie, 0, "tie")).state == "not carried"


def test_a_stage_never_opens_on_another_text() -> None:
    motion = carried(ready(), 0)
    assert "can vote on version 1" in refusal(motion, opening(motion, 1, 5, text=BETTER))
    with_document = carried(ready(documents=(AGREEMENT,)), 0)
    swapped = replace(opening(with_document, 1, 5), documents=("b" * 64,))
    assert "its documents only" in refusal(with_document, swapped)
    assert "its documents only" in refusal(with_document, replace(swapped, documents=()))
    assert happened(with_document, opening(with_document, 1, 5)).state == "voting"


def test_an_amendment_after_a_stage_carried_sends_the_motion_back() -> None:
    motion = carried(ready(), 0)
    motion = happened(motion, offer(motion), adopt())
    assert motion.text.number == 2
    assert motion.next_stage == 0
    assert [stage.state for stage in motion.stages] == ["waiting", "waiting"]
    assert [gone.stage.outcome for gone in motion.undone] == ["carried"]
    assert "version 2" in motion.undone[0].reason
    assert "has not carried" in refusal(motion, opening(motion, 1, 5))
    shown = motion.changes(1, 2)
    assert [(part.kind, part.text) for part in shown.parts if part.kind != "same"] == [
        ("removed", "5"),
        ("added", "6"),
    ]
    assert carried(carried(motion, 0, 5), 1, 8).state == "carried"


def test_other_documents_are_another_subject() -> None:
    motion = carried(ready(), 0)
    event = replace(offer(motion, TEXT), documents=(AGREEMENT,))
    motion = happened(motion, event, adopt())
    assert motion.next_stage == 0
    assert motion.text.documents == (AGREEMENT,)


def test_amendments_wait_while_a_body_votes_and_are_decided_before_it_does() -> None:
    motion = happened(ready(), opening(ready(), 0))
    assert "House of Delegates is voting on this text" in refusal(motion, offer(motion))
    motion = happened(ready(), offer(ready()))
    assert "Amendment later is not decided" in refusal(motion, opening(motion, 0, 4))
    rejected = happened(motion, DecideAmendment(amendment="later", at=at(4), by="chair", decision="rejected"))
    assert rejected.text.number == 1
    assert "no open amendment" in refusal(rejected, adopt(hours=5))
    assert happened(rejected, opening(rejected, 0, 5)).state == "voting"


def test_an_amendment_fits_the_text_it_was_written_for() -> None:
    motion = ready()
    motion = happened(motion, offer(motion), offer(motion, TEXT + "Signed.", "signed"))
    motion = happened(motion, adopt())
    assert "text has changed since amendment signed" in refusal(motion, adopt("signed", 5))
    assert "changes nothing" in refusal(motion, offer(motion, motion.text.text, "same", 5))
    stale = replace(offer(motion, TEXT, "old", 5), amends=fingerprint(TEXT))
    assert "for another text" in refusal(motion, stale)
    assert "already" in refusal(motion, offer(motion, TEXT, "signed", 5))


def test_referral_holds_everything_until_it_is_back() -> None:
    motion = happened(ready(), Refer(at=at(1), by="chair", reason="Costs", to="Finance committee"))
    assert "is with Finance committee" in refusal(motion, opening(motion, 0))
    amended = happened(motion, offer(motion))
    assert "Amend it when it is back" in refusal(amended, adopt())
    back = happened(motion, ReportBack(advice="It costs nothing.", at=at(2), by="chair"))
    assert back.state == "ready"
    assert "not referred" in refusal(back, ReportBack(advice="Again.", at=at(3), by="chair"))
    assert "Only a motion that waits" in refusal(motion, Refer(at=at(2), by="chair", reason="x", to="y"))


def test_a_motion_belongs_to_the_mover_until_a_body_begins_to_decide() -> None:
    withdraw = Withdraw(at=at(3), by="secretary", reason="Settled")
    gone = happened(ready(), withdraw)
    assert gone.state == "withdrawn"
    assert "was withdrawn" in refusal(gone, opening(gone, 0, 4))
    assert "can no longer be changed" in refusal(gone, offer(gone, hours=4))
    assert "closed already" in refusal(gone, withdraw)
    assert "no longer the mover's" in refusal(carried(ready(), 0), withdraw)


def test_an_undecided_vote_is_decided_later() -> None:
    """Challenged ballots are open: the stage is neither carried nor lost."""
    motion = happened(ready(), opening(ready(), 0))
    motion = happened(motion, decision(motion, 0, "undecided"))
    assert (motion.state, motion.stages[0].state) == ("voting", "undecided")
    assert "is voting" in refusal(motion, offer(motion))
    assert happened(motion, decision(motion, 0, hours=3)).stages[0].state == "carried"


def test_a_vote_that_is_void_is_held_again() -> None:
    motion = carried(carried(ready(), 0), 1, 5)
    motion = happened(motion, VoidStage(at=at(9), by="officers", reason="Order of a court", stage=1))
    assert (motion.state, motion.next_stage) == ("ready", 1)
    assert [(gone.stage.plan.body, gone.reason) for gone in motion.undone] == [
        ("members", "Order of a court")
    ]
    again = carried(motion, 1, 10)
    assert again.state == "carried"
    first = happened(again, VoidStage(at=at(20), by="officers", reason="Wrong roll", stage=0))
    assert [stage.state for stage in first.stages] == ["waiting", "waiting"]
    assert "no vote" in refusal(first, VoidStage(at=at(21), by="officers", reason="x", stage=0))


def test_a_result_belongs_to_the_vote_that_was_held() -> None:
    motion = happened(ready(), opening(ready(), 0))
    assert "on another text" in refusal(motion, replace(decision(motion, 0), text="b" * 64))
    assert "fingerprint of its manifest" in refusal(motion, replace(decision(motion, 0), phi=None))
    assert "certificate or minutes" in refusal(motion, replace(decision(motion, 0), certificate=""))
    assert "All members is not voting" in refusal(motion, replace(decision(motion, 0), stage=1))
    assert "no such stage" in refusal(motion, replace(decision(motion, 0), stage=7))
    assert "no such stage" in refusal(motion, replace(opening(motion, 0), stage=-1))
    assert "was proposed already" in refusal(motion, replace(motion.log[0], at=at(9)))


def test_a_quorum_is_counted_before_a_meeting_votes() -> None:
    quorum = Quorum(relation="more_than", share=(1, 2))
    motion = ready(Pipeline(stages=(delegates("recorded", quorum),)))
    event = opening(motion, 0)
    assert "Count those present first" in refusal(motion, event)
    few: OpenStage = replace(event, eligible=620, present=310)
    assert refusal(motion, few) == "At least 311 of 620 must be present. 310 are present."
    assert happened(motion, replace(few, present=311)).stages[0].present == 311


def test_times_have_zones_and_go_forward() -> None:
    motion = carried(ready(), 0)
    assert "earlier" in refusal(motion, offer(motion, hours=0))
    naive = replace(offer(motion), at=datetime(2022, 1, 5))  # noqa: DTZ001  # refused for that
    assert "needs its zone" in refusal(motion, naive)
    assert isinstance(propose(replace(motion.log[0], at=datetime(2022, 1, 5))), Refused)  # type: ignore[arg-type]  # noqa: DTZ001
    assert isinstance(replay([]), Refused)
    assert isinstance(replay(motion.log[1:]), Refused)


def test_stored_and_read_again() -> None:
    motion = carried(ready(documents=(AGREEMENT,)), 0)
    motion = happened(motion, offer(motion), adopt())
    data = to_data(motion)
    assert from_data(Motion, data) == motion
    with pytest.raises(FormError, match="unknown field"):
        from_data(Motion, data | {"carried": True})
    with pytest.raises(FormError):
        from_data(Motion, data | {"state": "passed"})
    data["log"][0]["at"] = "2022-01-04T18:00:00"
    with pytest.raises(FormError, match="timezone"):
        from_data(Motion, data)


@pytest.mark.parametrize(
    "stages",
    [(), (delegates(), members(), delegates()), (members(), members())],
    ids=["none", "back", "twice"],
)
def test_pipelines_that_lead_nowhere(stages: tuple[StagePlan, ...]) -> None:
    with pytest.raises(PipelineError):
        Pipeline(stages=stages)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"members": 1, "share": (1, 2)},
        {"members": 0},
        {"share": (2, 4)},
        {"share": (3, 2)},
        {"relation": "more_than", "share": (1, 1)},
    ],
    ids=str,
)
def test_quorums_that_say_nothing(wrong: dict[str, object]) -> None:
    with pytest.raises(PipelineError):
        Quorum(**wrong)  # type: ignore[arg-type]  # wrong on purpose


def test_words() -> None:
    assert str(Pipeline(stages=(delegates(), members()))) == "delegates -> members"
    assert method_words("recorded") == "roll call; names and votes are published"
    assert Quorum(share=(1, 3)).needed(100) == 34
    assert Quorum(members=50).needed(7) == 50
