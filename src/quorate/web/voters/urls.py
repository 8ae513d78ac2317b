"""The booth and the tracker look-up: /b/<ballot>/vote, /t/<ballot>/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

app_name = "voters"
urlpatterns: list[URLPattern | URLResolver] = []
