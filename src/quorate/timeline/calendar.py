"""A statutory calendar as data: events, and how many days lie between them at least or at most."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import Annotated, Final, Literal

import msgspec

from quorate.text import _, ngettext

_IDENTIFIER: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_WEEKEND: Final = 5
Name = Annotated[str, msgspec.Meta(min_length=1)]


class CalendarError(ValueError):
    """A calendar that contradicts itself; the message names the step."""


class Amount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A span of days, weeks or months; ``n`` is never negative."""

    n: int
    unit: Literal["days", "weeks", "months"]

    def __post_init__(self) -> None:
        if not 0 <= self.n <= 1000:
            raise CalendarError(_("A span is from 0 to 1,000 days, weeks or months."))

    def after(self, day: date) -> date:
        """So much later; a month later is the same number of the day, or the last one there is."""
        if self.unit == "months":
            return _months(day, self.n)
        return day + timedelta(days=self.n * (7 if self.unit == "weeks" else 1))

    def before(self, day: date) -> date:
        """So much earlier."""
        if self.unit == "months":
            return _months(day, -self.n)
        return day - timedelta(days=self.n * (7 if self.unit == "weeks" else 1))

    def __str__(self) -> str:
        words = {
            "days": ngettext("{n} day", "{n} days", self.n),
            "weeks": ngettext("{n} week", "{n} weeks", self.n),
            "months": ngettext("{n} month", "{n} months", self.n),
        }
        return words[self.unit].format(n=self.n)


def _months(day: date, n: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that the law asks for about ``event``.

    ``kind``: ``required``, it has happened before the goal; ``earliest``, not before ``amount`` after
    ``anchor``; ``latest``, at most ``amount`` after ``anchor``; ``ahead``, at least ``amount`` before
    ``anchor``. With ``including`` the day of the anchor is the first one counted. ``elapse``: the days must
    elapse in full where the setting ``strict_elapsed`` is on. ``only_if`` names a condition, answered by
    people, without which the step does not apply.
    """

    amount: Amount | None = None
    anchor: str | None = None
    elapse: bool = False
    event: str
    including: bool = False
    kind: Literal["ahead", "earliest", "latest", "required"]
    law: Name
    note: str = ""
    only_if: str | None = None
    status: Literal["confirmed", "needs-counsel"]
    words: Name


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a calendar is read where the law leaves it open.

    ``strict_elapsed``: a span that must elapse is over only on the day after. ``roll_forward``: an earliest
    day on a Saturday, a Sunday or a holiday becomes the next one that is none.
    """

    holidays: tuple[date, ...] = ()
    roll_forward: bool = False
    strict_elapsed: bool = False

    def rolled(self, day: date) -> date:
        """The day, or the next working day where the setting says so."""
        while self.roll_forward and (day.weekday() >= _WEEKEND or day in self.holidays):
            day += timedelta(days=1)
        return day


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that must have happened, and when, for the ``goal`` to be lawful.

    ``events`` maps the id of each event to its words. A released version never changes. Raises
    :class:`CalendarError` for a step about an event that is not listed.
    """

    citation: Name
    effective_from: date | None = None
    effective_to: date | None = None
    events: dict[str, str]
    format: Literal[1] = 1
    goal: str
    id: str
    jurisdiction: Name
    settings: Settings
    steps: tuple[Step, ...]
    title: Name
    version: int = 1

    def __post_init__(self) -> None:
        if not _IDENTIFIER.fullmatch(self.id) or not all(map(_IDENTIFIER.fullmatch, self.events)):
            raise CalendarError(_("{id}: ids are lower-case words joined by hyphens.").format(id=self.id))
        for step in self.steps:
            spans = step.kind != "required"
            if (step.amount is not None) != spans or (step.anchor is not None) != spans:
                raise CalendarError(
                    _("{words}: a span has an amount and an anchor.").format(words=step.words)
                )
            if not {step.event, step.anchor or step.event, self.goal} <= set(self.events):
                raise CalendarError(_("{words}: an event that is not listed.").format(words=step.words))

    def in_force_on(self, day: date) -> bool:
        """Does the calendar apply to a vote that opens on this day?"""
        return (self.effective_from is None or self.effective_from <= day) and (
            self.effective_to is None or day <= self.effective_to
        )
