"""Rules of encoding that hold for every file: base64, instants, hidden characters, free-form data."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from quorate.crypto.ceremony.context import Context, ContextError
from quorate.record.canonical import RecordError, instant
from quorate.record.container import read_note
from quorate.record.entries import Extend, Reserved, Spoil, read_entry
from quorate.record.manifest import Officer, manifest_problem
from quorate.record.pins import read_pins
from quorate.text import hidden_characters
from support.ballots import SmallBallot

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol"
ZEROS = "A" * 43 + "="


def spoil(phi: str) -> bytes:
    signature = "A" * 86 + "=="
    return (
        f'{{"credential":"{ZEROS}","phi":"{phi}","signature":"{signature}","tracker":"{ZEROS}","type":"spoil"}}'
    ).encode()


def test_bytes_have_one_base64() -> None:
    """[02.6] [02.2]"""
    entry = read_entry(spoil("+/" + "A" * 41 + "="), "entry")
    assert isinstance(entry, Spoil)
    assert entry.phi == b"\xfb\xf0" + bytes(30)
    for bad in (
        "A" * 43,  # no padding
        "A" * 42 + "B=",  # trailing bits
        "-_" + "A" * 41 + "=",  # the alphabet of URLs
        "A" * 42 + "\\n=",
        " " + ZEROS,
        "A" * 44,  # 33 bytes
        "A" * 42 + "==",  # 31 bytes
        "",
    ):
        with pytest.raises(RecordError):
            read_entry(spoil(bad), "entry")


def extension(closes: str) -> bytes:
    return f'{{"closes":"{closes}","officers":[],"phi":"{ZEROS}","reason":"r","type":"extend"}}'.encode()


@pytest.mark.parametrize(
    "text", ["2016-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2015-12-09T14:00:00Z"]
)
def test_instants_that_exist(text: str) -> None:
    """[02.8]"""
    entry = read_entry(extension(text), "entry")
    assert isinstance(entry, Extend)
    assert instant(entry.closes).strftime("%d %H:%M:%S") == f"{text[8:10]} {text[11:19]}"


@pytest.mark.parametrize(
    "text",
    [
        "2015-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2015-13-01T00:00:00Z",
        "2015-00-01T00:00:00Z",
        "2015-01-32T00:00:00Z",
        "2015-01-01T24:00:00Z",
        "2015-01-01T00:60:00Z",
        "2015-06-30T23:59:60Z",
        "0000-01-01T00:00:00Z",
        "2015-01-01T00:00:00z",
        "2015-01-01T00:00:00.0Z",
        "2015-01-01T00:00:00+00:00",
        "2015-01-01 00:00:00Z",
        "2015-1-01T00:00:00Z",
        "12015-01-01T00:00:00Z",
        "\u0662\u0660\u0661\u0665-01-01T00:00:00Z",
        "2015-01-01T00:00:00Z\\n",
        "",
    ],
)
def test_instants_that_do_not(text: str) -> None:
    """[02.8] Neither days of no calendar, nor leap seconds, nor other ways of writing one."""
    with pytest.raises(RecordError):
        read_entry(extension(text), "entry")


def ranges(sentence: str) -> set[int]:
    """The code points that a sentence of [02.9] lists."""
    found: set[int] = set()
    for first, last in re.findall(r"U\+([0-9A-F]+)(?:\s+to\s+U\+([0-9A-F]+))?", sentence):
        found |= set(range(int(first, 16), int(last or first, 16) + 1))
    return found


def clause() -> tuple[str, str]:
    chapter = (PROTOCOL / "02-encoding.md").read_text(encoding="utf-8")
    text = chapter[chapter.index("**[02.9]**") :].split("\n\n")[0]
    hidden, _, spaces = text.partition("*White space*")
    return hidden, spaces


def test_hidden_characters_are_the_written_ones() -> None:
    """[02.9] Over all of Unicode."""
    hidden = {code for code in range(sys.maxunicode + 1) if hidden_characters(chr(code))}
    assert hidden == ranges(clause()[0])
    assert not hidden & {ord(sign) for sign in "\t\n aZ-é文"}


def test_white_space_is_the_written_one() -> None:
    """[02.9] What a typed code may hold between its symbols [07.1]."""
    assert {code for code in range(sys.maxunicode + 1) if chr(code).isspace()} == ranges(clause()[1])


@pytest.mark.parametrize(
    "name", ["An\u200ba", "\u202eanA", "Ana\ufeff", "A\tna", "A\nna", "A\x00na", " Ana", ""]
)
def test_a_teller_has_a_name_that_shows(name: str) -> None:
    """[02.9] [06.1]"""
    with pytest.raises(ContextError, match="name"):
        Context(bytes(32), bytes(32), 1, (name, "Ben"))


def test_a_manifest_shows_what_it_says(tmp_path: Path) -> None:
    """[02.9] [08.26] A name with a character that is not seen is refused, and named."""
    manifest = SmallBallot(tmp_path).manifest
    assert manifest_problem(manifest) is None
    officers = (Officer(manifest.officers[0].key, "First\u200bofficer", "ed25519"), manifest.officers[1])
    for name, value in (("title", "Strike\u202e"), ("contact", "\u00adCall"), ("officers", officers)):
        fields = {field: getattr(manifest, field) for field in manifest.__struct_fields__}
        problem = manifest_problem(type(manifest)(**(fields | {name: value})))
        assert problem is not None
        assert "hidden" in problem


def reserved(data: str) -> bytes:
    return f'{{"data":{data},"officers":[],"phi":"{ZEROS}","type":"correction"}}'.encode()


@pytest.mark.parametrize("data", ["{}", '{"a":[1,"é",null,true,{"b":[]}],"z":9007199254740991}'])
def test_reserved_entries_hold_any_data(data: str) -> None:
    """[08.31] [11.11] They can be read; what they do to a result no version-1 verifier knows (V6)."""
    assert isinstance(read_entry(reserved(data), "entry"), Reserved)


@pytest.mark.parametrize(
    "data",
    [
        '{"a":1.5}',
        '{"a":1e3}',
        '{"a":-1}',
        '{"a":-0}',
        '{"a":9007199254740992}',
        '{"é":1}',
        '{"b":1,"a":1}',
        '{"a":1,"a":1}',
        '{"a":"\\ud800"}',
        '{"a":' + "[" * 31 + "]" * 31 + "}",
        '{"a":' + "[" * 20_000 + "]" * 20_000 + "}",
        "[]",
    ],
)
def test_reserved_entries_hold_canonical_json_only(data: str) -> None:
    """[02.4] [11.11]"""
    with pytest.raises(RecordError):
        read_entry(reserved(data), "entry")


def test_nesting_has_a_limit() -> None:
    """[02.4] 32 deep, the entry itself and its data counted."""
    read_entry(reserved('{"a":' + "[" * 30 + "]" * 30 + "}"), "entry")


def test_a_checkpoint_is_a_string_of_json() -> None:
    """[11.14]"""
    assert read_note('"a\\n\\n— é\\n"'.encode(), "line") == "a\n\n— é\n".encode()
    for bad in (b'"a\\u000a"', b'"a" ', b"a", b'{"a":1}', b'"\\u2014"', b'"a\\/b"'):
        with pytest.raises(RecordError):
            read_note(bad, "line")


def test_pins_are_one_canonical_line() -> None:
    """[08.33] [11.15]"""
    policy = '{"quorum":0,"witnesses":[]}'
    good = f'{{"log_key":"k","organisation_key":null,"origin":"o","phi":"{ZEROS}","witnesses":{policy}}}'
    assert read_pins(good.encode() + b"\n", "pins").phi == bytes(32)
    for bad in (good.replace("null", '"\\u0061"'), good.replace(",", ", ", 1), good[:-1] + ',"x":1}'):
        with pytest.raises(RecordError):
            read_pins(bad.encode() + b"\n", "pins")
