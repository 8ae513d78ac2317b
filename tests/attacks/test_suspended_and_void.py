"""Attacker: the server, or one officer, with whatever keys the mutation needs. Wish: a ballot taken while
everybody else is refused; voting that stops, goes on or ends on one person's word; a result that disappears,
or one that is announced although the ballot was declared void.

Stopped by: [08.36] and [08.37] under check V6, the witnesses' sight of the last entry (V5), and certificates
that say neither more nor less than the board (V20, V21).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.election.box import BoxError, Refused
from quorate.election.teller_files import TellerRefusal
from quorate.election.teller_tally import verify_through_close
from quorate.record.container import Container
from support.ballots import AFTER, NOON, SmallBallot, line
from support.forge import Forge, assert_stopped
from support.void_mutations import BASES, MUTATIONS

YES = [(0, [0])]


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SmallBallot]:
    return {name: make(tmp_path_factory.mktemp(name)) for name, make in BASES.items()}


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_is_stopped_by_its_checks_alone(bases: dict[str, SmallBallot], forge: Forge, name: str) -> None:
    mutation = MUTATIONS[name]
    forgery = forge(bases[mutation.base])
    mutation.do(forgery)
    assert_stopped(forgery, *mutation.checks.split())


def test_the_intake_refuses_what_the_verifier_would(tmp_path: Path) -> None:
    """[08.36] While voting rests no ballot is taken, and the closing time passes without effect."""
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    kept = ballot.vote(1, YES)
    box.submit([line(kept)], NOON)
    with pytest.raises(BoxError, match="voting that was suspended"):
        box.change(ballot.resumption(), NOON)
    box.change(ballot.suspension(), NOON)
    (late,) = box.submit([line(ballot.vote(2, YES))], NOON)
    assert late == Refused("V6", "Voting is suspended.")
    (again,) = box.submit([line(kept)], NOON)
    assert not isinstance(again, Refused), "an answer that was lost is given again"
    with pytest.raises(BoxError, match="no suspend while"):
        box.change(ballot.suspension(), NOON)
    with pytest.raises(BoxError, match="no spoil while"):
        box.change(ballot.spoiled(ballot.credential(2), bytes(32)), NOON)
    with pytest.raises(BoxError, match="suspended"):
        box.close(AFTER)
    with pytest.raises(BoxError, match="past already"):
        box.change(ballot.resumption("2015-12-11T23:00:01Z"), AFTER)
    box.change(ballot.resumption("2015-12-12T23:00:00Z"), AFTER)
    (taken,) = box.submit([line(ballot.vote(2, YES))], AFTER)
    assert not isinstance(taken, Refused)
    box.close(box.closes)
    with pytest.raises(BoxError, match="Voting is not open"):
        box.change(ballot.suspension(), AFTER)


def test_a_resumption_needs_no_later_end(tmp_path: Path) -> None:
    """[08.36] One that comes after the closing time and gives no other ends voting there and then."""
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    box.change(ballot.suspension(), NOON)
    box.change(ballot.resumption(), AFTER)
    (late,) = box.submit([line(ballot.vote(1, YES))], AFTER)
    assert isinstance(late, Refused)
    assert box.phase == "voting"
    box.close(AFTER)
    assert box.phase == "closed"


@pytest.mark.parametrize("closed", [False, True])
def test_void_at_any_time(tmp_path: Path, closed: bool) -> None:
    """[08.37] [11.19] Before or after close: nothing follows, and the record is complete without a result."""
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    box.submit([line(ballot.vote(1, YES))], NOON)
    if closed:
        box.close(AFTER)
    one = ballot.voiding()
    one = type(one)(one.officers[:1], one.phi, one.reason, "void")
    with pytest.raises(BoxError, match="2 distinct officers"):
        box.change(one, NOON)
    index = box.change(ballot.voiding(), NOON)
    for event in (ballot.suspension(), ballot.resumption(), ballot.notice("Sorry"), ballot.voiding()):
        with pytest.raises(BoxError):
            box.change(event, NOON)
    (late,) = box.submit([line(ballot.vote(2, YES))], NOON)
    assert isinstance(late, Refused)
    with pytest.raises(BoxError):
        box.close(AFTER)
    ballot.publish()
    report = ballot.verify(until="tally")
    assert report.ok
    assert report.complete
    assert report.certificate is None
    assert report.void is not None
    assert (report.void.verdict, report.void.board.void, report.void.ballots) == ("void", index, 1)


def test_tellers_decrypt_nothing_of_a_void_ballot(tmp_path: Path) -> None:
    """[08.37] The gate of the teller's tool, with a record that is good in every other way."""
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    box.submit([line(ballot.vote(voter, YES)) for voter in (1, 2, 3)], NOON)
    box.close(AFTER)
    box.change(ballot.voiding("The question was wrong"), AFTER)
    with Container(ballot.publish()) as container, pytest.raises(TellerRefusal, match="question was wrong"):
        verify_through_close(container, ballot.pins, None)
