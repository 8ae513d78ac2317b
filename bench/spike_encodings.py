"""Three ways to encrypt yes / no / blank, measured here (docs/adr/0001-ballot-statement.md).

A: a ciphertext of 0 or 1 for each outcome, adding up to one. B: one for yes and one for no, adding up to 0 or
1; blank is what is left. D: one ciphertext of 0, 1 or 2^32. All with the credential K and a signature, in one
weighted sum: commitments (X, Z, R) take weights of 128 bits, A, B and K full scalars.

Run `python bench/spike_encodings.py [ballots]`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from time import perf_counter

from quorate.crypto.value_set import Shape
from quorate.group import L, Points, Scalar, base_mul
from quorate.record.canonical import encode
from quorate.record.entries import Answer, Ballot

BEST_OF = 7


@dataclass(frozen=True)
class Candidate:
    """A number of ciphertexts, and the proofs about them."""

    name: str
    ciphertexts: int
    proofs: tuple[Shape, ...]

    @property
    def full(self) -> int:
        """Points with full scalars: every A and B, and K."""
        return 2 * self.ciphertexts + 1

    @property
    def short(self) -> int:
        """Points with 128-bit scalars: every X and Z, and R."""
        return sum(2 * len(shape.values) for shape in self.proofs) + 1

    @property
    def scalars(self) -> int:
        """Scalars that a ballot carries: challenges but one of each proof, responses, and s."""
        return sum(2 * len(shape.values) - 1 for shape in self.proofs) + 1

    @property
    def entry_bytes(self) -> int:
        """The length of the ballot's line on the board."""
        proofs = tuple(bytes(shape.proof_bytes) for shape in self.proofs)
        answer = Answer((bytes(64),) * self.ciphertexts, proofs, 0)
        return len(encode(Ballot((answer,), bytes(32), bytes(32), bytes(32), bytes(64), "ballot")))


def bits(count: int) -> tuple[Shape, ...]:
    """A proof of 0 or 1 for each of some ciphertexts."""
    return tuple(Shape(tuple(int(i == j) for j in range(count)), (0, 1)) for i in range(count))


CANDIDATES = (
    Candidate("A", 3, (*bits(3), Shape((1, 1, 1), (1,)))),
    Candidate("B", 2, (*bits(2), Shape((1, 1), (0, 1)))),
    Candidate("D", 1, (Shape((1,), (0, 1, 2**32)),)),
)


def measure(candidate: Candidate, ballots: int) -> tuple[float, float]:
    """Microseconds a ballot for decoding its points, and for its share of one sum; best of several runs."""
    count = candidate.full + candidate.short
    one = [base_mul(Scalar.from_wide_bytes(os.urandom(64))) for _ in range(64)]
    data = b"".join(point.to_bytes() for point in one) * (ballots * count // 64 + 1)
    data = data[: 32 * count * ballots]
    scalars = b"".join(
        (int.from_bytes(os.urandom(64), "little") % L).to_bytes(32, "little")
        if place < candidate.full
        else os.urandom(16) + bytes(16)
        for _ in range(ballots)
        for place in range(count)
    )
    decode, product = [], []
    for _ in range(BEST_OF):
        start = perf_counter()
        points = Points.from_canonical_bytes(data, refuse_identity=True)
        middle = perf_counter()
        points.msm_vartime(scalars)
        end = perf_counter()
        decode.append(middle - start)
        product.append(end - middle)
    return 1e6 * min(decode) / ballots, 1e6 * min(product) / ballots


def main() -> None:
    """Print one row for each candidate."""
    ballots = int(sys.argv[1]) if len(sys.argv) > 1 else 2048
    row = "{:<10}{:>8}{:>8}{:>8}{:>9}{:>11}{:>10}{:>10}{:>10}"
    head = ("encoding", "points", "full", "short", "scalars", "JSON bytes", "decode", "sum", "together")
    print(f"{ballots} ballots, best of {BEST_OF}; microseconds a ballot, one core")
    print(row.format(*head))
    for one in CANDIDATES:
        decode, product = measure(one, ballots)
        times = (f"{decode:.1f}", f"{product:.1f}", f"{decode + product:.1f}")
        print(
            row.format(
                one.name, one.full + one.short, one.full, one.short, one.scalars, one.entry_bytes, *times
            )
        )


if __name__ == "__main__":
    main()
