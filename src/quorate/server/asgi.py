"""The ASGI application. DJANGO_SETTINGS_MODULE is set and Django is set up before this is imported."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.core.handlers.asgi import ASGIHandler

from quorate.server.static import PREFIX, Receive, Scope, Send, StaticFiles
from quorate.web.api.front import Front


class Site:
    """Static files, and Django for the rest.

    The scheme of a request is that of the configured origin: no header of a proxy is believed.
    """

    def __init__(self) -> None:
        self._django = Front(ASGIHandler())
        self._static = StaticFiles(settings.STATIC_ROOT)
        self._scheme: Final[str] = settings.ENVIRONMENT.scheme

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise ValueError(f"only http is served, not {scope['type']}")
        if scope["path"].startswith(PREFIX):
            await self._static(scope, receive, send)
        else:
            await self._django(dict(scope, scheme=self._scheme), receive, send)


application = Site()
