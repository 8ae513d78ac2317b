"""What pages for everybody ask about ballots: never a draft, never a figure before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from quorate.apps.ballots.errors import UnknownBallot
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.reading import Figures, Reading
from quorate.apps.ballots.selectors import ballot_named
from quorate.apps.publication.selectors import preview, released_report
from quorate.record.manifest import Manifest
from quorate.text import _
from quorate.verify.findings import Report

NOT_YET: Final = frozenset({Stage.DRAFT})
"""Stages of which nobody outside may know that there is a ballot."""


class State(StrEnum):
    """Where a ballot stands for everybody; before `scheduled` officers have not signed the opening yet."""

    PREPARED = "prepared"
    SCHEDULED = "scheduled"
    OPEN = "open"
    CLOSED = "closed"
    WITHHELD = "withheld"
    RELEASED = "released"
    ARCHIVED = "archived"


@dataclass(frozen=True)
class PublicBallot:
    """A ballot as everybody sees it; `released` is when its result became public."""

    name: str
    organisation: str
    state: State
    manifest: Manifest
    figures: Figures
    now: datetime
    released: datetime | None
    turnout: bool
    """Whether the page shows how many have voted while voting runs."""

    @property
    def reading(self) -> Reading:
        """Its public board."""
        return engine().desk(self.name).reading

    def report(self) -> Report:
        """The verification of the released record; NotReleased before."""
        return released_report(engine().desk(self.name).office)

    def preview(self) -> bytes:
        """The picture for links to its result; NotReleased before."""
        return preview(engine().desk(self.name).office)


def public_ballot(name: str) -> PublicBallot:
    """The ballot of an address. UnknownBallot, in the same words, for none and for a draft."""
    ballot = ballot_named(name)
    if ballot.stage in NOT_YET:
        raise UnknownBallot(_("There is no ballot at this address."))
    return _public(ballot)


def public_ballots(organisation: str) -> list[PublicBallot]:
    """The ballots of an organisation that everybody may know of, the newest first."""
    rows = Ballot.objects.filter(organisation=organisation).exclude(stage__in=NOT_YET)
    return [_public(ballot) for ballot in rows.select_related("release")]


def _public(ballot: Ballot) -> PublicBallot:
    desk = engine().desk(ballot.name)
    desk.ready().result()
    figures = desk.figures()
    made = getattr(ballot, "release", None)
    return PublicBallot(
        name=ballot.name,
        organisation=ballot.organisation,
        state=_state(ballot, figures),
        manifest=desk.office.manifest,
        figures=figures,
        now=desk.now(),
        released=None if made is None else made.created,
        turnout=_shows_turnout(ballot),
    )


def _state(ballot: Ballot, figures: Figures) -> State:
    if ballot.stage == Stage.READY:
        return State.PREPARED
    if ballot.stage == Stage.ARCHIVED:
        return State.ARCHIVED
    return State(figures.phase)


def _shows_turnout(ballot: Ballot) -> bool:
    """The draft's setting `turnout`; shown unless officers chose otherwise."""
    last = ballot.drafts.last()
    return last is None or last.content.get("turnout", True) is not False
