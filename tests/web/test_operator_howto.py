"""docs/howto/operator.md is done as it stands: backup, restore, figures, SIGTERM."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path

import pytest

from quorate.crypto.ballot import NO_PREVIOUS
from support.ballots import SmallBallot, line, tracker
from support.offices import name_of, open_office, running_from

QUORATE = Path(sys.executable).with_name("quorate")
HOWTO = (Path(__file__).parents[2] / "docs" / "howto" / "operator.md").read_text(encoding="utf-8")
YES, NO = [(0, [0])], [(0, [1])]


def block(name: str) -> str:
    """The commands after `<!-- run: name -->`."""
    found = re.search(rf"<!-- run: {name} -->\n```\n(.*?)```", HOWTO, re.DOTALL)
    assert found, name
    return found[1]


def do(name: str, **environment: str) -> None:
    subprocess.run(["sh", "-eu", "-c", block(name)], env={**os.environ, **environment}, check=True)


@contextmanager
def serving(data: Path) -> Iterator[int]:
    """`quorate serve` over this folder, stopped by SIGTERM, which must end it well."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
    process = subprocess.Popen(
        [QUORATE, "serve", "--port", "0"],
        env={**kept, "QUORATE_DATA_DIR": str(data)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    found = re.search(r"port (\d+)", process.stdout.readline())
    assert found
    yield int(found[1])
    process.send_signal(signal.SIGTERM)
    _out, log = process.communicate(timeout=60)
    assert process.returncode == 0, log
    assert all(json.loads(words) for words in log.splitlines())


def ask(port: int, path: str, body: bytes | None = None) -> tuple[int, str]:
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        kind = {"Content-Type": "application/json"}
        connection.request("POST" if body else "GET", path, body, kind if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


@pytest.fixture
def data() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="quorate-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def test_back_up_restore_and_go_on(data: Path, tmp_path: Path) -> None:
    """What was acknowledged before the backup counts after it, and the vote goes on from there."""
    ballot = SmallBallot(tmp_path / "unused", change=running_from(datetime.now(UTC), timedelta(hours=1)))
    served, new = data / "served", data / "new"
    (served / "boards").mkdir(parents=True)
    open_office(ballot, served / "boards")
    casts = f"/api/ballots/{name_of(ballot)}/ballots"
    first = ballot.vote(1, YES)
    with serving(served) as port:
        assert ask(port, "/healthz") == (200, "ok\n")
        assert ask(port, "/readyz")[0] == 200
        assert ask(port, casts, line(first))[0] == 200
        stranger = ballot.vote(2, NO, prev=tracker(first))
        assert ask(port, casts, line(stranger))[0] == 409
        assert_figures(ask(port, "/metrics")[1], name_of(ballot)[:8])
    do("backup", QUORATE_DATA_DIR=str(served), BACKUP=str(data / "backup.tar.gz"))
    do("restore", NEW_DATA_DIR=str(new), BACKUP=str(data / "backup.tar.gz"))
    with serving(new) as port:
        assert ask(port, "/readyz")[0] == 200
        status, answer = ask(port, casts, line(first))
        assert (status, json.loads(answer)["entry"]) == (200, 1), "acknowledged once, for good"
        assert ask(port, casts, line(ballot.vote(2, NO, prev=NO_PREVIOUS)))[0] == 200
    assert (new / "secret.key").read_bytes() == (served / "secret.key").read_bytes()


def assert_figures(text: str, ballot: str) -> None:
    """Every figure that the page names is there."""
    for name in re.findall(r"`(quorate_\w+)", HOWTO):
        assert name in text, name
    assert "quorate_casts_total 1.0" in text
    assert 'quorate_refused_total{check="V12"} 1.0' in text
    assert f'quorate_desk_waiting{{ballot="{ballot}"}} 0.0' in text
    age = re.search(rf'quorate_checkpoint_age_seconds{{ballot="{ballot}"}} ([\d.]+)', text)
    assert age
    assert float(age[1]) < 600
