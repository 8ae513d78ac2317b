"""A replay through a running site: officers use its services, voters' programs post to it over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.text import slugify

from quorate.apps.ballots import services
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot
from quorate.apps.ballots.services import OPEN
from quorate.apps.organisation import importing
from quorate.apps.organisation.roll_reading import frozen_roll
from quorate.apps.organisation.rolls import freeze_roll, hold_roll
from quorate.apps.organisation.selectors import bodies_of
from quorate.apps.organisation.services import create_body
from quorate.apps.publication.selectors import released_report
from quorate.cli.casting import Polls, cast, fetch
from quorate.cli.demo_site import DemoSite
from quorate.cli.processes import Vote
from quorate.cli.replay import GROUP_LIMIT, Cast, Replay
from quorate.election.draft import Draft, DraftOption, DraftPrevious, DraftQuestion
from quorate.election.registrar import Issue
from quorate.files import write_whole
from quorate.record.canonical import instant
from quorate.record.ceremony import check_ceremony
from quorate.record.container import CEREMONY
from quorate.record.manifest import Blank, Manifest
from quorate.roll import FrozenRoll
from quorate.text import _
from quorate.verify.findings import Report

_BATCH = 500
_AHEAD = 2  # batches that wait for each process


@dataclass
class SiteReplay(Replay[Ballot]):
    """One stage whose ballots go to a running site."""

    site: DemoSite = field(kw_only=True)

    def __post_init__(self) -> None:
        super().__post_init__()
        first, _second = self.site.officers
        self.ballot = services.create_ballot(
            organisation=self.site.organisation.slug, title=self.stage.title, by=first.account
        )
        self.ballot_id = bytes.fromhex(self.ballot.ballot_id)

    @property
    def record(self) -> Path:
        return self.site.environment.boards / self.ballot.ballot_id / "public" / "record"

    @property
    def published(self) -> Path:
        return self.folder / "public" / "record.zip"

    @property
    def casting_words(self) -> str:
        return _("Ballots sealed, cast over HTTP, receipts checked")

    def freeze_roll(self) -> FrozenRoll:
        tell = self.observer.step(_("Roll imported and frozen"), self.figures.eligible)
        first, second = self.site.officers
        opens = instant(self.stage.opens)
        slug = slugify(self.stage.body)[:50]
        body = next((one for one in bodies_of(self.site.organisation) if one.slug == slug), None)
        if body is None:
            kind = "delegates" if "delegate" in slug else "membership"
            body = create_body(
                organisation=self.site.organisation, slug=slug, name=self.stage.body, kind=kind
            )
        as_of = (opens - timedelta(days=7)).date()
        handed = importing.hand_in(
            body=body, by=first.account, name="roll.csv", data=self.roll_file(), as_of=as_of, whole=True
        )
        plan = importing.look(handed).plan
        if plan is None:
            raise AssertionError("the roll was written here, and has no problems")
        importing.take_over(handed=handed, confirmed=plan.counts(), by=first.account)
        roll = freeze_roll(
            body=body,
            as_of=as_of,
            challenge_until=opens - timedelta(days=1),
            by=second.account,
            now=opens - timedelta(days=7),
        )
        hold_roll(roll=roll, by=second.account)
        frozen = frozen_roll(roll)
        tell(frozen.count)
        return frozen

    def draft(self, roll: FrozenRoll, issue: Issue) -> Manifest:
        """Officers' draft becomes the manifest, and the pins are fetched as the notice has them."""
        first, second = self.site.officers
        services.save_draft(ballot=self.ballot, content=self._content(roll), base=0, by=first.account)
        ceremony = (self.ceremony_folder / CEREMONY).read_bytes().removesuffix(b"\n")
        manifest = services.prepare(
            ballot=self.ballot,
            issued=issue.signed,
            credentials=issue.lines,
            units=(),
            ceremony=check_ceremony(ceremony),
            ceremony_line=ceremony,
            officers=[officer.key.public for officer in self.site.officers],
            by=second.account,
        )
        write_whole(self.pins, fetch(self.site.port, f"/api/ballots/{self.ballot.name}/pins"))
        return manifest

    def _content(self, roll: FrozenRoll) -> Draft:
        stage = self.stage
        zone = ZoneInfo(self.scenario.zone)
        opens, closes = (
            f"{instant(text).astimezone(zone):%Y-%m-%dT%H:%M}" for text in (stage.opens, stage.closes)
        )
        question = DraftQuestion(
            id=stage.id,
            text=stage.question,
            options=(DraftOption("yes", stage.yes), DraftOption("no", stage.no)),
            rule=stage.rule,
            blank=Blank(stage.blank.kind, stage.blank.label) if stage.blank else None,
        )
        previous = self.previous
        return Draft(
            organisation=self.scenario.organisation,
            body=stage.body,
            title=stage.title,
            contact=self.site.organisation.help,
            zone=self.scenario.zone,
            opens=opens,
            closes=closes,
            roll_fingerprint=roll.fingerprint.hex(),
            host=self.site.host,
            question=(question,),
            group_limit=GROUP_LIMIT,
            kind="replay",
            previous=None
            if previous is None
            else DraftPrevious(previous.certificate.hex(), previous.phi.hex()),
            derived=self.derived(),
            note=self.scenario.source,
        )

    def open(self, manifest: Manifest, issue: Issue) -> Ballot:
        for officer in self.site.officers:
            services.approve(ballot=self.ballot, subject=OPEN, key=officer.key, by=officer.account)
        self.site.clock.set(self.time_at(0))
        services.open_ballot(ballot=self.ballot, by=self.site.officers[1].account)
        return self.ballot

    @contextmanager
    def voters(self, manifest: Manifest, box: Ballot) -> Iterator[Cast]:
        yield partial(self._cast, Polls(self.site.port, box.name, manifest.phi))

    def _cast(
        self,
        polls: Polls,
        votes: Sequence[Vote],
        tell: Callable[[int], None],
        start: float,
        end: float,
    ) -> list[bytes]:
        """Have the voters' processes cast everything; the site's clock follows."""
        size = min(_BATCH, max(1, -(-len(votes) // self.workers)))
        starts = list(range(0, len(votes), size))
        trackers: dict[int, list[bytes]] = {}
        running: dict[Future[list[bytes]], int] = {}
        done = 0
        while starts or running:
            while starts and len(running) < _AHEAD * self.workers:
                at = starts.pop(0)
                running[self.site.pool.submit(cast, polls, votes[at : at + size])] = at
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                at = running.pop(future)
                trackers[at] = future.result()
                done += len(trackers[at])
                self.site.clock.set(self.time_at(start + (end - start) * done / len(votes)))
                tell(done)
        return [tracker for at in sorted(trackers) for tracker in trackers[at]]

    def close(self, box: Ballot) -> None:
        self.site.clock.set(self.time_at(1) + timedelta(seconds=2))
        services.close_ballot(ballot=box, by=self.site.officers[0].account)

    def count(self, manifest: Manifest, box: Ballot, shares: Sequence[bytes]) -> None:
        for share in shares:
            services.take_share(ballot=box, share=share, by=None)
        services.count(ballot=box, by=self.site.officers[0].account)

    def certify(self) -> Report:
        """Two officers release what was counted; anybody downloads it."""
        tell = self.observer.step(_("Result verified, certificate released by two officers"), 1)
        certificate = engine().desk(self.ballot.name).office.certificate()
        if certificate is None:
            raise AssertionError("it was counted")
        fingerprint = services.fingerprint(certificate)
        for officer in self.site.officers:
            services.approve_release(ballot=self.ballot, certificate=fingerprint, by=officer.account)
        services.release(ballot=self.ballot, by=self.site.officers[0].account)
        write_whole(self.published, fetch(self.site.port, f"/api/ballots/{self.ballot.name}/record.zip"))
        report = released_report(engine().desk(self.ballot.name).office)
        tell(1)
        return report
