"""The one proof engine, for any weights and values [05.1] to [05.5]: complete, and no help to a false
statement.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.crypto import value_set
from quorate.crypto.elgamal import Ciphertext, encrypt
from quorate.crypto.transcript import SUITE
from quorate.crypto.value_set import Nonces, ProofError, Shape
from quorate.group import FixedBase, L, Scalar, base_mul
from support.ballots import Draws
from support.crafted import scalar

RANDOM = Draws("value set")
KEY = FixedBase(base_mul(scalar(RANDOM)))
ABOUT = (SUITE, RANDOM(32), KEY.to_bytes(), RANDOM(32), bytes(32), RANDOM(64))

weights = st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any)
plain = st.integers(0, 9)


@st.composite
def statements(draw: st.DrawFn) -> tuple[Shape, list[int]]:
    """A shape, and plaintexts whose weighted sum is one of its values."""
    w = tuple(draw(weights))
    values = [draw(plain) for _ in w]
    true = sum(a * b for a, b in zip(w, values, strict=True))
    others = draw(
        st.lists(st.integers(0, 2**40), max_size=3, unique=True).filter(lambda found: true not in found)
    )
    place = draw(st.integers(0, len(others)))
    return Shape(w, (*others[:place], true, *others[place:])), values


def prove(shape: Shape, values: list[int], claimed: int | None = None) -> tuple[list[Ciphertext], bytes]:
    rs = [scalar(RANDOM) for _ in values]
    ciphertexts = [encrypt(KEY, value, r) for value, r in zip(values, rs, strict=True)]
    r = Scalar.zero()
    for weight, part in zip(shape.weights, rs, strict=True):
        r = r + Scalar.from_int(weight) * part
    true = sum(a * b for a, b in zip(shape.weights, values, strict=True))
    nonces = Nonces(scalar(RANDOM), tuple((scalar(RANDOM), scalar(RANDOM)) for _ in shape.values[1:]))
    value = true if claimed is None else claimed
    return ciphertexts, value_set.prove(shape, ABOUT, 1, 2, ciphertexts, KEY, value, r, nonces)


@given(statements())
def test_a_true_statement_is_proved(made: tuple[Shape, list[int]]) -> None:
    shape, values = made
    ciphertexts, proof = prove(shape, values)
    assert len(proof) == shape.proof_bytes == 32 * (4 * len(shape.values) - 1)
    value_set.verify(shape, ABOUT, 1, 2, ciphertexts, KEY, proof)


@given(statements(), st.integers(0, 2**40))
def test_a_false_value_is_not(made: tuple[Shape, list[int]], other: int) -> None:
    """The prover claims a value of the list that is not the true one."""
    shape, values = made
    true = sum(a * b for a, b in zip(shape.weights, values, strict=True))
    for claimed in shape.values:
        if claimed != true:
            ciphertexts, proof = prove(shape, values, claimed)
            with pytest.raises(ProofError):
                value_set.verify(shape, ABOUT, 1, 2, ciphertexts, KEY, proof)
    if other not in shape.values:
        with pytest.raises(ValueError, match="not in"):
            prove(shape, values, other)


@given(statements(), st.data())
def test_a_proof_is_for_its_shape_only(made: tuple[Shape, list[int]], draw: st.DataObject) -> None:
    """Other weights or values of the same number, even if they would be true as well."""
    shape, values = made
    ciphertexts, proof = prove(shape, values)
    turned = draw.draw(st.permutations(shape.values))
    heavier = tuple(weight + draw.draw(st.integers(0, 2)) for weight in shape.weights)
    for other in (Shape(shape.weights, tuple(turned)), Shape(heavier, shape.values)):
        if other != shape:
            with pytest.raises(ProofError):
                value_set.verify(other, ABOUT, 1, 2, ciphertexts, KEY, proof)


@settings(max_examples=30)
@given(statements())
def test_proofs_of_two_values_look_alike(made: tuple[Shape, list[int]]) -> None:
    """Length and form do not depend on which branch is true; two proofs of one statement share nothing."""
    shape, values = made
    (_, one), (_, two) = prove(shape, values), prove(shape, values)
    assert len(one) == len(two)
    first = {one[i : i + 32] for i in range(0, len(one), 32)}
    assert not first & {two[i : i + 32] for i in range(0, len(two), 32)}
    assert len(first) == len(one) // 32


@given(st.integers(1, L - 1), st.integers(0, 50), st.integers(0, 50))
def test_ciphertexts_add(seed: int, one: int, other: int) -> None:
    """[04.1], [04.2]"""
    r, s = Scalar.from_int(seed), scalar(RANDOM)
    assert encrypt(KEY, one, r) + encrypt(KEY, other, s) == encrypt(KEY, one + other, r + s)
    assert encrypt(KEY, one, r) - encrypt(KEY, one, r) == Ciphertext.zero()
    weighted = value_set.combine((3, 0), [encrypt(KEY, one, r), encrypt(KEY, other, s)])
    assert weighted == encrypt(KEY, 3 * one, Scalar.from_int(3) * r)


def test_secrets_do_not_show() -> None:
    nonces = Nonces(Scalar.from_int(12345), ())
    assert "12345" not in repr(nonces)
    assert repr(nonces) == "Nonces(...)"
