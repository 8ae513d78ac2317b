"""Below /officer/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import styleguide

app_name = "officers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("styleguide", styleguide.page, name="styleguide"),
]
