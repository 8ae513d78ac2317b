"""Words for people: English unless a language is chosen, whatever the environment says."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from quorate import text
from quorate.rules import Counts, decide, percent, preset, sentences
from quorate.text import language, number


def compiled(messages: dict[str, str]) -> bytes:
    """A catalogue in the binary format of gettext (little-endian, no hash table)."""
    pairs = sorted((key.encode(), value.encode()) for key, value in messages.items())
    start = 28 + 16 * len(pairs)
    tables, strings = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), start + len(strings))
            strings += pair[column] + b"\0"
    header = struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return header + tables[0] + tables[1] + strings


@pytest.fixture
def spanish(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    messages = {
        "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n",
        "thousands separator\x04,": ".",
        "decimal point\x04.": ",",
        "Carried": "Aprobada",
        "{n} member voted yes\0{n} members voted yes": "{n} afiliado votó sí\0{n} afiliados votaron sí",
    }
    (folder / "quorate.mo").write_bytes(compiled(messages))
    monkeypatch.setattr(text, "_CATALOGUES", tmp_path)


@pytest.mark.usefixtures("spanish")
def test_a_language_holds_inside_its_block_only() -> None:
    decision = decide(preset("us-il-art34-strike"), Counts(eligible=2000, yes=1500))
    with language("es"):
        assert sentences(decision)[:2] == ["Aprobada.", "1.500 afiliados votaron sí."]
        assert (number(26502), percent(749, 1000)) == ("26.502", "74,9%")
        assert sentences(decide(preset("us-ctu-ratify"), Counts(yes=1, no=0)))[1] == "1 afiliado votó sí."
    assert sentences(decision)[:2] == ["Carried.", "1,500 members voted yes."]


def test_a_language_without_a_catalogue_is_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "es")
    with language("xx"):
        assert number(1000000) == "1,000,000"
    assert number(999) == "999"
