"""What officers do to a ballot that runs: a later end, a notice, suspending, resuming, declaring void.

Each is an event that is proposed, signed by officers one after the other, and posted on the public board
(`services.propose`, `approve`, `post`). Here they are made and checked against the ballot's life before
anybody signs.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.life import check_event, now_of
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot
from quorate.election.office import Office
from quorate.lifecycle import ballot as life
from quorate.record.canonical import RecordError, encode, instant, instant_text
from quorate.record.entries import Event, Extend, Notice, Reissue, Resume, Revoke, Suspend, Void, read_entry
from quorate.text import _, hidden_characters

Posted = Extend | Notice | Reissue | Resume | Revoke | Suspend | Void
"""Events that officers put on a board that has begun."""
KINDS: Final = ("extend", "notice", "suspend", "resume", "void")
_LONGEST_REASON: Final = 500


def make_event(ballot: Ballot, kind: str, *, reason: str, closes: datetime | None = None) -> Posted:
    """An event of one of KINDS, not signed yet; NotAllowed when it could not happen now, or has no reason."""
    phi = engine().desk(ballot.name).office.manifest.phi
    text = reason.strip()
    if not text or hidden_characters(text):
        raise NotAllowed(_("Give the reason in plain words: it stands on the public board."))
    if kind != "notice" and ("\n" in text or "\t" in text or len(text) > _LONGEST_REASON):
        raise NotAllowed(
            _("Give the reason in one line of at most {n} characters.").format(n=_LONGEST_REASON)
        )
    made = _event(kind, phi, text, None if closes is None else instant_text(closes))
    try:
        read_entry(encode(made), _("the event"))
    except RecordError as error:
        raise NotAllowed(str(error)) from error
    check_posted(ballot, made, signed=False)
    return made


def _event(kind: str, phi: bytes, text: str, closes: str | None) -> Posted:
    match kind:
        case "extend":
            if closes is None:
                raise NotAllowed(_("Give the new closing time."))
            return Extend(closes, (), phi, text, "extend")
        case "notice":
            return Notice((), phi, text, "notice")
        case "suspend":
            return Suspend((), phi, text, "suspend")
        case "resume":
            return Resume(closes, (), phi, text, "resume")
        case "void":
            return Void((), phi, text, "void")
    raise NotAllowed(_("There is no such step."))


def check_posted(ballot: Ballot, event: Event, *, signed: bool = True) -> None:
    """NotAllowed when this event cannot go on the board now; `signed`: its officers must be two already."""
    officers = frozenset(str(one.officer) for one in event.officers) if signed else frozenset("ab")
    happening = as_lived(event, officers)
    if happening is not None:
        check_event(ballot, happening)


def as_lived(event: Event, officers: frozenset[str]) -> life.Event | None:
    """What an event of the board means to the ballot's life; None for what does not change its state."""
    match event:
        case Extend():
            return life.Extend(officers, instant(event.closes))
        case Suspend():
            return life.Suspend(officers)
        case Resume():
            return life.Resume(officers, None if event.closes is None else instant(event.closes))
        case Void():
            return life.Void(officers)
    return None


def post_event(office: Office, name: str, ballot: Ballot) -> int:
    """At the desk: put a signed event on the board, or find that it is there already; its entry number."""
    event = office.event(name)
    done = office.void() if isinstance(event, Void) else None
    if done is not None:
        return done.board.void
    return office.post(name, now_of(ballot))


def pending(ballot: Ballot) -> list[tuple[str, Event]]:
    """Events that were proposed and are not on the board, by name."""
    posted = {str(row.detail.get("event")) for row in ballot.events.filter(kind="posted")}
    withdrawn = {str(row.detail.get("event")) for row in ballot.events.filter(kind="withdrawn")}
    office = engine().desk(ballot.name).office
    names = [str(row.detail.get("event")) for row in ballot.events.filter(kind="proposed")]
    return [(name, office.event(name)) for name in names if name not in posted | withdrawn]


def event_named(ballot: Ballot, name: str) -> Event:
    """A proposed event with its signatures so far; NotAllowed when there is none of this name."""
    known = {str(row.detail.get("event")) for row in ballot.events.filter(kind="proposed")}
    if name not in known:
        raise NotAllowed(_("There is no proposal of this name."))
    return engine().desk(ballot.name).office.event(name)


def signers(ballot: Ballot, event: Event) -> tuple[str, ...]:
    """The names of the officers who have signed an event."""
    officers = engine().desk(ballot.name).office.manifest.officers
    return tuple(officers[one.officer].name for one in event.officers)


def signatures_needed(event: Event) -> int:
    """How many officers must sign it [08.28]."""
    return 1 if isinstance(event, Notice) else life.OFFICERS
