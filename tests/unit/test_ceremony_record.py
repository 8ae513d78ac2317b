"""The public ceremony file and the single messages as canonical JSON [06.21], [06.22]."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
import rfc8785

from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import Messages
from quorate.crypto.ceremony.messages import Message
from quorate.election.ceremony_folder import name_of
from quorate.group import L
from quorate.record.canonical import RecordError
from quorate.record.ceremony import (
    AbortedCeremony,
    check_ceremony,
    read_ceremony,
    read_definition,
    read_message,
    write_aborted,
    write_complete,
    write_definition,
    write_message,
)
from support.ceremonies import Table

TABLE = Table(("Ana", "Bén", "Cho"), 2)
MESSAGES = TABLE.messages()
COMPLETE = write_complete(TABLE.context, MESSAGES)
ABORTED, _ = write_aborted(TABLE.context, Messages(MESSAGES.round1, MESSAGES.round2[:2]))
EVERY: list[Message] = [*TABLE.commits, *TABLE.reveals, *TABLE.confirms, *TABLE.rehearsals]


def altered(line: bytes, change: Any) -> bytes:
    """The line with a change to its parsed form, in canonical form again."""
    content = json.loads(line)
    change(content)
    return rfc8785.dumps(content)


def test_the_forms_are_canonical() -> None:
    """[06.21] [02.4] They agree with an independent encoder of RFC 8785."""
    for line in (COMPLETE, ABORTED, write_definition(TABLE.context)):
        assert rfc8785.dumps(json.loads(line)) == line
    for message in EVERY:
        line = write_message(TABLE.context, message)
        assert rfc8785.dumps(json.loads(line)) == line


def test_what_is_written_is_read_back() -> None:
    """[06.21]"""
    assert read_definition(write_definition(TABLE.context), "definition.json") == TABLE.context
    for message in EVERY:
        assert read_message(write_message(TABLE.context, message), "x", TABLE.context) == message
    ceremony = read_ceremony(COMPLETE, "ceremony.json")
    assert (ceremony.context, ceremony.messages, ceremony.abort) == (TABLE.context, MESSAGES, None)


def test_a_complete_file_verifies_from_itself_alone() -> None:
    """[06.21]"""
    verified = check_ceremony(COMPLETE)
    assert verified.ballot_key == TABLE.revealed.ballot_key
    assert verified.ballot_id == TABLE.context.ballot_id
    assert verified.names == ("Ana", "Bén", "Cho")
    assert write_complete(TABLE.context, replace(MESSAGES, round1=MESSAGES.round1[::-1])) == COMPLETE


def test_an_incomplete_ceremony_is_not_written_as_complete() -> None:
    """[06.21] [06.18]"""
    with pytest.raises(CeremonyFailed, match="Cho.*round 3"):
        write_complete(TABLE.context, replace(MESSAGES, round3=MESSAGES.round3[:2]))
    with pytest.raises(ValueError, match="cannot be aborted"):
        write_aborted(TABLE.context, MESSAGES)


def test_an_aborted_file_tells_its_findings() -> None:
    """[06.22]"""
    assert json.loads(ABORTED)["abort"] == [{"clause": "06.18", "teller": 3}]
    with pytest.raises(AbortedCeremony, match=r"teller 3 \(Cho\)"):
        check_ceremony(ABORTED)


def reverse(name: str) -> Any:
    return lambda content: content[name].reverse()


def repeat(name: str) -> Any:
    return lambda content: content[name].append(content[name][-1])


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda c: c.update(abort=[]), "messages are complete"),
        (lambda c: c.update(abort=[{"clause": "06.18", "teller": 1}]), "messages are complete"),
        (reverse("commits"), "not sorted"),
        (reverse("reveals"), "not sorted"),
        (reverse("rehearsals"), "not sorted"),
        (repeat("confirms"), "not sorted, or one is repeated"),
        (lambda c: c["definition"].update(suite="quorate/1 p256"), "suite"),
        (lambda c: c["definition"].update(threshold=4), "threshold is from 1 to 3"),
        (lambda c: c["definition"].update(threshold=1), "another ceremony"),
        (lambda c: c["definition"]["names"].reverse(), "another ceremony"),
        (lambda c: c["definition"]["names"].append("Dia"), "another ceremony"),
        (lambda c: c.update(format="quorate-ceremony/2"), "format"),
        (lambda c: c.update(note="x"), "note"),
        (lambda c: c.pop("complaints"), "complaints"),
        (lambda c: c["commits"][0].update(teller=0), "teller"),
        (lambda c: c["commits"][0].update(teller=4), "no teller 4"),
        (lambda c: c["commits"][0].update(encryption_key=base64.b64encode(bytes(32)).decode()), "identity"),
        (lambda c: c["commits"][0].update(signing_key=base64.b64encode(b"\xff" * 32).decode()), "no element"),
        (lambda c: c["reveals"][0]["coefficients"].append(base64.b64encode(bytes(32)).decode()), "identity"),
        (lambda c: c["reveals"][1]["shares"][0].update(box=base64.b64encode(bytes(47)).decode()), "box"),
        (lambda c: c["rehearsals"][0].update(source="both"), "source"),
    ],
)
def test_a_file_that_is_not_exactly_one(change: Any, problem: str) -> None:
    """[06.21] [06.22] [02.5] It cannot be read, and the place is named."""
    with pytest.raises(RecordError, match=problem):
        check_ceremony(altered(COMPLETE, change))


@pytest.mark.parametrize(
    "line", [b"", b"{}", b"[]", b"\xff", b"[" * 10_000, COMPLETE + b"\n", b" " + COMPLETE]
)
def test_what_is_no_ceremony_file(line: bytes) -> None:
    """[02.5]"""
    with pytest.raises(RecordError):
        check_ceremony(line)


@pytest.mark.parametrize(
    "findings",
    [
        [],
        [{"clause": "06.18", "teller": 2}],
        [{"clause": "06.17", "teller": 3}],
        [{"clause": "06.18", "teller": 0}],
    ],
)
def test_an_abort_that_blames_another(findings: list[dict[str, Any]]) -> None:
    """[06.22] An officer cannot name a teller whom the messages do not show."""
    with pytest.raises(RecordError, match="other findings than its messages show: teller 3"):
        check_ceremony(altered(ABORTED, lambda c: c.update(abort=findings)))


def test_an_abort_with_an_unsigned_message() -> None:
    """[06.5] A message that somebody else made up is not published as that teller's deed."""
    forged = replace(TABLE.reveals[2], signature=TABLE.reveals[1].signature)
    messages = Messages(MESSAGES.round1, (*MESSAGES.round2[:2], forged))
    with pytest.raises(CeremonyFailed, match="not its own"):
        write_aborted(TABLE.context, messages)

    def forge(content: dict[str, Any]) -> None:
        reveal = json.loads(write_message(TABLE.context, forged))
        content.update(abort=[{"clause": "06.5", "teller": 3}], reveals=[*content["reveals"], reveal])

    with pytest.raises(CeremonyFailed, match="not its own") as failed:
        check_ceremony(altered(ABORTED, forge))
    assert not isinstance(failed.value, AbortedCeremony)


