"""A replay without a site: the box and the log are those of a server, in this process."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from quorate import __version__
from quorate.board.checkpoint import NO_WITNESSES
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.cli.processes import ReplayFailed, Vote, check_receipts, seal_ahead, voters
from quorate.cli.replay import GROUP_LIMIT, THRESHOLD, Cast, Replay, share_of
from quorate.election.box import Accepted, BallotBox
from quorate.election.folder import pins_of, write, write_base, write_board, write_certificate
from quorate.election.officer import OfficerKey, sign_event
from quorate.election.registrar import Issue
from quorate.election.tally import check_share, make_result
from quorate.election.teller_tally import verify_through_close
from quorate.files import write_whole
from quorate.record.canonical import encode
from quorate.record.ceremony import check_ceremony
from quorate.record.container import CEREMONY, MANIFEST, Container
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Open
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
    Tellers,
    Window,
    read_manifest,
)
from quorate.roll import FrozenRoll, freeze, read_roll
from quorate.text import _
from quorate.verify.findings import Report
from quorate.verify.run import verify

_BATCH = 512


@dataclass
class LocalReplay(Replay[BallotBox]):
    """One stage whose ballots go to a box in this process."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.origin = f"quorate.invalid/{self.ballot_id.hex()[:32]}"
        self.officers = tuple(
            OfficerKey(name, secrets.token_bytes(32)) for name in (_("First officer"), _("Second officer"))
        )
        self.log_seed = secrets.token_bytes(32)

    @property
    def record(self) -> Path:
        return self.folder / "public" / "record"

    def freeze_roll(self) -> FrozenRoll:
        tell = self.observer.step(_("Roll imported and frozen"), self.figures.eligible)
        frozen = freeze(read_roll(self.roll_file()).members, secrets.token_bytes(32))
        write_whole(self.folder / "office" / "roll.frozen.jsonl", frozen.to_bytes(), private=True)
        tell(frozen.count)
        return frozen

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
            provenance=Provenance(self.derived(), "replay", self.scenario.source),
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
        return manifest

    def open(self, manifest: Manifest, issue: Issue) -> BallotBox:
        """Two officers sign the opening, and the board begins with it."""
        signer = LogSigner(self.origin, self.log_seed)
        storage = FileStorage(self.folder / "server" / "board")
        log = Log.create(storage, signer, self.origin)
        box = BallotBox(log, manifest, CredentialIndex.parse(issue.lines))
        box.open(sign_event(Open((), manifest.phi, "open"), manifest.officers, self.officers))
        return box

    @contextmanager
    def voters(self, manifest: Manifest, box: BallotBox) -> Iterator[Cast]:
        with voters(self.workers, encode(manifest)) as pool:
            yield partial(self._cast, box, pool)

    def _cast(
        self,
        box: BallotBox,
        pool: ProcessPoolExecutor,
        votes: Sequence[Vote],
        tell: Callable[[int], None],
        start: float,
        end: float,
    ) -> list[bytes]:
        """Seal in the pool, sequence here, and have the voters' programs check every receipt."""
        batches = [votes[i : i + _BATCH] for i in range(0, len(votes), _BATCH)]
        trackers: list[bytes] = []
        checks: list[Future[int]] = []
        done = 0
        for lines in seal_ahead(pool, batches, 4):
            share = start + (end - start) * (done / max(1, len(votes)))
            answers = box.submit(lines, self.time_at(share))
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
        box.close(box.closes + timedelta(seconds=1))
        write_board(self.record, self.folder / "server" / "board")

    def count(self, manifest: Manifest, box: BallotBox, shares: Sequence[bytes]) -> None:
        with Container(self.record) as container, ProcessPoolExecutor(self.workers) as pool:
            state = verify_through_close(container, pins_of(manifest), pool)
            entries = [share_of(share, _("the share")) for share in shares]
            for entry in entries:
                check_share(state, entry)
            first = box.state.closed.index + 1
            box.append(entries)
            box.append([make_result(state, list(enumerate(entries, first)))])
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
