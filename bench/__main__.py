"""`python -m bench`: measure, print, and write the results file."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

from bench import ROOT, belenios, booth, casts, rates, site_day, verification, voting_day
from bench.figures import Results, table, write

LATEST = ROOT / "bench" / "results" / "latest.json"


@dataclass(frozen=True)
class Sizes:
    """How much is measured: numbers of voters, of ballots, of repetitions."""

    members: int
    small: int
    large: int
    sealed: int
    belenios_few: int
    belenios_many: int
    repetitions: int
    rushed: int
    seconds: float
    browsers: int


FULL = Sizes(voting_day.MEMBERS, 1_000, 200_000, 2_048, 40, 240, 5, 5_000, 20.0, 7)
QUICK = Sizes(2_700, 1_000, 10_000, 512, 10, 50, 2, 1_000, 4.0, 2)


def run(sizes: Sizes, folder: Path, say: Callable[[str], None]) -> Results:
    """All sections in order; ballots and archives go into `folder`."""
    results, workers = Results(say), len(os.sched_getaffinity(0))
    results.begin("A whole voting day")
    record = voting_day.measure(results, folder / "day", sizes.members, workers)
    results.begin("Verification against the limit")
    verification.against_limit(results, record, sizes.repetitions)
    results.begin("Verification against belenios-tool")
    few, many, times = sizes.belenios_few, sizes.belenios_many, min(3, sizes.repetitions)
    belenios.measure(results, folder / "belenios", few, many, record, times)
    results.begin("Rates")
    rates.measure(results, folder, sizes.sealed, sizes.repetitions)
    results.begin("Casts over HTTP")
    casts.measure(results, sizes.rushed, sizes.seconds, workers)
    results.begin("The voting day over HTTP")
    site_day.measure(results, folder / "site", sizes.members, workers)
    results.begin("The booth in a browser")
    booth.measure(results, sizes.browsers)
    results.begin("Cores and memory")
    verification.on_two_cores(results, record, str(sizes.members), min(3, sizes.repetitions), "result")
    results.begin("Growth")
    verification.growth(results, folder, sizes.small, sizes.large, 2, workers)
    return results


def main(arguments: Sequence[str]) -> int:
    """Measure and write; 0 also when a target was missed, which the output says."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller numbers: a minute instead of several")
    parser.add_argument("--out", type=Path, default=LATEST, help="the results file (default: %(default)s)")
    parser.add_argument("--table", type=Path, help="only show this file as a table, for the documents")
    chosen = parser.parse_args(arguments)
    if chosen.table:
        print(table(json.loads(chosen.table.read_text(encoding="utf-8"))), end="")
        return 0
    sizes = QUICK if chosen.quick else FULL
    start = perf_counter()

    def say(text: str) -> None:
        print(f"{perf_counter() - start:6.1f} s {text}", flush=True)

    with tempfile.TemporaryDirectory(prefix="quorate-bench-") as folder:
        results = run(sizes, Path(folder), say)
    tool = belenios.version()
    versions = {"belenios-tool": tool} if tool else {}
    write(chosen.out, results.as_json(asdict(sizes), versions))
    missed = ", ".join(results.missed) or "none"
    say(f"{len(results.figures)} figures in {chosen.out}; targets missed: {missed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
