"""A ballot that runs: turnout, the end, what happened; a later end, notices, suspending, declaring void."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.apps.ballots import running as events
from quorate.apps.ballots import services
from quorate.apps.ballots.dashboard import Dashboard, dashboard
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.events import public_events
from quorate.apps.ballots.models import Ballot
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.ballot import BEGUN, OVER, State
from quorate.report.live import turnout_bar
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.running_pages import (
    MAY_ACT,
    MAY_WATCH,
    LocalTime,
    ReasonForm,
    begun_ballot,
    local_instant,
    local_text,
    show,
    told,
)

_WIDE: Final = 1000
_HIGH: Final = 240


class _Later(ReasonForm):
    closes = LocalTime(label=_("New closing time"))
    field_order = ("closes", "reason")


class _MaybeLater(_Later):
    closes = LocalTime(
        label=_("New closing time"), required=False, help_text=_("Leave it empty to keep the time as it is.")
    )


class _Notice(forms.Form):
    reason = forms.CharField(
        max_length=5000,
        label=_("Notice"),
        help_text=_("Everybody can read it, for ever, on the public board."),
        widget=forms.Textarea({"rows": 6}),
    )


@officer(*MAY_WATCH)
def page(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """The dashboard."""
    found = begun_ballot(organisation, ballot)
    shown = dashboard(found)
    over = shown.life.state not in BEGUN
    rules = [one.rule for one in shown.manifest.questions if one.rule and one.yes_no]
    context = {
        "tab": "running",
        "shown": shown,
        "over": over,
        "bar": turnout_bar(shown.cast, shown.eligible, rules, over=over),
        "chart": _chart(shown),
        "events": public_events(found),
        "steps": _possible(shown.life.state),
    }
    return show(request, "running", found, context)


@officer(*MAY_ACT)
def propose(request: HttpRequest, organisation: Organisation, ballot: str, kind: str) -> HttpResponse:
    """A form for an event; sent, it waits for signatures."""
    found = begun_ballot(organisation, ballot)
    if kind not in events.KINDS:
        raise Http404
    shown = dashboard(found)
    zone = shown.manifest.window.zone
    form = _form(kind, request, local_text(shown.life.closes, zone))
    if request.method == "POST" and form.is_valid():
        name = _proposed(request, found, kind, form)
        if name:
            return redirect("officers:running_event", organisation.slug, found.name, name)
    context = {"tab": "running", "kind": kind, "form": form, "words": _words(kind), "shown": shown}
    return show(request, "propose", found, context, 422 if form.errors else 200)


@officer(*MAY_WATCH)
def event(request: HttpRequest, organisation: Organisation, ballot: str, name: str) -> HttpResponse:
    """A proposed event: what everybody will read, who has signed, and the place to sign."""
    found = begun_ballot(organisation, ballot)
    shown = {one.name: one for one in dashboard(found).proposals}.get(name)
    if shown is None:
        return redirect("officers:running", organisation.slug, found.name)
    context = {
        "tab": "running",
        "proposal": shown,
        "subject": name,
        "grave": shown.event.type == "void",
    }
    return show(request, "event", found, context)


@officer(*MAY_ACT)
@require_POST
@told
def post(request: HttpRequest, organisation: Organisation, ballot: str, name: str) -> HttpResponse:
    """Put a signed event on the public board."""
    found = begun_ballot(organisation, ballot)
    index = services.post(ballot=found, name=name, by=account_of(request))
    messages.success(request, _("It is on the public board, entry {n}.").format(n=index))
    return redirect("officers:running", organisation.slug, found.name)


@officer(*MAY_ACT)
@require_POST
@told
def withdraw(request: HttpRequest, organisation: Organisation, ballot: str, name: str) -> HttpResponse:
    """Take back an event that is not on the board."""
    found = begun_ballot(organisation, ballot)
    services.withdraw(ballot=found, name=name, by=account_of(request))
    messages.success(request, _("The proposal was withdrawn. Nothing was put on the board."))
    return redirect("officers:running", organisation.slug, found.name)


def _proposed(request: HttpRequest, found: Ballot, kind: str, form: forms.Form) -> str:
    """Make and propose the event; what does not fit becomes an error of the form, and the name is empty."""
    closes = form.cleaned_data.get("closes")
    try:
        later = local_instant(found, closes) if closes else None
        made = events.make_event(found, kind, reason=form.cleaned_data["reason"], closes=later)
        return services.propose(ballot=found, event=made, by=account_of(request))
    except (NotAllowed, forms.ValidationError) as error:
        field = "closes" if isinstance(error, forms.ValidationError) else None
        form.add_error(field, error if isinstance(error, forms.ValidationError) else str(error))
        return ""


def _form(kind: str, request: HttpRequest, closes: str) -> forms.Form:
    made = {"extend": _Later, "resume": _MaybeLater, "notice": _Notice}.get(kind, ReasonForm)
    initial = {"closes": closes} if kind == "extend" else None
    return made(request.POST if request.method == "POST" else None, initial=initial)


def _possible(state: State) -> list[str]:
    """The events that can be proposed now, the mildest first."""
    if state is State.SUSPENDED:
        return ["notice", "resume", "void"]
    if state in BEGUN:
        return ["extend", "notice", "suspend", "void"]
    return ["void"] if state in OVER else []


def _words(kind: str) -> dict[str, Any]:
    """The heading of a form, what the step does, and its button."""
    title, does = {
        "extend": (
            _("Move the end of voting later"),
            _("The end can only move later. Everybody sees the new time, the old one, and the reason."),
        ),
        "notice": (
            _("Give notice"),
            _("A notice says something to everybody on the public board. One officer signs it."),
        ),
        "suspend": (
            _("Suspend voting"),
            _("No ballot is taken until two officers resume voting. Ballots that were cast stay valid."),
        ),
        "resume": (
            _("Resume voting"),
            _("Voting goes on. If its closing time is past or near, give a later one."),
        ),
        "void": (
            _("Declare the ballot void"),
            _("The ballot then decides nothing, and nothing can undo it. If its votes were counted already, "
              "the count becomes public, without a verdict. A new vote can be drafted from this one."),
        ),
    }[kind]  # fmt: skip
    return {"title": title, "does": does}


def _chart(shown: Dashboard) -> dict[str, Any] | None:
    """The steps of turnout over time as a line; its frame is all members and the whole voting time."""
    if not shown.points or not shown.eligible:
        return None
    opens = shown.life.opens
    whole = max((shown.life.closes - opens).total_seconds(), 1)

    def x(at: datetime) -> int:
        return round(min(max((at - opens).total_seconds() / whole, 0), 1) * _WIDE)

    def y(counted: int) -> int:
        return _HIGH - counted * _HIGH // shown.eligible

    line, last = [f"0,{_HIGH}"], 0
    for point in shown.points:
        line += [f"{x(point.at)},{y(last)}", f"{x(point.at)},{y(point.counted)}"]
        last = point.counted
    line.append(f"{x(shown.now)},{y(last)}")
    return {"line": " ".join(line), "wide": _WIDE, "high": _HIGH, "points": shown.points}
