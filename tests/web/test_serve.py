"""`quorate serve` as operators run it: ready, in trouble, ready again, stopped."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

import pytest

from quorate.server.postgres import Cluster

QUORATE = Path(sys.executable).with_name("quorate")
CODE = "7Q4K-M2XD-9F3H-B0TR-WZ68-C5NJ"


def environment(data: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "QUORATE_DATA_DIR": str(data), **more}


@dataclass
class Served:
    """A server process of its own, with a cluster of its own."""

    process: subprocess.Popen[str]
    data: Path
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()


@pytest.fixture
def served() -> Iterator[Served]:
    data = Path(tempfile.mkdtemp(prefix="quorate-"))
    data.chmod(0o711)
    process = subprocess.Popen(
        [QUORATE, "serve", "--port", "0"],
        env=environment(data),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    found = re.search(r"port (\d+)", line)
    assert found, line + (process.stderr.read() if process.stderr else "")
    yield Served(process, data, int(found[1]))
    if process.poll() is None:
        process.kill()
        process.communicate()
        with Cluster(data / "postgres"):
            pass  # the last one out stops it
    shutil.rmtree(data)


def test_ready_in_trouble_ready_again_and_stopped(served: Served) -> None:
    """The database really goes; the process lives, says what is wrong, and works again when it is back."""
    assert served.get("/healthz") == (200, "ok\n")
    assert served.get("/readyz") == (200, '{"database": "ok", "boards": "ok"}')

    cluster = Cluster(served.data / "postgres")
    cluster.start()
    cluster.halt()
    assert served.get("/healthz")[0] == 200
    status, words = served.get("/readyz")
    assert status == 503
    assert json.loads(words)["database"] == "not reachable"
    cluster.stop()
    with cluster:
        assert served.get("/readyz")[0] == 200

    assert served.get(f"/nothing/{CODE}?code={CODE}", Referer=f"http://localhost/#{CODE}")[0] == 404
    assert served.get("/", Host="evil.example.org")[0] == 400  # attack W7
    status, figures = served.get("/metrics")
    assert 'quorate_requests_total{method="GET",route="(none)",status="404"} 1.0' in figures
    assert "evil" not in figures

    served.process.send_signal(signal.SIGTERM)
    _, log = served.process.communicate(timeout=20)
    assert served.process.returncode == 0
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["status"] for line in lines if line["event"] == "request"} >= {404, 400}
    for secret in ("M2XD", "m2xd", "127.0.0.1", "evil"):
        assert secret not in log  # attack E8
    with Cluster(served.data / "postgres") as after:
        assert "database system was shut down" in (after.folder / "log").read_text(encoding="utf-8")


def test_the_address_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port}: Address already in use" in refused(tmp_path, "--port", str(port))
    assert list(tmp_path.iterdir()) == [], "nothing was begun"


def test_an_external_database_without_a_key(tmp_path: Path) -> None:
    words = refused(tmp_path / "data", "--port", "0", DATABASE_URL="postgresql://db.example.org/quorate")
    assert "QUORATE_SECRET_KEY is not set" in words


def test_a_folder_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    assert "Set QUORATE_DATA_DIR to a folder" in refused(tmp_path / "data", "--port", "0")


def refused(data: Path, *options: str, **more: str) -> str:
    """Start a server that cannot start; it says why in one line and exits with 2."""
    run = subprocess.run(
        [QUORATE, "serve", *options],
        env=environment(data, **more),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 2, run.stderr
    assert len(run.stderr.splitlines()) == 1, run.stderr
    assert run.stderr.startswith("quorate: ")
    return run.stderr
