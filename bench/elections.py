"""Ballots to measure with: one election of any size through its close, made with the real parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from quorate.cli.processes import seal_ahead, voters
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.box import Accepted
from quorate.record.canonical import encode
from support.ballots import AFTER, NOON, SmallBallot

BATCH = 1024
Tell = Callable[[int], None]


def prepare(folder: Path, members: int) -> SmallBallot:
    """Five tellers, three of whom open the result; `members` who may vote; one question: yes, no or blank."""
    names = tuple(f"Teller {i}" for i in range(1, 6))
    return SmallBallot(folder, voters=members, names=names, threshold=3, seed=f"bench {members}")


def seal(election: SmallBallot, workers: int) -> Iterator[list[bytes]]:
    """The sealed ballots of all members in batches, a third each for yes, no and blank."""
    votes = [(sent.code, i % 3, NO_PREVIOUS) for i, sent in enumerate(election.issue.deliveries)]
    batches = [votes[i : i + BATCH] for i in range(0, len(votes), BATCH)]
    with voters(workers, encode(election.manifest)) as pool:
        yield from seal_ahead(pool, batches, 2 * workers)


def through_close(folder: Path, members: int, workers: int, tell: Tell = lambda _n: None) -> SmallBallot:
    """An election in which every member cast one ballot, closed and published."""
    election = prepare(folder, members)
    box = election.open_box()
    done = 0
    for lines in seal(election, workers):
        answers = box.submit(lines, NOON)
        if not all(isinstance(answer, Accepted) for answer in answers):
            raise RuntimeError("a ballot of the benchmark was refused")
        done += len(lines)
        tell(done)
    box.close(AFTER)
    election.publish()
    return election
