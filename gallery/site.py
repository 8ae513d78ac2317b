"""The site with a ballot in each state, over a folder that is thrown away; its clock stands still."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from quorate.server.environment import Environment
from quorate.server.start import collect_static, migrate, running

if TYPE_CHECKING:
    from support.publics import Shown


@contextmanager
def site(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The address of the running site, and the paths of its pages by name."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://localhost:{taken.getsockname()[1]}"
        with running(Environment(data=folder / "data", origin=url)):
            migrate()
            collect_static()
            with _clock_stands_still(folder / "data" / "boards"):
                pages = _ballots(folder)
                from quorate.server.asgi import Site

                config = uvicorn.Config(Site(), log_config=None, access_log=False, lifespan="off")
                server = uvicorn.Server(config)
                thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]})
                thread.start()
                while not server.started:
                    time.sleep(0.01)
                try:
                    yield url, pages
                finally:
                    server.should_exit = True
                    thread.join(10)


@contextmanager
def _clock_stands_still(boards: Path) -> Iterator[None]:
    """Every picture is of the same minute: Thursday noon of the vote."""
    from quorate.apps.ballots import live
    from quorate.apps.ballots.engine import Engine
    from support.ballots import NOON
    from support.offices import SetClock

    clock = SetClock(NOON + timedelta(hours=2, minutes=32, seconds=10))
    real = vars(live)["Engine"]
    vars(live)["Engine"] = lambda folder: Engine(folder, clock)
    try:
        yield
    finally:
        live.stop()
        vars(live)["Engine"] = real


def _ballots(folder: Path) -> dict[str, str]:
    from quorate.record.canonical import instant
    from quorate.rules import preset
    from support.ballots import NOON, SmallBallot, strike_question
    from support.certificates import by_unit, certificate, chicago, three_questions, withheld, yes_no
    from support.examples_public import scotrail, undecided
    from support.publics import NO, YES, Shown, organisation, titled

    boards = folder / "data" / "boards"
    union = organisation("example", "Example Teachers Union").slug

    def make(title: str, voters: int = 6, **more: object) -> Shown:
        small = SmallBallot(
            folder / title,
            voters,
            seed=title,
            change=titled(title, organisation="Example Teachers Union"),
            **more,  # type: ignore[arg-type]  # passed through
        )
        return Shown(small, boards, union)

    votes = [YES if at % 5 else NO for at in range(41)]
    done = instant("2015-12-14T16:00:00Z")
    return {
        "organisation": "/",
        "announced": make("Dues for 2016").path,
        "open": make("Strike authorisation, December 2015", 60).open().vote(votes, NOON).path,
        "open-turnout": make("Industrial action", 60, questions=(strike_question(preset("uk-ia-2017")),))
        .open()
        .vote(votes, NOON)
        .path,
        "closed": make("Merger of two locals").open().vote([YES, NO, YES], NOON).close().path,
        "withheld": make("Pension fund").open().vote([YES, NO, YES], NOON).close().count(folder).path,
        "suspended": _posted(make("Levy for the strike fund"), "suspend", "The help line is down"),
        "void": _posted(make("Election of the board"), "void", "The list of candidates was wrong"),
        "small": make("By-laws, article 7")
        .open()
        .vote([YES] * 5, NOON)
        .close()
        .count(folder)
        .release(done)
        .path,
        "carried": make("Strike authorisation").open().show(chicago(), done).path,
        "not-carried": make("Contract 2015")
        .open()
        .show(certificate(yes_no(25_000, 18_525, 700, 275), title="Strike authorisation, spring"), done)
        .path,
        "tie": make("Motion 7")
        .open()
        .show(
            certificate(
                yes_no(600, 250, 250, 10, rule="ronr-majority", text="Shall the motion be adopted?"),
                title="Motion 7",
                body="House of Delegates",
            ),
            done,
        )
        .path,
        "undecided": make("Undecided").open().show(undecided(), done).path,
        "two-questions": make("Two questions").open().show(scotrail(), done).path,
        "election": make("Three").open().show(three_questions(), done).path,
        "units": make("Units").open().show(by_unit(), done).path,
        "too-few": make("Few").open().show(certificate(withheld(40, 1), title="Local 12 steward"), done).path,
        "how-to-verify": "/how-to-verify/",
    }


def _posted(ballot: Shown, kind: str, reason: str) -> str:
    """A ballot on whose board two officers put this event; its path."""
    from quorate.apps.ballots.models import Stage
    from quorate.record.entries import Suspend, Void
    from support.ballots import NOON
    from support.publics import NO, YES

    phi = ballot.small.manifest.phi
    event = Suspend((), phi, reason, "suspend") if kind == "suspend" else Void((), phi, reason, "void")
    ballot.open().vote([YES, NO, YES], NOON).post(event, NOON)
    if kind == "void":
        ballot.stage(Stage.VOIDED)
    return ballot.path
