"""An agreement: versions side by side, ratified as it is or not at all, and what hangs on it."""

from __future__ import annotations

from datetime import timedelta

from quorate.lifecycle.agreement import Agreement, negotiated, put_to_bodies, ratifying, revised, votes
from quorate.lifecycle.condition import AgreementAdopted
from quorate.lifecycle.forms import Refused, fingerprint, from_data, to_data
from quorate.lifecycle.moment import LocalMoment
from quorate.lifecycle.motion_events import OfferAmendment, Second, VoidStage
from quorate.lifecycle.register import Register, record, status
from quorate.lifecycle.resolution import Effect, Resolution, Resolved
from support.motions import TWO, at, decision, done, opening

FIRST = "Schools close when 30% of a class is absent.\n"
SECOND = "Schools close when 25% of a class is absent.\n"


def agreed(text: str = FIRST) -> Agreement:
    return done(
        negotiated(
            agreement="return",
            at=at(0),
            by="secretary",
            parties=("The union", "The employer"),
            summary="We go back. Schools close when many are ill.",
            text=text,
            title="Return to schools",
        )
    )


def submitted(agreement: Agreement, hours: int = 1) -> Agreement:
    made = done(put_to_bodies(agreement, TWO, at=at(hours), by="secretary", mover="The officers"))
    return done(ratifying(made, Second(at=at(hours), by="secretary", seconder="Member 2")))


def voted(agreement: Agreement, stage: int, outcome: str = "carried", hours: int = 2) -> Agreement:
    assert agreement.ratification is not None
    made = done(ratifying(agreement, opening(agreement.ratification.motion, stage, hours)))
    assert made.ratification is not None
    return done(ratifying(made, decision(made.ratification.motion, stage, outcome, hours + 1)))


def revise(agreement: Agreement, text: str = SECOND, hours: int = 8) -> Agreement | Refused:
    return revised(agreement, at=at(hours), by="secretary", summary="A lower share.", text=text)


def refusal(result: Agreement | Refused) -> str:
    assert isinstance(result, Refused)
    return result.reason


def test_ratified_by_delegates_then_members() -> None:
    agreement = submitted(agreed())
    assert agreement.state == "being ratified"
    agreement = voted(voted(agreement, 0), 1, hours=5)
    assert agreement.state == "ratified"
    assert agreement.ratification is not None
    motion = agreement.ratification.motion
    assert motion.text.text == "Shall the agreement “Return to schools”, version 1, be ratified?"
    assert motion.text.subject[1] == (fingerprint(FIRST),)
    assert motion.text.documents[0].name == "Return to schools, version 1"
    made = votes(agreement, by="officer", recorded=at(9))
    assert [(vote.body, vote.version, vote.at) for vote in made] == [
        ("delegates", fingerprint(FIRST), at(3)),
        ("members", fingerprint(FIRST), at(6)),
    ]
    assert "What changes it is a new agreement" in refusal(revise(agreement))
    assert from_data(Agreement, to_data(agreement)) == agreement


def test_a_new_version_starts_afresh() -> None:
    """Delegates carried version 1; nobody has carried version 2, and nothing that waits for it ends."""
    agreement = done(revise(voted(submitted(agreed()), 0)))
    assert agreement.state == "negotiated"
    assert votes(agreement, by="officer", recorded=at(9)) == ()
    assert "Version 2 was not put to any body" in refusal(
        ratifying(agreement, VoidStage(at=at(9), by="officers", reason="x", stage=0))
    )
    again = submitted(agreement, 10)
    assert [one.version for one in again.rounds] == [1, 2]
    assert again.ratification is not None
    assert again.ratification.motion.next_stage == 0
    shown = [(part.kind, part.text) for part in again.changes(1, 2).parts if part.kind != "same"]
    assert shown == [("removed", "30"), ("added", "25")]


def test_rejected_is_negotiated_again() -> None:
    agreement = voted(submitted(agreed()), 0, "not carried")
    assert agreement.state == "rejected"
    assert done(revise(agreement)).state == "negotiated"


def test_a_body_cannot_amend_what_two_parties_agreed() -> None:
    agreement = submitted(agreed())
    assert agreement.ratification is not None
    motion = agreement.ratification.motion
    event = OfferAmendment(
        amends=motion.text.fingerprint, at=at(2), by="s", id="a", mover="m", reason="r", text="Other"
    )
    assert "a new version" in refusal(ratifying(agreement, event))


def test_what_is_refused() -> None:
    agreement = agreed()
    assert "text of version 1" in refusal(revise(agreement, FIRST))
    assert "no text" in refusal(revise(agreement, "  "))
    assert "earlier" in refusal(revise(agreement, hours=-1))
    assert "plain words" in refusal(revised(agreement, at=at(1), by="s", summary=" ", text=SECOND))
    agreement = submitted(agreement)
    again = put_to_bodies(agreement, TWO, at=at(3), by="s", mover="m")
    assert "put to the bodies already" in refusal(again)
    assert agreement.ratification is not None
    voting = done(ratifying(agreement, opening(agreement.ratification.motion, 0, 2)))
    assert "A body is voting" in refusal(revise(voting))
    assert "has not carried" in refusal(ratifying(agreement, opening(agreement.ratification.motion, 1, 2)))
    alone = negotiated(
        agreement="a", at=at(0), by="s", parties=("One", "One"), summary="s", text="t", title="t"
    )
    assert "at least two parties" in refusal(alone)


def test_ratification_ends_the_resolutions_that_wait_for_it() -> None:
    until = AgreementAdopted(agreement="return", body="delegates", words="the delegates adopt the agreement")
    resolution = Resolution(
        body="members",
        certificate="c" * 64,
        decided=at(0),
        effects=(Effect(starts=LocalMoment(day=at(24).date(), zone="America/Chicago")),),
        id="remote",
        text="a" * 64,
        title="Work remotely",
        until=until,
    )
    register = done(record(Register(), Resolved(by="o", recorded=at(0), resolution=resolution)))
    agreement = voted(submitted(agreed(), 40), 0, hours=41)
    for vote in votes(agreement, by="o", recorded=at(43)):
        register = done(record(register, vote))
    before, after = status(register, "remote", at(41)), status(register, "remote", at(43))
    assert before is not None
    assert after is not None
    assert (before.state, after.state, after.ended) == ("in force", "ended", at(41) + timedelta(hours=1))
