"""Attacker: whoever wants to vote, or to keep others from voting, around the closing time (Norway 2011;
Estonia 2023).

Wish: a ballot that counts although it came late, or an end that comes early. Stopped by: one rule, that a
ballot counts if it was complete before the closing time and stands before `close` [08.30]; two officers'
signatures under every extension, and only to a later time ([08.29], V6).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from quorate.election.box import Accepted, BoxError, Refused
from quorate.record.canonical import RecordError, encode, instant
from quorate.record.entries import Close, Extend, read_entry
from quorate.record.manifest import manifest_problem
from support.ballots import CLOSES, NOON, OPENS, SmallBallot, line
from support.forge import Forge, assert_stopped
from support.polls import HONEST, Polls

END, BEGIN = instant(CLOSES), instant(OPENS)
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "taken"),
    [
        (BEGIN - MOMENT, False),
        (BEGIN, True),
        (END - timedelta(milliseconds=1), True),
        (END - MOMENT, True),
        (END, False),
        (END + MOMENT, False),
        (END + timedelta(days=400), False),
    ],
)
def test_the_voting_time_to_the_microsecond(polls: Polls, now: datetime, taken: bool) -> None:
    answer = polls.answer(line(polls.ballot.vote(1, HONEST)), now)
    assert isinstance(answer, Accepted) is taken
    if isinstance(answer, Refused):
        assert answer.check == "V6"


def test_the_zone_of_the_clock_does_not_matter(polls: Polls) -> None:
    kiritimati = (END - MOMENT).astimezone(ZoneInfo("Pacific/Kiritimati"))
    assert kiritimati.date() > END.date()
    assert isinstance(polls.answer(line(polls.ballot.vote(1, HONEST)), kiritimati), Accepted)
    honolulu = END.astimezone(ZoneInfo("Pacific/Honolulu"))
    assert isinstance(polls.answer(line(polls.ballot.vote(2, HONEST)), honolulu), Refused)


def test_no_early_end(polls: Polls) -> None:
    with pytest.raises(BoxError, match="cannot end earlier"):
        polls.box.close(END - MOMENT)
    polls.box.change(polls.ballot.extension("2015-12-12T23:00:00Z"), END - MOMENT)
    with pytest.raises(BoxError, match="cannot end earlier"):
        polls.box.close(END)
    assert isinstance(polls.answer(line(polls.ballot.vote(1, HONEST)), END), Accepted)


@pytest.mark.parametrize(
    "closes", [CLOSES, "2015-12-11T22:59:59Z", "2015-12-09T14:00:01Z", "0001-01-01T00:00:00Z"]
)
def test_an_extension_never_shortens(polls: Polls, closes: str) -> None:
    with pytest.raises(BoxError, match="V6"):
        polls.box.change(polls.ballot.extension(closes), NOON)
    assert polls.box.closes == END


@pytest.mark.parametrize(
    "closes",
    [
        "2015-12-1\uff10T23:00:00Z",  # a wide zero sorts behind every digit: an earlier day that looks later
        "2015-12-1\u0662T23:00:00Z",
        "2016-02-30T00:00:00Z",
        "2015-12-12T24:00:00Z",
        "2015-12-12T23:60:00Z",
        "2015-12-12T23:59:60Z",
        "2015-13-01T00:00:00Z",
        "2015-12-12T23:00:00Z\n",
        "2015-12-12T23:00:00z",
        "2015-12-12 23:00:00Z",
        "2015-12-12T23:00:00+00:00",
        "10000-01-01T00:00:00Z",
    ],
)
def test_instants_that_are_none(closes: str) -> None:
    """[02.8] They are compared as text, so each must have its one form."""
    entry = encode(Extend("2015-12-12T23:00:00Z", (), bytes(32), "r", "extend"))
    text = closes.encode("unicode_escape") if closes.endswith("\n") else closes.encode()
    with pytest.raises(RecordError):
        read_entry(entry.replace(b"2015-12-12T23:00:00Z", text), "here")
    with pytest.raises(ValueError, match="."):
        instant(closes)


def test_shortening_on_the_board(rich: SmallBallot, forge: Forge) -> None:
    """Both officers sign an end in the past, and the server puts it on the board."""
    forgery = forge(rich)
    forgery.entries[forgery.place(Extend)] = encode(rich.extension("2015-12-10T23:00:00Z"))
    forgery.retally()
    assert_stopped(forgery, "V6", where=f"entry {forgery.place(Extend)} ")


def test_extending_after_the_close(rich: SmallBallot, forge: Forge) -> None:
    forgery = forge(rich)
    late = forgery.entries.pop(forgery.place(Extend))
    forgery.retally()
    forgery.entries.insert(forgery.place(Close) + 1, late)
    fired = {finding.check for finding in forgery.report().findings}
    assert "V6" in fired


def test_voting_on_after_the_close(plain: SmallBallot, forge: Forge) -> None:
    """A late ballot behind `close`: V6. It is in no sum, so the totals still hold."""
    forgery = forge(plain)
    late = line(plain.vote(4, [(0, [1])]))
    close = forgery.place(Close)
    forgery.entries.insert(close + 1, late)
    edit = {"shares": tuple(n + 1 for n in (close + 1, close + 2))}
    forgery.edit(len(forgery.entries) - 1, **edit)
    forgery.certify()
    assert_stopped(forgery, "V6", where=f"entry {close + 1} ")


def test_a_clock_that_jumps_back_reopens_nothing(polls: Polls) -> None:
    for voter in (1, 2):
        polls.answer(line(polls.ballot.vote(voter, HONEST)))
    polls.box.close(END)
    assert isinstance(polls.answer(line(polls.ballot.vote(3, HONEST)), NOON), Refused)
    with pytest.raises(BoxError):
        polls.box.close(NOON)
    with pytest.raises(BoxError):
        polls.box.change(polls.ballot.extension("2015-12-12T23:00:00Z"), NOON)


def test_instants_of_the_manifest(tmp_path: Path) -> None:
    manifest = SmallBallot(tmp_path).manifest
    for window in (
        replace(manifest.window, closes=OPENS, opens=CLOSES),
        replace(manifest.window, closes=OPENS),
        replace(manifest.window, closes="2015-02-29T00:00:00Z"),
    ):
        problem = manifest_problem(replace(manifest, window=window))
        assert problem is not None
        assert "window" in problem
    assert instant(CLOSES) == datetime(2015, 12, 11, 23, tzinfo=UTC)
