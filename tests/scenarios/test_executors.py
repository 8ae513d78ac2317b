"""Where the heavy part of verification runs makes no difference: here, in a pool of processes, on a cluster.

The cluster is a real Dask cluster of two processes on this machine; `quorate verify --dask` uses any other in
the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from shutil import copytree

import pytest

from quorate.cli.main import run
from quorate.cli.pool import worker_pool
from quorate.record.canonical import encode
from quorate.record.container import ENTRIES, Container
from quorate.record.pins import Pins
from quorate.verify.findings import Report
from quorate.verify.run import verify
from support.examples import rich


@contextmanager
def cluster() -> Iterator[tuple[Executor, str]]:
    """A Dask cluster of two worker processes, and the address of its scheduler."""
    dask = import_module("distributed")  # without types
    with (
        dask.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=":0"
        ) as workers,
        dask.Client(workers) as client,
    ):
        yield client.get_executor(pure=False), workers.scheduler_address


def damaged(record: Path, copy: Path) -> Path:
    """A copy after four accidents: to a signature, a proof and the form of a line, and one line twice."""
    copytree(record, copy)
    lines = (copy / ENTRIES).read_bytes().splitlines()
    ballots = [i for i, line in enumerate(lines) if line.endswith(b',"type":"ballot"}')]
    signature, proof, form, fork = ballots[0], ballots[2], ballots[4], ballots[6]
    lines[signature] = _swap(lines[signature], b'"signature":"', 40)
    lines[proof] = _swap(lines[proof], b'"proofs":["', 300)
    lines[form] = lines[form].replace(b'{"answers"', b'{ "answers"')
    lines[fork] = lines[ballots[1]]
    (copy / ENTRIES).write_bytes(b"\n".join(lines) + b"\n")
    return copy


def _swap(line: bytes, after: bytes, distance: int) -> bytes:
    """The line with one symbol of base64 replaced by another."""
    at = line.index(after) + len(after) + distance
    return line[:at] + (b"B" if line[at : at + 1] != b"B" else b"C") + line[at + 1 :]


def reports(records: list[Path], pins: Pins, executor: Executor | None) -> list[Report]:
    made = []
    for record in records:
        with Container(record) as container:
            made.append(verify(container, pins=pins, executor=executor, in_flight=3))
    return made


@pytest.mark.allow_hosts(["127.0.0.1", "::1"])
def test_a_pool_and_a_cluster_find_what_this_process_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """[10.10] A good record and a damaged one, in many chunks; and `--dask` reaches the cluster."""
    monkeypatch.setattr("quorate.verify.run.CHUNK", 2)
    ballot = rich(tmp_path / "ballot")
    records = [ballot.record, damaged(ballot.record, tmp_path / "damaged")]
    good, bad = reports(records, ballot.pins, None)
    assert good.ok
    assert good.certificate is not None
    assert {"V1", "V4", "V10", "V12", "V13", "V14"} <= {finding.check for finding in bad.findings}

    with ExitStack() as stack:
        assert reports(records, ballot.pins, stack.enter_context(worker_pool(2))) == [good, bad]

        executor, address = stack.enter_context(cluster())
        assert reports(records, ballot.pins, executor) == [good, bad]

        pins = tmp_path / "pins.json"
        pins.write_bytes(encode(ballot.pins) + b"\n")
        assert run(["verify", str(records[1]), "--pins", str(pins), "--json", "--dask", address]) == 1
    assert len(json.loads(capsys.readouterr().out)["findings"]) == len(bad.findings)
