"""Motions of an organisation: the list, a new one, and one motion with what can happen to it now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from quorate.apps.ballots.errors import EditConflict, NotAllowed
from quorate.apps.motions import meeting_reading, services, stage_ballots
from quorate.apps.motions.errors import MotionError, UnknownMotion
from quorate.apps.motions.models import MotionFile
from quorate.apps.motions.selectors import Standing, motion_named, motions_of, standing
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import DRAFTER, EVERYBODY, OPENER
from quorate.lifecycle.difference import difference
from quorate.text import _
from quorate.web.motion_words import stage_rows, state_chip
from quorate.web.officers import motion_forms
from quorate.web.officers.access import account_of, officer

MAY_DRAFT: Final = (DRAFTER, OPENER)
MAY_DECIDE: Final = (OPENER,)
_ACTIONS: Final[dict[str, Callable[..., forms.Form]]] = {
    "second": motion_forms.Seconding,
    "amend": motion_forms.Amending,
    "decide-amendment": motion_forms.AmendmentDecision,
    "refer": motion_forms.Referring,
    "report-back": motion_forms.Returning,
    "withdraw": motion_forms.Withdrawing,
}


@officer(*EVERYBODY)
def motions(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """All motions, the newest first, each with where it stands."""
    rows = [
        {"standing": one, "chip": state_chip(one.motion), "stages": stage_rows(one)}
        for one in motions_of(organisation)
    ]
    context = {"here": "motions", "organisation": organisation, "rows": rows}
    return render(request, "officers/motions/list.html", context)


@officer(*MAY_DRAFT)
def new(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Propose a motion."""
    form = motion_forms.NewMotion(organisation, request.POST or None)
    if request.method == "POST" and form.is_valid():
        account = account_of(request)
        try:
            made = services.propose(
                organisation=organisation,
                event=form.event(timezone.now(), account.get_username()),
                by=account,
            )
        except MotionError as error:
            form.add_error("title", str(error))
        else:
            return redirect("officers:motion", organisation.slug, made.slug)
    context = {"here": "motions", "organisation": organisation, "form": form}
    return render(request, "officers/motions/new.html", context)


@officer(*EVERYBODY)
def motion(request: HttpRequest, organisation: Organisation, motion: str) -> HttpResponse:
    """One motion: stages, text, amendments, versions, history, and what can be done now."""
    file = file_of(organisation, motion)
    stage_ballots.follow(motion=file)
    return _page(request, organisation, file, {})


@officer(*MAY_DECIDE)
@require_POST
def act(request: HttpRequest, organisation: Organisation, motion: str, action: str) -> HttpResponse:
    """Let one thing happen to a motion; the page with the reason when it cannot."""
    file = file_of(organisation, motion)
    if action not in _ACTIONS:
        raise Http404
    form: Any = _ACTIONS[action](request.POST)
    if form.is_valid():
        account = account_of(request)
        try:
            event = form.event(standing(file), timezone.now(), account.get_username())
            services.happen(motion=file, event=event, by=account)
        except forms.ValidationError as error:
            form.add_error(None, error)
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("officers:motion", organisation.slug, file.slug)
    return _page(request, organisation, file, {action: form}, status=400)


@officer(*MAY_DRAFT)
@require_POST
def draft_ballot(request: HttpRequest, organisation: Organisation, motion: str, stage: int) -> HttpResponse:
    """Begin the ballot of a stage, bound to the motion's text, and go to its draft."""
    file = file_of(organisation, motion)
    try:
        made = stage_ballots.begin_ballot(motion=file, stage=stage, by=account_of(request))
    except MotionError as error:
        messages.error(request, str(error))
        return redirect("officers:motion", organisation.slug, file.slug)
    return redirect("officers:ballot_step", organisation.slug, made.name, "voters")


@officer(*MAY_DRAFT)
@require_POST
def take_text(request: HttpRequest, organisation: Organisation, motion: str, ballot: str) -> HttpResponse:
    """Write the motion as it stands into the draft of its ballot again."""
    file = file_of(organisation, motion)
    try:
        stage_ballots.take_text_again(ballot=stage_ballots.ballot_of(file, ballot), by=account_of(request))
    except (MotionError, NotAllowed, EditConflict) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The draft asks the motion as it stands now."))
    return redirect("officers:motion", organisation.slug, file.slug)


def file_of(organisation: Organisation, name: str) -> MotionFile:
    """The motion of an address, or 404."""
    try:
        return motion_named(organisation, name)
    except UnknownMotion as unknown:
        raise Http404 from unknown


def _page(
    request: HttpRequest,
    organisation: Organisation,
    file: MotionFile,
    wrong: dict[str, forms.Form],
    status: int = 200,
) -> HttpResponse:
    found = standing(file)
    now = found.motion
    step = now.next_stage
    blocked = [] if step is None or now.ended else stage_ballots.blocked_by(file, step)
    context = {
        "here": "motions",
        "organisation": organisation,
        "file": file,
        "motion": now,
        "agreement_slug": found.agreement,
        "chip": state_chip(now),
        "stages": stage_rows(found),
        "step": step,
        "blocked": blocked,
        "meets": step is not None and now.stages[step].plan.method != "secret",
        "meeting": meeting_reading.open_vote(file),
        "drafts": [] if step is None else list(found.ballots.get(step, ())),
        "actions": _open_forms(found, wrong),
        "amendments": _amendments(found, wrong),
        "versions": [
            {
                "version": one,
                "changes": now.changes(one.number - 1, one.number).parts if one.number > 1 else (),
            }
            for one in reversed(now.versions)
        ],
        "wrong": any(form.errors for form in wrong.values()),
    }
    return render(request, "officers/motions/motion.html", context, status=status)


def _open_forms(found: Standing, wrong: dict[str, forms.Form]) -> list[dict[str, Any]]:
    """What can happen to the motion now, each with its form; one that was filled in wrongly stays open."""
    now = found.motion
    possible: list[tuple[str, str, str]] = []
    if now.state == "proposed":
        possible.append(("second", _("Second it"), _("Seconded")))
    if now.state in {"proposed", "ready", "referred"} and not found.agreement:
        possible.append(("amend", _("Offer an amendment"), _("Offer this amendment")))
    if now.state == "ready":
        possible.append(("refer", _("Refer it for advice"), _("Refer")))
    if now.state == "referred":
        possible.append(("report-back", _("It is back"), _("Enter the advice")))
    if not now.ended and all(stage.state == "waiting" for stage in now.stages):
        possible.append(("withdraw", _("Withdraw it"), _("Withdraw")))
    initial = {"amend": motion_forms.text_of(found)}
    return [
        {
            "action": action,
            "title": title,
            "button": button,
            "form": wrong.get(action)
            or _ACTIONS[action](initial=initial.get(action), auto_id=f"id_{action}_%s"),
            "open": action in wrong or (action == "second"),
        }
        for action, title, button in possible
    ]


def _amendments(found: Standing, wrong: dict[str, forms.Form]) -> list[dict[str, Any]]:
    rows = []
    for one in found.motion.amendments:
        form = wrong.get("decide-amendment")
        if form is None or form.data.get("amendment") != one.id:
            form = motion_forms.AmendmentDecision(
                initial={"amendment": one.id, "seen": found.motion.text.fingerprint},
                auto_id=f"id_{one.id}_%s",
            )
        before = found.motion.version(one.amends)
        rows.append(
            {
                "amendment": one,
                "changes": () if before is None else difference(before.text, one.text).parts,
                "form": form if one.state == "open" else None,
            }
        )
    return rows
