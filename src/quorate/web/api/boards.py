"""/board/<ballot>/: the public board as tlog-tiles (c2sp.org/tlog-tiles), for monitors and witnesses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.reading import Reading
from quorate.board.tiles import NoSuchTile, Tile, parse_level
from quorate.text import _
from quorate.web.api.answers import IMMUTABLE, plain, refusal

_BINARY: Final = "application/octet-stream"
_A_MOMENT: Final = "public, max-age=2"


async def checkpoint(request: HttpRequest, ballot: str) -> HttpResponse:
    """The newest public checkpoint: a signed note."""
    return await _served(
        request, ballot, lambda reading: plain(_begun(reading), "text/plain; charset=utf-8", _A_MOMENT)
    )


async def tile(request: HttpRequest, ballot: str, level: str, path: str) -> HttpResponse:
    """A tile of hashes; it never changes."""
    return await _served(
        request,
        ballot,
        lambda reading: plain(reading.tile(parse_level(level), Tile.parse(path)), _BINARY, IMMUTABLE),
    )


async def entries(request: HttpRequest, ballot: str, path: str) -> HttpResponse:
    """A bundle of entries; it never changes."""
    return await _served(
        request, ballot, lambda reading: plain(reading.bundle(Tile.parse(path)), _BINARY, IMMUTABLE)
    )


async def _served(request: HttpRequest, ballot: str, make: Callable[[Reading], HttpResponse]) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    try:
        desk = await engine().ready(ballot)
        return await sync_to_async(make, thread_sensitive=False)(desk.reading)
    except (UnknownBallot, NoSuchTile) as error:
        return refusal(404, str(error))
    except TryAgain as error:
        return refusal(503, str(error))


def _begun(reading: Reading) -> bytes:
    note = reading.checkpoint()
    if not note:
        raise NoSuchTile(_("There is no board yet."))
    return note
