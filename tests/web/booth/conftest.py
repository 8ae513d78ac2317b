"""Small ballots that are really open, the booth on the real site, and voters who use it.

booth         the site; `booth.ballot()` opens a ballot, `booth.voter(ballot)` brings a voter
elsewhere     another site that serves the booth as one file
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, expect

from quorate.record.entries import Ballot, read_ballot
from support.ballots import SmallBallot
from support.booth_files import another_site, build_bundle
from support.offices import name_of, open_office, running_from

CODE = re.compile(r"[0-9A-Z]{4}(-?[0-9A-Z]{4}){5}")
_numbers = count()


class ShiftedClock:
    """The real time and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Voter:
    """Somebody at a page of the booth. `sent` holds every request, in order."""

    page: Page
    ballot: SmallBallot
    url: str
    sent: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def code(self, number: int = 1) -> str:
        """The code of a member, counted from 1."""
        return self.ballot.issue.deliveries[number - 1].code

    def arrive(self, number: int | None = 1) -> Voter:
        """Open the voting link of a member; None: without a code."""
        self.page.goto(self.url + ("" if number is None else f"#{self.code(number)}"))
        self.sees("Strike authorisation")
        return self

    def sees(self, heading: str) -> Voter:
        """Wait for the screen with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)
        return self

    def reads(self, words: str) -> Voter:
        """Wait for these words."""
        expect(self.page.get_by_text(words).first).to_be_visible()
        return self

    def press(self, name: str) -> Voter:
        """Press a button."""
        self.page.get_by_role("button", name=name, exact=True).click()
        return self

    def mark(self, label: str) -> Voter:
        """Mark an answer."""
        self.page.get_by_label(label, exact=True).check()
        return self

    def to_review(self, answer: str = "Yes, authorise a strike") -> Voter:
        """From the landing page to Review."""
        self.press("Start voting").mark(answer).press("Review")
        return self.sees("Review your vote")

    def cast(self) -> Voter:
        """Press Cast and wait for the proof."""
        return self.press("Cast my vote").sees("Your vote is cast.")

    def posts(self, path: str = "/ballots") -> list[Request]:
        """The requests that posted to a path of the API."""
        return [one for one in self.sent if one.method == "POST" and one.url.endswith(path)]

    def tracker(self) -> str:
        """The tracker on the confirmation."""
        return self.page.locator("#tracker").inner_text()


@dataclass
class Booth:
    """The site."""

    url: str
    log: list[str]
    clock: ShiftedClock
    boards: Path
    browser: Browser
    voters: list[Voter] = field(default_factory=list)

    @property
    def other_url(self) -> str:
        """The same server by another name: another origin."""
        return self.url.replace("localhost", "127.0.0.1")

    def ballot(self, lasting: timedelta = timedelta(days=1), **more: Any) -> SmallBallot:
        """A ballot that is open, with three members."""
        number = next(_numbers)
        change = running_from(self.clock(), lasting)
        ballot = SmallBallot(self.boards / "unused", seed=f"booth {number}", change=change, **more)
        open_office(ballot, self.boards)
        return ballot

    def voter(
        self, ballot: SmallBallot | None = None, url: str | None = None, width: int = 320, **more: Any
    ) -> Voter:
        """A voter on a phone at the booth of a ballot."""
        ballot = ballot or self.ballot()
        context = self.browser.new_context(
            viewport={"width": width, "height": 640}, locale="en-GB", timezone_id="Europe/Berlin", **more
        )
        return self.another_page(ballot, context, url)

    def another_page(self, ballot: SmallBallot, context: BrowserContext, url: str | None = None) -> Voter:
        """One more tab of the same browser."""
        page = context.new_page()
        page.set_default_timeout(10_000)
        expect.set_options(timeout=10_000)
        voter = Voter(page, ballot, url or f"{self.url}/b/{name_of(ballot)}/vote")
        page.on("request", lambda request: voter.sent.append(request))
        page.on("pageerror", lambda error: voter.complaints.append(str(error)))
        page.on("console", lambda message: voter.complaints.append(message.text))
        self.voters.append(voter)
        return voter

    def entries(self, ballot: SmallBallot) -> list[Ballot]:
        """The ballots on the board, in order."""
        path = self.boards / ballot.ballot_id.hex() / "board" / "entries.jsonl"
        lines = path.read_bytes().splitlines()
        return [read_ballot(line, "") for line in lines if b'"type":"ballot"' in line]


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle, built from the sources as they are; the site serves the same bytes."""
    from django.conf import settings

    built = build_bundle(tmp_path_factory.mktemp("bundle"))
    for name in ("booth.js", "booth.css", "booth.html"):
        same = (built / name).read_bytes() == (settings.BOOTH / name).read_bytes()
        assert same, f"{name} of the site is older than its sources: make setup builds it again"
    return built


@pytest.fixture
def elsewhere(bundle: Path) -> Iterator[str]:
    """The booth in one file on another site."""
    with another_site(bundle) as origin:
        yield f"{origin}/booth.html"


@pytest.fixture
def booth(_server: Any, bundle: Path, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Booth]:
    """The booth; afterwards nothing has gone elsewhere, was stored or logged, or is left in an address."""
    from django.conf import settings

    from quorate.apps.ballots.live import engine

    clock = ShiftedClock()
    monkeypatch.setattr(engine(), "_clock", clock)
    _server.log.clear()
    made = Booth(_server.url, _server.log, clock, settings.ENVIRONMENT.boards, browser)
    yield made
    for voter in made.voters:
        assert_discreet(voter, made)
    for voter in made.voters:
        voter.page.context.close()


def assert_discreet(voter: Voter, booth: Booth) -> None:
    """No foreign request, no code sent, logged or in the address, nothing kept on the device (E8, W4)."""
    ours = (booth.url, "blob:", "data:", "file:", "http://127.0.0.1:")
    assert [one.url for one in voter.sent if not one.url.startswith(ours)] == []
    codes = [one.code for one in voter.ballot.issue.deliveries]
    for request in voter.sent:
        said = request.url + (request.post_data or "") + str(request.headers)
        # the first navigation has the code in its fragment, which no browser sends
        if not request.is_navigation_request():
            assert not any(code in said or code.replace("-", "") in said for code in codes), request.url
        assert "cookie" not in request.headers
    assert not CODE.search(voter.page.url)
    log = "".join(booth.log)
    assert not any(code in log or code.replace("-", "") in log for code in codes)
    assert "127.0.0.1" not in log
    if voter.page.url.startswith("http"):
        kept = voter.page.evaluate(
            "async () => [localStorage.length, sessionStorage.length, document.cookie, "
            "(await indexedDB.databases()).length, (await caches.keys()).length]"
        )
        assert kept == [0, 0, "", 0, 0]


@pytest.fixture
def no_sideways(assert_accessible: Callable[[Page], None]) -> Callable[[Page], None]:
    """The page fits its width, nothing is cut, and axe-core finds nothing."""

    def check(page: Page) -> None:
        widest = page.evaluate(
            "() => Math.max(document.documentElement.scrollWidth, "
            "...[...document.querySelectorAll('main *')].filter(e => e.getClientRects().length)"
            ".map(e => e.getBoundingClientRect().right))"
        )
        assert widest <= page.viewport_size["width"] + 0.5, page.inner_text("h1")  # type: ignore[index]  # is set
        assert_accessible(page)

    return check
