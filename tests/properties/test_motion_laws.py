"""Whatever happens to a motion, in whatever order: a stage is never open or carried on another text."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.lifecycle.difference import difference
from quorate.lifecycle.forms import Refused, fingerprint, from_data, to_data
from quorate.lifecycle.motion import Motion, apply, opening_blocked, replay
from quorate.lifecycle.motion_events import (
    DecideAmendment,
    DecideStage,
    MotionEvent,
    OfferAmendment,
    OpenStage,
    Refer,
    ReportBack,
    Second,
    VoidStage,
    Withdraw,
)
from quorate.lifecycle.pipeline import Pipeline, StagePlan
from support.motions import CERTIFICATE, PHI, at, proposed

BODIES = ("board", "delegates", "members")
TEXTS = tuple(f"Resolved: {word}." for word in ("one", "two", "three"))


@st.composite
def some_event(draw: st.DrawFn, hours: int) -> MotionEvent:
    """Anything that somebody might try; most of it out of place."""
    when, text, stage = at(hours), draw(st.sampled_from(TEXTS)), draw(st.integers(-1, 3))
    match draw(st.integers(0, 11)):
        case 0:
            return Second(at=when, by="a", seconder=draw(st.sampled_from(("Member 4711", "Member 2"))))
        case 1 | 2:
            return OfferAmendment(
                amends=fingerprint(draw(st.sampled_from(TEXTS))),
                at=when,
                by="a",
                id=f"amendment-{hours}",
                mover="b",
                reason="c",
                text=text,
            )
        case 3 | 4:
            name = f"amendment-{draw(st.integers(0, hours))}"
            what: Any = draw(st.sampled_from(("adopted", "adopted", "rejected", "withdrawn")))
            return DecideAmendment(amendment=name, at=when, by="a", decision=what)
        case 5:
            return Refer(at=when, by="a", reason="c", to="committee")
        case 6:
            return ReportBack(advice="c", at=when, by="a")
        case 7:
            return VoidStage(at=when, by="a", reason="c", stage=stage)
        case 8 | 9:
            return OpenStage(at=when, ballot="x", by="a", stage=stage, text=fingerprint(text))
        case 10 if draw(st.integers(0, 9)) == 0:
            return Withdraw(at=when, by="a", reason="c")
        case _:
            outcome: Any = draw(
                st.sampled_from(("carried", "carried", "carried", "not carried", "tie", "undecided"))
            )
            return DecideStage(
                at=when,
                by="a",
                certificate=CERTIFICATE,
                outcome=outcome,
                phi=PHI,
                stage=stage,
                text=fingerprint(text),
            )


def holds(motion: Motion) -> None:
    """The law of the pipeline, and that history is enough to rebuild everything."""
    waiting = False
    for stage in motion.stages:
        assert not (waiting and stage.state != "waiting"), "a stage ran ahead of the one before"
        if stage.state != "waiting":
            assert stage.subject == motion.text.subject
        waiting = stage.state != "carried"
    voting = [stage for stage in motion.stages if stage.state in ("open", "undecided")]
    assert (motion.state == "voting") == bool(voting)
    assert (motion.state == "carried") == (motion.next_stage is None)
    assert motion.text.fingerprint == fingerprint(motion.text.text)
    assert [version.number for version in motion.versions] == list(range(1, len(motion.versions) + 1))


@settings(max_examples=300)
@given(st.data(), st.integers(1, 3), st.booleans())
def test_no_history_breaks_the_law_of_the_pipeline(data: st.DataObject, length: int, seconded: bool) -> None:
    plans = tuple(
        StagePlan(body=body, method="secret", name=body, rule="majority-of-votes")
        for body in BODIES[-length:]
    )
    motion = proposed(Pipeline(seconded=seconded, stages=plans), text=TEXTS[0])
    for hours in range(1, data.draw(st.integers(1, 25))):
        event = data.draw(some_event(hours))
        after = apply(motion, event)
        if isinstance(event, OpenStage):
            subject = (event.text, event.documents) == motion.text.subject
            assert isinstance(after, Motion) == (subject and not opening_blocked(motion, event.stage))
        if isinstance(after, Refused):
            assert after.reason
            continue
        kept = {version.fingerprint for version in motion.versions}
        assert kept <= {version.fingerprint for version in after.versions}, "a text was lost"
        assert set(motion.undone) <= set(after.undone), "a vote that was undone was lost"
        motion = after
        holds(motion)
    assert replay(motion.log) == motion
    assert from_data(Motion, to_data(motion)) == motion


words = st.text(st.sampled_from("ab. \n"), max_size=60)


@settings(max_examples=300)
@given(words | st.text(max_size=60), words | st.text(max_size=60))
def test_a_difference_gives_back_both_texts(old: str, new: str) -> None:
    found = difference(old, new)
    assert (found.old, found.new) == (old, new)
    assert found.changed == (old != new)
    kinds = [part.kind for part in found.parts]
    assert all(part.text for part in found.parts)
    assert all(one != two for one, two in pairwise(kinds))
    assert ("added", "removed") not in pairwise(kinds)


@given(words)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert not difference(text, text).changed


def test_changed_words_stand_together() -> None:
    found = difference("Teachers work from home.\n\nPay stays.\n", "Staff come in daily.\n\nPay stays.\n")
    assert [(part.kind, part.text) for part in found.parts] == [
        ("removed", "Teachers work from home"),
        ("added", "Staff come in daily"),
        ("same", ".\n\nPay stays.\n"),
    ]
    assert (found.words("removed"), found.words("added"), found.words("same")) == (4, 4, 2)


def test_long_texts_are_compared_in_reasonable_time() -> None:
    """20,000 characters of one paragraph with the same few words: the slowest kind."""
    old = "the members of the union " * 800
    found = difference(old, old.replace("union", "council"))
    assert found.new.count("council") == 800
    assert found.old == old
