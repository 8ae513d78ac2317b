"""The calendars that ship with Quorate: one dated, versioned file each under ``statutes/``."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from quorate.timeline.calendar import Calendar


class UnknownCalendar(LookupError):
    """No calendar has this id."""


@cache
def all_calendars() -> tuple[Calendar, ...]:
    """Every calendar, by id and version."""
    folder = resources.files("quorate.timeline").joinpath("statutes")
    files = [one for one in folder.iterdir() if one.name.endswith(".json")]
    read = [msgspec.json.decode(one.read_bytes(), type=Calendar) for one in files]
    return tuple(sorted(read, key=lambda one: (one.id, one.version)))


def calendar(name: str) -> Calendar:
    """The newest version of a calendar. Raises :class:`UnknownCalendar`."""
    found = [one for one in all_calendars() if one.id == name]
    if not found:
        raise UnknownCalendar(name)
    return found[-1]
