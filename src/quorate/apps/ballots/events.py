"""What happened with a ballot that everybody may know: entries of its board, and what stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from quorate.apps.ballots.life import figures_of
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, JointStep, Stage
from quorate.record.entries import Close, Entry, Extend, Notice, Open, Result, Resume, Suspend, Void
from quorate.report.words import when
from quorate.text import _


@dataclass(frozen=True, slots=True)
class PublicEvent:
    """One thing that happened. `entry` is its number on the public board, None for what does not stand there.

    `at` is when the server did it; None where only the order of the board is known. `link` names another
    ballot of this site that the event speaks of.
    """

    kind: str
    at: datetime | None
    words: str
    reason: str = ""
    entry: int | None = None
    link: str = ""


def public_events(ballot: Ballot) -> tuple[PublicEvent, ...]:
    """All of them in order: first what the board says, then what officers did after it."""
    return (*_beginning(ballot), *_board(ballot), *_beside(ballot))


def beside_board(ballot: Ballot) -> tuple[PublicEvent, ...]:
    """What does not stand on the board and no other part of a public page says: protests and joint steps."""
    said_elsewhere = {"release", "rerun", JointStep.Kind.CORRECT}
    return tuple(event for event in _beside(ballot) if event.kind not in said_elsewhere)


def event_words(entry: Entry, zone: str) -> tuple[str, str] | None:
    """What an entry of the board says to people, and its reason; None for ballots and the like."""
    match entry:
        case Open():
            return _("Two officers signed the opening."), ""
        case Extend():
            moved = _("The closing time was moved to {when}.").format(when=when(entry.closes, zone))
            return moved, entry.reason
        case Notice():
            return _("An officer gave notice."), entry.text
        case Suspend():
            return _("Voting was suspended. Ballots that were cast stay valid."), entry.reason
        case Resume():
            if entry.closes is None:
                return _("Voting was resumed."), entry.reason
            words = _("Voting was resumed, with a later closing time: {when}.")
            return words.format(when=when(entry.closes, zone)), entry.reason
        case Close():
            return _("Voting closed."), ""
        case Result():
            return _("The tellers opened the totals."), ""
        case Void():
            return _("Two officers declared the ballot void. It decides nothing."), entry.reason
    return None


def step_words(step: JointStep) -> str:
    """What two officers did together outside the board."""
    number = 0 if step.protest is None else step.protest.number
    return {
        JointStep.Kind.DISMISS: _("Two officers dismissed protest {n}."),
        JointStep.Kind.UPHOLD: _("Two officers upheld protest {n}."),
        JointStep.Kind.HOLD: _("Two officers set a legal hold: nothing is erased."),
        JointStep.Kind.END_HOLD: _("Two officers ended the legal hold."),
        JointStep.Kind.ARCHIVE: _("The ballot was archived: personal data were erased, the record stays."),
        JointStep.Kind.CORRECT: _("Correction of a clerical slip. No figure of the record changes."),
    }[JointStep.Kind(step.kind)].format(n=number)


def _beginning(ballot: Ballot) -> Iterator[PublicEvent]:
    old = ballot.rerun_of
    if old is not None:
        words = _("This vote is held in the place of one that was declared void.")
        yield PublicEvent("rerun", ballot.created, words, link=old.name)


def _board(ballot: Ballot) -> Iterator[PublicEvent]:
    if ballot.stage in {Stage.DRAFT, Stage.READY}:
        return
    closes = figures_of(ballot).closes
    desk = engine().desk(ballot.name)
    zone, times = desk.office.manifest.window.zone, _times(ballot)
    for number, entry in desk.reading.statements():
        words = event_words(entry, zone)
        if words is not None:
            at = closes if isinstance(entry, Close) else times.get(number) or _seen(ballot, number)
            yield PublicEvent(entry.type, at, words[0], words[1], number)


def _beside(ballot: Ballot) -> Iterator[PublicEvent]:
    made = getattr(ballot, "release", None)
    happened = []
    if made is not None:
        happened.append(PublicEvent("release", made.created, _("Two officers released the result.")))
    for protest in ballot.protests.all():
        words = _("A protest was recorded as number {n}.").format(n=protest.number)
        happened.append(PublicEvent("protest", protest.recorded, words))
    for step in ballot.steps.filter(done__isnull=False).select_related("protest"):
        happened.append(PublicEvent(step.kind, step.done, step_words(step), step.reason))
    for new in ballot.reruns.all():
        words = _("A new vote is prepared in the place of this one.")
        link = "" if new.stage == Stage.DRAFT else new.name  # nobody outside may know the address of a draft
        happened.append(PublicEvent("rerun", new.created, words, link=link))
    yield from sorted(happened, key=lambda event: event.at or datetime.max.replace(tzinfo=UTC))


def _times(ballot: Ballot) -> dict[int, datetime]:
    """When this server put entries on the board, by their number."""
    times = {}
    for row in ballot.events.filter(kind__in=("opened", "posted")):
        number = row.detail.get("entry", 0)
        times[int(number)] = row.at
    return times


def _seen(ballot: Ballot, number: int) -> datetime | None:
    seconds = engine().desk(ballot.name).reading.seen_at(number)
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
