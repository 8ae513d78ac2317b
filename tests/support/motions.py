"""Motions for tests: two bodies, one text, and a clock that is a counter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from quorate.lifecycle.forms import Refused, fingerprint
from quorate.lifecycle.motion import Motion, apply, propose
from quorate.lifecycle.motion_events import DecideStage, Document, MotionEvent, OpenStage, Propose, Second
from quorate.lifecycle.pipeline import Method, Pipeline, Quorum, StagePlan

START = datetime(2022, 1, 4, 18, tzinfo=UTC)
TEXT = "Resolved: members work remotely from 5 January 2022.\n\nThis holds until the surge subsides.\n"
CERTIFICATE = "c" * 64
PHI = "f" * 64
T = TypeVar("T")


def at(hours: int) -> datetime:
    """So many hours after the start."""
    return START + timedelta(hours=hours)


def done(result: T | Refused) -> T:
    """The result, where the test expects no refusal."""
    assert not isinstance(result, Refused), result.reason
    return result


def delegates(method: Method = "secret", quorum: Quorum | None = None) -> StagePlan:
    """The House of Delegates."""
    return StagePlan(
        body="delegates", method=method, name="House of Delegates", quorum=quorum, rule="us-ctu-hod"
    )


def members() -> StagePlan:
    """Everybody."""
    return StagePlan(body="members", method="secret", name="All members", rule="us-ctu-remote-2021")


TWO = Pipeline(stages=(delegates(), members()))


def proposed(pipeline: Pipeline = TWO, text: str = TEXT, documents: tuple[Document, ...] = ()) -> Motion:
    """A motion, just moved."""
    event = Propose(
        at=at(0),
        by="secretary",
        documents=documents,
        id="remote-work",
        mover="Member 4711",
        pipeline=pipeline,
        text=text,
        title="Work remotely",
    )
    return done(propose(event))


def ready(pipeline: Pipeline = TWO, text: str = TEXT, documents: tuple[Document, ...] = ()) -> Motion:
    """A motion, moved and seconded."""
    motion = proposed(pipeline, text, documents)
    if motion.state == "proposed":
        motion = done(apply(motion, Second(at=at(0), by="secretary", seconder="Member 12")))
    return motion


def opening(motion: Motion, stage: int, hours: int = 1, text: str | None = None) -> OpenStage:
    """Voting begins, on the text of the motion unless another is given."""
    return OpenStage(
        at=at(hours),
        ballot=f"ballot-{stage}",
        documents=motion.text.subject[1],
        stage=stage,
        text=motion.text.fingerprint if text is None else fingerprint(text),
        by="officers",
    )


def decision(motion: Motion, stage: int, outcome: str = "carried", hours: int = 2) -> DecideStage:
    """Voting is over."""
    return DecideStage(
        at=at(hours),
        by="officers",
        certificate=CERTIFICATE,
        outcome=outcome,  # type: ignore[arg-type]  # one of the five words
        phi=PHI,
        stage=stage,
        text=motion.stages[stage].text or "",
    )


def happened(motion: Motion, *events: MotionEvent) -> Motion:
    """The motion after events none of which may be refused."""
    for event in events:
        motion = done(apply(motion, event))
    return motion


def carried(motion: Motion, stage: int, hours: int = 1) -> Motion:
    """A stage opened and carried."""
    motion = happened(motion, opening(motion, stage, hours))
    return happened(motion, decision(motion, stage, hours=hours + 1))
