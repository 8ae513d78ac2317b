"""Frozen rolls: freeze, look at, correct by two officers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from quorate.apps.organisation import roll_reading as reading
from quorate.apps.organisation import rolls
from quorate.apps.organisation.errors import OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Body, Organisation, Roll
from quorate.apps.organisation.permissions import may
from quorate.apps.organisation.selectors import bodies_of, body_named
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.organisation_forms import CorrectionForm, FreezeForm, today_in
from quorate.web.officers.visit import Need, Section, Visit


@officer(*may("roll.see"))
def overview(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """The newest roll of each body."""
    bodies = [(body, reading.public_rolls(body)[:1]) for body in bodies_of(organisation)]
    context = {"here": "rolls", "bodies": bodies, "now": timezone.now()}
    return render(request, "officers/organisation/rolls.html", context)


@officer(*may("roll.freeze"))
def freeze(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Choose body, day and window; see how many it will be; confirm."""
    now = timezone.now()
    today = today_in(organisation.zone, now)
    until = f"{today + timedelta(days=7)}T17:00"
    initial = {"as_of": today, "challenge_until": until}
    form = FreezeForm(organisation.bodies.all(), organisation.zone, request.POST or None, initial=initial)
    count = None
    if form.is_valid():
        body, as_of = form.cleaned_data["body"], form.cleaned_data["as_of"]
        count = reading.count_on(body, as_of)
        try:
            if count and form.cleaned_data["confirmed"] == count:
                made = rolls.freeze_roll(
                    body=body, as_of=as_of, challenge_until=form.cleaned_data["challenge_until"],
                    by=account_of(request),
                )  # fmt: skip
                messages.success(request, _("Roll {n} is frozen.").format(n=made.number))
                return redirect("officers:roll", organisation.slug, body.slug, made.number)
            if not count:
                form.add_error(
                    "as_of", _("Nobody belongs to this body on that day. Take over a member list first.")
                )
            elif form.cleaned_data["challenge_until"] <= now:
                form.add_error("challenge_until", _("The challenge window must end in the future."))
        except OrganisationError as problem:
            form.add_error(None, str(problem))
    context = {"here": "rolls", "form": form, "count": None if form.errors else count, "chosen": form.data}
    return render(request, "officers/organisation/freeze.html", context, status=422 if form.errors else 200)


@officer(*may("roll.see"))
def roll(request: HttpRequest, organisation: Organisation, body: str, number: int) -> HttpResponse:
    """One roll. Names are shown to those who correct and confirm, and to nobody else."""
    found = _roll(organisation, body, number)
    return _show(request, found, CorrectionForm())


@officer(*may("roll.correct"))
@require_POST
def ask(request: HttpRequest, organisation: Organisation, body: str, number: int) -> HttpResponse:
    """Ask for a correction."""
    found = _roll(organisation, body, number)
    form = CorrectionForm(request.POST)
    if form.is_valid():
        try:
            rolls.ask_correction(roll=found, by=account_of(request), **form.cleaned_data)
        except OrganisationError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Asked. Another officer must confirm it."))
            return redirect("officers:roll", organisation.slug, body, number)
    return _show(request, found, form)


@officer(*may("roll.confirm"))
@require_POST
def decide(request: HttpRequest, organisation: Organisation, body: str, pk: int) -> HttpResponse:
    """Confirm a correction, or turn it down."""
    try:
        of_body = body_named(organisation, body)
        correction = reading.correction_numbered(of_body, pk)
    except UnknownOrganisation as unknown:
        raise Http404 from unknown
    by, now_at = account_of(request), correction.roll.number
    try:
        if request.POST.get("action") == "confirm":
            made = rolls.confirm_correction(correction=correction, by=by)
            now_at = made.number
            messages.success(request, _("Corrected: the roll is number {n} now.").format(n=made.number))
        else:
            rolls.turn_down_correction(correction=correction, by=by)
            messages.info(request, _("Turned down. The roll stays as it is."))
    except OrganisationError as problem:
        messages.error(request, str(problem))
    return redirect("officers:roll", organisation.slug, body, now_at)


def needs(visit: Visit) -> Iterable[Need]:
    """Corrections that this officer may confirm; a body without members, for the registrar."""
    slug = visit.organisation.slug
    if visit.roles & set(may("roll.confirm")):
        for one in reading.waiting_corrections(visit.organisation):
            if one.asked_by_id != visit.account.pk:
                link = reverse("officers:roll", args=[slug, one.roll.body.slug, one.roll.number])
                what = _("{who} asks for a correction of the roll of {body}.")
                what = what.format(who=one.asked_by.get_username(), body=one.roll.body.name)
                yield Need(what, link, _("Look at it"))
    if visit.roles & set(may("roll.import")) and not visit.organisation.members.exists():
        yield Need(
            _("There are no members yet."), reverse("officers:import", args=[slug]), _("Take over a list")
        )
    if visit.roles & set(may("body.edit")) and not visit.organisation.bodies.exists():
        yield Need(
            _("There is no body yet, such as all members."),
            reverse("officers:body-new", args=[slug]),
            _("Add one"),
        )


def section(visit: Visit) -> Section | None:
    """The rolls on the home page."""
    bodies = [(body, reading.public_rolls(body)[:1]) for body in bodies_of(visit.organisation)]
    if not bodies:
        return None
    context = {"bodies": bodies, "slug": visit.organisation.slug, "zone": visit.organisation.zone}
    return Section("officers/organisation/home_rolls.html", context)


def _roll(organisation: Organisation, body: str, number: int) -> Roll:
    try:
        return reading.roll_numbered(body_named(organisation, body), number)
    except UnknownOrganisation as unknown:
        raise Http404 from unknown


def _show(request: HttpRequest, found: Roll, form: CorrectionForm) -> HttpResponse:
    roles: frozenset[str] = request.officer_roles  # type: ignore[attr-defined]  # set by `officer`
    body: Body = found.body
    seen = {one.number: one for one in reading.public_rolls(body)}
    public = seen[found.number]
    may_name = bool(roles & {*may("roll.correct"), *may("roll.confirm")})
    open_now = public.current and not public.held and timezone.now() < found.challenge_until
    context = {
        "here": "rolls",
        "roll": public,
        "body": body,
        "rolls": seen.values(),
        "open_now": open_now,
        "may_name": may_name,
        "may_ask": bool(roles & set(may("roll.correct"))),
        "may_confirm": bool(roles & set(may("roll.confirm"))),
        "me": account_of(request).pk,
        "form": form,
        "frozen_by": found.frozen_by.get_username(),
    }
    if may_name:
        context["corrections"] = reading.corrections_of(body)
        if open_now:
            context["differences"], context["difference_count"] = reading.differences(found)
    return render(request, "officers/organisation/roll.html", context, status=422 if form.errors else 200)
