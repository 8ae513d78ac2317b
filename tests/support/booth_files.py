"""The booth's files in tests: the bundle as its sources make it, and another site with the single file."""

from __future__ import annotations

import functools
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BOOTH = Path(__file__).parents[2] / "booth"


def build_bundle(folder: Path) -> Path:
    """Build the booth from its sources as they are into a folder of its own."""
    node = shutil.which("node")
    if node is None:
        raise AssertionError("no Node.js: sh .ci/prerequisites says how to install it")
    subprocess.run([node, "build.mjs", str(folder)], cwd=BOOTH, check=True)
    return folder


@contextmanager
def another_site(folder: Path) -> Iterator[str]:
    """Serve a folder from an origin of its own, with no header that could help; yields the origin."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, name="another-site")
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
