"""The design system: every component is usable by everybody, at every width, and draws what was counted."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Page

from quorate.report.bars import Bar, Mark, Segment
from quorate.web.templatetags.look import percent

GUIDE = "/officer/styleguide"


@pytest.fixture
def developing(settings: Any) -> Iterator[None]:
    settings.DEBUG = True
    yield
    settings.DEBUG = False


def test_the_style_guide_is_not_for_everybody(client: Client, db: None) -> None:
    assert client.get(GUIDE).status_code == 404


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("dark", [False, True])
def test_every_component(
    new_page: Callable[..., Page],
    developing: None,
    assert_accessible: Callable[[Page], None],
    width: int,
    dark: bool,
) -> None:
    page = new_page(width=width, dark=dark)
    page.goto(GUIDE)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == width, "something scrolls sideways"


def test_text_twice_as_large(new_page: Callable[..., Page], developing: None) -> None:
    """200% text: everything is still there, and nothing scrolls sideways."""
    page = new_page(width=640)
    page.goto(GUIDE)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") == 640


def test_nothing_asks_for_what_the_policy_forbids(page: Page, developing: None) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("requestfailed", lambda request: said.append(request.url))
    for path in (GUIDE, "/accounts/login/", "/", "/api/docs"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
    assert said == []
    assert page.evaluate("document.fonts.check('1rem \"Public Sans\"')")


def test_the_keyboard_reaches_everything_in_order(page: Page, developing: None) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(GUIDE)
    for _ in range(3):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px", "the focus is not visible"


def test_paper_has_no_navigation(page: Page, developing: None) -> None:
    page.goto(GUIDE)
    page.emulate_media(media="print")
    for gone in (".officer-nav", ".action-bar", ".skip"):
        assert not page.locator(gone).first.is_visible()
    assert page.locator(".bar .votes").first.is_visible()


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [("/nothing-here", 404, "There is no such page"), ("/", 200, None)],
)
def test_error_pages_are_pages(
    page: Page, assert_accessible: Callable[[Page], None], path: str, status: int, words: str | None
) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == status
    if words:
        assert words in page.locator("h1").inner_text()
    assert_accessible(page)


def test_a_form_without_its_token_says_what_to_do(db: None) -> None:
    """Attack W5: a form that another site posts here is refused, in words."""
    answer = Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "a", "password": "b"})
    assert answer.status_code == 403
    assert "came from another site" in answer.content.decode()


def test_a_failure_says_what_is_safe_and_a_number_to_quote(
    db: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(*arguments: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr("quorate.web.officers.adapter.AccountAdapter.is_open_for_signup", fails)
    answer = Client(raise_request_exception=False).get("/accounts/signup/")
    page = answer.content.decode()
    assert answer.status_code == 500
    assert "If you saw a tracker, your vote is safe." in page
    assert re.search(r"say this number when you ask for help: [0-9a-f]{8}\.", page)
    assert "a secret of the inside" not in page


def test_what_people_write_is_text(db: None) -> None:
    """Attack W2: markup in names and labels stays text in every component."""
    evil = "<script>alert(1)</script>\"'"
    bar = Bar(evil, (), (Mark(1, evil, met=True),), 2, (Segment(2, evil, "yes", evil),), evil)
    source = (
        '{% load look %}{% bar bar %}{% chip "open" evil evil %}{% notice %}{{ evil }}{% endnotice %}'
        "{% fingerprint evil %}{% steps 1 2 evil %}{% icon evil %}"
    )
    page = Template(source).render(Context({"bar": bar, "evil": evil}))
    assert "<script" not in page
    assert evil not in page


def test_a_bar_shows_its_counts() -> None:
    """Slices stand end to end, thin ones are not enlarged, no inline style, counts readable."""
    segments = (
        Segment(23_780, "Yes", "yes", "23,780"),
        Segment(0, "No", "no", "0"),
        Segment(1, "Blank", "blank", "1"),
        Segment(2_721, "Did not vote", "none", "2,721"),
    )
    bar = Bar(
        "all", (), (Mark(19_877, "needed: 19,877 (75% of all members)", met=True),), 26_502, segments, ""
    )
    page = Template("{% load look %}{% bar bar %}").render(Context({"bar": bar}))
    drawn = re.findall(r'class="slice seg-(\w+)" x="([\d.]+)%" width="([\d.]+)%" data-count="(\d+)"', page)
    assert [(kind, int(count)) for kind, _, _, count in drawn] == [
        ("yes", 23_780),
        ("blank", 1),
        ("none", 2_721),
    ]
    before = 0
    for _, start, width, count in drawn:
        assert Fraction(start) <= Fraction(100 * before, 26_502) < Fraction(start) + Fraction(1, 10_000)
        assert Fraction(width) <= Fraction(100 * int(count), 26_502)
        before += int(count)
    assert 'x="75.0018%"' in page
    assert "style=" not in page


@given(st.integers(1, 10**7).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_a_place_is_never_beyond_what_was_counted(pair: tuple[int, int]) -> None:
    part, whole = pair
    place = Fraction(percent(part, whole).removesuffix("%"))
    assert place <= Fraction(100 * part, whole) < place + Fraction(1, 10_000)
