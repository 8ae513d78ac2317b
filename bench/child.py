"""Measuring in a process of its own: neither what was measured before nor the benchmark itself weighs on it.

The process prints one JSON object: for `verify RECORD WORKERS UNTIL` what one verification took, for `limit
RECORD REPETITIONS` how verification compares with the limit.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from multiprocessing import active_children
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, get_args

from bench import ROOT
from bench.limit import Shares, compare
from quorate.cli.pool import worker_pool
from quorate.election.folder import pins_of
from quorate.record.container import MANIFEST, Container
from quorate.record.manifest import read_manifest
from quorate.verify.run import verify
from quorate.verify.state import Until


@dataclass(frozen=True)
class Run:
    """One verification: seconds, and bytes of resident memory at their peak."""

    wall: float
    cpu: float
    peak: int
    worker_peak: int


def run(record: Path, workers: int, until: Until) -> Run:
    """Verify a record in a new process with so many workers (1: none but itself)."""
    return Run(**_start("verify", str(record), str(workers), until))


def against_limit(record: Path, repetitions: int) -> Shares:
    """`limit.compare` in a new process."""
    return Shares(**_start("limit", str(record), str(repetitions)))


def _start(*arguments: str) -> dict[str, Any]:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    # not `-m bench.child`: every worker would import that, too
    command = (sys.executable, "-c", "from bench.child import main; main()", *arguments)
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"measuring in a process failed: {done.stderr.strip()}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def measure(record: Path, workers: int, until: Until) -> Run:
    """Verify here. The start of the workers is part of the time."""
    with Container(record) as container:
        pins = pins_of(read_manifest(container.read(MANIFEST)))
        start, busy = perf_counter(), process_time()
        with worker_pool(workers) as executor:
            report = verify(container, pins=pins, until=until, executor=executor, in_flight=4 * workers + 4)
            wall, cpu = perf_counter() - start, process_time() - busy
            largest = max((_peak(str(child.pid)) for child in active_children()), default=0)
    if not report.ok:
        raise RuntimeError(f"the record of the benchmark does not verify: {report.findings[0]}")
    return Run(wall, cpu, _peak("self"), largest)


def _peak(process: str) -> int:
    """The peak resident memory of a process in bytes; 0 where the system does not tell."""
    status = Path("/proc") / process / "status"
    if not status.exists():
        return 0
    for line in status.read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def main() -> None:
    """The new process: do what the command line says."""
    _program, what, record, *rest = sys.argv
    found: Run | Shares
    if what == "verify":
        (until,) = [word for word in get_args(Until) if word == rest[1]]
        found = measure(Path(record), int(rest[0]), until)
    else:
        found = compare(Path(record), int(rest[0]))
    print(json.dumps(vars(found)))
