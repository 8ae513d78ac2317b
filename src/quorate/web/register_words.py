"""How pages say what is in force: for officers and for everybody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from quorate.lifecycle.condition import AllOf, AnyOf, condition_words
from quorate.lifecycle.register import Status
from quorate.lifecycle.standing import Standing
from quorate.text import _
from quorate.web.motion_words import Chip


@dataclass(frozen=True, slots=True)
class PartRow:
    """One condition: its words, whether it is met, and why."""

    words: str
    chip: Chip
    why: str
    joined: str
    """How it is joined to the one before: "or", "and", nothing."""


@dataclass(frozen=True, slots=True)
class Row:
    """A resolution as pages show it."""

    status: Status
    chip: Chip
    parts: tuple[PartRow, ...]


def rows_of(statuses: Iterable[Status]) -> list[Row]:
    """What is in force first, then what will be, then what has ended; the latest decision first."""
    order = {"in force": 0, "not yet": 1, "ended": 2}
    found = sorted(statuses, key=lambda one: one.resolution.decided, reverse=True)
    return [
        Row(one, _chip(one), tuple(_parts(one.until, "")))
        for one in sorted(found, key=lambda s: order[s.state])
    ]


def _chip(status: Status) -> Chip:
    return {
        "in force": Chip("open", _("In force")),
        "not yet": Chip("waiting", _("Not yet in force")),
        "ended": Chip("", _("Ended")),
    }[status.state]


def _parts(standing: Standing, joined: str) -> Iterator[PartRow]:
    if isinstance(standing.condition, AnyOf | AllOf):
        word = _("or") if isinstance(standing.condition, AnyOf) else _("and")
        for number, term in enumerate(standing.terms):
            yield from _parts(term, word if number else joined)
        return
    chips = {
        "met": Chip("ok", _("Met")),
        "not yet": Chip("waiting", _("Not yet")),
        "cannot be known": Chip("warn", _("Cannot be known")),
    }
    words = condition_words(standing.condition)
    yield PartRow(words[:1].upper() + words[1:], chips[standing.answer], standing.why, joined)
