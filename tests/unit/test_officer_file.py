"""`quorate officer sign FILE`: an officer signs apart from the site, and sees what they sign from the bytes
that are signed. [08.28]
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.cli.main import run
from quorate.election.office import OfficeError, check_signature
from quorate.election.officer import OfficerKey
from quorate.election.sign_file import read_sign_file, read_signature, write_sign_file
from quorate.record.canonical import Reader, RecordError, encode
from quorate.record.entries import Extend, Open, ReleaseApproval
from quorate.record.manifest import Manifest, Officer
from support.ballots import SmallBallot
from support.passkeys import Passkey


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Officer:
    monkeypatch.setenv("QUORATE_OFFICER_PASSPHRASE", "only for a test")
    assert run(["officer", "key", str(tmp_path / "mykey"), "--name", "Second officer"]) == 0
    return Reader(Officer).read((tmp_path / "mykey.pub").read_bytes().strip(), "mykey.pub")


@pytest.fixture
def manifest(key: Officer, tmp_path: Path) -> Manifest:
    def change(manifest: Manifest) -> Manifest:
        return replace(manifest, officers=(Passkey("First officer").public, key))

    return SmallBallot(tmp_path / "ballot", seed="file", change=change).manifest


def asked(manifest: Manifest, event: Open | Extend | ReleaseApproval, tmp_path: Path) -> Path:
    path = tmp_path / "asked.json"
    path.write_bytes(write_sign_file(manifest, encode(event)))
    return path


def test_an_opening(manifest: Manifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    event = Open((), manifest.phi, "open")
    path = asked(manifest, event, tmp_path)
    capsys.readouterr()
    assert run(["officer", "sign", str(path), "--key", str(tmp_path / "mykey"), "--yes"]) == 0
    said = capsys.readouterr().out
    assert "3 members may vote" in said
    assert "Officers: First officer (passkey), Second officer (key file)" in said
    assert "sign that this ballot opens" in said
    signature = read_signature((tmp_path / "asked.signature.json").read_bytes(), "")
    assert signature.officer == 1
    check_signature(manifest, event, signature)
    with pytest.raises(OfficeError, match="does not hold"):
        check_signature(manifest, Extend("2030-01-01T00:00:00Z", (), manifest.phi, "x", "extend"), signature)


def test_other_events_are_shown(
    manifest: Manifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = Extend("2015-12-12T23:00:00Z", (), manifest.phi, "The post was late", "extend")
    release = ReleaseApproval(bytes(32), manifest.phi, "release-approval")
    for event, words in ((later, "reason: The post was late"), (release, "certificate: ")):
        path = asked(manifest, event, tmp_path)
        out = tmp_path / "out.json"
        command = ["officer", "sign", str(path), "--key", str(tmp_path / "mykey"), "--yes", "--out", str(out)]
        assert run(command) == 0
        assert words in capsys.readouterr().out
        check_signature(manifest, event, read_signature(out.read_bytes(), ""))


def test_a_stranger_signs_nothing(
    manifest: Manifest, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = asked(manifest, Open((), manifest.phi, "open"), tmp_path)
    assert run(["officer", "key", str(tmp_path / "other"), "--name", "A stranger"]) == 0
    assert run(["officer", "sign", str(path), "--key", str(tmp_path / "other"), "--yes"]) == 1
    assert "A stranger is not an officer of this ballot" in capsys.readouterr().err
    assert not (tmp_path / "asked.signature.json").exists()


def test_files_that_are_refused(manifest: Manifest, tmp_path: Path) -> None:
    """Another ballot's event, a ballot instead of an event, other bytes than the canonical ones."""
    good = write_sign_file(manifest, encode(Open((), manifest.phi, "open")))
    stranger = write_sign_file(manifest, encode(Open((), bytes(32), "open")))
    share = json.loads(good)
    share["event"] = '{"type":"ballot"}'
    for data in (
        b"", b"{}", good[:-2], good.replace(b'{"event"', b'{ "event"'), stranger, json.dumps(share).encode(),
        OfficerKey("x", bytes(32)).public.key, b"x" * 4_000_001,
    ):  # fmt: skip
        with pytest.raises(RecordError):
            read_sign_file(data, "asked.json")
    assert read_sign_file(good, "").manifest == manifest
