"""What pages of a ballot that runs, or is over, share: who may look and act, the way around, times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from quorate.apps.ballots.errors import BallotError, TryAgain
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.selectors import manifest_of
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import AUDITOR, DRAFTER, OBSERVER, OPENER, REGISTRAR
from quorate.election.draft import DraftError, instant_of, zone_named
from quorate.record.canonical import instant
from quorate.text import _
from quorate.web.officers.ballot_pages import ballot_of, status_of

MAY_WATCH: Final = (DRAFTER, OPENER, REGISTRAR, OBSERVER, AUDITOR)
MAY_ACT: Final = (OPENER,)

Work = Callable[[Ballot], HttpResponse | None]


class ReasonForm(forms.Form):
    """A reason that everybody will read."""

    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Everybody can read it, for ever. Write nothing about a person."),
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_reason(self) -> str:
        """One line, whatever the field was."""
        return " ".join(str(self.cleaned_data["reason"]).split())


class LocalTime(forms.CharField):
    """A local time, which the view turns into an instant in the ballot's zone."""

    widget = forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def begun_ballot(organisation: Organisation, name: str) -> Ballot:
    """The ballot of an address, which has a board; a page that there is none for a draft."""
    found = ballot_of(organisation, name)
    if found.stage in {Stage.DRAFT, Stage.READY}:
        raise Http404
    return found


def show(
    request: HttpRequest, template: str, ballot: Ballot, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of one ballot; `tab` names the part of it."""
    common = {
        "here": "ballots",
        "ballot": ballot,
        "status": status_of(ballot),
        "manifest": manifest_of(ballot),
        "zone": manifest_of(ballot).window.zone,
        "released": ballot.stage in {Stage.RELEASED, Stage.ARCHIVED},
        "voided": ballot.stage == Stage.VOIDED,
    }
    return render(request, f"officers/running/{template}.html", {**common, **context}, status=status)


def told(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """For steps: what a service refuses is said on the page that the officer came from."""

    @wraps(view)
    def answered(
        request: HttpRequest, organisation: Organisation, ballot: str, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        try:
            return view(request, organisation=organisation, ballot=ballot, *args, **kwargs)  # noqa: B026 - named
        except TryAgain as error:
            messages.error(request, _("Nothing was done, try again: {why}").format(why=error))
        except BallotError as error:
            messages.error(request, str(error))
        back = request.POST.get("back", "running")
        page = back if back in {"running", "closing", "result", "protests", "after"} else "running"
        return redirect(f"officers:{page}", organisation.slug, ballot)

    return answered


def local_instant(ballot: Ballot, text: str) -> datetime:
    """A local time of the ballot's zone as an instant; ValidationError for one that the clocks skip."""
    zone = zone_named(manifest_of(ballot).window.zone)
    try:
        return instant(instant_of(str(_("closing time")), text, zone))
    except DraftError as error:
        raise forms.ValidationError(str(error)) from error


def local_text(moment: datetime, zone: str) -> str:
    """An instant as a field for local times shows it."""
    return moment.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
