"""The smallest ballot, from key ceremony to certificate. Read this first.

Three members decide whether to strike; two of three tellers open the result. Everything is real, only small.
Where a step is specified its clause stands behind it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.election.box import Accepted, Refused
from quorate.rules import Outcome, sentences
from support.ballots import AFTER, NOON, SmallBallot, line

YES, NO, BLANK = [(0, [0])], [(0, [1])], [(0, [2])]


def test_three_members_vote_and_anyone_can_check(tmp_path: Path) -> None:
    # Before: three tellers made a key that any two of them can use together [06]; the registrar made a code
    # for each member of the roll and signed the list of their credentials [07.2] to [07.6]. All this stands
    # in a manifest, whose fingerprint phi goes on paper to everybody [08.25].
    ballot = SmallBallot(tmp_path, voters=3, names=("Teller one", "Teller two", "Teller three"), threshold=2)
    assert len(ballot.manifest.phi) == 32

    # Two officers sign the opening, and it becomes the first entry of the public board [08.28].
    box = ballot.open_box()
    assert box.phase == "voting"

    # Each member seals a choice on their own device: encrypted, proved to be a valid one, signed [07.7] to
    # [07.9]. The box checks and sequences it; the answer comes when it is safe on the board [08.16].
    first = ballot.vote(1, YES)
    second = ballot.vote(2, NO)
    answers = box.submit([line(first), line(second)], NOON)
    assert [type(answer) for answer in answers] == [Accepted, Accepted]

    # Member 2 votes again. The new ballot names the one it replaces, and only the last counts [07.12].
    earlier = answers[1]
    assert isinstance(earlier, Accepted)
    again = ballot.vote(2, YES, prev=earlier.tracker)
    assert isinstance(box.submit([line(again)], NOON)[0], Accepted)

    # The server cannot put the older ballot back, nor anyone cast a copy: the chain has gone on. Sending the
    # same ballot once more only gives the same answer.
    assert box.submit([line(second)], NOON) == [earlier]
    stale = box.submit([line(ballot.vote(2, NO, prev=earlier.tracker))], NOON)[0]
    assert isinstance(stale, Refused)
    assert stale.check == "V12"

    # Member 3 leaves it blank: a ballot cast, but neither yes nor no.
    assert isinstance(box.submit([line(ballot.vote(3, BLANK))], NOON)[0], Accepted)

    # Voting closes on time; nothing is taken afterwards [08.30].
    box_answers = box.submit([line(ballot.vote(1, NO))], AFTER)
    assert isinstance(box_answers[0], Refused)

    # Two tellers verify the whole record for themselves, add up what counts, and decrypt the sum, never a
    # ballot [09.1] to [09.8]. The result goes on the board, and the certificate is derived from it.
    report = ballot.finish(box, tellers=(1, 3))

    # Anyone with the record and the pinned fingerprint re-derives the result: twenty-two checks [10],
    # the last of which is for receipts that voters kept.
    assert report.findings == []
    assert report.checked == [f"V{number}" for number in range(1, 22)]
    assert report.certificate is not None
    question = report.certificate.questions[0]
    assert [(votes.id, votes.votes) for votes in question.votes] == [("yes", 2), ("no", 0), ("blank", 1)]

    # Three quarters of all three members are needed, that is all three. Two are not enough.
    decision = question.decision
    assert decision is not None
    assert decision.outcome is Outcome.NOT_CARRIED
    assert (decision.needed, decision.margin) == (3, -1)
    assert "2 members voted yes; 3 were needed: 1 short." in " ".join(sentences(decision))

    # And whoever changes one byte is found out.
    record = ballot.record / "entries.jsonl"
    record.write_bytes(record.read_bytes().replace(b'"totals":[2]', b'"totals":[3]'))
    checks = {finding.check for finding in ballot.verify().findings}
    assert {"V4", "V17"} <= checks


@pytest.mark.parametrize("tellers", [(1, 2), (1, 3), (2, 3), (1, 2, 3)])
def test_any_two_tellers_are_enough(tmp_path: Path, tellers: tuple[int, ...]) -> None:
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    box.submit([line(ballot.vote(voter, YES)) for voter in (1, 2, 3)], NOON)
    report = ballot.finish(box, tellers)
    assert report.ok
    assert report.certificate is not None
    assert report.certificate.questions[0].votes[0].votes == 3
