"""The register: below /officer/<organisation>/register/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import register

urlpatterns: list[URLPattern | URLResolver] = [
    path("register/", register.register, name="register"),
    path("register/new", register.new, name="resolution_new"),
    path("register/agreements", register.adopted, name="agreement_adopted"),
    path("register/corrections/<int:number>/<slug:decision>", register.settle, name="correction"),
    path("register/<slug:resolution>/", register.resolution, name="resolution"),
    path("register/<slug:resolution>/do/<slug:action>", register.act, name="resolution_act"),
]
