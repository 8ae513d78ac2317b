"""The value-set proof: a weighted sum of ciphertexts holds one value of a public list
(docs/protocol/05-value-set-proof.md).

The single proof engine of the project. Proving and exact checking are here; `batch` checks many at once from
the same equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quorate.crypto.elgamal import Ciphertext
from quorate.crypto.transcript import Transcript, u64be
from quorate.group import Element, FixedBase, L, Scalar, base_mul


@dataclass(frozen=True, slots=True)
class Shape:
    """What one proof claims, apart from the ciphertexts: the weights and the value list V [05.1]."""

    weights: tuple[int, ...]
    values: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.values or len(set(self.values)) != len(self.values) or min(self.values) < 0:
            raise ValueError("a value list holds distinct integers of 0 or more")
        if not self.weights or min(self.weights) < 0 or max(self.weights) == 0:
            raise ValueError("weights are integers of 0 or more, not all zero")

    @property
    def proof_bytes(self) -> int:
        """The exact length of a proof [05.10]."""
        return 32 * (4 * len(self.values) - 1)


# [03.6] the ballot context, which opens every transcript about a ballot
BALLOT_CONTEXT = ("suite", "phi", "ballot_key", "credential", "prev", "ciphertexts_hash")


class ProofError(ValueError):
    """A value-set proof does not hold; the message names the equation."""


def combine(weights: Sequence[int], ciphertexts: Sequence[Ciphertext]) -> Ciphertext:
    """The weighted sum that a statement is about [05.1]."""
    total = Ciphertext.zero()
    for weight, ciphertext in zip(weights, ciphertexts, strict=True):
        if weight == 1:
            total = total + ciphertext
        elif weight:
            scalar = Scalar.from_int(weight)
            total = total + Ciphertext(scalar * ciphertext.a, scalar * ciphertext.b)
    return total


def transcript(
    shape: Shape,
    context: Sequence[bytes],
    question: int,
    proof: int,
    ciphertexts: Sequence[bytes],
    commitments: Sequence[bytes],
) -> Transcript:
    """The statement and its commitments, whose hash is the challenge [05.3]."""
    statement = Transcript("value-set")
    for label, value in zip(BALLOT_CONTEXT, context, strict=True):
        statement.add_bytes(label, value)
    statement.add_number("question", question).add_number("proof", proof)
    statement.add_list("values", [*map(u64be, shape.values)])
    statement.add_list("weights", [*map(u64be, shape.weights)])
    return statement.add_list("ciphertexts", ciphertexts).add_list("commitments", commitments)


@dataclass(frozen=True, slots=True)
class Nonces:
    """The prover's secrets: w for the true branch, (c, z) for each other branch in order [05.5]."""

    w: Scalar
    simulated: tuple[tuple[Scalar, Scalar], ...]

    def __repr__(self) -> str:
        return "Nonces(...)"


def prove(
    shape: Shape,
    context: Sequence[bytes],
    question: int,
    proof: int,
    ciphertexts: Sequence[Ciphertext],
    ballot_key: FixedBase,
    value: int,
    r: Scalar,
    nonces: Nonces,
) -> bytes:
    """Prove that the weighted sum holds `value`, r being the weighted sum of the randomness [05.5], [05.2].

    Raises ValueError when the value is not in the list, or the nonce w is zero [07.11]. As the prover knows
    r, simulated commitments are computed from fixed bases: z G - c A = (z - c r) G, and
    z Y - c (B - v_j G) = (z - c r) Y - c (v - v_j) G.
    """
    true = shape.values.index(value)
    if nonces.w.is_zero():
        raise ValueError("the nonce is zero: draw again")
    simulated = iter(nonces.simulated)
    commitments: list[bytes] = []
    cs: list[Scalar] = []
    zs: list[Scalar] = []
    for j, v_j in enumerate(shape.values):
        if j == true:
            x, z_point = base_mul(nonces.w), ballot_key.mul(nonces.w)
            c, z = Scalar.zero(), nonces.w
        else:
            c, z = next(simulated)
            opened = z - c * r
            x = base_mul(opened)
            z_point = ballot_key.mul(opened) - base_mul(c * _difference(value, v_j))
        commitments += (x.to_bytes(), z_point.to_bytes())
        cs.append(c)
        zs.append(z)
    encoded = [ciphertext.to_bytes() for ciphertext in ciphertexts]
    challenge = transcript(shape, context, question, proof, encoded, commitments).challenge()
    for c in cs:
        challenge = challenge - c
    cs[true] = challenge
    zs[true] = nonces.w + challenge * r
    return b"".join([*commitments, *(c.to_bytes() for c in cs[:-1]), *(z.to_bytes() for z in zs)])


def verify(
    shape: Shape,
    context: Sequence[bytes],
    question: int,
    proof: int,
    ciphertexts: Sequence[Ciphertext],
    ballot_key: Element,
    data: bytes,
) -> None:
    """Check one proof exactly, equation by equation [05.4]; ProofError names the first that fails."""
    n = len(shape.values)
    if len(data) != shape.proof_bytes:
        raise ProofError(f"a proof of {n} values has {shape.proof_bytes} bytes, not {len(data)}")
    fields = [data[i : i + 32] for i in range(0, len(data), 32)]
    try:
        points = [Element.from_canonical_bytes(field) for field in fields[: 2 * n]]
        cs = [Scalar.from_canonical_bytes(field) for field in fields[2 * n : 3 * n - 1]]
        zs = [Scalar.from_canonical_bytes(field) for field in fields[3 * n - 1 :]]
    except ValueError as error:
        raise ProofError(f"a proof holds a bad element or scalar: {error}") from error
    if any(point.is_identity() for point in points):
        raise ProofError("a commitment is the identity")
    encoded = [ciphertext.to_bytes() for ciphertext in ciphertexts]
    last = transcript(shape, context, question, proof, encoded, fields[: 2 * n]).challenge()
    for c in cs:
        last = last - c
    statement = combine(shape.weights, ciphertexts)
    for j, (c, z, v) in enumerate(zip([*cs, last], zs, shape.values, strict=True)):
        if base_mul(z) != points[2 * j] + c * statement.a:
            raise ProofError(f"equation X_{j} does not hold")
        if z * ballot_key != points[2 * j + 1] + c * (statement.b - base_mul(Scalar.from_int(v))):
            raise ProofError(f"equation Z_{j} does not hold")


def _difference(value: int, other: int) -> Scalar:
    return Scalar.from_int((value - other) % L)
