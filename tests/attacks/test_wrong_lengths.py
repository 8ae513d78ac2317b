"""Attacker: a voter, or a server that adds ballots. Wish: arrays of other lengths, so that a check runs over
nothing and is "vacuously true" (Helios, commit 566d149a).

Stopped by: the numbers of answers, ciphertexts and proofs are exactly the question's, and so is the
length of every proof [05.10]: V9, before any arithmetic. Each ballot is signed by its voter.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quorate.crypto.ballot import Answer
from quorate.record.entries import Ballot
from support.ballots import Draws, SmallBallot, line
from support.crafted import resigned
from support.forge import Forge, assert_stopped
from support.polls import HONEST, Polls

Answers = list[Answer]


def answers_of(ballot: Ballot) -> Answers:
    return [Answer(a.question, a.ciphertexts, a.proofs) for a in ballot.answers]


def edit(
    question: int, **fields: Callable[[tuple[bytes, ...]], tuple[bytes, ...]]
) -> Callable[[Answers], Answers]:
    """Change the arrays of one answer."""

    def change(answers: Answers) -> Answers:
        old = answers[question]
        new = {"ciphertexts": old.ciphertexts, "proofs": old.proofs}
        new |= {name: function(new[name]) for name, function in fields.items()}
        answers[question] = Answer(old.question, new["ciphertexts"], new["proofs"])
        return answers

    return change


EDITS: dict[str, Callable[[Answers], Answers]] = {
    "no answers": lambda answers: [],
    "an answer twice": lambda answers: [*answers, answers[-1]],
    "an answer more": lambda answers: [*answers, Answer(3, answers[0].ciphertexts, answers[0].proofs)],
    "a question far away": lambda answers: [*answers[:2], Answer(2**53 - 1, *_arrays(answers[2]))],
    "answers exchanged": lambda answers: [answers[1], answers[0], answers[2]],
    "questions exchanged": lambda answers: [
        Answer(1, *_arrays(answers[0])),
        Answer(0, *_arrays(answers[1])),
        answers[2],
    ],
    "no ciphertext": edit(0, ciphertexts=lambda c: ()),
    "no proof": edit(0, proofs=lambda p: ()),
    "no ciphertext and no proof": edit(0, ciphertexts=lambda c: (), proofs=lambda p: ()),
    "a ciphertext more": edit(0, ciphertexts=lambda c: (*c, c[0])),
    "a proof twice": edit(0, proofs=lambda p: (*p, p[0])),
    "an empty proof": edit(0, proofs=lambda p: (b"",)),
    "half a ciphertext": edit(0, ciphertexts=lambda c: (c[0][:32],)),
    "a ciphertext of three points": edit(0, ciphertexts=lambda c: (c[0] + c[0][:32],)),
    "a proof of two values for three": edit(0, proofs=lambda p: (p[0][: 32 * 7],)),
    "no proof of the sum": edit(2, proofs=lambda p: p[:-1]),
    "only the proof of the sum": edit(2, proofs=lambda p: p[-1:]),
    "one hall less": edit(2, ciphertexts=lambda c: c[:-1], proofs=lambda p: (*p[:-2], p[-1])),
    "one hall more": edit(2, ciphertexts=lambda c: (*c, c[0]), proofs=lambda p: (*p[:-1], p[0], p[-1])),
    "without the blank": edit(1, ciphertexts=lambda c: c[:-1], proofs=lambda p: (*p[:-2], p[-1])),
}


def _arrays(answer: Answer) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    return answer.ciphertexts, answer.proofs


@pytest.mark.parametrize("name", EDITS)
def test_refused_by_the_box(hostile_polls: Polls, name: str) -> None:
    ballot = hostile_polls.ballot
    honest = ballot.vote(1, HONEST)
    answers = EDITS[name](answers_of(honest))
    evil = resigned(ballot.election, honest, ballot.credential(1), Draws(name), answers)
    assert hostile_polls.refusal(evil) == "V9"


@pytest.mark.parametrize("left", [[0], [1], [2], [0, 1], [0, 2], [1, 2]])
def test_fewer_answers_than_questions(hostile_polls: Polls, left: list[int]) -> None:
    """A ballot that is honest in itself, but answers only some of the questions that its unit has [07.7]."""
    assert hostile_polls.refusal(hostile_polls.ballot.vote(1, [HONEST[q] for q in left])) == "V9"


def test_found_on_the_board(rich: SmallBallot, forge: Forge) -> None:
    """The server puts them there as ballots of one who never voted. V9 names each; none of them counts."""
    forgery, random = forge(rich), Draws("board")
    honest = rich.vote(1, [(0, [0]), (1, [0])], prev=bytes(32))
    names = [name for name, change in EDITS.items() if "hall" not in name and "the sum" not in name]
    names = [
        name
        for name in names
        if name not in ("a question far away", "answers exchanged", "questions exchanged")
    ]
    for name in names:
        answers = EDITS[name](answers_of(honest))
        evil = resigned(rich.election, honest, rich.credential(1), random, answers)
        forgery.entries.insert(1, line(evil))
    forgery.retally()
    report = assert_stopped(forgery, "V9", where="entry 1 ")
    assert len(report.findings) == len(names) > 10
