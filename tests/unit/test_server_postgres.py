"""The embedded cluster: started by the first, stopped by the last, closed to others, silent about rows."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from quorate.server import postgres
from quorate.server.postgres import Cluster, PostgresProblem, socket_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Where an account of PostgreSQL's own can go, which pytest's tmp_path is not for root."""
    place = Path(tempfile.mkdtemp(prefix="quorate-"))
    place.chmod(0o711)
    yield place / "postgres"
    shutil.rmtree(place)


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the cluster to another account")


def connect(cluster: Cluster) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(cluster.socket), user="quorate", dbname="quorate")


def test_the_last_one_out_stops_it(folder: Path) -> None:
    first, second = Cluster(folder, {"fsync": "off"}), Cluster(folder)
    with first:
        with second, connect(second) as db:
            db.execute("CREATE TABLE kept (words text UNIQUE)")
            db.execute("INSERT INTO kept VALUES ('still here')")
        assert first.running()
    assert not first.running()
    with Cluster(folder) as again, connect(again) as db:
        assert db.execute("SELECT words FROM kept").fetchone() == ("still here",)


def test_a_killed_user_is_no_user(folder: Path) -> None:
    """A process that was killed holds nothing: the next one to leave stops the server."""
    script = f"""
import os, signal
from pathlib import Path
from quorate.server import postgres
from quorate.server.postgres import Cluster
Cluster(Path({str(folder)!r})).start()
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False)
    assert killed.returncode == -signal.SIGKILL
    with Cluster(folder) as cluster:
        assert cluster.running()
    assert not cluster.running()


def test_others_may_not_enter(folder: Path) -> None:
    with Cluster(folder) as cluster:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((cluster.socket / ".s.PGSQL.5432").stat().st_mode) == 0o700
        with connect(cluster) as db:
            assert db.execute("SHOW listen_addresses").fetchone() == ("",)


def test_its_log_holds_no_row(folder: Path) -> None:
    with Cluster(folder) as cluster, connect(cluster) as db:
        with pytest.raises(psycopg.errors.UniqueViolation):
            db.execute("INSERT INTO kept VALUES (%s)", ["still here"])
        db.rollback()
        with pytest.raises(psycopg.errors.UndefinedColumn):
            db.execute("SELECT secret_words FROM kept")
    log = (folder / "log").read_text(encoding="utf-8")
    assert "shut down" in log
    assert "still here" not in log
    assert "INSERT" not in log


def test_a_cluster_of_another_version_is_left_alone(folder: Path, tmp_path: Path) -> None:
    version = folder / "PG_VERSION"
    version.write_text("16\n", encoding="ascii")
    with pytest.raises(PostgresProblem, match="is of PostgreSQL 16; this Quorate brings 18"):
        Cluster(folder).start()
    version.write_text("18\n", encoding="ascii")


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    long = Path("/x" * 60)
    assert socket_folder(tmp_path / "p") == tmp_path / "p" or len(str(tmp_path)) > 80
    assert len(str(socket_folder(long))) < 80
    assert socket_folder(long) != socket_folder(long / "y")


@as_root
def test_root_with_programs_that_others_cannot_reach(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A virtual environment in root's home: a copy inside the data folder is used; no permission changes."""
    reach = postgres.others_may_enter
    monkeypatch.setattr(
        postgres, "others_may_enter", lambda place: "site-packages" not in str(place) and reach(place)
    )
    with Cluster(folder) as cluster:
        assert folder.parent in cluster.programs.parents
        assert folder.stat().st_uid != 0


@as_root
def test_root_with_a_folder_that_others_cannot_reach(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with pytest.raises(PostgresProblem, match="Set QUORATE_DATA_DIR to a folder that others may enter"):
        Cluster(tmp_path / "postgres").start()
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
