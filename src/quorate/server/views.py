"""What machines ask of the server: does it live, can it work, its figures."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from typing import Final

import psycopg
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

_ROOM: Final = 64 * 1024 * 1024  # bytes free below which no more ballots should be taken
_PATIENCE: Final = 2  # seconds


async def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain", headers={"Cache-Control": "no-store"})


async def readyz(request: HttpRequest) -> JsonResponse:
    """Database and boards are usable: 200, or 503 that names what is not."""
    found = await sync_to_async(_state, thread_sensitive=False)()
    status = 200 if set(found.values()) == {"ok"} else 503
    return JsonResponse(found, status=status, headers={"Cache-Control": "no-store"})


async def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus' text format."""
    return HttpResponse(generate_latest(), content_type=CONTENT_TYPE_LATEST)


def _state() -> dict[str, str]:
    checks: dict[str, Callable[[], str]] = {"database": _database, "boards": _boards}
    return {name: check() for name, check in checks.items()}


def _database() -> str:
    """Ask the database itself, outside the pool, which would wait for a better time."""
    parameters = {
        name: value
        for name, value in connections["default"].get_connection_params().items()
        if name not in {"context", "cursor_factory", "prepare_threshold", "pool"}
    }
    try:
        with psycopg.connect(**{**parameters, "connect_timeout": _PATIENCE}) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return "not reachable"
    return "ok"


def _boards() -> str:
    folder = settings.ENVIRONMENT.boards
    if not folder.is_dir() or not os.access(folder, os.W_OK):
        return "not writable"
    return "ok" if shutil.disk_usage(folder).free >= _ROOM else "disk full"
