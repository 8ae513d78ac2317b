"""All ballots of this server: finds their offices, keeps their boxes open, and answers asynchronously.

One process holds the boards. Nothing here knows Django or the database: when the database is gone, casting
goes on.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Final, TypeVar

from quorate.apps.ballots.desk import Cast, Clock, Desk
from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.ballots.reading import Figures, Holder
from quorate.election.box import Refused
from quorate.election.directory import Found
from quorate.election.office import Office
from quorate.record.canonical import RecordError
from quorate.text import _

T = TypeVar("T")

NAME = re.compile(r"[0-9a-f]{32}", re.ASCII)
"""A ballot's name in addresses: the first half of its ballot_id."""
AT_MOST_EVERY: Final = 1.0
"""Seconds between two events for one listener."""
_PULSE: Final = 10.0
"""Seconds after which a listener hears the same again: it shows that the line is alive."""

_log = logging.getLogger("quorate.ballots")


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Engine:
    """The desks of all ballots under one folder. May be called from any thread and any event loop."""

    def __init__(self, boards: Path, clock: Clock = _utc_now) -> None:
        """Serve the offices in `boards`, each in a folder named by its ballot_id in hex."""
        self._boards, self._clock = boards, clock
        self._desks: dict[str, Desk] = {}
        self._lock = Lock()

    def now(self) -> datetime:
        """The time by which this server opens and closes ballots."""
        return self._clock()

    def desk(self, ballot: str) -> Desk:
        """The desk of a ballot; UnknownBallot when there is none, TryAgain when its folder cannot be read."""
        with self._lock:
            found = self._desks.get(ballot)
            if found is None:
                found = self._desks[ballot] = Desk(self._office(ballot), self._clock)
            return found

    def desks(self) -> dict[str, Desk]:
        """The desks in use, by their ballots' names."""
        with self._lock:
            return dict(self._desks)

    def wake(self) -> None:
        """Begin to read every board whose result is not released, so that each closes on time by itself."""
        for folder in sorted(self._boards.glob("*/board/checkpoint")):
            office = folder.parents[1]
            if not (office / "public" / "record" / "certificate.json").exists():
                with suppress(UnknownBallot, TryAgain):
                    self.desk(office.name[:32]).ready()

    def close_due(self) -> None:
        """Have every board in use closed whose time has passed; returns when that is done."""
        with self._lock:
            desks = list(self._desks.values())
        for waiting in [desk.tick() for desk in desks]:
            with suppress(TryAgain):
                waiting.result()

    def forget(self, ballot: str) -> None:
        """Release a ballot's office, for whoever changes its folder."""
        with self._lock:
            desk = self._desks.pop(ballot, None)
        if desk is not None:
            desk.stop()

    def stop(self) -> None:
        """Finish what is in hand and release all boards."""
        with self._lock:
            desks, self._desks = self._desks, {}
        for desk in desks.values():
            desk.stop()

    # For voters and everybody.

    async def cast(self, ballot: str, line: bytes) -> Cast | Refused:
        """Take a ballot that is complete now; answers once it is durable, or refused. TryAgain: not cast."""
        answer = await _brought(self.desk(ballot).cast(line))
        if isinstance(answer, TryAgain):
            raise answer
        return answer

    async def spoil(self, ballot: str, line: bytes) -> Cast | Refused:
        """Take the notice that a ballot was opened to check the device."""
        return await _brought(self.desk(ballot).spoil(line))

    async def ready(self, ballot: str) -> Desk:
        """The desk of a ballot once its board has been read."""
        desk = self.desk(ballot)
        await _brought(desk.ready())
        return desk

    async def at_desk(self, ballot: str, work: Callable[[Office], T]) -> T:
        """Have `work` done at the ballot's desk, after what came before; returns or raises what it does."""
        return await _brought(self.desk(ballot).ask(work))

    async def figures(self, ballot: str) -> Figures:
        """Where a ballot stands."""
        return (await self.ready(ballot)).figures()

    async def holder(self, ballot: str, credential: bytes) -> Holder:
        """What a credential's holder may know."""
        return (await self.ready(ballot)).reading.holder(credential)

    async def by_tracker(self, ballot: str, typed: str) -> Found | None:
        """What became of the ballot with this tracker; ValueError when it is no tracker."""
        return (await self.ready(ballot)).reading.by_tracker(typed)

    async def watch(self, ballot: str) -> AsyncIterator[Figures]:
        """The figures now, after each change but at most once a second, and again when nothing changed."""
        desk = await self.ready(ballot)
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def tell() -> None:
            with suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(changed.set)

        with desk.reading.listening(tell):
            while True:
                changed.clear()
                yield desk.figures()
                await asyncio.sleep(AT_MOST_EVERY)
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), _PULSE - AT_MOST_EVERY)

    # For officers' services, which run in threads.

    def do(self, ballot: str, work: Callable[[Office], T]) -> T:
        """`at_desk` for code that is not asynchronous."""
        return self.desk(ballot).ask(work).result()

    def _office(self, ballot: str) -> Office:
        folders = list(self._boards.glob(f"{ballot}*")) if NAME.fullmatch(ballot) else []
        if len(folders) != 1:
            raise UnknownBallot(_("There is no ballot at this address."))
        try:
            return Office(folders[0])
        except (RecordError, OSError) as error:
            _log.warning("office %s: %s", folders[0].name[:8], error)
            raise TryAgain(_("This ballot cannot be read at this moment.")) from error


async def _brought(future: Future[T]) -> T:
    """Wait for what a desk brings; a caller that goes away does not take its work back."""
    return await asyncio.shield(asyncio.wrap_future(future))
