"""Hashes as people compare them: the first 160 bits, as 32 Crockford symbols in groups of four [06.8]."""

from __future__ import annotations

from quorate.crypto.credential import ALPHABET, READ_AS

SYMBOLS = 32


def spoken(digest: bytes) -> str:
    """The groups of a hash of at least 20 bytes; ValueError for a shorter one."""
    if len(digest) < 20:
        raise ValueError("a fingerprint shows 160 bits")
    number = int.from_bytes(digest[:20], "big")
    symbols = "".join(ALPHABET[number >> shift & 31] for shift in range(155, -1, -5))
    return " ".join(symbols[at : at + 4] for at in range(0, SYMBOLS, 4))


def read_spoken(typed: str) -> bytes:
    """The first 20 bytes of the hash whose groups a person typed; spaces, hyphens and case do not matter
    [07.1].

    ValueError for anything but 32 symbols.
    """
    symbols = "".join(typed.translate(READ_AS).split())
    if len(symbols) != SYMBOLS or any(symbol not in ALPHABET for symbol in symbols):
        raise ValueError(f"a fingerprint has {SYMBOLS} letters and digits")
    number = 0
    for symbol in symbols:
        number = number << 5 | ALPHABET.index(symbol)
    return number.to_bytes(20, "big")


def is_spoken(digest: bytes, typed: str) -> bool:
    """Whether a person typed all groups of this hash."""
    try:
        return read_spoken(typed) == digest[:20]
    except ValueError:
        return False
