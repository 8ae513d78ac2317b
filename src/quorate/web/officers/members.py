"""The register: members by search, one member with their memberships."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from quorate.apps.organisation import register
from quorate.apps.organisation.errors import ChangedMeanwhile, OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Member, Organisation
from quorate.apps.organisation.permissions import may
from quorate.apps.organisation.register import Belonging
from quorate.apps.organisation.register_reading import (
    member_with,
    members_of,
    membership_with,
    memberships_of,
)
from quorate.apps.organisation.selectors import bodies_of
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.organisation_forms import (
    ContactForm,
    JoinForm,
    MembershipForm,
    NewMemberForm,
    refuse,
    today_in,
)

_PAGE: Final = 50
_CONTACT: Final = ("name", "email", "phone", "address")


@officer(*may("member.see"))
def members(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Members, fifty at a time; `q` searches, `body` narrows, `page` turns."""
    words, chosen = request.GET.get("q", "")[:100].replace("\0", ""), request.GET.get("body", "")
    bodies = bodies_of(organisation)
    body = next((one for one in bodies if one.slug == chosen), None)
    day = today_in(organisation.zone, timezone.now())
    rows = members_of(organisation, words=words, body=body, day=day)
    page = Paginator(rows, _PAGE).get_page(request.GET.get("page"))
    context = {
        "here": "members",
        "page": page,
        "words": words,
        "bodies": bodies,
        "chosen": body.slug if body else "",
        "any": page.paginator.count or organisation.members.exists(),
    }
    return render(request, "officers/organisation/members.html", context)


@officer(*may("member.edit"))
def add(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    form = NewMemberForm(request.POST or None)
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("number", *_CONTACT)}
        try:
            made = register.add_member(organisation=organisation, by=account_of(request), **given)
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Added. Say next to which body they belong."))
            return redirect("officers:join", organisation=organisation.slug, member=made.pk)
    context = {"here": "members", "form": form}
    return render(request, "officers/organisation/member_new.html", context, status=_status(form))


def _of_member(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Give the view the Member of its address; 404 when there is none here."""

    @wraps(view)
    def found(request: HttpRequest, organisation: Organisation, member: int, **more: Any) -> HttpResponse:
        try:
            return view(request, organisation=organisation, member=member_with(organisation, member), **more)
        except UnknownOrganisation as unknown:
            raise Http404 from unknown

    return found


@officer(*may("member.edit"))
@_of_member
def member(request: HttpRequest, organisation: Organisation, member: Member) -> HttpResponse:
    """One member: how to reach them, and where they belong."""
    now = {name: getattr(member, name) for name in (*_CONTACT, "version")}
    form = ContactForm(request.POST or None, initial=now)
    overtaken, differing = "", []
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in _CONTACT}
        try:
            register.edit_member(
                member=member, by=account_of(request), version=form.cleaned_data["version"] or 0, **given
            )
        except ChangedMeanwhile as late:
            overtaken = str(late)
            member = member_with(organisation, member.pk)
            form = ContactForm({**given, "version": member.version})
            differing = [
                (form[name].label, getattr(member, name), given[name])
                for name in _CONTACT
                if getattr(member, name) != given[name]
            ]
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("officers:member", organisation=organisation.slug, member=member.pk)
    context = {
        "here": "members",
        "member": member,
        "form": form,
        "memberships": memberships_of(member),
        "overtaken": overtaken,
        "differing": differing,
    }
    status = 409 if overtaken else _status(form)
    return render(request, "officers/organisation/member.html", context, status=status)


@officer(*may("member.edit"))
@_of_member
def join(request: HttpRequest, organisation: Organisation, member: Member) -> HttpResponse:
    """Let a member belong to a body."""
    initial = {"version": member.version, "joined": today_in(organisation.zone, timezone.now())}
    form = JoinForm(organisation.bodies.all(), request.POST or None, initial=initial)
    if form.is_valid():
        try:
            register.join_body(
                member=member, body=form.cleaned_data["body"], belonging=_belonging(form),
                version=form.cleaned_data["version"], by=account_of(request),
            )  # fmt: skip
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("officers:member", organisation=organisation.slug, member=member.pk)
    context = {"here": "members", "member": member, "form": form}
    return render(request, "officers/organisation/membership.html", context, status=_status(form))


@officer(*may("member.edit"))
@_of_member
def membership(request: HttpRequest, organisation: Organisation, member: Member, pk: int) -> HttpResponse:
    """Change a membership, or end it."""
    found = membership_with(member, pk)
    initial = {name: getattr(found, name) for name in ("joined", "left", "category", "unit", "seat")}
    form = MembershipForm(request.POST or None, initial={**initial, "version": member.version})
    if form.is_valid():
        try:
            register.edit_membership(
                membership=found, belonging=_belonging(form), version=form.cleaned_data["version"],
                by=account_of(request),
            )  # fmt: skip
        except OrganisationError as problem:
            refuse(form, problem)
        else:
            messages.success(request, _("Saved."))
            return redirect("officers:member", organisation=organisation.slug, member=member.pk)
    context = {"here": "members", "member": member, "form": form, "membership": found}
    return render(request, "officers/organisation/membership.html", context, status=_status(form))


@officer(*may("member.edit"))
@require_POST
@_of_member
def delete_membership(
    request: HttpRequest, organisation: Organisation, member: Member, pk: int
) -> HttpResponse:
    """Take back a membership that was entered by mistake."""
    found = membership_with(member, pk)
    try:
        version = int(request.POST.get("version", ""))
    except ValueError:
        version = 0
    try:
        register.delete_membership(membership=found, version=version, by=account_of(request))
    except OrganisationError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("The membership was deleted."))
    return redirect("officers:member", organisation=organisation.slug, member=member.pk)


def _belonging(form: MembershipForm) -> Belonging:
    names = ("joined", "left", "category", "unit", "seat")
    return Belonging(**{name: form.cleaned_data[name] for name in names})


def _status(form: ContactForm | MembershipForm) -> int:
    return 422 if form.errors else 200
