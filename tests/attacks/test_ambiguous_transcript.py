"""Attacker: anybody. Wish: two statements with the same hash input, such as ("a|b") and ("a", "b") in untyped
concatenation (electionguard-python).

Stopped by: frames, types, labels and counts make the encoding injective ([02.1], [03.1] to [03.3]).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.crypto.transcript import Transcript

PAIRS: dict[str, tuple[Callable[[], Transcript], Callable[[], Transcript]]] = {
    "where a string ends": (
        lambda: Transcript("round").add_list("a", [b"ab", b"c"]),
        lambda: Transcript("round").add_list("a", [b"a", b"bc"]),
    ),
    "nothing and an empty string": (
        lambda: Transcript("round").add_list("a", []),
        lambda: Transcript("round").add_list("a", [b""]),
    ),
    "one list and two": (
        lambda: Transcript("round").add_list("a", [b"x", b"y"]),
        lambda: Transcript("round").add_list("a", [b"x"]).add_list("a", [b"y"]),
    ),
    "a list and a string": (
        lambda: Transcript("round").add_list("a", [b"x"]),
        lambda: Transcript("round").add_bytes("a", b"x"),
    ),
    "a number and its bytes": (
        lambda: Transcript("round").add_number("a", 1),
        lambda: Transcript("round").add_bytes("a", (1).to_bytes(8, "big")),
    ),
    "label and value": (
        lambda: Transcript("round").add_bytes("ab", b"c"),
        lambda: Transcript("round").add_bytes("a", b"bc"),
    ),
    "kind and label": (
        lambda: Transcript("rounda").add_bytes("", b""),
        lambda: Transcript("round").add_bytes("a", b""),
    ),
    "an item inside a value": (
        lambda: Transcript("round").add_bytes("a", Transcript("round").add_bytes("b", b"c").to_bytes()),
        lambda: Transcript("round").add_bytes("a", b"").add_bytes("b", b"c"),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_pairs_that_a_careless_encoding_confuses(name: str) -> None:
    one, other = (make() for make in PAIRS[name])
    assert one.to_bytes() != other.to_bytes()
    assert one.challenge() != other.challenge()


value = st.binary(max_size=12)
label = st.text(max_size=6)
item = st.one_of(
    st.tuples(st.just("bytes"), label, value),
    st.tuples(st.just("list"), label, st.lists(value, max_size=3)),
    st.tuples(st.just("number"), label, st.integers(0, 2**64 - 1)),
)
statement = st.tuples(label, st.lists(item, max_size=4))


def parse(data: bytes) -> tuple[str, list[tuple[str, str, object]]]:
    """Read a transcript back: that this works for all shows that the encoding is injective."""

    def take(n: int) -> bytes:
        nonlocal data
        assert len(data) >= n
        head, data = data[:n], data[n:]
        return head

    def framed() -> bytes:
        return take(int.from_bytes(take(4), "big"))

    assert framed() == b"quorate/1"
    kind = framed().decode()
    items: list[tuple[str, str, object]] = []
    while data:
        form, name = take(1)[0], framed().decode()
        if form == 1:
            items.append(("bytes", name, framed()))
        elif form == 2:
            items.append(("list", name, [framed() for _ in range(int.from_bytes(take(4), "big"))]))
        else:
            assert form == 3
            items.append(("number", name, int.from_bytes(take(8), "big")))
    return kind, items


@given(statement)
def test_every_transcript_can_be_read_back(made: tuple[str, list[tuple[str, str, object]]]) -> None:
    kind, items = made
    transcript = Transcript(kind)
    for form, name, content in items:
        getattr(transcript, f"add_{form}")(name, content)
    assert parse(transcript.to_bytes()) == (kind, items)


@given(st.integers(max_value=-1) | st.integers(min_value=2**64))
def test_numbers_that_do_not_fit_are_no_items(number: int) -> None:
    with pytest.raises(OverflowError):
        Transcript("round").add_number("n", number)
