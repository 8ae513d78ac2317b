"""Labelled, injective input to hashes and challenges (docs/protocol/02-encoding.md, 03-transcript.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from quorate.group import L, Scalar

PROTOCOL = b"quorate/1"
SUITE = b"quorate/1 ristretto255 sha512"  # [03.9] compiled in, never read from a record


def u32be(number: int) -> bytes:
    """Four big-endian bytes [02.1]."""
    return number.to_bytes(4, "big")


def u64be(number: int) -> bytes:
    """Eight big-endian bytes [02.1]."""
    return number.to_bytes(8, "big")


def frame(value: bytes) -> bytes:
    """The value behind its length [02.1]."""
    return len(value).to_bytes(4, "big") + value


class Transcript:
    """A sequence of labelled items of one kind, [03.1] and [03.2].

    The caller appends the items in the order that the kind's clause fixes. `challenge` may be called once the
    statement is complete; `to_bytes` gives the injective encoding itself.
    """

    __slots__ = ("_parts",)

    def __init__(self, kind: str) -> None:
        self._parts: list[bytes] = [frame(PROTOCOL), frame(kind.encode())]

    def add_bytes(self, label: str, value: bytes) -> Transcript:
        """Append one byte string; returns the transcript for chaining."""
        self._parts += (b"\x01", frame(label.encode()), frame(value))
        return self

    def add_list(self, label: str, values: Sequence[bytes]) -> Transcript:
        """Append a counted list of byte strings; an empty list differs from a list of one empty string."""
        self._parts += (b"\x02", frame(label.encode()), u32be(len(values)))
        self._parts += map(frame, values)
        return self

    def add_number(self, label: str, number: int) -> Transcript:
        """Append an integer from 0 to 2^64 - 1 (OverflowError outside)."""
        self._parts += (b"\x03", frame(label.encode()), u64be(number))
        return self

    def copy(self) -> Transcript:
        """An independent transcript with the same items so far."""
        twin = object.__new__(Transcript)
        twin._parts = self._parts.copy()
        return twin

    def to_bytes(self) -> bytes:
        """The encoding [03.1], [03.2]."""
        return b"".join(self._parts)

    def challenge(self) -> Scalar:
        """SHA-512 of the whole transcript, little-endian, modulo L [03.4]."""
        return Scalar.from_wide_bytes(hashlib.sha512(self.to_bytes()).digest())


def challenge_int(transcript: bytes) -> int:
    """The challenge of an encoded transcript as a Python integer, for batch arithmetic [03.4]."""
    return int.from_bytes(hashlib.sha512(transcript).digest(), "little") % L


def hedged_nonce(fresh: bytes, secret: bytes, transcript: Transcript) -> Scalar:
    """A prover's nonce that stays safe when `fresh` (32 bytes) repeats [03.11]. Secret: never publish it."""
    parts = (b"quorate/1 nonce", fresh, secret, transcript.to_bytes())
    return Scalar.from_wide_bytes(hashlib.sha512(b"".join(map(frame, parts))).digest())


class Layout:
    """A transcript whose labels and value lengths are fixed, rendered by one join (the hot path of
    verification).

    Fields are `(label, form)`; form is an int (one byte string of that length), a tuple (a list of byte
    strings of those lengths), or None (a number). `render` takes the values in order and yields the bytes
    that `Transcript` would: tests hold the two equal. A value of another length than declared raises
    ValueError.
    """

    __slots__ = ("_fixed", "_sizes")

    def __init__(self, kind: str, fields: Iterable[tuple[str, int | tuple[int, ...] | None]]) -> None:
        fixed: list[bytes] = []
        sizes: list[int] = []
        pending = frame(PROTOCOL) + frame(kind.encode())
        for label, form in fields:
            head = frame(label.encode())
            if form is None:
                fixed.append(pending + b"\x03" + head)
                sizes.append(8)
                pending = b""
            elif isinstance(form, int):
                fixed.append(pending + b"\x01" + head + u32be(form))
                sizes.append(form)
                pending = b""
            else:
                pending += b"\x02" + head + u32be(len(form))
                for length in form:
                    fixed.append(pending + u32be(length))
                    sizes.append(length)
                    pending = b""
        self._fixed = tuple(fixed) + ((pending,) if pending else ())
        self._sizes = tuple(sizes)

    def render(self, values: Sequence[bytes]) -> bytes:
        """The transcript's bytes; numbers are passed as their eight bytes."""
        if tuple(map(len, values)) != self._sizes:
            raise ValueError("a transcript value has another length than its kind fixes")
        parts = [b""] * (2 * len(values))
        parts[0::2] = self._fixed[: len(values)]
        parts[1::2] = values
        parts += self._fixed[len(values) :]
        return b"".join(parts)
