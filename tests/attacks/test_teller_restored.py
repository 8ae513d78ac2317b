"""Attacker: an officer with two manifests for one key. Wish: have a teller open both, by way of a lost
computer.

A folder restored from a backup does not remember what was approved. It approves only the ballot whose
fingerprint the teller reads from the paper notice [09.8], and makes no share where one of this teller is
on the board.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.crypto.fingerprint import spoken
from quorate.election.teller import RESTORED, Teller
from quorate.election.teller_files import TellerRefusal
from quorate.election.teller_tally import approve, decrypt, verify_through_close
from quorate.record.canonical import encode
from quorate.record.container import Container
from support.ballots import AFTER, NOON, SmallBallot, line


class RestoredTeller(Teller):
    """A teller's folder as `restore` leaves it, over the keys of a small ballot."""

    def __init__(self, ballot: SmallBallot, folder: Path) -> None:
        super().__init__(folder, ballot.tellers.context, ballot.tellers.secrets[0])
        self._ballot = ballot
        folder.mkdir()
        (folder / RESTORED).write_bytes(b"{}\n")

    def key(self):  # type: ignore[no-untyped-def]  # the same pair as Teller.key
        return self._ballot.tellers, self._ballot.tellers.keys[0]


def test_a_restored_folder_asks_for_the_paper_notice(tmp_path: Path) -> None:
    ballot = SmallBallot(tmp_path)
    teller = RestoredTeller(ballot, tmp_path / "teller")
    other = SmallBallot(tmp_path / "other", seed="other")
    for compared in ("", spoken(other.manifest.phi)):
        with pytest.raises(TellerRefusal, match="paper notice"):
            approve(teller, encode(ballot.manifest), "manifest.json", compared, lambda _m: None)
    assert not (teller.folder / "approved.json").exists()
    approve(teller, encode(ballot.manifest), "manifest.json", spoken(ballot.manifest.phi), lambda _m: None)
    assert (teller.folder / "approved.json").exists()


def test_a_restored_key_makes_no_second_share(tmp_path: Path) -> None:
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    box.submit([line(ballot.vote(voter, [(0, [0])])) for voter in (1, 2, 3)], NOON)
    box.close(AFTER)
    ballot.publish()
    box.append(ballot.shares([1]))
    ballot.publish()
    teller = RestoredTeller(ballot, tmp_path / "teller")
    approve(teller, encode(ballot.manifest), "manifest.json", spoken(ballot.manifest.phi), lambda _m: None)
    with Container(ballot.record) as container:
        state = verify_through_close(container, ballot.pins, None)
    with pytest.raises(TellerRefusal, match="already"):
        decrypt(teller, state, spoken(state.closing_root), AFTER)
