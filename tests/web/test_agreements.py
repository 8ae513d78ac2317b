"""Agreements: versions by fingerprint, compared; put to delegates, then members; what that ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.test import Client
from playwright.sync_api import Page, expect

from quorate.apps.ballots import selectors as ballots
from quorate.apps.ballots.workplace import kept_text
from quorate.apps.motions import agreements, register, services, stage_ballots
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.models import AgreementFile, MotionFile
from quorate.apps.motions.ratification import agreement_of, awaited, tell_register
from quorate.apps.motions.selectors import motion_of, register_of, resolutions
from quorate.apps.organisation.services import create_body
from quorate.lifecycle.condition import AgreementAdopted
from quorate.lifecycle.forms import fingerprint
from quorate.lifecycle.moment import LocalMoment
from quorate.lifecycle.motion_events import DecideStage, OfferAmendment, OpenStage, Outcome, VoidStage
from quorate.lifecycle.pipeline import Method, Pipeline, StagePlan
from quorate.lifecycle.resolution import AgreementVoted, Effect, Resolution, Resolved
from support.officers import Union, sign_in, sign_in_browser, two_officers

DAY = datetime(2022, 1, 10, 12, tzinfo=UTC)
FIRST = "1. Schools open on 12 January.\n2. Masks are worn.\n3. One test for each pupil."
SECOND = "1. Schools open on 12 January.\n2. Masks are worn and supplied.\n3. One test for each pupil."
SUMMARY = "We go back on 12 January, with masks."
PARTIES = ("Example Union", "Board of Education")
UNTIL = "the House of Delegates has approved an agreement"


def bodies(*methods: Method) -> Pipeline:
    plans = (
        StagePlan(body="delegates", method=methods[0], name="House of Delegates", rule="us-ctu-hod"),
        StagePlan(body="members", method=methods[-1], name="All members", rule="us-ctu-ratify"),
    )
    return Pipeline(seconded=False, stages=plans)


@dataclass(frozen=True)
class Desk:
    """Officers, and what they do with one agreement."""

    union: Union

    def negotiate(self, slug: str = "safe-return") -> AgreementFile:
        return agreements.negotiate(
            organisation=self.union.organisation, slug=slug, title="Agreement on a safe return",
            parties=PARTIES, text=FIRST, summary=SUMMARY, at=DAY, by=self.union.ann.account,
        )  # fmt: skip

    def revise(self, file: AgreementFile, text: str = SECOND) -> None:
        agreements.revise(agreement=file, text=text, summary=SUMMARY, at=DAY, by=self.union.ann.account)

    def put(self, file: AgreementFile, method: Method = "recorded") -> MotionFile:
        return agreements.put(
            agreement=file, pipeline=bodies(method), mover="The board", at=DAY, by=self.union.ann.account
        )

    def open(self, motion: MotionFile, stage: int) -> None:
        text = motion_of(motion).text
        documents = tuple(one.sha256 for one in text.documents)
        event = OpenStage(
            at=DAY, ballot="meeting", by="ann", documents=documents, stage=stage, text=text.fingerprint
        )
        services.happen(motion=motion, event=event, by=self.union.ann.account)

    def decide(self, motion: MotionFile, stage: int, outcome: Outcome = "carried") -> None:
        """A vote in a meeting."""
        self.open(motion, stage)
        event = DecideStage(
            at=DAY, by="ann", certificate=hashlib.sha256(bytes([stage])).hexdigest(), outcome=outcome,
            stage=stage, text=motion_of(motion).text.fingerprint,
        )  # fmt: skip
        services.happen(motion=motion, event=event, by=self.union.ann.account)

    def resolve(self) -> None:
        """Remote work is in force until the delegates approve an agreement on a safe return."""
        moment = LocalMoment(day=date(2022, 1, 5), time=time(0), zone="America/Chicago")
        resolution = Resolution(
            body="delegates", certificate="ab" * 32, decided=datetime(2022, 1, 4, 12, tzinfo=UTC),
            effects=(Effect(starts=moment),), id="remote-work", text="cd" * 32, title="Remote work",
            until=AgreementAdopted(agreement="safe-return", body="delegates", words=UNTIL),
        )  # fmt: skip
        register.enter(
            organisation=self.union.organisation, by=self.union.ann.account,
            fact=Resolved(by="ann", recorded=DAY, resolution=resolution),
        )  # fmt: skip

    def states(self) -> list[str]:
        return [one.state for one in resolutions(self.union.organisation, datetime.now(UTC))]


def with_delegates() -> Union:
    union = two_officers()
    create_body(
        organisation=union.organisation,
        slug="delegates",
        name="House of Delegates",
        kind="delegates",
        seats=600,
    )
    return union


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk(with_delegates())


def test_a_resolution_ends_when_the_delegates_carry_the_agreement(desk: Desk) -> None:
    """Nobody has to enter it: the decision of the delegates does, and the members' vote changes nothing."""
    desk.resolve()
    assert awaited(desk.union.organisation) == [("safe-return", f"Remote work: {UNTIL}")]
    file = desk.negotiate()
    assert awaited(desk.union.organisation) == []
    motion = desk.put(file)
    assert agreement_of(file).state == "being ratified"
    assert desk.states() == ["in force"]
    desk.decide(motion, 0)
    assert desk.states() == ["ended"]
    fact = register_of(desk.union.organisation).facts[-1]
    assert isinstance(fact, AgreementVoted)
    assert (fact.body, fact.version, fact.at) == ("delegates", fingerprint(FIRST), DAY)
    before = register_of(desk.union.organisation)
    tell_register(motion, None)
    assert register_of(desk.union.organisation) == before, "telling it again changes nothing"
    desk.decide(motion, 1)
    assert agreement_of(file).state == "ratified"
    assert len(register_of(desk.union.organisation).facts) == 3
    with pytest.raises(MotionRefused, match="This agreement is ratified"):
        desk.revise(file)


