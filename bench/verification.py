"""Verification of one record: against the limit, on one core and two, in memory, and as ballots grow more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench import child, elections
from bench.child import Run
from bench.figures import Results, at_least, at_most
from quorate.verify.chunk import CHUNK
from quorate.verify.state import Until

MIB = 2**20


def against_limit(results: Results, record: Path, repetitions: int) -> None:
    """How much of the time is group arithmetic that cannot be avoided; both sides in turns."""
    shares = child.against_limit(record, repetitions)
    scale = 1e6 / shares.ballots
    results.add(
        "limit_us",
        "us/ballot",
        [t * scale for t in shares.limits],
        f"decoding and one sum for each chunk of {CHUNK:,} ballots, nothing else; one core, "
        f"{shares.ballots:,} ballots",
    )
    results.add(
        "verify_us",
        "us/ballot",
        [t * scale for t in shares.wholes],
        "all 22 checks of the finished record, from files to certificate; one core",
    )
    results.add(
        "chunk_us", "us/ballot", [t * scale for t in shares.chunks], "the part that workers do; one core"
    )
    results.add(
        "share_of_limit",
        "",
        [limit / whole for limit, whole in zip(shares.limits, shares.wholes, strict=True)],
        "limit_us / verify_us, each repetition by itself",
        at_least(0.6),
    )
    results.add(
        "machine_two_cores",
        "x",
        shares.scaling,
        "two processes over one for the limit: what two cores can give",
    )


def on_two_cores(results: Results, record: Path, label: str, repetitions: int, until: Until) -> None:
    """One process against two workers; the start of the workers counts."""
    runs = [(child.run(record, 1, until), child.run(record, 2, until)) for _ in range(repetitions)]
    results.add(
        f"two_cores_{label}",
        "x",
        [one.wall / two.wall for one, two in runs],
        f"{label} members: wall time of one process over that of a parent with two workers, start included",
        at_least(1.8),
    )
    results.add(f"one_core_{label}_s", "s", [one.wall for one, _two in runs], "wall time in one process")
    results.add(f"two_cores_{label}_s", "s", [two.wall for _one, two in runs], "wall time with two workers")
    _memory(results, label, [two for _one, two in runs])


def _memory(results: Results, label: str, runs: Sequence[Run]) -> None:
    results.add(
        f"memory_{label}_mib",
        "MiB",
        [run.peak / MIB for run in runs],
        f"{label} members: peak resident memory of the verifying process",
        at_most(400),
    )
    results.add(
        f"memory_worker_{label}_mib",
        "MiB",
        [run.worker_peak / MIB for run in runs],
        "peak resident memory of its largest worker",
    )


def growth(results: Results, folder: Path, small: int, large: int, repetitions: int, workers: int) -> None:
    """Cost and memory for each ballot of a small and a large election through its close; distinct voters."""
    records: dict[int, Path] = {}
    for members in (small, large):
        steps = max(1, large // 4)

        def tell(done: int, steps: int = steps, members: int = members) -> None:
            if done % steps < elections.BATCH and done >= steps:
                results.say(f"    {done:,} of {members:,} ballots made")

        made = elections.through_close(folder / str(members), members, workers, tell)
        records[members] = made.record
    few, many = list[Run](), list[Run]()
    for _ in range(repetitions):
        few += [child.run(records[small], 1, "close") for _ in range(3)]
        many.append(child.run(records[large], 1, "close"))
    per_few = [run.cpu / small * 1e6 for run in few]
    per_many = [run.cpu / large * 1e6 for run in many]
    name = "all checks through close, from files; one core"
    results.add(f"verify_{small}_us", "us/ballot", per_few, f"{small:,} ballots: {name}")
    results.add(f"verify_{large}_us", "us/ballot", per_many, f"{large:,} ballots: {name}")
    pairs = [value / sorted(per_few[3 * i : 3 * i + 3])[1] for i, value in enumerate(per_many)]
    results.add("growth", "x", pairs, f"cost per ballot at {large:,} over that at {small:,}", at_most(1.1))
    slope = [(b.peak - a.peak) / (large - small) for a, b in zip(few[::3], many, strict=True)]
    results.add(
        "memory_per_ballot", "bytes", slope, "resident memory that each further member with a ballot takes"
    )
    on_two_cores(results, records[large], str(large), repetitions, "close")
