"""/ and /b/<ballot>/: what everybody may see."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.public import views

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
]