def test_what_the_delegates_reject_ends_nothing(desk: Desk) -> None:
    desk.resolve()
    file = desk.negotiate()
    desk.decide(desk.put(file), 0, "not carried")
    assert agreement_of(file).state == "rejected"
    assert desk.states() == ["in force"]
    desk.revise(file)
    assert agreement_of(file).state == "negotiated"
    assert desk.put(file).slug == "safe-return-2"


def test_an_agreement_cannot_be_amended_by_a_body(desk: Desk) -> None:
    motion = desk.put(desk.negotiate())
    event = OfferAmendment(
        amends=motion_of(motion).text.fingerprint, at=DAY, by="ann", id="a", mover="x", reason="y", text="z"
    )
    with pytest.raises(MotionRefused, match="adopts an agreement or rejects it"):
        services.happen(motion=motion, event=event, by=desk.union.ann.account)
    assert motion_of(motion).amendments == ()


def test_a_new_version_takes_back_the_motion_for_the_old_one(desk: Desk) -> None:
    file = desk.negotiate()
    motion = desk.put(file)
    desk.revise(file)
    assert motion_of(motion).state == "withdrawn"
    again = desk.put(file)
    assert [one.sha256 for one in motion_of(again).text.documents] == [fingerprint(SECOND)]


def test_no_body_goes_on_with_an_old_version(desk: Desk) -> None:
    """The delegates carried version 1; once there is version 2, the members cannot vote on version 1."""
    file = desk.negotiate()
    motion = desk.put(file, "secret")
    assert stage_ballots.blocked_by(motion, 0) == []
    desk.open(motion, 0)
    with pytest.raises(MotionRefused, match="A body is voting on this version"):
        desk.revise(file)
    services.happen(
        motion=motion, by=desk.union.ann.account, event=VoidStage(at=DAY, by="ann", reason="x", stage=0)
    )
    desk.revise(file)
    blocked = stage_ballots.blocked_by(motion, 0)
    assert blocked[0].startswith("There is a newer version of the agreement")
    with pytest.raises(MotionRefused, match="newer version of the agreement"):
        stage_ballots.begin_ballot(motion=motion, stage=0, by=desk.union.ann.account)


