"""Sealed files: only the right passphrase or key opens them, and no byte of them can be changed."""

from __future__ import annotations

import json

import pytest

from quorate.election.sealed import (
    SealError,
    open_with_key,
    open_with_passphrase,
    seal_with_key,
    seal_with_passphrase,
)

FRESH = bytes(range(44))
KEY = b"\x07" * 32
WORDS = "five plain words in a row"
BY_KEY = seal_with_key("thing", b"content", KEY, FRESH)
BY_WORDS = seal_with_passphrase("thing", b"content", WORDS, FRESH, work=14)


def test_what_was_sealed_comes_out() -> None:
    assert open_with_key("thing", BY_KEY, KEY) == b"content"
    assert open_with_passphrase("thing", BY_WORDS, WORDS) == b"content"
    assert b"content" not in BY_KEY + BY_WORDS


def test_keyboards_that_compose_accents_differently_open_the_file() -> None:
    sealed = seal_with_passphrase("thing", b"x", "caf\u00e9 caf\u00e9", FRESH, work=14)
    assert open_with_passphrase("thing", sealed, "cafe\u0301 cafe\u0301") == b"x"


@pytest.mark.parametrize("place", range(0, len(BY_KEY), 7))
def test_a_changed_byte_is_noticed(place: int) -> None:
    changed = bytearray(BY_KEY)
    changed[place] ^= 1
    with pytest.raises(SealError):
        open_with_key("thing", bytes(changed), KEY)


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "other"), ("work", 15), ("work", None), ("salt", "AAAA"), ("nonce", ""), ("nonce", "A" * 16)],
)
def test_the_frame_is_authenticated_too(field: str, value: object) -> None:
    """A file of one kind cannot be passed off as another, nor its cost be lowered."""
    document = json.loads(BY_WORDS)
    document[field] = value
    changed = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(SealError):
        open_with_passphrase(document["kind"], changed, WORDS)


@pytest.mark.parametrize("work", [0, 13, 22, 40])
def test_work_out_of_range_is_refused_before_any_work(work: int) -> None:
    document = json.loads(BY_WORDS)
    document["work"] = work
    changed = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(SealError, match="not sealed with a passphrase in a way that is accepted"):
        open_with_passphrase("thing", changed, WORDS)
    with pytest.raises(ValueError, match="work must be from 14 to 21"):
        seal_with_passphrase("thing", b"", WORDS, FRESH, work=work)


def test_the_two_ways_of_sealing_are_not_confused() -> None:
    with pytest.raises(SealError, match="not sealed with a passphrase"):
        open_with_passphrase("thing", BY_KEY, WORDS)
    with pytest.raises(SealError, match="sealed with a passphrase, not with this key"):
        open_with_key("thing", BY_WORDS, KEY)


@pytest.mark.parametrize("data", [b"", b"{}", b"text", BY_KEY + b"\n", b"\xff"])
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(SealError, match="not a sealed file of Quorate"):
        open_with_key("thing", data, KEY)


@pytest.mark.parametrize(("key", "fresh"), [(b"short", FRESH), (KEY, FRESH[:-1])])
def test_wrong_lengths_are_mistakes_of_the_caller(key: bytes, fresh: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes|44 random bytes"):
        seal_with_key("thing", b"", key, fresh)
