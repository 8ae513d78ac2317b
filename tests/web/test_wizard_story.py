"""From a new ballot to a vote: the wizard, five tellers, two signatures, one voter, in real browsers."""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page, expect

from quorate.apps.ballots import live, selectors
from quorate.apps.ballots.models import Ballot
from quorate.apps.organisation.roll_reading import folder
from quorate.crypto.credential import derive, parse_code
from support.officers import Union, sign_in_browser, two_officers
from support.offices import serve_boards
from support.passkeys import Passkey, register
from support.rolls import freeze

TELLERS = ("Ana", "Ben", "Cho", "Dia", "Eli")
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
CHICAGO = ZoneInfo("America/Chicago")
Check = Callable[[Page], None]


class ShiftedClock:
    """The real time and what a test adds to it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Device:
    """A teller's own computer: a browser, a folder, and `quorate` commands as processes."""

    def __init__(self, page: Page, link: str, home: Path) -> None:
        self.page, self.link, self.home = page, link, home
        home.mkdir(parents=True)

    def follow_link(self) -> None:
        self.page.goto("about:blank")  # another address: a change of the fragment alone loads nothing
        self.page.goto(self.link)
        expect(self.page.get_by_role("heading", name="All tellers")).to_be_visible()

    def download(self) -> None:
        with self.page.expect_download() as bundle:
            self.page.get_by_role("button", name="Download the ceremony folder").click()
        zipfile.ZipFile(bundle.value.path()).extractall(self.home)

    def start(self, *command: str) -> subprocess.Popen[str]:
        environment = {**os.environ, "QUORATE_TELLER_PASSPHRASE": "a passphrase of this teller"}
        return subprocess.Popen(
            [sys.executable, "-c", "from quorate.cli.main import main; main()", "teller", *command],
            cwd=self.home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip

    def hand_in(self, *names: str) -> None:
        self.page.get_by_label("Files to hand in").set_input_files(
            [self.home / "ceremony" / name for name in names]
        )
        self.page.get_by_role("button", name="Hand in", exact=True).click()
        expect(self.page.get_by_text("Handed in.")).to_be_visible()


class Story:
    """The officers' browsers and what they learn on the way."""

    def __init__(
        self, site: Any, union: Union, new_page: Callable[..., Page], check: Check, tmp: Path
    ) -> None:
        self.site, self.union, self.new_page, self.check, self.tmp = site, union, new_page, check, tmp
        self.page = new_page()
        sign_in_browser(self.page, union.ann)

    @property
    def ballot(self) -> Ballot:
        return Ballot.objects.get()

    def save(self, heading: str) -> None:
        """Look at the page, save the step and arrive at the next one."""
        self.check(self.page)
        self.page.get_by_role("button", name="Save and continue").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def draft(self, opens: datetime, closes: datetime) -> None:
        page = self.page
        page.get_by_role("link", name="Ballots", exact=True).first.click()
        page.get_by_role("link", name="New ballot").click()
        page.get_by_label("Title").fill("Strike authorisation")
        self.check(page)
        page.get_by_role("button", name="Begin").click()
        page.get_by_label("Question and text").fill("Shall the union be authorised to call a strike?")
        self.save("Answers")
        page.get_by_label("Label of yes").fill("Yes, authorise a strike")
        page.get_by_label("Label of no").fill("No, do not authorise a strike")
        self.save("Rule")
        page.get_by_label("Rule", exact=True).select_option("us-il-art34-strike")
        page.get_by_role("button", name="Explain this rule").click()
        expect(
            page.get_by_role("heading", name="Strike authorisation, Chicago public schools")
        ).to_be_visible()
        self.save("Voters")
        page.get_by_label("All members: 12 members").check()
        self.save("Voting time")
        expect(page.locator(".panel")).to_contain_text("9 yes votes needed of 12.")
        page.get_by_label("Opens").fill(f"{opens:%Y-%m-%dT%H:%M}")
        page.get_by_label("Closes").fill(f"{closes:%Y-%m-%dT%H:%M}")
        self.save("Tellers")
        page.get_by_label("Tellers", exact=True).fill("\n".join(TELLERS))
        page.get_by_label("How many suffice").fill("3")
        self.save("Messages")
        expect(page.get_by_text("At least 9 of 12 members must vote yes.").first).to_be_visible()
        self.check(page)
        page.get_by_role("link", name="Continue").click()
        expect(page.get_by_text("Yes, authorise a strike")).to_be_visible()
        self.check(page)
        page.get_by_role("link", name="What blocks opening?").click()
        self.check(page)

    def ceremony(self) -> None:
        page = self.page
        page.get_by_role("link", name="Mend Tellers' key").click()
        page.get_by_role("button", name="Begin, and make their links").click()
        links = page.locator(".to-run code").all_inner_texts()
        assert len(links) == 5
        self.check(page)
        devices = [
            Device(self.new_page(width=375 if n == 1 else 1280), link, self.tmp / f"teller-{n}")
            for n, link in enumerate(links, start=1)
        ]
        for device in devices:
            device.follow_link()
        self.check(devices[0].page)
        self.round(
            devices, ("round1-{n}.json",), lambda n: ("round1", "my-key", "ceremony", "--teller", str(n))
        )
        devices[0].follow_link()
        gamma = devices[0].page.locator(".gamma").inner_text()
        self.check(devices[0].page)
        self.round(
            devices, ("round2-{n}.json",), lambda n: ("round2", "my-key", "ceremony", "--fingerprint", gamma)
        )
        self.round(devices, ("round3-{n}.json",), lambda n: ("round3", "my-key", "ceremony"))
        for device in devices:
            self.finish(device.start("backup", "my-key", "backup.json"))
        self.round(
            devices,
            ("rehearsal-{n}-stored.json", "rehearsal-{n}-backup.json"),
            lambda n: ("rehearse", "my-key", "ceremony", "--backup", "backup.json"),
        )
        devices[0].follow_link()
        expect(devices[0].page.get_by_text("Your key is made and rehearsed.")).to_be_visible()
        self.check(devices[0].page)

    def round(
        self, devices: list[Device], files: tuple[str, ...], command: Callable[[int], tuple[str, ...]]
    ) -> None:
        for device in devices:
            device.follow_link()
            device.download()
        running = [device.start(*command(n)) for n, device in enumerate(devices, start=1)]
        for process in running:
            self.finish(process)
        for n, device in enumerate(devices, start=1):
            device.hand_in(*(name.format(n=n) for name in files))

    def finish(self, process: subprocess.Popen[str]) -> None:
        _output, error = process.communicate(timeout=120)
        assert process.returncode == 0, error

    def codes(self) -> list[dict[str, str]]:
        page = self.page
        page.goto(f"/officer/example/ballots/{self.ballot.name}/")
        page.get_by_role("link", name="Mend Voting codes").click()
        page.get_by_role("button", name="Make the codes").click()
        expect(page.get_by_text("12 codes made.")).to_be_visible()
        self.check(page)
        with page.expect_download() as download:
            page.get_by_role("button", name="Download the codes, once").click()
        with download.value.path().open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert len(rows) == 12
        page.reload()
        expect(page.get_by_text("No copy is kept.")).to_be_visible()
        return rows

    def sign_and_open(self, ann: Passkey, ben: Passkey) -> None:
        page = self.page
        page.goto(f"/officer/example/ballots/{self.ballot.name}/")
        expect(page.get_by_text("Nothing blocks opening.")).to_be_visible()
        self.check(page)
        page.get_by_role("button", name="Fix it for signing").click()
        figures = page.locator(".sign")
        for words in ("12", "9", "Chicago"):
            expect(figures).to_contain_text(words)
        self.check(page)
        self.change_of_mind()
        self.sign(page, ann)
        expect(page.get_by_text("Ask a second officer to sign here.")).to_be_visible()
        other = self.new_page(width=320)
        sign_in_browser(other, self.union.ben, f"/officer/example/ballots/{self.ballot.name}/sign")
        self.check(other)
        self.sign(other, ben)
        expect(other.get_by_role("button", name="Begin the public board")).to_be_visible()
        page.reload()
        self.check(page)
        page.get_by_role("button", name="Begin the public board").click()
        expect(page.get_by_text("The public board has begun.")).to_be_visible()
        self.check(page)

    def sign(self, page: Page, passkey: Passkey) -> None:
        """Tick each figure and confirm on the device, which Chromium plays."""
        device = page.context.new_cdp_session(page)
        device.send("WebAuthn.enable")
        made = device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        key = passkey._p256().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        credential = {
            "credentialId": b64encode(passkey.credential_id).decode(),
            "isResidentCredential": False,
            "rpId": "localhost",
            "privateKey": b64encode(key).decode(),
            "signCount": 0,
        }
        device.send(
            "WebAuthn.addCredential", {"authenticatorId": made["authenticatorId"], "credential": credential}
        )
        for tick in page.locator("input[name=agreed]").all():
            tick.check()
        page.get_by_role("button", name="Sign with my passkey").click()

    def change_of_mind(self) -> None:
        """Back to the draft, and fixed again: codes and key are kept."""
        page = self.page
        page.get_by_text("Something is wrong: change the draft").click()
        page.get_by_role("button", name="Go back to the draft").click()
        expect(page.get_by_text("Nothing blocks opening.")).to_be_visible()
        assert not (settings.ENVIRONMENT.boards / self.ballot.ballot_id).exists()
        page.get_by_role("button", name="Fix it for signing").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Sign the opening")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch, site: Any) -> Iterator[ShiftedClock]:
    made = ShiftedClock()
    serve_boards(settings.ENVIRONMENT.boards, made, monkeypatch)  # type: ignore[arg-type]  # a clock too
    yield made
    live.stop()
    for path in settings.ENVIRONMENT.boards.iterdir():
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(folder(settings.ENVIRONMENT.data), ignore_errors=True)


def test_from_new_ballot_to_a_vote(
    site: Any,
    clock: ShiftedClock,
    new_page: Callable[..., Page],
    assert_accessible: Check,
    tmp_path: Path,
) -> None:
    union = two_officers()
    freeze(union)
    passkeys = Passkey("Ann's phone"), Passkey("Ben's phone")
    for passkey, officer in zip(passkeys, (union.ann, union.ben), strict=True):
        register(officer.account, passkey, "localhost")
    story = Story(site, union, new_page, assert_accessible, tmp_path)
    opens = datetime.now(CHICAGO) + timedelta(hours=2)
    story.draft(opens, opens + timedelta(days=2))
    story.ceremony()
    rows = story.codes()
    story.sign_and_open(*passkeys)
    assert selectors.standing(story.ballot).state == "scheduled"
    clock.ahead = timedelta(hours=2, minutes=1)  # it opens by itself
    assert selectors.standing(story.ballot).state == "open"
    tracker = vote(new_page(width=320), rows[3]["link"].replace(settings.ENVIRONMENT.origin, site.url))
    manifest = selectors.manifest_of(story.ballot)
    assert (manifest.credentials.mode, manifest.tellers.threshold) == ("hosted", 3)
    assert_nobody_is_joined_to_a_vote(site, story.ballot, rows, tracker)


def vote(page: Page, link: str) -> str:
    """Vote in the booth with a code of the download; returns the tracker's first group."""
    page.goto(link)
    page.get_by_role("button", name="Start voting").click()
    page.get_by_label("Yes, authorise a strike").check()
    page.get_by_role("button", name="Review").click()
    page.get_by_role("button", name="Cast my vote").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your vote is cast.")
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page.inner_text("main"))
    assert found
    return found[0]


def assert_nobody_is_joined_to_a_vote(
    site: Any, ballot: Ballot, rows: list[dict[str, str]], tracker: str
) -> None:
    """E8, E12: neither logs nor a dump of all schemas hold a code, a credential or a tracker."""
    ballot_id = bytes.fromhex(ballot.ballot_id)
    secrets = [row["code"] for row in rows] + [tracker]
    secrets += [derive(parse_code(row["code"]), ballot_id).public.hex() for row in rows]
    log = "\n".join(site.log)
    assert "/officer/" in log
    assert [one for one in secrets if one in log] == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog',"
            " 'information_schema')"
        )
        tables = cursor.fetchall()
        assert ("registrar", "issue") in tables
        dump = []
        for schema, table in tables:
            cursor.execute(f'SELECT t::text FROM "{schema}"."{table}" t')  # noqa: S608 - names of the database itself
            dump += [row[0] for row in cursor.fetchall()]
    text = "\n".join(dump)
    assert "Member 4" in text, "the roll's members are in the dump"
    assert [one for one in secrets if one in text] == []