def test_the_text_is_beside_the_draft_of_its_ballot(desk: Desk) -> None:
    """The draft names the agreement by its fingerprint, and the bytes are there for the voters."""
    motion = desk.put(desk.negotiate(), "secret")
    ballot = stage_ballots.begin_ballot(motion=motion, stage=0, by=desk.union.ann.account)
    found = ballots.latest_draft(ballot)
    assert found is not None
    (document,) = found[1].question[0].documents
    assert kept_text(ballot, document.sha256) == FIRST.encode()
    assert document.size == len(FIRST.encode())
    assert "Shall the agreement “Agreement on a safe return”, version 1, be" in found[1].question[0].text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"parties": ("Example Union",)}, "at least two parties"),
        ({"parties": ("A", "A")}, "at least two parties"),
        ({"text": " "}, "has no text"),
        ({"summary": " "}, "in plain words"),
        ({"text": "x" * (agreements.MOST_LETTERS + 1)}, "more than 400,000 characters"),
    ],
)
def test_what_is_no_agreement(desk: Desk, changed: dict[str, Any], why: str) -> None:
    given: dict[str, Any] = {
        "slug": "x", "title": "X", "parties": PARTIES, "text": FIRST, "summary": SUMMARY, "at": DAY
    }  # fmt: skip
    with pytest.raises(MotionRefused, match=why):
        agreements.negotiate(
            organisation=desk.union.organisation, by=desk.union.ann.account, **(given | changed)
        )
    assert not desk.union.organisation.agreements.exists()


def test_a_name_and_a_text_are_used_once(desk: Desk) -> None:
    file = desk.negotiate()
    with pytest.raises(MotionRefused, match="There is an agreement safe-return already"):
        desk.negotiate()
    with pytest.raises(MotionRefused, match="This is the text of version 1"):
        desk.revise(file, FIRST)
    desk.put(file)
    with pytest.raises(MotionRefused, match="put to the bodies already"):
        desk.put(file)


@pytest.mark.parametrize("table", ["agreementfile", "agreemententry", "agreementround"])
@pytest.mark.parametrize("statement", ["UPDATE motions_{} SET id = id + 100", "DELETE FROM motions_{}"])
def test_agreements_cannot_be_changed(desk: Desk, table: str, statement: str) -> None:
    desk.put(desk.negotiate())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute(statement.format(table))


# Pages.


def test_an_agreement_as_a_file(desk: Desk) -> None:
    """A text file with a byte order mark and line ends of Windows; the download has the fingerprint."""
    client, stranger = Client(), Client()
    sign_in(client, desk.union.ann)
    given: dict[str, Any] = {"title": "Safe return", "parties": "Example Union\nBoard", "summary": SUMMARY}
    file = ("﻿" + FIRST.replace("\n", "\r\n") + "\r\n").encode()
    path = settings.ENVIRONMENT.data / "text.txt"
    for data, why in ((b"\xff\xfe", "no plain text in UTF-8"), ("a\u202eb".encode(), "direction-changing")):
        path.write_bytes(data)
        with path.open("rb") as handle:
            answer = client.post("/officer/example/agreements/new", given | {"file": handle})
        assert (answer.status_code, why in answer.content.decode()) == (422, True)
    path.write_bytes(file)
    with path.open("rb") as handle:
        assert client.post("/officer/example/agreements/new", given | {"file": handle}).status_code == 302
    answer = stranger.get(f"/o/example/agreements/safe-return/{fingerprint(FIRST)}.txt")
    assert answer.content == FIRST.encode()
    assert "attachment" in answer["Content-Disposition"]
    for unknown in (f"safe-return/{'0' * 64}.txt", "nothing/"):
        assert stranger.get(f"/o/example/agreements/{unknown}").status_code == 404
    for odd in ("earlier=9&later=0", "earlier=x&later=²"):
        assert stranger.get(f"/o/example/agreements/safe-return/?{odd}").status_code == 200


def test_a_version_that_nobody_looked_at_is_not_put(desk: Desk) -> None:
    file = desk.negotiate()
    client = Client()
    sign_in(client, desk.union.ann)
    desk.revise(file)
    asked = {"version": "1", "mover": "The board", "body_1": "delegates", "method_1": "secret"}
    answer = client.post("/officer/example/agreements/safe-return/bodies", asked | {"rule_1": "us-ctu-hod"})
    assert "There is a newer version since you looked." in answer.content.decode()
    assert not desk.union.organisation.motions.exists()


