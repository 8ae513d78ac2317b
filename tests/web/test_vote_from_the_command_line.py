"""A voter who does not trust the site's booth: its record, sealed and cast by `quorate vote`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from typer.testing import CliRunner, Result

from quorate.apps.ballots import live
from quorate.cli import sending
from quorate.cli.errors import CommandError, Exit
from quorate.cli.vote import app
from quorate.record.entries import Ballot, is_ballot, read_ballot
from support.ballots import SmallBallot, tracker
from support.offices import SetClock, name_of, open_office, running_from, serve_boards


class Voter:
    """Somebody with a code, a terminal, and the public record."""

    def __init__(self, url: str, ballot: SmallBallot, folder: Path) -> None:
        self.url, self.folder, self.ballot = url, folder, ballot
        self.record = folder / "record.zip"
        self.download()
        self.code = folder / "code"
        self.code.write_text(ballot.issue.deliveries[0].code)

    def download(self) -> None:
        """The record as it is now."""
        address = urlsplit(self.url)
        with closing(HTTPConnection(address.hostname or "", address.port, timeout=20)) as connection:
            connection.request("GET", f"/api/ballots/{name_of(self.ballot)}/record.zip")
            self.record.write_bytes(connection.getresponse().read())

    def entries(self) -> list[Ballot]:
        """The ballots on the board, in order."""
        path = settings.ENVIRONMENT.boards / self.ballot.ballot_id.hex() / "board" / "entries.jsonl"
        lines = path.read_bytes().splitlines()
        return [read_ballot(line, "") for line in lines if is_ballot(line)]

    def run(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(app, [str(one) for one in arguments])

    def seal(self, name: str, choice: str, *more: str) -> Path:
        sealed = self.folder / name
        done = self.run("seal", self.record, sealed, "--choose", choice, "--code-file", self.code, *more)
        assert done.exit_code == 0, done.output
        return sealed

    def send(self, sealed: Path, site: str | None = None) -> Result:
        return self.run("send", self.record, sealed, site or self.url, self.folder / f"{sealed.name}.proof")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime.now(UTC))


@pytest.fixture
def voter(
    _server: Any,
    tmp_path: Path,
    clock: SetClock,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Voter]:
    change = running_from(clock.now, timedelta(hours=1))
    ballot = SmallBallot(tmp_path / "ballot", voters=3, seed=request.node.name, change=change)
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    office = open_office(ballot, settings.ENVIRONMENT.boards)
    yield Voter(_server.url, ballot, tmp_path)
    live.stop()
    shutil.rmtree(office.folder)


def test_cast_twice_is_cast_once_and_then_changed(voter: Voter) -> None:
    first = voter.seal("first", "yes")
    for _attempt in range(2):
        cast = voter.send(first)
        assert cast.exit_code == 0, cast.output
        assert "Your vote is cast: it is entry 1 of the public board." in cast.output
    checked = voter.run("receipt", voter.record, first, voter.folder / "first.proof")
    assert "it is entry 1 of the public board" in checked.output
    second = voter.seal("second", "no", "--site", voter.url)
    assert "entry 2" in voter.send(second).output
    [one, two] = voter.entries()
    assert two.prev == tracker(one)


def test_a_ballot_sealed_on_an_old_record_is_not_cast(voter: Voter) -> None:
    early, late = voter.seal("early", "yes"), voter.seal("late", "no")
    assert voter.send(early).exit_code == 0
    refused = voter.send(late)
    assert isinstance(refused.exception, CommandError)
    assert str(refused.exception).startswith("Not cast: ")
    assert "Seal it again with --site" in str(refused.exception)
    assert not (voter.folder / "late.proof").exists()


def test_after_the_end(voter: Voter, clock: SetClock) -> None:
    sealed = voter.seal("late", "yes")
    clock.now += timedelta(hours=2)
    refused = voter.send(sealed)
    assert str(refused.exception).startswith("Not cast: ")
    assert not (voter.folder / "late.proof").exists()


def test_no_answer_is_no_vote_and_no_refusal(voter: Voter) -> None:
    sealed = voter.seal("ballot", "yes")
    lost = voter.send(sealed, "http://localhost:9")
    assert isinstance(lost.exception, sending.NotKnown)
    assert "We do not know yet if your vote arrived" in str(lost.exception)
    asked = voter.run(
        "seal",
        voter.record,
        voter.folder / "x",
        "--choose",
        "yes",
        "--code-file",
        voter.code,
        "--site",
        "http://localhost:9",
    )
    assert "does not answer: try again later" in str(asked.exception)
    elsewhere = voter.send(sealed, voter.url + "/nothing-here")
    assert isinstance(elsewhere.exception, sending.NotKnown)
    assert voter.send(sealed).exit_code == 0


@pytest.mark.parametrize(
    "site", ["http://vote.example", "vote.example", "ftp://localhost", "https://", "https://a:b"]
)
def test_only_over_an_address_that_can_be_trusted(voter: Voter, site: str) -> None:
    refused = voter.send(voter.seal("ballot", "yes"), site)
    assert isinstance(refused.exception, CommandError)
    assert refused.exception.exit_code == Exit.WRONG_USAGE


def test_a_site_that_lies_about_the_receipt(voter: Voter, monkeypatch: pytest.MonkeyPatch) -> None:
    first = voter.seal("first", "yes")
    assert voter.send(first).exit_code == 0
    old = (voter.folder / "first.proof").read_bytes()
    answer: Callable[..., bytes] = lambda *_: old  # noqa: E731  # said for every ballot
    monkeypatch.setattr("quorate.cli.vote.send_ballot", answer)
    lied = voter.send(voter.seal("second", "no"))
    assert "its receipt proves nothing" in str(lied.exception)
    assert not (voter.folder / "second.proof").exists()
