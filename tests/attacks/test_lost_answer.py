"""Attacker: chance. The answer to a ballot is lost after the ballot went on the board (Estonia), a write
fails, or the process dies; the voter sends again. Wish of an adversary who causes it: two ballots, or
none, or a voter who believes in one that is not there.

Stopped by: the tracker names the ballot, so that the same ballot gives the same answer, whenever it
comes; nothing is acknowledged before it is durable ([08.16], [08.22]).
"""

from __future__ import annotations

import errno
from contextlib import suppress
from pathlib import Path

import pytest

from quorate.board.errors import AppendFailed, CosignFailed, NotWitnessed
from quorate.board.fileops import SystemFileOps
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner, VerifierKey
from quorate.board.log import Log
from quorate.board.note import NoteSignature
from quorate.board.proof import Receipt
from quorate.election.box import Accepted, BallotBox, Refused
from quorate.record.credentials import CredentialIndex
from support.ballots import AFTER, NOON, SmallBallot, line
from support.polls import HONEST, Polls

YES = [(0, [0])]


def test_sending_again_gives_the_same_answer(polls: Polls) -> None:
    sent = line(polls.ballot.vote(1, HONEST))
    first = polls.answer(sent)
    assert isinstance(first, Accepted)
    polls.answer(polls.ballot.vote(2, HONEST))
    assert polls.answer(sent) == first
    receipts = [polls.box.log.receipt(first.index) for _ in range(2)]
    assert receipts[0] == receipts[1]
    assert polls.log.size == 3


def test_sending_again_after_the_close(polls: Polls) -> None:
    """The voter hears that the ballot is on the board, although voting is over; a new one is refused."""
    sent = line(polls.ballot.vote(1, HONEST))
    late = line(polls.ballot.vote(4, HONEST))
    first = polls.answer(sent)
    assert polls.box.submit([sent, late, b"{}"], AFTER) == [
        first,
        Refused("V6", "Voting is not open."),
        polls.box.submit([b"{}"], AFTER)[0],
    ]
    polls.box.submit([line(polls.ballot.vote(voter, HONEST)) for voter in (2, 3)], NOON)
    polls.box.close(AFTER)
    assert polls.box.submit([sent], AFTER) == [first]
    assert isinstance(polls.box.submit([late], AFTER)[0], Refused)


class Flaky(SystemFileOps):
    """Real files; the write with this number fails, before or after it is done."""

    def __init__(self) -> None:
        self.count, self.fail_at, self.done = 0, -1, False

    def _step(self, before: bool) -> None:
        if before:
            self.count += 1
        if self.count == self.fail_at and before != self.done:
            self.fail_at = -1
            raise OSError(errno.EIO, "the disk does not answer")

    def write(self, fd: int, data: bytes, offset: int) -> None:
        self._step(before=True)
        super().write(fd, data, offset)
        self._step(before=False)

    def sync(self, fd: int) -> None:
        self._step(before=True)
        self._step(before=False)

    def rename(self, source: Path, target: Path) -> None:
        self._step(before=True)
        super().rename(source, target)
        self._step(before=False)

    def sync_directory(self, path: Path) -> None:
        pass


def vote_on_a_flaky_disk(
    ballot: SmallBallot, sent: list[bytes], folder: Path, fail_at: int, done: bool
) -> int:
    """Two officers and three voters; the disk fails once; everybody repeats until there is an answer.

    Checks that each answer can be relied upon, and returns the number of writes that there were.
    """
    ops = Flaky()
    log = Log.create(FileStorage(folder, ops=ops), LogSigner(ballot.origin, ballot.log_seed), ballot.origin)
    box = BallotBox(log, ballot.manifest, CredentialIndex.parse(ballot.issue.lines))
    ops.count, ops.fail_at, ops.done = 0, fail_at, done
    with suppress(AppendFailed):
        box.open(ballot.opening())
    answers: dict[bytes, Accepted] = {}
    for data in (*sent, *sent):
        try:
            answer = box.submit([data], NOON)[0]
        except AppendFailed:
            answer = box.submit([data], NOON)[0]  # the voter sends again
        if isinstance(answer, Refused):  # the opening was lost: an officer opens again
            assert answer.check == "V6"
            box.open(ballot.opening())
            answer = box.submit([data], NOON)[0]
        assert isinstance(answer, Accepted)
        assert answers.setdefault(data, answer) == answer, "the same ballot, the same answer"
        receipt = Receipt.parse(log.receipt(answer.index))
        receipt.verify(data, VerifierKey.parse(ballot.manifest.log_key), ballot.manifest.witnesses)
    assert log.entries(1, log.size) == sent
    return ops.count


