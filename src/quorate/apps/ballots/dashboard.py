"""What officers see of a ballot that runs: how many, never how, and never who."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from quorate.apps.ballots.events import event_words
from quorate.apps.ballots.life import life_of, now_of
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot
from quorate.apps.ballots.running import pending, signatures_needed, signers
from quorate.apps.ballots.selectors import manifest_of, shares_in
from quorate.apps.ballots.turnout import Group, Point, by_unit
from quorate.lifecycle.ballot import Life
from quorate.record.entries import Event
from quorate.record.manifest import Manifest


@dataclass(frozen=True)
class Dashboard:
    """A ballot from its opening on: its life, its turnout, what waits for signatures."""

    manifest: Manifest
    life: Life
    now: datetime
    cast: int
    eligible: int
    ballots: int
    points: tuple[Point, ...]
    groups: tuple[Group, ...]
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class Proposal:
    """An event that is not on the board yet: what it says, who signed, how many more must."""

    name: str
    event: Event
    words: str
    reason: str
    signed: tuple[str, ...]
    missing: int


@dataclass(frozen=True)
class AwaitedTeller:
    """A teller after closing, and whether the share is in."""

    number: int
    name: str
    sent: bool


def dashboard(ballot: Ballot) -> Dashboard:
    """Where a ballot with a board stands."""
    manifest, life = manifest_of(ballot), life_of(ballot)
    desk = engine().desk(ballot.name)
    figures = desk.figures()
    units = manifest.units or ("",)
    return Dashboard(
        manifest=manifest,
        life=life,
        now=now_of(ballot),
        cast=sum(figures.counted),
        eligible=sum(figures.eligible),
        ballots=figures.ballots,
        points=desk.turnout.points,
        groups=by_unit(units, figures.counted, figures.eligible, manifest.group_limit),
        proposals=proposals(ballot),
    )


def proposals(ballot: Ballot) -> tuple[Proposal, ...]:
    """Events that wait for signatures, or to be put on the board."""
    return tuple(proposal(ballot, name, event) for name, event in pending(ballot))


def proposal(ballot: Ballot, name: str, event: Event) -> Proposal:
    """One of them."""
    zone = manifest_of(ballot).window.zone
    words, reason = event_words(event, zone) or (event.type, getattr(event, "reason", ""))
    signed = signers(ballot, event)
    missing = max(0, signatures_needed(event) - len(signed))
    return Proposal(name, event, words, reason, signed, missing)


def tellers_awaited(ballot: Ballot) -> tuple[AwaitedTeller, ...]:
    """All tellers with what they have sent after closing."""
    sent = shares_in(ballot)
    names = manifest_of(ballot).tellers.names
    return tuple(AwaitedTeller(n, name, n in sent) for n, name in enumerate(names, start=1))
