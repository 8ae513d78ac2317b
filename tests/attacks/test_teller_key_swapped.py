"""K10, key swapped after submission.

Attacker: a teller who wants another key after it saw the others, or whoever can write to the shared folder.
Wish: replace a message that is there, so that later rounds and the manifest rest on another key. Stopped
by: a message stands once it is sent [06.6]; the tool keeps a copy of each message that it used and refuses
a changed one [06.23]; two signed messages convict.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.crypto.ceremony import round1, round2
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import Messages, conclude_key
from quorate.crypto.fingerprint import spoken
from quorate.election import teller_files
from quorate.election.ceremony_folder import Folder
from quorate.election.teller import Teller
from quorate.election.teller_files import TellerRefusal
from quorate.record.ceremony import AbortedCeremony, check_ceremony, write_aborted, write_message
from support.ceremonies import Table

WORDS = "five words are a passphrase"


@pytest.fixture(autouse=True)
def _quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teller_files, "WORK", 14)


def test_a_second_message_of_round_one_is_refused(tmp_path: Path) -> None:
    """[06.6] Another key under the same name: refused, and the first one is still there."""
    table = Table()
    folder = Folder.create(tmp_path, table.context)
    path = folder.publish(table.commits[0])
    first = path.read_bytes()
    other = round1.commit(table.context, round1.derive(table.context, 1, bytes(32)), bytes(32))
    with pytest.raises(TellerRefusal, match=r"round1-1\.json is there with other content"):
        folder.publish(other)
    assert path.read_bytes() == first
    assert folder.publish(table.commits[0]) == path


def test_the_tool_sends_the_same_message_again(tmp_path: Path) -> None:
    """[06.23] A repeated step never makes a second key, whether the folder lost the file or kept it."""
    folder = Folder.create(tmp_path / "shared", Table().context)
    sent = Teller.start(tmp_path / "private", folder, 1, WORDS).commit(folder)
    first = sent.read_bytes()
    assert Teller.start(tmp_path / "private", folder, 1, WORDS).commit(folder).read_bytes() == first
    sent.unlink()
    assert Teller.start(tmp_path / "private", folder, 1, WORDS).commit(folder).read_bytes() == first
    sent.write_bytes(write_message(folder.context, Table().commits[0]) + b"\n")
    with pytest.raises(TellerRefusal, match=r"round1-1\.json is there with other content"):
        Teller.open(tmp_path / "private", WORDS).commit(folder)


def test_a_message_that_changed_after_use_is_named(tmp_path: Path) -> None:
    """[06.23] The teller used a message of round 1; somebody replaces it before round 3."""
    table = Table()
    folder = Folder.create(tmp_path / "shared", table.context)
    teller = Teller.start(tmp_path / "private", folder, 5, WORDS)
    teller.commit(folder)
    for package in table.commits[:4]:
        folder.publish(package)
    committed = round1.gather(table.context, [*table.commits[:4], _own(folder, 5)])
    teller.reveal(Folder.read(folder.path), spoken(committed.gamma))
    replaced = round1.commit(table.context, table.secrets[1], bytes(32))
    (folder.path / "round1-2.json").write_bytes(folder.line(replaced) + b"\n")
    with pytest.raises(TellerRefusal, match=r"round1-2\.json has changed since it was used"):
        teller.confirm(Folder.read(folder.path))


def test_two_signed_messages_convict() -> None:
    """[06.6] The copies that two tellers kept differ: together they are the proof, for everybody."""
    table = Table()
    twice = round2.reveal(table.committed, table.secrets[2], bytes(32))
    messages = Messages(tuple(table.commits), (*table.reveals, twice))
    line, failure = write_aborted(table.context, messages)
    assert [(blame.clause, blame.teller) for blame in failure.blames] == [("06.6", 3)]
    with pytest.raises(AbortedCeremony) as found:
        check_ceremony(line)
    assert found.value.culprits == {3}


def test_a_second_message_that_is_not_signed_convicts_nobody() -> None:
    """[06.5] [06.6]"""
    table, other = Table(), Table(seed="another ceremony")
    messages = Messages((*table.commits, other.commits[2]))
    with pytest.raises(CeremonyFailed) as failed:
        conclude_key(table.context, messages)
    assert failed.value.culprits == set()
    assert failed.value.blames[0].clause == "06.6"


def _own(folder: Folder, teller: int) -> round1.Package:
    message = Folder.read(folder.path).messages[f"round1-{teller}.json"]
    assert isinstance(message, round1.Package)
    return message
