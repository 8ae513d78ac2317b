"""Officers and their roles: who may do what, invitations, the second officer's word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from quorate.apps.organisation import roles
from quorate.apps.organisation.errors import OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Organisation, Role
from quorate.apps.organisation.permissions import may
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.organisation_forms import refuse
from quorate.web.officers.visit import Need, Visit

_ROLES = [
    ("drafter", gettext_lazy("Drafter: writes ballots and motions")),
    ("opener", gettext_lazy("Opener: signs, opens, closes and releases; grants roles")),
    ("teller", gettext_lazy("Teller: holds a part of the key")),
    ("registrar", gettext_lazy("Registrar: members, rolls and voting codes")),
    ("observer", gettext_lazy("Observer: sees every phase, changes nothing")),
    ("auditor", gettext_lazy("Auditor: reads the audit trail")),
]


class RolesForm(forms.Form):
    name = forms.CharField(max_length=150, label=gettext_lazy("Name of the account"))
    kinds = forms.MultipleChoiceField(
        choices=_ROLES, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("Roles")
    )
    new = forms.ChoiceField(
        label=gettext_lazy("The account"),
        choices=[
            ("yes", gettext_lazy("is new: make a link for them")),
            ("no", gettext_lazy("exists already")),
        ],
        widget=forms.RadioSelect,
        initial="yes",
    )


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        help_text=gettext_lazy("At least 12 signs. A few words that do not belong together are good."),
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )


@officer(*may("audit.see"))
def officers(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Who has which role, and what waits for a second officer."""
    return _page(request, organisation, RolesForm())


@officer(*may("role.grant"))
@require_POST
def ask(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Ask for roles, of an account that exists or of a new officer."""
    form = RolesForm(request.POST)
    if not form.is_valid():
        return _page(request, organisation, form)
    by = account_of(request)
    name, kinds = form.cleaned_data["name"], form.cleaned_data["kinds"]
    link = ""
    try:
        if form.cleaned_data["new"] == "yes":
            asked, token = roles.invite(organisation=organisation, name=name, kinds=kinds, by=by)
            link = request.build_absolute_uri(reverse("officers:invitation", args=[token]))
        else:
            asked = roles.ask_roles(organisation=organisation, name=name, kinds=kinds, by=by)
    except OrganisationError as problem:
        refuse(form, problem)
        return _page(request, organisation, form)
    words = _("Granted.") if asked.confirmed else _("Asked. Another officer must confirm it.")
    if link:
        return _page(request, organisation, RolesForm(), link=link, invited=asked)
    messages.success(request, words)
    return redirect("officers:officers", organisation=organisation.slug)


@officer(*may("role.grant"))
@require_POST
def decide(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Confirm a request, or turn it down."""
    by = account_of(request)
    try:
        found = roles.request_with(organisation, pk)
        if request.POST.get("action") == "confirm":
            roles.confirm_request(request=found, by=by)
            messages.success(request, _("Confirmed."))
        else:
            roles.refuse_request(request=found, by=by)
            messages.info(request, _("Turned down."))
    except UnknownOrganisation as unknown:
        raise Http404 from unknown
    except OrganisationError as problem:
        messages.error(request, str(problem))
    return redirect("officers:officers", organisation=organisation.slug)


@officer(*may("role.grant"))
@require_POST
def withdraw(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Take a role away."""
    chosen, kind = request.POST.get("account", ""), request.POST.get("kind", "")
    account = next((one for one, _held in roles.officers_of(organisation) if str(one.pk) == chosen), None)
    if account is None or kind not in Role.Kind.values:
        raise Http404
    try:
        roles.withdraw_role(organisation=organisation, account=account, kind=kind, by=account_of(request))
    except OrganisationError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The role was taken away."))
    return redirect("officers:officers", organisation=organisation.slug)


@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """An invited officer chooses a password; they sign in with it and add a second key."""
    try:
        found = roles.invitation(token)
    except UnknownOrganisation as gone:
        return render(
            request, "officers/organisation/invitation_gone.html", {"reason": str(gone)}, status=404
        )
    form = PasswordForm(request.POST or None)
    if form.is_valid():
        try:
            roles.accept_invitation(token=token, password=form.cleaned_data["password"])
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Your account is ready. Sign in with it; then add your second key."))
            return redirect("account_login")
    context = {"form": form, "invitation": found, "of": found.organisation}
    status = 422 if form.errors else 200
    return render(request, "officers/organisation/invitation.html", context, status=status)


def needs(visit: Visit) -> Iterable[Need]:
    """Requests that this officer may confirm; a second officer, while there is one only."""
    if not visit.roles & set(may("role.grant")):
        return
    link = reverse("officers:officers", args=[visit.organisation.slug])
    for one in roles.waiting_requests(visit.organisation):
        if one.confirmed is None and visit.account.pk not in {one.asked_by_id, one.account_id}:
            what = _("{who} asks for roles for {name}.").format(
                who=one.asked_by.get_username(), name=one.name
            )
            yield Need(what, link, _("Look at it"))
    if len(roles.granters(visit.organisation)) < 2:
        yield Need(
            _("What counts needs two officers: you are the only one yet."), link, _("Invite the second")
        )


def _page(request: HttpRequest, organisation: Organisation, form: RolesForm, **more: Any) -> HttpResponse:
    names = dict(Role.Kind.choices)
    context = {
        "here": "officers",
        "officers": [
            (account, [(kind, names[kind]) for kind in held])
            for account, held in roles.officers_of(organisation)
        ],
        "waiting": [
            (one, ", ".join(names[kind] for kind in one.kinds))
            for one in roles.waiting_requests(organisation)
        ],
        "form": form,
        "may_grant": bool(request.officer_roles & set(may("role.grant"))),  # type: ignore[attr-defined]  # set by `officer`
        "me": account_of(request).pk,
        "explained": _ROLES,
        **more,
    }
    status = 422 if form.errors else 200
    return render(request, "officers/organisation/officers.html", context, status=status)
