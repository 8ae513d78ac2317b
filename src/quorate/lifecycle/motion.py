"""A motion on its way: ``propose`` begins it, ``apply`` lets one event happen, ``replay`` repeats them all.

The one law of a pipeline: **a stage opens only when the one before carried on the identical text**, documents
included. So an amendment that is adopted later sends the motion back to the first stage.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from quorate.lifecycle.forms import Refused, fingerprint, is_fingerprint, not_before
from quorate.lifecycle.motion_events import (
    DecideAmendment,
    DecideStage,
    MotionEvent,
    OfferAmendment,
    OpenStage,
    Outcome,
    Propose,
    Refer,
    ReportBack,
    Second,
    VoidStage,
    Withdraw,
)
from quorate.lifecycle.motion_state import (
    Amendment,
    Motion,
    Stage,
    StageState,
    UndoneStage,
    Version,
    stage_words,
)
from quorate.lifecycle.pipeline import StagePlan, quorum_words
from quorate.text import _, number

__all__ = [
    "Amendment",
    "Motion",
    "Stage",
    "UndoneStage",
    "Version",
    "apply",
    "opening_blocked",
    "propose",
    "replay",
    "stage_words",
]


def propose(event: Propose) -> Motion | Refused:
    """Begin a motion."""
    if refused := not_before(event.at, None):
        return refused
    first = Version(
        amendment=None,
        at=event.at,
        documents=event.documents,
        fingerprint=fingerprint(event.text),
        number=1,
        text=event.text,
    )
    return Motion(
        id=event.id,
        log=(event,),
        mover=event.mover,
        pipeline=event.pipeline,
        stages=tuple(Stage(plan=plan) for plan in event.pipeline.stages),
        state="proposed" if event.pipeline.seconded else "ready",
        title=event.title,
        versions=(first,),
    )


def apply(motion: Motion, event: MotionEvent) -> Motion | Refused:
    """Let one event happen; the motion as it is afterwards, or why that is not possible."""
    if refused := not_before(event.at, motion.log[-1].at):
        return refused
    after = _happen(motion, event)
    return after if isinstance(after, Refused) else replace(after, log=(*motion.log, event))


def replay(log: Iterable[MotionEvent]) -> Motion | Refused:
    """The motion to which these events lead, the first of which proposes it."""
    motion: Motion | Refused | None = None
    for event in log:
        if motion is None:
            motion = propose(event) if isinstance(event, Propose) else None
        elif isinstance(motion, Motion):
            motion = apply(motion, event)
    return motion or Refused(_("The history does not begin with a proposal."))


def _happen(motion: Motion, event: MotionEvent) -> Motion | Refused:
    match event:
        case Propose():
            return Refused(_("This motion was proposed already."))
        case Second():
            return _second(motion, event)
        case OfferAmendment():
            return _offer(motion, event)
        case DecideAmendment():
            return _decide_amendment(motion, event)
        case Refer():
            return _refer(motion, event)
        case ReportBack():
            if motion.state != "referred":
                return Refused(_("The motion was not referred to anybody."))
            return replace(motion, state="ready", referred_to=None)
        case Withdraw():
            return _withdraw(motion)
        case OpenStage():
            return _open(motion, event)
        case DecideStage():
            return _decide(motion, event)
        case VoidStage():
            return _void(motion, event)


def _second(motion: Motion, event: Second) -> Motion | Refused:
    if motion.state != "proposed":
        return Refused(_("This motion needs no seconder now."))
    if event.seconder == motion.mover:
        return Refused(_("The mover cannot second the motion. Somebody else has to."))
    return replace(motion, state="ready", seconder=event.seconder)


def _may_change(motion: Motion) -> Refused | None:
    if motion.ended:
        return Refused(_("The motion is closed: its text can no longer be changed."))
    if motion.state == "voting":
        body = next(stage.plan.name for stage in motion.stages if stage.state in ("open", "undecided"))
        return Refused(
            _("{body} is voting on this text. It can be changed again when that is decided.").format(
                body=body
            )
        )
    return None


def _offer(motion: Motion, event: OfferAmendment) -> Motion | Refused:
    if refused := _may_change(motion):
        return refused
    if any(one.id == event.id for one in motion.amendments):
        return Refused(_("There is an amendment {id} already.").format(id=event.id))
    documents = motion.text.documents if event.documents is None else event.documents
    if event.amends != motion.text.fingerprint:
        return Refused(_("This amendment was written for another text. Write it for the present one."))
    if event.text == motion.text.text and documents == motion.text.documents:
        return Refused(_("This amendment changes nothing."))
    made = Amendment(
        amends=event.amends,
        decided=None,
        documents=documents,
        id=event.id,
        mover=event.mover,
        offered=event.at,
        reason=event.reason,
        state="open",
        text=event.text,
    )
    return replace(motion, amendments=(*motion.amendments, made))


def _decide_amendment(motion: Motion, event: DecideAmendment) -> Motion | Refused:
    if refused := _may_change(motion):
        return refused
    found = next((one for one in motion.amendments if one.id == event.amendment), None)
    if found is None or found.state != "open":
        return Refused(_("There is no open amendment {id}.").format(id=event.amendment))
    if event.decision == "adopted" and motion.state == "referred":
        return Refused(
            _("The motion is with {body}. Amend it when it is back.").format(body=motion.referred_to)
        )
    if event.decision == "adopted" and found.amends != motion.text.fingerprint:
        return Refused(
            _("The text has changed since amendment {id} was offered. Write it for the new text.").format(
                id=found.id
            )
        )
    decided = replace(found, decided=event.at, state=event.decision)
    amendments = tuple(decided if one is found else one for one in motion.amendments)
    motion = replace(motion, amendments=amendments)
    if event.decision != "adopted":
        return motion
    version = Version(
        amendment=found.id,
        at=event.at,
        documents=found.documents,
        fingerprint=fingerprint(found.text),
        number=len(motion.versions) + 1,
        text=found.text,
    )
    why = _("The text was amended afterwards: version {n}.").format(n=version.number)
    return _undo(replace(motion, versions=(*motion.versions, version)), 0, event.at, why)


def _refer(motion: Motion, event: Refer) -> Motion | Refused:
    if motion.state != "ready":
        return Refused(_("Only a motion that waits for its next stage can be referred."))
    return replace(motion, state="referred", referred_to=event.to)


def _withdraw(motion: Motion) -> Motion | Refused:
    if motion.ended:
        return Refused(_("The motion is closed already."))
    if any(stage.state != "waiting" for stage in motion.stages):
        return Refused(_("A body has begun to decide: the motion is no longer the mover's to take back."))
    return replace(motion, state="withdrawn", referred_to=None)


def opening_blocked(motion: Motion, stage: int) -> list[str]:
    """What stands in the way of opening a stage, one sentence each; empty when it may open."""
    if not 0 <= stage < len(motion.stages):
        return [_("There is no such stage.")]
    found: list[str] = []
    name = motion.stages[stage].plan.name
    if motion.state == "proposed":
        found.append(_("The motion has no seconder yet."))
    if motion.state == "referred":
        found.append(_("The motion is with {body}.").format(body=motion.referred_to))
    if motion.state == "withdrawn":
        found.append(_("The motion was withdrawn."))
    if motion.stages[stage].state != "waiting":
        found.append(_("{body} has voted or is voting.").format(body=name))
    for before in motion.stages[:stage]:
        if before.state != "carried":
            found.append(_("{body} has not carried this text.").format(body=before.plan.name))
        elif before.subject != motion.text.subject:
            found.append(_("{body} carried another text.").format(body=before.plan.name))
    for one in motion.amendments:
        if one.state == "open":
            found.append(_("Amendment {id} is not decided.").format(id=one.id))
    return found


def _open(motion: Motion, event: OpenStage) -> Motion | Refused:
    if blocked := opening_blocked(motion, event.stage):
        return Refused(" ".join(blocked))
    stage = motion.stages[event.stage]
    if (event.text, event.documents) != motion.text.subject:
        return Refused(
            _(
                "This is not the text of the motion: {body} can vote on version {n} and its documents only."
            ).format(body=stage.plan.name, n=motion.text.number)
        )
    if refused := _quorum(stage.plan, event):
        return refused
    opened = replace(
        stage,
        ballot=event.ballot,
        documents=event.documents,
        opened=event.at,
        present=event.present,
        state="open",
        text=event.text,
    )
    return replace(_with(motion, event.stage, opened), state="voting")


def _quorum(plan: StagePlan, event: OpenStage) -> Refused | None:
    if plan.quorum is None:
        return None
    if event.present is None or event.eligible is None:
        return Refused(_("{body} needs a quorum. Count those present first.").format(body=plan.name))
    if event.present < plan.quorum.needed(event.eligible):
        return Refused(
            _("{words} {n} are present.").format(
                words=quorum_words(plan.quorum, event.eligible), n=number(event.present)
            )
        )
    return None


def _decide(motion: Motion, event: DecideStage) -> Motion | Refused:
    if not 0 <= event.stage < len(motion.stages):
        return Refused(_("There is no such stage."))
    stage = motion.stages[event.stage]
    if stage.state not in ("open", "undecided"):
        return Refused(_("{body} is not voting.").format(body=stage.plan.name))
    if event.text != stage.text:
        return Refused(_("This result is of a vote on another text."))
    if not is_fingerprint(event.certificate):
        return Refused(_("A result is entered with the fingerprint of its certificate or minutes."))
    if stage.plan.method == "secret" and not is_fingerprint(event.phi):
        return Refused(_("The result of a secret ballot needs the fingerprint of its manifest."))
    states: dict[Outcome, StageState] = {
        "carried": "carried",
        "not carried": "not carried",
        "tie": "not carried",
        "undecided": "undecided",
        "cannot be decided": "undecided",
    }
    decided = replace(
        stage,
        certificate=event.certificate,
        decided=event.at,
        outcome=event.outcome,
        phi=event.phi,
        state=states[event.outcome],
    )
    motion = _with(motion, event.stage, decided)
    if decided.state == "undecided":
        return motion
    if decided.state == "not carried":
        return replace(motion, state="not carried")
    return replace(motion, state="carried" if motion.next_stage is None else "ready")


def _void(motion: Motion, event: VoidStage) -> Motion | Refused:
    if not 0 <= event.stage < len(motion.stages) or motion.stages[event.stage].state == "waiting":
        return Refused(_("There is no vote of this stage that could be voided."))
    return _undo(motion, event.stage, event.at, event.reason)


def _undo(motion: Motion, first: int, at: datetime, reason: str) -> Motion:
    """Send the motion back to a stage; votes from there on are kept aside with the reason."""
    gone = [stage for stage in motion.stages[first:] if stage.state != "waiting"]
    if not gone:
        return motion
    stages = (*motion.stages[:first], *(Stage(plan=stage.plan) for stage in motion.stages[first:]))
    undone = tuple(UndoneStage(at=at, reason=reason, stage=stage) for stage in gone)
    return replace(motion, stages=stages, state="ready", undone=(*motion.undone, *undone))


def _with(motion: Motion, index: int, stage: Stage) -> Motion:
    return replace(motion, stages=(*motion.stages[:index], stage, *motion.stages[index + 1 :]))
