"""Two officers with passkeys in a real browser: add one, sign in with it, sign an opening, and the record
that comes of it verifies from the command line. [08.28], [08.39]
"""

from __future__ import annotations

import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from playwright.sync_api import CDPSession, Page

from quorate.apps.ballots import live, officer_keys, services, signing
from quorate.apps.ballots.models import Ballot
from quorate.apps.organisation.services import create_organisation, grant
from quorate.record.ceremony import check_ceremony
from support.ballots import SmallBallot
from support.offices import SetClock, serve_boards

from .test_intake_officers import NOON, draft

PASSWORD = "correct-horse-9-battery"  # noqa: S105 - an account of this test


@dataclass
class Device:
    """A virtual authenticator of Chromium: a telephone that asks for a finger."""

    session: CDPSession
    id: str

    @classmethod
    def of(cls, page: Page) -> Device:
        session = page.context.new_cdp_session(page)
        session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        made: dict[str, Any] = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(session, made["authenticatorId"])

    def recognises(self, owner: bool) -> None:
        """Whether the finger on it is its owner's."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": owner})


class Officers:
    """Two accounts with the role, and a ballot ready to be fixed."""

    def __init__(self, folder: Path) -> None:
        self.organisation = create_organisation(
            slug="example", name="Example Union", zone="America/Chicago", help="Room 12"
        )
        self.accounts = [
            get_user_model().objects.create_user(name, password=PASSWORD) for name in ("first", "second")
        ]
        for account in self.accounts:
            grant(account=account, organisation=self.organisation, kind="opener")
        self.parties = SmallBallot(folder, voters=6, seed=secrets.token_hex(8))
        self.ballot = services.create_ballot(organisation="example", title="Strike", by=self.accounts[0])
        Ballot.objects.filter(pk=self.ballot.pk).update(ballot_id=self.parties.ballot_id.hex())
        self.ballot.refresh_from_db()

    def prepare(self) -> None:
        """Fix the ballot with the passkeys that the accounts have."""
        content = msgspec.structs.replace(draft(), host="localhost")
        services.save_draft(ballot=self.ballot, content=content, base=0, by=self.accounts[0])
        parties = self.parties
        services.prepare(
            ballot=self.ballot,
            issued=parties.issue.signed,
            credentials=parties.issue.lines,
            units=(),
            ceremony=check_ceremony(parties.tellers.file),
            ceremony_line=parties.tellers.file,
            officers=officer_keys.signing_officers(self.organisation),
            by=self.accounts[0],
        )
        self.ballot.refresh_from_db()

    @property
    def signing_page(self) -> str:
        return f"/officer/example/ballots/{self.ballot.name}/sign"

    @property
    def record(self) -> Path:
        boards: Path = settings.ENVIRONMENT.boards
        return boards / self.ballot.ballot_id / "public" / "record"


@pytest.fixture
def officers(
    new_page: Callable[..., Page], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Officers]:
    serve_boards(settings.ENVIRONMENT.boards, SetClock(NOON), monkeypatch)
    made = Officers(tmp_path)
    yield made
    live.stop()
    shutil.rmtree(settings.ENVIRONMENT.boards / made.ballot.ballot_id, ignore_errors=True)


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/accounts/2fa/")  # officers sign in with two keys: it sends them to add one


def add_passkey(page: Page) -> None:
    """As an officer does whose account has a password alone."""
    page.goto("/accounts/2fa/webauthn/add/")
    if "/reauthenticate/" in page.url:
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url("**/webauthn/add/")
    page.get_by_label("Name").fill("My telephone")
    page.get_by_role("button", name="Add this passkey").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/**")


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign Out").click()
    page.wait_for_url("**/")


def tick_all(page: Page) -> None:
    for box in page.locator("form[data-passkey] input[name=agreed]").all():
        box.check()


def test_two_officers_open_a_ballot_with_their_passkeys(
    officers: Officers, new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    pages, devices = [new_page(), new_page(width=320)], []
    for page, account in zip(pages, officers.accounts, strict=True):
        devices.append(Device.of(page))
        sign_in(page, account.get_username())
        add_passkey(page)
        sign_out(page)
        page.goto("/accounts/login/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        page.wait_for_url("**/officer/**")
    officers.prepare()
    first, second = pages
    assert_accessible(first)
    first.goto(officers.signing_page)
    button = first.get_by_role("button", name="Sign with my passkey")
    problem = first.locator("[data-problem]")
    assert not problem.is_visible()
    assert_accessible(first)

    # Too early: it says what is missing, and asks no device.
    first.get_by_label("Members who may vote").check()
    button.click()
    assert "Compare each of these" in problem.inner_text()
    assert problem.locator("li").all_inner_texts() == ["Yes votes needed", "Voting closes"]
    assert_accessible(first)

    # Another finger: nothing is signed, and the page says so.
    tick_all(first)
    devices[0].recognises(owner=False)
    button.click()
    problem.get_by_text("Nothing was signed: the passkey was not used").wait_for()
    assert first.locator("li", has_text="2 signatures are missing").count() == 1
    devices[0].recognises(owner=True)

    # By keyboard alone.
    button.focus()
    first.keyboard.press("Enter")
    first.get_by_text("You have signed. Ask a second officer to sign here.").wait_for()
    assert first.get_by_text("Signed. 1 officer has signed.").count() == 1
    assert_accessible(first)

    second.goto(officers.signing_page)
    tick_all(second)
    second.get_by_role("button", name="Sign with my passkey").click()
    second.get_by_role("button", name="Begin the public board").click()
    second.get_by_text("The public board has begun").wait_for()

    pins = officers.record.parent / "pins.json"
    command = ["verify", str(officers.record), "--ongoing", "--pins", str(pins)]
    verified = subprocess.run(
        [sys.executable, "-m", "quorate.cli.main", *command], capture_output=True, text=True, check=False
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr
    entries = (officers.record / "entries.jsonl").read_text(encoding="utf-8")
    assert entries.count('"authenticator_data"') == 2


def test_what_changed_meanwhile_is_said(officers: Officers, new_page: Callable[..., Page]) -> None:
    """The ballot was fixed anew while an officer looked: nothing is signed, and the page says why."""
    page = new_page()
    Device.of(page)
    sign_in(page, "first")
    add_passkey(page)
    other = new_page()
    Device.of(other)
    sign_in(other, "second")
    add_passkey(other)
    officers.prepare()
    page.goto(officers.signing_page)
    tick_all(page)
    page.evaluate("document.querySelector('[name=seen]').value = '0'.repeat(64)")
    page.get_by_role("button", name="Sign with my passkey").click()
    page.locator("[data-problem]").get_by_text("This has changed since you looked at it").wait_for()
    with page.expect_response("**/begin") as answered:
        page.route("**/begin", lambda route: route.continue_(post_data="{"))
        page.get_by_role("button", name="Sign with my passkey").click()
    assert answered.value.status == 409
    assert signing.challenge_of(officers.ballot, services.OPEN)
    assert services.OPEN not in {row.subject for row in officers.ballot.approvals.all()}
