"""What pages ask about motions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.models import AgreementRound, Evidence, MotionFile, Proposal, StageBallot
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.motion import Motion, replay
from quorate.lifecycle.motion_events import MotionEvent
from quorate.lifecycle.motion_state import Stage
from quorate.lifecycle.register import Change, Register, Status, statuses, trace
from quorate.lifecycle.resolution import AnyFact
from quorate.text import _


@dataclass(frozen=True)
class Standing:
    """A motion as it stands, and the ballots and minutes of its stages by their names in addresses."""

    file: MotionFile
    motion: Motion
    ballots: dict[int, tuple[str, ...]]
    """The names of the ballots of each stage, the newest last: a void one is followed by another."""
    minutes: dict[str, int]
    """The numbers of the published minutes, by the name of the vote in the motion's history."""
    agreement: str = ""
    """The name of the agreement that it ratifies, where it does."""


def motions_of(organisation: Organisation) -> Sequence[Standing]:
    """All motions of an organisation as they stand, the newest first."""
    return [standing(file) for file in organisation.motions.all()]


def motion_named(organisation: Organisation, slug: str) -> MotionFile:
    """The motion of an address; UnknownMotion when there is none."""
    found = organisation.motions.filter(slug=slug).first()
    if found is None:
        raise UnknownMotion(_("There is no motion at this address."))
    return found


def standing(file: MotionFile) -> Standing:
    """A motion as its events make it."""
    ballots: dict[int, tuple[str, ...]] = {}
    for row in StageBallot.objects.filter(motion=file).select_related("ballot"):
        ballots[row.stage] = (*ballots.get(row.stage, ()), row.ballot.name)
    ratified = AgreementRound.objects.filter(motion=file).select_related("agreement").first()
    agreement = "" if ratified is None else ratified.agreement.slug
    minutes = {vote.name: vote.number for vote in file.meetings.filter(minutes__isnull=False)}
    return Standing(file, motion_of(file), ballots, minutes, agreement)


def motion_of(file: MotionFile) -> Motion:
    """The state to which the stored events lead."""
    events = [msgspec.convert(row.event, MotionEvent) for row in file.entries.all()]
    found = replay(events)
    if not isinstance(found, Motion):
        raise UnknownMotion(_("The history of this motion cannot be read: {why}").format(why=found))
    return found


def register_of(organisation: Organisation) -> Register:
    """All facts of an organisation's register, in the order in which they were recorded."""
    rows = organisation.register.all()
    return Register(facts=tuple(msgspec.convert(row.fact, AnyFact) for row in rows))


def resolutions(organisation: Organisation, at: datetime) -> tuple[Status, ...]:
    """Every resolution decided by then, with what is known of it now; those that ended too."""
    return statuses(register_of(organisation), at)


def evidence(organisation: Organisation, sha256: str) -> Evidence:
    """A file of evidence; UnknownMotion when there is none."""
    found = Evidence.objects.filter(organisation=organisation, sha256=sha256).first()
    if found is None:
        raise UnknownMotion(_("There is no such file."))
    return found


def history(organisation: Organisation, resolution: str) -> list[Change]:
    """What each fact changed for a resolution, in the order in which they were recorded."""
    return list(trace(register_of(organisation), resolution))


def proposals(organisation: Organisation) -> Sequence[Proposal]:
    """Corrections of the register that wait for another officer."""
    return list(
        Proposal.objects.filter(organisation=organisation, settled__isnull=True).select_related("account")
    )


def proposal(organisation: Organisation, number: int) -> Proposal:
    """A correction by its number; UnknownMotion when there is none."""
    found = Proposal.objects.filter(organisation=organisation, pk=number).first()
    if found is None:
        raise UnknownMotion(_("There is no such correction."))
    return found


@dataclass(frozen=True)
class Carried:
    """A stage that carried, as the register refers to it."""

    key: str
    motion: Motion
    stage: Stage


def carried(organisation: Organisation) -> list[Carried]:
    """All stages that carried, of all motions, the newest motion first."""
    return [
        Carried(f"{one.file.slug}/{number}", one.motion, stage)
        for one in motions_of(organisation)
        for number, stage in enumerate(one.motion.stages)
        if stage.state == "carried" and stage.certificate is not None and stage.decided is not None
    ]
