"""Layouts, the verifier's quick way to write a transcript, give the transcript's bytes [03.1], [03.2]."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.crypto import value_set
from quorate.crypto.transcript import SUITE, Layout, Slot, Transcript
from quorate.crypto.value_set import Shape
from quorate.group import L

WORDS = st.text(max_size=8)
VALUES = st.binary(max_size=40)
ITEMS = st.tuples(
    WORDS, st.one_of(VALUES, st.lists(VALUES, max_size=4), st.integers(0, 2**64 - 1)), st.booleans()
)


@given(WORDS, st.lists(ITEMS, max_size=6))
def test_a_layout_writes_what_its_transcript_would(
    kind: str, items: list[tuple[str, bytes | list[bytes] | int, bool]]
) -> None:
    filled, open_ = Transcript(kind), Transcript(kind)
    later: list[bytes] = []
    for label, value, late in items:
        if isinstance(value, int):
            filled.add_number(label, value)
            open_.add_number(label, value)
        elif isinstance(value, bytes):
            filled.add_bytes(label, value)
            open_.add_bytes(label, Slot(len(value)) if late else value)
            later += [value] if late else []
        else:
            filled.add_list(label, value)
            open_.add_list(label, [Slot(len(one)) for one in value] if late else value)
            later += value if late else []
    assert Layout(open_).render(tuple(later)) == filled.to_bytes()


def test_percent_signs_in_what_is_fixed_stay_what_they_are() -> None:
    transcript = Transcript("100%").add_bytes("%b", b"%s %(name)d %%").add_bytes("later", Slot(2))
    filled = Transcript("100%").add_bytes("%b", b"%s %(name)d %%").add_bytes("later", b"%b")
    assert Layout(transcript).render((b"%b",)) == filled.to_bytes()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_another_number_of_values_than_slots_is_refused(count: int) -> None:
    layout = Layout(Transcript("kind").add_list("two", [Slot(3), Slot(3)]))
    with pytest.raises(TypeError):
        layout.render((b"abc",) * count)


def test_the_layout_of_a_statement_gives_its_challenge() -> None:
    """[05.3] The batch fills a layout, the exact check and the prover write the transcript: one encoding."""
    shape = Shape((1,), (0, 1, 2**32))
    own = [bytes([n]) * 32 for n in range(1, 12)]
    context = (SUITE, own[0], own[1], own[2], own[3], own[4] * 2)
    late = (SUITE, own[0], own[1], Slot(32), Slot(32), Slot(64))
    text, commitments = own[5] * 2, own[5:11]
    layout = Layout(value_set.transcript(shape, late, 0, 0, [Slot(64)], [Slot(32)] * 6))
    rendered = layout.render((own[2], own[3], own[4] * 2, text, *commitments))
    written = value_set.transcript(shape, context, 0, 0, [text], commitments)
    assert rendered == written.to_bytes()
    wide = int.from_bytes(hashlib.sha512(rendered).digest(), "little")
    assert written.challenge().to_int() == wide % L
