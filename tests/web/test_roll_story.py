"""The story of a roll, in the browser: from a new officer's first sign-in to a corrected roll.

Every page is checked by axe-core and must fit 320 px. With QUORATE_SHOTS=FOLDER each is photographed too.
"""

from __future__ import annotations

import io
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from openpyxl import Workbook
from playwright.sync_api import Page, expect

from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import EVERYBODY
from quorate.apps.organisation.roll_reading import folder
from support.officers import new_founder, new_officer, sign_in_browser, two_officers

SHOTS = os.environ.get("QUORATE_SHOTS")
FAULTY = """Member number,Name,E-mail,Category,School
1,Ada Ekwueme,ada@example.org,Teacher,Lincoln
2,,bob@example.org,Teacher,Lincoln
2,Cyd Marsh,not an address,Support staff,Lincoln
1.5E+07,Dee Ortiz,,Retiree,
"""


class Look:
    """Looks at a page: accessible, and nothing scrolls sideways on a phone."""

    def __init__(self, check: Callable[[Page], None]) -> None:
        self.check = check
        self.count = 0

    def __call__(self, page: Page, name: str) -> None:
        self.check(page)
        wide = page.viewport_size
        assert wide is not None
        for width in (wide["width"], 320):
            page.set_viewport_size({"width": width, "height": wide["height"]})
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways"
            if SHOTS:
                self.count += 1
                page.screenshot(path=Path(SHOTS) / f"{self.count:02}-{name}-{width}.png", full_page=True)
        page.set_viewport_size(wide)


@pytest.fixture
def look(assert_accessible: Callable[[Page], None]) -> Look:
    return Look(assert_accessible)


@pytest.fixture
def no_rolls_left() -> Iterator[None]:
    yield
    shutil.rmtree(folder(settings.ENVIRONMENT.data), ignore_errors=True)


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Member number", "Name", "E-mail", "Category", "School"])
    for number, name in enumerate(["Ada Ekwueme", "Bob Lindqvist", "Cyd Marsh", "Dee Ortiz"], start=1):
        sheet.append([number, name, f"m{number}@example.org", "Teacher", "Lincoln"])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def go(page: Page, name: str) -> None:
    page.locator(".officer-nav .wide").get_by_role("link", name=name, exact=True).click()


