"""The engine of this server: made with the first need, and told to read every running ballot then."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from quorate.apps.ballots.engine import Engine


@cache
def engine() -> Engine:
    """The one engine over the boards of this process."""
    made = Engine(settings.ENVIRONMENT.boards)
    made.wake()
    return made


def stop() -> None:
    """Finish what is in hand and release all boards; the next `engine()` opens them again."""
    if engine.cache_info().currsize:
        engine().stop()
        engine.cache_clear()
