"""Attacker: a voter. Wish: to simulate every branch of a proof, none being true, by splitting the
challenge as it suits; or to change a part of a proof that another check leaves alone.

Stopped by: the last challenge is not carried but computed as what remains of the hash [05.4], so there is no
split that could go unchecked: V11.
"""

from __future__ import annotations

import pytest

from quorate.crypto.ballot import Answer, AnswerLike
from quorate.group import Element, Scalar, base_mul
from support.ballots import Draws
from support.crafted import craft, resigned, simulate
from support.polls import HONEST, Polls


@pytest.mark.parametrize("values", [(0,), (1,), (2,), (2**32,)])
def test_all_branches_simulated(hostile_polls: Polls, values: tuple[int, ...]) -> None:
    """Even where the claim is true: a simulation is no proof."""
    ballot, random = hostile_polls.ballot, Draws(f"simulate {values}")
    answers = [(0, values), (1, (0, 0, 0, 1)), (2, (0, 0, 0))]
    evil = craft(ballot.election, ballot.credential(1), bytes(32), answers, random, prove=simulate)
    assert hostile_polls.refusal(evil) == "V11"


def nudge(field: bytes, point: bool) -> bytes:
    """The next point or scalar."""
    if point:
        return (Element.from_canonical_bytes(field) + base_mul(Scalar.one())).to_bytes()
    return (Scalar.from_canonical_bytes(field) + Scalar.one()).to_bytes()


@pytest.mark.parametrize("question", [0, 1, 2])
def test_one_field_of_a_proof_changed(hostile_polls: Polls, question: int) -> None:
    """Only a commitment, only a challenge, only a response: each of the fields of each kind of proof."""
    ballot, random = hostile_polls.ballot, Draws(f"field {question}")
    honest, me = ballot.vote(1, HONEST), ballot.credential(1)
    shape = ballot.election.encodings[question].proofs[-1]
    proof = honest.answers[question].proofs[-1]
    for i in range(len(proof) // 32):
        changed = nudge(proof[32 * i : 32 * i + 32], point=i < 2 * len(shape.values))
        answers = [Answer(a.question, a.ciphertexts, a.proofs) for a in honest.answers]
        old = answers[question]
        proofs = (*old.proofs[:-1], proof[: 32 * i] + changed + proof[32 * i + 32 :])
        answers[question] = Answer(question, old.ciphertexts, proofs)
        assert hostile_polls.refusal(resigned(ballot.election, honest, me, random, answers)) == "V11"


def test_two_challenges_moved_against_each_other(hostile_polls: Polls) -> None:
    """c_0 + 1 and c_1 - 1: their sum stays, each equation falls."""
    ballot, random = hostile_polls.ballot, Draws("moved")
    honest = ballot.vote(1, HONEST)
    proof = honest.answers[0].proofs[0]
    one = Scalar.one()
    c_0 = Scalar.from_canonical_bytes(proof[192:224]) + one
    c_1 = Scalar.from_canonical_bytes(proof[224:256]) - one
    changed = proof[:192] + c_0.to_bytes() + c_1.to_bytes() + proof[256:]
    first = Answer(0, honest.answers[0].ciphertexts, (changed,))
    answers: list[AnswerLike] = [first, *honest.answers[1:]]
    assert (
        hostile_polls.refusal(resigned(ballot.election, honest, ballot.credential(1), random, answers))
        == "V11"
    )
