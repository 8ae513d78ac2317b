"""The tables of documents 11 and 12 are the types of the code, field by field: a stranger can rely on them.

Each table names a type in its first column. What it says is compared with what the decoder enforces.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import msgspec
import msgspec.inspect as inspect
import pytest

from quorate.board.checkpoint import WitnessPolicy
from quorate.record import (
    canonical,
    ceremony,
    ceremony_forms,
    certificate,
    credentials,
    entries,
    manifest,
    minutes,
    pins,
)
from quorate.rules import choice, counts, criteria, decision, measure, meeting, rule
from support.ballots import SmallBallot

PROTOCOL = Path(__file__).parents[2] / "docs" / "protocol"
CHAPTERS = {n: next(PROTOCOL.glob(f"{n}-*.md")).read_text(encoding="utf-8") for n in ("11", "12", "13")}

STRUCTS: dict[str, type[msgspec.Struct]] = {
    found.__name__: found
    for module in (pins, manifest, entries, certificate, rule, choice, counts, decision, measure)
    for found in vars(module).values()
    if isinstance(found, type) and issubclass(found, msgspec.Struct) and found.__module__ == module.__name__
}
STRUCTS |= {
    name: getattr(ceremony_forms, name)
    for name in ("Definition", "Commit", "Reveal", "Confirm", "Complain", "Rehearse", "Finding")
}
STRUCTS |= {
    "CeremonyFile": ceremony.CeremonyFile,
    "SealedShare": ceremony_forms.Share,
    "WitnessPolicy": WitnessPolicy,
    "Minutes": minutes.Minutes,
    "Called": meeting.Called,
    "HandCount": meeting.HandCount,
}

Table = dict[str, str]


def tables(chapter: str) -> dict[str, Table]:
    """Type name to the table's fields with their types, for tables of types (not those of other things)."""
    found: dict[str, Table] = {}
    for head in re.finditer(
        r"^\| ([A-Z]\w+) \| type \| (?:meaning|derived) \|\n\|[-|]+\|\n", chapter, re.MULTILINE
    ):
        rows: Table = {}
        for line in chapter[head.end() :].splitlines():
            row = re.match(r"\| `(\w+)` \| `([^`]+)` \|", line)
            if row is None:
                break
            rows[row[1]] = row[2]
        assert rows
        assert head[1] not in found, f"two tables of {head[1]}"
        found[head[1]] = rows
    return found


TABLES = {name: table for chapter in CHAPTERS.values() for name, table in tables(chapter).items()}


def spelled(found: inspect.Type, name: str) -> str:
    """How the tables write a type that msgspec enforces."""
    match found:
        case inspect.BytesType(min_length=low, max_length=high):
            return f"bytes{low}" if low == high and low else "bytes"
        case inspect.BoolType():
            return "bool"
        case inspect.DateType():
            return "date"
        case inspect.IntType(ge=0, le=9007199254740991):
            return "count"
        case inspect.IntType(ge=1, le=255):
            return "teller"
        case inspect.IntType():
            return "integer"
        case inspect.StrType(min_length=1, max_length=500):
            return "line"
        case inspect.StrType(min_length=1, max_length=100, pattern=str()):
            return "id"
        case inspect.StrType(max_length=20_000):
            return "text"
        case inspect.StrType(pattern=str(pattern)) if "T[0-9]" in pattern:
            return "instant"
        case inspect.StrType():
            return "string"
        case inspect.LiteralType(values=values):
            return " or ".join(sorted(f'"{one}"' if isinstance(one, str) else str(one) for one in values))
        case inspect.EnumType(cls=kinds):
            return " or ".join(f'"{kind.value}"' for kind in sorted(kinds, key=lambda kind: kind.value))
        case inspect.VarTupleType(item_type=item):
            return f"[{spelled(item, name)}]"
        case inspect.TupleType(item_types=items):
            return f"[{', '.join(spelled(item, name) for item in items)}]"
        case inspect.DictType():
            return "object"
        case inspect.StructType(cls=cls):
            return "SealedShare" if cls is ceremony_forms.Share else cls.__name__
        case inspect.UnionType(types=types):
            some = [one for one in types if not isinstance(one, inspect.NoneType)]
            if len(some) > 1:
                return "Formula"
            return f"{spelled(some[0], name)} or null"
    raise AssertionError(f"{name}: no name for {found}")


