"""/officer/: choose an organisation; /officer/<organisation>/: what needs you now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import organisations_of, roles_of
from quorate.web.officers.access import account_of, officer, signed_in
from quorate.web.officers.hub import needs, sections
from quorate.web.officers.visit import Visit


@signed_in
def choose(request: HttpRequest) -> HttpResponse:
    """The organisations of an account; when it is one, go there."""
    mine = organisations_of(account_of(request))
    if len(mine) == 1:
        return redirect("officers:home", organisation=mine[0].slug)
    return render(request, "officers/choose.html", {"organisations": mine})


@officer()
def home(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """What waits for this officer, then each part's section."""
    account = account_of(request)
    visit = Visit(organisation, account, roles_of(account, organisation))
    context = {"here": "home", "needs": needs(visit), "sections": sections(visit)}
    return render(request, "officers/home.html", context)
