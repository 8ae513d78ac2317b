"""Attacker: one voter. Wish: a ballot that the box takes and the verifier refuses, so that one vote makes
the whole record worthless; or one that stops the ballots of everybody else.

Stopped by: the box applies the verifier's own checks before it sequences anything; what only shows at the
end of a record (V13) it looks up in what it has taken.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.crypto.batch import BatchVerifier
from quorate.election.box import Accepted, BoxError, Refused
from quorate.group import base_mul
from quorate.record.canonical import RecordError, encode
from quorate.record.entries import Answer, Ballot, Extend, Notice
from quorate.record.manifest import Option, read_manifest
from support import examples
from support.ballots import NOON, Draws, SmallBallot, line, tracker
from support.crafted import craft, scalar
from support.polls import HONEST, Polls


def finishes(polls: Polls) -> None:
    """After the attack: others vote, and the record verifies."""
    examples.cast(polls.box, *(polls.ballot.vote(voter, HONEST) for voter in (4, 5)))
    assert polls.ballot.finish(polls.box).ok


def test_one_ciphertext_twice_in_one_ballot(polls: Polls) -> None:
    """The voter uses one r for two candidates: both proofs are true, and A stands there twice [07.12]."""
    ballot, random = polls.ballot, Draws("twice")
    rs = [[scalar(random)], [scalar(random)] * 4, [scalar(random) for _ in range(3)]]
    answers = [(0, (0,)), (1, (1, 1, 0, 0)), (2, (0, 0, 1))]
    poison = craft(ballot.election, ballot.credential(1), bytes(32), answers, random, rs=rs)
    assert polls.refusal(poison) == "V13"
    finishes(polls)


def test_one_ciphertext_in_two_questions(polls: Polls) -> None:
    ballot, random = polls.ballot, Draws("questions")
    r = scalar(random)
    rs = [[r], [scalar(random) for _ in range(4)], [r, scalar(random), scalar(random)]]
    answers = [(0, (1,)), (1, (0, 0, 0, 1)), (2, (1, 0, 0))]
    poison = craft(ballot.election, ballot.credential(1), bytes(32), answers, random, rs=rs)
    assert polls.refusal(poison) == "V13"
    finishes(polls)


def test_one_ciphertext_in_two_ballots(polls: Polls) -> None:
    """Two credentials in one hand, in one batch and in two; and one credential voting again."""
    ballot, random = polls.ballot, Draws("ballots")
    answers = [(0, (1,)), (1, (0, 0, 0, 1)), (2, (1, 0, 0))]
    rs = [[scalar(random) for _ in values] for _, values in answers]

    def make(voter: int, prev: bytes = bytes(32)) -> Ballot:
        return craft(ballot.election, ballot.credential(voter), prev, answers, random, rs=rs)

    first = make(1)
    batch = polls.box.submit([line(first), line(make(2))], NOON)
    assert [type(answer) for answer in batch] == [Accepted, Refused]
    assert polls.refusal(make(3)) == "V13"
    assert polls.refusal(make(1, tracker(first))) == "V13"
    finishes(polls)


def test_spoiling_what_was_cast_and_casting_what_was_spoiled(polls: Polls) -> None:
    """[07.13] Also with the credential of another voter, who saw the tracker on the public board."""
    ballot = polls.ballot
    cast = ballot.vote(1, HONEST)
    polls.answer(cast)
    for voter in (1, 2):
        with pytest.raises(BoxError, match="cast"):
            polls.box.change(ballot.spoiled(ballot.credential(voter), tracker(cast)), NOON)
    shown = ballot.vote(2, HONEST)
    polls.box.change(ballot.spoiled(ballot.credential(2), tracker(shown)), NOON)
    assert polls.refusal(shown) == "V13"
    with pytest.raises(BoxError, match="once"):
        polls.box.change(ballot.spoiled(ballot.credential(2), tracker(shown)), NOON)
    with pytest.raises(BoxError, match="V13"):
        polls.box.change(
            replace(ballot.spoiled(ballot.credential(3), bytes(32)), tracker=bytes([1] * 32)), NOON
        )
    finishes(polls)


def test_bad_ballots_do_not_take_good_ones_with_them(polls: Polls) -> None:
    """One batch, every second ballot hostile: each good one is taken, each bad one is named [05.12]."""
    ballot, random = polls.ballot, Draws("mixed")
    over = craft(
        ballot.election,
        ballot.credential(1),
        bytes(32),
        [(0, (2,)), (1, (0, 0, 0, 1)), (2, (0, 0, 0))],
        random,
    )
    unsigned = replace(ballot.vote(1, HONEST), signature=bytes(64))
    huge = b'{"answers":[],"credential":"' + b"A" * 100_000 + b'","type":"ballot"}'
    bad = [line(over), line(unsigned), huge, b"[" * 60_000, b""]
    good = [line(ballot.vote(voter, HONEST)) for voter in (1, 2, 3)]
    lines = [*bad[:1], good[0], *bad[1:3], good[1], *bad[3:], good[2]]
    answers = polls.box.submit(lines, NOON)
    kinds = [answer.check if isinstance(answer, Refused) else "taken" for answer in answers]
    assert kinds == ["V11", "taken", "V10", "V1", "taken", "V1", "V1", "taken"]
    finishes(polls)


def test_questions_whose_ballot_would_not_fit_on_the_board(tmp_path: Path) -> None:
    """[08.2], [08.26] Else no ballot could be taken at all, and each would stop its batch."""
    hall = replace(examples.hall_question(), electorate=None, rule=None)
    for options, fits in ((150, True), (200, False), (1000, False), (1001, False)):
        many = replace(hall, options=tuple(Option(f"o{n}", f"Hall number {n}") for n in range(options)))
        manifest = replace(SmallBallot(tmp_path).manifest, questions=(many,))
        if fits:
            assert read_manifest(encode(manifest)) == manifest
        else:
            with pytest.raises(RecordError, match="bytes|options"):
                read_manifest(encode(manifest))


def test_the_largest_ballot_that_is_allowed_can_be_cast(tmp_path: Path) -> None:
    hall = replace(examples.hall_question(), electorate=None, rule=None)
    many = replace(hall, options=tuple(Option(f"o{n}", f"Hall number {n}") for n in range(165)))
    ballot = SmallBallot(tmp_path, questions=(many,))
    polls = Polls(ballot, ballot.open_box())
    largest = ballot.vote(1, [(0, [164])])
    assert 64_000 < len(line(largest)) <= 65_535
    assert isinstance(polls.answer(largest), Accepted)


def test_odd_sets_of_questions_fill_no_memory() -> None:
    """Whoever sends every subset of the questions, unsigned, does not make the verifier remember them all."""
    manifest_questions = (examples.board_question().encoding,) * 12
    verifier = BatchVerifier(bytes(32), base_mul(scalar(Draws("key"))).to_bytes(), manifest_questions)
    for subset in range(1, 1200):
        answers = tuple(Answer((), (), q) for q in range(12) if subset >> q & 1)
        empty = Ballot(answers, bytes(32), bytes(32), bytes(32), bytes(64), "ballot")
        assert verifier.verify([empty], bytes).faults[0].kind == "binding"
    assert len(verifier._plans) < 300


def test_events_that_no_verifier_would_read(polls: Polls) -> None:
    """Two officers sign a reason that is empty, has a line break or is too long, or a notice that is a
    book.
    """
    later = "2015-12-11T23:00:01Z"
    events: list[Extend | Notice] = [
        polls.ballot.extension(later, ""),
        polls.ballot.extension(later, "a\nb"),
        polls.ballot.extension(later, "a" * 501),
        polls.ballot.notice("a" * 20_001),
        polls.ballot.notice("\x01" * 15_000),
    ]
    for event in events:
        with pytest.raises(BoxError, match="reason|text|bytes"):
            polls.box.change(event, NOON)
    assert polls.log.size == 1
    polls.box.change(polls.ballot.extension(later, "The post was late"), NOON)
    finishes(polls)
