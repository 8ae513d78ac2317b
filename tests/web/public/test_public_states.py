"""A ballot has one address, from its announcement to its result, and says what is true of it now."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from quorate.apps.ballots import live
from quorate.apps.ballots.desk import Cast
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.publication.services import store_document
from quorate.record.canonical import instant
from quorate.record.entries import Suspend, Void
from quorate.record.manifest import Document, Manifest
from quorate.rules import preset
from support.ballots import CLOSES, NOON, OPENS, line, strike_question
from support.offices import SetClock
from support.publics import NO, YES, Shown

Maker = Callable[..., Shown]
END = instant(CLOSES)


def text_of(client: Client, path: str) -> str:
    """What a page says, without its markup."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.content
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def test_a_draft_cannot_be_told_from_nothing(client: Client, shown: Maker) -> None:
    draft = shown()
    Ballot.objects.update(stage=Stage.DRAFT)
    for rest in ("", "board/", "verify/", "preview.png", "result"):
        hidden, unknown = (client.get(f"/b/{name}/{rest}") for name in (draft.name, "0" * 32))
        assert (hidden.status_code, unknown.status_code) == (404, 404)
        assert hidden.content == unknown.content
        assert dict(hidden.headers) == dict(unknown.headers)
    assert draft.name not in client.get("/").content.decode()
    assert draft.name not in client.get("/sitemap.xml").content.decode()


@pytest.mark.parametrize("name", ["x", "0" * 31, "F" * 32, "0" * 33])
def test_an_address_that_is_none(client: Client, shown: Maker, name: str) -> None:
    assert client.get(f"/b/{name}/").status_code == 404


def test_announced(client: Client, shown: Maker) -> None:
    said = text_of(client, shown().path)
    assert "Announced" in said
    assert "Voting opens Wed 9 Dec 2015, 08:00 Chicago (14:00 UTC)" in said
    assert "Two officers have not signed its opening yet" in said
    assert "At least 5 of 6 members must vote yes." in said
    assert "Not voting counts like a no" in said
    assert "How many" not in said


def test_scheduled_opens_with_time_alone(client: Client, shown: Maker, clock: SetClock) -> None:
    ballot = shown().open()
    clock.now = instant(OPENS) - timedelta(seconds=1)
    assert "Not open yet" in text_of(client, ballot.path)
    clock.now = instant(OPENS)
    assert "Voting is open Strike authorisation Open until Fri 11 Dec 2015, 17:00 Chicago" in text_of(
        client, ballot.path
    )


def test_open_says_how_many_and_never_how(client: Client, shown: Maker) -> None:
    ballot = shown().open().vote([YES, NO, YES], NOON)
    said = text_of(client, ballot.path)
    assert "3 of 6 members have a ballot on the public board. Nobody knows how they voted." in said
    assert "Votes still possible 3" in said
    assert "Updated Thu 10 Dec 2015, 12:00 Chicago (18:00 UTC)" in said
    assert "needed:" not in said  # what is needed of yes votes is no line on a bar of turnout
    assert "Made by the registrar, apart from this website" in said


def test_a_line_stands_where_turnout_can_reach_it(client: Client, shown: Maker) -> None:
    question = strike_question(preset("uk-ia-2017"))
    ballot = shown(questions=(question,)).open().vote([YES, NO], NOON)
    page = client.get(ballot.path).content.decode()
    assert "needed: 3 ballots (at least half of all members)" in page
    assert 'data-needed="50.0000%"' in page
    assert "Not voting lowers the turnout that the rule asks for." in page


def test_hosted_codes_are_said_plainly(client: Client, shown: Maker) -> None:
    def hosted(manifest: Manifest) -> Manifest:
        return replace(manifest, credentials=replace(manifest.credentials, mode="hosted"))

    ballot = shown(then=hosted)
    assert "Made by this website itself (hosted)." in text_of(client, ballot.path)


