"""Counting: groups, sums, totals and counts, against plain arithmetic (docs/protocol/09-tally.md)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.crypto import decryption
from quorate.crypto.elgamal import Ciphertext, encrypt
from quorate.crypto.encoding import SHIFT, Encoding
from quorate.crypto.tally import TallyError, find_totals, partition
from quorate.group import FixedBase, L, Scalar, base_mul
from support.ballots import Draws
from support.crafted import scalar

ENCODINGS = (
    Encoding(2, blank=False),
    Encoding(2, blank=True),
    Encoding(3, blank=False),
    Encoding(4, blank=False),
    Encoding(4, blank=True),
    Encoding(3, blank=False, minimum=0, maximum=2),
    Encoding(3, blank=True, minimum=1, maximum=2),
    Encoding(2, blank=True, minimum=2, maximum=2),
)
RANDOM = Draws("laws")
KEY = FixedBase(base_mul(scalar(RANDOM)))


def choices(encoding: Encoding) -> list[tuple[int, ...]]:
    found = []
    for size in range(encoding.outcomes + 1):
        for chosen in itertools.combinations(range(encoding.outcomes), size):
            try:
                encoding.plaintexts(chosen)
            except ValueError:
                continue
            found.append(chosen)
    return found


def add_up(encoding: Encoding, votes: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The totals by adding integers, and the counts by counting."""
    plain = [encoding.plaintexts(vote) for vote in votes]
    totals = tuple(sum(column) for column in zip(*plain, strict=True)) if plain else (0,) * encoding.places
    counts = tuple(sum(outcome in vote for vote in votes) for outcome in range(encoding.outcomes))
    return totals, counts


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_counts_are_those_of_the_votes(encoding: Encoding) -> None:
    """[09.6], [09.7]: all lists of up to four votes."""
    allowed = choices(encoding)
    for n in range(5 if len(allowed) < 5 else 4):
        for votes in itertools.combinations_with_replacement(allowed, n):
            totals, counts = add_up(encoding, votes)
            assert encoding.counts(totals, n) == counts
            assert tuple(encoding.total(counts, place) for place in range(encoding.places)) == totals


@pytest.mark.parametrize("encoding", ENCODINGS, ids=str)
def test_counts_that_no_votes_give_are_refused(encoding: Encoding) -> None:
    """Every small total: accepted exactly where a list of votes has the same counts in every outcome's
    sum.
    """
    n, allowed = 2, choices(encoding)
    possible = {add_up(encoding, votes)[0] for votes in itertools.combinations_with_replacement(allowed, n)}
    steps = [a + b * SHIFT for a in range(n + 2) for b in range(n + 2)]
    three = encoding.single and encoding.outcomes == 3
    for totals in itertools.product(steps if three else range(n + 2), repeat=encoding.places):
        if totals in possible:
            encoding.counts(totals, n)
        elif encoding.single:
            with pytest.raises(ValueError, match="total"):
                encoding.counts(totals, n)
    for wrong in ((), (0,) * (encoding.places + 1), (n + 1,) * encoding.places):
        with pytest.raises(ValueError, match="total"):
            encoding.counts(wrong, n)


def test_totals_are_found_for_every_small_result() -> None:
    """[09.6] Exhaustive: all pairs of first and second up to eight ballots; each total of one place."""
    three, two = ENCODINGS[1], ENCODINGS[0]
    for first in range(9):
        assert find_totals(two, [base_mul(Scalar.from_int(first))], 8) == (first,)
        for second in range(9 - first):
            total = first + second * SHIFT
            assert find_totals(three, [base_mul(Scalar.from_int(total))], 8) == (total,)
            if first + second:
                with pytest.raises(TallyError):
                    find_totals(three, [base_mul(Scalar.from_int(total))], first + second - 1)


@pytest.mark.parametrize("value", [-1, 9, L - 8, SHIFT // 2, 9 * SHIFT, SHIFT - 1, -SHIFT])
def test_points_that_are_no_total_are_not_found(value: int) -> None:
    point = base_mul(Scalar.from_int(value % L))
    for encoding in ENCODINGS[:2]:
        with pytest.raises(TallyError):
            find_totals(encoding, [point], 8)


@given(st.lists(st.sampled_from([(0,), (1,), (2,)]), min_size=1, max_size=12))
def test_a_sum_of_ciphertexts_decrypts_to_the_sum(votes: list[tuple[int, ...]]) -> None:
    """[04.2], [09.5]: whichever tellers take part."""
    encoding = ENCODINGS[1]
    secret, slope = scalar(RANDOM), scalar(RANDOM)
    key = FixedBase(base_mul(secret))
    total = Ciphertext.zero()
    for vote in votes:
        total = total + encrypt(key, encoding.plaintexts(vote)[0], scalar(RANDOM))
    partials = {j: (secret + Scalar.from_int(j) * slope) * total.a for j in (1, 2, 3)}
    for tellers in itertools.combinations(partials, 2):
        message = decryption.combine(total.b, {j: partials[j] for j in tellers})
        found = find_totals(encoding, [message], len(votes))
        assert encoding.counts(found, len(votes)) == add_up(encoding, votes)[1]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=9), st.integers(2, 12))
def test_groups(counted: list[int], limit: int) -> None:
    """[09.2]"""
    groups = partition(counted, limit)
    if groups is None:
        assert 0 < sum(counted) < limit
        return
    assert sum(counted) == 0 or sum(counted) >= limit
    assert sorted(itertools.chain.from_iterable(groups)) == list(range(len(counted)))
    sums = [sum(counted[unit] for unit in group) for group in groups]
    assert all(total == 0 or total >= limit for total in sums)
    assert list(groups) == sorted(groups)
    assert all(list(group) == sorted(group) for group in groups)
    joined = [group for group in groups if len(group) > 1]
    assert len(joined) <= 1, "all small units are in one pool"
    for group in joined:
        small = [unit for unit in group if counted[unit] < limit]
        large = [unit for unit in group if counted[unit] >= limit]
        assert all(counted[unit] for unit in group)
        if (
            large
        ):  # a pool too small for itself is with the smallest unit that has enough, the lowest of equals
            host = min((n, unit) for unit, n in enumerate(counted) if n >= limit)[1]
            assert large == [host]
            assert sum(counted[unit] for unit in small) < limit
        else:
            assert sum(counted[unit] for unit in small) >= limit
    alone = {group[0] for group in groups if len(group) == 1}
    assert all(counted[unit] == 0 or counted[unit] >= limit for unit in alone)


@given(st.sets(st.integers(1, 255), min_size=1, max_size=6), st.data())
def test_lagrange(indices: set[int], draw: st.DataObject) -> None:
    """[09.5] The value at zero of any polynomial of that degree."""
    coefficients = draw.draw(st.lists(st.integers(0, L - 1), min_size=len(indices), max_size=len(indices)))
    weights = decryption.lagrange_at_zero(indices)
    values = {j: sum(a * j**k for k, a in enumerate(coefficients)) % L for j in indices}
    assert sum(weights[j].to_int() * value for j, value in values.items()) % L == coefficients[0]


@pytest.mark.parametrize("indices", [[], [0], [1, 1], [256], [-1], [L], [1, L + 1], [0, 1]])
def test_indices_that_are_none(indices: list[int]) -> None:
    with pytest.raises(ValueError, match="ind"):
        decryption.lagrange_at_zero(indices)
