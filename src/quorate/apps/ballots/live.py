"""The engine of this server: made with the first need, and told to read every running ballot then."""

from __future__ import annotations

from threading import Lock
from typing import Final

from django.conf import settings

from quorate.apps.ballots import metrics
from quorate.apps.ballots.desk import Clock
from quorate.apps.ballots.engine import Engine

_lock: Final = Lock()
_engines: Final[list[Engine]] = []


def engine() -> Engine:
    """The one engine over the boards of this process."""
    with _lock:
        if not _engines:
            _engines.append(Engine(settings.ENVIRONMENT.boards))
            _engines[0].wake()
        return _engines[0]


def start(clock: Clock) -> Engine:
    """Make the engine with a clock of the caller's; RuntimeError when there is one already.

    For a program that replays a past vote in its own process. A server that is started as such tells the
    time by the machine's clock, and nothing from outside can change that.
    """
    with _lock:
        if _engines:
            raise RuntimeError("there is an engine already")
        _engines.append(Engine(settings.ENVIRONMENT.boards, clock))
        _engines[0].wake()
        return _engines[0]


def stop() -> None:
    """Finish what is in hand and release all boards; the next `engine()` opens them again."""
    with _lock:
        made = _engines.pop() if _engines else None
    if made is not None:
        made.stop()


metrics.watch(lambda: _engines[0].desks() if _engines else {})
