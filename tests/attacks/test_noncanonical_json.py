"""Attacker: anybody. Wish: two texts for one entry, so that hashes, trackers or programs differ (Belenios,
1376dc90); or a text that takes for ever, or crashes the reader.

Stopped by: what is parsed is encoded again and compared byte by byte [02.5]: V1, at once.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable

import pytest

from quorate.record.canonical import RecordError, encode
from quorate.record.entries import RESERVED, read_entry
from quorate.record.manifest import read_manifest
from support.ballots import SmallBallot, line
from support.forge import Forge, assert_stopped
from support.polls import HONEST, Polls

Edit = Callable[[bytes], bytes]


def swapped_keys(data: bytes) -> bytes:
    fields = json.loads(data)
    return json.dumps(dict(reversed(fields.items())), separators=(",", ":")).encode()


def without(key: str) -> Edit:
    def edit(data: bytes) -> bytes:
        fields = json.loads(data)
        del fields[key]
        return json.dumps(fields, separators=(",", ":")).encode()

    return edit


EDITS: dict[str, Edit] = {
    "a space": lambda data: data.replace(b'"phi":', b'"phi": '),
    "a space in front": lambda data: b" " + data,
    "a tab behind": lambda data: data + b"\t",
    "a line feed behind": lambda data: data + b"\n",
    "a carriage return behind": lambda data: data + b"\r",
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
    "UTF-16": lambda data: data.decode().encode("utf-16-le"),
    "a zero byte": lambda data: data + b"\x00",
    "another text behind": lambda data: data + b"{}",
    "a key twice": lambda data: data.replace(b'"prev":', b'"phi":"' + b"A" * 43 + b'=","prev":'),
    "a key twice, the same": lambda data: data[:-1] + b',"type":"ballot"}',
    "an unknown key": lambda data: data.replace(b'"type"', b'"time":0,"type"'),
    "keys in another order": swapped_keys,
    "a missing key": without("prev"),
    "no type": without("type"),
    "a fraction": lambda data: data.replace(b'"question":1', b'"question":1.0'),
    "an exponent": lambda data: data.replace(b'"question":1', b'"question":1e0'),
    "a leading zero": lambda data: data.replace(b'"question":1', b'"question":01'),
    "a plus": lambda data: data.replace(b'"question":1', b'"question":+1'),
    "minus zero": lambda data: data.replace(b'"question":0', b'"question":-0'),
    "a negative number": lambda data: data.replace(b'"question":0', b'"question":-1'),
    "not a number": lambda data: data.replace(b'"question":0', b'"question":NaN'),
    "infinity": lambda data: data.replace(b'"question":0', b'"question":Infinity'),
    "a number as text": lambda data: data.replace(b'"question":0', b'"question":"0"'),
    "a truth value": lambda data: data.replace(b'"question":0', b'"question":false'),
    "null": lambda data: data.replace(b'"question":0', b'"question":null'),
    "2^53": lambda data: data.replace(b'"question":0', b'"question":9007199254740992'),
    "2^64": lambda data: data.replace(b'"question":0', b'"question":18446744073709551616'),
    "a number of 10,000 digits": lambda data: data.replace(b'"question":0', b'"question":' + b"9" * 10_000),
    "a number with a huge exponent": lambda data: data.replace(b'"question":0', b'"question":1e999999999'),
    "an escaped letter": lambda data: data.replace(b'"type":"ballot"', b'"type":"b\\u0061llot"'),
    "an escaped key": lambda data: data.replace(b'"type"', b'"typ\\u0065"'),
    "an escaped slash": lambda data: data.replace(b"/", b"\\/", 1) if b"/" in data else data[:-1],
    "base64 without padding": lambda data: data.replace(b'=","prev"', b'","prev"'),
    "base64 with other trailing bits": lambda data: trailing_bits(data),
    "base64 for addresses": lambda data: data.replace(b"/", b"_").replace(b"+", b"-"),
    "base64 with a line feed": lambda data: data.replace(b'=","prev"', b'=\\n","prev"'),
    "half a character": lambda data: data.replace(b"ballot", b"ballo\xc3"),
    "half a surrogate pair": lambda data: data.replace(b'"ballot"', b'"ballot\\ud800"'),
    "a comment": lambda data: data + b"// vote",
    "a trailing comma": lambda data: data[:-1] + b",}",
    "an array around it": lambda data: b"[" + data + b"]",
    "single quotes": lambda data: data.replace(b'"', b"'"),
    "cut off": lambda data: data[:-1],
    "nothing": lambda data: b"",
    "deep arrays": lambda data: b"[" * 30_000,
    "deep objects": lambda data: b'{"answers":' * 5_000,
    "deep and closed": lambda data: b'{"answers":' + b"[" * 20_000 + b"]" * 20_000 + b',"type":"ballot"}',
}


def trailing_bits(data: bytes) -> bytes:
    """The last symbol of phi one higher: it decodes to the same bytes."""
    at = data.index(b'=","prev"') - 1
    symbols = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return data[:at] + symbols[symbols.index(data[at]) + 1 :][:1] + data[at + 1 :]


@pytest.mark.parametrize("name", EDITS)
def test_refused_by_the_box(hostile_polls: Polls, name: str) -> None:
    honest = line(hostile_polls.ballot.vote(1, HONEST))
    changed = EDITS[name](honest)
    assert changed != honest
    started = time.process_time()
    assert hostile_polls.refusal(changed) == "V1"
    assert time.process_time() - started < 1


def test_found_on_the_board(hostile_polls: Polls, plain: SmallBallot, forge: Forge) -> None:
    """The server puts all of them on the board. V1 names each line, and none counts for anything."""
    forgery = forge(plain)
    honest = line(hostile_polls.ballot.vote(1, HONEST))
    bad = [text for edit in EDITS.values() if (text := edit(honest)) and b"\n" not in text]
    assert len(bad) == len(EDITS) - 2
    forgery.entries[5:5] = bad
    forgery.retally()
    report = assert_stopped(forgery, "V1")
    assert {f.where for f in report.findings} == {
        f"entry {n} (entries.jsonl line {n + 1})" for n in range(5, 5 + len(bad))
    }
    assert len(report.findings) == len(bad)


def test_events_of_every_type_too(rich: SmallBallot) -> None:
    seen = set()
    for index, data in enumerate((rich.record / "entries.jsonl").read_bytes().splitlines()):
        seen.add(json.loads(data)["type"])
        for name in ("a space", "an unknown key", "a byte order mark", "a zero byte", "cut off", "no type"):
            changed = EDITS[name](data) if name != "a space" else data.replace(b":", b": ", 1)
            with pytest.raises(RecordError) as caught:
                read_entry(changed, f"entry {index}")
            assert caught.value.where == f"entry {index}"
    assert len(seen) == 10


@pytest.mark.parametrize("kind", RESERVED)
def test_depth_of_free_data(kind: str) -> None:
    """Reserved entries hold free data: even they have a bottom [02.4]."""

    def entry(data: str) -> bytes:
        return f'{{"data":{data},"officers":[],"phi":"{"A" * 43}=","type":"{kind}"}}'.encode()

    assert read_entry(entry('{"a":[1]}'), "here").type == kind
    for data in (
        '{"a":' * 900 + "1" + "}" * 900,
        '{"a":' + "[" * 20_000 + "]" * 20_000 + "}",
        '{"a":1.5}',
        '{"b":1,"a":1}',
    ):
        with pytest.raises(RecordError):
            read_entry(entry(data), "here")


def test_a_rule_without_bottom(plain: SmallBallot) -> None:
    """The formula of a rule is a tree: a manifest of a thousand negations is refused, not followed."""
    data = encode(plain.manifest)
    term = encode(plain.manifest.questions[0].rule).split(b'"expression":')[1].split(b',"format"')[0]
    for depth in (9, 1_000, 100_000):
        with pytest.raises(RecordError):
            read_manifest(data.replace(term, b'{"kind":"not","term":' * depth + term + b"}" * depth))
