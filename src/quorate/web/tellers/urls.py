"""Below /teller/."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from quorate.web.tellers import views

app_name = "tellers"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<str:ballot>", views.page, name="page"),
]
