"""A resolution that goes from the delegates to the members, each stage a real ballot, by services alone."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, transaction
from msgspec.structs import replace

from quorate.apps.ballots import live, selectors, services
from quorate.apps.ballots.desk import Cast
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import Ballot
from quorate.apps.motions import services as motions
from quorate.apps.motions import stage_ballots
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.models import MotionFile
from quorate.apps.motions.selectors import motion_of
from quorate.apps.organisation.services import create_organisation
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.election.draft import Draft, DraftOption, DraftQuestion
from quorate.election.voter import VoterProgram
from quorate.lifecycle.motion_events import DecideAmendment, OfferAmendment, Propose, Second
from quorate.lifecycle.pipeline import Pipeline, StagePlan
from quorate.record.canonical import instant
from quorate.record.ceremony import check_ceremony
from quorate.record.manifest import Manifest
from support.ballots import SmallBallot
from support.offices import SetClock, serve_boards, shares_for

NOON = datetime(2026, 12, 10, 18, tzinfo=UTC)
AFTER = datetime(2026, 12, 11, 23, 0, 2, tzinfo=UTC)
WEEK = timedelta(days=7)
EARLIER = datetime(2026, 12, 1, 12, tzinfo=UTC)
TEXT = "Resolved: that members work remotely until conditions for a safe return are agreed."
TWO = Pipeline(
    stages=(
        StagePlan(body="delegates", method="secret", name="House of Delegates", rule="us-ctu-hod"),
        StagePlan(body="members", method="secret", name="All members", rule="us-ctu-ratify"),
    )
)


class Union:
    """Officers with their keys and a motion before two bodies."""

    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.folder, self.clock = folder, clock
        users = get_user_model().objects
        self.ann, self.ben = (
            users.create_user(name, password=secrets.token_hex(8)) for name in ("ann", "ben")
        )
        self.organisation = create_organisation(
            slug="example", name="Example Union", zone="America/Chicago", help="Room 12"
        )
        proposal = Propose(
            at=EARLIER,
            by="ann",
            id="remote-work",
            mover="Delegate 12",
            pipeline=TWO,
            text=TEXT,
            title="Remote",
        )
        self.motion = motions.propose(organisation=self.organisation, event=proposal, by=self.ann)
        motions.happen(
            motion=self.motion, event=Second(at=EARLIER, by="ann", seconder="Delegate 7"), by=self.ann
        )
        self.parties: dict[int, SmallBallot] = {}
        self.ballots: list[Ballot] = []

    def draft(self, stage: int) -> Ballot:
        """The ballot of a stage, with codes and tellers of its own."""
        question = DraftQuestion(
            id="motion", text="written by the motion", rule="us-ctu-hod",
            options=(DraftOption("yes", "Yes, approve"), DraftOption("no", "No, reject")),
        )  # fmt: skip
        content = Draft(
            organisation="Example Union", body="", title="Remote work", contact="Room 12",
            zone="America/Chicago", opens=f"2026-12-{9 + 7 * stage:02}T08:00",
            closes=f"2026-12-{11 + 7 * stage}T17:00",
            roll_fingerprint="5a" * 32, host="vote.example", question=(question,), group_limit=2,
        )  # fmt: skip
        ballot = stage_ballots.draft_ballot(motion=self.motion, stage=stage, content=content, by=self.ann)
        parties = SmallBallot(self.folder / str(stage), voters=4, seed=secrets.token_hex(8))
        ballot.ballot_id = parties.ballot_id.hex()
        ballot.save()
        self.parties[ballot.pk] = parties
        self.ballots.append(ballot)
        return ballot

    def prepare(self, ballot: Ballot) -> Manifest:
        parties = self.parties[ballot.pk]
        return services.prepare(
            ballot=ballot, issued=parties.issue.signed, credentials=parties.issue.lines, units=(),
            ceremony=check_ceremony(parties.tellers.file), ceremony_line=parties.tellers.file,
            officers=[officer.public for officer in parties.officers], by=self.ann,
        )  # fmt: skip

    def open(self, ballot: Ballot) -> None:
        for key, by in zip(self.parties[ballot.pk].officers, (self.ann, self.ben), strict=True):
            services.approve(ballot=ballot, subject=services.OPEN, key=key, by=by)
        services.open_ballot(ballot=ballot, by=self.ben)
        stage_ballots.follow(motion=self.motion)

    def vote(self, ballot: Ballot, choices: list[int]) -> None:
        program, parties = VoterProgram(selectors.manifest_of(ballot)), self.parties[ballot.pk]
        for delivery, choice in zip(parties.issue.deliveries, choices, strict=False):
            sealed = program.seal(delivery.code, [(0, [choice])], NO_PREVIOUS, secrets.token_bytes)
            assert isinstance(asyncio.run(live.engine().cast(ballot.name, sealed.line)), Cast)

    def finish(self, ballot: Ballot) -> None:
        """From the closing time to the release."""
        self.clock.now = instant(selectors.manifest_of(ballot).window.closes) + timedelta(seconds=2)
        services.close_ballot(ballot=ballot, by=self.ann)
        office = live.engine().desk(ballot.name).office
        for path in shares_for(self.parties[ballot.pk], office, self.folder):
            services.take_share(ballot=ballot, share=path.read_bytes(), by=None)
        seen = services.fingerprint(services.count(ballot=ballot, by=self.ann))
        for by in (self.ann, self.ben):
            services.approve_release(ballot=ballot, certificate=seen, by=by)
        services.release(ballot=ballot, by=self.ann)
        stage_ballots.follow(motion=self.motion)

    def carry(self, stage: int, choices: list[int]) -> Ballot:
        """A whole stage."""
        self.clock.now = NOON + stage * WEEK
        ballot = self.draft(stage)
        self.prepare(ballot)
        self.open(ballot)
        self.vote(ballot, choices)
        self.finish(ballot)
        return ballot

    def amend(self, text: str) -> None:
        for event in (
            OfferAmendment(
                amends=motion_of(self.motion).text.fingerprint, at=AFTER, by="ann", id="a-date",
                mover="Delegate 3", reason="It needs a date.", text=text,
            ),
            DecideAmendment(amendment="a-date", at=AFTER, by="ann", decision="adopted"),
        ):  # fmt: skip
            motions.happen(motion=self.motion, event=event, by=self.ann)


@pytest.fixture
def union(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Union]:
    serve_boards(settings.ENVIRONMENT.boards, clock := SetClock(NOON), monkeypatch)
    made = Union(tmp_path, clock)
    yield made
    live.stop()
    for ballot in made.ballots:
        shutil.rmtree(settings.ENVIRONMENT.boards / ballot.ballot_id, ignore_errors=True)


def states(motion: MotionFile) -> list[str]:
    return [stage.state for stage in motion_of(motion).stages]


def test_delegates_then_members_on_one_text(union: Union) -> None:
    with pytest.raises(MotionRefused, match="House of Delegates has not carried this text"):
        union.draft(1)
    first = union.carry(0, [0, 0, 0, 1])
    assert states(union.motion) == ["carried", "waiting"]
    second = union.draft(1)
    manifest = union.prepare(second)
    certificate = selectors.result(first)
    assert certificate is not None
    assert manifest.previous is not None
    assert manifest.previous.phi == certificate.phi
    assert manifest.previous.certificate.hex() == services.fingerprint(certificate)
    assert manifest.questions[0].text == TEXT
    union.clock.now = NOON + WEEK
    union.open(second)
    assert states(union.motion) == ["carried", "open"]
    union.vote(second, [0, 0, 0, 1])
    union.finish(second)
    assert motion_of(union.motion).state == "carried"
    before = motion_of(union.motion)
    assert stage_ballots.follow(motion=union.motion) == before, "following again changes nothing"


def test_a_stage_that_is_lost_ends_the_motion(union: Union) -> None:
    union.carry(0, [1, 1, 1, 0])
    assert motion_of(union.motion).state == "not carried"
    with pytest.raises(MotionRefused, match="has not carried this text"):
        union.draft(1)


def test_a_ballot_is_held_to_the_motion(union: Union) -> None:
    """Nobody can edit the text, the rule or the link of a stage's ballot away from the motion."""
    ballot = union.draft(0)
    latest = selectors.latest_draft(ballot)
    assert latest is not None
    number, content = latest
    other = replace(content.question[0], text="Something else?")
    services.save_draft(ballot=ballot, content=replace(content, question=(other,)), base=number, by=union.ann)
    with pytest.raises(NotAllowed, match="must ask the motion as it stands"):
        union.prepare(ballot)


def test_an_amendment_after_preparing_blocks_the_opening(union: Union) -> None:
    """What the officers prepared is no longer the motion: it cannot open, and delegates vote anew."""
    union.carry(0, [0, 0, 0, 1])
    second = union.draft(1)
    union.prepare(second)
    union.amend(TEXT + " From 25 January.")
    assert states(union.motion) == ["waiting", "waiting"]
    with pytest.raises(NotAllowed, match="House of Delegates has not carried this text"):
        union.open(second)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE motions_motionentry SET number = number + 100",
        "DELETE FROM motions_motionentry",
        "TRUNCATE motions_motionentry",
    ],
)
def test_what_happened_to_a_motion_cannot_be_changed(union: Union, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE motions_motionentry ENABLE TRIGGER motions_entry_no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement)
    assert [row.number for row in union.motion.entries.all()] == [1, 2]
