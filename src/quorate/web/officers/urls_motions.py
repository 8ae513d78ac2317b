"""Motions: below /officer/<organisation>/motions/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import meeting, motions

_ONE = "motions/<slug:motion>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("motions/", motions.motions, name="motions"),
    path("motions/new", motions.new, name="motion_new"),
    path(_ONE, motions.motion, name="motion"),
    path(f"{_ONE}stages/<int:stage>/ballot", motions.draft_ballot, name="motion_ballot"),
    path(f"{_ONE}ballots/<str:ballot>/text", motions.take_text, name="motion_text"),
    path(f"{_ONE}stages/<int:stage>/meeting", meeting.open_vote, name="meeting_open"),
    path(f"{_ONE}meetings/<int:number>/", meeting.vote, name="meeting"),
    path(f"{_ONE}meetings/<int:number>/<slug:action>", meeting.act, name="meeting_act"),
    path(f"{_ONE}do/<slug:action>", motions.act, name="motion_act"),
]
