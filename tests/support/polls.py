"""A running ballot to send hostile ballots to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from quorate.board.log import Log
from quorate.election.box import Accepted, BallotBox, Refused
from quorate.record.entries import Ballot
from support import examples
from support.ballots import NOON, SmallBallot, line, strike_question

HONEST = [(0, [0]), (1, [0, 2]), (2, [1])]
"""A choice on each question of `Polls` that is allowed."""


@dataclass
class Polls:
    """Three questions: yes, no or blank; up to two of three, or blank; one of four. Five members."""

    ballot: SmallBallot
    box: BallotBox

    @classmethod
    def open(cls, folder: Path) -> Polls:
        """Open voting on a new board."""
        hall = replace(examples.hall_question(), electorate=None)
        questions = (strike_question(), examples.board_question(), hall)
        ballot = SmallBallot(folder, voters=5, questions=questions, seed="polls")
        return cls(ballot, ballot.open_box())

    @property
    def log(self) -> Log:
        """The board."""
        if self.ballot.log is None:
            raise AssertionError("voting is not open")
        return self.ballot.log

    def answer(self, ballot: Ballot | bytes, now: datetime = NOON) -> Accepted | Refused:
        """What the box says to one ballot. What it refuses must leave the board alone."""
        before = self.log.size
        data = ballot if isinstance(ballot, bytes) else line(ballot)
        answer = self.box.submit([data], now)[0]
        if isinstance(answer, Refused) and (self.log.size != before or not answer.reason):
            raise AssertionError("a refusal changed the board, or does not say why")
        return answer

    def refusal(self, ballot: Ballot | bytes) -> str:
        """The check that refuses a ballot; AssertionError when it is taken."""
        answer = self.answer(ballot)
        if isinstance(answer, Refused):
            return answer.check
        raise AssertionError(f"the ballot was taken as entry {answer.index}")
