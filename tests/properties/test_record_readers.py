"""Reading a record: whatever the bytes, an object whose encoding is these bytes, or a RecordError
([02.4], [02.5]).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.record.canonical import RecordError, encode
from quorate.record.ceremony import read_ceremony
from quorate.record.certificate import read_certificate
from quorate.record.container import read_note
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import read_ballot, read_entry
from quorate.record.manifest import read_manifest
from quorate.record.pins import read_pins
from support import examples
from support.ballots import SmallBallot
from support.leaves import leaves

READERS: dict[str, Callable[[bytes], object]] = {
    "entry": lambda data: read_entry(data, "here"),
    "ballot": lambda data: read_ballot(data, "here"),
    "manifest": lambda data: read_manifest(data, "here"),
    "certificate": lambda data: read_certificate(data, "here"),
    "pins": lambda data: read_pins(data, "here"),
    "ceremony": lambda data: read_ceremony(data, "here"),
    "note": lambda data: read_note(data, "here"),
    "credentials": lambda data: CredentialIndex.parse(data.splitlines(), "here"),
}


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, bytes]]:
    """A text of every type that a record holds, with the name of its reader."""
    found: dict[str, tuple[str, bytes]] = {}
    for make in (examples.rich, examples.by_unit):
        ballot = make(tmp_path_factory.mktemp("readers"))
        for name, data in texts_of(ballot):
            kind = json.loads(data).get("type", "") if name in ("entry", "ballot") else ""
            found.setdefault(f"{make.__name__} {name} {kind}", (name, data))
    assert len(found) > 20
    return list(found.values())


def texts_of(ballot: SmallBallot) -> list[tuple[str, bytes]]:
    def whole(name: str) -> bytes:
        return (ballot.record / name).read_bytes()[:-1]

    lines = [("entry", line) for line in whole("entries.jsonl").splitlines()]
    return [
        *lines,
        ("ballot", lines[1][1]),
        ("manifest", whole("manifest.json")),
        ("certificate", whole("certificate.json")),
        ("ceremony", whole("ceremony.json")),
        ("pins", encode(ballot.pins)),
    ]


def read(name: str, data: bytes) -> Any:
    """The object, or None for a RecordError; anything else is a failing test."""
    try:
        return READERS[name](data)
    except RecordError as error:
        refusal = error
    assert refusal.where.startswith("here")
    assert refusal.message
    return None


@pytest.mark.parametrize("name", READERS)
@given(data=st.binary(max_size=200))
def test_any_bytes(name: str, data: bytes) -> None:
    read(name, data)


@pytest.mark.parametrize("name", READERS)
@given(
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_json(name: str, value: object) -> None:
    read(name, json.dumps(value).encode())


def test_what_is_read_encodes_to_the_same_bytes(texts: list[tuple[str, bytes]]) -> None:
    for name, data in texts:
        value = read(name, data)
        assert value is not None
        if name != "ceremony":  # its messages become objects of the ceremony
            assert encode(value) == data


def test_one_bit_or_byte_changed(texts: list[tuple[str, bytes]]) -> None:
    """Every text with a byte flipped, dropped, doubled or put in: the same again, or refused."""

    @settings(max_examples=300)
    @given(st.sampled_from(texts), st.data())
    def changed(text: tuple[str, bytes], draw: st.DataObject) -> None:
        name, data = text
        at = draw.draw(st.integers(0, len(data) - 1))
        byte = bytes([draw.draw(st.integers(0, 255))])
        how = draw.draw(st.sampled_from(["set", "insert", "delete", "cut", "double"]))
        damaged = {
            "set": data[:at] + byte + data[at + 1 :],
            "insert": data[:at] + byte + data[at:],
            "delete": data[:at] + data[at + 1 :],
            "cut": data[:at],
            "double": data[: at + 1] + data[at:],
        }[how]
        value = read(name, damaged)
        if value is not None and name != "ceremony":
            assert encode(value) == damaged

    changed()


def test_one_value_exchanged_for_any_other(texts: list[tuple[str, bytes]]) -> None:
    values = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(allow_nan=False),
        st.text(max_size=50),
        st.just([]),
        st.just({}),
        st.just([[]]),
        st.sampled_from(
            ["2015-12-09T14:00:00Z", "A" * 43 + "=", "ballot", "void", "\x00", "\u202e", "x" * 501]
        ),
    )

    @settings(max_examples=300)
    @given(st.sampled_from(texts), values, st.data())
    def changed(text: tuple[str, bytes], new: object, draw: st.DataObject) -> None:
        name, data = text
        whole = json.loads(data)
        *way, last = draw.draw(st.sampled_from(list(leaves(whole))))
        holder = whole
        for step in way:
            holder = holder[step]
        holder[last] = new
        try:
            written = rfc8785.dumps(whole)
        except (rfc8785.CanonicalizationError, UnicodeEncodeError):
            written = json.dumps(whole, sort_keys=True, separators=(",", ":")).encode()
        value = read(name, written)
        if value is not None and name != "ceremony":
            assert encode(value) == written

    changed()


TEXTS = st.text(min_size=1, max_size=40).filter(lambda text: "\t" not in text and "\n" not in text)
AWKWARD = [
    "\x00\x01\x1f \x7f",
    "\b\f\r",
    '"\\/',
    "é e\u0301 \u00df \u0130",
    "\u2028\u2029",
    "\U0001f5f3 \U0010ffff \uffff",
    "\ufb33 \u20ac <script>",
]


def test_every_free_text_is_written_as_rfc_8785_says(texts: list[tuple[str, bytes]]) -> None:
    """Each place of each type that takes any text, with awkward texts: our encoder is the canonical one."""
    places = []
    for name, data in texts:
        for path in leaves(json.loads(data)):
            if decodes(name, with_text(data, path, "any text")):
                places.append((name, data, path))
    assert len({name for name, _, _ in places}) >= 4
    assert len(places) > 60

    for number, place in enumerate(places):
        check_text(*place, AWKWARD[number % len(AWKWARD)])

    @settings(max_examples=100)
    @given(st.sampled_from(places), TEXTS)
    def any_text(place: tuple[str, bytes, tuple[str | int, ...]], text: str) -> None:
        check_text(*place, text)

    any_text()


def check_text(name: str, data: bytes, path: tuple[str | int, ...], text: str) -> None:
    written = rfc8785.dumps(with_text(data, path, text))
    value = decodes(name, with_text(data, path, text))
    if value is not None:  # some texts are refused for what they say
        assert encode(value) == written


def with_text(data: bytes, path: tuple[str | int, ...], text: str) -> Any:
    whole = json.loads(data)
    holder = whole
    for step in path[:-1]:
        holder = holder[step]
    if isinstance(holder[path[-1]], str):
        holder[path[-1]] = text
    return whole


def decodes(name: str, whole: Any) -> Any:
    if name == "ceremony":
        return None
    try:
        return READERS[name](rfc8785.dumps(whole))
    except RecordError as error:
        refusal = error
    assert "canonical" not in refusal.message, "our encoder writes another form than RFC 8785"
    return None


def test_half_a_surrogate_pair_is_no_text(tmp_path: Path) -> None:
    """[02.4] Python can hold one in a string; JSON text can spell one; a record never has one."""
    entry = b'{"officers":[],"phi":"' + b"A" * 43 + b'=","text":"%b","type":"notice"}'
    for half in (b"\\ud800", b"\\udfff", b"\\ud800\\u0041", b"\xed\xa0\x80", b"\xed\xbf\xbf"):
        with pytest.raises(RecordError):
            read_entry(entry % half, "here")
    assert read_entry(entry % "\U0001f5f3".encode(), "here").type == "notice"
