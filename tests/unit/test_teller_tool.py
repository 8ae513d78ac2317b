"""`quorate teller`: what it says, and how it ends, when something is not as it should be [06.23]."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from quorate.cli import main
from quorate.crypto.ceremony import complaint, round1, round2
from quorate.crypto.ceremony.messages import Message
from quorate.crypto.fingerprint import spoken
from quorate.election import teller_files
from quorate.election.ceremony_folder import Folder
from quorate.election.teller import MESSAGES, Teller
from quorate.election.teller_files import write_line
from quorate.record.ceremony import write_complete
from support.ceremonies import Table

WORDS = "five words are a passphrase"
BALLOT = bytes(range(32)).hex()
M = TypeVar("M", bound=Message)
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def teller(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Run:
    """Run `quorate teller ...` in the test's folder: its exit code and what it printed."""
    monkeypatch.setitem(main.COMMANDS, "teller", ("quorate.cli.teller", "Make a key together."))
    monkeypatch.setattr(teller_files, "WORK", 14)
    monkeypatch.setenv("QUORATE_TELLER_PASSPHRASE", WORDS)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main.run(["teller", *arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """A ceremony of Ana, Ben and Cho in the folder `shared`, with nothing sent yet."""
    made = Table(("Ana", "Ben", "Cho"), 2)
    Folder.create(tmp_path / "shared", made.context)
    return made


def refused(result: tuple[int, str, str], words: str, code: int = 1) -> None:
    assert result[0] == code, result
    assert words in result[2], result
    assert result[2].startswith("quorate: ")
    assert result[2].count("\n") == 1, "one line"


def test_a_new_ceremony_warns_and_refuses(teller: Run) -> None:
    """[06.1] [06.2]"""
    code, out, err = teller("new", "a", "--ballot-id", BALLOT, "--threshold", "1", "--name", "Ana")
    assert (code, BALLOT in out) == (0, True)
    assert "any one teller can read every ballot" in err
    assert "one lost key" in err
    refused(teller("new", "a", "--ballot-id", BALLOT, "--threshold", "1", "--name", "Ana"), "definition.json")
    refused(teller("new", "b", "--ballot-id", BALLOT, "--threshold", "2", "--name", "Ana"), "threshold")
    refused(teller("new", "b", "--ballot-id", BALLOT[2:], "--threshold", "1", "--name", "Ana"), "32 bytes")
    refused(teller("new", "b", "--ballot-id", "xyz", "--threshold", "1", "--name", "Ana"), "64 hex", 64)
    assert teller("new", "b")[0] == 64
    assert teller("round1", "private", "shared")[0] == 64
    assert teller("round1", "private", "shared", "--teller", "0")[0] == 64
    assert teller("invent")[0] == 64


@pytest.mark.usefixtures("table")
def test_waiting_names_who_is_awaited(teller: Run, tmp_path: Path) -> None:
    """[06.8] Nothing is sent early."""
    assert teller("round1", "private", "shared", "--teller", "2")[0] == 0
    waiting = "Round 1 is not complete: waiting for teller 1 (Ana), 3 (Cho)."
    refused(teller("round2", "private", "shared", "--fingerprint", "x"), waiting)
    refused(teller("round3", "private", "shared"), waiting)
    refused(teller("complain", "private", "shared"), waiting)
    refused(teller("fingerprint", "shared"), waiting)
    refused(teller("rehearse", "private", "shared"), "do round 3 first")
    refused(teller("finish", "shared"), "The ceremony is not complete: teller 1 (Ana)")
    assert sorted(path.name for path in (tmp_path / "shared").iterdir()) == [
        "definition.json",
        "round1-2.json",
    ]
    code, out, _ = teller("status", "shared")
    assert (code, "1 Ana: nothing sent yet" in out, "2 Ben: round1-2\n" in out) == (0, True, True)


@pytest.mark.usefixtures("table")
def test_wrong_passphrase_and_wrong_place(
    teller: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """[06.24]"""
    assert teller("round1", "private", "shared", "--teller", "2")[0] == 0
    refused(teller("round1", "private", "shared", "--teller", "1"), "belongs to teller 2")
    refused(teller("round1", "other", "shared", "--teller", "4"), "the indices are 1 to 3")
    refused(teller("round1", "private", "nowhere", "--teller", "2"), "definition.json: cannot be read", 2)
    refused(teller("round2", "nowhere", "shared", "--fingerprint", "x"), "definition.json: cannot be read", 2)
    monkeypatch.setenv("QUORATE_TELLER_PASSPHRASE", "another passphrase")
    refused(teller("round2", "private", "shared", "--fingerprint", "x"), "passphrase is wrong")
    file = tmp_path / "words.txt"
    file.write_text(WORDS + "\r\nnot this line\n", encoding="utf-8")
    assert teller("round1", "private", "shared", "--teller", "2", "--passphrase-file", str(file))[0] == 0
    file.write_text("short\n", encoding="utf-8")
    refused(
        teller("round1", "third", "shared", "--teller", "3", "--passphrase-file", str(file)), "12 characters"
    )
    refused(teller("backup", "private", "b", "--passphrase-file", "nowhere"), "nowhere: No such file", 2)
    monkeypatch.delenv("QUORATE_TELLER_PASSPHRASE")
    refused(
        teller("round1", "private", "shared", "--teller", "2"),
        "no terminal to type at: use --passphrase-file",
    )
    assert not (tmp_path / "third").exists()


def test_damaged_files(teller: Run, table: Table, tmp_path: Path) -> None:
    """[02.7] [06.5] 2 for a file that cannot be read, 1 for another teller's bad message; both named."""
    assert teller("round1", "private", "shared", "--teller", "2")[0] == 0
    shared = Folder.read(tmp_path / "shared")
    shared.publish(table.commits[0])
    shared.publish(table.commits[2])
    message = shared.path / "round1-3.json"
    whole = message.read_bytes()
    message.write_bytes(whole[:-1])
    refused(teller("round2", "private", "shared", "--fingerprint", "x"), "Ask teller 3 for it again")
    assert "Not a message of this ceremony: shared/round1-3.json" in teller("status", "shared")[1]
    message.write_bytes(whole.replace(b'"signature":"', b'"signature":"AAAA'))
    refused(teller("round2", "private", "shared", "--fingerprint", "x"), "round1-3.json")
    forged = table.resign(table.commits[2], coefficients_hash=bytes(32)).signature  # over something else
    write_line(
        message,
        shared.line(replace(table.commits[2], signature=forged)),
    )
    refused(teller("round2", "private", "shared", "--fingerprint", "x"), "is not signed by its teller")
    (tmp_path / "private" / "key.json").write_bytes(b"{}\n")
    refused(teller("round2", "private", "shared", "--fingerprint", "x"), "key.json")
    (tmp_path / "shared" / "definition.json").write_bytes(b"{}\n")
    refused(teller("status", "shared"), "definition.json", 2)


def test_a_foreign_ceremony(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.2]"""
    assert teller("round1", "private", "shared", "--teller", "2")[0] == 0
    Folder.create(tmp_path / "foreign", Table(("Ana", "Ben", "Cho"), 2, seed="another ceremony").context)
    refused(teller("round1", "private", "foreign", "--teller", "2"), "choose another folder")
    refused(teller("round2", "private", "foreign", "--fingerprint", "x"), "belongs to another ceremony")
    assert table.context != Folder.read(tmp_path / "foreign").context


def sent(shared: Folder, name: str, kind: type[M]) -> M:
    """The message of this kind in the folder."""
    message = shared.messages[name]
    assert isinstance(message, kind)
    return message


def ready(teller: Run, table: Table, tmp_path: Path) -> str:
    """Ben is the tool; the messages of Ana and Cho are made here. Returns the fingerprint of round 1."""
    assert teller("round1", "private", "shared", "--teller", "2")[0] == 0
    shared = Folder.read(tmp_path / "shared")
    ben = Teller.open(tmp_path / "private", WORDS)
    table.secrets[1] = ben.secret
    table.commits[1] = sent(shared, "round1-2.json", round1.Package)
    for i in (0, 2):
        shared.publish(table.commits[i])
    return spoken(table.committed.gamma)


def test_complaints(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.16] [06.17] The tool refuses a false complaint, and does not confirm where there is one."""
    fingerprint = ready(teller, table, tmp_path)
    refused(teller("round2", "private", "shared"), "no terminal to type at: use --fingerprint")
    assert teller("round2", "private", "shared", "--fingerprint", fingerprint)[0] == 0
    shared = Folder.read(tmp_path / "shared")
    table.reveals[1] = sent(shared, "round2-2.json", round2.Package)
    for i in (0, 2):
        shared.publish(table.reveals[i])
    refused(teller("complain", "private", "shared"), "a complaint would convict you")
    forged = complaint.complain(table.revealed, table.secrets[0], 3, bytes(32))
    unsigned = shared.publish(replace(forged, signature=bytes(64)))
    false = shared.line(forged)
    assert teller("round3", "private", "shared")[0] == 0, "an unsigned complaint is no message"
    unsigned.unlink()
    write_line(shared.path / unsigned.name, false)
    assert "Complaint of teller 1 about teller 3." in teller("status", "shared")[1]
    refused(
        teller("round3", "private", "shared"),
        "teller 1 (Ana): it complained of teller 3, whose share is right",
    )
    refused(teller("complain", "private", "shared"), "You confirmed")
    refused(teller("finish", "shared"), "publish why with `quorate teller abort`")


def test_a_share_that_is_repaired_after_the_complaint(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.16] [06.23] The dealer quietly replaces the bad share: who complained does not confirm."""
    fingerprint = ready(teller, table, tmp_path)
    assert teller("round2", "private", "shared", "--fingerprint", fingerprint)[0] == 0
    shared = Folder.read(tmp_path / "shared")
    table.reveals[1] = sent(shared, "round2-2.json", round2.Package)
    good = table.reveals[2]
    table.spoil_share(3, 2, opens=True)
    for i in (0, 2):
        shared.publish(table.reveals[i])
    refused(teller("round3", "private", "shared"), "send the complaint")
    assert teller("complain", "private", "shared")[0] == 0
    (shared.path / "complaint-2-about-3.json").unlink()
    write_line(shared.path / "round2-3.json", shared.line(good))
    refused(teller("round3", "private", "shared"), "round2-3.json has changed since it was used here")


def test_a_bad_confirmation_is_not_used(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.15] [06.23] Nobody rehearses on it, and no copy is kept, so that the right one can still come."""
    fingerprint = ready(teller, table, tmp_path)
    assert teller("round2", "private", "shared", "--fingerprint", fingerprint)[0] == 0
    shared = Folder.read(tmp_path / "shared")
    table.reveals[1] = sent(shared, "round2-2.json", round2.Package)
    for i in (0, 2):
        shared.publish(table.reveals[i])
        shared.publish(table.confirms[i])
    assert teller("round3", "private", "shared")[0] == 0
    forged = replace(table.confirms[2], signature=table.confirms[0].signature)
    write_line(shared.path / "round3-3.json", shared.line(forged))
    refused(teller("rehearse", "private", "shared"), "is not signed by its teller")
    assert not (tmp_path / "private" / MESSAGES / "round3-3.json").exists()
    write_line(shared.path / "round3-3.json", shared.line(table.confirms[2]))
    assert teller("rehearse", "private", "shared")[0] == 0


def test_evidence_of_two_messages(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.6] Ben kept what Cho sent first; the shared folder shows another. The copy convicts Cho."""
    fingerprint = ready(teller, table, tmp_path)
    assert teller("round2", "private", "shared", "--fingerprint", fingerprint)[0] == 0
    shared = Folder.read(tmp_path / "shared")
    for i in (0, 2):
        shared.publish(table.reveals[i])
    assert teller("round3", "private", "shared")[0] == 0
    second = table.resign(table.reveals[2])
    changed = table.resign(table.reveals[2], shares=table.reveals[2].shares[::-1])
    assert second != changed
    write_line(shared.path / "round2-3.json", shared.line(changed))
    refused(teller("rehearse", "private", "shared"), "round2-3.json has changed since it was used here")
    kept = tmp_path / "private" / MESSAGES / "round2-3.json"
    code, out, _ = teller("abort", "shared", "--evidence", str(kept))
    assert (code, "teller 3 (Cho): it signed different messages of round 2 [06.6]" in out) == (0, True)
    refused(teller("check", "shared/aborted.json"), "teller 3 (Cho)")
    refused(teller("abort", "shared"), "aborted.json is there with other content")


def test_checking(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.21] 0 with a key, 1 without, 2 for what is no ceremony file."""
    line = write_complete(table.context, table.messages())
    write_line(tmp_path / "ceremony.json", line)
    assert teller("check", "ceremony.json")[0] == 0
    refused(teller("check", "shared"), "ceremony.json: cannot be read", 2)
    write_line(tmp_path / "ceremony.json", line.replace(b'"threshold":2', b'"threshold":3'))
    refused(teller("check", "ceremony.json"), "another ceremony", 2)
    broken = table.resign(table.confirms[2], proof=table.confirms[1].proof)
    shared = Folder.read(tmp_path / "shared")
    for message in (*table.commits, *table.reveals, *table.confirms[:2], broken, *table.rehearsals):
        shared.publish(message)
    refused(teller("finish", "shared"), "teller 3 (Cho): it did not prove that it holds its share")
    assert not (shared.path / "ceremony.json").exists()


def test_nobody_aborts_a_ceremony_with_a_key(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.15] [06.22]"""
    shared = Folder.read(tmp_path / "shared")
    for message in (*table.commits, *table.reveals, *table.confirms, *table.rehearsals):
        shared.publish(message)
    refused(teller("abort", "shared"), "it has a key and cannot be aborted")
    assert teller("finish", "shared")[0] == 0
    (shared.path / "rehearsal-1-backup.json").unlink()
    refused(teller("abort", "shared"), "ceremony.json is there: this ceremony has a key")


def test_backup_and_restore(teller: Run, table: Table, tmp_path: Path) -> None:
    """[06.19] [06.20]"""
    fingerprint = ready(teller, table, tmp_path)
    (tmp_path / "other.txt").write_text("another passphrase\n", encoding="utf-8")
    other = ("--backup-passphrase-file", "other.txt")
    assert teller("backup", "private", "stick", *other)[0] == 0
    refused(teller("backup", "private", "stick"), "nothing was replaced")
    assert teller("round2", "private", "shared", "--fingerprint", fingerprint)[0] == 0
    shared = Folder.read(tmp_path / "shared")
    table.reveals[1] = sent(shared, "round2-2.json", round2.Package)
    for i in (0, 2):
        shared.publish(table.reveals[i])
        shared.publish(table.confirms[i])
    refused(teller("rehearse", "private", "shared", "--backup", "stick", *other), "do round 3 first")
    assert teller("round3", "private", "shared")[0] == 0
    assert teller("rehearse", "private", "shared", "--backup", "stick", *other)[0] == 0
    again = {path: path.read_bytes() for path in shared.path.iterdir()}
    assert teller("rehearse", "private", "shared", "--backup", "stick", *other)[0] == 0
    assert {path: path.read_bytes() for path in shared.path.iterdir()} == again
    refused(teller("rehearse", "private", "shared", "--backup", "stick"), "passphrase is wrong")
    refused(teller("restore", "private", "shared", "--backup", "stick"), "holds a key already")
    refused(teller("restore", "again", "shared", "--backup", "stick"), "passphrase is wrong")
    assert teller("restore", "again", "shared", "--backup", "private/key.json")[0] == 0
    one, two = (Teller.open(tmp_path / name, WORDS).key()[1] for name in ("private", "again"))
    assert one.share == two.share
    assert teller("rehearse", "again", "shared")[0] == 0
