"""Signing: below /officer/<organisation>/signing/, and an account's signing keys."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.officers import signing

_ONE = "<slug:organisation>/signing/<str:ballot>/<slug:subject>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("signing-keys", signing.keys, name="signing_keys"),
    path(f"{_ONE}begin", signing.begin, name="sign_begin"),
    path(f"{_ONE}finish", signing.finish, name="sign_finish"),
    path(f"{_ONE}file", signing.take_file, name="sign_file"),
    path(f"{_ONE}upload", signing.upload, name="sign_upload"),
]
