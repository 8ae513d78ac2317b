"""What officers do to a ballot that runs, by services: over a real database, a real board and a set clock."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from quorate.apps.ballots import live, selectors, services
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.events import public_events
from quorate.apps.ballots.reading import Phase
from quorate.apps.ballots.running import make_event, pending
from quorate.apps.ballots.turnout import Diary, Group, by_unit
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.box import Refused
from quorate.election.credential_book import CurrentBook
from quorate.election.registrar import RevokeReason, revoke
from quorate.election.voter import VoterProgram
from support.offices import SetClock, serve_boards
from support.running import CLOSES, OPENS, Held

NOON = OPENS + timedelta(hours=4)


@pytest.fixture
def held(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    clock = SetClock(NOON)
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Held(tmp_path, clock, units=("North", "South"))
    yield made
    made.leave()


def test_a_later_end_by_two_officers(held: Held) -> None:
    held.open()
    with pytest.raises(NotAllowed, match="only move later"):
        make_event(held.ballot, "extend", reason="Too long", closes=CLOSES - timedelta(hours=1))
    with pytest.raises(NotAllowed, match="reason"):
        make_event(held.ballot, "extend", reason=" ", closes=CLOSES + timedelta(hours=1))
    later = CLOSES + timedelta(days=1)
    event = make_event(held.ballot, "extend", reason="The post was late", closes=later)
    name = services.propose(ballot=held.ballot, event=event, by=held.ann)
    held.sign(name, (0,))
    with pytest.raises(NotAllowed, match="Two officers"):
        services.post(ballot=held.ballot, name=name, by=held.ann)
    assert [name for name, _event in pending(held.ballot)] == [name]
    held.sign(name, (1,))
    services.post(ballot=held.ballot, name=name, by=held.ann)
    assert pending(held.ballot) == []
    figures = selectors.standing(held.ballot).figures
    assert figures is not None
    assert figures.closes == later


def test_suspended_and_resumed(held: Held) -> None:
    """Ballots cast before stay valid; nobody votes meanwhile; the end passes without effect."""
    held.open()
    held.vote([0, 0])
    held.event("suspend", "A court stayed the vote")
    assert held.state == "suspended"
    with pytest.raises(AssertionError, match="Voting is suspended"):
        held.vote([0], first=3)
    held.clock.now = CLOSES + timedelta(hours=1)
    live.engine().close_due()
    assert held.state == "suspended"
    held.event("resume", "The stay was lifted", CLOSES + timedelta(days=2))
    assert held.state == "open"
    held.vote([0], first=3)
    held.close()
    assert held.state == "closed"
    held.share(1)
    assert held.state == "decrypting"


@pytest.mark.parametrize("when", ["open", "closed", "counted"])
def test_void_at_any_time(held: Held, when: str) -> None:
    """Its record verifies, its certificate says void, and a new vote can be drafted that names it."""
    held.open()
    held.vote([0, 0, 1])
    if when != "open":
        held.close()
    if when == "counted":
        held.count()
    index = held.event("void", "The roll was wrong")
    assert held.state == "voided"
    office = live.engine().desk(held.ballot.name).office
    void = office.void()
    assert void is not None
    assert (void.board.void, void.reason, void.ballots) == (index, "The roll was wrong", 3)
    assert selectors.result(held.ballot) is None
    with pytest.raises(NotAllowed):
        services.count(ballot=held.ballot, by=held.ann)
    said = public_events(held.ballot)[-1]
    assert (said.kind, said.reason, said.entry) == ("void", "The roll was wrong", index)
    assert said.at is not None


def test_it_closes_on_time_without_anybody(held: Held) -> None:
    """O3: no scheduler, no officer, no request: the desk itself; a clock that jumps back reopens nothing."""
    held.open()
    held.vote([0])
    held.clock.now = CLOSES - timedelta(milliseconds=1)
    held.vote([0], first=2)
    for late in (CLOSES, CLOSES + timedelta(milliseconds=1)):
        held.clock.now = late
        assert cast(held, 3) == Refused("V6", "Voting is not open.")
    held.clock.now = CLOSES + timedelta(seconds=2)
    live.engine().close_due()
    assert held.state == "closed"
    held.clock.now = NOON
    assert cast(held, 3) == Refused("V6", "Voting is not open.")
    assert held.state == "closed"
    with pytest.raises(NotAllowed, match="closed"):
        make_event(held.ballot, "extend", reason="Too short", closes=CLOSES + timedelta(days=1))
    assert [event.kind for event in public_events(held.ballot)] == ["open", "close"]


def cast(held: Held, voter: int) -> object:
    code = held.small.issue.deliveries[voter - 1].code
    made = VoterProgram(held.manifest).seal(code, [(0, [0])], NO_PREVIOUS, secrets.token_bytes)
    return asyncio.run(live.engine().cast(held.ballot.name, made.line))


def test_a_server_that_was_down_at_the_end_closes_when_it_wakes(held: Held) -> None:
    """O3: the scheduler is dead, and so was the server."""
    held.open()
    held.vote([0])
    live.engine().forget(held.ballot.name)
    held.clock.now = CLOSES + timedelta(days=3)
    assert held.state == "closed"
    assert cast(held, 2) == Refused("V6", "Voting is not open.")
    live.engine().close_due()
    events = public_events(held.ballot)
    assert (events[-1].kind, events[-1].at) == ("close", CLOSES)
    assert live.engine().desk(held.ballot.name).figures().phase is Phase.CLOSED


def test_the_roll_and_question_stay(held: Held) -> None:
    """E2: once open, a draft cannot be saved, prepared again or thrown away; a change is a signed entry."""
    held.open()
    before = held.manifest.phi
    for step in (held.prepare, held.open):
        with pytest.raises(NotAllowed, match="opened"):
            step()
    assert held.manifest.phi == before
    book = CurrentBook(held.small.issue.book, [])
    made = revoke(held.small.registrar, book, before, "00006", RevokeReason.VOTES_ON_PAPER, held.small.random)
    name = services.propose(ballot=held.ballot, event=made.entry, by=held.ann)
    held.sign(name, (0,))
    with pytest.raises(NotAllowed, match="2 distinct officers"):
        services.post(ballot=held.ballot, name=name, by=held.ann)
    held.sign(name)
    services.post(ballot=held.ballot, name=name, by=held.ann)
    figures = selectors.standing(held.ballot).figures
    assert figures is not None
    assert sum(figures.eligible) == 5


# What the dashboard shows.


def test_turnout_by_unit_never_shows_a_small_group() -> None:
    """R1: units are joined until enough have voted and enough have not, and no rest can be subtracted."""
    names = ("North", "South", "East", "West")
    shown = by_unit(names, (10, 1, 9, 12), (30, 30, 30, 30), 5)
    assert shown == (
        Group(("North",), 10, 30),
        Group(("South", "East"), 10, 60),
        Group(("West",), 12, 30),
    )
    assert by_unit(names, (10, 9, 9, 4), (30, 30, 30, 30), 5)[-1] == Group(("East", "West"), 13, 60)
    assert by_unit(names, (28, 9, 9, 9), (30, 30, 30, 30), 5)[0].units == ("North", "South")
    assert by_unit(names, (1, 1, 1, 1), (30, 30, 30, 30), 5) == ()
    assert by_unit(names, (30, 30, 30, 30), (30, 30, 30, 30), 5) == (), "who has not voted is known, too"
    assert by_unit(names[:1], (9,), (30,), 5) == (), "it would be the total"
    assert by_unit(names[:2], (9, 1), (30, 30), 5) == (), "the rest is a difference"


def test_turnout_over_time_steps_by_groups(tmp_path: Path) -> None:
    """R1: no two points differ by fewer members than the limit, also over a restart and at the end."""
    diary, now = Diary(tmp_path, 3), OPENS
    for counted in range(1, 20):
        now += timedelta(minutes=7)
        diary.note(now, counted)
        if counted == 10:
            diary = Diary(tmp_path, 3)
    diary.note(CLOSES, 20, last=True)
    steps = [point.counted for point in diary.points]
    assert len(steps) >= 4
    assert steps == [point.counted for point in Diary(tmp_path, 3).points]
    assert all(later - earlier >= 3 for earlier, later in zip([0, *steps], steps, strict=False))
    assert all(
        b.at - a.at >= timedelta(minutes=10) for a, b in zip(diary.points, diary.points[1:], strict=False)
    )


def test_the_desk_keeps_the_diary(held: Held) -> None:
    held.open()
    held.vote([0, 0, 1, 0])
    points = live.engine().desk(held.ballot.name).turnout.points
    assert [point.counted for point in points] == [2], "the next two come too soon after the first two"
    held.close()
    points = live.engine().desk(held.ballot.name).turnout.points
    assert [(point.counted, point.at) for point in points[-1:]] == [(4, CLOSES)]
    assert all(isinstance(point.at, datetime) for point in points)
