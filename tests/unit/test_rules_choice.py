"""Elections among candidates: sentences, and figures that cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from quorate.rules import CountsError, RuleError, choice_sentences, decide_choice, preset

PLURALITY = preset("us-lmrda-officer")
MAJORITY = preset("us-union-officer-majority")
CHICAGO_2010 = [("Stewart", 6853), ("Lewis", 6336), ("Lynch", 3505), ("Porter", 1370), ("Hajiharis", 1205)]


def test_the_same_votes_give_another_winner_under_another_rule() -> None:
    """Chicago 2010: the leader of the first round lost the runoff."""
    assert decide_choice(PLURALITY, None, 19269, CHICAGO_2010).elected == ("Stewart",)
    first_round = decide_choice(MAJORITY, None, 19269, CHICAGO_2010)
    assert (first_round.elected, first_round.tied, first_round.needed) == ((), ("Stewart", "Lewis"), 9635)
    assert decide_choice(MAJORITY, None, 20406, [("Lewis", 12080), ("Stewart", 8326)]).elected == ("Lewis",)


def test_sentences() -> None:
    assert choice_sentences(decide_choice(PLURALITY, None, None, CHICAGO_2010)) == [
        "Elected: Stewart (6,853).",
        "The last seat is decided by 517 votes.",
    ]
    assert choice_sentences(decide_choice(MAJORITY, None, None, CHICAGO_2010)) == [
        "Nobody has a majority. A runoff follows between Stewart (6,853), Lewis (6,336).",
        "9,635 votes were needed.",
        "The first two are 517 votes apart.",
    ]
    level = [("A", 5), ("B", 4), ("C", 4)]
    assert choice_sentences(decide_choice(PLURALITY, None, None, level, seats=2)) == [
        "Elected: A (5).",
        "A tie: B (4), C (4) are level, and the count does not choose among them.",
    ]
    assert choice_sentences(decide_choice(PLURALITY, None, None, [("A", 5), ("B", 4)], challenged=1)) == [
        "Undecided: challenged ballots could change who is elected.",
        "Elected so far: A (5).",
        "The last seat is decided by 1 vote.",
    ]


def test_not_more_challenged_ballots_than_members_left() -> None:
    lead = [("A", 7), ("B", 5)]
    assert decide_choice(PLURALITY, 13, 12, lead, challenged=9).outcome == "elected"
    assert decide_choice(PLURALITY, 14, 12, lead, challenged=9).outcome == "undecided"


def test_the_order_of_the_input_does_not_matter() -> None:
    forwards = decide_choice(PLURALITY, None, None, [("B", 3), ("A", 3), ("C", 9)], seats=2)
    backwards = decide_choice(PLURALITY, None, None, [("C", 9), ("A", 3), ("B", 3)], seats=2)
    assert forwards == backwards
    assert [one.id for one in forwards.candidates] == ["C", "A", "B"]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"votes": []}, "at least one"),
        ({"votes": [("A", 1), ("A", 2)]}, "named once"),
        ({"votes": [("", 1)]}, "named once"),
        ({"seats": 0}, "at least one seat"),
        ({"votes": [("A", -1)]}, "A is -1"),
        ({"challenged": -1}, "challenged is -1"),
        ({"eligible": 9}, "10 ballots were cast, but only 9 members are eligible"),
        ({"votes": [("A", 11)]}, "A has 11 votes, but only 10 ballots were cast"),
        ({"votes": [("A", 6), ("B", 5)]}, "11 votes for 1 seat, but only 10 ballots were cast"),
        ({"votes": [("A", 10), ("B", 10), ("C", 1)], "seats": 2}, "21 votes for 2 seats, but only 10"),
    ],
)
def test_impossible_votes_are_named(changes: dict[str, Any], message: str) -> None:
    figures: dict[str, Any] = {"eligible": None, "cast": 10, "votes": [("A", 6)], **changes}
    with pytest.raises(CountsError, match=message):
        decide_choice(PLURALITY, **figures)


def test_the_wrong_kind_of_rule_is_refused() -> None:
    with pytest.raises(RuleError, match="between yes and no"):
        decide_choice(preset("us-ctu-ratify"), None, None, [("A", 1)])
    with pytest.raises(RuleError, match="fills one seat, not 2"):
        decide_choice(MAJORITY, None, None, [("A", 1)], seats=2)
