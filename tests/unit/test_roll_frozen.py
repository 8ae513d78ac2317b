"""The frozen roll: one file for one set of voters, and back, accepting nothing else ([02.4] to [02.7])."""

from __future__ import annotations

import hashlib

import pytest

from quorate.roll import FrozenRollError, Member, freeze, parse_frozen

SALT = bytes(range(32))
MEMBERS = [
    Member("20", "Bob", "bob@example.org", "teacher", "East", "+1", "1 Main St"),
    Member("10", "Ada", category="clinician"),
    Member("9", "Zoé"),
]
EXPECTED = (
    '{"count":3,"format":"quorate-roll/1","salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}\n'
    '{"category":"clinician","member_number":"10","name":"Ada","unit":""}\n'
    '{"category":"teacher","member_number":"20","name":"Bob","unit":"East"}\n'
    '{"category":"","member_number":"9","name":"Zoé","unit":""}\n'
).encode()


def test_the_file_is_canonical_and_sorted() -> None:
    frozen = freeze(MEMBERS, SALT)
    assert frozen.to_bytes() == EXPECTED
    assert frozen.fingerprint == hashlib.sha256(EXPECTED).digest()
    assert frozen.count == 3


def test_order_and_contact_details_do_not_matter() -> None:
    moved = [Member("20", "Bob", "new@example.org", "teacher", "East"), *reversed(MEMBERS[1:])]
    assert freeze(moved, SALT).fingerprint == freeze(MEMBERS, SALT).fingerprint


def test_the_salt_matters() -> None:
    """Without knowing the salt, a guessed list of names cannot be confirmed from the fingerprint."""
    assert freeze(MEMBERS, SALT).fingerprint != freeze(MEMBERS, bytes(32)).fingerprint


def test_reading_gives_back_the_same() -> None:
    assert parse_frozen(EXPECTED) == freeze(MEMBERS, SALT)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"count":3', b'"count":2', "Line 1 says 2 voters, but 3 follow"),
        (b"quorate-roll/1", b"quorate-roll/2", "Line 1 is not the beginning"),
        (
            b'"unit":""}\n{"category":"teacher"',
            b'"unit":"" }\n{"category":"teacher"',
            "Line 2 .* not canonical",
        ),
        (b'"10"', b'"21"', "Line 3: member numbers are not in rising order"),
        (b'"10"', b'"20"', "Line 3: member numbers are not in rising order"),
        (b'"member_number":"9"', b'"member_number":9', "Line 4 .* cannot be read"),
        (b',"unit":""}\n{"category":"teacher"', b'}\n{"category":"teacher"', "Line 2 .* cannot be read"),
        (b'"Ada"', b'"Ada","x":1', "Line 2 .* cannot be read"),
        (b'"Ada"', b'"\\u0041da"', "Line 2 .* not canonical"),
        (b'"Ada"', b'"\xff"', "Line 2 .* cannot be read"),
    ],
)
def test_any_other_form_is_refused(old: bytes, new: bytes, message: str) -> None:
    assert old in EXPECTED
    with pytest.raises(FrozenRollError, match=message):
        parse_frozen(EXPECTED.replace(old, new, 1))


@pytest.mark.parametrize(
    "data", [b"", EXPECTED[:-1], EXPECTED + b"\n", EXPECTED[: EXPECTED.index(b"\n") + 1]]
)
def test_damaged_files(data: bytes) -> None:
    with pytest.raises(FrozenRollError, match="cut off|cannot be read|0 follow"):
        parse_frozen(data)


@pytest.mark.parametrize(
    ("members", "salt", "message"),
    [
        ([], SALT, "at least one voter"),
        (MEMBERS, bytes(31), "salt"),
        ([*MEMBERS, Member("9", "Other")], SALT, "number 9 occurs twice"),
    ],
)
def test_what_cannot_be_frozen(members: list[Member], salt: bytes, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        freeze(members, salt)
