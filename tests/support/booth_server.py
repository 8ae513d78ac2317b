"""The booth's own test site: the built bundle under the site's strictest headers, the real site for the rest.

Pages for people are another matter than the bundle, so this serves it bare: `/b/<ballot>/vote` with its files
beside it, and `/booth.html`, the booth in one file, without any header of a site that could help it.
"""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

BOOTH = Path(__file__).parents[2] / "booth"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
_KINDS = {
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "woff2": "font/woff2",
}
_PAGE = re.compile(r"/b/[0-9a-f]{32}/(vote|booth\.js|booth\.css|public-sans-[\w-]+\.woff2)")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def build_bundle(folder: Path) -> Path:
    """Build the booth from its sources as they are into a folder of its own."""
    node = shutil.which("node")
    if node is None:
        raise AssertionError("no Node.js: sh .ci/prerequisites says how to install it")
    subprocess.run([node, "build.mjs", str(folder)], cwd=BOOTH, check=True)
    return folder


class BoothSite:
    """An ASGI application around the real site; `attributes` are written into the page's `<html>`."""

    def __init__(self, site: Application, bundle: Path) -> None:
        """Serve the bundle that `build_bundle` put into a folder."""
        self._site, self._bundle = site, bundle
        self.attributes: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/booth.html":
            await self._file(send, "booth.html", strict=False)
        elif scope["type"] == "http" and (page := _PAGE.fullmatch(scope["path"])):
            await self._file(send, "index.html" if page[1] == "vote" else page[1], strict=True)
        else:
            await self._site(scope, receive, send)

    async def _file(self, send: Send, name: str, strict: bool) -> None:
        data = (self._bundle / name).read_bytes()
        if name == "index.html":
            facts = "".join(f' data-{key}="{value}"' for key, value in self.attributes.items())
            data = data.replace(b"<html", b"<html" + facts.encode(), 1)
        headers = [("content-type", _KINDS[name.rsplit(".")[-1]]), ("content-length", str(len(data)))]
        if strict:
            headers += [("content-security-policy", POLICY), ("x-content-type-options", "nosniff")]
        encoded = [(key.encode(), value.encode()) for key, value in headers]
        await send({"type": "http.response.start", "status": 200, "headers": encoded})
        await send({"type": "http.response.body", "body": data})


@contextmanager
def serving(application: Application) -> Iterator[int]:
    """Run an application on a free port of this machine until the block ends; yields the port."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            application, log_config=None, access_log=False, lifespan="off", server_header=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, name="booth-site")
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield taken.getsockname()[1]
        server.should_exit = True
        thread.join(10)
        if thread.is_alive():
            raise AssertionError("the server did not stop")
