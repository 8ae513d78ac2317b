"""One ballot of a scenario, replayed with the real parts: roll, codes, ceremony, ballots, tally, certificate.

Tellers run as processes of their own in their own folders; voters' programs run in a pool of processes. Time
is the scenario's. Where the ballots go is said by a subclass: to a box in this process (`LocalReplay`), or
over HTTP to a running site (`quorate.cli.replay_site`).
"""

from __future__ import annotations

import csv
import io
import json
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from quorate.cli.processes import ReplayFailed, TellerProcesses, Vote, run_quorate, start_quorate
from quorate.cli.scenario import Figures, Scenario, StageData
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.registrar import Eligible, Issue, issue_codes, new_key
from quorate.record.canonical import instant
from quorate.record.entries import Share, read_entry
from quorate.record.manifest import Manifest, Stage
from quorate.roll import FrozenRoll
from quorate.text import _
from quorate.verify.findings import Report

TELLERS, THRESHOLD = 5, 3
GROUP_LIMIT = 5
B = TypeVar("B")

Cast = Callable[[Sequence[Vote], Callable[[int], None], float, float], list[bytes]]
"""Casts votes, telling how many are done, between two points of the voting time (0 to 1); the trackers."""


class Observer(Protocol):
    """Watches a replay; makes progress bars of it, or nothing."""

    def say(self, text: str) -> None:
        """A line of the story."""

    def step(self, name: str, total: int) -> Callable[[int], None]:
        """A step with `total` things to do begins; call the answer with the number done so far."""


