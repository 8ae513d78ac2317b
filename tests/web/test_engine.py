"""The engine: many callers, one writer for each ballot, and nobody told "cast" before it is so."""

from __future__ import annotations

import asyncio
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from quorate.apps.ballots.desk import GRACE, Cast
from quorate.apps.ballots.engine import Engine
from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.ballots.reading import Figures, Phase
from quorate.board.fileops import SystemFileOps
from quorate.board.files import FileStorage
from quorate.board.keys import VerifierKey
from quorate.board.proof import Receipt
from quorate.board.tiles import NoSuchTile, Tile
from quorate.board.tree import Frontier, leaf_hash
from quorate.election import directory
from quorate.election.box import BoxError, Refused
from quorate.election.directory import Fate
from quorate.election.office import Office
from quorate.record.canonical import encode, instant
from quorate.record.entries import Event, read_ballot
from support.ballots import CLOSES, NOON, SmallBallot, line, tracker
from support.offices import SetClock, make_office, name_of, open_office, shares_for

YES, NO = [(0, [0])], [(0, [1])]
END = instant(CLOSES)
MS = timedelta(milliseconds=1)


class Served:
    """A small ballot behind an engine with a clock that the test sets."""

    def __init__(self, folder: Path, ballot: SmallBallot, ends: ExitStack) -> None:
        self.ballot, self.boards, self.name = ballot, folder / "boards", name_of(ballot)
        self.clock = SetClock()
        self.office = open_office(ballot, self.boards)
        self.engine = self.another(ends)

    def another(self, ends: ExitStack) -> Engine:
        engine = Engine(self.boards, self.clock)
        ends.callback(engine.stop)
        return engine

    def cast(self, *lines: bytes) -> list[Cast | Refused]:
        """Cast all of them at once."""

        async def all_of_them() -> list[Cast | Refused]:
            return await asyncio.gather(*(self.engine.cast(self.name, one) for one in lines))

        return asyncio.run(all_of_them())

    def figures(self) -> Figures:
        return asyncio.run(self.engine.figures(self.name))

    def close(self) -> None:
        self.clock.now = END + GRACE
        self.engine.close_due()


@pytest.fixture(autouse=True)
def _pages_have_their_files() -> None:
    """There are no pages here, and no database."""


@pytest.fixture
def ends() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def served(tmp_path: Path, ends: ExitStack) -> Served:
    return Served(tmp_path, SmallBallot(tmp_path, voters=6, seed="engine"), ends)


def test_casts_come_back_with_receipts_that_verify(served: Served) -> None:
    """[08.16]: what is answered is on the board, under a signed checkpoint."""
    ballots = [served.ballot.vote(voter, YES) for voter in range(1, 7)]
    answers = served.cast(*map(line, ballots))
    key, policy = VerifierKey.parse(served.ballot.manifest.log_key), served.ballot.manifest.witnesses
    entries = set()
    for ballot, answer in zip(ballots, answers, strict=True):
        assert isinstance(answer, Cast)
        assert answer.tracker == tracker(ballot)
        proved = Receipt.parse(answer.receipt).verify(line(ballot), key, policy)
        assert proved.index == answer.entry
        entries.add(answer.entry)
    assert entries == set(range(1, 7))
    figures = served.figures()
    assert (figures.phase, figures.entries, figures.ballots) == (Phase.OPEN, 7, 6)
    assert (figures.counted, figures.eligible) == ((6,), (6,))


def test_ballots_that_come_together_share_one_checkpoint(served: Served) -> None:
    served.cast(*(line(served.ballot.vote(voter, YES)) for voter in range(1, 7)))
    published = (served.office.folder / "board" / "checkpoints.jsonl").read_bytes().count(b"\n")
    assert published <= 3  # the opening, and one or two batches