def test_closed_and_withheld_show_no_vote(
    client: Client, shown: Maker, clock: SetClock, tmp_path: Path
) -> None:
    """The result exists on the server's disk, and nothing of it is on any page."""
    ballot = shown().open().vote([YES, NO, YES], NOON).close()
    clock.now = END + timedelta(minutes=1)
    closed = text_of(client, ballot.path)
    assert "The tellers are opening the totals together" in closed
    assert "Did not vote 3" in closed
    ballot.count(tmp_path)
    withheld = text_of(client, ballot.path)
    assert "officers release it once the time for protests has passed" in withheld
    for said in (closed, withheld, text_of(client, ballot.path + "board/"), text_of(client, "/")):
        assert not re.search(r"carried|voted yes|%|Carried", said.replace("75% of all members", ""))
    assert "Result" not in text_of(client, ballot.path + "board/")
    assert client.get(f"/api/ballots/{ballot.name}/certificate.json").status_code == 404


def test_released_and_its_alias(client: Client, shown: Maker, tmp_path: Path) -> None:
    ballot = shown().open().vote([YES, NO, YES, YES, YES], NOON).close().count(tmp_path).release()
    assert client.get(ballot.path + "result").headers["Location"] == ballot.path
    said = text_of(client, ballot.path)
    assert "Not carried 4 members voted yes; 5 were needed: 1 short." in said
    assert "21 checks of the record held; it is the pinned ballot." in said
    assert f"quorate verify quorate-{ballot.name[:8]}-record.zip --pins pins.json" in said


def test_another_certificate_than_the_verified_one_is_not_shown(
    client: Client, shown: Maker, tmp_path: Path
) -> None:
    """A file that somebody puts into the folder does not become a result."""
    ballot = shown().open().vote([YES, NO, YES, YES, YES], NOON).close().count(tmp_path).release()
    path = ballot.office.record / "certificate.json"
    path.write_bytes(path.read_bytes().replace(b'"threshold":2', b'"threshold":3'))
    said = text_of(client, ballot.path)
    assert "Result being prepared" in client.get(ballot.path).content.decode()
    assert "voted yes" not in said


def test_an_extension_and_a_notice_are_seen(client: Client, shown: Maker) -> None:
    ballot = shown().open()
    with ballot.office.box() as box:
        box.change(ballot.small.extension("2015-12-12T23:00:00Z"), NOON)
        box.change(ballot.small.notice("The help desk is closed on Friday."), NOON)
    said = text_of(client, ballot.path)
    assert "Open until Sat 12 Dec 2015, 17:00 Chicago" in said
    assert (
        "The closing time was moved to Sat 12 Dec 2015, 17:00 Chicago (23:00 UTC). The post was late" in said
    )
    assert "An officer gave notice. The help desk is closed on Friday. Entry 2 of the public board." in said


def test_the_page_follows_the_vote(page: Page, shown: Maker, clock: SetClock) -> None:
    """Server-sent events move the figures; when voting ends the page is another one."""
    ballot = shown().open().vote([YES], NOON)
    page.goto(ballot.path)
    expect(page.locator("[data-live-cast]")).to_have_text("1")
    clock.now = NOON + timedelta(seconds=61)
    cast = live.engine().desk(ballot.name).cast(line(ballot.small.vote(2, [(0, [NO])]))).result()
    assert isinstance(cast, Cast)
    expect(page.locator("[data-live-cast]")).to_have_text("2")
    expect(page.locator("rect.slice[data-count]").first).to_have_attribute("width", "33.3333%")
    expect(page.locator(".legend strong").last).to_have_text("4")
    expect(page.locator("[data-live-time]")).to_have_text("12:01:01 Chicago")
    clock.now = END + timedelta(seconds=2)
    live.engine().close_due()
    expect(page.locator("main")).to_contain_text("The tellers are opening the totals together")


def test_without_scripts_the_page_is_whole(new_page: Callable[..., Page], shown: Maker) -> None:
    ballot = shown().open().vote([YES], NOON)
    page = new_page(java_script_enabled=False)
    page.goto(ballot.path)
    assert "1 of 6 members" in " ".join(page.locator("main").inner_text().split())


def test_turnout_can_be_left_out(client: Client, shown: Maker) -> None:
    ballot = shown().open().vote([YES, NO, YES], NOON)
    ann = get_user_model().objects.create_user("ann", password=None)
    ballot.row.drafts.create(number=1, content={"turnout": False}, author=ann)
    said = text_of(client, ballot.path)
    assert "chose not to show here how many have voted" in said
    assert "3 of 6" not in said


