"""What clients and the board do: ballots made, entries made durable."""

from __future__ import annotations

import secrets
from pathlib import Path
from time import perf_counter

from bench import elections
from bench.figures import Results, cpu_seconds
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.box import Accepted
from quorate.election.voter import VoterProgram
from support.ballots import NOON

BATCH = 512


def measure(results: Results, folder: Path, ballots: int, repetitions: int) -> None:
    """Rates of one process."""
    election = elections.prepare(folder / "rates", ballots)
    program = VoterProgram(election.manifest)
    codes = [sent.code for sent in election.issue.deliveries]
    lines: list[bytes] = []

    def seal() -> None:
        lines[:] = [
            program.seal(code, [(0, [i % 3])], NO_PREVIOUS, secrets.token_bytes).line
            for i, code in enumerate(codes)
        ]

    runs = [ballots / cpu_seconds(seal) for _ in range(repetitions)]
    results.add("made_per_s", "ballots/s", runs, "from a voting code to a signed ballot, in Python; one core")

    box = election.open_box()
    start = perf_counter()
    for i in range(0, len(lines), BATCH):
        if not all(isinstance(answer, Accepted) for answer in box.submit(lines[i : i + BATCH], NOON)):
            raise RuntimeError("a ballot of the benchmark was refused")
    taken = ballots / (perf_counter() - start)
    results.add(
        "box_per_s", "ballots/s", taken, f"verified and put on the board durably, {BATCH} at once; one core"
    )

    for size, count in ((1, min(200, ballots)), (BATCH, ballots)):
        rates = []
        for number in range(repetitions):
            signer = LogSigner("bench.example/rates", secrets.token_bytes(32))
            log = Log.create(FileStorage(folder / f"log-{size}-{number}"), signer, "bench.example/rates")
            start = perf_counter()
            for i in range(0, count, size):
                log.append(lines[i : min(i + size, count)])
            rates.append(count / (perf_counter() - start))
        what = f"entries appended durably (fsync, read back, signed, published), {size} at once"
        results.add(f"append_{size}_per_s", "entries/s", rates, what)
