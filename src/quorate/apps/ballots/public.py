"""What pages for everybody ask about ballots: never a draft, never a figure before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from quorate.apps.ballots.errors import UnknownBallot
from quorate.apps.ballots.life import corrections, figures_of, now_of, state_now
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.reading import Figures, Reading
from quorate.apps.ballots.selectors import ballot_named
from quorate.apps.publication.selectors import preview, released_report
from quorate.lifecycle.ballot import State
from quorate.record.entries import Suspend
from quorate.record.manifest import Manifest
from quorate.text import _
from quorate.verify.findings import Report

NOT_YET: Final = frozenset({Stage.DRAFT})
"""Stages of which nobody outside may know that there is a ballot."""
_AT_REST: Final = {
    Stage.RELEASED: State.RELEASED,
    Stage.VOIDED: State.VOIDED,
    Stage.ARCHIVED: State.ARCHIVED,
}
"""Stages in which a board no longer changes."""


@dataclass(frozen=True)
class Correction:
    """A public note about a clerical slip, signed off by two officers."""

    text: str
    at: datetime


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
    protests_until: datetime | None
    void_reason: str
    corrections: tuple[Correction, ...]
    rerun: str
    """The name of the public ballot that is held in the place of this one, or ''."""
    rerun_of: str

    @property
    def reading(self) -> Reading:
        """Its public board."""
        return engine().desk(self.name).reading

    @property
    def suspended_reason(self) -> str:
        """Why voting rests or rested last, as the board says."""
        said = [entry.reason for _n, entry in self.reading.statements() if isinstance(entry, Suspend)]
        return said[-1] if said else ""

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
    """The ballots of an organisation that everybody may know of, the newest first; tests are not listed.

    TryAgain when a running board cannot be read at this moment: a list without it would mislead. Boards at
    rest are not read for a list: of them `figures` are only those of the manifest.
    """
    rows = Ballot.objects.filter(organisation=organisation).exclude(stage__in=NOT_YET)
    found = [_public(ballot, listed=True) for ballot in rows.select_related("release", "rerun_of")]
    return [ballot for ballot in found if ballot.manifest.provenance.kind != "test"]


def _public(ballot: Ballot, *, listed: bool = False) -> PublicBallot:
    desk = engine().desk(ballot.name)
    at_rest = _AT_REST.get(Stage(ballot.stage)) if listed else None
    figures = figures_of(ballot) if at_rest is None else desk.figures()
    office = desk.office
    made, void = getattr(ballot, "release", None), office.void()
    again = ballot.reruns.exclude(stage__in=NOT_YET).first()
    return PublicBallot(
        name=ballot.name,
        organisation=ballot.organisation,
        state=at_rest or state_now(ballot, figures),
        manifest=office.manifest,
        figures=figures,
        now=now_of(ballot),
        released=None if made is None else made.created,
        turnout=_shows_turnout(ballot),
        protests_until=figures.closes + timedelta(days=ballot.protest_days) if ballot.protest_days else None,
        void_reason="" if void is None else void.reason,
        corrections=tuple(Correction(one.reason, one.done) for one in corrections(ballot) if one.done),
        rerun="" if again is None else again.name,
        rerun_of="" if ballot.rerun_of is None else ballot.rerun_of.name,
    )


def _shows_turnout(ballot: Ballot) -> bool:
    """The draft's setting `turnout`; shown unless officers chose otherwise."""
    last = ballot.drafts.last()
    return last is None or last.content.get("turnout", True) is not False
