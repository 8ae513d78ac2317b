"""Every component on one page, for whoever builds or reviews a screen."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render


def page(request: HttpRequest) -> HttpResponse:
    """For officers, and for anybody while developing."""
    if not settings.DEBUG and not request.user.is_authenticated:
        raise Http404
    return render(request, "styleguide.html")