@pytest.fixture
def office(page: Page, site: Any) -> tuple[Page, Desk]:
    union = with_delegates()
    made = Desk(union)
    made.resolve()
    sign_in_browser(page, union.ann, "/officer/example/agreements/")
    return page, made


def test_an_agreement_from_the_table_to_the_bodies(
    office: tuple[Page, Desk], new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    page, desk = office
    assert_accessible(page)
    page.get_by_role("link", name="New agreement").click()
    assert_accessible(page)
    page.get_by_role("button", name="Enter it").click()
    assert_accessible(page)
    page.get_by_label("Title").fill("Agreement on a safe return")
    page.get_by_label("Parties").fill("\n".join(PARTIES))
    page.get_by_label("Does a resolution wait for it?").select_option(f"Remote work: {UNTIL}")
    page.get_by_label("What it means, in plain words").fill(SUMMARY)
    page.get_by_label("Text of the agreement").fill(FIRST)
    page.get_by_role("button", name="Enter it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Agreement on a safe return")
    expect(page.get_by_text("Not put to a body yet")).to_be_visible()

    page.get_by_text("Enter a new version", exact=True).click()
    page.get_by_label("Text of the agreement").fill(SECOND)
    page.get_by_role("button", name="Enter this version").click()
    expect(page.locator("ins")).to_contain_text("and supplied")
    page.get_by_text("Put this version to the bodies", exact=True).click()
    assert_accessible(page)
    page.get_by_label("Who puts it to them?").fill("The board")
    page.get_by_label("Who decides first?").select_option("House of Delegates")
    page.get_by_label("Under which rule? (1)").select_option("us-ctu-hod")
    page.get_by_label("Who decides after that? (2)").select_option("All members")
    page.get_by_label("Under which rule? (2)").select_option("us-ctu-ratify")
    page.get_by_role("button", name="Put it to them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ratify: Agreement on a safe return")
    expect(page.get_by_role("link", name="Agreement on a safe return, version 2")).to_be_visible()
    expect(page.get_by_text("Offer an amendment", exact=True)).to_have_count(0)
    assert_accessible(page)

    phone = new_page(width=320)
    phone.goto("/o/example/")
    phone.get_by_role("link", name="What was negotiated").click()
    assert_accessible(phone)
    phone.get_by_role("link", name="Agreement on a safe return").click()
    expect(phone.get_by_text("Being ratified")).to_be_visible()
    expect(phone.get_by_text(SUMMARY)).to_be_visible()
    phone.get_by_label("From").select_option("Version 2")
    phone.get_by_label("To").select_option("Version 1")
    phone.get_by_role("button", name="Compare").click()
    expect(phone.locator("del")).to_contain_text("and supplied")
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320, "nothing scrolls sideways"
    assert phone.context.cookies() == []

    motion = desk.union.organisation.motions.get()
    phone.goto("/o/example/register/remote-work/")
    expect(phone.get_by_text("In force", exact=True).first).to_be_visible()
    desk_decides(desk, motion)
    phone.reload()
    expect(phone.get_by_text("That ended it.")).to_be_visible()
    phone.goto("/o/example/agreements/safe-return/")
    expect(phone.get_by_text("Carried")).to_be_visible()


def desk_decides(desk: Desk, motion: MotionFile) -> None:
    """The delegates carry it, now."""
    now = datetime.now(UTC)
    text = motion_of(motion).text
    documents = tuple(one.sha256 for one in text.documents)
    for event in (
        OpenStage(
            at=now, ballot="meeting", by="ann", documents=documents, stage=0, text=text.fingerprint
        ),
        DecideStage(
            at=now, by="ann", certificate="ab" * 32, outcome="carried", phi="cd" * 32, stage=0,
            text=text.fingerprint,
        ),
    ):  # fmt: skip
        services.happen(motion=motion, event=event, by=desk.union.ann.account)
