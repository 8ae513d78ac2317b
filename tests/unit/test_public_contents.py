"""What the page of a board lists: every entry once, by type, with the time at which a witness had seen it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from quorate.apps.ballots.contents import Contents
from quorate.apps.ballots.reading import Reading
from quorate.record.entries import Entry, Notice, Spoil
from support.ballots import NOON, SmallBallot, line, tracker
from support.offices import make_office

MADE: dict[str, Entry] = {
    "notice": Notice((), b"\0" * 32, "text", "notice"),
    "spoil": Spoil(b"\0" * 32, b"\0" * 32, b"\0" * 64, b"\0" * 32, "spoil"),
}


@given(
    st.lists(st.sampled_from(sorted(MADE)), max_size=30),
    st.integers(0, 31),
    st.integers(0, 31),
    st.sampled_from(["", "notice", "spoil", "share"]),
)
def test_pages_are_slices_of_the_board(kinds: list[str], start: int, most: int, asked: str) -> None:
    contents = Contents()
    for kind in kinds:
        contents.add(MADE[kind])
    expected = [at for at, kind in enumerate(kinds) if asked in ("", kind)]
    assert contents.numbers(asked, start, most) == expected[start : start + most]
    assert [contents.kind(at) for at in range(len(kinds))] == kinds
    assert contents.counts == {kind: kinds.count(kind) for kind in kinds}
    assert [at for at, _entry in contents.statements] == [
        at for at, kind in enumerate(kinds) if kind == "notice"
    ]


def test_an_entry_is_as_old_as_its_first_witness_knows(tmp_path: Path) -> None:
    ballot = SmallBallot(tmp_path, voters=3, witness_count=2)
    reading = Reading(make_office(ballot, tmp_path / "boards"))
    box = ballot.open_box()
    reading.follow(box)
    opened = reading.seen_at(0)
    assert opened is not None
    assert reading.seen_at(1) is None
    vote = ballot.vote(1, [(0, [0])])
    box.submit([line(vote)], NOON)
    reading.follow(box)
    cast = reading.seen_at(1)
    assert cast is not None
    assert cast > opened
    assert reading.seen_at(0) == opened
    listed = reading.listed("", 0, 9)
    assert [(entry.number, entry.kind) for entry in listed] == [(0, "open"), (1, "ballot")]
    assert listed[1].mark == tracker(vote)
