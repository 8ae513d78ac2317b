"""/ and /b/<ballot>/: what everybody may see."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.public import (
    agreements,
    ballot,
    board,
    machines,
    meetings,
    motions,
    organisation,
    register,
    rolls,
)

app_name = "public"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", organisation.home, name="home"),
    path("o/<slug:slug>/", organisation.organisation, name="organisation"),
    path("o/<slug:slug>/decisions.atom", machines.decisions, name="decisions"),
    path("o/<slug:slug>/motions/", motions.motions, name="motions"),
    path("o/<slug:slug>/motions/<slug:motion>/", motions.motion, name="motion"),
    path("o/<slug:slug>/agreements/", agreements.agreements, name="agreements"),
    path("o/<slug:slug>/agreements/<slug:agreement>/", agreements.agreement, name="agreement"),
    path(
        "o/<slug:slug>/agreements/<slug:agreement>/<str:sha256>.txt",
        agreements.version,
        name="agreement_version",
    ),
    path("o/<slug:slug>/motions/<slug:motion>/minutes/<int:number>/", meetings.minutes, name="minutes"),
    path("o/<slug:slug>/motions/<slug:motion>/minutes/<int:number>.json", meetings.file, name="minutes-file"),
    path("o/<slug:slug>/rolls/", rolls.rolls, name="rolls"),
    path("o/<slug:slug>/on-the-roll/", rolls.on_the_roll, name="on-the-roll"),
    path("o/<slug:slug>/register/", register.register, name="register"),
    path("o/<slug:slug>/register/<slug:resolution>/", register.resolution, name="resolution"),
    path("o/<slug:slug>/evidence/<str:sha256>", register.evidence_file, name="evidence"),
    path("o/<slug:slug>/calendar.ics", register.calendar, name="calendar"),
    path("b/<slug:name>/", ballot.ballot, name="ballot"),
    path("b/<slug:name>/result", ballot.result, name="result"),
    path("b/<slug:name>/result.csv", ballot.table, name="table"),
    path("b/<slug:name>/preview.png", ballot.preview, name="preview"),
    path("b/<slug:name>/board/", board.board, name="board"),
    path("b/<slug:name>/verify/", board.verify, name="verify"),
    path("how-to-verify/", machines.how_to_verify, name="how-to-verify"),
    path("robots.txt", machines.robots, name="robots"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
]
