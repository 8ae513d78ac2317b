"""A ballot's way from draft to archive: state and event in, state or refusal out.

The laws that every path keeps (tests/properties/test_ballot_lifecycle.py):

- what counts takes two officers: opening, a later end, suspending, resuming, declaring void, settling a
  protest, releasing, archiving, a legal hold and its end, correcting;
- an end only moves later, and voting that has closed never reopens;
- what is released, archived or void stays so; a released or archived ballot can only be corrected, which
  changes no figure.

Times are parameters: nothing here asks a clock. `state_at` lets the time take effect.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from quorate.text import _

OFFICERS: Final = 2
_NO_TIME: Final = datetime(1, 1, 1, tzinfo=UTC)


class State(StrEnum):
    """Where a ballot stands, in one word."""

    DRAFT = "draft"
    READY = "ready"
    SCHEDULED = "scheduled"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    DECRYPTING = "decrypting"
    WITHHELD = "withheld"
    RELEASED = "released"
    ARCHIVED = "archived"
    VOIDED = "voided"


BEGUN: Final = frozenset({State.SCHEDULED, State.OPEN, State.SUSPENDED})
"""There is a board, and voting has not closed."""
OVER: Final = frozenset({State.CLOSED, State.DECRYPTING, State.WITHHELD})
"""Voting has closed, and the result is not public."""
FINAL: Final = frozenset({State.RELEASED, State.ARCHIVED, State.VOIDED})
"""What can be archived, corrected, or run again, and nothing else."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An event that is not possible now; `why` is for people, and says what to do."""

    why: str


@dataclass(frozen=True, slots=True)
class Life:
    """A ballot's state with the facts that its next steps depend on."""

    state: State
    opens: datetime
    closes: datetime
    threshold: int
    """How many tellers' shares make a result."""
    protest_window: timedelta = timedelta(0)
    """How long after the closing time nothing is released."""
    retention: timedelta = timedelta(0)
    """How long after the closing time nothing is erased."""
    shares: int = 0
    open_protests: frozenset[int] = frozenset()
    upheld: bool = False
    hold: bool = False
    corrections: int = 0

    @property
    def protests_until(self) -> datetime:
        """Until when members may protest."""
        return self.closes + self.protest_window

    @property
    def retained_until(self) -> datetime:
        """Until when everything is kept."""
        return self.closes + self.retention


@dataclass(frozen=True, slots=True)
class Event:
    """Something that somebody does, with the officers who signed it."""

    officers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Prepare(Event):
    """The draft is fixed as a manifest."""


@dataclass(frozen=True, slots=True)
class Discard(Event):
    """A fixed manifest is thrown away; the draft can be edited again."""


@dataclass(frozen=True, slots=True)
class Open(Event):
    """The board begins."""


@dataclass(frozen=True, slots=True)
class Extend(Event):
    """A later closing time."""

    closes: datetime = _NO_TIME


@dataclass(frozen=True, slots=True)
class Suspend(Event):
    """Voting rests."""


@dataclass(frozen=True, slots=True)
class Resume(Event):
    """Voting goes on, perhaps with a later closing time."""

    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Void(Event):
    """The ballot decides nothing."""


@dataclass(frozen=True, slots=True)
class TakeShare(Event):
    """One more teller has sent a share."""


@dataclass(frozen=True, slots=True)
class Count(Event):
    """The result is made, and withheld."""


