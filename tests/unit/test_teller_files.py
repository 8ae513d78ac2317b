"""Files of the teller's tool: whole or not at all, private, encrypted where they hold a secret [06.24]."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from quorate.crypto.ceremony.context import Context
from quorate.election import sealed, teller_files
from quorate.election.ceremony_folder import ABORTED, DEFINITION, Folder, new_context
from quorate.election.teller import KEY, MESSAGES, Teller
from quorate.election.teller_files import (
    TellerKey,
    TellerRefusal,
    make_private_folder,
    open_key,
    publish_line,
    read_line,
    seal_key,
    write_line,
)
from quorate.record.canonical import RecordError, encode
from support.ceremonies import Table

WORDS = "five words are a passphrase"
SEED = bytes(range(32))


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teller_files, "WORK", 14)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_key_file_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    """[06.24]"""
    path = tmp_path / "key.json"
    key = TellerKey(ceremony=bytes(32), seed=SEED, teller=3)
    write_line(path, seal_key(key, WORDS), private=True)
    assert open_key(path, WORDS) == key
    for wrong in (WORDS + " ", WORDS.upper(), ""):
        with pytest.raises(TellerRefusal, match=r"key\.json: The passphrase is wrong"):
            open_key(path, wrong)
    content = path.read_bytes()
    assert SEED not in content
    assert SEED.hex().encode() not in content
    assert seal_key(key, WORDS) != content[:-1], "salt and nonce are fresh each time"


def test_a_short_passphrase_is_refused() -> None:
    """[06.24]"""
    with pytest.raises(TellerRefusal, match="at least 12 characters"):
        seal_key(TellerKey(ceremony=bytes(32), seed=SEED, teller=3), "short phrase"[:11])


def test_every_byte_of_a_key_file_is_authenticated(tmp_path: Path) -> None:
    """[06.24]"""
    path = tmp_path / "key.json"
    whole = json.loads(seal_key(TellerKey(ceremony=bytes(32), seed=SEED, teller=3), WORDS))
    assert set(whole) == {"data", "format", "kind", "nonce", "salt", "work"}
    changes: dict[str, object] = {
        "data": "A" + whole["data"][1:] if whole["data"][0] != "A" else "B" + whole["data"][1:],
        "nonce": "AAAAAAAAAAAAAAAA",
        "salt": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "work": 15,
        "kind": "registrar-key",
        "format": "quorate-sealed/2",
    }
    for name, value in changes.items():
        path.write_bytes(json.dumps({**whole, name: value}, separators=(",", ":")).encode() + b"\n")
        with pytest.raises(TellerRefusal, match=r"key\.json"):
            open_key(path, WORDS)


@pytest.mark.parametrize("work", [0, 13, 22, 40])
def test_scrypt_parameters_out_of_range(tmp_path: Path, work: int) -> None:
    """[06.24] A key file cannot ask for all memory, nor for none of the work."""
    path = tmp_path / "key.json"
    whole = json.loads(seal_key(TellerKey(ceremony=bytes(32), seed=SEED, teller=3), WORDS))
    path.write_bytes(json.dumps({**whole, "work": work}, separators=(",", ":")).encode() + b"\n")
    with pytest.raises(TellerRefusal, match=r"key\.json"):
        open_key(path, WORDS)


def test_a_sealed_file_with_another_content(tmp_path: Path) -> None:
    """[02.5] Opened, and still read strictly."""
    path = tmp_path / "key.json"
    path.write_bytes(sealed.seal_with_passphrase("teller-key", b'{"seed":1}', WORDS, bytes(44), 14))
    with pytest.raises(RecordError, match=r"key\.json"):
        open_key(path, WORDS)


def test_secrets_do_not_show() -> None:
    """[06.24]"""
    key = TellerKey(ceremony=bytes(32), seed=SEED, teller=3)
    assert repr(key) == "TellerKey(teller=3, ...)"
    assert SEED.hex() not in repr(key)


def test_private_files_are_private(tmp_path: Path) -> None:
    """[06.24] Even under a permissive umask."""
    before = os.umask(0)
    try:
        write_line(tmp_path / "secret", b"{}", private=True)
        write_line(tmp_path / "open", b"{}")
        make_private_folder(tmp_path / "folder")
        folder = Folder.create(tmp_path / "shared", Table().context)
        Teller.start(tmp_path / "private", folder, 1, WORDS)
    finally:
        os.umask(before)
    assert mode(tmp_path / "secret") == 0o600
    assert mode(tmp_path / "open") == 0o644
    for name in ("folder", "private", f"private/{MESSAGES}"):
        assert mode(tmp_path / name) == 0o700
    assert mode(tmp_path / "private" / KEY) == 0o600


def test_an_open_folder_is_refused(tmp_path: Path) -> None:
    """[06.24]"""
    tmp_path.chmod(0o755)
    with pytest.raises(TellerRefusal, match="chmod 700"):
        make_private_folder(tmp_path)
    folder = Folder.create(tmp_path / "shared", Table().context)
    with pytest.raises(TellerRefusal, match="chmod 700"):
        Teller.start(folder.path, folder, 1, WORDS)
    assert not (folder.path / KEY).exists()


@pytest.mark.parametrize("content", [b"", b"{}", b"{}\n\n{}"])
def test_a_file_that_is_cut_off(tmp_path: Path, content: bytes) -> None:
    """[02.7]"""
    path = tmp_path / "file.json"
    path.write_bytes(content)
    with pytest.raises(RecordError, match="its last line is not ended"):
        read_line(path)
    with pytest.raises(RecordError, match="No such file"):
        read_line(tmp_path / "missing.json")


def test_what_is_published_stands(tmp_path: Path) -> None:
    """[06.6]"""
    path = tmp_path / "round1-1.json"
    publish_line(path, b"first")
    publish_line(path, b"first")
    with pytest.raises(TellerRefusal, match="nothing was replaced"):
        publish_line(path, b"second")
    assert path.read_bytes() == b"first\n"


class Broken(OSError):
    """The disk is full."""


@pytest.mark.parametrize("call", ["fsync", "rename"])
def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """[06.23] Not persisted: the old line is whole, and nothing is left beside it."""

    def fail(*_arguments: object) -> None:
        raise Broken

    path = tmp_path / "file"
    write_line(path, b"old")
    with monkeypatch.context() as broken:
        if call == "fsync":
            broken.setattr(os, "fsync", fail)
        else:
            broken.setattr(Path, "replace", fail)
        with pytest.raises(Broken):
            write_line(path, b"new")
    assert path.read_bytes() == b"old\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_is_durable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[06.23] The content before the name, and the name too: what a step stored survives a power cut."""
    synced: list[bool] = []
    fsync = os.fsync

    def record(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", record)
    write_line(tmp_path / "file", b"line")
    assert synced == [False, True]


@pytest.mark.parametrize("kept", [True, False], ids=["after the copy", "before the copy"])
def test_a_step_that_died_is_repeated_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    """[06.23] The message was stored and not sent, or not even stored: no second message is ever seen."""
    folder = Folder.create(tmp_path / "shared", Table().context)
    teller = Teller.start(tmp_path / "private", folder, 1, WORDS)

    def die(*_arguments: object) -> None:
        raise Broken

    with monkeypatch.context() as broken:
        broken.setattr(Folder if kept else Teller, "publish" if kept else "_keep", die)
        with pytest.raises(Broken):
            teller.commit(folder)
    assert not (folder.path / "round1-1.json").exists()
    copy = tmp_path / "private" / MESSAGES / "round1-1.json"
    assert copy.exists() == kept
    before = copy.read_bytes() if kept else None
    sent = Teller.open(tmp_path / "private", WORDS).commit(folder).read_bytes()
    assert sent == copy.read_bytes()
    assert before in (None, sent)


def test_new_contexts_are_never_the_same() -> None:
    """[06.2] [06.18]"""
    one, two = (new_context(bytes(32), 2, ["Ana", "Ben"]) for _ in range(2))
    assert one.ceremony_id != two.ceremony_id
    assert one.ctx != two.ctx
    with pytest.raises(TellerRefusal, match="threshold"):
        new_context(bytes(32), 3, ["Ana", "Ben"])
    with pytest.raises(TellerRefusal, match="32 bytes"):
        new_context(bytes(31), 1, ["Ana", "Ben"])


def test_a_folder_holds_one_ceremony(tmp_path: Path) -> None:
    """[06.2]"""
    folder = Folder.create(tmp_path, Table().context)
    assert Folder.read(tmp_path).context == folder.context
    with pytest.raises(TellerRefusal, match=DEFINITION):
        Folder.create(tmp_path, Context(bytes(32), bytes(32), 1, ("Ana",)))


def test_what_is_no_message_is_listed_and_not_used(tmp_path: Path) -> None:
    """[06.5]"""
    table, other = Table(), Table(seed="another ceremony")
    folder = Folder.create(tmp_path, table.context)
    folder.publish(table.commits[0])
    good = folder.line(table.commits[1])
    write_line(tmp_path / "round1-3.json", good)
    write_line(tmp_path / "round1-4.json", Folder(tmp_path, other.context, {}, {}).line(other.commits[3]))
    write_line(tmp_path / "round1-5.json", b"{}")
    (tmp_path / "round2-1.json").write_bytes(b"cut off")
    (tmp_path / "notes.txt").write_bytes(b"not looked at")
    (tmp_path / "round1-2.json.bak").write_bytes(b"not looked at")
    read = Folder.read(tmp_path)
    assert list(read.messages) == ["round1-1.json"]
    assert sorted(read.problems) == ["round1-3.json", "round1-4.json", "round1-5.json", "round2-1.json"]
    assert read.problems["round1-3.json"] == "round1-3.json holds the message round1-2.json"
    assert "another ceremony" in read.problems["round1-4.json"]


def test_nothing_goes_on_after_an_abort(tmp_path: Path) -> None:
    """[06.18]"""
    folder = Folder.create(tmp_path / "shared", Table().context)
    teller = Teller.start(tmp_path / "private", folder, 1, WORDS)
    folder.abort()
    assert (folder.path / ABORTED).exists()
    with pytest.raises(TellerRefusal, match="start a new one"):
        teller.commit(Folder.read(folder.path))


def test_a_key_file_with_the_wrong_ceremony(tmp_path: Path) -> None:
    """[06.19] A backup restores its own ceremony only."""
    table, other = Table(("Ana", "Ben"), 2), Table(("Ana", "Ben"), 2, seed="another ceremony")
    key = TellerKey(ceremony=other.context.ctx, seed=other.secrets[0].seed, teller=1)
    write_line(tmp_path / "backup", seal_key(key, WORDS), private=True)
    folder = Folder.create(tmp_path / "shared", table.context)
    for package in (*table.commits, *table.reveals, *table.confirms):
        folder.publish(package)
    with pytest.raises(TellerRefusal, match="another ceremony"):
        Teller.restore(tmp_path / "new", tmp_path / "backup", Folder.read(folder.path), WORDS)
    stranger = TellerKey(ceremony=table.context.ctx, seed=SEED, teller=1)
    write_line(tmp_path / "stranger", seal_key(stranger, WORDS), private=True)
    with pytest.raises(TellerRefusal, match="not that of teller 1"):
        Teller.restore(tmp_path / "new", tmp_path / "stranger", Folder.read(folder.path), WORDS)
    assert not (tmp_path / "new").exists()
    assert encode(key) != encode(stranger)
