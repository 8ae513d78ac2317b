"""Who may see officers' pages: a decorator for every view below /officer/<organisation>/.

    @officer(*may("roll.freeze"))        # roles that may, each of which is enough; none given: any role
    def freeze(request, organisation): ...

A visitor is sent to sign in; an account with a password alone is sent to add a second factor; without a
role the answer is a page that says which roles may. The view gets the Organisation in place of its name
in the address. Templates know `organisation` and `officer_roles`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from quorate.apps.organisation.accounts import has_second_factor
from quorate.apps.organisation.errors import UnknownOrganisation
from quorate.apps.organisation.models import Account, Organisation, Role
from quorate.apps.organisation.selectors import organisation_named, roles_of
from quorate.text import _

View = Callable[..., HttpResponseBase]


def account_of(request: HttpRequest) -> Account:
    """The signed-in account of a request that passed `signed_in` or `officer`."""
    account = request.user
    if not isinstance(account, Account):
        raise TypeError("the view is not behind a sign-in")
    return account


def signed_in(view: View) -> View:
    """For views that need an account with two factors, and no role."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not isinstance(request.user, Account):
            return redirect_to_login(request.get_full_path(), reverse("account_login"))
        if not has_second_factor(request.user):
            messages.warning(
                request, _("Officers sign in with two keys. Add an authenticator app or a passkey first.")
            )
            return redirect("mfa_index")
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        return response

    return checked


def officer(*roles: str) -> Callable[[View], View]:
    """For views of an organisation's officers who have one of these roles; with none given, any role."""
    needed = tuple(Role.Kind(role) for role in roles)

    def decorate(view: View) -> View:
        @wraps(view)
        @signed_in
        def checked(request: HttpRequest, organisation: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                found = organisation_named(organisation)
            except UnknownOrganisation as unknown:
                raise Http404 from unknown
            held = roles_of(account_of(request), found)
            request.organisation = found  # type: ignore[attr-defined]  # ours, for `quorate.web.context`
            request.officer_roles = held  # type: ignore[attr-defined]  # likewise
            if not held or (needed and held.isdisjoint(needed)):
                return _refused(request, found, needed)
            return view(request, *args, organisation=found, **kwargs)

        return checked

    return decorate


def _refused(request: HttpRequest, organisation: Organisation, needed: tuple[Role.Kind, ...]) -> HttpResponse:
    context = {"organisation": organisation, "needed": [role.label for role in needed]}
    return render(request, "officers/no_role.html", context, status=403)
