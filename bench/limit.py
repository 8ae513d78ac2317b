"""The limit: what the group arithmetic of verification costs by itself, with the same native code.

Per ballot ten points are decoded and enter one sum for each chunk: K, A and B with full scalars; R and the
six commitments with scalars of 128 bits, as the batch of [05.11] has them. Everything else that verification
does - reading, parsing, hashing, integers, tree, ledger, credential list - is not in the limit.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from bench.figures import cpu_seconds
from quorate.election.folder import pins_of
from quorate.group import L, Points
from quorate.record.container import ENTRIES, MANIFEST, Container
from quorate.record.entries import is_ballot, read_ballot
from quorate.record.manifest import read_manifest
from quorate.verify.chunk import CHUNK, Setup, check_chunk
from quorate.verify.run import verify

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


@dataclass(frozen=True)
class Shares:
    """Processor seconds of the limit, of verification and of its part in `check_chunk`, by repetition.

    `scaling` is how many times faster two processes run the limit than one: what the second core is
    worth to work without any waiting.
    """

    ballots: int
    limits: list[float]
    wholes: list[float]
    chunks: list[float]
    scaling: list[float]


def compare(record: Path, repetitions: int) -> Shares:
    """Measure the limit and the verification of a finished record in turns."""
    with Container(record) as container:
        manifest = read_manifest(container.read(MANIFEST))
        lines = [line for _offset, line in container.lines(ENTRIES) if is_ballot(line)]
        setup = Setup(manifest.phi, manifest.ballot_key, manifest.encodings)
        limit, pins = Limit.of(lines), pins_of(manifest)

        def whole() -> None:
            report = verify(container, pins=pins)
            if not report.ok:
                raise RuntimeError(f"the record of the benchmark does not verify: {report.findings[0]}")

        def chunks() -> None:
            for i in range(0, len(lines), CHUNK):
                check_chunk(setup, lines[i : i + CHUNK])

        shares = Shares(len(lines), [], [], [], [])
        for _ in range(repetitions):
            before = cpu_seconds(limit.run)
            shares.wholes.append(cpu_seconds(whole))
            shares.limits.append((before + cpu_seconds(limit.run)) / 2)
            shares.chunks.append(cpu_seconds(chunks))
            shares.scaling.append(2 * _together(limit, 1) / _together(limit, 2))
    return shares


def _together(limit: Limit, processes: int) -> float:
    """Wall seconds until so many processes at once have each run the limit."""
    start = perf_counter()
    running = [get_context("fork").Process(target=limit.run) for _ in range(processes)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    return perf_counter() - start
