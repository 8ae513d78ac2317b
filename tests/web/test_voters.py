"""Pages for voters: the booth's page, its program, the notice, the tracker; they consume nothing."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from msgspec.structs import replace
from playwright.sync_api import Page

from quorate.apps.ballots import live
from quorate.apps.publication import booth
from quorate.crypto.fingerprint import spoken
from quorate.election.office import Office
from quorate.record.manifest import Software
from support.ballots import NOON, SmallBallot, line, tracker
from support.offices import SetClock, name_of, open_office, serve_boards

YES = [(0, [0])]


@dataclass
class Open:
    """A ballot that is open, at noon."""

    ballot: SmallBallot
    office: Office
    clock: SetClock
    client: Client

    @property
    def name(self) -> str:
        return name_of(self.ballot)

    def entries(self) -> bytes:
        """Everything on the board."""
        return (self.office.folder / "board" / "entries.jsonl").read_bytes()


@pytest.fixture
def opened(tmp_path: Any, monkeypatch: pytest.MonkeyPatch, request: Any) -> Iterator[Open]:
    program = getattr(request, "param", None) or booth.offered()
    software = Software(program, "0")
    ballot = SmallBallot(tmp_path / "small", change=lambda manifest: replace(manifest, software=software))
    clock = SetClock()
    boards = tmp_path / "boards"
    boards.mkdir()
    office = open_office(ballot, boards)
    serve_boards(boards, clock, monkeypatch)
    yield Open(ballot, office, clock, Client())
    live.stop()


def test_the_page_of_the_booth_names_ballot_and_program(opened: Open) -> None:
    """The program that the manifest names, served byte for byte under the site's policy, without a cookie."""
    answer = opened.client.get(f"/b/{opened.name}/vote")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-ballot="{opened.name}" data-phi="{opened.ballot.manifest.phi.hex()}"' in page
    bundle = re.search(r'data-bundle="(\w{64})"', page)
    source = re.search(r'<script src="/static/([^"]+)" defer>', page)
    assert bundle is not None
    assert source is not None
    served = (settings.STATIC_ROOT / source[1]).read_bytes()
    assert hashlib.sha256(served).hexdigest() == bundle[1] == opened.ballot.manifest.software.booth.hex()  # type: ignore[union-attr]  # is set
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert not answer.cookies
    assert page.count("<script") == 1
    assert "style=" not in page


@pytest.mark.parametrize("opened", [b"\x07" * 32], indirect=True)
def test_a_program_that_is_not_here_is_never_passed_off(opened: Open) -> None:
    """The page says what the manifest names: the booth stops, and the page about it says so."""
    page = opened.client.get(f"/b/{opened.name}/vote").content.decode()
    assert f'data-bundle="{"07" * 32}"' in page
    words = opened.client.get(f"/b/{opened.name}/program").content.decode()
    assert "This site does not have that program." in words


def test_a_program_of_an_earlier_version_stays(opened: Open) -> None:
    """An upgrade in the middle of a vote changes nothing for that vote's voters."""
    now = booth.booth_of(opened.ballot.manifest)
    assert now.named == now.served == booth.offered().hex()
    earlier = settings.ENVIRONMENT.booths / ("ab" * 32)
    earlier.mkdir()
    named = replace(opened.ballot.manifest, software=Software(b"\xab" * 32, "0"))
    assert booth.booth_of(named) == booth.Booth("ab" * 32, "ab" * 32)
    earlier.rmdir()


@pytest.mark.parametrize("page", ["b/{}/vote", "b/{}/program", "b/{}/booth.html", "b/{}/notice", "t/{}/"])
def test_looking_consumes_nothing(opened: Open, page: str) -> None:
    """E7: a mail scanner follows the link first, as often as it likes; then the member votes."""
    before = opened.entries()
    path = "/" + page.format(opened.name)
    for _again in range(3):
        got, looked = opened.client.get(path), opened.client.head(path)
        assert (got.status_code, looked.status_code) == (200, 200)
        assert not got.cookies
        assert not hasattr(got.wsgi_request, "session")
    assert opened.entries() == before
    assert opened.client.post(f"/b/{opened.name}/vote").status_code == 405
    ballot = line(opened.ballot.vote(1, YES))
    assert cast(opened, ballot).status_code == 200


