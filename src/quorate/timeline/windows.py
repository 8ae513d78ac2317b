"""Windows in which something may be asked for, such as a protest against a result, with their zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def protest_window(released: datetime, days: int, zone: str) -> tuple[datetime, datetime]:
    """From the release of a result until the end of the last of so many days after it, in the zone.

    The day of the release is not counted: ``days`` full days follow it. Raises ``ValueError`` for a release
    without a zone, or fewer than one day; ``ZoneInfoNotFoundError`` for a zone that there is not.
    """
    if released.utcoffset() is None:
        raise ValueError("a release has a time with its offset from UTC")
    if days < 1:
        raise ValueError("a window is open for a day at least")
    last = local_day(released, zone) + timedelta(days=days)
    return released.astimezone(UTC), end_of(last, zone)


def local_day(moment: datetime, zone: str) -> date:
    """The day that it is in the zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day is over in the zone."""
    return datetime.combine(day + timedelta(days=1), time(0), ZoneInfo(zone)).astimezone(UTC)
