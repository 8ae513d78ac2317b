"""Setting up an organisation, its settings, its bodies."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.apps.organisation import services
from quorate.apps.organisation.errors import ChangedMeanwhile, OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import may
from quorate.apps.organisation.selectors import bodies_of, body_named, organisation_named
from quorate.text import _
from quorate.web.officers.access import account_of, officer, signed_in
from quorate.web.officers.organisation_forms import BodyForm, NewOrganisationForm, OrganisationForm, refuse


@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """Set up an organisation: for accounts that the operator made for it."""
    account = account_of(request)
    if not account.is_staff:
        return render(request, "officers/organisation/no_founder.html", status=403)
    form = NewOrganisationForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.create_organisation(
                slug=form.cleaned_data["slug"], name=form.cleaned_data["name"],
                zone=form.cleaned_data["zone"], help=form.cleaned_data["help"], by=account,
            )  # fmt: skip
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("{name} is set up. Add its bodies next.").format(name=made.name))
            return redirect("officers:settings", organisation=made.slug)
    return render(
        request, "officers/organisation/new.html", {"form": form}, status=422 if form.errors else 200
    )


@officer(*may("roll.see"))
def settings(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """What the organisation says of itself, and its bodies."""
    context = {"here": "organisation", "bodies": bodies_of(organisation)}
    return render(request, "officers/organisation/settings.html", context)


@officer(*may("organisation.edit"))
def edit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Change the settings; who was overtaken by another officer sees both versions."""
    now = {name: getattr(organisation, name) for name in ("name", "zone", "help", "version")}
    form = OrganisationForm(request.POST or None, initial=now)
    context = {"here": "organisation", "form": form}
    if not form.is_valid():
        return render(request, "officers/organisation/edit.html", context, status=422 if form.errors else 200)
    try:
        services.edit_organisation(
            organisation=organisation, name=form.cleaned_data["name"], zone=form.cleaned_data["zone"],
            help=form.cleaned_data["help"], version=form.cleaned_data["version"] or 0, by=account_of(request),
        )  # fmt: skip
    except ChangedMeanwhile as overtaken:
        saved = organisation_named(organisation.slug)
        return _overtaken(request, form, saved, str(overtaken), "officers/organisation/edit.html", context)
    except OrganisationError as problem:
        refuse(form, problem)
        return render(request, "officers/organisation/edit.html", context, status=422)
    messages.success(request, _("Saved."))
    return redirect("officers:settings", organisation=organisation.slug)


def _overtaken(
    request: HttpRequest,
    form: OrganisationForm,
    saved: Organisation,
    words: str,
    template: str,
    context: dict[str, object],
) -> HttpResponse:
    """The form with what its officer typed, beside what was saved meanwhile; saving again is then meant."""
    again = OrganisationForm({**form.cleaned_data, "version": saved.version})
    again.is_valid()
    differing = [
        (again[name].label, getattr(saved, name), form.cleaned_data[name])
        for name in ("name", "zone", "help")
        if getattr(saved, name) != form.cleaned_data[name]
    ]
    shown = context | {"form": again, "overtaken": words, "differing": differing}
    return render(request, template, shown, status=409)


@officer(*may("body.edit"))
def add_body(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    form = BodyForm(request.POST or None, initial={"kind": "membership"})
    if form.is_valid():
        try:
            services.create_body(organisation=organisation, by=account_of(request), **form.cleaned_data)
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Added. Take over its members next."))
            return redirect("officers:settings", organisation=organisation.slug)
    context = {"here": "organisation", "form": form}
    return render(request, "officers/organisation/body.html", context, status=422 if form.errors else 200)


@officer(*may("body.edit"))
def edit_body(request: HttpRequest, organisation: Organisation, body: str) -> HttpResponse:
    try:
        found = body_named(organisation, body)
    except UnknownOrganisation as unknown:
        raise Http404 from unknown
    initial = {"name": found.name, "kind": found.kind, "seats": found.seats}
    form = BodyForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            services.edit_body(body=found, by=account_of(request), **form.cleaned_data)
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("officers:settings", organisation=organisation.slug)
    context = {"here": "organisation", "form": form, "body": found}
    return render(request, "officers/organisation/body.html", context, status=422 if form.errors else 200)
