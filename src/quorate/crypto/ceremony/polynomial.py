"""Polynomials over the scalars, and in the exponent (Shamir's sharing, Feldman's commitments)."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.group import Element, Scalar


def evaluate(coefficients: Sequence[Scalar], teller: int) -> Scalar:
    """`f(teller) = sum a_k teller^k` by Horner's rule; the coefficients start with the constant one."""
    x = Scalar.from_int(teller)
    total = Scalar.zero()
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def evaluate_committed(commitments: Sequence[Element], teller: int) -> Element:
    """`f(teller) G = sum teller^k A_k` from the public `A_k = a_k G` [06.13]."""
    x = Scalar.from_int(teller)
    total = Element.identity()
    for commitment in reversed(commitments):
        total = x * total + commitment
    return total
