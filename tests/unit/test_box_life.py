"""The ballot box through a whole vote: what it takes when, and that a new process finds it as it was left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.election.box import Accepted, BallotBox, BoxError, Refused
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Close, Extend, Notice, Revoke, Share, Spoil
from support import examples
from support.ballots import AFTER, NOON, SmallBallot, line, tracker
from support.polls import HONEST, Polls

YES = [(0, [0])]


@pytest.fixture
def polls(tmp_path: Path) -> Polls:
    return Polls.open(tmp_path)


def facts(box: BallotBox) -> dict[str, object]:
    """All that a box remembers and a verifier would recompute."""
    state, people = box.state, box.state.credentials
    assert people is not None
    return {
        "phase": state.phase,
        "closes": state.closes,
        "ballots": state.ballots,
        "superseded": list(state.superseded),
        "spoiled": dict(state.spoiled),
        "revoked": state.revoked,
        "active": bytes(people.active),
        "last": bytes(people.last),
        "entry": list(people.entry),
        "issued": dict(people.issued),
        "trackers": list(state.trackers),
        "firsts": list(state.firsts),
        "closing": state.closing,
    }


def taken_up_again(ballot: SmallBallot) -> BallotBox:
    """Another box over the same log, as after a restart."""
    if ballot.log is None:
        raise AssertionError("voting is not open")
    return BallotBox(ballot.log, ballot.manifest, CredentialIndex.parse(ballot.issue.lines))


def test_taken_up_again_at_every_point(polls: Polls) -> None:
    ballot, box = polls.ballot, polls.box
    first = ballot.vote(1, HONEST)
    replaced, new = ballot.reissue(2)
    shown = ballot.vote(3, HONEST)
    steps: list[Callable[[], Accepted | Refused | int]] = [
        lambda: polls.answer(first),
        lambda: polls.answer(ballot.vote(2, HONEST)),
        lambda: polls.answer(ballot.vote(1, HONEST, prev=tracker(first))),
        lambda: box.change(ballot.notice("The hall is open."), NOON),
        lambda: box.change(ballot.spoiled(ballot.credential(3), tracker(shown)), NOON),
        lambda: box.change(replaced, NOON),
        lambda: polls.answer(ballot.vote_as(new, HONEST)),
        lambda: box.change(ballot.revocation(5), NOON),
        lambda: box.change(ballot.extension("2015-12-11T23:00:01Z"), NOON),
        lambda: box.close(AFTER),
    ]
    for step in steps:
        result = step()
        assert isinstance(result, Accepted | int)
        assert facts(taken_up_again(ballot)) == facts(box)
    assert box.phase == "closed"
    assert box.state.closed.counted == 2
    assert box.state.closed.withdrawn == 1


def test_a_new_process_over_the_same_files(polls: Polls) -> None:
    """Closed properly, opened again: the same box, and the next ballot goes on from there."""
    ballot = polls.ballot
    sent = ballot.vote(1, HONEST)
    polls.answer(sent)
    before = facts(polls.box)
    polls.log._storage.close()  # type: ignore[attr-defined]  # what ends with the process
    signer = LogSigner(ballot.origin, ballot.log_seed)
    ballot.log = Log(FileStorage(ballot.board), signer, ballot.origin)
    again = taken_up_again(ballot)
    assert facts(again) == before
    assert isinstance(again.submit([line(ballot.vote(1, HONEST, prev=tracker(sent)))], NOON)[0], Accepted)


def test_nothing_goes_in_before_it_is_open(tmp_path: Path) -> None:
    ballot = SmallBallot(tmp_path)
    signer = LogSigner(ballot.origin, ballot.log_seed)
    ballot.log = Log.create(FileStorage(ballot.board), signer, ballot.origin)
    box = taken_up_again(ballot)
    assert box.phase == "start"
    refused = box.submit([line(ballot.vote(1, YES))], NOON)[0]
    assert isinstance(refused, Refused)
    assert refused.check == "V6"
    with pytest.raises(BoxError, match="not open"):
        box.change(ballot.notice("Soon."), NOON)
    with pytest.raises(BoxError, match="no voting"):
        box.close(AFTER)
    with pytest.raises(BoxError, match="after voting"):
        box.append([])
    with pytest.raises(BoxError, match="V6"):
        box.open(replace(ballot.opening(), officers=ballot.opening().officers[:1]))
    assert ballot.log.size == 0
    box.open(ballot.opening())
    with pytest.raises(BoxError, match="V6"):
        box.open(ballot.opening())
    assert ballot.log.size == 1


def test_nothing_goes_in_after_the_close(polls: Polls) -> None:
    ballot, box = polls.ballot, polls.box
    examples.cast(box, *(ballot.vote(voter, HONEST) for voter in (1, 2)))
    index = box.close(AFTER)
    size = polls.log.size
    assert index == size - 1
    events: list[Notice | Extend | Revoke | Spoil] = [
        ballot.notice("Too late."),
        ballot.extension("2016-01-01T00:00:00Z"),
        ballot.revocation(3),
        ballot.spoiled(ballot.credential(1), bytes(32)),
    ]
    for event in events:
        for now in (NOON, AFTER, AFTER - timedelta(days=9)):
            with pytest.raises(BoxError, match="not open"):
                box.change(event, now)
    with pytest.raises(BoxError, match="no voting"):
        box.close(AFTER)
    assert polls.log.size == size


def test_it_closes_over_what_it_counted(polls: Polls) -> None:
    """What `close` states is what a verifier recomputes from the board [08.30]."""
    ballot, box = polls.ballot, polls.box
    first = ballot.vote(1, HONEST)
    examples.cast(box, first, ballot.vote(2, HONEST), ballot.vote(1, HONEST, prev=tracker(first)))
    box.change(ballot.revocation(2), NOON)
    box.close(AFTER)
    close = box.state.close
    assert isinstance(close, Close)
    assert (close.active, close.ballots, close.counted, close.superseded, close.withdrawn, close.spoiled) == (
        (4, 3, 1, 1, 1, 0)
    )
    ballot.publish()
    assert ballot.verify(until="close").findings == []


def test_an_extension_moves_the_end(polls: Polls) -> None:
    later = "2015-12-12T23:00:00Z"
    polls.box.change(polls.ballot.extension(later), NOON)
    assert polls.box.closes == AFTER + timedelta(days=1, seconds=-1)
    assert isinstance(polls.answer(line(polls.ballot.vote(1, HONEST)), AFTER), Accepted)


def test_shares_end_with_the_result(polls: Polls) -> None:
    ballot, box = polls.ballot, polls.box
    examples.cast(box, *(ballot.vote(voter, HONEST) for voter in (1, 2)))
    report = ballot.finish(box)
    assert report.ok
    assert box.phase == "ended"
    with pytest.raises(BoxError, match="after voting"):
        box.append([Share(None, b"", (), b"", 1, "share")])  # type: ignore[arg-type]  # never looked at
    assert facts(taken_up_again(ballot)) == facts(box)


def test_a_refusal_says_what_to_build_on(polls: Polls) -> None:
    sent = polls.ballot.vote(1, HONEST)
    polls.answer(sent)
    refused = polls.answer(polls.ballot.vote(1, HONEST))
    assert isinstance(refused, Refused)
    assert refused.last == tracker(sent)
    assert "V12" in refused.reason
    stranger = polls.answer(replace(sent, credential=polls.ballot.fresh_key()))
    assert isinstance(stranger, Refused)
    assert stranger.last is None
