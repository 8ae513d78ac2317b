"""Verification in a process of its own, which says how long it took and how much memory it ever held.

`python -m bench.child RECORD WORKERS UNTIL` prints one JSON object: wall and processor seconds of `verify`,
peak resident bytes of this process and of the largest of its workers.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from pathlib import Path
from time import perf_counter, process_time
from typing import get_args

from bench import ROOT
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
    command = (sys.executable, "-m", "bench.child", str(record), str(workers), until)
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"verification in a process failed: {done.stderr.strip()}")
    return Run(**json.loads(done.stdout))


def measure(record: Path, workers: int, until: Until) -> Run:
    """Verify here. The start of the workers is part of the time."""
    with Container(record) as container:
        pins = pins_of(read_manifest(container.read(MANIFEST)))
        start, busy = perf_counter(), process_time()
        pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn")) if workers > 1 else nullcontext()
        with pool as executor:
            report = verify(container, pins=pins, until=until, executor=executor, in_flight=2 * workers + 2)
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


def _main(record: str, workers: str, until: str) -> None:
    (known,) = [word for word in get_args(Until) if word == until]
    print(json.dumps(vars(measure(Path(record), int(workers), known))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
