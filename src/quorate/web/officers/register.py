"""The register of what is in force: its resolutions, what ends them, and the facts that officers enter."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from quorate.apps.motions import register as services
from quorate.apps.motions.errors import MotionError, MotionRefused, UnknownMotion
from quorate.apps.motions.selectors import (
    carried,
    history,
    motions_of,
    proposal,
    proposals,
    register_of,
    resolutions,
)
from quorate.apps.motions.stage_ballots import follow
from quorate.apps.organisation.models import Account, Organisation
from quorate.apps.organisation.permissions import EVERYBODY, OPENER
from quorate.lifecycle.condition import EventAttested, MetricHolds, leaves
from quorate.lifecycle.register import Status
from quorate.lifecycle.resolution import Attested, Reading, ReadingCorrected
from quorate.text import _
from quorate.web.officers import register_forms
from quorate.web.officers.access import account_of, officer
from quorate.web.register_words import rows_of

MAY_ENTER: Final = (OPENER,)


@officer(*EVERYBODY)
def register(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """What is in force, what will be, what has ended; corrections that wait for another officer."""
    for one in motions_of(organisation):
        follow(motion=one.file)
    context = {
        "here": "register",
        "organisation": organisation,
        "rows": rows_of(resolutions(organisation, timezone.now())),
        "proposals": proposals(organisation),
        "carried": carried(organisation),
        "adopted": register_forms.Adopted(organisation, auto_id="id_adopted_%s"),
    }
    return render(request, "officers/register/list.html", context)


@officer(*MAY_ENTER)
def new(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Enter a carried resolution: from when for whom, until what."""
    form = register_forms.NewResolution(organisation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = account_of(request)
        try:
            fact = form.fact(timezone.now(), account.get_username())
            services.enter(organisation=organisation, fact=fact, by=account)
        except (MotionError, ValueError) as error:
            form.add_error(None, str(error))
        else:
            return redirect("officers:resolution", organisation.slug, fact.resolution.id)
    context = {"here": "register", "organisation": organisation, "form": form}
    return render(request, "officers/register/new.html", context)


@officer(*EVERYBODY)
def resolution(request: HttpRequest, organisation: Organisation, resolution: str) -> HttpResponse:
    """One resolution with its conditions, and the forms for the facts that they wait for."""
    return _page(request, organisation, resolution)


@officer(*MAY_ENTER)
@require_POST
def act(request: HttpRequest, organisation: Organisation, resolution: str, action: str) -> HttpResponse:
    """Enter one fact; back on the page with the reason when it cannot be."""
    account, at = account_of(request), timezone.now()
    made: dict[str, Any] = {
        "attest": lambda: register_forms.Attesting(request.POST, request.FILES),
        "read": lambda: register_forms.NewReading(request.POST),
        "correct": lambda: register_forms.Correcting(request.POST),
        "rescind": lambda: register_forms.Rescinded(organisation, request.POST),
    }
    if action not in made:
        raise Http404
    form = made[action]()
    if form.is_valid():
        try:
            _do(organisation, action, form, account, at)
        except (MotionError, ValueError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Entered."))
            return redirect("officers:resolution", organisation.slug, resolution)
    return _page(request, organisation, resolution, {action: form}, 400)


@officer(*MAY_ENTER)
@require_POST
def adopted(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """A body approved an agreement."""
    form = register_forms.Adopted(organisation, request.POST)
    account = account_of(request)
    try:
        if not form.is_valid():
            raise MotionRefused(_("Choose the decision, and name the agreement."))
        fact = form.fact(timezone.now(), account.get_username())
        services.enter(organisation=organisation, fact=fact, by=account)
    except MotionError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Entered."))
    return redirect("officers:register", organisation.slug)


@officer(*MAY_ENTER)
@require_POST
def settle(request: HttpRequest, organisation: Organisation, number: int, decision: str) -> HttpResponse:
    """Agree to a correction that another officer proposed, or drop it."""
    account, at = account_of(request), timezone.now()
    try:
        found = proposal(organisation, number)
        if decision == "agree":
            services.agree(proposal=found, at=at, by=account)
        else:
            services.reject(proposal=found, at=at, by=account)
    except UnknownMotion as unknown:
        raise Http404 from unknown
    except MotionError as error:
        messages.error(request, str(error))
    return redirect("officers:register", organisation.slug)


def _do(organisation: Organisation, action: str, form: Any, account: Account, at: datetime) -> None:
    name = account.get_username()
    if action == "attest":
        happened = form.cleaned_data["happened"].replace(tzinfo=ZoneInfo(organisation.zone))
        file = form.cleaned_data["evidence"]
        digest = services.keep_evidence(
            organisation=organisation, name=file.name, data=file.read(services.MOST_BYTES + 1), by=account
        )
        fact = Attested(
            by=name, event=form.cleaned_data["event"], evidence=digest, evidence_name=file.name[-200:],
            happened=happened, recorded=at,
        )  # fmt: skip
        services.enter(organisation=organisation, fact=fact, by=account)
    elif action == "correct":
        data = form.cleaned_data
        wrong = ReadingCorrected(
            by=name,
            reading=data["reading"],
            reason=data["reason"],
            recorded=at,
            second="-",
            value=data["value"],
        )
        services.propose_correction(organisation=organisation, fact=wrong, by=account)
    else:
        services.enter(organisation=organisation, fact=form.fact(at, name), by=account)


def _page(
    request: HttpRequest,
    organisation: Organisation,
    name: str,
    wrong: dict[str, forms.Form] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = [one for one in resolutions(organisation, timezone.now()) if one.resolution.id == name]
    if not found:
        raise Http404
    wrong = wrong or {}
    context = {
        "here": "register",
        "organisation": organisation,
        "row": rows_of(found)[0],
        "changes": history(organisation, name),
        "facts": _facts(organisation, found[0], wrong),
        "rescind": wrong.get("rescind")
        or register_forms.Rescinded(organisation, initial={"resolution": name}, auto_id="id_rescind_%s"),
        "wrong": bool(wrong),
    }
    return render(request, "officers/register/resolution.html", context, status=status)


def _facts(organisation: Organisation, status: Status, wrong: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """For each condition that waits for facts: the form to enter one, and the readings so far."""
    facts = register_of(organisation).facts
    rows: list[dict[str, Any]] = []
    for leaf in leaves(status.resolution.until) if status.resolution.until else ():
        if isinstance(leaf, EventAttested):
            form = wrong.get("attest") or register_forms.Attesting(
                initial={"event": leaf.event}, auto_id=f"id_{leaf.event}_%s"
            )
            rows.append({"action": "attest", "title": leaf.words, "form": form, "readings": ()})
        elif isinstance(leaf, MetricHolds):
            form = wrong.get("read") or register_forms.NewReading(
                initial={"metric": leaf.metric}, auto_id=f"id_{leaf.metric}_%s"
            )
            rows.append(
                {
                    "action": "read",
                    "title": leaf.words,
                    "form": form,
                    "readings": [
                        (
                            one,
                            register_forms.Correcting(initial={"reading": one.id}, auto_id=f"id_{one.id}_%s"),
                        )
                        for one in facts
                        if isinstance(one, Reading) and one.metric == leaf.metric
                    ],
                }
            )
    return rows
