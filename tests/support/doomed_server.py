"""The site without any database, which kills itself at one of its writes to a board.

`python -m support.doomed_server DATA STEP MODE`: before the STEP-th call that changes a file, after half of
what it writes, or after it (MODE: before, half, after) the process sends itself SIGKILL. STEP 0: it lives.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from pathlib import Path

from quorate.board import files
from quorate.board.fileops import SystemFileOps


class Doomed(SystemFileOps):
    """The system's calls, until the last one."""

    left = 0
    mode = "before"

    def write(self, fd: int, data: bytes, offset: int) -> None:
        """Write, or half of it."""
        fatal = self._comes()
        super().write(fd, data[: len(data) // 2] if fatal and self.mode == "half" else data, offset)
        self._went(fatal)

    def sync(self, fd: int) -> None:
        """Make durable."""
        fatal = self._comes()
        super().sync(fd)
        self._went(fatal)

    def rename(self, source: Path, target: Path) -> None:
        """Replace."""
        fatal = self._comes()
        super().rename(source, target)
        self._went(fatal)

    def sync_directory(self, path: Path) -> None:
        """Make names durable."""
        fatal = self._comes()
        super().sync_directory(path)
        self._went(fatal)

    def _comes(self) -> bool:
        Doomed.left -= 1
        if Doomed.left == 0 and self.mode == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        return Doomed.left == 0

    def _went(self, fatal: bool) -> None:
        if fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def main(data: str, step: str, mode: str) -> None:
    """Serve until killed; prints the port once boards are read."""
    (Path(data) / "static").mkdir(exist_ok=True)
    os.environ |= {
        "QUORATE_DATA_DIR": data,
        "QUORATE_SECRET_KEY": "only for tests: " + "0" * 50,
        "DJANGO_SETTINGS_MODULE": "quorate.server.settings",
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
    }
    files.SystemFileOps = Doomed  # type: ignore[attr-defined]  # what storages of this process are made with
    import django

    django.setup()
    import uvicorn

    from quorate.apps.ballots import live
    from quorate.server.asgi import Site

    for folder in (Path(data) / "boards").iterdir():
        live.engine().desk(folder.name[:32]).ready().result()
    Doomed.left, Doomed.mode = int(step), mode

    class Announced(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(taken.getsockname()[1], flush=True)

    with socket.create_server(("127.0.0.1", 0)) as taken:
        Announced(uvicorn.Config(Site(), lifespan="off", access_log=False, log_level="critical")).run([taken])


if __name__ == "__main__":
    main(*sys.argv[1:])