def cast(opened: Open, ballot: bytes) -> Any:
    """Post a ballot as the booth does."""
    return opened.client.post(f"/api/ballots/{opened.name}/ballots", ballot, content_type="application/json")


def look_up(opened: Open, typed: str) -> tuple[int, str]:
    """Post the form of the tracker page."""
    answer = opened.client.post(f"/t/{opened.name}/", {"tracker": typed})
    return answer.status_code, re.sub(r"\s+", " ", answer.content.decode())


def test_a_tracker_in_words(opened: Open) -> None:
    """Counts, replaced, closed, not found, mistyped: each in words, for people without the booth."""
    first = opened.ballot.vote(1, YES)
    assert cast(opened, line(first)).status_code == 200
    typed = spoken(tracker(first)).lower()
    assert "This ballot counts, unless it is replaced" in look_up(opened, typed)[1]
    second = opened.ballot.vote(1, YES, prev=tracker(first))
    assert cast(opened, line(second)).status_code == 200
    status, words = look_up(opened, typed)
    assert (status, "replaced by a later one" in words) == (200, True)
    assert "It is entry 1 of the public board, which was read Thu 10 Dec 2015, 12:00 Chicago" in words
    opened.clock.now = NOON + timedelta(days=9)
    live.engine().close_due()
    assert "This ballot counts." in look_up(opened, spoken(tracker(second)))[1]
    status, words = look_up(opened, "0" * 32)
    assert (status, "No ballot with this tracker is on the public board" in words) == (200, True)
    status, words = look_up(opened, "0" * 31)
    assert (status, "eight groups of four" in words) == (422, True)
    assert look_up(opened, "")[0] == 422
    page = opened.client.get(f"/t/{opened.name}/?tracker={typed}").content.decode()
    assert "This ballot" not in page, "a tracker is never taken from an address"


def test_an_unknown_ballot_is_a_page(client: Client) -> None:
    for path in ("/b/{}/vote", "/b/{}/program", "/b/{}/booth.html", "/b/{}/notice", "/t/{}/"):
        assert client.get(path.format("0" * 32)).status_code == 404
        assert client.get(path.format("..")).status_code == 404


def test_the_notice_says_what_the_pins_say(opened: Open) -> None:
    """All that a verifier is given as pins, and the fingerprint of the voting page, stand on the notice."""
    page = opened.client.get(f"/b/{opened.name}/notice").content.decode()
    pins = json.loads(opened.client.get(f"/api/ballots/{opened.name}/pins").content)
    manifest = opened.ballot.manifest
    for said in (manifest.phi.hex(), pins["log_key"], pins["origin"], manifest.software.booth.hex()):  # type: ignore[union-attr]  # is set
        assert said in page
    assert spoken(manifest.phi) in page
    assert opened.ballot.issue.deliveries[0].code not in page


@pytest.mark.parametrize("path", ["program", "notice", "tracker"])
@pytest.mark.parametrize("dark", [False, True])
def test_the_pages_are_for_everybody(
    opened: Open,
    new_page: Callable[..., Page],
    assert_accessible: Callable[[Page], None],
    path: str,
    dark: bool,
) -> None:
    """axe-core finds nothing and nothing scrolls sideways on a small phone, in light and dark."""
    page = new_page(width=320, dark=dark)
    page.goto(f"/t/{opened.name}/" if path == "tracker" else f"/b/{opened.name}/{path}")
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    if path == "tracker":
        page.get_by_label("Tracker").fill("0000")
        page.get_by_role("button", name="Find").click()
        page.get_by_text("eight groups of four letters").first.wait_for()
        assert_accessible(page)
