"""B12: the server is killed at any of its writes while members vote; nobody who was told "cast" lost a vote.

Four moments here; `make kills` tries a thousand. The server has no database: casting does not need one.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import pytest

from quorate.board.checkpoint import NO_WITNESSES
from quorate.board.keys import VerifierKey
from quorate.board.proof import Receipt
from quorate.record.container import ENTRIES
from support.ballots import SmallBallot, line, tracker
from support.offices import name_of, open_office, running_from

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KILLS = int(os.environ.get("QUORATE_KILLS", "4"))
TESTS = Path(__file__).parents[1]
WRITES = 40
"""A little more than a round makes: a few rounds end before the server does."""
MODES = ("before", "half", "after")


@pytest.fixture(scope="module")
def ballot(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    window = running_from(datetime.now(UTC), timedelta(days=1))
    return SmallBallot(tmp_path_factory.mktemp("ballot"), voters=8, seed="kills", change=window)


@pytest.fixture(scope="module")
def votes(ballot: SmallBallot) -> list[list[bytes]]:
    """Each member votes, and votes again."""
    chains = []
    for voter in range(1, 9):
        first = ballot.vote(voter, [(0, [0])])
        chains.append([line(first), line(ballot.vote(voter, [(0, [1])], prev=tracker(first)))])
    return chains


@dataclass(frozen=True)
class Told:
    """What the server said to one line."""

    line: bytes
    status: int
    body: bytes


@contextmanager
def server(data: Path, step: int = 0, mode: str = "before") -> Iterator[int]:
    """A server that dies at this write (0: not by itself); its port."""
    command = [sys.executable, "-m", "support.doomed_server", str(data), str(step), mode]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.kill()


def cast(port: int, name: str, one: bytes) -> Told | None:
    """What the server says, or None when it says nothing."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("POST", f"/api/ballots/{name}/ballots", one, {"content-type": "application/json"})
        response = connection.getresponse()
        return Told(one, response.status, response.read())
    except (HTTPException, OSError):
        return None
    finally:
        connection.close()


def vote(port: int, name: str, chains: Sequence[Sequence[bytes]]) -> list[Told]:
    """All members at once, each ballot after the one it replaces; what they were told."""

    def one_member(chain: Sequence[bytes]) -> list[Told]:
        told = []
        for one in chain:
            answer = cast(port, name, one)
            if answer is None:
                break
            told.append(answer)
        return told

    with ThreadPoolExecutor(len(chains)) as members:
        return [answer for told in members.map(one_member, chains) for answer in told]


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_killed_server_loses_no_ballot_that_it_acknowledged(
    tmp_path: Path, ballot: SmallBallot, votes: list[list[bytes]], seed: int
) -> None:
    """[08.16] [08.19]: every receipt is on the board, and whoever heard nothing votes again with success."""
    moment = random.Random(seed)  # noqa: S311 - a moment to die at, not a secret
    (tmp_path / "boards").mkdir()
    office, name = open_office(ballot, tmp_path / "boards"), name_of(ballot)
    with server(tmp_path, moment.randrange(1, WRITES), moment.choice(MODES)) as port:
        before = vote(port, name, votes)
    assert {answer.status for answer in before} <= {200}
    with server(tmp_path) as port:
        after = vote(port, name, votes)
        assert [answer.status for answer in after] == [200] * 16, "the same ballots once more, all of them"
    entries = (office.folder / "board" / ENTRIES).read_bytes().splitlines()
    assert sorted(entries[1:]) == sorted(one for chain in votes for one in chain), "each exactly once"
    key = VerifierKey.parse(ballot.manifest.log_key)
    for answer in [*before, *after]:
        said = json.loads(answer.body)
        proved = Receipt.parse(said["receipt"].encode()).verify(answer.line, key, NO_WITNESSES)
        assert proved.index == said["entry"]
        assert entries[proved.index] == answer.line


def test_casting_goes_on_without_the_database(
    tmp_path: Path, ballot: SmallBallot, votes: list[list[bytes]]
) -> None:
    """The server says that it is not ready, and why; votes are taken all the same, and looked up."""
    (tmp_path / "boards").mkdir()
    open_office(ballot, tmp_path / "boards")
    with server(tmp_path) as port:
        answer = cast(port, name_of(ballot), votes[0][0])
        assert answer is not None
        assert answer.status == 200
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", f"/api/ballots/{name_of(ballot)}/status")
        assert json.loads(connection.getresponse().read())["counted_credentials"] == 1
        connection.request("GET", "/readyz")
        ready = connection.getresponse()
        assert ready.status == 503
        assert json.loads(ready.read()) == {"database": "not reachable", "boards": "ok"}
        connection.close()