def test_from_the_first_sign_in_to_a_corrected_roll(
    new_page: Callable[..., Page], look: Look, no_rolls_left: None
) -> None:
    ada = new_page()
    sign_in_browser(ada, new_founder("ann"))
    look(ada, "no-organisation")

    # The organisation and its first body.
    ada.get_by_role("link", name="Set up an organisation").click()
    press(ada, "Set up")
    expect(ada.get_by_role("alert")).to_contain_text("Name of the organisation: This field is required.")
    look(ada, "new-organisation-empty")
    ada.get_by_label("Name of the organisation").fill("Example Union")
    ada.get_by_label("Short name for addresses").fill("example")
    ada.get_by_label("Time zone").fill("america/nowhere")
    ada.get_by_label("Help for members").fill("312-555-0100, weekdays 8 to 20")
    press(ada, "Set up")
    expect(ada.get_by_role("alert")).to_contain_text("is not the name of a time zone")
    ada.get_by_label("Time zone").fill("america/chicago")
    press(ada, "Set up")
    look(ada, "settings")
    ada.get_by_role("link", name="Add a body").click()
    ada.get_by_label("Name").fill("All members")
    look(ada, "body")
    press(ada, "Save")
    expect(ada.get_by_role("table")).to_contain_text("All members")

    # A faulty list: every problem by its row, and nothing is taken over.
    go(ada, "Members")
    look(ada, "members-none")
    ada.get_by_role("link", name="Take over a list").click()
    look(ada, "import")
    ada.get_by_label("File", exact=False).first.set_input_files(
        {"name": "members.csv", "mimeType": "text/csv", "buffer": FAULTY.encode()}
    )
    press(ada, "Read the list")
    expect(ada.get_by_text("4 members, 5 problems")).to_be_visible()
    rows = [row.inner_text().split("\t")[0] for row in ada.get_by_role("row").all()[1:6]]
    assert [row.strip() for row in rows] == ["3", "3", "4", "4", "5"]
    expect(ada.get_by_role("button", name="Take it over")).to_have_count(0)
    look(ada, "import-problems")

    # The workbook: what it does is said first.
    ada.get_by_role("link", name="Hand in the corrected list").click()
    ada.get_by_label("File", exact=False).first.set_input_files(
        {"name": "members.xlsx", "mimeType": "application/vnd.ms-excel", "buffer": workbook()}
    )
    press(ada, "Read the list")
    expect(ada.get_by_text("4 members, 0 problems")).to_be_visible()
    expect(ada.get_by_text("4 members join")).to_be_visible()
    look(ada, "import-good")
    press(ada, "Take it over")
    expect(ada.get_by_text("Taken over: 4 added, 0 changed, 0 as before, 0 left.")).to_be_visible()
    look(ada, "members")

    # Frozen.
    go(ada, "Rolls")
    look(ada, "rolls-none")
    ada.get_by_role("link", name="Freeze a roll").click()
    press(ada, "Count the members")
    expect(ada.get_by_text("4 members belong to All members on")).to_be_visible()
    look(ada, "freeze")
    press(ada, "Freeze it")
    expect(ada.get_by_role("heading", level=1)).to_have_text("All members, roll 1")
    look(ada, "roll")
    first = ada.locator(".fingerprint code").inner_text()

    # A name was wrong: the register first, then the roll, by two officers.
    go(ada, "Members")
    ada.get_by_label("Number, name").fill("lindq")
    press(ada, "Search")
    ada.get_by_role("link", name="Bob Lindqvist").click()
    look(ada, "member")
    ada.get_by_label("Full name").fill("Robert Lindqvist")
    press(ada, "Save")
    go(ada, "Rolls")
    ada.get_by_role("link", name="Roll 1").click()
    expect(ada.get_by_text("The register says otherwise of 1 member")).to_be_visible()
    ada.get_by_label("Member number").fill("2")
    ada.get_by_label("Reason").fill("The first name was shortened in the old list.")
    look(ada, "roll-differs")
    press(ada, "Ask a second officer")
    expect(ada.get_by_text("Another officer must confirm it.").last).to_be_visible()
    expect(ada.get_by_role("button", name="Confirm 2")).to_have_count(0)

    ben = new_page(dark=True)
    organisation = Organisation.objects.get()
    sign_in_browser(ben, new_officer(organisation, "ben", *EVERYBODY))
    expect(ben.get_by_text("ann asks for a correction of the roll of All members.")).to_be_visible()
    look(ben, "home-needs")
    ben.get_by_role("link", name="Look at it").click()
    look(ben, "roll-to-confirm")
    press(ben, "Confirm 2")
    expect(ben.get_by_role("heading", level=1)).to_have_text("All members, roll 2")
    second = ben.locator(".fingerprint code").inner_text()
    assert second != first
    look(ben, "roll-corrected")

    # What everybody sees: both rolls, no names.
    anybody = new_page()
    anybody.goto("/o/example/rolls/")
    assert [code.inner_text() for code in anybody.locator(".fingerprint code").all()] == [second, first]
    for name in ("Lindqvist", "ann", "Lincoln"):
        assert name not in anybody.content()
    look(anybody, "public-rolls")
    anybody.goto("/o/example/on-the-roll/")
    look(anybody, "on-the-roll")


def test_two_officers_edit_at_once(new_page: Callable[..., Page], look: Look, no_rolls_left: None) -> None:
    """The later one is told, sees both versions, and loses nothing of what was typed."""
    union = two_officers()
    ann, ben = new_page(), new_page()
    sign_in_browser(ann, union.ann)
    sign_in_browser(ben, union.ben)
    for page in (ann, ben):
        page.goto("/officer/example/settings/edit/")
    ann.get_by_label("Name of the organisation").fill("Example Teachers")
    press(ann, "Save")
    ben.get_by_label("Help for members").fill("312-555-0199")
    press(ben, "Save")
    expect(ben.get_by_text("Somebody else changed this while you did.")).to_be_visible()
    expect(ben.get_by_text("Example Teachers was saved")).to_be_visible()
    expect(ben.get_by_label("Help for members")).to_have_value("312-555-0199")
    look(ben, "settings-overtaken")
    ben.get_by_label("Name of the organisation").fill("Example Teachers")
    press(ben, "Save")
    expect(ben.get_by_text("Saved.")).to_be_visible()
    union.organisation.refresh_from_db()
    assert (union.organisation.name, union.organisation.help) == ("Example Teachers", "312-555-0199")
