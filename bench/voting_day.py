"""The 2015 strike authorisation at full size, as `quorate demo` replays it: how long its parts take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Final

from bench.figures import Results, at_most, cpu_seconds
from quorate.cli.replay_local import LocalReplay
from quorate.cli.scenario import load, scale
from quorate.crypto.encoding import SHIFT, Encoding
from quorate.crypto.tally import find_totals
from quorate.election.box import BallotBox
from quorate.election.registrar import Issue
from quorate.group import Scalar, base_mul
from quorate.record.container import ENTRIES, Container
from quorate.record.entries import is_ballot
from quorate.record.manifest import Manifest

MEMBERS: Final = 27_000


@dataclass
class Watch:
    """An observer that shows which step a replay has reached."""

    tell: Callable[[str], None]

    def say(self, text: str) -> None:
        """A line of the story: of no interest here."""

    def step(self, name: str, total: int) -> Callable[[int], None]:
        """A step begins."""
        self.tell(f"    {name}: {total:,}")
        return lambda _done: None


class TimedReplay(LocalReplay):
    """A replay that looks at its watch as voting begins and ends, and as the closing entry is due."""

    def vote(self, manifest: Manifest, box: BallotBox, issue: Issue) -> None:
        start = perf_counter()
        super().vote(manifest, box, issue)
        self.voting = perf_counter() - start
        self.ballots = box.state.ballots

    def close(self, box: BallotBox) -> None:
        self.closing = perf_counter()
        super().close(box)


def measure(results: Results, folder: Path, members: int, workers: int) -> Path:
    """Replay with `members` eligible voters on `workers` cores; returns the finished public record."""
    story = load("strike-2015")
    stage = story.stages[0]
    figures = scale(stage.figures, members, stage.figures.eligible)
    replay = TimedReplay(story, stage, figures, folder, Watch(results.say), workers)
    replay.run()
    seconds = perf_counter() - replay.closing
    results.add(
        "cast_per_s",
        "ballots/s",
        replay.ballots / replay.voting,
        "ballots made from their codes, verified, put on the board durably, receipts made and checked; "
        f"{workers} cores",
    )
    results.add(
        "close_to_certificate_s",
        "s",
        seconds,
        f"{members:,} members: closing entry, closing fingerprint, three tellers who each verify everything "
        f"in a process of their own and decrypt, the server's checks, result, certificate; {workers} cores",
        at_most(15),
    )
    lines = ballot_lines(replay.record)
    results.add(
        "ballot_bytes",
        "bytes",
        sum(map(len, lines)) / len(lines) + 1,
        "one line of entries.jsonl: a ballot with one question and three outcomes",
        at_most(1100),
    )
    encoding = Encoding(options=2, blank=True)
    yes, no = figures.yes, figures.no
    point = base_mul(Scalar.from_int(yes + no * SHIFT))
    results.add(
        "find_totals_s",
        "s",
        [cpu_seconds(lambda: find_totals(encoding, [point], figures.cast)) for _ in range(3)],
        f"the totals behind the decrypted point of {figures.cast:,} ballots: one core",
    )
    return replay.record


def ballot_lines(record: Path) -> list[bytes]:
    """The lines of all ballots of a record."""
    with Container(record) as container:
        return [line for _offset, line in container.lines(ENTRIES) if is_ballot(line)]
