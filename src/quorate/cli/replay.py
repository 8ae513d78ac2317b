"""One ballot of a scenario, replayed with the real parts: roll, codes, ceremony, ballots, tally, certificate.

Tellers run as processes of their own in their own folders; voters seal in a pool of processes; the box and
the log are those of a server. Time is the scenario's: the box is told when ballots arrive.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from quorate import __version__
from quorate.board.checkpoint import NO_WITNESSES
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.cli.processes import (
    ReplayFailed,
    TellerProcesses,
    check_receipts,
    run_quorate,
    seal_ahead,
    start_quorate,
    voters,
)
from quorate.cli.scenario import Figures, Scenario, StageData
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.box import Accepted, BallotBox
from quorate.election.folder import pins_of, write, write_base, write_board, write_certificate
from quorate.election.officer import OfficerKey, sign_event
from quorate.election.registrar import Eligible, Issue, issue_codes, new_key
from quorate.election.tally import check_share, make_result
from quorate.election.teller_tally import verify_through_close
from quorate.files import write_whole
from quorate.record.canonical import encode, instant
from quorate.record.ceremony import check_ceremony
from quorate.record.container import CEREMONY, MANIFEST, Container
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Open, Share, read_entry
from quorate.record.manifest import (
    Blank,
    Credentials,
    Facts,
    Manifest,
    Option,
    Provenance,
    Question,
    Roll,
    Software,
    Stage,
    Tellers,
    Window,
    read_manifest,
)
from quorate.roll import FrozenRoll, freeze, read_roll
from quorate.text import _
from quorate.verify.findings import Report
from quorate.verify.run import verify

TELLERS, THRESHOLD = 5, 3
GROUP_LIMIT = 5
_BATCH = 512


class Observer(Protocol):
    """Watches a replay; makes progress bars of it, or nothing."""

    def say(self, text: str) -> None:
        """A line of the story."""

    def step(self, name: str, total: int) -> Callable[[int], None]:
        """A step with `total` things to do begins; call the answer with the number done so far."""


@dataclass
class Replay:
    """One stage, in a folder: `public/` is what everybody sees, the other folders belong to one
    party each.
    """

    scenario: Scenario
    stage: StageData
    figures: Figures
    folder: Path
    observer: Observer
    workers: int
    previous: Stage | None = None
    officers: tuple[OfficerKey, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.ballot_id = secrets.token_bytes(32)
        self.origin = f"quorate.invalid/{self.ballot_id.hex()[:32]}"
        self.officers = tuple(
            OfficerKey(name, secrets.token_bytes(32)) for name in (_("First officer"), _("Second officer"))
        )
        self.log_seed = secrets.token_bytes(32)
        self.record = self.folder / "public" / "record"
        self.ceremony_folder = self.folder / "public" / "ceremony"
        self.pins = self.folder / "public" / "pins.json"
        self._tellers = TellerProcesses(self.folder, range(1, TELLERS + 1), self.workers)

    def run(self) -> Report:
        """All steps in order; returns the report of the last verification in this process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        roll = self.freeze_roll()
        issue = self.make_codes(roll)
        self.hold_ceremony()
        manifest = self.draft(roll, issue)
        box = self.open(manifest, issue)
        self.vote(manifest, box, issue)
        self.close(box)
        self.tally(manifest, box)
        return self.certify()

    # Before voting.

    def freeze_roll(self) -> FrozenRoll:
        """Write a roll as a membership office would export it, then import and freeze it like any other."""
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("Member number", "Name"))
        rows.writerows((f"{n:06}", f"Member {n:06}") for n in range(1, self.figures.eligible + 1))
        source = self.folder / "office" / "roll.csv"
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(text.getvalue(), encoding="utf-8")
        tell = self.observer.step(_("Roll imported and frozen"), self.figures.eligible)
        frozen = freeze(read_roll(source.read_bytes()).members, secrets.token_bytes(32))
        write_whole(self.folder / "office" / "roll.frozen.jsonl", frozen.to_bytes(), private=True)
        tell(frozen.count)
        return frozen

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
        self._tellers.all("round1", shared, extra=lambda i: ["--teller", str(i)])
        tell(TELLERS)
        spoken = run_quorate("teller", "fingerprint", shared).strip()
        self._tellers.all("round2", shared, extra=lambda i: ["--fingerprint", spoken])
        tell(2 * TELLERS)
        self._tellers.all("round3", shared)
        tell(3 * TELLERS)
        self._tellers.all("backup", extra=lambda i: [str(self._tellers.folder(i) / "backup.json")])
        tell(4 * TELLERS)
        self._tellers.all(
            "rehearse", shared, extra=lambda i: ["--backup", str(self._tellers.folder(i) / "backup.json")]
        )
        tell(5 * TELLERS)
        run_quorate("teller", "finish", shared)
        tell(6 * TELLERS)

    def draft(self, roll: FrozenRoll, issue: Issue) -> Manifest:
        """Everything that is fixed before opening, under one fingerprint; every teller approves it."""
        ceremony = (self.ceremony_folder / CEREMONY).read_bytes().removesuffix(b"\n")
        verified = check_ceremony(ceremony)
        stage, signed = self.stage, issue.signed
        blank = Blank(stage.blank.kind, stage.blank.label) if stage.blank else None
        question = Question(
            blank=blank,
            documents=(),
            electorate=None,
            facts=Facts(None, None),
            id=stage.id,
            maximum=None,
            minimum=None,
            options=(Option("yes", stage.yes), Option("no", stage.no)),
            rule=self.scenario.rule(stage),
            tally="all",
            text=stage.question,
        )
        manifest = Manifest(
            ballot_id=self.ballot_id,
            ballot_key=verified.ballot_key.to_bytes(),
            body=stage.body,
            contact=_("This is a replay; there is nobody to call."),
            credentials=Credentials(
                signed.count, "offline", signed.registrar_key, signed.root, signed.signature
            ),
            format=1,
            group_limit=GROUP_LIMIT,
            log_key=str(LogSigner(self.origin, self.log_seed).key),
            officers=tuple(officer.public for officer in self.officers),
            organisation=self.scenario.organisation,
            organisation_key=None,
            origin=self.origin,
            previous=self.previous,
            provenance=Provenance(self._derived(), "replay", self.scenario.source),
            questions=(question,),
            roll=Roll(roll.count, roll.fingerprint),
            software=Software(None, __version__),
            suite="quorate/1 ristretto255 sha512",
            tellers=Tellers(hashlib.sha256(ceremony).digest(), verified.names, THRESHOLD),
            title=stage.title,
            units=(),
            window=Window(stage.closes, stage.opens, self.scenario.zone),
            witnesses=NO_WITNESSES,
        )
        write_base(self.record, manifest, issue.lines, ceremony)
        write(self.pins, encode(pins_of(manifest)))
        tell = self.observer.step(_("Tellers approve the ballot"), TELLERS)
        self._tellers.all("approve", str(self.record), extra=lambda i: ["--yes"])
        tell(TELLERS)
        return manifest

    def _derived(self) -> tuple[str, ...]:
        if self.figures == self.stage.figures:
            return self.stage.derived
        scaled = _("scaled from {n} eligible voters by largest remainder").format(
            n=self.stage.figures.eligible
        )
        return (*self.stage.derived, scaled)

    # Voting.

    def open(self, manifest: Manifest, issue: Issue) -> BallotBox:
        """Two officers sign the opening, and the board begins with it."""
        signer = LogSigner(self.origin, self.log_seed)
        storage = FileStorage(self.folder / "server" / "board")
        log = Log.create(storage, signer, self.origin)
        box = BallotBox(log, manifest, CredentialIndex.parse(issue.lines))
        box.open(sign_event(Open((), manifest.phi, "open"), manifest.officers, self.officers))
        return box

    def vote(self, manifest: Manifest, box: BallotBox, issue: Issue) -> None:
        """Members vote in a random order; some vote again. Each gets a receipt, and checks it."""
        f = self.figures
        order = list(range(f.eligible))
        secrets.SystemRandom().shuffle(order)
        choices = [0] * f.yes + [1] * f.no + [2] * f.blank
        codes = [issue.deliveries[member].code for member in order[: f.cast]]
        again = min(f.cast, 250, max(1, f.cast // 100)) if f.cast else 0
        with voters(self.workers, encode(manifest)) as pool:
            first = [(codes[i], (choices[i] + 1) % 2, NO_PREVIOUS) for i in range(again)]
            tell = self.observer.step(_("Some vote, and will vote again"), again)
            trackers = self._cast(manifest, box, pool, first, tell, 0.0, 0.2)
            rest = [(codes[i], choices[i], trackers[i] if i < again else NO_PREVIOUS) for i in range(f.cast)]
            secrets.SystemRandom().shuffle(rest)
            tell = self.observer.step(_("Ballots sealed, cast, receipts checked"), f.cast)
            self._cast(manifest, box, pool, rest, tell, 0.2, 0.99)

    def _cast(
        self,
        manifest: Manifest,
        box: BallotBox,
        pool: ProcessPoolExecutor,
        votes: Sequence[tuple[str, int, bytes]],
        tell: Callable[[int], None],
        start: float,
        end: float,
    ) -> list[bytes]:
        """Seal in the pool, sequence here, and have the voters' programs check every receipt."""
        opens, closes = instant(manifest.window.opens), instant(manifest.window.closes)
        batches = [votes[i : i + _BATCH] for i in range(0, len(votes), _BATCH)]
        trackers: list[bytes] = []
        checks: list[Future[int]] = []
        done = 0
        for lines in seal_ahead(pool, batches, 4):
            share = start + (end - start) * (done / max(1, len(votes)))
            now = opens + timedelta(seconds=int((closes - opens).total_seconds() * share))
            answers = box.submit(lines, now)
            for answer in answers:
                if not isinstance(answer, Accepted):
                    raise ReplayFailed(_("A ballot was refused: {reason}").format(reason=answer.reason))
                trackers.append(answer.tracker)
            receipts = [box.receipt(answer.index) for answer in answers if isinstance(answer, Accepted)]
            checks.append(pool.submit(check_receipts, lines, receipts))
            done += len(lines)
            tell(done)
        if sum(check.result() for check in checks) != len(votes):
            raise ReplayFailed(_("A receipt did not check."))
        return trackers

    def close(self, box: BallotBox) -> None:
        """The closing time has passed."""
        box.close(box.closes + timedelta(seconds=1))

    # After voting.

    def tally(self, manifest: Manifest, box: BallotBox) -> None:
        """Three tellers verify for themselves and decrypt; the server checks their shares and adds
        the result.
        """
        write_board(self.record, self.folder / "server" / "board")
        tell = self.observer.step(_("Three tellers verify everything and decrypt"), THRESHOLD + 1)
        spoken = run_quorate("teller", "closing", str(self.record), "--pins", str(self.pins)).strip()
        tell(1)
        inbox = self.folder / "public" / "shares"
        inbox.mkdir(exist_ok=True)
        working = [1, 3, 5]
        self._tellers.all(
            "decrypt",
            str(self.record),
            extra=lambda i: [str(inbox / f"share-{i}.json"), "--pins", str(self.pins), "--closing", spoken],
            who=working,
            tell=lambda n: tell(1 + n),
        )
        with Container(self.record) as container, ProcessPoolExecutor(self.workers) as pool:
            state = verify_through_close(container, pins_of(manifest), pool)
            shares = [_read_share(inbox / f"share-{i}.json") for i in working]
            for share in shares:
                check_share(state, share)
            first = box.state.closed.index + 1
            box.append(shares)
            box.append([make_result(state, list(enumerate(shares, first)))])
        write_board(self.record, self.folder / "server" / "board")

    def certify(self) -> Report:
        """Derive the certificate from the record, publish it, and verify the finished record here."""
        tell = self.observer.step(_("Result verified, certificate derived"), 1)
        with Container(self.record) as container, ProcessPoolExecutor(self.workers) as pool:
            manifest = read_manifest(container.read(MANIFEST))
            draft = verify(container, pins=pins_of(manifest), until="tally", executor=pool)
            if draft.certificate is None or not draft.ok:
                raise ReplayFailed(_("The result does not verify: {why}").format(why=draft.findings[0]))
            write_certificate(self.record, draft.certificate)
            report = verify(container, pins=pins_of(manifest), executor=pool)
        tell(1)
        return report

    def verify_apart(self) -> tuple[int, dict[str, object]]:
        """A separate process verifies the public record against the pins; its exit code and findings."""
        done = start_quorate("verify", str(self.record), "--pins", str(self.pins), "--json")
        output, error = done.communicate()
        try:
            findings: dict[str, object] = json.loads(output)
        except ValueError:
            raise ReplayFailed(_("quorate verify did not answer: {why}").format(why=error.strip())) from None
        return done.returncode, findings


def _read_share(path: Path) -> Share:
    entry = read_entry(path.read_bytes().removesuffix(b"\n"), path.name)
    if not isinstance(entry, Share):
        raise ReplayFailed(_("{name} is not a share").format(name=path.name))
    return entry
