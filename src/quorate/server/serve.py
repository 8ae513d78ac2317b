"""The server process: ready first, then uvicorn, one process, until it is told to stop."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

import uvicorn

from quorate.server.environment import EnvironmentProblem, read_environment
from quorate.server.logs import start_logging
from quorate.server.start import collect_static, migrate, running


def listen(host: str, port: int) -> socket.socket:
    """Take the address before anything is started; EnvironmentProblem when it is taken or not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    taken = socket.socket(family, socket.SOCK_STREAM)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((host, port))
    except OSError as error:
        taken.close()
        raise EnvironmentProblem(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Choose another with --port or --host."
        ) from None
    return taken


def serve(host: str, port: int, say: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; ``say`` gets the line with the address once requests are answered.

    Raises EnvironmentProblem and PostgresProblem, whose messages say what to do.
    """

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            say(line)

    environment = read_environment()
    if environment.develop and host not in {"127.0.0.1", "::1", "localhost"}:
        raise EnvironmentProblem("QUORATE_DEVELOP=1 shows errors in full: it serves 127.0.0.1 only.")
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn hands them on once it has finished
        signal.signal(number, _end)
    with listen(host, port) as taken, running(environment):
        migrate()
        collect_static()
        start_logging()
        from quorate.apps.ballots import live
        from quorate.server.asgi import application

        address, number = taken.getsockname()[:2]
        line = f"Quorate serves {environment.origin} (on {address}, port {number}). Ctrl-C stops it."
        live.engine()  # running boards are read while the first pages are served
        try:
            Announced(configuration(application)).run(sockets=[taken])
        finally:
            live.stop()


def configuration(application: Any) -> uvicorn.Config:
    """How uvicorn serves the site, wherever it runs: it keeps no address, believes no proxy's header."""
    return uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=10,
        timeout_keep_alive=30,
        h11_max_incomplete_event_size=16 * 1024,
    )


def _end(number: int, frame: FrameType | None) -> NoReturn:
    """Leave every block on the way out, so that the database stops as well."""
    raise SystemExit(0)
