"""The limit: what the group arithmetic of verification costs by itself, with the same native code.

Per ballot ten points are decoded and enter one sum for each chunk: K, A and B with full scalars; R and the
six commitments with scalars of 128 bits, as the batch of [05.11] has them. Everything else that verification
does - reading, parsing, hashing, integers, tree, ledger, credential list - is not in the limit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from quorate.group import L, Points
from quorate.record.entries import read_ballot
from quorate.verify.chunk import CHUNK

FULL, SHORT = 3, 7


@dataclass(frozen=True)
class Limit:
    """The points of some ballots and scalars of the right widths, chunk by chunk."""

    chunks: tuple[tuple[bytes, bytes], ...]

    @classmethod
    def of(cls, lines: Sequence[bytes]) -> Limit:
        """Take the points out of the lines of ballots with one question and three outcomes."""
        parts = [lines[i : i + CHUNK] for i in range(0, len(lines), CHUNK)]
        return cls(tuple((b"".join(map(_points, part)), _scalars(len(part))) for part in parts))

    def run(self) -> None:
        """Decode and multiply, and nothing else."""
        for points, scalars in self.chunks:
            Points.from_canonical_bytes(points, refuse_identity=True).msm_vartime(scalars)


def _points(line: bytes) -> bytes:
    ballot = read_ballot(line, "a ballot of the benchmark")
    answer = ballot.answers[0]
    points = ballot.credential + answer.ciphertexts[0] + answer.proofs[0][:192] + ballot.signature[:32]
    if len(ballot.answers) != 1 or len(points) != 32 * (FULL + SHORT):
        raise ValueError("the limit is for ballots of ten points")
    return points


def _scalars(ballots: int) -> bytes:
    full = [secrets.randbelow(L).to_bytes(32, "little") for _ in range(FULL * ballots)]
    short = [secrets.token_bytes(16) + bytes(16) for _ in range(SHORT * ballots)]
    return b"".join(
        b"".join(full[FULL * i : FULL * i + FULL] + short[SHORT * i : SHORT * i + SHORT])
        for i in range(ballots)
    )
