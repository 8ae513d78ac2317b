"""Exponential ElGamal, document 04."""

from __future__ import annotations

import pytest

from quorate.crypto.elgamal import CIPHERTEXT_BYTES, Ciphertext, encrypt
from quorate.group import Element, FixedBase, Scalar, base_mul
from support.ballots import Draws

RANDOM = Draws("elgamal")
SECRET = Scalar.from_wide_bytes(RANDOM(64))
KEY = FixedBase(base_mul(SECRET))


def opened(ciphertext: Ciphertext) -> Element:
    return ciphertext.b - SECRET * ciphertext.a


def point(value: int) -> Element:
    return base_mul(Scalar.from_int(value))


@pytest.mark.parametrize("value", [0, 1, 2**32, 2**53 - 1])
def test_a_ciphertext_is_two_elements(value: int) -> None:
    """[04.1] (rG, rY + vG), 64 bytes, A first."""
    r = Scalar.from_wide_bytes(RANDOM(64))
    ciphertext = encrypt(KEY, value, r)
    assert ciphertext.a == base_mul(r)
    assert ciphertext.b == r * KEY + point(value)
    encoded = ciphertext.to_bytes()
    assert encoded == base_mul(r).to_bytes() + (r * KEY + point(value)).to_bytes()
    assert len(encoded) == CIPHERTEXT_BYTES == 64
    assert Ciphertext.from_canonical_bytes(encoded) == ciphertext


def test_sums_hold_sums() -> None:
    """[04.2]"""
    values = [0, 1, 1, 2**32, 5]
    total = Ciphertext.zero()
    for value in values:
        total = total + encrypt(KEY, value, Scalar.from_wide_bytes(RANDOM(64)))
    assert opened(total) == point(sum(values))
    less = total - encrypt(KEY, 5, Scalar.from_wide_bytes(RANDOM(64)))
    assert opened(less) == point(sum(values) - 5)


def test_the_identity_is_not_transmitted() -> None:
    """[04.3] Neither half may be the identity, and no program makes such a one; a sum may hold it."""
    with pytest.raises(ValueError, match="zero"):
        encrypt(KEY, 1, Scalar.zero())
    good, identity = encrypt(KEY, 1, Scalar.one()).to_bytes(), bytes(32)
    for bad in (identity + good[32:], good[:32] + identity):
        with pytest.raises(ValueError, match="identity"):
            Ciphertext.from_canonical_bytes(bad)
    r = Scalar.from_wide_bytes(RANDOM(64))
    cancelled = encrypt(KEY, 3, r) + encrypt(KEY, 4, -r)
    assert cancelled.a.is_identity()
    assert cancelled.b == point(7)