def test_fifty_votes_at_once_of_one_member_are_one_chain(served: Served) -> None:
    """B14: parallel re-votes have a total order, and exactly one is last."""
    lines = [line(served.ballot.vote(1, YES)) for _ in range(50)]
    answers = served.cast(*lines)
    cast = [answer for answer in answers if isinstance(answer, Cast)]
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(cast) == 1
    assert {(answer.check, answer.last) for answer in refused} == {("V12", cast[0].tracker)}
    while True:  # each one shown the last ballot votes anew on top of it, all at once again
        answers = served.cast(*(line(served.ballot.vote(1, NO, prev=cast[-1].tracker)) for _ in range(5)))
        cast += [answer for answer in answers if isinstance(answer, Cast)]
        if len(cast) == 10:
            break
    holder = asyncio.run(served.engine.holder(served.name, served.ballot.credential(1).public))
    assert [found.tracker for found in holder.ballots] == [answer.tracker for answer in cast]
    assert [found.fate for found in holder.ballots] == [Fate.REPLACED] * 9 + [Fate.COUNTS]
    assert served.figures().counted == (1,)


def test_the_same_ballot_again_is_the_same_entry(served: Served) -> None:
    """B10: a reply that was lost is given again, at once, later, after a restart and after the end."""
    one = line(served.ballot.vote(1, YES))
    answers = served.cast(one, one, *[line(served.ballot.vote(voter, NO)) for voter in (2, 3)], one)
    served.engine.stop()
    answers += served.cast(one)
    served.close()
    answers += served.cast(one)
    again = [answer for answer in answers if isinstance(answer, Cast) and answer.tracker == tracker_of(one)]
    assert len(again) == 5
    assert len({answer.entry for answer in again}) == 1
    assert served.figures().ballots == 3


def test_a_caller_that_goes_away_does_not_take_the_ballot_back(served: Served) -> None:
    one = line(served.ballot.vote(1, YES))

    async def leave() -> None:
        task = asyncio.create_task(served.engine.cast(served.name, one))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(leave())
    assert isinstance(served.cast(one)[0], Cast)
    assert served.figures().ballots == 1


@pytest.mark.parametrize(("offset", "taken"), [(-MS, True), (0 * MS, False), (MS, False)])
def test_the_closing_second(served: Served, offset: timedelta, taken: bool) -> None:
    """B9: complete before T is taken, at T or later is not, and nobody gets a receipt that will not count."""
    served.clock.now = END + offset
    answer = served.cast(line(served.ballot.vote(1, YES)))[0]
    assert isinstance(answer, Cast) is taken
    if isinstance(answer, Refused):
        assert answer.check == "V6"
    served.close()
    figures = served.figures()
    assert (figures.phase, figures.counted) == (Phase.CLOSED, (1,) if taken else (0,))


def test_a_ballot_complete_in_time_is_not_lost_to_one_that_was_not(served: Served) -> None:
    """B9: both sides of T in one batch, while the board is busy."""
    gate = threading.Event()
    desk = served.engine.desk(served.name)
    busy = desk.ask(lambda office: gate.wait(10))
    served.clock.now = END - MS
    in_time = desk.cast(line(served.ballot.vote(1, YES)))
    served.clock.now = END + GRACE
    late = desk.cast(line(served.ballot.vote(2, YES)))
    gate.set()
    assert busy.result()
    assert isinstance(in_time.result(), Cast)
    assert isinstance(late.result(), Refused)
    served.engine.close_due()
    assert served.figures().counted == (1,)


def test_voting_never_reopens_when_the_clock_goes_back(served: Served) -> None:
    """O3: what has closed stays closed, before `close` is on the board and after."""
    served.clock.now = END
    assert isinstance(served.cast(line(served.ballot.vote(1, YES)))[0], Refused)
    served.clock.now = NOON
    assert isinstance(served.cast(line(served.ballot.vote(1, YES)))[0], Refused)
    served.close()
    served.clock.now = NOON
    assert isinstance(served.cast(line(served.ballot.vote(1, YES)))[0], Refused)
    assert served.figures().phase is Phase.CLOSED


