"""/api/: public, no authentication, no cookies, described at /api/docs; and the boards beside it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from ninja import NinjaAPI

from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.publication.errors import NoSuchDocument, NotReleased
from quorate.web.api import ballots, boards
from quorate.web.api.answers import refusal

api = NinjaAPI(
    title="Quorate",
    version="1",
    description="Cast, look up and verify. No authentication, no cookies; any origin may ask.",
    docs_url="/docs",
    urls_namespace="api",
)
api.add_router("/ballots", ballots.router)


@api.exception_handler(UnknownBallot)
@api.exception_handler(NotReleased)
@api.exception_handler(NoSuchDocument)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(404, str(error))


@api.exception_handler(TryAgain)
def _not_now(request: HttpRequest, error: Exception) -> HttpResponse:
    return refusal(503, str(error))


urlpatterns: list[URLPattern | URLResolver] = [
    path("api/", api.urls),
    path("board/<ballot>/checkpoint", boards.checkpoint, name="checkpoint"),
    path("board/<ballot>/tile/entries/<path:path>", boards.entries, name="entries"),
    path("board/<ballot>/tile/<level>/<path:path>", boards.tile, name="tile"),
]
