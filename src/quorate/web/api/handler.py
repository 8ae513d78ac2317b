"""Django for the API and the boards, without what only a database and old views need.

Django's own handler goes to threads and back for each request: one to be there for synchronous views, others
for signals that open and close database connections. A cast needs neither: it is answered by a desk of
`quorate.apps.ballots`, with or without a database. Measured with `bench.casts`, it is twice as fast so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.urls import set_script_prefix

Message = Mapping[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Any], Awaitable[None]]


class ApiHandler(ASGIHandler):
    """The same middlewares, addresses and views as Django's handler; views here are asynchronous."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request. A stream ends when its reader goes away."""
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        with body:
            set_script_prefix(get_script_prefix(scope))
            request, refused = self.create_request(scope, body)
            response = refused or await self.run_get_response(request)  # type: ignore[arg-type]  # one of both
            sending = self.send_response(response, send)
            if response.streaming:
                await _until_gone(sending, receive)
            else:
                await sending


async def _until_gone(sending: Awaitable[None], receive: Receive) -> None:
    """Send to the end, or until the reader has gone: the request is complete, so nothing else can come."""
    tasks = asyncio.ensure_future(sending), asyncio.ensure_future(receive())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
