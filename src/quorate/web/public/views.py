"""Pages for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """The organisation: open now, in force, decided."""
    return render(request, "public/home.html")
