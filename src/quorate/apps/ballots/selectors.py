"""What pages ask about ballots: rows of the database, and where their boards stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from quorate.apps.ballots.differences import Difference, differences
from quorate.apps.ballots.errors import UnknownBallot
from quorate.apps.ballots.life import figures_of, state_now
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Approval, AuditEvent, Ballot, DraftVersion, Stage
from quorate.apps.ballots.reading import Figures
from quorate.board.checkpoint import Checkpoint
from quorate.board.note import Note
from quorate.election.draft import Draft
from quorate.record.certificate import Certificate
from quorate.record.manifest import Manifest
from quorate.report.words import groups
from quorate.text import _


@dataclass(frozen=True, slots=True)
class Standing:
    """A ballot's state in one word, for officers: a stage before opening, then the phase of its board."""

    state: str
    figures: Figures | None


def ballot_named(name: str) -> Ballot:
    """The ballot of an address; UnknownBallot when there is none."""
    found = Ballot.objects.filter(ballot_id__startswith=name).first() if len(name) == 32 else None
    if found is None:
        raise UnknownBallot(_("There is no ballot at this address."))
    return found


def ballots_of(organisation: str) -> Sequence[Ballot]:
    """All ballots of an organisation, the newest first."""
    return list(Ballot.objects.filter(organisation=organisation))


def standing(ballot: Ballot) -> Standing:
    """Where a ballot stands now, as `lifecycle.ballot.State` names it. TryAgain when its board cannot be read
    at this moment.
    """
    if ballot.stage in {Stage.DRAFT, Stage.READY, Stage.ARCHIVED}:
        return Standing(ballot.stage, None)
    figures = figures_of(ballot)
    return Standing(state_now(ballot, figures), figures)


def manifest_of(ballot: Ballot) -> Manifest:
    """What was fixed; UnknownBallot for a draft."""
    return engine().desk(ballot.name).office.manifest


def latest_draft(ballot: Ballot) -> tuple[int, Draft] | None:
    """The number and content of the newest version, or None."""
    last = ballot.drafts.last()
    return None if last is None else (last.number, msgspec.convert(last.content, Draft))


def draft_versions(ballot: Ballot) -> Sequence[DraftVersion]:
    """All versions, the oldest first, with their authors."""
    return list(ballot.drafts.select_related("author"))


def draft_history(ballot: Ballot) -> Sequence[tuple[DraftVersion, tuple[Difference, ...]]]:
    """All versions, the newest first, each with what it changed in the one before."""
    rows = draft_versions(ballot)
    drafts = [msgspec.convert(row.content, Draft) for row in rows]
    before = [None, *drafts]
    found = [
        (row, () if old is None else differences(new, old))
        for row, new, old in zip(rows, drafts, before, strict=False)
    ]
    return found[::-1]


def approvals(ballot: Ballot, subject: str) -> Sequence[Approval]:
    """Who has approved this, in order."""
    return list(ballot.approvals.filter(subject=subject).select_related("officer"))


def shares_in(ballot: Ballot) -> tuple[int, ...]:
    """The numbers of the tellers whose shares are in."""
    paths = engine().desk(ballot.name).office.shares()
    return tuple(sorted(int(path.stem.removeprefix("share-")) for path in paths))


def closing_fingerprint(ballot: Ballot) -> str:
    """What tellers read aloud to each other once voting has closed: the root of the closed board [09.8]."""
    note = engine().desk(ballot.name).reading.checkpoint()
    return groups(Checkpoint.parse(Note.parse(note).text).root)


def result(ballot: Ballot) -> Certificate | None:
    """The counted result, withheld or released: for officers' eyes until it is released. None before."""
    return engine().desk(ballot.name).office.certificate()


def void_reason(ballot: Ballot) -> str:
    """Why a ballot was declared void, as its board says; empty for any other."""
    void = engine().desk(ballot.name).office.void()
    return "" if void is None else void.reason


def audit_trail(ballot: Ballot) -> Sequence[AuditEvent]:
    """Everything that was done with this ballot, in order."""
    return list(ballot.events.select_related("account"))
