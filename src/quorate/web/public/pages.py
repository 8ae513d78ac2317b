"""What the pages for everybody share: how they are found, kept and refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.ballots.public import PublicBallot, public_ballot
from quorate.apps.organisation.errors import UnknownOrganisation

FRESH: Final = "no-cache"
"""Ask again each time: the page says what is true now."""
A_MINUTE: Final = "public, max-age=60"


def for_everybody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that only reads: unknown things are 404 in one and the same words, a board at rest 503."""

    @require_safe
    @wraps(view)
    def shown(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *arguments, **named)
        except (UnknownBallot, UnknownOrganisation) as error:
            raise Http404 from error
        except TryAgain as error:
            response = render(request, "public/try_again.html", {"reason": str(error)}, status=503)
            response["Retry-After"] = "5"
            return response

    return shown


def ballot_page(
    request: HttpRequest, template: str, ballot: PublicBallot, context: dict[str, Any], cache: str = FRESH
) -> HttpResponse:
    """A page about one ballot, under the name of its organisation."""
    manifest = ballot.manifest
    shared = {
        "ballot": ballot,
        "manifest": manifest,
        "zone": manifest.window.zone,
        "organisation_name": manifest.organisation,
        "organisation_help": manifest.contact,
        "organisation_url": reverse("public:organisation", args=[ballot.organisation]),
        "address": request.build_absolute_uri(reverse("public:ballot", args=[ballot.name])),
        "picture": request.build_absolute_uri(reverse("public:preview", args=[ballot.name])),
    }
    response = render(request, template, shared | context)
    response["Cache-Control"] = cache
    return response


def find(name: str) -> PublicBallot:
    """The ballot of an address; UnknownBallot for a draft too."""
    return public_ballot(name)