def test_a_board_that_cannot_be_read(client: Client, shown: Maker) -> None:
    ballot = shown()
    (ballot.office.record / "manifest.json").write_bytes(b"{}\n")
    live.engine().forget(ballot.name)
    answer = client.get(ballot.path)
    assert answer.status_code == 503
    assert "Load this page again in a few seconds" in answer.content.decode()


def test_suspended_says_why_and_that_ballots_stay(client: Client, shown: Maker) -> None:
    ballot = shown().open().vote([YES, NO], NOON)
    ballot.post(Suspend((), ballot.small.manifest.phi, "The help line is down", "suspend"), NOON)
    said = text_of(client, ballot.path)
    assert "Voting rests: no ballot is taken now." in said
    assert "The help line is down" in said
    assert "2 of 6 members" in said
    assert f'href="/b/{ballot.name}/vote"' not in client.get(ballot.path).content.decode()
    assert "Voting is suspended" in text_of(client, "/")


def test_void_decides_nothing_and_shows_no_vote(client: Client, shown: Maker) -> None:
    ballot = shown().open().vote([YES, NO, YES], NOON)
    ballot.post(Void((), ballot.small.manifest.phi, "The list had duplicates", "void"), NOON)
    ballot.stage(Stage.VOIDED)
    said = text_of(client, ballot.path)
    assert "This ballot is void: it decides nothing." in said
    assert "The list had duplicates" in said
    assert "3 of 6" not in said
    assert "Void" in text_of(client, "/")
    again = shown("Again")
    Ballot.objects.filter(pk=again.row.pk).update(rerun_of=ballot.row)
    assert f'href="{again.path}"' in client.get(ballot.path).content.decode()
    assert "in the place of one that was declared void" in text_of(client, again.path)
    Ballot.objects.filter(pk=again.row.pk).update(stage=Stage.DRAFT)
    assert again.name not in client.get(ballot.path).content.decode()


def test_archived_keeps_the_result(client: Client, shown: Maker, tmp_path: Path) -> None:
    ballot = shown().open().vote([YES, NO, YES, YES, YES], NOON).close().count(tmp_path).release()
    ballot.stage(Stage.ARCHIVED)
    said = text_of(client, ballot.path)
    assert "This ballot is archived" in said
    assert "Not carried 4 members voted yes" in said


def test_a_correction_is_on_the_page_of_the_result(client: Client, shown: Maker, tmp_path: Path) -> None:
    ballot = shown().open().vote([YES] * 5, NOON).close().count(tmp_path).release()
    ann, ben = (get_user_model().objects.create_user(name, password=None) for name in ("ann", "ben"))
    ballot.row.steps.create(
        kind="correct", reason="The title says 2014.", first=ann, second=ben, proposed=NOON, done=NOON
    )
    said = text_of(client, ballot.path)
    assert "Correction of Thu 10 Dec 2015, 12:00 Chicago (18:00 UTC) : The title says 2014." in said


def test_the_time_for_protests(client: Client, shown: Maker) -> None:
    ballot = shown().open().vote([YES, NO], NOON).close()
    Ballot.objects.filter(pk=ballot.row.pk).update(protest_days=7)
    assert "Members may protest against the vote until Fri 18 Dec 2015, 17:00 Chicago" in text_of(
        client, ballot.path
    )


def test_what_is_voted_on_can_be_read(client: Client, shown: Maker) -> None:
    """A document is named with its length and fingerprint, and links to its bytes once they are there."""
    text = b"%PDF-1.7 The agreement, whole."
    document = Document("Agreement", hashlib.sha256(text).digest(), len(text))
    ballot = shown(questions=(replace(strike_question(), documents=(document,)),)).open()
    address = f"/api/ballots/{ballot.name}/documents/{document.sha256.hex()}"
    page = client.get(ballot.path).content.decode()
    assert "Agreement" in page
    assert address not in page
    store_document(ballot.office, text)
    assert address in client.get(ballot.path).content.decode()
    assert client.get(address).content == text
