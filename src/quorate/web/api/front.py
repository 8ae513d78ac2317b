"""What stands before Django: bodies have a size and a time, and the public API is open to every origin.

A request for the API or a board needs no authority, so any page may send it: that is what lets a booth on
another site, or in a saved file, work. A body is handed on only when it is complete.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from quorate.record.entries import MAX_ENTRY_BYTES
from quorate.text import _
from quorate.web.api.answers import encode
from quorate.web.api.handler import ApiHandler, Message, Receive, Scope, Send

Application = Callable[[Scope, Receive, Send], Awaitable[None]]

OPEN_PATHS: Final = ("/api/", "/board/")
_DIRECT_PATHS: Final = ("/api/ballots/", "/board/")
MAX_UPLOAD_BYTES: Final = 32 * 2**20
PATIENCE: Final = 60.0
"""Seconds that a body may take."""
MOST_DISCARDED: Final = 2**20
"""Bytes of a refused body that are read all the same: who is still sending would not see the answer."""
_OPEN: Final = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"retry-after"),
    (b"cross-origin-resource-policy", b"cross-origin"),
]
_PREFLIGHT: Final = [
    (b"access-control-allow-methods", b"GET, HEAD, POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


class Front:
    """An ASGI application around the site."""

    def __init__(self, site: Application) -> None:
        self._site, self._api = site, ApiHandler()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        public = scope["path"].startswith(OPEN_PATHS)
        if public:
            send = _opened(send)
            if scope["method"] == "OPTIONS":
                await _answer(send, 204, _PREFLIGHT)
                return
        body = _Body(scope, receive, MAX_ENTRY_BYTES if public else MAX_UPLOAD_BYTES)
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        if not body.refused:
            served = self._api if scope["path"].startswith(_DIRECT_PATHS) else self._site
            await served(scope, body.receive, watched)
        if body.refused and not started:
            await body.discard()
            await _refuse(send, *body.refused)


class _Body:
    """Reads a request, but not more than so many bytes and not for longer than `PATIENCE`.

    To the site, one that is refused looks as if its sender had gone away.
    """

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._receive, self._limit, self._size, self._complete = receive, limit, 0, False
        self._end: float | None = asyncio.get_running_loop().time() + PATIENCE
        self.refused: tuple[int, str] | None = None
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > limit:
                self._refuse_length()

    async def receive(self) -> Message:
        """The next message, as ASGI has it."""
        try:
            async with asyncio.timeout_at(self._end):
                message = await self._receive()
        except TimeoutError:
            self.refused = 408, _("The request did not arrive in time.")
            return {"type": "http.disconnect"}
        if message["type"] == "http.request":
            self._size += len(message.get("body", b""))
            self._complete = not message.get("more_body")
            if self._size > self._limit:
                self._refuse_length()
                return {"type": "http.disconnect"}
            if self._complete:
                self._end = None  # from here on only a disconnect can come
        return message

    async def discard(self) -> None:
        """Read what is still being sent, within bounds."""
        with suppress(TimeoutError):
            async with asyncio.timeout_at(self._end):
                while not self._complete and self._size < self._limit + MOST_DISCARDED:
                    message = await self._receive()
                    self._size += len(message.get("body", b""))
                    self._complete = not message.get("more_body")

    def _refuse_length(self) -> None:
        self.refused = 413, _("A request has at most {n} bytes here.").format(n=self._limit)


def _opened(send: Send) -> Send:
    async def opened(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = dict(message, headers=[*message.get("headers", ()), *_OPEN])
        await send(message)

    return opened


async def _refuse(send: Send, status: int, reason: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await _answer(send, status, headers, encode({"reason": reason}))


async def _answer(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes = b"") -> None:
    own = [(b"content-length", str(len(body)).encode()), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *own]})
    await send({"type": "http.response.body", "body": body})
