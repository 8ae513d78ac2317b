"""What is done, what is due, what is missing, and the earliest lawful day. Start reading here.

``timetable`` goes through the steps of a calendar with the days on which events happened; ``earliest`` gives
the first day on which the goal, or any other event, would be lawful, or says what has to happen first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from quorate.text import _
from quorate.timeline.calendar import Calendar, Settings, Step

State: TypeAlias = Literal["kept", "broken", "open", "overdue", "waits", "does not apply"]
"""``open``: it can still be done in time. ``waits``: the day it is counted from is not known yet."""


@dataclass(frozen=True)
class Item:
    """A step with its day: ``bound`` is the earliest or the latest day, null while it cannot be counted."""

    bound: date | None
    happened: date | None
    state: State
    step: Step
    why: str


@dataclass(frozen=True)
class Earliest:
    """The first lawful day of an event; null while ``missing`` things have not happened.

    ``because`` are the steps that end on that very day. ``at_least`` is the first day that what is known so
    far allows; it can only move later.
    """

    at_least: date | None
    because: tuple[Step, ...]
    day: date | None
    missing: tuple[str, ...]


def timetable(
    calendar: Calendar,
    happened: Mapping[str, date],
    today: date,
    *,
    settings: Settings | None = None,
    conditions: frozenset[str] = frozenset(),
) -> tuple[Item, ...]:
    """Every step of the calendar with its day and its state today, in the order of the calendar.

    ``happened`` maps events to days; later ones than today are plans and count as not happened.
    ``conditions`` are those of ``only_if`` that hold. Raises ``LookupError`` for an event that the calendar
    does not have.
    """
    _check(calendar, happened)
    chosen = settings or calendar.settings
    past = {event: day for event, day in happened.items() if day <= today}
    return tuple(_item(calendar, step, happened, past, today, chosen, conditions) for step in calendar.steps)


def bound(step: Step, anchor: date, settings: Settings) -> date:
    """The day that a span ends on. Raises ``ValueError`` for a step that is no span."""
    if step.amount is None:
        raise ValueError(step.words)
    if step.kind == "ahead":
        return step.amount.before(anchor)
    day = step.amount.after(anchor)
    if step.including:
        day -= timedelta(days=1)
    if step.kind == "latest":
        return day
    if step.elapse and settings.strict_elapsed:
        day += timedelta(days=1)
    return settings.rolled(day)


def earliest(
    calendar: Calendar,
    happened: Mapping[str, date],
    *,
    event: str | None = None,
    settings: Settings | None = None,
    conditions: frozenset[str] = frozenset(),
) -> Earliest:
    """The first lawful day of the goal (or of another event), by what has happened or is planned.

    Raises ``LookupError`` for an event that the calendar does not have.
    """
    _check(calendar, happened)
    wanted, chosen = event or calendar.goal, settings or calendar.settings
    if wanted not in calendar.events:
        raise LookupError(wanted)
    days: list[tuple[date, Step]] = []
    missing: list[str] = []
    for step in calendar.steps:
        if step.only_if is not None and step.only_if not in conditions:
            continue
        if step.kind == "required" and wanted == calendar.goal and step.event not in happened:
            missing.append(calendar.events[step.event])
        if step.kind == "earliest" and step.event == wanted and step.anchor is not None:
            if step.anchor in happened:
                days.append((bound(step, happened[step.anchor], chosen), step))
            else:
                missing.append(calendar.events[step.anchor])
    latest = max((day for day, _step in days), default=None)
    because = tuple(step for day, step in days if day == latest)
    lacking = tuple(dict.fromkeys(missing))
    return Earliest(at_least=latest, because=because, day=None if lacking else latest, missing=lacking)


def _check(calendar: Calendar, happened: Mapping[str, date]) -> None:
    for event in happened:
        if event not in calendar.events:
            raise LookupError(
                _("{calendar} knows no event {event}.").format(calendar=calendar.title, event=event)
            )


def _item(
    calendar: Calendar,
    step: Step,
    happened: Mapping[str, date],
    past: Mapping[str, date],
    today: date,
    settings: Settings,
    conditions: frozenset[str],
) -> Item:
    done = past.get(step.event)
    if step.only_if is not None and step.only_if not in conditions:
        return Item(
            None, done, "does not apply", step, _("Only if: {condition}.").format(condition=step.only_if)
        )
    if step.kind == "required" or step.anchor is None:
        if done is not None:
            return Item(None, done, "kept", step, _("It has happened."))
        return Item(None, None, "open", step, _("It has not happened yet."))
    anchor = happened.get(step.anchor)
    if anchor is None:
        why = _("It is counted from: {event}.").format(event=calendar.events[step.anchor])
        return Item(None, done, "waits", step, why)
    day = bound(step, anchor, settings)
    words = (_("From {day} on.") if step.kind == "earliest" else _("On {day} at the latest.")).format(
        day=day.isoformat()
    )
    if done is not None:
        fits = done >= day if step.kind == "earliest" else done <= day
        return Item(day, done, "kept" if fits else "broken", step, words)
    late = step.kind != "earliest" and today > day
    return Item(day, None, "overdue" if late else "open", step, words)
