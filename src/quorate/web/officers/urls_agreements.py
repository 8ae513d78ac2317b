"""Agreements: below /officer/<organisation>/agreements/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import agreements

_ONE = "agreements/<slug:agreement>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/new", agreements.new, name="agreement_new"),
    path(_ONE, agreements.agreement, name="agreement"),
    path(f"{_ONE}versions", agreements.revise, name="agreement_revise"),
    path(f"{_ONE}bodies", agreements.put, name="agreement_put"),
]
