"""Every public page in every state: for everybody, at every width, and with nothing but text in texts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from msgspec.structs import replace
from playwright.sync_api import Dialog, Page

from quorate.record.canonical import instant
from quorate.record.manifest import Blank, Manifest, Option
from support.ballots import CLOSES, NOON, strike_question
from support.certificates import by_unit, certificate, chicago, three_questions, withheld
from support.offices import SetClock
from support.publics import NO, YES, Shown, organisation

Maker = Callable[..., Shown]
EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
MARKDOWN = (
    "**Bold** and [a link](javascript:alert(3)) and ![a picture](https://elsewhere.example/x.png)\n\n"
    "<iframe src='https://elsewhere.example'></iframe>\n\n# A heading\n\n- one\n- two\n\n" + EVIL
)
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def everything(shown: Maker, clock: SetClock, tmp_path: Path) -> dict[str, str]:
    """A ballot in each state; the addresses of all pages."""
    names = {
        "announced": shown("Contract"),
        "open": shown("Levy").open().vote([YES, NO, YES], NOON),
        "closed": shown("Merger").open().vote([YES, NO, YES], NOON).close(),
        "withheld": shown("Pension").open().vote([YES, NO], NOON).close().count(tmp_path),
        "released": shown("Strike").open().vote([YES] * 5, NOON).close().count(tmp_path).release(),
        "chicago": shown("Chicago").open().show(chicago()),
        "three": shown("Three").open().show(three_questions()),
        "units": shown("Units").open().show(by_unit()),
        "too-few": shown("Few").open().show(certificate(withheld(40, 1))),
    }
    pages = {name: ballot.path for name, ballot in names.items()}
    pages |= {
        "board": names["released"].path + "board/",
        "no-board": names["announced"].path + "board/",
        "verify": names["released"].path + "verify/",
        "verify-early": names["open"].path + "verify/",
        "home": "/",
        "organisation": "/o/example/",
        "how-to-verify": "/how-to-verify/",
    }
    return pages


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [320, 1280])
def test_every_page_for_everybody(
    new_page: Callable[..., Page],
    everything: dict[str, str],
    assert_accessible: Callable[[Page], None],
    width: int,
    dark: bool,
) -> None:
    """axe finds nothing; nothing scrolls sideways; no console line, no cookie, no other host (W4)."""
    page = new_page(width=width, dark=dark)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name, path in everything.items():
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, name
        for folded in page.locator("main details").all():
            folded.evaluate("one => { one.open = true }")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") == width, f"{name} scrolls sideways"
    assert said == []
    assert page.context.cookies() == []


def test_text_twice_as_large(new_page: Callable[..., Page], everything: dict[str, str]) -> None:
    page = new_page(width=640)
    for name, path in everything.items():
        page.goto(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") == 640, name


def test_what_officers_write_stays_text(
    page: Page, shown: Maker, clock: SetClock, tmp_path: Path, client: Client
) -> None:
    """Attack W2: markup in title, question, answers, names and Markdown is inert."""
    organisation("evil", EVIL)

    def evil(manifest: Manifest) -> Manifest:
        return replace(manifest, organisation=EVIL, body=EVIL, contact=EVIL)

    question = replace(
        strike_question(),
        text=MARKDOWN,
        options=(Option("yes", EVIL), Option("no", f"No {EVIL}")),
        blank=Blank("blank", f"Blank {EVIL}"),
    )
    tellers = tuple(f"{at} {EVIL}" for at in range(3))
    ballot = shown(EVIL, then=evil, questions=(question,), names=tellers).open()
    type(ballot.row).objects.filter(pk=ballot.row.pk).update(organisation="evil")
    ballot.vote([YES, NO, YES], NOON)
    ran: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        ran.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)

    def look(*paths: str) -> None:
        for path in paths:
            page.goto(path)
            assert page.locator("main script, main img, main iframe, main [onerror]").count() == 0
            assert page.locator("a[href^='javascript']").count() == 0

    look(ballot.path, ballot.path + "board/", ballot.path + "verify/", "/o/evil/", "/")
    page.goto(ballot.path)
    main = page.locator(".question").inner_html()
    assert "<strong>Bold</strong>" in main
    assert "<li>one</li>" in main
    assert "<h1>" not in main
    assert "&lt;iframe" in main
    ballot.close().count(tmp_path).release()
    clock.now = instant(CLOSES) + timedelta(days=1)
    look(ballot.path, "/o/evil/")
    assert EVIL in page.locator("h1").inner_text()
    feed = client.get("/o/evil/decisions.atom").content
    assert b"<script" not in feed
    assert EVIL in (ET.fromstring(feed).findtext(f"{ATOM}entry/{ATOM}title") or "")  # noqa: S314 - ours
    assert ran == []


def test_the_board_page_by_page(client: Client, shown: Maker) -> None:
    """Every entry is named by number, type and fingerprint; a page that is none is the nearest one."""
    ballot = shown(voters=60).open().vote([YES, NO] * 30, NOON)
    first = client.get(ballot.path + "board/").content.decode()
    assert "61 entries, page 1 of 2" in first
    assert first.count('<th scope="row"') == 50
    last = client.get(ballot.path + "board/?type=ballot&page=2").content.decode()
    assert "60 entries, page 2 of 2" in last
    assert last.count("Sealed ballot</td>") == 10
    for odd in ("page=0", "page=-1", "page=x", "page=99999999999999999999", "type=<script>", "page=²"):
        assert client.get(f"{ballot.path}board/?{odd}").status_code == 200
    assert "60 entries, page 2 of 2" in client.get(f"{ballot.path}board/?type=ballot&page=7").content.decode()


def test_times_of_entries_are_those_of_witnesses(client: Client, shown: Maker) -> None:
    page = client.get(shown().open().path + "board/").content.decode()
    assert "Entries carry no time of their own" in page


def test_the_feed(client: Client, shown: Maker) -> None:
    """One entry for each decision, the latest first, with verdict and share."""
    shown("Open").open()
    shown("First").open().show(chicago(), at=NOON)
    second = shown("Second").open().show(three_questions(), at=NOON + timedelta(days=1))
    feed = ET.fromstring(client.get("/o/example/decisions.atom").content)  # noqa: S314 - ours
    entries = feed.findall(f"{ATOM}entry")
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
        "Second: Carried, Not carried, Elected",
        "First: Carried (replay of a published vote)",
    ]
    link = entries[0].find(f"{ATOM}link")
    assert link is not None
    assert link.attrib["href"].endswith(second.path)
    assert "Yes: 89.7% of all 26,502 members." in (entries[1].findtext(f"{ATOM}summary") or "")
    assert client.get("/o/nobody/decisions.atom").status_code == 404


def test_the_organisation_lists_what_it_decided(client: Client, shown: Maker) -> None:
    shown("Chicago").open().show(chicago(), at=NOON)
    page = " ".join(client.get("/").content.decode().split())
    for words in ("No ballot is open.", "89.7% of all 26,502 members", "Thu 10 Dec 2015, 12:00 Chicago"):
        assert words in page
    assert '<strong>Carried</strong><br><span class="small quiet">replay of a published vote' in page
    assert client.get("/o/nobody/").status_code == 404


def test_two_organisations(client: Client, shown: Maker) -> None:
    shown()
    organisation("other", "Other Union")
    page = client.get("/").content.decode()
    assert 'href="/o/example/"' in page
    assert 'href="/o/other/"' in page


def test_search_engines_are_told_what_is_public(client: Client, shown: Maker) -> None:
    ballot = shown().open()
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /officer/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    addresses = client.get("/sitemap.xml").content.decode()
    assert f"http://testserver{ballot.path}" in addresses
    assert "http://testserver/how-to-verify/" in addresses


@pytest.mark.parametrize("path", ["/", "/how-to-verify/", "/robots.txt", "/sitemap.xml"])
def test_only_reading(client: Client, shown: Maker, path: str) -> None:
    assert client.post(path).status_code == 405


def test_no_page_sets_or_reads_a_cookie(client: Client, everything: dict[str, str]) -> None:
    for path in everything.values():
        answer = client.get(path, headers={"cookie": "sessionid=x"})
        assert not answer.cookies
        assert "Cookie" not in answer.headers.get("Vary", "")
