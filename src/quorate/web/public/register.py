"""/o/<organisation>/register/: what is in force on a day, until what; the same as a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from quorate.apps.ballots.public import public_ballots
from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.selectors import evidence, history, resolutions
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import organisation_named
from quorate.record.canonical import instant
from quorate.text import _
from quorate.web.public.pages import FRESH, for_everybody
from quorate.web.register_words import rows_of


@for_everybody
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """What was, is or will be in force on a day (`?on=2022-01-05`; today without it)."""
    found = organisation_named(slug)
    now = timezone.now()
    day, at, problem = _asked(request.GET.get("on", ""), found, now)
    context = {
        **_about(found),
        "day": day,
        "today": day == now.astimezone(ZoneInfo(found.zone)).date(),
        "rows": rows_of(resolutions(found, at)),
        "problem": problem,
    }
    return _fresh(render(request, "public/register.html", context))


@for_everybody
def resolution(request: HttpRequest, slug: str, resolution: str) -> HttpResponse:
    """One resolution: for whom since when, until what, and everything that changed it."""
    found = organisation_named(slug)
    rows = [
        row for row in rows_of(resolutions(found, timezone.now())) if row.status.resolution.id == resolution
    ]
    if not rows:
        raise Http404
    context = {**_about(found), "row": rows[0], "changes": history(found, resolution)}
    return _fresh(render(request, "public/resolution.html", context))


@for_everybody
def evidence_file(request: HttpRequest, slug: str, sha256: str) -> HttpResponse:
    """A file that an officer attested with, as it was handed in; a download, never shown as a page."""
    try:
        found = evidence(organisation_named(slug), sha256)
    except UnknownMotion as unknown:
        raise Http404 from unknown
    response = HttpResponse(bytes(found.data), content_type="application/octet-stream")
    response["Content-Disposition"] = f'attachment; filename="evidence-{sha256[:12]}"'
    return response


@for_everybody
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """Voting times and effect dates for calendars (RFC 5545)."""
    found = organisation_named(slug)
    made = Calendar()
    made.add("prodid", "-//Quorate//Decisions//EN")
    made.add("version", "2.0")
    made.add("x-wr-calname", found.name)
    for ballot in public_ballots(found.slug):
        window = ballot.manifest.window
        address = request.build_absolute_uri(reverse("public:ballot", args=[ballot.name]))
        title = _("Voting: {title}").format(title=ballot.manifest.title)
        ends = ballot.figures.closes
        _add(made, f"ballot-{ballot.name}", title, instant(window.opens), ends, address)
    for row in rows_of(resolutions(found, timezone.now() + timedelta(days=3660))):
        one = row.status.resolution
        address = request.build_absolute_uri(reverse("public:resolution", args=[found.slug, one.id]))
        for number, effect in enumerate(one.effects):
            title = _("Takes effect: {title}").format(title=one.title)
            if effect.group:
                title = f"{title} ({effect.group})"
            _add(
                made,
                f"effect-{one.id}-{number}",
                title,
                effect.starts.instant,
                effect.starts.instant,
                address,
            )
    return _fresh(HttpResponse(made.to_ical(), content_type="text/calendar; charset=utf-8"))


def _add(made: Calendar, name: str, title: str, start: datetime, end: datetime, address: str) -> None:
    event = Event()
    event.add("uid", f"{name}@quorate")
    event.add("dtstamp", start.astimezone(UTC))
    event.add("dtstart", start.astimezone(UTC))
    event.add("dtend", end.astimezone(UTC))
    event.add("summary", title)
    event.add("url", address)
    made.add_component(event)


def _asked(text: str, organisation: Organisation, now: datetime) -> tuple[date, datetime, str]:
    """The day that was asked for, its end there (now for today), and what is wrong with what was typed."""
    zone = ZoneInfo(organisation.zone)
    today, problem, day = now.astimezone(zone).date(), "", None
    if text:
        try:
            day = date.fromisoformat(text)
        except ValueError:
            problem = _("Write the day like 2022-01-05. This is today.")
    if day is None or day == today:
        return today, now, problem
    return day, datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC), problem


def _about(found: Organisation) -> dict[str, object]:
    return {"organisation": found, "organisation_name": found.name, "organisation_help": found.help}


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FRESH
    return response
