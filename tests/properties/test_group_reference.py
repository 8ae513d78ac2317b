"""The native decoder and encoder against RFC 9496 written out in plain Python integers.

The reference is slow and not constant time; it exists to disagree with the fast one, if they ever differ.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.group import Element

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
SQRT_M1 = pow(2, (P - 1) // 4, P)
VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "ristretto255.json").read_text(encoding="utf-8")
)


def absolute(x: int) -> int:
    """Negative means odd: RFC 9496 section 4.1."""
    return P - x if x & 1 else x


def sqrt_ratio_m1(u: int, v: int) -> tuple[bool, int]:
    """RFC 9496 section 4.2."""
    r = u * pow(v, 3, P) * pow(u * pow(v, 7, P), (P - 5) // 8, P) % P
    check = v * r * r % P
    correct, flipped, flipped_i = check == u % P, check == -u % P, check == -u * SQRT_M1 % P
    if flipped or flipped_i:
        r = r * SQRT_M1 % P
    return correct or flipped, absolute(r)


def decode(data: bytes) -> tuple[int, int]:
    """RFC 9496 section 4.3.1: affine x and y, or ValueError with the reason as the vectors name it."""
    s = int.from_bytes(data, "little")
    if s >= P:
        raise ValueError("non-canonical field element")
    if s & 1:
        raise ValueError("negative field element" if s != P - 1 else "y = 0")
    ss = s * s % P
    u1, u2 = (1 - ss) % P, (1 + ss) % P
    v = (-D * u1 * u1 - u2 * u2) % P
    was_square, root = sqrt_ratio_m1(1, v * u2 * u2 % P)
    dx = root * u2 % P
    dy = root * dx * v % P
    x, y = absolute(2 * s * dx % P), u1 * dy % P
    if not was_square:
        raise ValueError("non-square x^2")
    if x * y % P & 1:
        raise ValueError("negative x * y")
    if y == 0:
        raise ValueError("y = 0")
    return x, y


def encode(x0: int, y0: int) -> bytes:
    """RFC 9496 section 4.3.2, for z0 = 1."""
    t0 = x0 * y0 % P
    u1, u2 = (1 + y0) * (1 - y0) % P, t0
    _, root = sqrt_ratio_m1(1, u1 * u2 * u2 % P)
    den1, den2 = root * u1 % P, root * u2 % P
    z_inv = den1 * den2 * t0 % P
    x, y, den_inv = x0, y0, den2
    if t0 * z_inv % P & 1:
        invsqrt_a_minus_d = sqrt_ratio_m1(1, (-1 - D) % P)[1]
        x, y, den_inv = y0 * SQRT_M1 % P, x0 * SQRT_M1 % P, den1 * invsqrt_a_minus_d % P
    if x * z_inv % P & 1:
        y = -y % P
    return absolute(den_inv * (1 - y) % P).to_bytes(32, "little")


def accepts(data: bytes) -> bool:
    try:
        decode(data)
    except ValueError:
        return False
    return True


candidates = st.one_of(
    st.binary(min_size=32, max_size=32),
    st.integers(0, P // 2).map(lambda half: (2 * half).to_bytes(32, "little")),  # passes the first two checks
    st.integers(-40, 40).map(lambda near: (P + near).to_bytes(32, "little")),
    st.integers(0, 400).map(lambda small: small.to_bytes(32, "little")),
)


@settings(max_examples=400)
@given(candidates)
def test_both_decoders_accept_the_same_bytes(data: bytes) -> None:
    """[01.3]"""
    if accepts(data):
        assert Element.from_canonical_bytes(data).to_bytes() == data == encode(*decode(data))
    else:
        with pytest.raises(ValueError, match="canonical"):
            Element.from_canonical_bytes(data)


@given(st.binary(min_size=64, max_size=64))
def test_both_encoders_agree(seed: bytes) -> None:
    """[01.3] [01.7]"""
    encoded = Element.from_uniform_bytes(seed).to_bytes()
    assert encode(*decode(encoded)) == encoded


def test_each_bad_encoding_is_bad_for_the_reason_its_name_gives() -> None:
    """[01.3] RFC 9496 appendix A.2 groups them; the reference finds the same groups."""
    bad = [case for case in VECTORS["cases"] if case["name"].startswith("A.2")]
    assert len(bad) == 29
    for case in bad:
        with pytest.raises(ValueError, match=f"^{re.escape(case['failure'])}$"):
            decode(bytes.fromhex(case["input"]["bytes"]))
