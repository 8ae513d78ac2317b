"""Days and times as people fix them: with their zone, exact to the instant."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from quorate.lifecycle.forms import Form
from quorate.text import _

MIDNIGHT: Final = time(0, 0)


class MomentError(ValueError):
    """A time that does not exist in its zone, or a zone that does not exist."""


class LocalMoment(Form, frozen=True, kw_only=True):
    """``25 January 2021, 00:00, America/Chicago``. Raises :class:`MomentError` where clocks skip that time.

    Where clocks show a time twice, the first one is meant.
    """

    day: date
    time: time = MIDNIGHT
    zone: str

    def __post_init__(self) -> None:
        if self.time.tzinfo is not None:
            raise MomentError(_("The zone stands beside the time, not in it."))
        back = self.instant.astimezone(zone_of(self.zone)).replace(tzinfo=None)
        if back != datetime.combine(self.day, self.time):
            raise MomentError(
                _("On {day} clocks in {zone} skip {time}. Choose another time.").format(
                    day=self.day.isoformat(), zone=self.zone, time=f"{self.time:%H:%M}"
                )
            )

    @property
    def instant(self) -> datetime:
        """The instant in UTC."""
        return datetime.combine(self.day, self.time, zone_of(self.zone)).astimezone(UTC)

    def __str__(self) -> str:
        return f"{self.day.isoformat()}, {self.time:%H:%M} ({self.zone})"


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name. Raises :class:`MomentError` for a name that there is not."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise MomentError(_("There is no time zone {zone}.").format(zone=name)) from error


def next_morning(decided: datetime, zone: str, at: time = MIDNIGHT) -> LocalMoment:
    """``at`` on the day after the decision, as people of the zone count days."""
    return LocalMoment(day=local_day(decided, zone) + timedelta(days=1), time=at, zone=zone)


def local_day(moment: datetime, zone: str) -> date:
    """The day that it is in the zone."""
    return moment.astimezone(zone_of(zone)).date()


def end_of(day: date, zone: str) -> datetime:
    """The instant at which a day is over in the zone: the next midnight, or where clocks skip it, its end."""
    following = datetime.combine(day + timedelta(days=1), MIDNIGHT, zone_of(zone))
    return following.astimezone(UTC)