@dataclass(frozen=True, slots=True)
class Protest(Event):
    """Somebody objects to the ballot; one officer records it under a number."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class Settle(Event):
    """A protest is decided."""

    number: int = 0
    upheld: bool = False


@dataclass(frozen=True, slots=True)
class Release(Event):
    """The result becomes public."""


@dataclass(frozen=True, slots=True)
class Hold(Event):
    """Nothing may be erased until further notice."""


@dataclass(frozen=True, slots=True)
class EndHold(Event):
    """The legal hold ends."""


@dataclass(frozen=True, slots=True)
class Archive(Event):
    """Personal data are erased; record, certificate and audit trail stay."""


@dataclass(frozen=True, slots=True)
class Correct(Event):
    """A public note about a clerical slip; no figure changes."""


@dataclass(frozen=True, slots=True)
class Rerun(Event):
    """A new ballot is drafted in the place of one that is void."""


_ALONE: Final = (Prepare, Discard, TakeShare, Count, Protest, Rerun)
"""What needs no second officer: it decides nothing, or was decided before."""


def state_at(life: Life, now: datetime) -> State:
    """The state once the time has taken effect: voting begins and ends by itself."""
    state = life.state
    if state is State.SCHEDULED and now >= life.opens:
        state = State.OPEN
    if state is State.OPEN and now < life.opens:
        state = State.SCHEDULED
    if state is State.OPEN and now >= life.closes:
        state = State.CLOSED
    return state


def apply(life: Life, event: Event, now: datetime) -> Life | Refusal:
    """Let one event happen at this time; the ballot as it is afterwards, or why that is not possible."""
    life = replace(life, state=state_at(life, now))
    if not isinstance(event, _ALONE) and len(event.officers) < OFFICERS:
        return Refusal(_("Two officers must sign this."))
    match event:
        case Prepare():
            return _move(life, State.READY, State.DRAFT)
        case Discard():
            return _move(life, State.DRAFT, State.READY)
        case Open():
            after = _move(life, State.OPEN, State.READY)
            if isinstance(after, Refusal):
                return after
            if now >= life.closes:
                return Refusal(_("Its closing time is past already: fix the draft anew with a later one."))
            return replace(after, state=state_at(after, now))
        case Extend():
            return _extend(life, event.closes, now, BEGUN)
        case Suspend():
            return _move(life, State.SUSPENDED, State.OPEN, State.SCHEDULED)
        case Resume():
            return _resume(life, event, now)
        case Void():
            return _move(life, State.VOIDED, *BEGUN, *OVER)
        case TakeShare():
            return _take_share(life)
        case Count():
            return _count(life)
        case Protest() | Settle():
            return _protest(life, event)
        case Release():
            return _release(life, now)
        case Hold() | EndHold():
            return _hold(life, isinstance(event, Hold))
        case Archive():
            return _archive(life, now)
        case Correct():
            if life.state not in {State.RELEASED, State.ARCHIVED}:
                return _not_now(life)
            return replace(life, corrections=life.corrections + 1)
        case Rerun():
            return (
                life if life.state is State.VOIDED else Refusal(_("Only a ballot that is void runs again."))
            )
    raise TypeError(f"{event!r} is no event of a ballot")


def _move(life: Life, to: State, *from_: State) -> Life | Refusal:
    return replace(life, state=to) if life.state in from_ else _not_now(life)


def _not_now(life: Life) -> Refusal:
    return Refusal(_("The ballot is {state}: that cannot be done now.").format(state=words(life.state)))


def _extend(life: Life, closes: datetime, now: datetime, where: frozenset[State]) -> Life | Refusal:
    if life.state not in where:
        return _not_now(life)
    if closes <= life.closes:
        return Refusal(_("The end of voting can only move later than it is now."))
    if closes <= now:
        return Refusal(_("The new closing time is past already: choose a later one."))
    return replace(life, closes=closes)


def _resume(life: Life, event: Resume, now: datetime) -> Life | Refusal:
    if life.state is not State.SUSPENDED:
        return _not_now(life)
    if event.closes is not None:
        later = _extend(life, event.closes, now, frozenset({State.SUSPENDED}))
        if isinstance(later, Refusal):
            return later
        life = later
    after = replace(life, state=State.OPEN)
    return replace(after, state=state_at(after, now))


def _take_share(life: Life) -> Life | Refusal:
    if life.state not in {State.CLOSED, State.DECRYPTING}:
        return _not_now(life)
    return replace(life, state=State.DECRYPTING, shares=life.shares + 1)


def _count(life: Life) -> Life | Refusal:
    if life.state not in {State.CLOSED, State.DECRYPTING}:
        return _not_now(life)
    if life.shares < life.threshold:
        return Refusal(
            _("{have} of the {need} tellers needed have sent a share.").format(
                have=life.shares, need=life.threshold
            )
        )
    return replace(life, state=State.WITHHELD)


def _protest(life: Life, event: Protest | Settle) -> Life | Refusal:
    if life.state not in BEGUN | OVER:
        return _not_now(life)
    if isinstance(event, Protest):
        return replace(life, open_protests=life.open_protests | {event.number})
    if event.number not in life.open_protests:
        return Refusal(_("There is no open protest of this number."))
    rest = life.open_protests - {event.number}
    return replace(life, open_protests=rest, upheld=life.upheld or event.upheld)


def _release(life: Life, now: datetime) -> Life | Refusal:
    if life.state is not State.WITHHELD:
        return _not_now(life)
    if life.upheld:
        return Refusal(_("A protest was upheld: the result cannot be released. Declare the ballot void."))
    if life.open_protests:
        return Refusal(_("A protest is open: two officers must decide it first."))
    if now < life.protests_until:
        return Refusal(_("Members may still protest: the result is released when that time is over."))
    return replace(life, state=State.RELEASED)


def _hold(life: Life, hold: bool) -> Life | Refusal:
    if life.state is State.ARCHIVED:
        return _not_now(life)
    if life.hold == hold:
        return Refusal(_("There is a legal hold already.") if hold else _("There is no legal hold."))
    return replace(life, hold=hold)


def _archive(life: Life, now: datetime) -> Life | Refusal:
    if life.state not in {State.RELEASED, State.VOIDED}:
        return _not_now(life)
    if life.hold:
        return Refusal(_("There is a legal hold: nothing may be erased until two officers end it."))
    if now < life.retained_until:
        return Refusal(_("Everything must be kept until the retention date."))
    return replace(life, state=State.ARCHIVED)


def words(state: State) -> str:
    """The state as people read it."""
    return {
        State.DRAFT: _("a draft"),
        State.READY: _("ready to be opened"),
        State.SCHEDULED: _("scheduled"),
        State.OPEN: _("open"),
        State.SUSPENDED: _("suspended"),
        State.CLOSED: _("closed"),
        State.DECRYPTING: _("being decrypted"),
        State.WITHHELD: _("counted and not released"),
        State.RELEASED: _("released"),
        State.ARCHIVED: _("archived"),
        State.VOIDED: _("void"),
    }[state]
