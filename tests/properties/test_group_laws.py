"""Group laws, round trips, and the many-at-once operations against one-at-a-time ones."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.group import (
    GENERATOR,
    Element,
    FixedBase,
    L,
    PointDecodeError,
    Points,
    Scalar,
    ScalarDecodeError,
    base_mul,
    compress_many,
)

EDGES = st.sampled_from([0, 1, 2, 2**128 - 1, 2**128, L // 2, L - 2, L - 1])
integers = st.one_of(EDGES, st.integers(0, L - 1))
scalars = integers.map(Scalar.from_int)
elements = st.one_of(
    st.sampled_from([Element.identity(), GENERATOR, -GENERATOR]),
    st.integers(0, 2**64).map(
        lambda seed: Element.from_uniform_bytes(hashlib.sha512(seed.to_bytes(9, "big")).digest())
    ),
)


@given(elements, elements, elements)
def test_addition_is_an_abelian_group(p: Element, q: Element, r: Element) -> None:
    """[01.1]"""
    assert (p + q) + r == p + (q + r)
    assert p + q == q + p
    assert p + Element.identity() == p
    assert p - q == p + -q
    assert (p - p).is_identity()


@given(elements, scalars, scalars)
def test_scalars_distribute(p: Element, s: Scalar, t: Scalar) -> None:
    """[01.1]"""
    assert (s + t) * p == s * p + t * p
    assert (s * t) * p == s * (t * p)
    assert (-s) * p == -(s * p)
    assert Scalar.zero() * p == Element.identity()
    assert Scalar.one() * p == p
    assert (Scalar.from_int(L - 1) + Scalar.one()).is_zero()


@given(integers, integers)
def test_scalars_are_integers_modulo_the_order(m: int, n: int) -> None:
    """[01.1] [01.4]"""
    s, t = Scalar.from_int(m), Scalar.from_int(n)
    assert (s + t).to_int() == (m + n) % L
    assert (s - t).to_int() == (m - n) % L
    assert (s * t).to_int() == m * n % L
    assert (-s).to_int() == -m % L
    assert (s == t) == (m == n)
    if m:
        assert s.invert().to_int() == pow(m, -1, L)


@given(st.binary(min_size=64, max_size=64))
def test_wide_bytes_are_reduced(data: bytes) -> None:
    """[01.5]"""
    assert Scalar.from_wide_bytes(data).to_int() == int.from_bytes(data, "little") % L


@given(elements)
def test_an_element_has_one_encoding(p: Element) -> None:
    """[01.3]"""
    encoded = p.to_bytes()
    assert Element.from_canonical_bytes(encoded).to_bytes() == encoded
    assert Element.from_canonical_bytes(encoded) == p
    assert hash(Element.from_canonical_bytes(encoded)) == hash(p)


@given(integers)
def test_a_scalar_has_one_encoding(n: int) -> None:
    """[01.4] Every other representative that fits 32 bytes is refused (CVE-2024-48949 and its kind)."""
    encoded = n.to_bytes(32, "little")
    assert Scalar.from_canonical_bytes(encoded).to_bytes() == encoded
    for representative in range(n + L, 2**256, L):
        with pytest.raises(ValueError, match="not below the group order"):
            Scalar.from_canonical_bytes(representative.to_bytes(32, "little"))


@given(scalars, elements)
def test_the_ways_to_multiply_agree(s: Scalar, p: Element) -> None:
    """[01.8] Precomputed tables change the time taken, not the product."""
    assert FixedBase(p).mul(s) == s * p
    assert base_mul(s) == s * GENERATOR
    assert Points.from_elements([p]).msm_vartime(s.to_bytes()) == s * p


@given(st.lists(st.tuples(integers, elements), max_size=12))
def test_a_multiscalar_product_is_the_sum_of_products(terms: list[tuple[int, Element]]) -> None:
    points = Points.from_canonical_bytes(compress_many([p for _, p in terms]))
    product = points.msm_vartime(b"".join(n.to_bytes(32, "little") for n, _ in terms))
    expected = Element.identity()
    for n, p in terms:
        expected = expected + Scalar.from_int(n) * p
    assert product == expected


@pytest.mark.parametrize("count", [189, 191, 500, 801])
def test_large_multiscalar_products(count: int) -> None:
    """Each size class of the algorithm beneath (it changes at 190, 500, 800), short scalars mixed in."""
    values = [int.from_bytes(hashlib.sha512(b"value %d" % i).digest(), "little") % L for i in range(count)]
    weights = [v % 2**128 if i % 5 < 3 else v for i, v in enumerate(reversed(values))]
    points = Points.from_elements([base_mul(Scalar.from_int(v)) for v in values])
    total = sum(v * w for v, w in zip(values, weights, strict=True)) % L
    assert points.msm_vartime(b"".join(w.to_bytes(32, "little") for w in weights)) == base_mul(
        Scalar.from_int(total)
    )


@given(st.lists(elements, max_size=12), st.integers(0, 13), st.integers(1, 5))
def test_strided_sums(row: list[Element], start: int, step: int) -> None:
    """sum_stride(start, step) is the sum of row[start::step]."""
    expected = Element.identity()
    for p in row[start::step]:
        expected = expected + p
    points = Points.from_elements(row)
    assert points.sum_stride(start, step) == expected
    assert points.sum() == points.sum_stride(0, 1)


@given(st.lists(elements, min_size=1, max_size=6), st.data())
def test_bad_rows_are_named(row: list[Element], data: st.DataObject) -> None:
    """[01.3] [01.4] [01.6] The first bad row is named, in elements and in scalars."""
    at = data.draw(st.integers(0, len(row) - 1))
    good = [p.to_bytes() for p in row]
    broken = b"".join([*good[:at], b"\xff" * 32, *good[at + 1 :]])
    with pytest.raises(PointDecodeError) as bad_point:
        Points.from_canonical_bytes(broken)
    assert bad_point.value.index == at
    with pytest.raises(ScalarDecodeError) as bad_scalar:
        Points.from_elements(row).msm_vartime(bytes(32 * at) + L.to_bytes(32, "little") * (len(row) - at))
    assert bad_scalar.value.index == at
    zero = bytes(32)
    first = next((i for i, encoded in enumerate([*good, zero]) if encoded == zero))
    assert len(Points.from_canonical_bytes(b"".join([*good, zero]))) == len(row) + 1
    with pytest.raises(PointDecodeError, match="identity") as identity:
        Points.from_canonical_bytes(b"".join([*good, zero]), refuse_identity=True)
    assert identity.value.index == first
