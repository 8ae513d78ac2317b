"""A bar never flatters: it reaches its line when the test is met, and stops before it when not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.report.bars import Bar, bars, cells
from quorate.rules import presets
from quorate.rules.criteria import Choice, Unavailable
from support.certificates import CASES, certificate, choice, three_questions, withheld, yes_no

YES_NO = [rule.id for rule in presets() if not isinstance(rule.formula, (Choice, Unavailable))]


def check_honest(bar: Bar, width: int) -> None:
    drawn = cells(bar, width)
    total = 0
    for segment, end in zip(bar.segments, drawn.ends, strict=True):
        total += segment.count
        assert end == total * width // bar.scale, "a slice is where its figures put it, cut to whole cells"
    for mark, at in zip(bar.marks, drawn.marks, strict=True):
        assert (drawn.ends[0] >= at) is mark.met
        assert mark.met is (bar.segments[0].count >= mark.at) or "tie" in bar.alt
        assert 0 <= at <= width
        assert abs(at * bar.scale - mark.at * width) <= bar.scale, "a line is moved by one cell at most"
    assert list(drawn.marks) == sorted(drawn.marks)


@given(
    rule=st.sampled_from(YES_NO),
    parts=st.lists(st.integers(0, 40_000), min_size=4, max_size=4).filter(any),
    width=st.integers(10, 200),
    notice=st.booleans(),
)
def test_a_bar_reaches_its_line_exactly_when_the_test_is_met(
    rule: str, parts: list[int], width: int, notice: bool
) -> None:
    yes, no, blank, out = parts
    eligible = sum(parts)
    question = yes_no(eligible, yes, no, blank, rule=rule, present=eligible - out, notice=notice)
    for bar in bars(question):
        check_honest(bar, width)


@pytest.mark.parametrize(("yes", "met"), [(19_876, False), (19_877, True), (19_878, True)])
def test_one_vote_short_is_seen_on_the_coarsest_grid(yes: int, met: bool) -> None:
    (bar,) = bars(yes_no(26_502, yes, 0))
    for width in range(10, 120):
        drawn = cells(bar, width)
        assert (drawn.ends[0] >= drawn.marks[0]) is met


def test_members_who_did_not_vote_are_always_drawn() -> None:
    (bar,) = bars(yes_no(26_502, 26_501, 0))
    assert [(part.label, part.count, part.pattern) for part in bar.segments][-1] == (
        "Did not vote",
        1,
        "none",
    )
    assert cells(bar, 74).ends == (73, 73, 73, 74)


def test_the_full_width_is_all_members_and_the_brackets_say_which_number_counts() -> None:
    (bar,) = bars(CASES["strike-carried"].questions[0])
    assert bar.scale == 26_502
    assert [(one.count, one.label, one.remark) for one in bar.brackets] == [
        (26_502, "all members 26,502", "the rule counts these"),
        (24_756, "ballots cast 24,756", ""),
        (24_262, "yes and no votes 24,262", ""),
    ]
    assert bar.alt == (
        "Bar of all 26,502 members. Yes, authorise a strike: 23,780; No, do not authorise a strike: 482; "
        "Blank or invalid: 494; Did not vote: 1,746. "
        "A line marks needed: 19,877 (at least 75% of all members)."
    )


def test_where_no_votes_reject_they_come_first() -> None:
    votes, turnout = bars(CASES["final-offer-ibt"].questions[0])
    assert [part.pattern for part in votes.segments] == ["no", "yes", "blank", "none"]
    assert votes.marks[0].label == "needed to reject: 61,736 (at least two thirds of 92,604 yes and no votes)"
    assert (turnout.title, turnout.segments[0].count, turnout.marks[0].at) == ("Turnout", 92_604, 104_522)


def test_turnout_has_its_own_bar() -> None:
    votes, turnout = bars(CASES["turnout-failed-uk-2026"].questions[0])
    assert [mark.met for mark in votes.marks] == [True]
    assert [mark.met for mark in turnout.marks] == [False]
    assert [part.label for part in turnout.segments] == ["Ballots cast", "Did not vote"]


def test_answers_are_drawn_alike_and_beside_those_who_did_not_vote() -> None:
    *answers, turnout = bars(three_questions().questions[2])
    assert {bar.segments[0].pattern for bar in answers} == {"other"}
    assert {bar.scale for bar in answers} == {25_000}
    assert [part.count for part in turnout.segments] == [19_500, 0, 5_500]


def test_an_election_by_majority_has_its_line_on_every_bar() -> None:
    people = [("A", 1_200), ("B", 1_000), ("C", 750)]
    *answers, _turnout = bars(choice(5_000, 3_000, people, blank=50, rule="us-union-officer-majority"))
    assert [bar.marks[0].at for bar in answers] == [1_476] * 3
    assert not any(bar.marks[0].met for bar in answers)


def test_nothing_is_drawn_of_nothing() -> None:
    assert bars(withheld(30, 1)) == ()
    assert bars(yes_no(0, 0, 0, rule=None)) == ()


def test_a_question_without_a_rule_has_a_bar_without_a_line() -> None:
    (bar,) = bars(certificate(yes_no(100, 50, 20, 5, rule=None)).questions[0])
    assert bar.marks == ()
    assert [part.count for part in bar.segments] == [50, 20, 5, 25]
