"""The credential list in memory: rows are found, and damage is named by its line ([07.4], [07.5])."""

from __future__ import annotations

import hashlib
from array import array
from functools import cache

import pytest

from quorate.group import Scalar, base_mul
from quorate.record.canonical import RecordError
from quorate.record.credentials import CredentialIndex, credential_lines, list_event, list_root


@cache
def keys(count: int) -> tuple[bytes, ...]:
    return tuple(base_mul(Scalar.from_int(secret)).to_bytes() for secret in range(1, count + 1))


def lines(count: int) -> list[bytes]:
    return credential_lines((key, place % 7) for place, key in enumerate(keys(count)))


def test_every_row_is_found_and_nothing_else() -> None:
    index = CredentialIndex.parse(lines(300))
    assert len(index) == 300
    for place, key in enumerate(keys(300)):
        row = index.find(key)
        assert row is not None
        assert (index.key(row), index.unit(row)) == (key, place % 7)
        assert key in index
        assert index.find(key[:31] + bytes([key[31] ^ 1])) is None
        assert index.find(key[:31]) is None
        assert index.find(key + b"\0") is None
    assert bytes(32) not in index
    assert "text" not in index
    assert b"\xff" * 32 not in index
    assert index.unit_counts() == {unit: len(range(unit, 300, 7)) for unit in range(7)}


def test_rows_are_in_the_order_of_their_keys() -> None:
    index = CredentialIndex.parse(lines(50))
    assert [index.key(row) for row in range(50)] == sorted(keys(50))


def test_keys_with_a_common_beginning_are_told_apart() -> None:
    """The search goes by eight bytes and must then look at all 32; real keys never collide there."""
    twins = sorted(b"\x07" * 8 + hashlib.sha256(bytes([n])).digest()[:24] for n in range(9))
    rows = sorted([*twins, b"\x06" * 32, b"\x08" * 32])
    index = CredentialIndex(b"".join(rows), array("I", range(11)), b"")
    assert [index.find(key) for key in rows] == list(range(11))
    assert index.find(b"\x07" * 32) is None
    assert index.find(b"\x07" * 8 + b"\xff" * 24) is None


@pytest.mark.parametrize("row", [-1, 3])
def test_rows_outside_the_list(row: int) -> None:
    index = CredentialIndex.parse(lines(3))
    with pytest.raises(IndexError, match=f"no row {row}"):
        index.key(row)
    with pytest.raises(IndexError, match=f"no row {row}"):
        index.unit(row)


def test_an_empty_list_is_an_index_without_rows() -> None:
    index = CredentialIndex.parse([])
    assert len(index) == 0
    assert index.find(keys(1)[0]) is None
    assert index.root == hashlib.sha256(b"").digest()


def test_the_root_is_that_of_the_lines() -> None:
    """[07.5] RFC 9162 by hand for three lines."""
    first, second, third = (hashlib.sha256(b"\0" + line).digest() for line in lines(3))
    inner = hashlib.sha256(b"\1" + first + second).digest()
    expected = hashlib.sha256(b"\1" + inner + third).digest()
    assert CredentialIndex.parse(lines(3)).root == list_root(lines(3)) == expected


def test_the_event_of_the_list() -> None:
    """[07.6]"""
    assert list_event(3, bytes(32)) == (
        b'{"count":3,"root":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=","type":"credential-list"}'
    )


def test_faults_beyond_the_first_chunk_name_their_line() -> None:
    """Elements are decoded 4,096 at a time; the line is counted over all of them."""
    good = lines(4100)
    rows = [(key, 0) for key in keys(4100)] + [(b"\xff" * 32, 0)]
    with pytest.raises(RecordError, match=r"credentials.txt line 4101: the credential is not a canonical"):
        CredentialIndex.parse(credential_lines(rows))
    assert len(CredentialIndex.parse(good)) == 4100


def test_the_file_is_named() -> None:
    with pytest.raises(RecordError, match="^roll-2 line 1: a line is a credential"):
        CredentialIndex.parse([b""], where="roll-2")


@pytest.mark.parametrize("row", [(b"short", 0), (bytes(32), -1), (bytes(32), 2**32)])
def test_rows_that_cannot_be_written(row: tuple[bytes, int]) -> None:
    with pytest.raises(ValueError, match="32 bytes of credential and a unit"):
        credential_lines([row])
