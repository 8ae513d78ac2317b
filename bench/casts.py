"""Casts over HTTP: what a running `quorate serve` accepts, each answered only when it is durable.

The server is a process of its own; the voters are connections of this one, on the same cores. Every ballot is
sealed beforehand, every answer is read whole, and at the end the board must hold each accepted ballot.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Final

from bench.elections import prepare, seal
from bench.figures import Results, at_least, at_most
from quorate.cli.casting import Connection, tracker_of_answer
from support.offices import name_of, open_office, running_from

PEAK: Final = 7.5
"""Casts a second: ten times a tenth of 27,000 members in the last hour."""
ESTONIA: Final = 10 * 1_840 / 60
"""Casts a second: ten times the busiest minute of a national election."""
_CONNECTIONS: Final = 64


@dataclass
class Voters:
    """Connections to one ballot of a server, and how long each cast took in seconds."""

    port: int
    name: str
    took: list[float] = field(default_factory=list)
    trackers: list[bytes] = field(default_factory=list)
    refused: int = 0

    async def rush(self, lines: Sequence[bytes], connections: int) -> float:
        """All as fast as they are answered, over so many connections; returns the seconds it took."""
        waiting = iter(lines)

        async def voter() -> None:
            async with self._connected() as connection:
                for line in waiting:
                    await self._cast(connection, line, perf_counter())

        start = perf_counter()
        await asyncio.gather(*(voter() for _ in range(connections)))
        return perf_counter() - start

    async def arrive(self, lines: Sequence[bytes], rate: float) -> None:
        """So many a second, whether or not the earlier ones were answered."""
        free: asyncio.Queue[Connection] = asyncio.Queue()
        async with asyncio.TaskGroup() as casts:
            start = perf_counter()
            for number, line in enumerate(lines):
                due = start + number / rate
                await asyncio.sleep(max(0.0, due - perf_counter()))
                casts.create_task(self._cast_over(free, line, due))
        while not free.empty():
            await free.get_nowait().close()

    async def _cast_over(self, free: asyncio.Queue[Connection], line: bytes, due: float) -> None:
        connection = free.get_nowait() if not free.empty() else await Connection.open(self.port)
        await self._cast(connection, line, due)
        free.put_nowait(connection)

    async def _cast(self, connection: Connection, line: bytes, since: float) -> None:
        status, answer = await connection.post(f"/api/ballots/{self.name}/ballots", line)
        self.took.append(perf_counter() - since)
        if status == 200:
            self.trackers.append(tracker_of_answer(answer))
        else:
            self.refused += 1

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Connection]:
        connection = await Connection.open(self.port)
        yield connection
        await connection.close()


@contextmanager
def serving(data: Path) -> Iterator[int]:
    """A server process over this data folder; its port, once it answers."""
    environment = {**os.environ, "QUORATE_DATA_DIR": str(data), "QUORATE_ORIGIN": "http://localhost"}
    for name in ("DATABASE_URL", "QUORATE_SECRET_KEY", "DJANGO_SETTINGS_MODULE"):
        environment.pop(name, None)
    command = (sys.executable, "-c", "from quorate.cli.main import main; main()", "serve", "--port", "0")
    with (data.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            announced = server.stdout.readline() if server.stdout else ""
            if "port " not in announced:
                raise RuntimeError(f"the server did not start: {Path(log.name).read_text()}")
            yield int(announced.partition("port ")[2].partition(")")[0])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            if server.stdout:
                server.stdout.close()


def measure(results: Results, rushed: int, seconds: float, workers: int) -> None:
    """Casts as fast as they go, then at both rates for so many seconds each."""
    with tempfile.TemporaryDirectory(prefix="quorate-casts-") as folder:
        Path(folder).chmod(0o711)  # the database's account passes through
        _measure(results, Path(folder), rushed, seconds, workers)


def _measure(results: Results, folder: Path, rushed: int, seconds: float, workers: int) -> None:
    slow, fast = int(PEAK * seconds), int(ESTONIA * seconds)
    (folder / "data" / "boards").mkdir(parents=True)
    election = prepare(folder, rushed + slow + fast)
    election.change = running_from(datetime.now(UTC), timedelta(hours=2))
    office = open_office(election, folder / "data" / "boards")
    lines = [line for batch in seal(election, workers) for line in batch]
    with serving(folder / "data") as port:
        rush, calm, crowd = (Voters(port, name_of(election)) for _ in range(3))
        elapsed = asyncio.run(rush.rush(lines[:rushed], _CONNECTIONS))
        asyncio.run(calm.arrive(lines[rushed : rushed + slow], PEAK))
        asyncio.run(crowd.arrive(lines[rushed + slow :], ESTONIA))
    board = (office.folder / "board" / "entries.jsonl").read_bytes().count(b"\n") - 1
    told = sum(len(voters.trackers) for voters in (rush, calm, crowd))
    refused = sum(voters.refused for voters in (rush, calm, crowd))
    if not board == told == len(lines):
        raise RuntimeError(f"{len(lines)} sent, {told} acknowledged, {refused} refused, {board} on the board")
    shared = f"server and load generator share {workers} cores"
    results.add(
        "http_casts_per_s", "ballots/s", rushed / elapsed,
        f"accepted over HTTP, each answered when durable, {_CONNECTIONS} connections; {shared}",
        at_least(250),
    )  # fmt: skip
    for name, voters, rate in (("peak", calm, PEAK), ("estonia", crowd, ESTONIA)):
        results.add(
            f"http_cast_p95_ms_{name}", "ms", 1000 * quantiles(voters.took, n=20)[-1],
            f"95 of 100 casts are answered within this at {rate:.4g} casts a second; {shared}",
            at_most(1000),
        )  # fmt: skip


def main() -> None:
    """`python -m bench.casts`: these figures alone."""
    measure(Results(print), 5_000, 20.0, len(os.sched_getaffinity(0)))


if __name__ == "__main__":
    main()
