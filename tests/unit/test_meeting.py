"""Votes in a meeting: the roll call, the show of hands, who is present."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.lifecycle.attendance import (
    Attendance,
    Entitled,
    check_in_by_code,
    check_in_by_list,
    leave,
)
from quorate.lifecycle.forms import Refused, fingerprint, from_data, to_data
from quorate.lifecycle.pipeline import Quorum
from quorate.rules import (
    Counts,
    HandCount,
    MeetingError,
    Outcome,
    RollCall,
    decide,
    preset,
    roll_call,
    show_of_hands,
)
from quorate.rules.meeting import Answer
from support.motions import at, done

ROLL = tuple((f"{n:03}", f"Delegate {n}") for n in range(1, 6))
ALL: dict[str, Answer] = {"001": "yes", "002": "no", "003": "abstain", "004": "silent", "005": "absent"}


def test_a_roll_call_is_counted_and_published_with_names() -> None:
    called = roll_call(ROLL, ALL)
    assert called.counts(notice=True) == Counts(
        abstain=1, blank=0, cast=3, eligible=5, no=1, notice=True, present=4, spoiled=0, yes=1
    )
    assert called.names("absent") == ("Delegate 5",)
    assert [line.member for line in called.lines] == [member for member, _name in ROLL]
    assert msgspec.convert(msgspec.to_builtins(called), RollCall) == called


def test_every_wrong_line_of_a_roll_call_is_named() -> None:
    answers = {"001": "yes", "999": "no"}
    with pytest.raises(MeetingError) as error:
        roll_call((*ROLL[:2], ROLL[0]), answers)  # type: ignore[arg-type]  # a plain dictionary
    assert error.value.problems == (
        "Delegate 1 (001) stands on the roll twice.",
        "Delegate 2 (002) has no answer: enter yes, no, abstain, silent or absent.",
        "999 is not on the roll of this body.",
    )


@given(st.lists(st.sampled_from(("yes", "no", "abstain", "silent", "absent")), min_size=1, max_size=40))
def test_a_roll_call_accounts_for_everybody(answers: list[Answer]) -> None:
    roll = [(str(n), f"Delegate {n}") for n in range(len(answers))]
    called = roll_call(roll, {str(n): answer for n, answer in enumerate(answers)})
    counts = called.counts()
    assert counts.present == len(answers) - answers.count("absent")
    assert counts.cast == answers.count("yes") + answers.count("no") + answers.count("abstain")
    assert sum(len(called.names(answer)) for answer in set(answers)) == len(answers)
    assert decide(preset("us-ctu-hod"), counts).carried == (2 * answers.count("yes") > (counts.cast or 0))


def hands(teller: str, yes: int = 30, no: int = 20, abstain: int = 2) -> HandCount:
    return HandCount(abstain=abstain, no=no, teller=teller, yes=yes)


def test_two_tellers_agree() -> None:
    counts = show_of_hands(hands("Ames"), hands("Bell"), present=60, eligible=100)
    assert counts == Counts(abstain=2, blank=0, cast=52, eligible=100, no=20, present=60, spoiled=0, yes=30)
    assert decide(preset("ronr-majority"), counts).outcome is Outcome.CARRIED


def test_two_tellers_do_not_agree() -> None:
    with pytest.raises(MeetingError) as error:
        show_of_hands(hands("Ames", yes=31), hands("Bell", abstain=3), present=60, eligible=100)
    assert error.value.problems == (
        "Yes: Ames counted 31, Bell counted 30.",
        "Abstaining: Ames counted 2, Bell counted 3.",
        "Count the hands again.",
    )


@pytest.mark.parametrize(
    ("second", "present", "eligible", "why"),
    [
        (hands(" ames"), 60, 100, "not Ames twice"),
        (hands("Bell"), 51, 100, "52 hands, but only 51 are present"),
        (hands("Bell"), 60, 59, "60 members were present, but only 59 are eligible"),
    ],
    ids=["one teller", "too many hands", "too many people"],
)
def test_counts_that_cannot_be(second: HandCount, present: int, eligible: int, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        show_of_hands(hands("Ames"), second, present=present, eligible=eligible)


def meeting() -> Attendance:
    roll = tuple(
        Entitled(code=fingerprint(f"code {member}") if member != "005" else None, member=member, name=name)
        for member, name in ROLL
    )
    return Attendance(meeting="House of Delegates, 4 January 2022", roll=roll)


def test_presence_by_code_and_by_the_list() -> None:
    hall = done(check_in_by_code(meeting(), fingerprint("code 001"), at=at(0), by="door"))
    hall = done(check_in_by_list(hall, "005", at=at(1), by="door"))
    hall = done(check_in_by_list(hall, "002", at=at(1), by="door"))
    hall = done(leave(hall, "001", at=at(2), by="door"))
    assert [hall.present(at(n)) for n in (-1, 0, 1, 2)] == [0, 1, 3, 2]
    assert hall.inside(at(2)) == {"002", "005"}
    half = Quorum(relation="more_than", share=(1, 2))
    assert [hall.quorate(half, at(n)) for n in (0, 1, 2)] == [False, True, False]
    assert from_data(Attendance, to_data(hall)) == hall
    assert done(check_in_by_list(hall, "001", at=at(3), by="door")).present(at(3)) == 3


def test_who_does_not_get_in() -> None:
    hall = done(check_in_by_list(meeting(), "001", at=at(1), by="door"))
    for result, why in (
        (check_in_by_code(hall, fingerprint("code 9"), at=at(2), by="d"), "not for this meeting"),
        (check_in_by_code(hall, fingerprint("code 001"), at=at(2), by="d"), "Delegate 1 is present already"),
        (check_in_by_list(hall, "999", at=at(2), by="d"), "999 is not on the roll"),
        (leave(hall, "002", at=at(2), by="d"), "Delegate 2 is not present"),
        (leave(hall, "001", at=at(0), by="d"), "earlier"),
    ):
        assert isinstance(result, Refused)
        assert why in result.reason
