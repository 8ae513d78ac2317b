"""Officers watch a ballot that runs, move its end later, suspend and resume it; it closes by itself.

In the browser, from the dashboard on. Officers sign with their keys; the page says who has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from quorate.apps.ballots import live
from support.officers import new_officer, sign_in_browser
from support.offices import SetClock, serve_boards
from support.pictures import take_pictures
from support.running import CLOSES, OPENS, Held

Check = Callable[[Page], None]


@pytest.fixture
def held(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    clock = SetClock(OPENS + timedelta(hours=1))
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Held(tmp_path, clock, voters=18, units=("North", "South"))
    yield made
    made.leave()


def test_while_it_runs(
    held: Held, page: Page, new_page: Callable[..., Page], assert_accessible: Check
) -> None:
    held.open()
    for hour, voters in enumerate(((0, 0, 1), (0, 0, 0, 0), (0, 1, 0)), start=2):
        held.clock.now = OPENS + timedelta(hours=7 * hour)
        held.vote(voters, first=1 + sum((3, 4, 3)[: hour - 2]))
    sign_in_browser(page, held.union.ann, held.path + "running")
    expect(page.get_by_role("heading", name="How many have voted")).to_be_visible()
    expect(page.locator(".turnout")).to_contain_text("10 of 18 members have a ballot that stands.")
    expect(page.locator(".lead")).to_contain_text("Fri 11 Dec 2026, 17:00 Chicago (23:00 UTC), by itself")
    expect(page.locator("polyline.chart-line")).to_have_count(1)
    rows = page.locator("section[aria-labelledby=by-unit] tbody tr")
    expect(rows).to_have_text(["North59", "South59"])
    words = page.locator("main").inner_text().lower()
    assert "nobody knows how they voted" in words
    for partial in ("yes", "carried", "member 1"):
        assert partial not in words.replace("carried out", ""), partial
    assert_accessible(page)
    take_pictures(page, "dashboard")

    # A later end: proposed by one officer, signed by two, put on the board.
    page.get_by_role("link", name="Move the end later").click()
    page.get_by_label("New closing time").fill("2026-12-11T16:00")
    page.get_by_label("Reason").fill("The post was late in two towns")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_role("alert")).to_contain_text("can only move later")
    assert_accessible(page)
    page.get_by_label("New closing time").fill("2026-12-12T17:00")
    page.get_by_role("button", name="Propose it").click()
    expect(page.get_by_text("2 signatures are missing")).to_be_visible()
    expect(page.locator("main")).to_contain_text("The post was late in two towns")
    assert_accessible(page)
    take_pictures(page, "event")
    assert live.engine().desk(held.ballot.name).figures().closes == CLOSES, "nothing happened yet"
    name = page.url.rsplit("/", 1)[-1]
    held.sign(name, (0,))
    page.reload()
    expect(page.get_by_text("1 signature is missing")).to_be_visible()
    expect(page.get_by_role("button", name="Put it on the public board")).to_have_count(0)
    held.sign(name, (1,))
    page.reload()
    page.get_by_role("button", name="Put it on the public board").click()
    expect(page.locator(".lead")).to_contain_text("Sat 12 Dec 2026, 17:00 Chicago (23:00 UTC)")
    expect(page.locator("ol.events")).to_contain_text("The closing time was moved to Sat 12 Dec 2026, 17:00")

    # Suspended, and resumed.
    page.get_by_role("link", name="Suspend voting").click()
    assert_accessible(page)
    page.get_by_label("Reason").fill("A court stayed the vote")
    page.get_by_role("button", name="Propose it").click()
    held.sign(page.url.rsplit("/", 1)[-1])
    page.reload()
    page.get_by_role("button", name="Put it on the public board").click()
    expect(page.locator(".chip").first).to_contain_text("Suspended")
    expect(page.locator(".lead")).to_contain_text("Voting is suspended")
    expect(page.get_by_role("link", name="Resume voting")).to_be_visible()
    expect(page.get_by_role("link", name="Suspend voting")).to_have_count(0)
    assert_accessible(page)
    take_pictures(page, "suspended")
    held.event("resume", "The stay was lifted")

    # It closes on time, by itself.
    held.clock.now = CLOSES + timedelta(days=1, seconds=2)
    live.engine().close_due()
    page.reload()
    expect(page.locator(".chip").first).to_contain_text("Closed")
    expect(page.locator(".lead")).to_contain_text("Voting closed Sat 12 Dec 2026, 17:00 Chicago")
    expect(page.get_by_role("link", name="Move the end later")).to_have_count(0)
    phone = new_page(width=320)
    sign_in_browser(phone, held.union.ben, held.path + "running")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(phone)


def test_a_drafter_watches_and_cannot_act(held: Held, page: Page) -> None:
    """The buttons are not there, and the addresses answer that the role does not allow it."""
    held.open()
    drafter = new_officer(held.union.organisation, "dan", "drafter")
    sign_in_browser(page, drafter, held.path + "running")
    expect(page.get_by_role("heading", name="How many have voted")).to_be_visible()
    expect(page.get_by_role("link", name="Declare void")).to_have_count(0)
    answer = page.goto(held.path + "running/void/new")
    assert answer is not None
    assert answer.status == 403
