"""A roll call and a show of hands in the browser: opened, entered, agreed to; minutes for everybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from support.delegates import meeting_of
from support.officers import sign_in_browser

FIVE = "\n".join(("1000, yes", "1001, yes", "1002, no", "1003, yes", "1004, absent"))
MOTION = "/officer/example/motions/remote-work/"


def test_a_roll_call(
    site: Any, page: Page, new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    union, _file = meeting_of(5)
    sign_in_browser(page, union.ann, MOTION)
    page.get_by_role("link", name="Open the vote in the meeting").click()
    assert_accessible(page)
    page.get_by_label("Or how many were counted").fill("2")
    page.get_by_role("button", name="Open the vote").click()
    expect(page.get_by_text("At least 3 of 5 must be present. 2 are present.").first).to_be_visible()
    page.get_by_label("Or how many were counted").fill("4")
    page.get_by_role("button", name="Open the vote").click()
    page.get_by_text("By a list: paste it, or choose a file").click()
    page.get_by_label("A list of answers").fill(FIVE.replace("1002, no", "1002, perhaps"))
    page.get_by_role("button", name="Add it up").click()
    expect(page.get_by_text("perhaps").first).to_be_visible()
    assert_accessible(page)
    page.get_by_label("A list of answers").fill(FIVE)
    page.get_by_role("button", name="Add it up").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Enter this roll call").click()
    expect(page.get_by_text("You entered it: another officer has to agree.")).to_be_visible()

    other = new_page(width=320)
    sign_in_browser(other, union.ben, MOTION)
    other.get_by_role("link", name="The vote in the meeting").first.click()
    assert_accessible(other)
    assert other.evaluate("document.documentElement.scrollWidth") <= 320, "nothing scrolls sideways"
    other.get_by_role("button", name="I agree: so they voted").click()

    everybody = new_page(width=320)
    everybody.goto("/o/example/motions/remote-work/")
    everybody.get_by_role("link", name="Minutes").first.click()
    everybody.get_by_text("No: 1").click()
    expect(everybody.get_by_text("Delegate 2, School 2")).to_be_visible()
    assert_accessible(everybody)
    assert everybody.evaluate("document.documentElement.scrollWidth") <= 320, "nothing scrolls sideways"
    assert everybody.context.cookies() == []


def test_two_tellers_count_hands(
    site: Any, page: Page, new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    union, _file = meeting_of(5, "show-of-hands")
    sign_in_browser(page, union.ann, MOTION)
    page.get_by_role("link", name="Open the vote in the meeting").click()
    page.get_by_label("Or how many were counted").fill("5")
    page.get_by_role("button", name="Open the vote").click()
    assert_accessible(page)
    other = new_page()
    sign_in_browser(other, union.ben, MOTION)
    other.get_by_role("link", name="The vote in the meeting").first.click()
    for counting, yes in ((page, "4"), (other, "3")):
        counting.get_by_label("Your name, as the minutes say it").fill("Teller")
        counting.get_by_label("Yes", exact=True).fill(yes)
        counting.get_by_label("No", exact=True).fill("1")
        counting.get_by_role("button", name="Enter my count").click()
    page.reload()
    expect(page.get_by_text("do not agree").or_(page.get_by_text("differ")).first).to_be_visible()
    assert_accessible(page)
