"""What the check symbol catches [07.2], and that a credential is HKDF as everyone else computes it [07.3]."""

from __future__ import annotations

import contextlib

import pytest
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.crypto.credential import ALPHABET, CodeError, derive, make_code, parse_code
from quorate.group import Scalar, base_mul

FRESH = st.binary(min_size=15, max_size=15)


def refused(text: str) -> bool:
    try:
        parse_code(text)
    except CodeError:
        return True
    return False


@given(fresh=FRESH)
@settings(max_examples=10)
def test_every_single_wrong_symbol_is_caught(fresh: bytes) -> None:
    """[07.2] All 24 places, all 31 other symbols."""
    symbols = parse_code(make_code(fresh))
    for place in range(24):
        for other in ALPHABET:
            if other != symbols[place]:
                assert refused(symbols[:place] + other + symbols[place + 1 :])


@given(fresh=FRESH)
@settings(max_examples=20)
def test_every_swap_of_two_different_symbols_is_caught(fresh: bytes) -> None:
    """[07.2] All 276 pairs of places; a swap of equal symbols changes nothing."""
    symbols = parse_code(make_code(fresh))
    for first in range(24):
        for second in range(first + 1, 24):
            typed = list(symbols)
            typed[first], typed[second] = typed[second], typed[first]
            assert refused("".join(typed)) == (symbols[first] != symbols[second])


@given(fresh=FRESH, data=st.data())
def test_a_code_is_read_however_it_is_typed(fresh: bytes, data: st.DataObject) -> None:
    """[07.1] Case, O for 0, I and L for 1, and separators anywhere make no difference."""
    code = make_code(fresh)
    typed = ""
    for symbol in code.replace("-", ""):
        ways = {"0": "0Oo", "1": "1IiLl"}.get(symbol, symbol + symbol.lower())
        typed += data.draw(st.sampled_from(ways)) + data.draw(st.sampled_from(["", "", "", "-", " ", " - "]))
    assert parse_code(typed) == code.replace("-", "")


@given(text=st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Fuzz: nothing but CodeError comes out, or symbols that are their own canonical form."""
    with contextlib.suppress(CodeError):
        symbols = parse_code(text)
        assert len(symbols) == 24
        assert parse_code(symbols) == symbols


@given(fresh=FRESH, other=FRESH)
def test_codes_differ_unless_their_random_bits_are_the_same(fresh: bytes, other: bytes) -> None:
    """[07.2] 23 symbols are the first 115 random bits, one to one."""
    same = int.from_bytes(fresh, "big") >> 5 == int.from_bytes(other, "big") >> 5
    assert (make_code(fresh) == make_code(other)) == same


@given(fresh=FRESH, ballot_id=st.binary(min_size=32, max_size=32))
def test_derivation_equals_hkdf_of_another_library(fresh: bytes, ballot_id: bytes) -> None:
    """[07.3]"""
    symbols = parse_code(make_code(fresh))
    wide = HKDF(algorithm=SHA512(), length=64, salt=ballot_id, info=b"quorate/1 credential").derive(
        symbols[:23].encode()
    )
    expected = Scalar.from_wide_bytes(wide)
    credential = derive(symbols, ballot_id)
    assert credential.secret == expected
    assert credential.public == base_mul(expected).to_bytes()


@pytest.mark.parametrize("length", [0, 14, 16])
def test_other_amounts_of_randomness_are_refused(length: int) -> None:
    with pytest.raises(ValueError, match="15 random bytes"):
        make_code(bytes(length))
