"""Any bytes are a roll or named problems; a roll that was written is read back; freezing is canonical."""

from __future__ import annotations

import contextlib
import csv
import io
import random
from datetime import date

import msgspec
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from quorate.roll import FaultyRoll, FrozenRollError, Member, freeze, parse_frozen, read_roll

SALT = st.binary(min_size=32, max_size=32)
LETTERS = st.sampled_from("abcXYZ0179 .'’-éñüßŁŻ")
WORDS = st.text(LETTERS, min_size=1, max_size=12).map(lambda text: "x" + " ".join(text.split()))
MEMBERS = st.lists(
    st.builds(
        Member,
        *(WORDS, WORDS, st.just("a@e.org"), WORDS, WORDS, WORDS, WORDS, WORDS),
        st.dates(date(2000, 1, 1), date(2020, 1, 1)).map(str),
        st.just("2020-01-02") | st.just(""),
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda member: member.member_number.casefold(),
)
HEADINGS = [
    "Member number", "Name", "E-mail", "Category", "Unit", "Phone", "Address", "Seat", "Joined", "Left",
]  # fmt: skip


@given(data=st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with contextlib.suppress(FaultyRoll):
        assert read_roll(data).members


@given(rows=st.lists(st.lists(st.text(max_size=8), min_size=1, max_size=4), max_size=5))
def test_any_table_below_good_headings_is_read_or_refused(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["Member number", "Name"], *rows])
    try:
        roll = read_roll(text.getvalue().encode("utf-8", "surrogatepass"))
    except FaultyRoll as faulty:
        highest = max(problem.row for problem in faulty.problems)
    else:
        highest = len(roll.members)
    assert highest <= 1 + len(rows)


@given(members=MEMBERS, delimiter=st.sampled_from(",;\t"), encoding=st.sampled_from(["utf-8", "utf-16"]))
def test_what_was_written_is_read(members: list[Member], delimiter: str, encoding: str) -> None:
    text = io.StringIO()
    rows = csv.writer(text, delimiter=delimiter)
    rows.writerows([HEADINGS, *map(msgspec.structs.astuple, members)])
    assert read_roll(text.getvalue().encode(encoding)).members == tuple(members)


@given(members=MEMBERS, salt=SALT, seed=st.integers())
def test_freezing_depends_on_the_voters_and_the_salt_alone(
    members: list[Member], salt: bytes, seed: int
) -> None:
    frozen = freeze(members, salt)
    shuffled = random.Random(seed).sample(members, len(members))  # noqa: S311 - an order, not a secret
    assert freeze(shuffled, salt) == frozen
    assert parse_frozen(frozen.to_bytes()) == frozen
    for line in frozen.to_bytes().splitlines():  # [02.4]
        assert rfc8785.dumps(msgspec.json.decode(line)) == line


@given(members=MEMBERS, salt=SALT, data=st.data())
def test_no_changed_byte_keeps_the_frozen_roll(
    members: list[Member], salt: bytes, data: st.DataObject
) -> None:
    """[02.5] Another byte anywhere is refused, or is another roll with another fingerprint."""
    frozen = freeze(members, salt)
    whole = bytearray(frozen.to_bytes())
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(FrozenRollError):
        changed = parse_frozen(bytes(whole))
        assert changed != frozen
        assert changed.fingerprint != frozen.fingerprint
