"""Ballots as an attacker may send them: honest ones, and honest ones changed in one way or two.

Some changes are in the text, most in the values: these are encoded in the one canonical form again,
and some are signed anew with the voter's own secret, so that only a proof or an equation can stop them.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from random import Random
from typing import Any, Final

from quorate.crypto import ballot as ballots
from quorate.group import L, Scalar, base_mul
from quorate.record.entries import read_ballot
from support.ballots import SmallBallot, line, sealed

P: Final = 2**255 - 19
Entry = dict[str, Any]


class Sender:
    """Makes the ballots of one election; the same random generator gives the same ones."""

    def __init__(self, ballot: SmallBallot, random: Random) -> None:
        self._ballot, self._random = ballot, random
        self.last: dict[bytes, bytes] = {}
        """The latest tracker on the board by credential: tell it here, so that ballots follow on it."""

    def next(self) -> bytes:
        """One more ballot, honest in one case of five."""
        entry = self._honest()
        if self._random.random() < 0.2:
            return entry
        for _ in range(self._random.choice((1, 1, 1, 2))):
            entry = self._random.choice((self._text, self._value, self._value, self._signed))(entry)
        return entry

    def _honest(self) -> bytes:
        voter = self._random.randrange(self._ballot.voters) + 1
        choices = []
        for number, encoding in enumerate(self._ballot.manifest.encodings):
            few = encoding.minimum or (1 if encoding.single else 0)
            chosen = self._random.sample(range(encoding.options), max(few, 0))
            choices.append((number, [encoding.options] if encoding.blank and few == 0 else chosen))
        prev = self.last.get(self._ballot.credential(voter).public, ballots.NO_PREVIOUS)
        if self._random.random() < 0.1:
            prev = self._random.randbytes(32)
        return line(self._ballot.vote(voter, choices, prev))

    def _text(self, entry: bytes) -> bytes:
        """Change bytes of the text, wherever they are."""
        at = self._random.randrange(len(entry) + 1)
        flipped = (entry or b" ")[at - 1] ^ 1 << self._random.randrange(8)
        kinds: list[Callable[[], bytes]] = [
            lambda: entry[: at - 1] + bytes([flipped]) + entry[at:] if at else b"",
            lambda: entry[:at] + self._random.randbytes(1) + entry[at:],
            lambda: entry[:at] + entry[at + 1 :],
            lambda: entry[:at],
            lambda: entry + self._random.choice((b" ", b"\r", b"\x00", b"{}", entry)),
            lambda: b"\xef\xbb\xbf" + entry,
            lambda: entry.replace(b":", b": ", 1),
            lambda: entry.replace(b'"type":"ballot"', b'"type":"\\u0062allot"'),
            lambda: entry.replace(b'"type":"ballot"', b'"type":"ballot","type":"ballot"'),
            lambda: entry.replace(b'"question":0', b'"question":' + self._random.choice(NUMBERS)),
            lambda: b'{"a":' * 40 + entry + b"}" * 40,
            lambda: entry.replace(b'"credential"', b'"answers":[],"credential"', 1),
            lambda: b"{" + entry.partition(b"],")[2][:-1] + b',"answers":[]}',
        ]
        return self._random.choice(kinds)()

    def _value(self, entry: bytes) -> bytes:
        """Change a value, and encode all canonically again; a text that is no ballot is left alone."""
        try:
            found = json.loads(entry)
            kind = self._random.choice((self._block, self._block, self._block, self._base64, self._shape))
            kind(found)
            return json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        except (ValueError, KeyError, IndexError, TypeError, AttributeError):
            return entry

    def _signed(self, entry: bytes) -> bytes:
        """Change a value, and sign with the secret of whoever the ballot is said to be from."""
        changed = self._value(entry)
        try:
            read = read_ballot(changed, "")
            body = ballots.Body(read.phi, read.credential, read.prev, read.answers)
            for voter in range(1, self._ballot.voters + 1):
                credential = self._ballot.credential(voter)
                if credential.public == read.credential:
                    fresh = self._random.randbytes(32)
                    return line(sealed(self._ballot.election, body, credential.secret, fresh))
        except ValueError:
            pass
        return changed

    def _block(self, entry: Entry) -> None:
        """Exchange 32 bytes that stand for an element, a scalar or a hash."""
        holder, key = self._random.choice(_strings(entry))
        data = b64decode(holder[key], validate=True)
        at = 32 * self._random.randrange(max(1, len(data) // 32))
        block = data[at : at + 32]
        number = int.from_bytes(block, "little")
        holder_2, key_2 = self._random.choice(_strings(entry))
        other = b64decode(holder_2[key_2], validate=True)
        at_2 = 32 * self._random.randrange(max(1, len(other) // 32))
        flip = 1 << self._random.randrange(256)
        exchanged = self._random.choice(
            (
                (number ^ flip).to_bytes(32, "little"),
                other[at_2 : at_2 + 32],
                bytes(32),
                b"\xff" * 32,
                ((number + L) % 2**256).to_bytes(32, "little"),
                ((number + 1) % L).to_bytes(32, "little"),
                ((number - L) % 2**256).to_bytes(32, "little"),
                (-number % P).to_bytes(32, "little"),
                ((number + P) % 2**256).to_bytes(32, "little"),
                L.to_bytes(32, "little"),
                P.to_bytes(32, "little"),
                (1).to_bytes(32, "little"),
                base_mul(Scalar.from_wide_bytes(self._random.randbytes(64))).to_bytes(),
            )
        )
        holder[key] = b64encode(data[:at] + exchanged + data[at + 32 :]).decode()

    def _base64(self, entry: Entry) -> None:
        """Write bytes in another way, or in another number."""
        holder, key = self._random.choice(_strings(entry))
        text: str = holder[key]
        data = b64decode(text, validate=True)
        holder[key] = self._random.choice(
            (
                text.rstrip("="),
                text + "=",
                text.replace("+", "-").replace("/", "_"),
                text[:-2] + "B=" if text.endswith("=") else text + "AAAA",
                f" {text}",
                text[: len(text) // 2] + "\n" + text[len(text) // 2 :],
                b64encode(data[:-1]).decode(),
                b64encode(data + b"\x00").decode(),
                b64encode(data + data[-32:]).decode(),
                b64encode(data[:-32]).decode(),
                "",
                None,
                7,
            )
        )

    def _shape(self, entry: Entry) -> None:
        """Drop, repeat, exchange or rename parts."""
        answers = entry["answers"]
        answer = self._random.choice(answers)
        lists = (answers, answer["ciphertexts"], answer["proofs"])
        chosen: list[Any] = self._random.choice(lists)
        kind = self._random.randrange(8)
        if kind == 0:
            chosen.pop(self._random.randrange(len(chosen)))
        elif kind == 1:
            chosen.append(self._random.choice(chosen))
        elif kind == 2:
            chosen.reverse()
        elif kind == 3:
            chosen.clear()
        elif kind == 4:
            answer["question"] = self._random.choice(
                (1, 2, 3, -1, 2**31, 2**53, 2**53 - 1, 2**64, "0", None, 0.5)
            )
        elif kind == 5:
            part = self._random.choice((entry, answer))
            part[self._random.choice(("x", "Type", "weight"))] = self._random.choice((0, "", None, []))
        elif kind == 6:
            part = self._random.choice((entry, answer))
            del part[self._random.choice(sorted(part))]
        else:
            entry["type"] = self._random.choice(("spoil", "Ballot", "ballot ", "", 1))


NUMBERS: Final = (b"0.0", b"-0", b"0e0", b"00", b"+0", b"1", b"NaN", b"1e400", b"9007199254740993")


def _strings(entry: Entry) -> list[tuple[Any, Any]]:
    """Where the base64 strings of an entry are."""
    found: list[tuple[Any, Any]] = [(entry, key) for key in ("credential", "phi", "prev", "signature")]
    for answer in entry["answers"]:
        for key in ("ciphertexts", "proofs"):
            found += [(answer[key], i) for i in range(len(answer[key]))]
    return found