@dataclass
class Replay(ABC, Generic[B]):
    """One stage, in a folder: `public/` is what everybody sees, the other folders belong to one
    party each. `B` is what takes the ballots.
    """

    scenario: Scenario
    stage: StageData
    figures: Figures
    folder: Path
    observer: Observer
    workers: int
    previous: Stage | None = None
    ballot_id: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.ballot_id = secrets.token_bytes(32)
        self.ceremony_folder = self.folder / "public" / "ceremony"
        self.pins = self.folder / "public" / "pins.json"
        self.tellers = TellerProcesses(self.folder, range(1, TELLERS + 1), self.workers)

    def run(self) -> Report:
        """All steps in order; returns the report of the verification that the result stands on."""
        self.folder.mkdir(parents=True, exist_ok=True)
        roll = self.freeze_roll()
        issue = self.make_codes(roll)
        self.hold_ceremony()
        manifest = self.draft(roll, issue)
        tell = self.observer.step(_("Tellers approve the ballot"), TELLERS)
        self.tellers.all("approve", str(self.record), extra=lambda i: ["--yes"])
        tell(TELLERS)
        box = self.open(manifest, issue)
        self.vote(manifest, box, issue)
        self.close(box)
        self.tally(manifest, box)
        return self.certify()

    # What takes the ballots says these.

    @property
    @abstractmethod
    def record(self) -> Path:
        """The public record, as tellers read it."""

    @abstractmethod
    def freeze_roll(self) -> FrozenRoll:
        """Import the roll that a membership office exports, and freeze it."""

    @abstractmethod
    def draft(self, roll: FrozenRoll, issue: Issue) -> Manifest:
        """Fix everything before opening, under one fingerprint, and publish it with the pins."""

    @abstractmethod
    def open(self, manifest: Manifest, issue: Issue) -> B:
        """Two officers sign the opening, and the board begins with it."""

    @abstractmethod
    def voters(self, manifest: Manifest, box: B) -> AbstractContextManager[Cast]:
        """Voters' programs, each of which gets a receipt for every ballot and checks it."""

    @abstractmethod
    def close(self, box: B) -> None:
        """The closing time has passed."""

    @abstractmethod
    def count(self, manifest: Manifest, box: B, shares: Sequence[bytes]) -> None:
        """Check the tellers' shares and add the result."""

    @abstractmethod
    def certify(self) -> Report:
        """Publish the certificate that the record proves, and say how that was verified."""

    # Before voting.

    def roll_file(self) -> bytes:
        """A roll as a membership office would export it."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("Member number", "Name"))
        rows.writerows((f"{n:06}", f"Member {n:06}") for n in range(1, self.figures.eligible + 1))
        source = self.folder / "office" / "roll.csv"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text.getvalue(), encoding="utf-8")
        return source.read_bytes()

    def make_codes(self, roll: FrozenRoll) -> Issue:
        """The registrar makes a code for each member and signs the credential list."""
        tell = self.observer.step(_("Registrar makes voting codes"), roll.count)
        people = [Eligible(voter.member_number, voter.name) for voter in roll.voters]
        return issue_codes(
            new_key(secrets.token_bytes),
            self.ballot_id,
            roll.fingerprint,
            people,
            secrets.token_bytes,
            lambda made: tell(made) if made % 500 == 0 or made == roll.count else None,
        )

    def hold_ceremony(self) -> None:
        """Five tellers, each a process with a folder of its own, make the key in three rounds, and
        rehearse.
        """
        shared = str(self.ceremony_folder)
        tell = self.observer.step(_("Tellers make the key (five processes)"), 6 * TELLERS)
        names = [f"--name={_('Teller')} {i}" for i in range(1, TELLERS + 1)]
        run_quorate(
            "teller",
            "new",
            shared,
            "--ballot-id",
            self.ballot_id.hex(),
            "--threshold",
            str(THRESHOLD),
            *names,
        )
        self.tellers.all("round1", shared, extra=lambda i: ["--teller", str(i)])
        tell(TELLERS)
        spoken = run_quorate("teller", "fingerprint", shared).strip()
        self.tellers.all("round2", shared, extra=lambda i: ["--fingerprint", spoken])
        tell(2 * TELLERS)
        self.tellers.all("round3", shared)
        tell(3 * TELLERS)
        self.tellers.all("backup", extra=lambda i: [str(self.tellers.folder(i) / "backup.json")])
        tell(4 * TELLERS)
        self.tellers.all(
            "rehearse", shared, extra=lambda i: ["--backup", str(self.tellers.folder(i) / "backup.json")]
        )
        tell(5 * TELLERS)
        run_quorate("teller", "finish", shared)
        tell(6 * TELLERS)

    def derived(self) -> tuple[str, ...]:
        if self.figures == self.stage.figures:
            return self.stage.derived
        scaled = _("scaled from {n} eligible voters by largest remainder").format(
            n=self.stage.figures.eligible
        )
        return (*self.stage.derived, scaled)

    # Voting.

    def vote(self, manifest: Manifest, box: B, issue: Issue) -> None:
        """Members vote in a random order; some vote again. Each gets a receipt, and checks it."""
        f = self.figures
        order = list(range(f.eligible))
        secrets.SystemRandom().shuffle(order)
        choices = [0] * f.yes + [1] * f.no + [2] * f.blank
        codes = [issue.deliveries[member].code for member in order[: f.cast]]
        again = min(f.cast, 250, max(1, f.cast // 100)) if f.cast else 0
        with self.voters(manifest, box) as cast:
            first = [(codes[i], (choices[i] + 1) % 2, NO_PREVIOUS) for i in range(again)]
            tell = self.observer.step(_("Some vote, and will vote again"), again)
            trackers = cast(first, tell, 0.0, 0.2)
            rest = [(codes[i], choices[i], trackers[i] if i < again else NO_PREVIOUS) for i in range(f.cast)]
            secrets.SystemRandom().shuffle(rest)
            tell = self.observer.step(self.casting_words, f.cast)
            cast(rest, tell, 0.2, 0.99)

    @property
    def casting_words(self) -> str:
        """How the step is called in which most votes are cast."""
        return _("Ballots sealed, cast, receipts checked")

    def time_at(self, share: float) -> datetime:
        """A moment of the voting time: 0 is its beginning, 1 its end."""
        opens, closes = instant(self.stage.opens), instant(self.stage.closes)
        return opens + timedelta(seconds=int((closes - opens).total_seconds() * share))

    # After voting.

    def tally(self, manifest: Manifest, box: B) -> None:
        """Three tellers verify for themselves and decrypt; the server checks their shares and adds
        the result.
        """
        tell = self.observer.step(_("Three tellers verify everything and decrypt"), THRESHOLD + 1)
        spoken = run_quorate("teller", "closing", str(self.record), "--pins", str(self.pins)).strip()
        tell(1)
        inbox = self.folder / "public" / "shares"
        inbox.mkdir(exist_ok=True)
        working = [1, 3, 5]
        self.tellers.all(
            "decrypt",
            str(self.record),
            extra=lambda i: [str(inbox / f"share-{i}.json"), "--pins", str(self.pins), "--closing", spoken],
            who=working,
            tell=lambda n: tell(1 + n),
        )
        self.count(manifest, box, [(inbox / f"share-{i}.json").read_bytes() for i in working])

    @property
    def published(self) -> Path:
        """The finished public record, as anybody has it."""
        return self.record

    def verify_apart(self) -> tuple[int, dict[str, object]]:
        """A separate process verifies the public record against the pins; its exit code and findings."""
        done = start_quorate("verify", str(self.published), "--pins", str(self.pins), "--json")
        output, error = done.communicate()
        try:
            findings: dict[str, object] = json.loads(output)
        except ValueError:
            raise ReplayFailed(_("quorate verify did not answer: {why}").format(why=error.strip())) from None
        return done.returncode, findings


def share_of(line: bytes, where: str) -> Share:
    """A teller's share from its file; ReplayFailed when it is none."""
    entry = read_entry(line.removesuffix(b"\n"), where)
    if not isinstance(entry, Share):
        raise ReplayFailed(_("{name} is not a share").format(name=where))
    return entry
