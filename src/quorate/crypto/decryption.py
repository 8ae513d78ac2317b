"""Partial decryption of aggregates, its proof, and the combination of any t of them [09.3], [09.5]."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add

from quorate.crypto import equality
from quorate.crypto.transcript import SUITE, Transcript
from quorate.group import Element, L, Scalar, base_mul

_MOST_TELLERS = 255  # [06.1]


class PartialDecryptionError(ValueError):
    """A partial decryption is malformed or its proof does not hold; the message says which."""


@dataclass(frozen=True, slots=True)
class TallyContext:
    """What a partial decryption is for: the ballot, its closing state, the teller [03.8].

    `phi` and `closing_root` are 32 bytes each, `teller` is an index of the ceremony.
    """

    phi: bytes
    closing_index: int
    closing_root: bytes
    teller: int

    def transcript(self, kind: str) -> Transcript:
        """A transcript of a kind, opened with the tally context [03.8]."""
        return (
            Transcript(kind)
            .add_bytes("suite", SUITE)
            .add_bytes("phi", self.phi)
            .add_number("closing_index", self.closing_index)
            .add_bytes("closing_root", self.closing_root)
            .add_number("teller", self.teller)
        )


def partial_decrypt(
    context: TallyContext,
    share: Scalar,
    a: Element,
    b: Element,
    question: int,
    group: int,
    place: int,
    fresh: bytes,
) -> tuple[bytes, bytes]:
    """`D = x_j A` for the aggregate (A, B), and its proof: 32 and 96 bytes [09.3].

    `fresh` is 32 random bytes. Whether this aggregate may be decrypted at all is the caller's to know [09.8].
    ValueError when A is the identity.
    """
    if a.is_identity():  # [02.3] D would be the identity, which is never transmitted
        raise ValueError("an aggregate whose first half is the identity is not decrypted")
    d = share * a
    transcript = _statement(context, base_mul(share), a, b, question, group, place, d)
    return d.to_bytes(), equality.prove(share, a, transcript, fresh)


def verify_partial(
    context: TallyContext,
    verification_key: Element,
    a: Element,
    b: Element,
    question: int,
    group: int,
    place: int,
    partial: bytes,
    proof: bytes,
) -> Element:
    """The partial decryption D when its proof holds [09.3]; PartialDecryptionError otherwise."""
    try:
        d = Element.from_canonical_bytes(partial)
        transcript = _statement(context, verification_key, a, b, question, group, place, d)
        equality.verify(verification_key, a, d, transcript, proof)
    except ValueError as error:
        raise PartialDecryptionError(f"teller {context.teller}: {error}") from error
    return d


def combine(b: Element, partials: Mapping[int, Element]) -> Element:
    """`M = B - sum lambda_j D_j` from verified partial decryptions by teller index [09.5].

    The caller makes sure that there are at least t of them; with fewer the outcome is meaningless.
    """
    weights = lagrange_at_zero(partials)
    return b - reduce(add, (weights[teller] * d for teller, d in partials.items()), Element.identity())


def lagrange_at_zero(indices: Collection[int]) -> dict[int, Scalar]:
    """The coefficients `lambda_j = prod_{m != j} m / (m - j)` modulo L, by index [09.5].

    ValueError for no index, for a repeated one, or for one outside 1..255 (so for 0, L, 1 + L).
    """
    if not indices or len(set(indices)) != len(indices):
        raise ValueError("interpolation needs distinct indices, and at least one")
    if any(not 1 <= index <= _MOST_TELLERS for index in indices):
        raise ValueError(f"teller indices are from 1 to {_MOST_TELLERS}")
    weights = {}
    for j in indices:
        numerator = denominator = 1
        for m in indices:
            if m != j:
                numerator = numerator * m % L
                denominator = denominator * (m - j) % L
        weights[j] = Scalar.from_int(numerator * pow(denominator, -1, L) % L)
    return weights


def _statement(
    context: TallyContext,
    verification_key: Element,
    a: Element,
    b: Element,
    question: int,
    group: int,
    place: int,
    partial: Element,
) -> Transcript:
    return (
        context.transcript("partial-decryption")
        .add_number("question", question)
        .add_number("group", group)
        .add_number("place", place)
        .add_bytes("A", a.to_bytes())
        .add_bytes("B", b.to_bytes())
        .add_bytes("verification_key", verification_key.to_bytes())
        .add_bytes("partial", partial.to_bytes())
    )
