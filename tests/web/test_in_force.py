"""January 2022 on the site: in force the next morning, until a figure falls or an agreement is approved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from icalendar import Calendar
from playwright.sync_api import Page, expect

from quorate.apps.motions import services
from quorate.apps.motions.models import MotionFile
from quorate.apps.organisation.services import create_body
from quorate.lifecycle.forms import fingerprint
from quorate.lifecycle.motion_events import DecideStage, OpenStage, Propose
from quorate.lifecycle.pipeline import Pipeline, StagePlan
from support.officers import Union, sign_in, sign_in_browser, two_officers

PAST = datetime(2022, 1, 4, 12, tzinfo=UTC)
TEXT = "Resolved: that members return to remote work until the surge substantially subsides."
DEAL = "Agreement on conditions for return."


def carried(union: Union, name: str, title: str, text: str, at: datetime) -> MotionFile:
    """A motion that the delegates carried in a recorded vote."""
    by = union.ann.name
    plan = StagePlan(body="delegates", method="recorded", name="House of Delegates", rule="us-ctu-hod")
    pipeline = Pipeline(seconded=False, stages=(plan,))
    file = services.propose(
        organisation=union.organisation, by=union.ann.account,
        event=Propose(at=at, by=by, id=name, mover="The board", pipeline=pipeline, text=text, title=title),
    )  # fmt: skip
    for event in (
        OpenStage(at=at, ballot="meeting", by=by, stage=0, text=fingerprint(text)),
        DecideStage(
            at=at, by=by, certificate=hashlib.sha256(name.encode()).hexdigest(), outcome="carried", stage=0,
            text=fingerprint(text),
        ),
    ):  # fmt: skip
        services.happen(motion=file, event=event, by=union.ann.account)
    return file


@pytest.fixture
def union(site: Any) -> Union:
    made = two_officers()
    create_body(
        organisation=made.organisation,
        slug="delegates",
        name="House of Delegates",
        kind="delegates",
        seats=600,
    )
    carried(made, "remote-work", "Return to remote work", TEXT, PAST)
    return made


def enter_resolution(page: Page) -> None:
    page.goto("/officer/example/register/new")
    page.get_by_label("By which decision?").select_option("remote-work/0")
    page.get_by_label("From which day? (1)").fill("2022-01-05")
    page.get_by_label("When this happens").fill("the surge has substantially subsided")
    page.get_by_label("When this figure is low or high enough").fill("Share of positive tests")
    page.get_by_label("Which value?").fill("5")
    page.get_by_label("Unit of the value").fill("%")
    page.get_by_label("On how many days in a row?").fill("2")
    page.get_by_label("When this agreement is approved").fill("Safe return")
    page.get_by_label("Which body approves it?").select_option("delegates")
    page.get_by_role("button", name="Enter it").click()


def test_in_force_until_the_delegates_approve_an_agreement(
    union: Union, page: Page, new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    sign_in_browser(page, union.ann, "/officer/example/register/")
    assert_accessible(page)
    enter_resolution(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Return to remote work")
    expect(page.get_by_text("In force", exact=True).last).to_be_visible()
    assert_accessible(page)

    phone = new_page(width=320)
    phone.goto("/o/example/register/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("In force today")
    assert_accessible(phone)
    phone.get_by_role("link", name="Return to remote work").click()
    expect(phone.get_by_text("Wed 5 Jan 2022, 00:00 Chicago").first).to_be_visible()
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320, "nothing scrolls sideways"
    assert phone.context.cookies() == []
    phone.goto("/o/example/")
    expect(phone.get_by_role("heading", name="In force today")).to_be_visible()
    assert_accessible(phone)
    phone.goto("/o/example/register/?on=2022-01-04")
    expect(phone.get_by_text("Not yet in force")).to_be_visible()

    carried(union, "safe-return", "Agreement on a safe return", DEAL, datetime(2022, 1, 10, 12, tzinfo=UTC))
    page.goto("/officer/example/register/")
    page.get_by_label("By which decision?").select_option("safe-return/0")
    page.get_by_label("Which agreement?").fill("Safe return")
    page.get_by_role("button", name="Enter it").click()
    phone.goto("/o/example/register/remote-work/")
    expect(phone.get_by_text("Ended", exact=True).first).to_be_visible()
    expect(phone.get_by_text("That ended it.")).to_be_visible()
    phone.goto("/o/example/register/?on=2022-01-09")
    expect(phone.get_by_text("In force", exact=True)).to_be_visible()


def test_a_bad_figure_is_corrected_by_two_and_its_trace_is_kept(union: Union, page: Page) -> None:
    """Two low readings would end it; the second one was of spoiled samples."""
    sign_in_browser(page, union.ann, "/officer/example/register/")
    enter_resolution(page)
    for day, value in ((date(2022, 1, 6), "4.1"), (date(2022, 1, 7), "3.9")):
        page.get_by_label("Day", exact=True).fill(day.isoformat())
        page.get_by_label("Value", exact=True).fill(value)
        page.get_by_label("Source", exact=True).fill("Department of Health")
        page.get_by_role("button", name="Enter the reading").click()
        page.goto("/officer/example/register/remote-work/")
        if day == date(2022, 1, 6):
            expect(page.get_by_text("In force", exact=True).last).to_be_visible()
    expect(page.get_by_text("Ended", exact=True).first).to_be_visible()
    client = Client()
    sign_in(client, union.ann)
    address = "/officer/example/register/"
    wrong = {"reading": "share-of-positive-tests-2022-01-07", "value": "", "reason": "Spoiled in transit."}
    assert client.post(f"{address}remote-work/do/correct", wrong).status_code == 302
    number = union.organisation.corrections.get().pk
    client.post(f"{address}corrections/{number}/agree")
    assert union.organisation.corrections.get().settled is None, "nobody agrees to their own correction"
    other = Client()
    sign_in(other, union.ben)
    assert other.post(f"{address}corrections/{number}/agree").status_code == 302
    page.goto("/o/example/register/remote-work/")
    expect(page.get_by_text("So it has not ended after all.")).to_be_visible()
    expect(page.get_by_text("Spoiled in transit.")).to_be_visible()


def test_an_event_needs_two_officers_with_evidence(union: Union, page: Page) -> None:
    sign_in_browser(page, union.ann, "/officer/example/register/")
    enter_resolution(page)
    address = "/officer/example/register/remote-work/do/attest"
    said = {"event": "the-surge-has-substantially-subsided", "happened": "2022-01-12T08:00"}
    client = Client()
    sign_in(client, union.ann)
    answer = client.post(address, said)
    assert answer.status_code == 400
    assert "This field is required" in answer.content.decode()
    for officer, ended in ((union.ann, False), (union.ann, False), (union.ben, True)):
        client = Client()
        sign_in(client, officer)
        with open(__file__, "rb") as file:  # noqa: PTH123 - any file
            client.post(address, {**said, "evidence": file})
        body = Client().get("/o/example/register/remote-work/").content.decode()
        assert ("That ended it." in body) == ended


def test_the_calendar_has_the_effect_date(union: Union, page: Page) -> None:
    sign_in_browser(page, union.ann, "/officer/example/register/")
    enter_resolution(page)
    found: Any = Calendar.from_ical(Client().get("/o/example/calendar.ics").content)
    events: list[Any] = list(found.walk("VEVENT"))
    assert [str(one["summary"]) for one in events] == ["Takes effect: Return to remote work"]
    assert events[0]["dtstart"].dt == datetime(2022, 1, 5, 6, tzinfo=UTC)
    assert events[0]["dtend"].dt - events[0]["dtstart"].dt == timedelta(0)
