"""K7, split view: the server shows tellers different messages (Belenios 4edb8116).

Attacker: whoever relays the tellers' messages, with a teller or alone. Wish: give one teller forged keys of
the others, and so read its shares or hold a key that only some confirmed. Stopped by: Gamma, compared aloud
[06.8] and signed in round 2 [06.12]; Delta, signed in round 3 [06.15]. Nobody is named: whoever relays
could do it to anyone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.crypto.ceremony import round1, round2, round3
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.fingerprint import spoken
from quorate.election import teller_files
from quorate.election.ceremony_folder import Folder
from quorate.election.teller import Teller
from quorate.election.teller_files import TellerRefusal
from support.ceremonies import Table

WORDS = "five words are a passphrase"


def split_tables() -> tuple[Table, Table]:
    """What tellers 1 to 4 see, and what teller 5 is shown: in it, teller 1 is a stranger's puppet."""
    table, forged = Table(), Table()
    forged.secrets[0] = round1.derive(table.context, 1, bytes(32))
    return table, forged


def test_the_fingerprints_differ() -> None:
    """[06.8] What is read aloud is not the same."""
    table, forged = split_tables()
    assert spoken(table.committed.gamma) != spoken(forged.committed.gamma)


def test_every_teller_aborts_in_round_two() -> None:
    """[06.12] Even if nobody compared: each side sees that the other signed another Gamma."""
    table, forged = split_tables()
    seen_by_four = [*table.reveals[:4], forged.reveals[4]]
    seen_by_five = [forged.reveals[0], *table.reveals[1:4], forged.reveals[4]]
    for committed, reveals in ((table.committed, seen_by_four), (forged.committed, seen_by_five)):
        with pytest.raises(CeremonyFailed, match="shown other messages of round 1") as failed:
            round2.gather(committed, reveals)
        assert failed.value.culprits == set()


def test_every_teller_aborts_in_round_three() -> None:
    """[06.12] [06.15] One teller is shown another reveal of teller 1: no Delta has n confirmations."""
    table, forged = Table(), Table()
    forged.reveals[0] = round2.reveal(forged.committed, forged.secrets[0], bytes(32))
    assert (forged.committed.gamma, forged.revealed.delta != table.revealed.delta) == (
        table.committed.gamma,
        True,
    )
    for revealed, confirms in (
        (table.revealed, [*table.confirms[:4], forged.confirms[4]]),
        (forged.revealed, [*table.confirms[:4], forged.confirms[4]]),
    ):
        with pytest.raises(CeremonyFailed, match="confirmed other messages") as failed:
            round3.gather(revealed, confirms)
        assert failed.value.culprits == set()


def test_the_tool_stops_at_the_comparison(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[06.8] [06.23] A teller who hears another fingerprint sends nothing; nothing changes on its disk."""
    monkeypatch.setattr(teller_files, "WORK", 14)
    table, forged = split_tables()
    folder = Folder.create(tmp_path / "shared", table.context)
    teller = Teller.start(tmp_path / "private", folder, 5, WORDS)
    teller.commit(folder)
    for package in table.commits[:4]:
        folder.publish(package)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    with pytest.raises(TellerRefusal, match="shown different messages"):
        teller.reveal(Folder.read(folder.path), spoken(forged.committed.gamma))
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
