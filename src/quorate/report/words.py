"""Words and figures that every rendering of a certificate shares: times, fingerprints, margins."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from quorate.crypto.fingerprint import spoken
from quorate.record.canonical import instant
from quorate.text import _, number


def clock(moment: datetime) -> str:
    """``17:00``; seconds only where there are any."""
    return moment.strftime("%H:%M:%S" if moment.second else "%H:%M")


def day(moment: datetime) -> str:
    """``Fri 11 Dec 2015``, in the current language whatever the machine's locale is."""
    days = (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
    return _("{weekday} {date}").format(weekday=days[moment.weekday()], date=date_words(moment))


def date_words(moment: date) -> str:
    """``11 Dec 2015``."""
    months = (
        *(_("Jan"), _("Feb"), _("Mar"), _("Apr"), _("May"), _("Jun")),
        *(_("Jul"), _("Aug"), _("Sep"), _("Oct"), _("Nov"), _("Dec")),
    )
    return _("{day} {month} {year}").format(day=moment.day, month=months[moment.month - 1], year=moment.year)


def when(text: str, zone: str) -> str:
    """``Fri 11 Dec 2015, 17:00 Chicago (23:00 UTC)`` for an instant of a record and the zone of its readers.

    Where this machine does not know the zone the time is given in UTC, and that is said.
    """
    utc = instant(text)
    if zone in ("UTC", "Etc/UTC"):
        return _("{day}, {time} UTC").format(day=day(utc), time=clock(utc))
    try:
        local = utc.astimezone(ZoneInfo(zone))
    except (KeyError, ValueError, OSError):  # not a zone, or no table of zones here
        return _("{day}, {time} UTC (the zone {zone} is not known here)").format(
            day=day(utc), time=clock(utc), zone=zone
        )
    city = zone.rsplit("/", maxsplit=1)[-1].replace("_", " ")
    other = clock(utc) if utc.date() == local.date() else f"{day(utc)}, {clock(utc)}"
    return _("{day}, {time} {city} ({other} UTC)").format(
        day=day(local), time=clock(local), city=city, other=other
    )


def groups(digest: bytes) -> str:
    """A fingerprint as people compare it: 32 symbols in groups of four [06.8]."""
    return spoken(digest)


def hexadecimal(digest: bytes) -> str:
    """A fingerprint whole, as programs print it, in groups of eight digits."""
    text = digest.hex()
    return " ".join(text[at : at + 8] for at in range(0, len(text), 8))


def signed(margin: int) -> str:
    """``+3,903`` or ``-225``."""
    return f"-{number(-margin)}" if margin < 0 else f"+{number(margin)}"


def status_words(status: str) -> str:
    """What the status of a rule means."""
    if status == "confirmed":
        return _("confirmed: the text of the source was seen in a published copy")
    if status == "needs-counsel":
        return _("needs counsel: the text of the source was not seen; have it checked before you rely on it")
    return status


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
