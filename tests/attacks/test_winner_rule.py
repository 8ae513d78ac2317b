"""Attacker: a mistake. The winner of a tally was once the option with the lowest number, because two
places in the code knew the rule (Helios, 3a01eb51). Wish: that nobody notices.

Stopped by: one rule in one place (V20), and here a second count that shares nothing with the first: each
ballot is decrypted by itself with the key that the tellers would have to give away together, and the rule
is written out again in plain arithmetic.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.crypto.decryption import lagrange_at_zero
from quorate.crypto.elgamal import Ciphertext
from quorate.group import Element, Scalar, base_mul
from quorate.record.certificate import CertifiedQuestion
from quorate.record.entries import read_ballot
from quorate.rules import Outcome, preset
from support import examples
from support.ballots import SmallBallot, line, strike_question, tracker

YES, NO, BLANK = 0, 1, 2
MEANING = {1: YES, 2**32: NO, 0: BLANK}


def opened(ballot: SmallBallot) -> Counter[int]:
    """The last vote of every credential, decrypted one by one."""
    weights = lagrange_at_zero((1, 2))
    secret = weights[1] * ballot.tellers.keys[0].share + weights[2] * ballot.tellers.keys[1].share
    assert base_mul(secret) == ballot.tellers.ballot_key
    points = {base_mul(Scalar.from_int(value)).to_bytes(): choice for value, choice in MEANING.items()}
    last: dict[bytes, int] = {}
    for text in (ballot.record / "entries.jsonl").read_bytes().splitlines():
        if text.endswith(b'"type":"ballot"}'):
            entry = read_ballot(text, "")
            cipher = Ciphertext.from_canonical_bytes(entry.answers[0].ciphertexts[0])
            last[entry.credential] = points[(cipher.b - secret * cipher.a).to_bytes()]
    return Counter(last.values())


def run(folder: Path, rule: str, votes: list[list[int]]) -> tuple[CertifiedQuestion, Counter[int]]:
    """A ballot in which each voter casts these choices one after the other."""
    ballot = SmallBallot(
        folder, voters=len(votes), questions=(strike_question(preset(rule)),), seed=str(votes)
    )
    box = ballot.open_box()
    for voter, choices in enumerate(votes, start=1):
        prev = bytes(32)
        for choice in choices:
            vote = ballot.vote(voter, [(0, [choice])], prev=prev)
            examples.cast(box, vote)
            prev = tracker(vote)
            assert line(vote)
    report = ballot.finish(box)
    assert report.ok
    assert report.certificate is not None
    return report.certificate.questions[0], opened(ballot)


CASES = [
    [[YES], [YES], [YES], [NO]],
    [[YES], [YES], [NO], [NO]],
    [[YES], [YES], [YES], []],
    [[YES, NO], [NO, YES], [YES], [YES]],
    [[YES], [NO], [BLANK], [BLANK]],
    [[BLANK], [BLANK], [BLANK], [BLANK]],
    [[NO], [NO], [NO, YES, NO], [YES, BLANK]],
    [[YES, NO, BLANK, YES], [YES], [], []],
]


@pytest.mark.parametrize("votes", CASES, ids=str)
def test_three_quarters_of_all_members(tmp_path: Path, votes: list[list[int]]) -> None:
    question, count = run(tmp_path, "us-il-art34-strike", votes)
    assert [outcome.votes for outcome in question.votes] == [count[YES], count[NO], count[BLANK]]
    carried = Fraction(count[YES], len(votes)) >= Fraction(3, 4)
    assert question.decision is not None
    assert (question.decision.outcome is Outcome.CARRIED) is carried


@pytest.mark.parametrize("votes", CASES, ids=str)
def test_more_yes_than_no(tmp_path: Path, votes: list[list[int]]) -> None:
    """A majority of the votes: a tie is no majority, and is called a tie."""
    question, count = run(tmp_path, "majority-of-votes", votes)
    assert question.decision is not None
    outcome = question.decision.outcome
    if count[YES] > count[NO]:
        assert outcome is Outcome.CARRIED
    elif count[YES] == count[NO] != 0:
        assert outcome is Outcome.TIE
    else:
        assert outcome is Outcome.NOT_CARRIED


@pytest.mark.parametrize(
    ("votes", "elected", "tied"),
    [
        ([0, 0, 1, 3], ("oak",), ()),
        ([3, 3, 0, 1], ("fir",), ()),
        ([1, 1, 2, 2], (), ("ash", "elm")),
        ([0, 1, 2, 3], (), ("ash", "elm", "fir", "oak")),
    ],
)
def test_the_most_votes(
    tmp_path: Path, votes: list[int], elected: tuple[str, ...], tied: tuple[str, ...]
) -> None:
    """Among four halls: the last one, which has no ciphertext of its own, wins and loses like the others."""
    hall = replace(examples.hall_question(), electorate=None)
    ballot = SmallBallot(tmp_path, voters=4, questions=(hall,), seed=str(votes))
    box = ballot.open_box()
    examples.cast(box, *(ballot.vote(n, [(0, [vote])]) for n, vote in enumerate(votes, start=1)))
    report = ballot.finish(box)
    assert report.certificate is not None
    question = report.certificate.questions[0]
    assert [outcome.votes for outcome in question.votes] == [votes.count(n) for n in range(4)]
    assert question.choice is not None
    assert (question.choice.elected, question.choice.tied) == (elected, tied)


def test_two_seats_for_three_candidates(tmp_path: Path) -> None:
    """As many seats as a ballot can choose."""
    board = replace(examples.board_question(), rule=preset("us-lmrda-officer"))
    ballot = SmallBallot(tmp_path, voters=3, questions=(board,))
    box = ballot.open_box()
    examples.cast(box, *(ballot.vote(n, [(0, chosen)]) for n, chosen in ((1, [0, 2]), (2, [2]), (3, [0, 1]))))
    report = ballot.finish(box)
    assert report.certificate is not None
    choice = report.certificate.questions[0].choice
    assert choice is not None
    assert (choice.seats, choice.elected, choice.margin) == (2, ("ames", "cole"), 1)


def test_the_key_in_this_test_is_the_real_one(tmp_path: Path) -> None:
    """One teller's share alone opens nothing."""
    ballot = SmallBallot(tmp_path)
    for key in ballot.tellers.keys:
        assert base_mul(key.share) != ballot.tellers.ballot_key
    assert isinstance(ballot.tellers.ballot_key, Element)
