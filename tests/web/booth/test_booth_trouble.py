"""What goes wrong between a voter and the board, each thing told in words: is my vote safe, and what now."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, Route, expect

from quorate.apps.ballots.live import engine
from quorate.election.office import Office
from support.ballots import strike_question
from support.offices import name_of

YES, NO, BLANK = "Yes, authorise a strike", "No, do not authorise a strike", "Leave it blank"
UNKNOWN = "We do not know yet if your vote arrived."


def lose_answer(route: Route) -> None:
    """The request arrives, its answer never does."""
    route.fetch()
    route.abort("connectionreset")


@pytest.mark.parametrize("arrives", [False, True])
def test_a_lost_network(booth: Any, arrives: bool, no_sideways: Callable[[Page], None]) -> None:
    """No answer is "we do not know"; the same bytes are sent again and count once (B10)."""
    voter = booth.voter().arrive().to_review()
    fault = lose_answer if arrives else lambda route: route.abort("internetdisconnected")
    voter.page.route("**/ballots", fault, times=1)
    voter.press("Cast my vote").reads(UNKNOWN).reads("it can count only once")
    no_sideways(voter.page)
    voter.sees("Your vote is cast.")
    first, second = voter.posts()
    assert first.post_data_buffer == second.post_data_buffer
    assert len(booth.entries(voter.ballot)) == 1


def test_it_could_not_be_stored(booth: Any) -> None:
    """503: not cast yet, and then it is (B13)."""
    voter = booth.voter().arrive().to_review()
    voter.page.route("**/ballots", lambda route: route.fulfill(status=503, body="{}"), times=1)
    voter.press("Cast my vote").reads("Not cast yet.").sees("Your vote is cast.")
    assert len(booth.entries(voter.ballot)) == 1


def test_no_network_at_all(booth: Any) -> None:
    """Before anything is cast each step says so and can be tried again."""
    voter = booth.voter()
    voter.page.route("**/api/**", lambda route: route.abort(), times=1)
    voter.page.goto(f"{voter.url}#{voter.code()}")
    voter.sees("We cannot reach the ballot").reads("Nothing was cast").press("Try again")
    voter.sees("Strike authorisation")
    voter.page.route("**/credential", lambda route: route.abort(), times=1)
    voter.press("Start voting").reads("We could not reach the public board. Nothing was cast.")
    voter.press("Continue").mark(YES).press("Review").cast()


def change_receipt(change: Callable[[str], str]) -> Callable[[Route], None]:
    def fault(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        said["receipt"] = change(said["receipt"])
        route.fulfill(response=answer, body=json.dumps(said))

    return fault


@pytest.mark.parametrize(
    "change",
    [
        lambda receipt: receipt.replace("index 1", "index 0"),
        lambda receipt: receipt.rsplit("\n\n", 1)[0] + "\n",
        lambda receipt: "\n".join([*receipt.split("\n")[:2], *receipt.split("\n")[3:]]),
        lambda receipt: receipt.replace("vote.example", "else.example"),
        lambda receipt: "",
    ],
    ids=["index", "unsigned", "path", "origin", "empty"],
)
def test_an_answer_without_proof_is_not_cast(booth: Any, change: Callable[[str], str]) -> None:
    """200 with a receipt that does not hold is no "cast" (B13, L4)."""
    voter = booth.voter().arrive().to_review()
    voter.page.route("**/ballots", change_receipt(change), times=1)
    voter.press("Cast my vote").reads("We do not know if your vote is cast.").sees("Your vote is cast.")
    assert len(voter.posts()) == 2


def test_two_tabs(booth: Any) -> None:
    """The second tab's vote does not replace the first one's unseen (B14)."""
    ballot = booth.ballot()
    one = booth.voter(ballot).arrive().to_review(YES)
    two = booth.another_page(ballot, one.page.context).arrive().to_review(NO)
    one.cast()
    two.press("Cast my vote").sees("Change your vote").reads("Your new choice was not cast.")
    two.press("Choose again").mark(NO).press("Review").press("Cast my new vote").sees("Your vote is cast.")
    assert len(booth.entries(ballot)) == 2


def test_a_double_click_casts_once(booth: Any) -> None:
    voter = booth.voter().arrive().to_review()
    voter.page.get_by_role("button", name="Cast my vote").dblclick()
    voter.sees("Your vote is cast.")
    assert len(voter.posts()) == 1


def test_voting_closes_while_choosing(booth: Any, no_sideways: Callable[[Page], None]) -> None:
    ballot = booth.ballot(timedelta(hours=1))
    voter = booth.voter(ballot).arrive().to_review()
    booth.clock.ahead = timedelta(hours=2)
    voter.page.evaluate(
        "document.dispatchEvent(new Event('visibilitychange'))"
    )  # as when it is looked at again
    voter.sees("This choice was not cast").reads("while you were choosing").reads("No ballot is registered")
    no_sideways(voter.page)
    assert booth.entries(ballot) == []


def test_the_page_notices_the_closing_time_by_itself(booth: Any) -> None:
    ballot = booth.ballot(timedelta(hours=1))
    booth.clock.ahead = timedelta(hours=1, seconds=-4)
    voter = (
        booth.voter(ballot)
        .arrive()
        .press("Start voting")
        .sees("Shall the union be authorised to call a strike?")
    )
    voter.sees("This choice was not cast")


def test_voting_closes_before_the_vote_arrives(booth: Any) -> None:
    """Too late is said, with what counts for this code (words of the closed screen)."""
    ballot = booth.ballot(timedelta(hours=1))
    booth.voter(ballot).arrive().to_review(NO).cast()
    voter = booth.voter(ballot).arrive().press("Start voting").press("Choose again").mark(YES).press("Review")
    booth.clock.ahead = timedelta(hours=2)
    voter.press("Cast my new vote").sees("This choice was not cast").reads("before your vote arrived")
    voter.reads("Your ballot, entry 1 of the board, counts.")
    assert len(booth.entries(ballot)) == 1


def test_an_answer_lost_at_closing_is_still_found(booth: Any) -> None:
    """It arrived in time, its answer was lost, voting closed: asking again gives the proof (B9, B10)."""
    ballot = booth.ballot(timedelta(hours=1))
    voter = booth.voter(ballot).arrive().to_review()

    def lose_and_close(route: Route) -> None:
        lose_answer(route)
        booth.clock.ahead = timedelta(hours=2)

    voter.page.route("**/ballots", lose_and_close, times=1)
    voter.press("Cast my vote").reads(UNKNOWN).sees("Your vote is cast.")


def test_reload_forgets_and_says_so(booth: Any) -> None:
    voter = booth.voter().arrive().to_review()
    voter.page.reload()
    voter.sees("Strike authorisation").reads("This page was loaded again.").reads("neither is your code")
    voter.press("Start voting").sees("Type your voting code")
    assert voter.page.get_by_label("Voting code", exact=True).input_value() == ""


def test_the_back_button_stays_in_the_booth(booth: Any) -> None:
    voter = booth.voter().arrive().to_review()
    question = "Shall the union be authorised to call a strike?"
    voter.page.go_back()
    voter.sees(question)
    expect(voter.page.get_by_label(YES)).to_be_checked()
    voter.press("Review").sees("Review your vote")
    voter.page.route("**/ballots", lambda route: route.abort(), times=1)
    voter.press("Cast my vote").reads(UNKNOWN)
    voter.page.go_back()
    voter.sees("Your vote is cast.")
    voter.page.go_back()
    voter.sees("Strike authorisation").reads("This page has forgotten your code.")


def test_leaving_and_coming_back_shows_nothing_of_before(booth: Any) -> None:
    """On a shared device the next person presses Back: no choice and no code is there (E8)."""
    voter = booth.voter().arrive().to_review(NO)
    voter.page.goto("about:blank")
    voter.page.go_back()
    voter.sees("Strike authorisation")
    assert NO not in voter.page.inner_text("main").replace(voter.page.inner_text("details >> nth=0"), "")
    voter.press("Start voting").sees("Type your voting code")


def test_a_second_link_in_the_same_tab(booth: Any) -> None:
    """Its code is taken, and what was being chosen under the first is forgotten."""
    voter = booth.voter().arrive(1).to_review()
    voter.page.evaluate(f"location.hash = '{voter.code(2)}'")
    voter.sees("Strike authorisation")
    assert voter.code(2) not in voter.page.url
    voter.to_review().cast()
    assert booth.entries(voter.ballot)[0].credential == voter.ballot.credential(2).public


def test_a_replaced_code(booth: Any) -> None:
    ballot = booth.ballot()
    entry, _new = ballot.reissue(1)

    def post(office: Office) -> None:
        with office.box() as box:
            box.change(entry, booth.clock())

    engine().do(name_of(ballot), post)
    voter = booth.voter(ballot).arrive().press("Start voting").sees("This code was replaced")
    voter.reads("Did not ask for one? Tell the help line now: Call the office.")


# Attacks on the voter's device and page.


@pytest.mark.parametrize(
    "broken",
    [
        "delete Crypto.prototype.getRandomValues",
        "Object.defineProperty(globalThis, 'crypto', {value: undefined})",
        "Crypto.prototype.getRandomValues = () => { throw new Error('no') }",
        "Crypto.prototype.getRandomValues = (bytes) => bytes",
        "Crypto.prototype.getRandomValues = (bytes) => bytes.fill(7)",
        "let n = 0; Crypto.prototype.getRandomValues = (bytes) => bytes.map((_, i) => bytes[i] = n++ % 9)",
    ],
    ids=["absent", "no-crypto", "throws", "zero", "constant", "counter"],
)
def test_without_random_numbers_nobody_votes(booth: Any, broken: str) -> None:
    """The booth stops in words before anything is asked (C11)."""
    voter = booth.voter()
    voter.page.add_init_script(broken)
    voter.page.goto(f"{voter.url}#{voter.code()}")
    voter.sees("Do not vote on this device").reads("Nothing was cast.")
    assert voter.posts("") == []


def test_random_numbers_that_fail_later(booth: Any) -> None:
    """A generator that begins to repeat itself stops the booth before anything is sealed (C11)."""
    voter = booth.voter().arrive().press("Start voting").mark(YES)
    voter.page.evaluate("() => void (Crypto.prototype.getRandomValues = (bytes) => bytes.fill(1))")
    voter.press("Review").sees("Do not vote on this device")
    assert voter.posts() == []


def test_a_ciphertext_that_repeats_is_a_broken_device(booth: Any) -> None:
    """The ballot box has seen this A before: the booth does not try again with the same generator (C11)."""
    voter = booth.voter().arrive().to_review()
    body = json.dumps({"check": "V13", "reason": "It repeats a ciphertext."})
    voter.page.route("**/ballots", lambda route: route.fulfill(status=422, body=body))
    voter.press("Cast my vote").sees("Do not vote on this device")


def test_a_refused_ballot_says_why(booth: Any) -> None:
    voter = booth.voter().arrive().to_review()
    body = json.dumps({"check": "V11", "reason": "A proof does not hold."})
    voter.page.route("**/ballots", lambda route: route.fulfill(status=422, body=body))
    voter.press("Cast my vote").sees("Your ballot was refused").reads("A proof does not hold.")


@pytest.mark.parametrize(
    ("attribute", "heading"),
    [
        ({"phi": "00" * 32}, "This is not the ballot that was announced"),
        ({"ballot": "00" * 16}, "There is no ballot at this address"),
        ({"bundle": "00" * 32}, "This is not the voting page that was announced"),
    ],
    ids=["phi", "ballot", "bundle"],
)
def test_another_ballot_or_page_than_announced(booth: Any, attribute: dict[str, str], heading: str) -> None:
    """What the page was given and what is served must be one (W3, W4)."""
    voter = booth.voter()

    def change(route: Route) -> None:
        answer, [(name, value)] = route.fetch(), attribute.items()
        route.fulfill(
            response=answer,
            body=re.sub(rf'data-{name}="\w+"', f'data-{name}="{value}"', answer.text(), count=1),
        )

    voter.page.route("**/vote", change)
    voter.page.goto(f"{voter.url}#{voter.code()}")
    voter.sees(heading).reads("Nothing was cast")
    assert voter.posts("") == []


def test_a_manifest_of_another_ballot(booth: Any) -> None:
    """The server answers with another ballot's manifest: its fingerprint is not this ballot's name."""
    other = booth.ballot()
    voter = booth.voter()
    path = booth.boards / other.ballot_id.hex() / "public" / "record" / "manifest.json"
    voter.page.route("**/manifest", lambda route: route.fulfill(body=path.read_bytes()))
    voter.page.goto(f"{voter.url}#{voter.code()}")
    voter.sees("This is not the ballot that was announced")


def test_a_board_that_does_not_prove_what_it_says(booth: Any) -> None:
    voter = booth.voter().arrive()

    def forge(route: Route) -> None:
        answer = route.fetch()
        said = answer.json()
        said["checkpoint"] = said["checkpoint"].replace("\n1\n", "\n2\n")
        route.fulfill(response=answer, body=json.dumps(said))

    voter.page.route("**/credential", forge)
    voter.press("Start voting").sees("The public board does not prove what it says")


def test_a_script_in_a_title_is_text(booth: Any) -> None:
    """Markup from the manifest is shown, not run (W2)."""
    text = "<img src=x onerror=alert(1)> Shall we?"
    ballot = booth.ballot(questions=(replace(strike_question(), text=text),))
    voter = booth.voter(ballot).arrive().press("Start voting").sees(text)
    assert voter.page.locator("main img").count() == 0


def test_no_choice_shows_on_the_wire(booth: Any) -> None:
    """The same requests, of the same sizes, in the same order, as long after Cast (B15)."""
    seen = []
    ballot = booth.ballot()
    for number, answer in ((1, YES), (2, NO), (3, BLANK)):
        voter = booth.voter(ballot).arrive(number).to_review(answer)
        voter.page.evaluate(
            """() => {
                const send = window.fetch
                window.sentAt = []
                addEventListener('click', () => window.pressedAt = performance.now(), true)
                window.fetch = (...asked) => { sentAt.push(performance.now()); return send(...asked) }
            }"""
        )
        voter.cast()
        after = voter.page.evaluate("() => sentAt[0] - pressedAt")
        assert after >= 290, "it was sent as soon as it was ready"
        sizes = [
            (one.method, one.url.replace(voter.url, ""), len(one.post_data_buffer or b""))
            for one in voter.sent
            if "/api/" in one.url
        ]
        headers = sorted(voter.posts()[0].headers)
        seen.append((sizes, headers))
    assert seen[0] == seen[1] == seen[2]
