"""From closing to the archive, in the browser: tellers by name, a share by its link, the count, a protest,
the exact preview, the release by two officers, legal hold; and a void ballot that is held again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from quorate.apps.ballots import after, selectors, services
from support.officers import sign_in_browser
from support.offices import SetClock, serve_boards
from support.pictures import take_pictures
from support.running import CLOSES, OPENS, Held

Check = Callable[[Page], None]


@pytest.fixture
def held(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    clock = SetClock(OPENS + timedelta(hours=1))
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Held(tmp_path, clock)
    yield made
    made.leave()


def test_from_closing_to_the_archive(
    held: Held, page: Page, new_page: Callable[..., Page], assert_accessible: Check, tmp_path: Path
) -> None:
    after.set_terms(ballot=held.ballot, protest_days=3, retain_days=365, by=held.ann)
    held.open()
    token = held.link(3)
    held.vote([0, 0, 0, 0, 0])
    held.close()
    second = new_page()
    sign_in_browser(page, held.union.ann, held.path + "closing")
    sign_in_browser(second, held.union.ben, held.path + "closing")
    expect(page.locator(".lead")).to_contain_text("2 more shares are needed.")
    expect(page.locator("ul.checklist")).to_contain_text("Ines Okafor")
    expect(page.get_by_text("Awaited", exact=True)).to_have_count(3)
    expect(page.locator("main")).to_contain_text("The count works without 1 teller.")
    expect(page.get_by_role("button", name="Count the votes")).to_have_count(0)
    assert_accessible(page)
    take_pictures(page, "awaited")

    # A teller hands in the share behind the personal link.
    teller = new_page(width=320)
    teller.goto(f"/teller/{held.ballot.name}#{token}")
    expect(teller.locator("main")).to_contain_text("quorate teller decrypt my-key")
    expect(teller.locator(".gamma")).to_contain_text(selectors.closing_fingerprint(held.ballot))
    assert_accessible(teller)
    take_pictures(teller, "teller")
    share = tmp_path / "share.json"
    share.write_bytes(held.share_line(3))
    teller.get_by_label("Your share").set_input_files(share)
    teller.get_by_role("button", name="Hand in").click()
    expect(teller.locator("main")).to_contain_text("Your share is here, and it is right.")
    assert_accessible(teller)
    page.reload()
    expect(page.locator(".lead")).to_contain_text("1 more share is needed.")
    held.share(1)
    page.reload()
    page.get_by_role("button", name="Count the votes").click()

    # Counted, and withheld while members may protest.
    expect(page.get_by_role("heading", name="Release the result")).to_be_visible()
    expect(page.locator(".chip").first).to_contain_text("Counted, withheld")
    expect(page.locator("main")).to_contain_text("runs until Mon 14 Dec 2026, 17:00 Chicago (23:00 UTC)")
    preview = page.locator(".preview .result")
    expect(preview).to_contain_text("Preview of the result, not released")
    expect(preview).to_contain_text("5 members voted yes. 5 were needed: exactly enough.")
    assert_accessible(page)
    take_pictures(page, "preview")
    stranger = new_page()
    stranger.goto(f"/b/{held.ballot.name}/")
    expect(stranger.locator("main")).not_to_contain_text("voted yes.")
    held.clock.now = CLOSES + timedelta(days=3)

    # A protest holds the release until two officers decide it.
    page.get_by_role("link", name="Protests").first.click()
    page.get_by_label("What is objected to").fill("Ada was not on the roll")
    page.get_by_role("button", name="Record it").click()
    page.get_by_text("Decide protest 1").click()
    page.get_by_label("Dismiss it: the result can be released").check()
    page.get_by_label("Reason").last.fill("Joined after the roll was fixed")
    assert_accessible(page)
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("main")).to_contain_text("A second officer must confirm it.")
    expect(page.get_by_role("button", name="Confirm")).to_have_count(0)
    take_pictures(page, "protests")
    page.goto(held.path + "result")
    expect(page.locator("main")).to_contain_text("1 is open")
    second.goto(held.path + "protests")
    second.get_by_role("button", name="Confirm").click()
    expect(second.locator("main")).to_contain_text("Dismissed")
    assert_accessible(second)

    # Two officers look at the same result and approve it; one releases it.
    page.goto(held.path + "result")
    looked_at = page.locator(".preview .question-result").first.inner_text()
    certificate = selectors.result(held.ballot)
    assert certificate is not None
    for by, missing in ((held.ann, "1 signature is missing"), (held.ben, "")):
        expect(page.get_by_role("button", name="Release the result now")).to_have_count(0)
        fingerprint = services.fingerprint(certificate)
        services.approve_release(ballot=held.ballot, certificate=fingerprint, by=by)
        page.reload()
        expect(page.locator(".sign")).to_contain_text(missing)
    second.goto(held.path + "result")
    assert_accessible(second)
    take_pictures(second, "approved")
    second.get_by_role("button", name="Release the result now").click()
    expect(second.locator("main")).to_contain_text("The result is public.")
    assert held.state == "released"
    stranger.goto(f"/b/{held.ballot.name}/")
    assert stranger.locator(".question-result").first.inner_text() == looked_at, "the preview was exact"

    # A legal hold by two officers; the archive once everything may be erased.
    second.goto(held.path + "after")
    expect(second.locator("main")).to_contain_text("Sat 11 Dec 2027, 17:00 Chicago (23:00 UTC)")
    second.get_by_text("Propose: Set a legal hold").click()
    second.get_by_label("Reason").first.fill("A court asked for it")
    second.get_by_role("button", name="Propose it").first.click()
    assert_accessible(second)
    take_pictures(second, "hold")
    page.goto(held.path + "after")
    page.get_by_role("button", name="Confirm").click()
    expect(page.locator("main")).to_contain_text("Yes: nothing may be erased.")
    assert_accessible(page)
    phone = new_page(width=320)
    sign_in_browser(phone, held.union.ann, held.path + "after")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_void_and_held_again(held: Held, page: Page, assert_accessible: Check) -> None:
    held.open()
    held.vote([0, 0, 0])
    sign_in_browser(page, held.union.ann, held.path + "running")
    page.get_by_role("link", name="Declare void").click()
    page.get_by_label("Reason").fill("The question named the wrong year")
    page.get_by_role("button", name="Propose it").click()
    expect(page.locator("main")).to_contain_text("This cannot be undone.")
    assert_accessible(page)
    take_pictures(page, "void")
    held.sign(page.url.rsplit("/", 1)[-1])
    page.reload()
    page.get_by_role("button", name="Put it on the public board").click()
    expect(page.locator(".lead")).to_contain_text("declared void")
    for part in ("running", "closing", "protests", "result", "after"):
        page.goto(held.path + part)
        assert_accessible(page)
    page.get_by_role("button", name="Draft a new vote").click()
    expect(page.locator("main")).to_contain_text("A draft was made from the void ballot.")
    assert held.ballot.reruns.count() == 1
    page.goto(held.path + "running")
    expect(page.locator("ol.events")).to_contain_text("A new vote is prepared in the place of this one.")
    page.goto(f"/b/{held.ballot.name}/")
    expect(page.locator("main")).to_contain_text("The question named the wrong year")
    assert_accessible(page)
