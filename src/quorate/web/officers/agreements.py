"""Agreements of an organisation: the list, a new one, and one with its versions and its ratification."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from quorate.apps.motions import agreements as services
from quorate.apps.motions import stage_ballots
from quorate.apps.motions.errors import MotionError, MotionRefused, UnknownMotion
from quorate.apps.motions.models import AgreementFile
from quorate.apps.motions.ratification import agreement_named, agreement_of, agreements_of, ratification_of
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import EVERYBODY
from quorate.text import _
from quorate.web.agreement_words import agreement_context, list_rows
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.agreement_forms import NewAgreement, NewVersion, PuttingToBodies
from quorate.web.officers.motions import MAY_DECIDE, MAY_DRAFT


@officer(*EVERYBODY)
def agreements(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """All agreements, the newest first, each with how far it is."""
    rows = list_rows(list(agreements_of(organisation)))
    context = {"here": "agreements", "organisation": organisation, "rows": rows}
    return render(request, "officers/agreements/list.html", context)


@officer(*MAY_DRAFT)
def new(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Enter an agreement with its first version."""
    form = NewAgreement(organisation, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = services.negotiate(
                organisation=organisation, slug=form.name, title=data["title"], parties=data["parties"],
                text=data["text"], summary=data["summary"], at=timezone.now(), by=account_of(request),
            )  # fmt: skip
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("officers:agreement", organisation.slug, made.slug)
    context = {"here": "agreements", "organisation": organisation, "form": form}
    status = 422 if form.errors else 200
    return render(request, "officers/agreements/new.html", context, status=status)


@officer(*EVERYBODY)
def agreement(request: HttpRequest, organisation: Organisation, agreement: str) -> HttpResponse:
    """One agreement: summary and text, versions compared, who ratifies it, and what can be done now."""
    file = _file(organisation, agreement)
    motion = ratification_of(file)
    if motion is not None:
        stage_ballots.follow(motion=motion)
    return _page(request, organisation, file)


@officer(*MAY_DRAFT)
@require_POST
def revise(request: HttpRequest, organisation: Organisation, agreement: str) -> HttpResponse:
    """Add a version; back on the page with the reason when it cannot be."""
    file = _file(organisation, agreement)
    form = NewVersion(request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.revise(
                agreement=file, text=data["text"], summary=data["summary"], at=timezone.now(),
                by=account_of(request),
            )  # fmt: skip
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The new version is public."))
            return redirect("officers:agreement", organisation.slug, file.slug)
    return _page(request, organisation, file, {"revise": form})


@officer(*MAY_DECIDE)
@require_POST
def put(request: HttpRequest, organisation: Organisation, agreement: str) -> HttpResponse:
    """Put the newest version to the bodies, and go to the motion."""
    file = _file(organisation, agreement)
    form = PuttingToBodies(organisation, request.POST)
    if form.is_valid():
        try:
            if form.cleaned_data["version"] != agreement_of(file).text.number:
                raise MotionRefused(_("There is a newer version since you looked. Look at it first."))
            motion = services.put(
                agreement=file, pipeline=form.pipeline(seconded=False), mover=form.cleaned_data["mover"],
                at=timezone.now(), by=account_of(request),
            )  # fmt: skip
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("officers:motion", organisation.slug, motion.slug)
    return _page(request, organisation, file, {"put": form})


def _file(organisation: Organisation, name: str) -> AgreementFile:
    try:
        return agreement_named(organisation, name)
    except UnknownMotion as unknown:
        raise Http404 from unknown


def _page(
    request: HttpRequest,
    organisation: Organisation,
    file: AgreementFile,
    wrong: dict[str, forms.Form] | None = None,
) -> HttpResponse:
    wrong = wrong or {}
    context = agreement_context(file, request.GET)
    now = context["agreement"]
    if now.state != "ratified":
        context["revise"] = wrong.get("revise") or NewVersion(
            initial={"summary": now.text.summary, "text": now.text.text}, auto_id="id_revise_%s"
        )
    if now.ratification is None:
        context["put"] = wrong.get("put") or PuttingToBodies(
            organisation, initial={"version": now.text.number}, auto_id="id_put_%s"
        )
    context |= {"here": "agreements", "organisation": organisation, "wrong": wrong}
    return render(request, "officers/agreements/agreement.html", context, status=422 if wrong else 200)
