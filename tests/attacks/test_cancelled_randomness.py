"""Attack: members of one unit choose randomness that cancels, so that A of their unit's sum is the identity.

Attacker: all voters of a small unit together. Wish: a sum that tellers cannot decrypt, since its partial
decryption would be the identity and is never transmitted; then the whole ballot has no result. Stopped by:
such a sum hides nothing, and is read as it is [09.3], [09.5]. They gain nothing but that their own unit's
total is public, which it is anyway.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from quorate.crypto.ballot import NO_PREVIOUS
from quorate.crypto.encoding import SHIFT
from quorate.record.container import Container
from quorate.record.entries import Result
from quorate.verify.derive import to_decrypt
from quorate.verify.run import Verification
from support import examples
from support.ballots import Draws, SmallBallot, strike_question
from support.crafted import craft, scalar
from support.forge import Forgery, assert_stopped


def cancelled(folder: Path) -> SmallBallot:
    """Two units with two voters each; the second unit's randomness adds up to zero."""
    ballot = SmallBallot(
        folder,
        voters=4,
        questions=(strike_question(tally="by-unit"),),
        units=("Honest", "Hostile"),
        seed="cancelled",
    )
    box, random = ballot.open_box(), Draws("cancelled")
    r = scalar(random)
    for voter, own in ((2, r), (4, -r)):
        credential = ballot.credential(voter)
        made = craft(ballot.election, credential, NO_PREVIOUS, [(0, [1])], random, rs=[[own]])
        examples.cast(box, made)
    examples.cast(box, ballot.vote(1, [(0, examples.YES)]), ballot.vote(3, [(0, examples.NO)]))
    examples.finish(ballot, box)
    return ballot


def test_the_result_stands_all_the_same(tmp_path: Path) -> None:
    """[09.3] [09.5] Three yes and one no; the hostile unit's two are read without any share."""
    ballot = cancelled(tmp_path)
    with Container(ballot.record) as container:
        run = Verification(container, ballot.pins, until="close")
        run.run()
    hostile = run.state.totals[0, 1, 0]
    assert hostile.a.is_identity()
    assert to_decrypt(run.state.totals) == [(0, 0, 0)]
    certificate = ballot.verify().certificate
    assert certificate is not None
    assert [vote.votes for vote in certificate.questions[0].votes] == [3, 1, 0]
    assert [group.votes for group in certificate.questions[0].groups] == [(1, 1, 0), (2, 0, 0)]


def test_a_false_total_of_such_a_sum_is_found(tmp_path: Path) -> None:
    """[09.7] What needs no share still needs to be true: one of the two yes becomes a no."""
    forgery = Forgery.of(cancelled(tmp_path / "ballot"), tmp_path / "false")

    def moved(result: Result) -> Result:
        honest, hostile = result.questions[0].groups
        false = replace(hostile, totals=(1 + SHIFT,))
        return replace(result, questions=(replace(result.questions[0], groups=(honest, false)),))

    forgery.edit_result(moved)
    assert_stopped(forgery, "V17", where="group 1")
