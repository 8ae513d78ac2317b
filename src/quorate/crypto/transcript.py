"""Labelled, injective input to hashes and challenges (docs/protocol/02-encoding.md, 03-transcript.md)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha512

from quorate.group import Scalar

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


class Slot(bytes):
    """A value that is not known yet, as that many zero bytes: a `Layout` is made from transcripts that hold
    some.
    """

    __slots__ = ()


class Transcript:
    """A sequence of labelled items of one kind, [03.1], [03.2] and [03.5].

    The caller appends the items in the order that the kind's clause fixes [03.3]. `challenge` may be called
    once the statement is complete; `to_bytes` gives the injective encoding itself.
    """

    __slots__ = ("_parts",)

    def __init__(self, kind: str) -> None:
        self._parts: list[bytes] = [frame(PROTOCOL), frame(kind.encode())]

    def add_bytes(self, label: str, value: bytes) -> Transcript:
        """Append one byte string; returns the transcript for chaining."""
        self._parts += (b"\x01", frame(label.encode()), u32be(len(value)), value)
        return self

    def add_list(self, label: str, values: Sequence[bytes]) -> Transcript:
        """Append a counted list of byte strings; an empty list differs from a list of one empty string."""
        self._parts += (b"\x02", frame(label.encode()), u32be(len(values)))
        for value in values:
            self._parts += (u32be(len(value)), value)
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
        return Scalar.from_wide_bytes(sha512(self.to_bytes()).digest())


def unreduced_challenge(transcript: bytes) -> int:
    """The challenge of an encoded transcript before its reduction modulo L, for batch arithmetic [03.4]."""
    return int.from_bytes(sha512(transcript).digest(), "little")


def hedged_nonce(fresh: bytes, secret: bytes, transcript: Transcript) -> Scalar:
    """A prover's nonce that stays safe when `fresh` (32 bytes) repeats [03.11]. Secret: never publish it."""
    parts = (b"quorate/1 nonce", fresh, secret, transcript.to_bytes())
    return Scalar.from_wide_bytes(sha512(b"".join(map(frame, parts))).digest())


class Layout:
    """The encoding of a transcript with slots, to be filled again and again (the hot path of verification).

    `render` takes the slots' values in order and yields what the transcript's `to_bytes` would with these
    values in place. The caller has checked that each has its slot's length.
    """

    __slots__ = ("_template",)

    def __init__(self, transcript: Transcript) -> None:
        parts = [b"%b" if isinstance(part, Slot) else part.replace(b"%", b"%%") for part in transcript._parts]
        self._template = b"".join(parts)

    def render(self, values: tuple[bytes, ...]) -> bytes:
        """The transcript's bytes with these values in the slots; TypeError for another number of values."""
        return self._template % values
