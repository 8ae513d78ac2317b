"""`quorate verify`: exit codes, what it says, and that no damage of a file brings a traceback."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from quorate.cli.main import run
from quorate.record.canonical import encode
from quorate.record.container import FILES
from support.ballots import NOON, SmallBallot, line

Call = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    ballot = SmallBallot(tmp_path_factory.mktemp("ballot"))
    box = ballot.open_box()
    box.submit([line(ballot.vote(voter, [(0, [0])])) for voter in (1, 2, 3)], NOON)
    (ballot.folder / "receipt").write_bytes(box.receipt(2))
    assert ballot.finish(box).ok
    (ballot.folder / "pins.json").write_bytes(encode(ballot.pins) + b"\n")
    return ballot


@pytest.fixture
def record(finished: SmallBallot, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished.record, tmp_path / "record"))


@pytest.fixture
def quorate(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: str) -> tuple[int, str]:
        code = run(["verify", "--workers", "1", *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out + err

    return call


def test_with_pins_it_says_verified(finished: SmallBallot, quorate: Call) -> None:
    pins = str(finished.folder / "pins.json")
    code, out = quorate(str(finished.record), "--pins", pins, "--receipt", str(finished.folder / "receipt"))
    assert code == 0
    assert "VERIFIED: this is the pinned ballot" in out
    assert "3 members voted yes" in out
    assert out.count("  holds ") == 22


def test_without_pins_it_never_says_verified(finished: SmallBallot, quorate: Call) -> None:
    """[08.33] [10.3]"""
    code, out = quorate(str(finished.record))
    assert code == 0
    assert "origin not pinned" in out
    assert "VERIFIED" not in out
    assert json.loads(quorate(str(finished.record), "--json")[1])["pinned"] is False


def test_pins_of_another_ballot_fail(finished: SmallBallot, tmp_path: Path, quorate: Call) -> None:
    other = SmallBallot(tmp_path / "other", seed="other")
    pins = tmp_path / "pins.json"
    pins.write_bytes(encode(other.pins) + b"\n")
    code, out = quorate(str(finished.record), "--pins", str(pins))
    assert code == 1
    assert "NOT VERIFIED: V3 failed" in out


def test_a_zip_is_a_record(finished: SmallBallot, tmp_path: Path, quorate: Call) -> None:
    """[08.32]"""
    archive = tmp_path / "record.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for name in FILES:
            bundle.write(finished.record / name, f"strike-2026/{name}")
    assert quorate(str(archive))[0] == 0


@pytest.mark.parametrize("name", [name for name in FILES if name != "manifest.json"])
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "foreign"])
def test_a_damaged_file_is_named(record: Path, quorate: Call, name: str, damage: str) -> None:
    path = record / name
    data = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(
            {"empty": b"", "cut": data[: len(data) // 2], "foreign": b"\x00\xff not this\n"}[damage]
        )
    code, out = quorate(str(record))
    assert code == 1
    assert name in out


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"\xff\n", b'{"format":1}\n', b"[" * 100_000 + b"\n"])
def test_without_a_readable_manifest_there_is_no_record(record: Path, quorate: Call, damage: bytes) -> None:
    (record / "manifest.json").write_bytes(damage)
    code, out = quorate(str(record))
    assert code == 2
    assert "manifest.json" in out


def test_what_is_no_record_is_said_in_one_line(tmp_path: Path, quorate: Call) -> None:
    (tmp_path / "text").write_text("hello", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    for name in ("text", "empty", "nowhere"):
        code, out = quorate(str(tmp_path / name))
        assert code == 2
        assert len(out.splitlines()) == 1


def test_wrong_usage_exits_64(finished: SmallBallot, tmp_path: Path, quorate: Call) -> None:
    assert quorate()[0] == 64
    assert quorate(str(finished.record), "--pins", str(tmp_path / "none"))[0] == 64
    assert quorate(str(finished.record), "--workers", "0")[0] == 64
    bad = tmp_path / "pins.json"
    bad.write_text("{}\n", encoding="utf-8")
    assert quorate(str(finished.record), "--pins", str(bad))[0] == 64


def test_an_ongoing_ballot_is_said_to_be_one(tmp_path: Path, quorate: Call) -> None:
    ballot = SmallBallot(tmp_path)
    ballot.open_box()
    ballot.publish()
    code, out = quorate(str(ballot.record), "--ongoing")
    assert code == 0
    assert "no result yet" in out
    code, out = quorate(str(ballot.record))
    assert code == 1  # a record without its result is not taken for one with
