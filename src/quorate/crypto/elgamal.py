"""Exponential ElGamal: ciphertexts that add up (docs/protocol/04-elgamal.md)."""

from __future__ import annotations

from dataclasses import dataclass

from quorate.group import Element, FixedBase, Scalar, base_mul

CIPHERTEXT_BYTES = 64


@dataclass(frozen=True, slots=True)
class Ciphertext:
    """`(A, B) = (rG, rY + vG)` [04.1]; sums may hold the identity [02.3]."""

    a: Element
    b: Element

    @classmethod
    def from_canonical_bytes(cls, data: bytes) -> Ciphertext:
        """Read A || B as transmitted; ValueError for a wrong length, a bad encoding or the identity."""
        if len(data) != CIPHERTEXT_BYTES:
            raise ValueError(f"a ciphertext has {CIPHERTEXT_BYTES} bytes, not {len(data)}")
        a, b = Element.from_canonical_bytes(data[:32]), Element.from_canonical_bytes(data[32:])
        if a.is_identity() or b.is_identity():
            raise ValueError("a ciphertext holds the identity")
        return cls(a, b)

    @classmethod
    def zero(cls) -> Ciphertext:
        """The empty sum."""
        return cls(Element.identity(), Element.identity())

    def to_bytes(self) -> bytes:
        """A || B, 64 bytes."""
        return self.a.to_bytes() + self.b.to_bytes()

    def __add__(self, other: Ciphertext) -> Ciphertext:
        """A ciphertext of the sum [04.2]."""
        return Ciphertext(self.a + other.a, self.b + other.b)

    def __sub__(self, other: Ciphertext) -> Ciphertext:
        return Ciphertext(self.a - other.a, self.b - other.b)


def encrypt(ballot_key: FixedBase, value: int, r: Scalar) -> Ciphertext:
    """Encrypt an integer of at least 0 under Y with randomness r, uniform and secret [04.1].

    ValueError when r is zero: draw again [04.3].
    """
    if r.is_zero():
        raise ValueError("the randomness is zero: draw again")
    return Ciphertext(base_mul(r), ballot_key.mul(r) + base_mul(Scalar.from_int(value)))
