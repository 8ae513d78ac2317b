"""Ballots of an organisation by status; a new one; one ballot's page with the checklist; copies and tests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from quorate.apps.ballots import drafting, opening, selectors, trial
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.organisation.models import Organisation
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.ballot_pages import (
    MAY_DRAFT,
    MAY_SEE,
    OF_A_QUESTION,
    ballot_of,
    draft_of,
    show,
)
from quorate.web.officers.ballots_home import row_of
from quorate.web.officers.signers import signing_officers

_GROUPS = (
    ("preparing", (Stage.DRAFT, Stage.READY)),
    ("running", (Stage.OPENED,)),
    ("over", (Stage.RELEASED, Stage.VOIDED, Stage.ARCHIVED)),
)


class _New(forms.Form):
    title = forms.CharField(
        max_length=500,
        label=_("Title"),
        help_text=_("As it stands on the ballot and on the certificate, such as “Strike authorisation”."),
    )


@officer(*MAY_SEE)
def ballots(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """All ballots: in preparation, running, over."""
    found = selectors.ballots_of(organisation.slug)
    words = {"preparing": _("In preparation"), "running": _("Running"), "over": _("Over")}
    groups = [
        {
            "title": words[name],
            "ballots": [row_of(organisation, one) for one in found if one.stage in stages],
        }
        for name, stages in _GROUPS
    ]
    context = {"here": "ballots", "organisation": organisation, "groups": groups, "any": bool(found)}
    return render(request, "officers/ballots/list.html", context)


@officer(*MAY_DRAFT)
def new(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Begin a ballot, and go to the wizard."""
    form = _New(request.POST or None)
    if request.method == "POST" and form.is_valid():
        ballot = drafting.begin_draft(
            organisation=organisation, title=form.cleaned_data["title"], by=account_of(request)
        )
        return redirect("officers:ballot_step", organisation.slug, ballot.name, "question")
    context = {"here": "ballots", "organisation": organisation, "form": form}
    return render(request, "officers/ballots/new.html", context)


@officer(*MAY_SEE)
def ballot(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """One ballot: the checklist of a draft, the signing page of a prepared one, else where it runs."""
    found = ballot_of(organisation, ballot)
    if found.stage == Stage.READY:
        return redirect("officers:ballot_sign", organisation.slug, found.name)
    if found.stage != Stage.DRAFT:
        return redirect("officers:running", organisation.slug, found.name)
    number, draft = draft_of(found)
    checked = opening.checklist(found, draft, signing_officers(organisation))
    lines = [{"line": line, "link": _fix(organisation, found, line)} for line in checked]
    context = {
        "draft": draft,
        "number": number,
        "lines": lines,
        "blocked": sum(line.state == "blocked" for line in checked),
    }
    return show(request, "checklist", organisation, found, context)


@officer(*MAY_DRAFT)
@require_POST
def copy(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """A new draft with the same content."""
    made = drafting.copy_draft(ballot=ballot_of(organisation, ballot), by=account_of(request))
    messages.success(request, _("Copied. The voting time is left open; codes and the tellers' key are new."))
    return redirect("officers:ballot_step", organisation.slug, made.name, "details")


@officer(*MAY_DRAFT)
@require_POST
def test(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Hold a test ballot, and show its links once."""
    found = ballot_of(organisation, ballot)
    try:
        made, links = trial.hold_test(ballot=found, by=account_of(request))
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("officers:ballot_step", organisation.slug, found.name, "preview")
    return show(request, "test", organisation, found, {"test": made, "links": links})


@officer(*MAY_SEE)
def versions(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Every version of the draft, each with what it changed."""
    found = ballot_of(organisation, ballot)
    rows = selectors.draft_history(found)
    return show(request, "versions", organisation, found, {"rows": rows})


def _fix(organisation: Organisation, found: Ballot, line: opening.Line) -> str:
    """Where a line of the checklist is mended."""
    arguments: list[Any] = [organisation.slug, found.name]
    if line.step == "codes":
        return reverse("officers:ballot_codes", args=arguments)
    if line.step == "officers":
        return reverse("officers:home", args=arguments[:1])
    if line.step in OF_A_QUESTION:
        return reverse("officers:ballot_question_step", args=[*arguments, line.step, line.question])
    return reverse("officers:ballot_step", args=[*arguments, line.step])
