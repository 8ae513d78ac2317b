"""A motion in the browser: proposed, seconded, amended, put to its first body; and as everybody sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from quorate.apps.organisation.services import create_body
from support.officers import sign_in_browser, two_officers

TEXT = "Resolved: that members work remotely until an agreement on safe conditions is approved."
AMENDED = (
    "Resolved: that members work remotely from 25 January until an agreement on safe conditions is approved."
)


@pytest.fixture
def office(page: Page, site: Any) -> Page:
    """Somebody who may do everything, at the list of motions."""
    union = two_officers()
    create_body(
        organisation=union.organisation,
        slug="delegates",
        name="House of Delegates",
        kind="delegates",
        seats=600,
    )
    sign_in_browser(page, union.ann, "/officer/example/motions/")
    return page


def propose(page: Page) -> None:
    page.get_by_role("link", name="New motion").click()
    page.get_by_label("Title").fill("Remote work")
    page.get_by_label("Mover").fill("Delegate 12")
    page.get_by_label("Text", exact=True).fill(TEXT)
    page.get_by_label("Who decides first?").select_option("House of Delegates")
    page.get_by_label("Under which rule? (1)").select_option("us-ctu-hod")
    page.get_by_label("Who decides after that? (2)").select_option("All members")
    page.get_by_label("Under which rule? (2)").select_option("us-ctu-ratify")
    page.get_by_role("button", name="Propose it").click()


def test_a_motion_on_its_way(
    office: Page, new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    page = office
    assert_accessible(page)
    propose(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Remote work")
    expect(page.get_by_text("The motion has no seconder yet.")).to_be_visible()
    assert_accessible(page)
    page.get_by_label("Seconder").fill("Delegate 12")
    page.get_by_role("button", name="Seconded").click()
    expect(page.get_by_text("The mover cannot second the motion. Somebody else has to.")).to_be_visible()
    page.get_by_label("Seconder").fill("Delegate 7")
    page.get_by_role("button", name="Seconded").click()
    expect(page.get_by_text("Delegate 7 seconded it.")).to_be_visible()

    page.get_by_text("Offer an amendment", exact=True).click()
    page.get_by_label("Who proposes the change?").fill("Delegate 3")
    page.get_by_label("Why?").locator("visible=true").fill("It needs a date.")
    page.get_by_label("The whole text as it would read").fill(AMENDED)
    page.get_by_role("button", name="Offer this amendment").click()
    expect(page.get_by_text("Amendment amendment-1 is not decided.")).to_be_visible()
    expect(page.locator("ins").first).to_contain_text("from 25 January")
    assert_accessible(page)
    page.get_by_label("Adopted: it is the text from now on").check()
    page.get_by_role("button", name="Enter the decision").click()
    expect(page.get_by_role("heading", name="Text, version 2")).to_be_visible()

    phone = new_page(width=320)
    phone.goto("/o/example/motions/")
    assert_accessible(phone)
    phone.get_by_role("link", name="Remote work").click()
    expect(phone.get_by_text("House of Delegates").first).to_be_visible()
    expect(phone.locator("ins").first).to_contain_text("from 25 January")
    assert_accessible(phone)
    assert phone.evaluate("document.documentElement.scrollWidth") <= 320, "nothing scrolls sideways"
    assert phone.context.cookies() == []

    page.get_by_role("button", name="Begin the ballot of the next step").click()
    page.get_by_role("navigation").get_by_role("link", name="Question and text").first.click()
    expect(page.get_by_label("Question and text")).to_have_value(AMENDED)


def test_a_step_is_refused_until_the_one_before_carried(office: Page, site: Any) -> None:
    """Also for whoever posts without the page's buttons."""
    propose(office)
    office.get_by_label("Seconder").fill("Delegate 7")
    office.get_by_role("button", name="Seconded").click()
    token = office.locator("input[name=csrfmiddlewaretoken]").first.get_attribute("value") or ""
    answer = office.request.post(
        f"{site.url}/officer/example/motions/remote-work/stages/1/ballot",
        form={"csrfmiddlewaretoken": token}, headers={"referer": office.url},
    )  # fmt: skip
    assert "House of Delegates has not carried this text." in answer.text()
    office.reload()
    expect(office.get_by_role("link", name="The ballot of the next step")).to_have_count(0)


def test_an_unknown_motion(office: Page) -> None:
    for address in ("/officer/example/motions/nothing/", "/o/example/motions/nothing/"):
        answer = office.goto(address)
        assert answer is not None
        assert answer.status == 404
