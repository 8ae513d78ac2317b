"""Deadlines: the worked tables of docs/calendars.md, and what is due, late, missing or lawful."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from quorate.timeline import (
    Amount,
    Calendar,
    Settings,
    UnknownCalendar,
    all_calendars,
    calendar,
    earliest,
    protest_window,
    timetable,
)
from quorate.timeline.calendar import CalendarError
from quorate.timeline.timetable import bound

DOC = (Path(__file__).parents[2] / "docs" / "calendars.md").read_text("utf-8")
MANY = frozenset({"more than 50 members are entitled to vote"})
CHICAGO = calendar("us-il-chicago-schools")
UK = calendar("uk-ia-2026")


def rows(name: str) -> Iterator[dict[str, str]]:
    """The worked table of a section."""
    section = DOC.split(f"\n## {name}\n")[1].split("\n## ")[0]
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.splitlines()
        if line.startswith("|") and not set(line) <= set("|-")
    ]
    for cells in table[1:]:
        yield dict(zip(table[0], cells, strict=True))


def ready(**events: str) -> dict[str, date]:
    """Chicago: everything else has happened."""
    rest = dict.fromkeys(("mediation", "demand", "vote"), date(2015, 12, 14))
    return rest | {name: date.fromisoformat(day) for name, day in events.items()}


@pytest.mark.parametrize("row", list(rows("us-il-chicago-schools")), ids=str)
def test_chicago(row: dict[str, str]) -> None:
    settings = Settings(
        holidays=tuple(date.fromisoformat(day) for day in row["holidays"].split()),
        roll_forward=row["roll_forward"] == "yes",
        strict_elapsed=row["strict_elapsed"] == "yes",
    )
    happened = ready(publication=row["publication"], notice=row["notice"], expiry=row["expiry"])
    assert earliest(CHICAGO, happened, settings=settings).day == date.fromisoformat(row["earliest"])


@pytest.mark.parametrize("name", ["uk-ia-2026", "us-lmrda-officer"])
def test_worked_tables(name: str) -> None:
    law, seen = calendar(name), 0
    for row in rows(name):
        happened = {key: date.fromisoformat(cell) for key, cell in row.items() if key in law.events}
        items = timetable(law, happened, date(2000, 1, 1), conditions=MANY)
        for key, cell in row.items():
            event, _space, word = key.partition(" ")
            if not word:
                continue
            kinds = ("earliest",) if word == "from" else ("latest", "ahead")
            days = [item.bound for item in items if item.step.event == event and item.step.kind in kinds]
            assert days == [date.fromisoformat(cell)], key
            seen += 1
    assert seen == {"uk-ia-2026": 10, "us-lmrda-officer": 4}[name]


def test_the_tables_are_read_and_cover_every_calendar() -> None:
    assert {one.id for one in all_calendars()} == set(re.findall(r"^## ([a-z0-9-]+)$", DOC, re.MULTILINE))
    assert [len(list(rows(one.id))) for one in all_calendars()] == [2, 7, 2]


def test_every_step_cites_its_law() -> None:
    for law in all_calendars():
        assert law.citation
        for step in law.steps:
            assert re.search(r"\d", step.law), step.words
            assert step.status == "confirmed" or step.note
        assert msgspec.json.decode(msgspec.json.encode(law), type=Calendar) == law
        assert msgspec.convert(msgspec.to_builtins(law), Calendar) == law


def test_what_is_missing_is_named() -> None:
    """December 2015: the vote has carried, and a strike is months away."""
    found = earliest(CHICAGO, {"vote": date(2015, 12, 14), "expiry": date(2015, 6, 30)})
    assert found.day is None
    assert found.at_least == date(2015, 7, 1)
    assert found.missing == (
        "mediation was used without success",
        "fact-finding is demanded",
        "the report is made public",
        "notice of intent to strike is given",
    )


def test_what_decides_the_earliest_day_is_named() -> None:
    happened = ready(publication="2016-04-16", notice="2016-05-06", expiry="2015-06-30")
    found = earliest(CHICAGO, happened)
    assert found.day == date(2016, 5, 16)
    assert [step.anchor for step in found.because] == ["publication", "notice"]
    assert earliest(CHICAGO, happened, event="panel-named").day is None
    panel = happened | {"panel-appointed": date(2016, 1, 4)}
    assert earliest(CHICAGO, panel, event="report").day == date(2016, 3, 19)
    with pytest.raises(LookupError):
        earliest(CHICAGO, happened, event="lunch")
    with pytest.raises(LookupError, match="knows no event lunch"):
        earliest(CHICAGO, happened | {"lunch": date(2016, 1, 1)})


def test_a_timetable_says_what_is_kept_broken_open_and_overdue() -> None:
    happened = {
        "opening": date(2026, 3, 10),
        "ballot-notice": date(2026, 3, 3),
        "sample": date(2026, 3, 8),
        "voting-ends": date(2026, 3, 31),
        "action": date(2026, 4, 12),
    }
    states = {
        item.step.event: (item.state, item.why)
        for item in timetable(UK, happened, date(2026, 4, 5), conditions=MANY)
    }
    assert states["ballot-notice"] == ("kept", "On 2026-03-03 at the latest.")
    assert states["sample"][0] == "broken", "a day late"
    assert states["scrutineer"][0] == "overdue"
    assert states["scrutineer-report"] == ("open", "On 2026-04-28 at the latest.")
    assert states["action"] == ("waits", "It is counted from: the employer gets notice of the action.")
    few = {item.step.event: item.state for item in timetable(UK, happened, date(2026, 4, 5))}
    assert few["scrutineer"] == "does not apply"
    late = {
        item.step.event: item.state for item in timetable(UK, happened, date(2026, 4, 29), conditions=MANY)
    }
    assert late["scrutineer-report"] == "overdue"
    too_soon = happened | {"action-notice": date(2026, 4, 3)}
    assert {i.step.event: i.state for i in timetable(UK, too_soon, date(2026, 5, 1))}["action"] == "broken"
    assert timetable(UK, {}, date(2026, 1, 1))[4].state == "open"
    with pytest.raises(LookupError):
        timetable(UK, {"strike": date(2026, 1, 1)}, date(2026, 1, 1))


def test_calendars_by_name_and_day() -> None:
    assert UK.in_force_on(date(2026, 2, 18))
    assert not UK.in_force_on(date(2026, 2, 17))
    with pytest.raises(UnknownCalendar):
        calendar("moon")


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "UK"},
        {"goal": "lunch"},
        {"steps": (replace(UK.steps[0], event="lunch"),)},
        {"steps": (replace(UK.steps[0], anchor=None),)},
        {"steps": (replace(UK.steps[0], kind="required"),)},
    ],
    ids=["id", "goal", "event", "no anchor", "no span"],
)
def test_calendars_that_contradict_themselves(wrong: dict[str, object]) -> None:
    with pytest.raises(CalendarError):
        replace(UK, **wrong)
    with pytest.raises(CalendarError):
        Amount(n=-1, unit="days")
    with pytest.raises(ValueError, match="ballot is held"):
        bound(UK.steps[4], date(2026, 1, 1), UK.settings)


days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
amounts = st.builds(Amount, n=st.integers(0, 400), unit=st.sampled_from(("days", "weeks")))


@given(days, amounts)
def test_spans_of_days_go_both_ways(day: date, amount: Amount) -> None:
    assert amount.before(amount.after(day)) == day
    assert str(amount).startswith(f"{amount.n} ")


@given(days, st.integers(0, 40))
def test_months_keep_the_number_of_the_day(day: date, n: int) -> None:
    later = Amount(n=n, unit="months").after(day)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == n
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


@given(days, st.lists(st.integers(0, 10), max_size=5))
def test_a_rolled_day_is_the_first_working_day(day: date, offsets: list[int]) -> None:
    settings = Settings(holidays=tuple(day + timedelta(days=n) for n in offsets), roll_forward=True)
    rolled = settings.rolled(day)
    between = [day + timedelta(days=n) for n in range((rolled - day).days)]
    assert all(one.weekday() > 4 or one in settings.holidays for one in between)
    assert rolled.weekday() < 5
    assert rolled not in settings.holidays
    assert replace(settings, roll_forward=False).rolled(day) == day


@given(days, days, days, st.booleans(), st.booleans())
def test_the_earliest_day_keeps_every_step_and_the_day_before_breaks_one(
    publication: date, notice: date, expiry: date, strict: bool, roll: bool
) -> None:
    settings = Settings(roll_forward=roll, strict_elapsed=strict)
    happened = ready() | {"publication": publication, "notice": notice, "expiry": expiry}
    day = earliest(CHICAGO, happened, settings=settings).day
    assert day is not None

    def states(strike: date) -> set[str]:
        items = timetable(CHICAGO, happened | {"strike": strike}, date(2100, 1, 1), settings=settings)
        return {item.state for item in items if item.step.event == "strike"}

    assert states(day) == {"kept"}
    assert "broken" in states(day - timedelta(days=1))


def test_a_protest_window_counts_full_days_in_its_zone() -> None:
    """Released at 10 in the evening; the clocks go back in between, and the hour is not lost."""
    released = datetime(2026, 10, 30, 3, tzinfo=UTC)  # 29 October, 22:00 in Chicago
    opens, closes = protest_window(released, 5, "America/Chicago")
    assert opens == released
    assert closes == datetime(2026, 11, 4, 6, tzinfo=UTC)
    with pytest.raises(ValueError, match="a day at least"):
        protest_window(released, 0, "America/Chicago")
    with pytest.raises(ValueError, match="offset from UTC"):
        protest_window(datetime(2026, 1, 1), 1, "America/Chicago")  # noqa: DTZ001  # refused for that
