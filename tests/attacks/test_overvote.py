"""Attacker: a voter. Wish: more votes than one has, or fewer than one must give, in ciphertexts each of
which is honestly 0 or 1 (Norway 2011, where the total was not proved).

Stopped by: the last proof of an answer is about the sum of all its ciphertexts ([05.8], [05.9]), check
V11. Each ballot here is true wherever it can be; only the sum is false.
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from quorate.election.box import Accepted, Refused
from support import examples
from support.ballots import NOON, Draws, SmallBallot, line
from support.crafted import craft
from support.forge import Forge, assert_stopped
from support.polls import Polls

BLANK_BOARD, FIRST_HALL = (0, 0, 0, 1), (1, 0, 0)
ATTEMPTS = {
    "two halls": ((0,), BLANK_BOARD, (1, 1, 0)),
    "all halls": ((0,), BLANK_BOARD, (1, 1, 1)),
    "two votes for one hall": ((0,), BLANK_BOARD, (2, 0, 0)),
    "a hall taken from another": ((0,), BLANK_BOARD, (1, -1, 0)),
    "three of at most two": ((0,), (1, 1, 1, 0), FIRST_HALL),
    "two votes for one candidate": ((0,), (2, 0, 0, 0), FIRST_HALL),
    "blank and a candidate": ((0,), (1, 0, 0, 1), FIRST_HALL),
    "blank twice": ((0,), (0, 0, 0, 2), FIRST_HALL),
    "blank that pays for three": ((0,), (1, 1, 1, -1), FIRST_HALL),
    "yes and no": ((1 + 2**32,), BLANK_BOARD, FIRST_HALL),
    "two yes": ((2,), BLANK_BOARD, FIRST_HALL),
    "yes minus no": ((1 - 2**32,), BLANK_BOARD, FIRST_HALL),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_refused_by_the_box(hostile_polls: Polls, name: str) -> None:
    ballot = hostile_polls.ballot
    answers = list(enumerate(ATTEMPTS[name]))
    evil = craft(ballot.election, ballot.credential(1), bytes(32), answers, Draws(name))
    assert hostile_polls.refusal(evil) == "V11"


def test_fewer_than_must_be_chosen(tmp_path_factory: pytest.TempPathFactory) -> None:
    """min - 1: an answer that chooses nothing where one is due and blank is not allowed."""
    question = replace(examples.board_question(blank=False), minimum=1)
    ballot = SmallBallot(tmp_path_factory.mktemp("least"), questions=(question,))
    polls = Polls(ballot, ballot.open_box())
    random = Draws("least")
    for values in ((0, 0, 0), (1, 1, 1)):
        evil = craft(ballot.election, ballot.credential(1), bytes(32), [(0, values)], random)
        assert polls.refusal(evil) == "V11"
    good = craft(ballot.election, ballot.credential(1), bytes(32), [(0, (0, 1, 0))], random)
    assert isinstance(polls.answer(good), Accepted)


def test_on_the_board(by_unit: SmallBallot, forge: Forge) -> None:
    """Two halls in one ballot, while another chose the last: the totals stay possible, V11 alone sees it."""
    forgery, random = forge(by_unit), Draws("halls")
    evil = craft(by_unit.election, by_unit.credential(1), bytes(32), [(0, [1]), (1, [1, 1, 0])], random)
    forgery.entries[1] = line(evil)
    forgery.retally()
    assert_stopped(forgery, "V11", where="entry 1 ")


def test_errors_that_would_cancel(hostile_polls: Polls) -> None:
    """One yes too many here, one too few there, in one ballot or in two of one batch: they do not cancel, as
    every equation has a weight of its own [05.11].
    """
    ballot, random = hostile_polls.ballot, Draws("cancel")
    evil = [
        craft(ballot.election, ballot.credential(voter), bytes(32), list(enumerate(values)), random)
        for voter, values in (
            (1, ((2,), BLANK_BOARD, (-1, 0, 0))),
            (1, ((2,), BLANK_BOARD, FIRST_HALL)),
            (2, ((-1,), BLANK_BOARD, FIRST_HALL)),
        )
    ]
    answers = hostile_polls.box.submit([line(each) for each in evil], NOON)
    assert [answer.check for answer in answers if isinstance(answer, Refused)] == ["V11"] * 3
