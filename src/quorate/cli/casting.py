"""Voters' programs that cast over HTTP: they fetch what is public, seal, post, and check their receipts."""

from __future__ import annotations

import asyncio
import hashlib
import http.client
import json
import secrets
import signal
from base64 import b64decode
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context
from typing import Final

from quorate.cli.processes import ReplayFailed, Vote
from quorate.election.voter import VoterProgram
from quorate.record.manifest import read_manifest
from quorate.text import _

CONNECTIONS: Final = 48
"""Voters of one process who are on the line at the same time."""
_PATIENCE: Final = 30
"""How often a ballot that was not taken yet is posted again."""


@dataclass(frozen=True, slots=True)
class Polls:
    """Where to vote: the site's port on this machine, the ballot's name, and phi as the notice says it."""

    port: int
    name: str
    phi: bytes


@dataclass(slots=True)
class Connection:
    """HTTP/1.1 kept alive: enough of it for answers that say their length."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, port: int) -> Connection:
        """Connect to a server on this machine."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Post JSON; status and body of the answer."""
        head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n"
        self.writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).lower()
        length = int(answer.partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return int(answer[9:12]), await self.reader.readexactly(length)

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        await self.writer.wait_closed()


def fetch(port: int, path: str) -> bytes:
    """What a server on this machine has at a path; ReplayFailed when it has nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": "localhost"})
        answer = connection.getresponse()
        data = answer.read()
    finally:
        connection.close()
    if answer.status != http.HTTPStatus.OK:
        raise ReplayFailed(f"GET {path}: {answer.status}")
    return data


def voters_pool(workers: int) -> ProcessPoolExecutor:
    """Processes for voters' programs, forked at once: this process must not have a thread yet."""
    pool = ProcessPoolExecutor(workers, get_context("fork"), initializer=_leave_interrupts)
    pool.submit(int).result()
    return pool


def cast(polls: Polls, votes: Sequence[Vote]) -> list[bytes]:
    """In a voters' process: cast these votes and check each receipt; returns the trackers in their order.

    ReplayFailed when a ballot is refused or cannot be cast, BoardError when a receipt does not prove it.
    """
    try:
        return asyncio.run(_cast_all(polls, votes))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


async def _cast_all(polls: Polls, votes: Sequence[Vote]) -> list[bytes]:
    program = _program(polls)
    trackers: list[bytes] = [b""] * len(votes)
    waiting = iter(range(len(votes)))

    async def one_by_one() -> None:
        connection = await Connection.open(polls.port)
        for number in waiting:
            code, choice, prev = votes[number]
            sealed = program.seal(code, [(0, [choice])], prev, secrets.token_bytes)
            receipt = await _post(connection, polls, sealed.line)
            program.check_receipt(sealed.line, receipt)
            trackers[number] = sealed.tracker
        await connection.close()

    async with asyncio.TaskGroup() as group:
        for _connection in range(min(CONNECTIONS, len(votes))):
            group.create_task(one_by_one())
    return trackers


async def _post(connection: Connection, polls: Polls, line: bytes) -> bytes:
    """Post a ballot as the booth does, again while the server says "not yet"; returns the receipt."""
    said: dict[str, str] = {}
    for _attempt in range(_PATIENCE):
        status, answer = await connection.post(f"/api/ballots/{polls.name}/ballots", line)
        said = json.loads(answer)
        if status == http.HTTPStatus.OK:
            return str(said["receipt"]).encode()
        if status != http.HTTPStatus.SERVICE_UNAVAILABLE:
            raise ReplayFailed(_("A ballot was refused: {reason}").format(reason=said["reason"]))
        await asyncio.sleep(1)
    raise ReplayFailed(_("A ballot could not be cast: {reason}").format(reason=said["reason"]))


@lru_cache(maxsize=1)
def _program(polls: Polls) -> VoterProgram:
    """The program for the manifest that the site publishes, which must be the one that was announced."""
    data = fetch(polls.port, f"/api/ballots/{polls.name}/manifest").removesuffix(b"\n")
    if hashlib.sha256(data).digest() != polls.phi:
        raise ReplayFailed(_("The site publishes another manifest than the one that was announced."))
    return VoterProgram(read_manifest(data))


def tracker_of_answer(answer: bytes) -> bytes:
    """The tracker in the answer to a ballot that was taken."""
    return b64decode(json.loads(answer)["tracker"])


def _leave_interrupts() -> None:
    """Ctrl-C is for the process that tells the story; it ends its pool."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
