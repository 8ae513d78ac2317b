"""Attacker: the server, or whoever holds a voter's first ballot. Wish: make the older ballot count again
after the voter changed their mind (Belenios, be226e87: the last ballot wins, and any ballot could be sent
twice).

Stopped by: each ballot names the one before it [07.12], check V12; the box refuses it for the same reason.
"""

from __future__ import annotations

from msgspec.structs import replace

from quorate.election.box import Accepted, Refused
from quorate.record.entries import Ballot, Close
from support.ballots import NOON, Draws, SmallBallot, line, tracker
from support.crafted import resigned
from support.forge import Forge, assert_stopped
from support.polls import HONEST, Polls


def test_refused_by_the_box(polls: Polls) -> None:
    first = polls.ballot.vote(1, HONEST)
    polls.answer(first)
    second = polls.ballot.vote(1, HONEST, prev=tracker(first))
    polls.answer(second)
    size = polls.log.size
    # the bytes are on the board already: the answer is their old place, and the newer ballot stays the last
    answer = polls.answer(first)
    assert isinstance(answer, Accepted)
    assert answer.index == 1
    assert polls.log.size == size
    people = polls.box.state.credentials
    assert people is not None
    slot = people.slot(first.credential)
    assert slot is not None
    assert people.tracker(slot) == tracker(second)


def test_the_same_choice_cannot_be_re_signed_by_others(polls: Polls) -> None:
    """With a new prev it would be a new ballot: only the voter can sign it, and the proofs bind prev too."""
    first = polls.ballot.vote(1, HONEST)
    polls.answer(first)
    polls.answer(polls.ballot.vote(1, HONEST, prev=tracker(first)))
    moved = replace(first, prev=tracker(first))
    assert polls.refusal(moved) == "V10"
    mine = resigned(
        polls.ballot.election, first, polls.ballot.credential(1), Draws("prev"), prev=tracker(first)
    )
    assert polls.refusal(mine) == "V11"


def test_a_fork_is_refused_with_the_ballot_to_build_on(polls: Polls) -> None:
    """Two devices vote on top of the same ballot: the second learns which one is the last now."""
    first = polls.ballot.vote(1, HONEST)
    polls.answer(first)
    left, right = (polls.ballot.vote(1, HONEST, prev=tracker(first)) for _ in range(2))
    polls.answer(left)
    answer = polls.answer(right)
    assert isinstance(answer, Refused)
    assert (answer.check, answer.last) == ("V12", tracker(left))


def test_older_ballot_behind_the_newer(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.entries[2], forgery.entries[4] = forgery.entries[4], forgery.entries[2]
    forgery.retally()
    report = assert_stopped(forgery, "V12", where="entry 4 ")
    assert report.certificate is not None
    assert [votes.votes for votes in report.certificate.questions[0].votes] == [1, 1, 1]


def test_older_ballot_once_more(plain: SmallBallot, forge: Forge) -> None:
    """The first ballot a second time at the end: V12 as it names no last ballot, V13 as it occurs twice."""
    forgery = forge(plain)
    forgery.entries.insert(forgery.place(Close), forgery.entries[2])
    forgery.retally()
    assert_stopped(forgery, "V12", "V13", where="entry 5 ")


def test_superseded_ballot_dropped(plain: SmallBallot, forge: Forge) -> None:
    """Without its first ballot the voter's second hangs in the air."""
    forgery = forge(plain)
    del forgery.entries[2]
    forgery.retally()
    assert_stopped(forgery, "V12", where="entry 3 ")


def test_last_ballot_dropped_needs_a_receipt(plain: SmallBallot, forge: Forge) -> None:
    """That the newest ballot is missing shows in no chain: the voter's receipt exposes it [07.12], V22."""
    forgery = forge(plain)
    entry = forgery.entry(4)
    assert isinstance(entry, Ballot)
    del forgery.entries[4]
    forgery.retally()
    assert forgery.report().findings == []
    log = plain.log
    assert log is not None
    forgery.receipts = [("receipt of member 2", log.receipt(4))]
    assert_stopped(forgery, "V22", where="receipt of member 2")


def test_batch_with_both(polls: Polls) -> None:
    """Old and new in one batch, in either order: the chain decides, not the order of sending."""
    first = polls.ballot.vote(2, HONEST)
    second = polls.ballot.vote(2, HONEST, prev=tracker(first))
    answers = polls.box.submit([line(second), line(first), line(second)], NOON)
    assert [type(answer) for answer in answers] == [Refused, Accepted, Accepted]
