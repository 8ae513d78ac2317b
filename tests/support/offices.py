"""An office on disk for a small ballot, as a server finds it, and a clock that tests set."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from quorate.apps.ballots import live
from quorate.apps.ballots.engine import Engine
from quorate.election.folder import pins_of
from quorate.election.office import Office
from quorate.election.tally import make_share
from quorate.record.canonical import encode, instant_text
from quorate.record.container import Container
from quorate.record.manifest import Manifest, Window
from quorate.verify.run import Verification
from support.ballots import NOON, SmallBallot


class SetClock:
    """Says the time that a test sets."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def serve_boards(boards: Path, clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Make the server's engine tell the time by this clock."""
    made = Engine(boards, clock)
    live.stop()
    monkeypatch.setattr(live, "Engine", lambda _boards: made)
    return live.engine()


def name_of(ballot: SmallBallot) -> str:
    """How addresses name the ballot."""
    return ballot.ballot_id.hex()[:32]


def make_office(ballot: SmallBallot, boards: Path) -> Office:
    """The office of a drafted ballot whose opening both officers signed."""
    folder = boards / ballot.ballot_id.hex()
    office = Office.create(folder, ballot.manifest, ballot.issue.lines, ballot.tellers.file, ballot.log_seed)
    for officer in ballot.officers:
        office.sign("open", officer)
    return office


def open_office(ballot: SmallBallot, boards: Path) -> Office:
    """The same, with its board begun."""
    office = make_office(ballot, boards)
    office.open()
    return office


def shares_for(
    ballot: SmallBallot, office: Office, folder: Path, tellers: Iterable[int] = (1, 3)
) -> list[Path]:
    """These tellers' shares as files, each over its own verification of the closed public record."""
    paths = []
    for teller in tellers:
        with Container(office.record) as container:
            check = Verification(container, pins_of(office.manifest), until="close")
            report = check.run()
            if not report.ok:
                raise AssertionError(list(map(str, report.findings)))
        key = ballot.tellers.keys[teller - 1]
        path = folder / f"share-{teller}.json"
        share = make_share(check.state, teller, key.share, key.signing, ballot.random)
        path.write_bytes(encode(share) + b"\n")
        paths.append(path)
    return paths


def running_from(now: datetime, lasting: timedelta) -> Callable[[Manifest], Manifest]:
    """For `SmallBallot(change=...)`: a window that began a minute ago and lasts this long."""

    def change(manifest: Manifest) -> Manifest:
        window = Window(
            closes=instant_text(now + lasting),
            opens=instant_text(now - timedelta(minutes=1)),
            zone=manifest.window.zone,
        )
        return msgspec.structs.replace(manifest, window=window)

    return change