def fields(struct: type[msgspec.Struct]) -> Table:
    described = inspect.type_info(struct)
    assert isinstance(described, inspect.StructType)
    return {field.encode_name: spelled(field.type, field.name) for field in described.fields}


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_is_the_type(name: str) -> None:
    """[11.1] [11.2] [11.3] [11.4] [11.6] [11.7] [11.8] [11.9] [11.10] [11.11] [11.12] [11.13] [11.15] [11.16]
    [11.17] [11.18] [11.19] [12.4] [12.6] [12.8]
    """
    assert TABLES[name] == fields(STRUCTS[name])
    assert list(TABLES[name]) == sorted(TABLES[name]), "keys stand in alphabetical order"


def test_every_type_of_a_record_has_its_table() -> None:
    """[08.25] [08.27] Nothing that a record can hold is left to the code to say."""
    written = {name for name in STRUCTS if not name.startswith("_")}
    assert written == TABLES.keys()
    for kind in get_args(entries.Entry):
        assert kind.__name__ in TABLES


def test_the_formula_language_is_the_written_one() -> None:
    """[11.5] Kinds, their fields and the components."""
    written = {}
    chapter = CHAPTERS["11"]
    start = chapter.index("| kind | fields |")
    table = chapter[start:].split("\n\n")[0]
    for kind, cell in re.findall(r"^\| `(\w+)` \|([^|]*)\|", table, re.MULTILINE):
        types_aside = re.sub(r": `[^`]*`", "", cell)
        written[kind] = sorted(re.findall(r"`(\w+)`", types_aside))
    kinds = {}
    for node in get_args(criteria.Formula):
        kinds[node.__struct_config__.tag] = sorted(node.__struct_fields__)
    assert written == kinds
    components = re.findall(r"`(\w+)`", chapter[chapter.index("A component is one of") :].split(". ")[0])
    assert tuple(components) == get_args(criteria.Component)


def test_a_short_type_has_the_written_bounds() -> None:
    """[11.1] [02.4] Lengths are those of code points; no line holds a line feed or a tab."""
    for name, longest in (("Line", 500), ("Identifier", 100)):
        decode = msgspec.json.Decoder(getattr(canonical, name)).decode
        astral = "\U0001f5f3"
        assert decode(f'"{astral * longest}"') == astral * longest
        for bad in ("", "a" * (longest + 1), r"a\nb", r"a\tb", r"a\n"):
            with pytest.raises(msgspec.ValidationError):
                decode(f'"{bad}"')
    assert len(msgspec.json.Decoder(canonical.Text).decode('"' + "a" * 20_000 + '"')) == 20_000
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.Decoder(canonical.Text).decode('"' + "a" * 20_001 + '"')


def test_the_event_of_the_list_is_the_written_one() -> None:
    """[07.6]"""
    assert fields(credentials.CredentialListEvent) == {
        "count": "count",
        "root": "bytes32",
        "type": '"credential-list"',
    }
    text = (PROTOCOL / "07-credentials-and-ballots.md").read_text(encoding="utf-8")
    assert '`{"count":n,"root":"...","type":"credential-list"}`' in text


def test_shares_of_a_rule_are_two_integers() -> None:
    """[11.5]"""
    assert fields(criteria.Threshold)["share"] == "[integer, integer]"


def test_the_line_of_a_ballot_is_the_written_one() -> None:
    """[07.10] [11.6] Keys in their order, a ciphertext being A || B; the end tells a ballot."""
    text = (PROTOCOL / "07-credentials-and-ballots.md").read_text(encoding="utf-8")
    clause = text[text.index("**[07.10]**") :].split("\n\n")[0]
    answer = entries.Answer((bytes(64),), (bytes(96),), 7)
    ballot = entries.Ballot((answer,), bytes(32), bytes(32), bytes(32), bytes(64), "ballot")
    line = canonical.encode(ballot)
    keys = re.compile(r'"(\w+)":')
    assert keys.findall(line.decode()) == keys.findall(clause)
    assert line.endswith(b',"type":"ballot"}')
    assert entries.is_ballot(line)
    assert entries.read_ballot(line, "entry") == ballot


def test_version_1_is_read_as_version_1_only(tmp_path: Path) -> None:
    """[08.34] A manifest or certificate of another version is not guessed at."""
    numbers = [path.name[:2] for path in sorted(PROTOCOL.glob("*.md"))]
    assert numbers == [f"{n:02}" for n in range(1, 14)]
    text = canonical.encode(SmallBallot(tmp_path).manifest)
    assert manifest.read_manifest(text).format == 1
    with pytest.raises(canonical.RecordError, match="format"):
        manifest.read_manifest(text.replace(b'"format":1,', b'"format":2,', 1))
    with pytest.raises(canonical.RecordError, match="format"):
        certificate.read_certificate(b'{"ballot_id":"' + b"A" * 43 + b'=","format":2}')
