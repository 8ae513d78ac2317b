"""Every address of the site. Boards, records and pages of voters are public; /officer/ needs a sign-in."""

from __future__ import annotations

from django.urls import include, path

from quorate.server import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.metrics, name="metrics"),
    path("officer/", include("quorate.web.officers.urls")),
    path("accounts/", include("allauth.urls")),
    path("teller/", include("quorate.web.tellers.urls")),
    path("", include("quorate.web.api.urls")),
    path("", include("quorate.web.voters.urls")),
    path("", include("quorate.web.public.urls")),
]

handler400 = "quorate.web.errors.bad_request"
handler403 = "quorate.web.errors.forbidden"
handler404 = "quorate.web.errors.not_found"
handler500 = "quorate.web.errors.failed"
