"""The same votes counted in other ways: under other rules, by workplace, by delegates."""

from __future__ import annotations

import pytest

from quorate.rules import (
    Block,
    Counts,
    CountsError,
    Outcome,
    UnitCounts,
    alternatives,
    by_unit,
    delegates_and_members,
    preset,
)
from quorate.rules.alternatives import sum_of

RATIFY = Counts(abstain=0, blank=0, cast=20266, eligible=25000, no=6585, spoiled=0, yes=13681)


def test_what_would_have_happened_under_another_rule() -> None:
    """13,681 to 6,585 of about 25,000: carried as a majority, short of the 60% asked for two weeks before."""
    names = ("us-ctu-ratify", "us-ctu-remote-2021", "us-il-art34-strike", "us-ctu-remote-2022")
    made = alternatives(RATIFY, [preset(name) for name in names])
    assert [(one.rule.id, one.outcome) for one in made] == [
        ("us-ctu-ratify", Outcome.CARRIED),
        ("us-ctu-remote-2021", Outcome.NOT_CARRIED),
        ("us-il-art34-strike", Outcome.NOT_CARRIED),
    ], "a rule without a formula is left out"
    assert [row.words for one in made for row in one.rows] == [
        "yes votes are more than half of the yes and no votes: 13,681 of 20,266 (67.5%), 10,134 needed",
        "yes votes are at least 60% of all members: 13,681 of 25,000 (54.7%), 15,000 needed",
        "yes votes are at least 75% of all members: 13,681 of 25,000 (54.7%), 18,750 needed",
    ]
    row = made[1].rows[0]
    assert (row.number_words, row.base_words, row.met) == ("yes votes", "all members", False)


def unit(name: str, yes: int, no: int, eligible: int, *more: str) -> UnitCounts:
    counts = Counts(abstain=0, blank=0, cast=yes + no, eligible=eligible, no=no, spoiled=0, yes=yes)
    return UnitCounts(counts=counts, units=(name, *more))


def test_workplace_by_workplace() -> None:
    """Each decides for itself: turnout counts where it is short, though all together it is enough."""
    groups = [unit("North", 60, 5, 100), unit("South", 30, 10, 100), unit("West", 20, 30, 60)]
    made = by_unit(preset("uk-ia-2026"), groups, limit=10)
    assert made.names(Outcome.CARRIED) == ("North",)
    assert made.names(Outcome.NOT_CARRIED) == ("South", "West")
    assert made.together.outcome is Outcome.CARRIED
    assert made.together.counts == Counts(
        abstain=0, blank=0, cast=155, eligible=260, no=45, spoiled=0, yes=110
    )


def test_units_too_small_to_count_apart_have_no_verdict_of_their_own() -> None:
    groups = [unit("North", 60, 5, 100), unit("East", 9, 3, 12, "West")]
    made = by_unit(preset("uk-ia-2026"), groups, limit=10)
    assert made.names(None) == ("East", "West")
    with pytest.raises(CountsError, match="East: fewer than 10 ballots"):
        by_unit(preset("uk-ia-2026"), [groups[0], unit("East", 5, 4, 12)], limit=10)
    assert by_unit(preset("uk-ia-2026"), [groups[0], unit("East", 0, 0, 12)], limit=10).names(
        Outcome.NOT_CARRIED
    ) == ("East",)
    with pytest.raises(CountsError, match="in one group"):
        by_unit(preset("uk-ia-2026"), [groups[0], groups[0]], limit=10)
    with pytest.raises(CountsError, match="at least one"):
        by_unit(preset("uk-ia-2026"), [], limit=10)


def test_what_one_part_does_not_know_the_sum_does_not() -> None:
    whole = sum_of([Counts(yes=1, no=2, notice=True), Counts(yes=3, notice=True)])
    assert (whole.yes, whole.no, whole.notice) == (4, None, True)
    assert sum_of([Counts(notice=True), Counts(notice=False)]).notice is None


def block(name: str, votes: int, yes: int, no: int) -> Block:
    return Block(counts=Counts(no=no, yes=yes), name=name, votes=votes)


def test_delegates_can_decide_against_most_members() -> None:
    blocks = [block("A", 30, 51, 49), block("B", 30, 51, 49), block("C", 40, 10, 190), block("D", 5, 7, 7)]
    made = delegates_and_members(preset("majority-of-votes"), blocks)
    assert (made.delegates.counts.yes, made.delegates.counts.no) == (60, 40)
    assert (made.members.counts.yes, made.members.counts.no) == (119, 295)
    assert (made.delegates.outcome, made.members.outcome) == (Outcome.CARRIED, Outcome.NOT_CARRIED)
    assert made.split == ("D",)
    assert not made.agree
    assert made.words == "Delegates: 60 yes, 40 no. Members: 119 yes, 295 no. The two counts differ."


def test_published_block_votes() -> None:
    """The Croke Park agreement before the last two unions: 527 to 469, one teachers' union for it."""
    blocks = [block("INTO", 314, 2, 1), block("ASTI and TUI", 341, 1, 2), block("others for", 213, 1, 0)]
    blocks.append(block("others against", 128, 0, 1))
    made = delegates_and_members(preset("majority-of-votes"), blocks)
    assert (made.delegates.counts.yes, made.delegates.counts.no) == (527, 469)
    with pytest.raises(CountsError, match="yes and no votes"):
        delegates_and_members(preset("majority-of-votes"), [Block(counts=Counts(yes=1), name="A", votes=1)])
