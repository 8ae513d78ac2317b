"""A voter's way through the booth, in a real browser against the real ballot box."""

from __future__ import annotations

import hashlib
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from quorate.board.keys import VerifierKey
from quorate.board.proof import Receipt
from quorate.crypto import ballot as ballots
from quorate.crypto.fingerprint import spoken
from quorate.group import Element, Scalar
from quorate.record.entries import Ballot
from quorate.record.manifest import Document
from support import examples
from support.ballots import SmallBallot, line, strike_question, tracker
from support.offices import name_of

YES, NO, BLANK = "Yes, authorise a strike", "No, do not authorise a strike", "Leave it blank"


def plaintext_times_G(ballot: SmallBallot, cast: Ballot, question: int = 0, place: int = 0) -> Element:
    """B - xA of a ciphertext, with the key that no teller alone has [04.1]: only a test can do this."""
    x = Scalar.zero()
    for secret in ballot.tellers.secrets:
        x = x + secret.coefficients[0]
    sealed = cast.answers[question].ciphertexts[place]
    return Element.from_canonical_bytes(sealed[32:]) - x * Element.from_canonical_bytes(sealed[:32])


@pytest.mark.parametrize(("answer", "value"), [(YES, 1), (NO, 2**32), (BLANK, 0)])
def test_what_is_chosen_is_what_is_sealed(booth: Any, answer: str, value: int) -> None:
    voter = booth.voter().arrive().to_review(answer).cast()
    [cast] = booth.entries(voter.ballot)
    assert spoken(tracker(cast)).replace(" ", "-") == voter.tracker()
    expected = Scalar.from_int(value) * Element.generator()
    assert plaintext_times_G(voter.ballot, cast) == expected


def test_a_vote_on_a_phone_by_keyboard_alone(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """Each heading takes the focus, the next action is reached by Tab, nothing is cut (WCAG 2.2 AA)."""
    voter = booth.voter(reduced_motion="reduce", color_scheme="dark").arrive()
    page = voter.page
    voter.reads("At least 3 of 3 members must vote yes.").reads("Open until")
    no_sideways(page)

    def tab_to(name: str) -> None:
        for _step in range(12):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.textContent") == name:
                return
        raise AssertionError(f"{name} is not reached by Tab")

    tab_to("Start voting")
    page.keyboard.press("Enter")
    voter.sees("Shall the union be authorised to call a strike?")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    no_sideways(page)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label(NO)).to_be_checked()
    tab_to("Review")
    page.keyboard.press("Enter")
    voter.sees("Review your vote").reads("Not cast yet").reads(NO)
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    expect(page.locator("#cast")).to_be_in_viewport(ratio=1)
    no_sideways(page)
    tab_to("Cast my vote")
    page.keyboard.press("Enter")
    voter.sees("Your vote is cast.").reads("It is on the public board and counts unless you replace it.")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    no_sideways(page)
    main = page.inner_text("main")
    assert not any(answer in main for answer in (YES, NO, BLANK)), "the confirmation shows the choice"
    assert voter.complaints == []


def test_the_saved_receipt_verifies_anywhere(booth: Any) -> None:
    voter = booth.voter().arrive().to_review().cast()
    with voter.page.expect_download() as download:
        voter.press("Save")
    assert download.value.suggested_filename == f"receipt-{voter.tracker()[:9]}.tlog-proof"
    [cast] = booth.entries(voter.ballot)
    manifest = voter.ballot.manifest
    receipt = Receipt.parse(download.value.path().read_bytes())
    assert receipt.verify(line(cast), VerifierKey.parse(manifest.log_key), manifest.witnesses).index == 1


