"""Organisation, members, rolls, accounts: below /officer/<organisation>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