@pytest.mark.parametrize("done", [False, True], ids=["not written", "written but reported failed"])
def test_every_write_fails_once(tmp_path: Path, done: bool) -> None:
    """[08.22] Whichever write it is: no ballot is lost, none counts twice, and every answer is true."""
    ballot = SmallBallot(tmp_path / "ballot", seed="lost")
    sent = [line(ballot.vote(voter, YES)) for voter in (1, 2, 3)]
    writes = vote_on_a_flaky_disk(ballot, sent, tmp_path / "whole", -1, done)
    assert writes > 20
    for number in range(1, writes + 1):
        vote_on_a_flaky_disk(ballot, sent, tmp_path / str(number), number, done)


def test_process_killed_after_writing(polls: Polls) -> None:
    """The answer was never sent. A new process takes the board up, and knows the ballot."""
    ballot = polls.ballot
    sent = line(ballot.vote(1, HONEST))
    polls.log.append([sent])  # the box died before it could say so
    again = BallotBox(polls.log, ballot.manifest, CredentialIndex.parse(ballot.issue.lines))
    answer = again.submit([sent], NOON)[0]
    assert isinstance(answer, Accepted)
    assert answer.index == 1
    stale = again.submit([line(ballot.vote(1, HONEST))], NOON)[0]
    assert isinstance(stale, Refused)
    assert stale.check == "V12"


def test_no_answer_while_witnesses_are_missing(tmp_path: Path) -> None:
    """[08.16], [08.23] The ballot is on the board for good, but not acknowledged, however often it is
    sent.
    """
    ballot = SmallBallot(tmp_path, witness_count=1)
    box = ballot.open_box()
    witness, silent = ballot.witnesses[0], True
    cosign = witness.signer.cosign

    class Silent:
        key = witness.signer.key

        def cosign(self, text: str, time: int) -> NoteSignature:
            if silent:
                raise CosignFailed("the witness does not answer")
            return cosign(text, time)

    witness.signer = Silent()  # type: ignore[assignment]  # a witness that is away
    sent = line(ballot.vote(1, YES))
    for _ in range(3):
        with pytest.raises(NotWitnessed):
            box.submit([sent], NOON)
    with pytest.raises(NotWitnessed):
        box.submit([sent], AFTER)
    with pytest.raises(NotWitnessed):
        box.receipt(1)
    silent = False
    answer = box.submit([sent], NOON)[0]
    assert isinstance(answer, Accepted)
    assert box.receipt(answer.index)
    assert box.log.size == 2


def test_a_batch_that_fails_changes_nothing(tmp_path: Path) -> None:
    """Nothing was written, so the next ballot of the same voters is a first one again."""
    ops = Flaky()
    ballot = SmallBallot(tmp_path)
    signer = LogSigner(ballot.origin, ballot.log_seed)
    log = Log.create(FileStorage(ballot.board, ops=ops), signer, ballot.origin)
    box = BallotBox(log, ballot.manifest, CredentialIndex.parse(ballot.issue.lines))
    box.open(ballot.opening())
    ops.count, ops.fail_at = 0, 1
    with pytest.raises(AppendFailed):
        box.submit([line(ballot.vote(voter, YES)) for voter in (1, 2, 3)], NOON)
    assert (box.state.ballots, len(box.state.trackers), len(box.state.firsts)) == (0, 0, 0)
    answers = box.submit([line(ballot.vote(voter, YES)) for voter in (3, 1, 2)], NOON)
    assert [answer.index for answer in answers if isinstance(answer, Accepted)] == [1, 2, 3]
