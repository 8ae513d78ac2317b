"""Attacker: one witness of several, or its clock. Wish: a record that nobody can verify: a cosignature
with an earlier time than the witness gave before makes V5 fail for ever [10.5].

Stopped by: the log leaves such a cosignature out, and the witness counts as missing. With a quorum of the
others the board goes on; else it waits, and nothing is acknowledged [08.23].
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.board.checkpoint import WitnessPolicy
from quorate.board.errors import NotWitnessed
from quorate.election.box import Accepted
from quorate.record.manifest import Manifest
from support import examples
from support.ballots import NOON, SmallBallot, line

YES = [(0, [0])]


def two_of_three(manifest: Manifest) -> Manifest:
    return replace(manifest, witnesses=WitnessPolicy(quorum=2, witnesses=manifest.witnesses.witnesses))


def test_the_others_are_enough(tmp_path: Path) -> None:
    ballot = SmallBallot(tmp_path, witness_count=3, change=two_of_three)
    box = ballot.open_box()
    examples.cast(box, ballot.vote(1, YES))
    ballot.witnesses[0].set_back(100)
    examples.cast(box, ballot.vote(2, YES))
    box.log.recover()  # as after a restart: the times are read from what was published
    examples.cast(box, ballot.vote(3, YES))
    ballot.witnesses[0].set_back(-300)
    report = ballot.finish(box)
    assert report.findings == []
    counts = [len(ballot.opened(note).cosignatures) for note in box.log.checkpoints()]
    assert counts == [0, 3, 3, 2, 2, 3, 3, 3]


def test_where_all_are_needed_the_board_waits(tmp_path: Path) -> None:
    ballot = SmallBallot(tmp_path, witness_count=2)
    box = ballot.open_box()
    examples.cast(box, ballot.vote(1, YES))
    ballot.witnesses[1].set_back(100)
    sent = line(ballot.vote(2, YES))
    for _ in range(2):
        with pytest.raises(NotWitnessed, match="went back"):
            box.submit([sent], NOON)
    ballot.witnesses[1].set_back(-200)
    assert isinstance(box.submit([sent], NOON)[0], Accepted)
    examples.cast(box, ballot.vote(3, YES))
    assert ballot.finish(box).findings == []


def test_the_same_time_again_is_in_order(tmp_path: Path) -> None:
    """Many checkpoints in one second."""
    ballot = SmallBallot(tmp_path, witness_count=1)
    box = ballot.open_box()
    for voter in (1, 2, 3):
        ballot.witnesses[0].set_back(1)
        examples.cast(box, ballot.vote(voter, YES))
    assert ballot.finish(box).findings == []