def test_a_code_that_is_typed(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """Any case, O for 0, spaces; the wrong group is named and marked; an unknown code is told apart."""
    voter = booth.voter().arrive(None).press("Start voting").sees("Type your voting code")
    field = voter.page.get_by_label("Voting code", exact=True)
    no_sideways(voter.page)
    field.fill("0123 45U7 89AB CDEF GHJK MNPQ")
    voter.press("Continue").reads("Group 2 of the code has a U, which codes never use. It may be a V.")
    expect(voter.page.locator("#problem")).to_be_focused()
    no_sideways(voter.page)
    voter.page.keyboard.press("Tab")
    voter.page.keyboard.press("Enter")
    expect(field).to_be_focused()
    assert field.evaluate("f => f.value.slice(f.selectionStart, f.selectionEnd)") == "45U7"
    field.fill("0000-0000-0000-0000-0000-0000")
    voter.press("Continue").reads("This code is not for the ballot")
    field.fill(voter.code().lower().replace("0", "o").replace("1", "l").replace("-", " "))
    field.press("Enter")
    voter.sees("Shall the union be authorised to call a strike?")


def test_changing_a_vote(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """The earlier ballot is shown, nothing is marked, and the new one names it (07.12)."""
    ballot = booth.ballot()
    booth.voter(ballot).arrive().to_review(NO).cast()
    voter = booth.voter(ballot).arrive().press("Start voting").sees("Change your vote")
    [first] = booth.entries(ballot)
    voter.reads(spoken(tracker(first)).split()[0])
    no_sideways(voter.page)
    voter.press("Keep my earlier ballot").reads("Your earlier ballot counts.")
    voter.arrive().press("Start voting").sees("Change your vote").press("Choose again")
    assert voter.page.locator("input:checked").count() == 0
    voter.mark(YES).press("Review").reads("This replaces your earlier ballot.")
    no_sideways(voter.page)
    voter.press("Cast my new vote").sees("Your vote is cast.").reads("It replaced your earlier ballot")
    first, second = booth.entries(ballot)
    assert second.prev == tracker(first)


def test_a_blank_ballot_is_asked_about(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    voter = (
        booth.voter().arrive().press("Start voting").press("Review").sees("You have not chosen an answer.")
    )
    voter.reads("A blank ballot counts as voting, but not as yes or no.")
    voter.reads("Under this rule it works like a no.")
    no_sideways(voter.page)
    voter.press("Go back and choose").sees("Shall the union be authorised to call a strike?")
    voter.press("Review").press("Cast a blank ballot").sees("Review your vote").reads(BLANK)


def test_several_questions(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    hall = replace(examples.hall_question(), electorate=None)
    ballot = booth.ballot(questions=(strike_question(), examples.board_question(), hall))
    voter = booth.voter(ballot).arrive().press("Start voting").reads("Question 1 of 3").mark(YES)
    voter.press("Next question").reads("Question 2 of 3").reads("Choose up to 2. Or leave it blank.")
    for name in ("Ames", "Bell", "Cole"):
        voter.mark(f"Elect {name}")
    voter.press("Next question").reads("Choose at most 2 answers.")
    voter.page.get_by_label("Elect Bell").uncheck()
    no_sideways(voter.page)
    voter.press("Next question").sees("Where shall the assembly meet?").mark("Elm Hall").press("Review")
    voter.reads("Elect Ames").reads("Elect Cole").reads("Elm Hall")
    no_sideways(voter.page)
    voter.press("Change answer 2").sees("Who shall join the board?")
    expect(voter.page.get_by_label("Elect Cole")).to_be_checked()
    voter.press("Review").cast()
    [cast] = booth.entries(ballot)
    one, none = Element.generator(), Scalar.zero() * Element.generator()
    places = [plaintext_times_G(ballot, cast, 1, place) for place in range(4)]
    assert places == [one, none, one, none]


def test_documents_are_the_ones_that_were_announced(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """A document is compared with its fingerprint before anybody gets it."""
    text = b"The whole agreement.\n"
    document = Document("Agreement.txt", hashlib.sha256(text).digest(), len(text))
    ballot = booth.ballot(questions=(replace(strike_question(), documents=(document,)),))
    voter = booth.voter(ballot).arrive().press("Start voting").sees("Before you choose").reads("21 bytes")
    no_sideways(voter.page)
    address = f"**/documents/{document.sha256.hex()}"
    voter.page.route(address, lambda route: route.fulfill(body=text + b"And more."), times=1)
    voter.press("Open Agreement.txt").reads("is not this document")
    voter.page.route(address, lambda route: route.fulfill(body=text), times=1)
    with voter.page.expect_download() as download:
        voter.press("Open Agreement.txt")
    assert (download.value.suggested_filename, download.value.path().read_bytes()) == ("Agreement.txt", text)
    voter.press("Continue").sees("Shall the union be authorised to call a strike?")


def test_own_ballots_and_the_tracker(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    voter = booth.voter().arrive().press("See the ballots of my code").sees("Ballots of this code")
    voter.reads("No ballot is registered for this code on the public board at ")
    no_sideways(voter.page)
    voter.press("Vote now").mark(YES).press("Review").cast()
    shown = voter.tracker()
    voter.press("Done").reads("This page has forgotten your code.").press("Find a ballot by its tracker")
    voter.page.get_by_label("Tracker", exact=True).fill(shown.lower().replace("-", " "))
    voter.press("Find").reads("Counts unless it is replaced")
    no_sideways(voter.page)
    voter.page.get_by_label("Tracker", exact=True).fill("0" * 32)
    voter.press("Find").reads("There is no ballot with this tracker on the public board.")
    voter.page.get_by_label("Tracker", exact=True).fill("0" * 31)
    voter.press("Find").reads("A tracker has eight groups of four")
    voter.arrive().press("See the ballots of my code").reads("Counts unless it is replaced").reads(shown[:5])
    no_sideways(voter.page)


def test_checking_a_ballot(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """Cast or open (07.13): the opening rebuilds the body, the ballot is never cast, the next one is."""
    voter = booth.voter().arrive().to_review(NO)
    voter.press("Check this ballot first (optional)").sees("Check this ballot")
    shown = voter.page.inner_text(".summary .code")
    no_sideways(voter.page)
    voter.press("I have noted it: open the ballot").sees("This ballot is open, and is never counted")
    no_sideways(voter.page)
    opening = json.loads(voter.page.get_by_label("Opening of the ballot").input_value())
    body = ballots.make_body(
        voter.ballot.election,
        b64decode(opening["credential"]),
        b64decode(opening["prev"]),
        [(0, [choice["outcome"]]) for choice in opening["choices"]],
        b64decode(opening["rho"]),
    )
    assert opening["choices"] == [{"outcome": 1}]
    assert spoken(body.tracker()).replace(" ", "-") == shown
    voter.press("Vote afresh").mark(NO).press("Review").cast()
    [cast] = booth.entries(voter.ballot)
    assert spoken(tracker(cast)) != spoken(body.tracker())


@pytest.mark.parametrize("name", ["another site", "file"])
def test_the_single_file_from_elsewhere(booth: Any, bundle: Any, elsewhere: str, name: str) -> None:
    """Saved, or from another origin, the same program votes through the public API."""
    ballot = booth.ballot()
    where = (bundle / "booth.html").as_uri() if name == "file" else elsewhere
    api = booth.other_url
    voter = booth.voter(ballot, f"{where}#api={api}&ballot={name_of(ballot)}&phi={ballot.manifest.phi.hex()}")
    voter.page.goto(f"{voter.url}&code={voter.code()}")
    voter.sees("Strike authorisation").reads(f"Ballots go to {api.removeprefix('http://')}")
    assert voter.code() not in voter.page.url
    voter.to_review().cast()
    assert len(booth.entries(ballot)) == 1
    assert voter.complaints == []


def test_the_single_file_asks_for_the_ballot(
    booth: Any, bundle: Any, no_sideways: Callable[[Page], None]
) -> None:
    voter = booth.voter(url=(bundle / "booth.html").as_uri())
    voter.page.goto(voter.url)
    voter.sees("Which ballot?")
    no_sideways(voter.page)
    field = voter.page.get_by_label("Address of the ballot, or your voting link")
    field.fill("vote.example.org")
    voter.press("Open the ballot").reads("This is no address of a ballot.")
    field.fill(f"{booth.other_url}/b/{name_of(voter.ballot)}/vote#{voter.code()}")
    voter.press("Open the ballot").sees("Strike authorisation").to_review().cast()


def test_before_and_after_the_window(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """No live button outside the window; the ballots of a code can always be seen."""
    ballot = booth.ballot(timedelta(hours=1))
    booth.clock.ahead = timedelta(hours=2)
    voter = booth.voter(ballot).arrive().reads("Voting closed")
    assert voter.page.get_by_role("button", name="Start voting").count() == 0
    no_sideways(voter.page)
    voter.press("See the ballots of my code").reads("No ballot is registered for this code")
    assert voter.page.get_by_role("button", name="Vote now").count() == 0


def test_text_at_twice_the_size(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    """A person who reads at 200% on 640 px: nothing is cut, the main action is still there."""
    voter = booth.voter(width=640)
    voter.page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { const sheet = new CSSStyleSheet();"
        "sheet.replaceSync('html{font-size:200%}'); document.adoptedStyleSheets = [sheet]; })"
    )
    voter.arrive()
    for name, press in (("Strike authorisation", "Start voting"), ("Shall the union", "Review")):
        expect(voter.page.get_by_role("heading", level=1)).to_contain_text(name)
        no_sideways(voter.page)
        if press == "Review":
            voter.mark(YES)
        voter.press(press)
    voter.sees("Review your vote")
    no_sideways(voter.page)
    voter.cast()
    no_sideways(voter.page)


def test_a_scanner_that_runs_the_page_consumes_nothing(booth: Any) -> None:
    """A mail scanner opens the whole link in a browser before the member does; the code still votes (E7).

    Attacker: a filter that follows every link, scripts included. Wish: to use the code up. Nothing is posted
    until somebody presses a button.
    """
    ballot = booth.ballot()
    for _again in range(2):
        scanner = booth.voter(ballot).arrive()
        scanner.page.wait_for_load_state("networkidle")
        assert [one.method for one in scanner.sent if one.method != "GET"] == []
    assert booth.entries(ballot) == []
    booth.voter(ballot).arrive().to_review().cast()
    assert len(booth.entries(ballot)) == 1


def test_the_code_is_in_no_history_entry_of_the_page(booth: Any) -> None:
    """Whoever goes back and forward on a shared device finds addresses without the code (E8)."""
    voter = booth.voter().arrive().to_review().cast()
    code = voter.code()
    assert code not in json.dumps(
        voter.page.evaluate("() => [location.href, history.state, document.referrer]")
    )
    for _step in range(int(voter.page.evaluate("() => history.length"))):
        voter.page.evaluate("() => history.back()")
        voter.page.wait_for_timeout(100)
        here = voter.page.evaluate("() => [location.href, history.state, document.body?.innerText ?? '']")
        assert code not in json.dumps(here)
        assert code.replace("-", "") not in json.dumps(here)


def test_the_same_story_at_twice_the_size_in_dark_by_keyboard(
    booth: Any, no_sideways: Callable[[Page], None]
) -> None:
    """320 px, text at 200%, dark, reduced motion, no pointer: all at once, to the end."""
    voter = booth.voter(color_scheme="dark", reduced_motion="reduce")
    page = voter.page
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { const sheet = new CSSStyleSheet();"
        "sheet.replaceSync('html{font-size:200%}'); document.adoptedStyleSheets = [sheet]; })"
    )
    voter.arrive()

    def press(name: str) -> None:
        for _step in range(15):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.textContent") == name:
                break
        no_sideways(page)
        page.keyboard.press("Enter")

    press("Start voting")
    voter.sees("Shall the union be authorised to call a strike?")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    press("Review")
    voter.sees("Review your vote")
    press("Cast my vote")
    voter.sees("Your vote is cast.")
    no_sideways(page)
    moving = page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(e => getComputedStyle(e).animationName !== 'none'"
        " || parseFloat(getComputedStyle(e).transitionDuration) > 0.001).map(e => e.className)"
    )
    assert moving == []
