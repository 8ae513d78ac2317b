"""Whatever is thrown at the box, in whatever order: the record that comes out verifies.

The box and the verifier share their checks, but the box must foresee what only shows at the end of a
record. So random voters, officers and attackers act here, and a ledger of the test's own says what must
be counted.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from quorate.crypto.credential import Credential
from quorate.election.box import Accepted, BallotBox, BoxError
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Ballot
from support.ballots import NOON, SmallBallot, line, strike_question, tracker
from support.crafted import craft, resigned, scalar
from support.examples import board_question

VOTERS = 6


@dataclass
class Chaos:
    """One random history."""

    ballot: SmallBallot
    box: BallotBox
    draw: random.Random
    last: dict[bytes, Ballot] = field(default_factory=dict)
    """The ballot that counts, by credential."""
    seen: list[Ballot] = field(default_factory=list)
    holders: dict[int, Credential] = field(default_factory=dict)
    choice: dict[bytes, int] = field(default_factory=dict)
    seconds: int = 0

    def voter(self) -> tuple[int, Credential]:
        number = self.draw.randint(1, VOTERS)
        return number, self.holders.setdefault(number, self.ballot.credential(number))

    def prev(self, credential: Credential) -> bytes:
        ballot = self.last.get(credential.public)
        return tracker(ballot) if ballot else bytes(32)

    def take(self, ballot: Ballot, choice: int | None) -> None:
        """Send a ballot; if it is new and taken, it is the one that counts."""
        known = {tracker(old) for old in self.seen}
        answer = self.box.submit([line(ballot)], NOON)[0]
        if isinstance(answer, Accepted) and tracker(ballot) not in known:
            assert choice is not None, "a hostile ballot was taken"
            self.last[ballot.credential] = ballot
            self.choice[ballot.credential] = choice
            self.seen.append(ballot)

    def vote(self) -> None:
        _, credential = self.voter()
        choice = self.draw.randint(0, 2)
        answers = [(0, [choice]), (1, self.draw.choice([[], [0], [1, 2], [3]]))]
        self.take(self.ballot.vote_as(credential, answers, self.prev(credential)), choice)

    def vote_on_something_else(self) -> None:
        _, credential = self.voter()
        prev = self.draw.choice([bytes(32), bytes([9] * 32), *(tracker(old) for old in self.seen)])
        good = prev == self.prev(credential)
        ballot = self.ballot.vote_as(credential, [(0, [0]), (1, [0])], prev)
        self.take(ballot, 0 if good else None)

    def send_an_old_one(self) -> None:
        if self.seen:
            self.take(self.draw.choice(self.seen), None)

    def copy_another(self) -> None:
        if self.seen:
            _, credential = self.voter()
            victim = self.draw.choice(self.seen)
            if victim.credential != credential.public:
                copy = resigned(
                    self.ballot.election, victim, credential, self.ballot.random, prev=self.prev(credential)
                )
                self.take(copy, None)

    def vote_too_much(self) -> None:
        _, credential = self.voter()
        values = self.draw.choice([[(0, [2]), (1, [0, 0, 0, 1])], [(0, [1]), (1, [1, 1, 1, 0])]])
        evil = craft(self.ballot.election, credential, self.prev(credential), values, self.ballot.random)
        self.take(evil, None)

    def repeat_a_ciphertext(self) -> None:
        _, credential = self.voter()
        r = scalar(self.ballot.random)
        rs = [[r], [r, *(scalar(self.ballot.random) for _ in range(3))]]
        values = [(0, [1]), (1, [1, 0, 0, 0])]
        twin = craft(
            self.ballot.election, credential, self.prev(credential), values, self.ballot.random, rs=rs
        )
        self.take(twin, None)

    def change(self, *events: object) -> bool:
        try:
            for event in events:
                self.box.change(event, NOON)  # type: ignore[arg-type]  # all are events
        except BoxError:
            return False
        return True

    def spoil(self) -> None:
        _, credential = self.voter()
        target = self.draw.choice([self.ballot.random(32), *(tracker(old) for old in self.seen)])
        self.change(self.ballot.spoiled(credential, target))

    def show_and_cast(self) -> None:
        """A ballot is opened to check the device, and somebody tries to cast it all the same."""
        _, credential = self.voter()
        shown = self.ballot.vote_as(credential, [(0, [1]), (1, [1])], self.prev(credential))
        if self.change(self.ballot.spoiled(credential, tracker(shown))):
            self.take(shown, None)

    def replace_a_code(self) -> None:
        number, old = self.voter()
        before = list(self.ballot.changes)
        try:
            entry, new = self.ballot.reissue(number)
        except ValueError:  # revoked
            return
        if self.change(entry):
            self.last.pop(old.public, None)
            self.holders[number] = new
        else:
            self.ballot.changes[:] = before
        if self.draw.random() < 0.3:
            assert not self.change(entry), "a re-issue was taken twice"

    def revoke_a_code(self) -> None:
        number, old = self.voter()
        if len(self.ballot.changes) < 3:
            try:
                entry = self.ballot.revocation(number)
            except ValueError:
                return
            if self.change(entry):
                self.last.pop(old.public, None)

    def extend(self) -> None:
        self.seconds = min(self.seconds + 1, 50)
        closes = f"2015-12-11T23:00:{self.draw.choice([self.seconds, 0, self.seconds // 2]):02}Z"
        self.change(self.ballot.extension(closes))

    def notify(self) -> None:
        self.change(
            self.ballot.notice(self.draw.choice(["Good morning.", "", "\U0001f5f3", "\x01" * 20_001]))
        )

    def send_rubbish(self) -> None:
        lines = [
            b"",
            b"{}",
            b"[" * 40_000,
            b'{"type":"ballot"}',
            line(self.seen[0])[:-1] if self.seen else b"x",
        ]
        answers = self.box.submit(lines, NOON)
        assert not any(isinstance(answer, Accepted) for answer in answers)

    def restart(self) -> None:
        log = self.ballot.log
        assert log is not None
        log.recover()
        self.box = BallotBox(log, self.ballot.manifest, CredentialIndex.parse(self.ballot.issue.lines))


STEPS: tuple[Callable[[Chaos], None], ...] = (
    *[Chaos.vote] * 4,
    Chaos.vote_on_something_else,
    Chaos.send_an_old_one,
    Chaos.copy_another,
    Chaos.vote_too_much,
    Chaos.repeat_a_ciphertext,
    Chaos.spoil,
    Chaos.show_and_cast,
    Chaos.replace_a_code,
    Chaos.revoke_a_code,
    Chaos.extend,
    Chaos.notify,
    Chaos.send_rubbish,
    Chaos.restart,
)


@pytest.mark.parametrize("seed", range(4))
def test_the_record_of_any_history_verifies(tmp_path: Path, seed: int) -> None:
    ballot = SmallBallot(
        tmp_path, voters=VOTERS, questions=(strike_question(), board_question()), seed=f"chaos {seed}"
    )
    chaos = Chaos(ballot, ballot.open_box(), random.Random(seed))  # noqa: S311  # which step, not a secret
    for _ in range(50):
        chaos.draw.choice(STEPS)(chaos)
    while len(chaos.last) < 2:
        chaos.vote()
    chaos.restart()
    report = ballot.finish(chaos.box)
    assert report.findings == []
    assert report.certificate is not None
    choices = [chaos.choice[credential] for credential in chaos.last]
    counted = [votes.votes for votes in report.certificate.questions[0].votes]
    assert counted == [choices.count(choice) for choice in range(3)]