def test_the_desk_closes_by_itself_without_any_request(tmp_path: Path, ends: ExitStack) -> None:
    """O3: no scheduler. The desk that woke with the server looks at the clock itself."""
    served = Served(tmp_path, SmallBallot(tmp_path, seed="alone"), ends)
    served.clock.now = END + GRACE
    served.engine.wake()
    closed = served.engine.desk(served.name).ask(
        lambda office: None
    )  # waits for the reading, not for closing
    closed.result()
    served.engine.desk(served.name).ask(lambda office: None).result()
    assert b'"type":"close"' in (served.office.record / "entries.jsonl").read_bytes()


def test_before_the_window_nothing_is_taken(tmp_path: Path, ends: ExitStack) -> None:
    served = Served(tmp_path, SmallBallot(tmp_path, seed="early"), ends)
    served.clock.now = instant(served.ballot.manifest.window.opens) - MS
    assert served.figures().phase is Phase.SCHEDULED
    assert isinstance(served.cast(line(served.ballot.vote(1, YES)))[0], Refused)
    served.clock.now += MS
    assert served.figures().phase is Phase.OPEN
    assert isinstance(served.cast(line(served.ballot.vote(1, YES)))[0], Cast)


def test_a_ballot_that_has_no_board_yet(tmp_path: Path, ends: ExitStack) -> None:
    ballot = SmallBallot(tmp_path, seed="draft")
    make_office(ballot, tmp_path / "boards")
    engine = Engine(tmp_path / "boards", SetClock())
    ends.callback(engine.stop)
    name = name_of(ballot)
    answer = asyncio.run(engine.cast(name, line(ballot.vote(1, YES))))
    assert isinstance(answer, Refused)
    assert answer.check == "V6"
    assert asyncio.run(engine.figures(name)).phase is Phase.SCHEDULED
    assert not (tmp_path / "boards" / ballot.ballot_id.hex() / "board").exists()
    engine.do(name, Office.open)
    assert isinstance(asyncio.run(engine.cast(name, line(ballot.vote(1, YES)))), Cast)


@pytest.mark.parametrize("name", ["0" * 32, "", "..", "*", "A" * 32, "0" * 31, "0" * 64, "../" * 10 + "ab"])
def test_names_of_no_ballot(served: Served, name: str) -> None:
    with pytest.raises(UnknownBallot):
        asyncio.run(served.engine.figures(name))


def test_another_process_holds_the_board(served: Served, ends: ExitStack) -> None:
    """Not yet cast, and once the board is free the retry succeeds."""
    one = line(served.ballot.vote(1, YES))
    with FileStorage(served.office.folder / "board"):
        with pytest.raises(TryAgain):
            served.cast(one)
        with pytest.raises(TryAgain):
            served.figures()
    assert isinstance(served.cast(one)[0], Cast)


class FullDisk(SystemFileOps):
    """A disk that is full while `full` is set."""

    full = False

    def write(self, fd: int, data: bytes, offset: int) -> None:
        if FullDisk.full:
            raise OSError(28, "No space left on device")
        super().write(fd, data, offset)


