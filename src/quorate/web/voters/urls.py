"""The booth, what it is made of, and the tracker look-up."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.voters import views

app_name = "voters"
urlpatterns: list[URLPattern | URLResolver] = [
    path("b/<ballot>/vote", views.vote, name="vote"),
    path("b/<ballot>/program", views.program, name="program"),
    path("b/<ballot>/booth.html", views.single_file, name="single_file"),
    path("b/<ballot>/notice", views.notice, name="notice"),
    path("t/<ballot>/", views.tracker, name="tracker"),
]