def each_field(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(content, dict):
        return [p for key, value in content.items() for p in each_field(value, (*path, key))]
    if isinstance(content, list):
        return [p for at, value in enumerate(content) for p in each_field(value, (*path, at))]
    return [path]


FIELDS = [path for path in each_field(json.loads(COMPLETE)) if path != ("abort",)]


def test_every_field_counts() -> None:
    """[06.21] Any one value changed to another of its form: the file no longer verifies."""
    assert len(FIELDS) > 100
    for path in FIELDS:
        content = json.loads(COMPLETE)
        place = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = another(place[path[-1]])
        with pytest.raises((RecordError, CeremonyFailed)):
            check_ceremony(rfc8785.dumps(content))


def another(value: Any) -> Any:
    if isinstance(value, int):
        return value % 3 + 1
    try:
        data = base64.b64decode(value, validate=True)
    except ValueError:
        return value + "x"
    if len(data) < 32:
        return value + "x"
    changed = (int.from_bytes(data[-32:], "little") + 1) % L
    return base64.b64encode(data[:-32] + changed.to_bytes(32, "little")).decode()


def test_a_message_of_another_type_or_ceremony() -> None:
    """[06.5]"""
    other = Table(("Ana", "Bén", "Cho"), 2, seed="another ceremony")
    line = write_message(TABLE.context, TABLE.commits[0])
    with pytest.raises(RecordError, match="another ceremony"):
        read_message(line, "round1-1.json", other.context)
    for bad in (b"{}", b'{"type":1}', b'{"type":"ballot"}', b"\xff\xfe", line[:-1], line + b" "):
        with pytest.raises(RecordError):
            read_message(bad, "round1-1.json", TABLE.context)


def test_names_of_files() -> None:
    """[06.4] One name for each message."""
    names = [name_of(message) for message in EVERY]
    assert len(set(names)) == len(names)
    assert {"round1-1.json", "round3-2.json", "rehearsal-3-backup.json"} < set(names)