def test_a_full_disk_is_not_yet_cast_and_loses_nothing(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[08.22]: every caller hears that nothing was cast; when there is room again, the same ballots are."""
    monkeypatch.setattr("quorate.board.files.SystemFileOps", FullDisk)
    monkeypatch.setattr(FullDisk, "full", False)
    first = line(served.ballot.vote(1, YES))
    assert isinstance(served.cast(first)[0], Cast)
    FullDisk.full = True
    lines = [line(served.ballot.vote(voter, YES)) for voter in (2, 3)]
    with pytest.raises(TryAgain):
        served.cast(*lines)
    assert served.figures().ballots == 1  # readers saw nothing of it
    assert asyncio.run(served.engine.holder(served.name, served.ballot.credential(2).public)).ballots == ()
    FullDisk.full = False
    answers = served.cast(*lines, first)
    assert all(isinstance(answer, Cast) for answer in answers)
    assert served.figures().ballots == 3


def test_spoiled_or_cast_never_both(served: Served) -> None:
    """B6: a ballot and its opening race; exactly one is on the board, and a repeat is answered the same."""
    ballot = served.ballot.vote(1, YES)
    spoil = encode(served.ballot.spoiled(served.ballot.credential(1), tracker(ballot)))

    async def race() -> tuple[Cast | Refused, Cast | Refused]:
        return await asyncio.gather(
            served.engine.spoil(served.name, spoil), served.engine.cast(served.name, line(ballot))
        )

    spoiled, cast = asyncio.run(race())
    assert isinstance(spoiled, Cast) != isinstance(cast, Cast)
    assert isinstance(spoiled, Cast), "it came first"
    assert isinstance(cast, Refused)
    assert cast.check == "V13"
    again = asyncio.run(served.engine.spoil(served.name, spoil))
    assert isinstance(again, Cast)
    assert again.entry == spoiled.entry
    fresh = served.ballot.vote(1, YES)
    assert isinstance(served.cast(line(fresh))[0], Cast)
    after = encode(served.ballot.spoiled(served.ballot.credential(1), tracker(fresh)))
    refused = asyncio.run(served.engine.spoil(served.name, after))
    assert isinstance(refused, Refused)
    assert refused.check == "V13"
    holder = asyncio.run(served.engine.holder(served.name, served.ballot.credential(1).public))
    assert [found.fate for found in holder.ballots] == [Fate.SPOILED, Fate.COUNTS]
    assert holder.latest == tracker(fresh)


def test_events_of_officers_pass_through_the_same_desk(served: Served) -> None:
    """An extension, a new code, a revocation: look-ups and figures follow; a second opening is refused."""
    voted = served.ballot.vote(1, YES)
    served.cast(line(voted), line(served.ballot.vote(2, YES)))
    extension = served.ballot.extension("2015-12-12T23:00:00Z")
    replaced, new = served.ballot.reissue(1)
    for name, event in (
        ("extend-1", extension),
        ("reissue-1", replaced),
        ("revoke-1", served.ballot.revocation(3)),
    ):

        def post(office: Office, name: str = name, event: Event = event) -> int:
            office.propose(name, event)
            return office.post(name, served.clock.now)

        served.engine.do(served.name, post)
    figures = served.figures()
    assert figures.closes == instant("2015-12-12T23:00:00Z")
    assert (figures.counted, figures.eligible) == ((1,), (5,))
    old = asyncio.run(served.engine.holder(served.name, served.ballot.credential(1).public))
    assert (old.known, old.unit, old.ballots[0].fate) == (True, None, Fate.WITHDRAWN)
    assert asyncio.run(served.engine.holder(served.name, new.public)).unit == 0
    assert isinstance(served.cast(line(served.ballot.vote(1, NO, prev=tracker(voted))))[0], Refused)
    assert isinstance(served.cast(line(served.ballot.vote_as(new, NO)))[0], Cast)
    assert served.figures().counted == (2,)
    with pytest.raises(BoxError):
        served.engine.do(served.name, lambda office: office.post("extend-1", served.clock.now))


def test_look_ups_agree_with_a_fresh_reading(served: Served, ends: ExitStack) -> None:
    """What the indexes say while the board grows is what a restarted server reads from it."""
    first = served.ballot.vote(1, YES)
    served.cast(line(first), line(served.ballot.vote(2, NO)))
    served.cast(line(served.ballot.vote(1, NO, prev=tracker(first))))
    before = served.figures()
    keys = [served.ballot.credential(voter).public for voter in range(1, 7)]
    grown = [asyncio.run(served.engine.holder(served.name, key)) for key in keys]
    served.engine.stop()
    assert served.figures() == before
    assert [asyncio.run(served.engine.holder(served.name, key)) for key in keys] == grown


def test_the_result_is_withheld_until_it_is_released(served: Served, tmp_path: Path) -> None:
    """Shares and result are on the board but not in public: neither record, nor tiles, nor checkpoint."""
    served.cast(*(line(served.ballot.vote(voter, YES)) for voter in range(1, 5)))
    served.close()
    closed = asyncio.run(served.engine.ready(served.name)).reading.checkpoint()
    shares = shares_for(served.ballot, served.office, tmp_path)
    report = served.engine.do(served.name, lambda office: office.count(shares))
    assert report.certificate is not None
    reading = served.engine.desk(served.name).reading
    assert served.figures().phase is Phase.WITHHELD
    assert served.figures().entries == 6
    assert reading.checkpoint() == closed
    with pytest.raises(NoSuchTile):
        reading.bundle(Tile(0, 7))
    assert b'"result"' not in (served.office.record / "entries.jsonl").read_bytes()
    served.engine.stop()  # a restart changes nothing of that
    assert (served.figures().phase, served.figures().entries) == (Phase.WITHHELD, 6)
    served.engine.do(served.name, Office.release)
    assert (served.figures().phase, served.figures().entries) == (Phase.RELEASED, 9)
    assert b'"result"' in (served.office.record / "entries.jsonl").read_bytes()
    assert not (served.office.folder / "withheld").exists()


def test_tiles_give_the_root_of_the_checkpoint(tmp_path: Path, ends: ExitStack) -> None:
    """Whoever follows the board by tiles gets its entries and its hashes (c2sp.org/tlog-tiles)."""
    served = Served(tmp_path, SmallBallot(tmp_path, voters=6, seed="tiles"), ends)
    last = bytes(32)
    for _ in range(5):
        ballots = [served.ballot.vote(1, YES, prev=last)]
        for _ in range(59):
            ballots.append(served.ballot.vote(1, YES, prev=tracker(ballots[-1])))
        last = tracker(ballots[-1])
        for answer in served.cast(*map(line, ballots)):
            assert isinstance(answer, Cast)
    reading = served.engine.desk(served.name).reading
    size, root = reading.checkpoint().decode().split("\n")[1:3]
    assert size == "301"
    bundles = reading.bundle(Tile(0, 256)) + reading.bundle(Tile.parse("001.p/45"))
    entries = []
    while bundles:
        length = int.from_bytes(bundles[:2], "big")
        entries.append(bundles[2 : 2 + length])
        bundles = bundles[2 + length :]
    tree = Frontier()
    tree.extend(map(leaf_hash, entries))
    assert b64encode(tree.root()).decode() == root
    leaves = reading.tile(0, Tile(0, 256)) + reading.tile(0, Tile.parse("001.p/45"))
    assert leaves == b"".join(map(leaf_hash, entries))
    full = Frontier()
    full.extend(map(leaf_hash, entries[:256]))
    assert reading.tile(1, Tile.parse("000.p/1")) == full.root()
    for missing in ("001", "001.p/46", "002"):
        with pytest.raises(NoSuchTile):
            reading.tile(0, Tile.parse(missing))


@pytest.mark.parametrize(
    "path",
    ["", "0", "x000/001", "000/001", "x001/1", "001.p/0", "001.p/256", "001.p/01", "1000", "-01", "001/"],
)
def test_addresses_of_no_tile(path: str) -> None:
    with pytest.raises(NoSuchTile):
        Tile.parse(path)


def test_watchers_hear_of_changes_at_most_once_a_second(served: Served) -> None:
    async def watch() -> tuple[list[int], float]:
        heard, begun = [], monotonic()
        async for figures in served.engine.watch(served.name):
            heard.append(figures.ballots)
            if len(heard) == 2:
                break
            for voter in (1, 2, 3):
                await served.engine.cast(served.name, line(served.ballot.vote(voter, YES)))
        return heard, monotonic() - begun

    heard, seconds = asyncio.run(watch())
    assert heard == [0, 3]
    assert seconds >= 1.0


def tracker_of(one: bytes) -> bytes:
    return directory.tracker_of(read_ballot(one, ""))
