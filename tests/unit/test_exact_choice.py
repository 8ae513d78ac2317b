"""Choose exactly k of n: a list of one value, the shortest proof there is; and what no statement may be."""

from __future__ import annotations

import os

import pytest

from quorate.crypto import value_set
from quorate.crypto.ballot import NO_PREVIOUS, Election
from quorate.crypto.batch import BatchVerifier
from quorate.crypto.credential import Credential
from quorate.crypto.encoding import Encoding
from quorate.crypto.value_set import Shape
from quorate.group import FixedBase, Scalar, base_mul
from support.ballots import Draws
from support.crafted import craft

RANDOM = Draws("exact")
EXACTLY_TWO = Encoding(3, False, 2, 2)
KEY = base_mul(Scalar.from_wide_bytes(RANDOM(64)))
ELECTION = Election(RANDOM(32), FixedBase(KEY), KEY.to_bytes(), (EXACTLY_TWO,))
SECRET = Scalar.from_wide_bytes(RANDOM(64))
VOTER = Credential(SECRET, base_mul(SECRET).to_bytes())


def faults(values: list[int]) -> list[str]:
    ballot = craft(ELECTION, VOTER, NO_PREVIOUS, [(0, values)], RANDOM)
    verifier = BatchVerifier(ELECTION.phi, ELECTION.key_bytes, ELECTION.encodings)
    return [fault.kind for fault in verifier.verify([ballot], os.urandom).faults]


def test_the_list_has_one_value() -> None:
    """[05.1] [05.9] `min = max` without blank: V = {2}. With blank there are two."""
    *bits, joint = EXACTLY_TWO.proofs
    assert bits == [Shape((1, 0, 0), (0, 1)), Shape((0, 1, 0), (0, 1)), Shape((0, 0, 1), (0, 1))]
    assert joint == Shape((1, 1, 1), (2,))
    assert Encoding(3, True, 2, 2).proofs[-1] == Shape((1, 1, 1, 4), (2, 4))


def test_its_proof_is_two_commitments_and_a_response() -> None:
    """[05.2] X_0 Z_0 z_0: no challenge is carried."""
    ballot = craft(ELECTION, VOTER, NO_PREVIOUS, [(0, [1, 0, 1])], RANDOM)
    *bits, joint = ballot.answers[0].proofs
    assert [len(proof) for proof in bits] == [32 * 7] * 3
    assert len(joint) == EXACTLY_TWO.proofs[-1].proof_bytes == 96


@pytest.mark.parametrize("values", [[1, 1, 0], [1, 0, 1], [0, 1, 1]])
def test_two_chosen_are_taken(values: list[int]) -> None:
    """[05.9] [05.4]"""
    assert faults(values) == []


@pytest.mark.parametrize("values", [[0, 0, 0], [1, 0, 0], [1, 1, 1], [2, 0, 0], [3, -1, 0]])
def test_others_are_not(values: list[int]) -> None:
    """[05.9] [05.4] One or three, or two that are not of 0 and 1."""
    assert faults(values) == ["proof"]


@pytest.mark.parametrize(
    ("weights", "values"),
    [((1,), ()), ((1,), (0, 0)), ((1,), (-1, 0)), ((), (0, 1)), ((0, 0), (0, 1)), ((1, -1), (0, 1))],
)
def test_what_is_no_statement(weights: tuple[int, ...], values: tuple[int, ...]) -> None:
    """[05.1]"""
    with pytest.raises(ValueError, match="integers of 0 or more"):
        Shape(weights, values)


@pytest.mark.parametrize(
    ("options", "blank", "least", "most"),
    [
        (3, False, 2, 1),
        (3, False, 0, 0),
        (3, True, 0, 0),
        (3, False, 1, 4),
        (3, False, -1, 2),
        (1, False, 1, 1),
    ],
)
def test_questions_that_cannot_be_asked(options: int, blank: bool, least: int, most: int) -> None:
    """[05.9] [05.10] 0 <= min <= max <= k, max >= 1, and two outcomes at least."""
    with pytest.raises(ValueError, match="fit the options|two outcomes"):
        Encoding(options, blank, least, most)
    with pytest.raises(ValueError, match="neither"):
        Encoding(3, False, 1, None)
    with pytest.raises(ValueError, match="1,000"):
        Encoding(1001, False)


def test_a_nonce_of_zero_is_not_used() -> None:
    """[07.11] Its commitments would be the identity; the voter's program draws again."""
    shape = Shape((1,), (2,))
    with pytest.raises(ValueError, match="nonce is zero"):
        value_set.prove(
            shape, (b"",) * 6, 0, 0, [], FixedBase(KEY), 2, Scalar.one(), value_set.Nonces(Scalar.zero(), ())
        )
