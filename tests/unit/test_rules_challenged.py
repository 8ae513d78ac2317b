"""Challenged ballots: every way of resolving them counts, at any size, in bounded time."""

from __future__ import annotations

from typing import Any

import pytest

from quorate.rules import Counts, Outcome, Rule, decide, preset
from quorate.rules.criteria import AnyOf, Expression, Not, Threshold


def at_least(numerator: Any, of: Any, share: tuple[int, int]) -> Threshold:
    return Threshold(numerator=numerator, of=of, relation="at_least", share=share)


def own(expression: Expression) -> Rule:
    return Rule(
        citation="by-law 1",
        expression=expression,
        id="own",
        jurisdiction="here",
        status="needs-counsel",
        title="Own",
    )


@pytest.mark.parametrize(
    ("challenged", "outcome"),
    [(0, "carried"), (3902, "carried"), (10**6, "carried")],
)
def test_enough_yes_votes_of_all_members_stay_enough(challenged: int, outcome: str) -> None:
    counts = Counts(eligible=26502, cast=24756, yes=23780, no=976, challenged=challenged)
    assert decide(preset("us-il-art34-strike"), counts).outcome == outcome


def test_not_more_are_accepted_than_members_are_left() -> None:
    """Nineteen more could turn it, but only ten members have not voted."""
    short = Counts(eligible=100, cast=90, yes=60, no=30, challenged=19)
    assert decide(preset("us-il-art34-strike"), short).outcome is Outcome.NOT_CARRIED
    assert (
        decide(preset("us-il-art34-strike"), Counts(yes=60, eligible=100, challenged=19)).outcome
        == "undecided"
    )


def test_a_mixture_can_turn_what_no_single_kind_turns() -> None:
    """Two open ballots: both yes carries, both no carries, one alone carries; one of each does not."""
    rule = own(
        AnyOf(
            terms=(
                at_least(("yes",), ("eligible",), (3, 25)),
                at_least(("no",), ("eligible",), (3, 25)),
                Not(term=at_least(("no", "yes"), ("eligible",), (11, 50))),
            )
        )
    )

    def outcome(yes: int, no: int, challenged: int = 0) -> str:
        return decide(rule, Counts(eligible=100, yes=yes, no=no, challenged=challenged)).outcome

    singles = [(10, 10), (11, 10), (10, 11), (12, 10), (10, 12)]
    assert {outcome(yes, no) for yes, no in singles} == {"carried"}
    assert outcome(11, 11) == "not carried"
    assert outcome(10, 10, challenged=2) == "undecided"
    assert outcome(10, 10, challenged=1) == "carried"


def test_a_missing_figure_that_challenged_ballots_could_make_matter() -> None:
    """Two thirds are reached without notice, but one open no would make notice matter."""
    counts = Counts(eligible=1000, cast=90, yes=60, no=30, challenged=1)
    assert decide(preset("ronr-rescind"), counts).outcome is Outcome.UNDECIDED
    safe = Counts(eligible=1000, cast=90, yes=70, no=20, challenged=1)
    assert decide(preset("ronr-rescind"), safe).outcome is Outcome.CARRIED


def test_a_tie_that_carries_is_looked_for_too() -> None:
    rule = preset("ie-ia").configured({"tie-carries": True})
    assert decide(rule, Counts(cast=21, yes=10, no=11, challenged=1)).outcome is Outcome.UNDECIDED
    assert (
        decide(preset("ie-ia"), Counts(cast=21, yes=10, no=11, challenged=1)).outcome is Outcome.NOT_CARRIED
    )
    assert decide(rule, Counts(cast=22, yes=10, no=11, blank=1, challenged=1)).outcome is Outcome.NOT_CARRIED


def test_a_contrived_rule_ends_and_gives_no_unproven_verdict() -> None:
    """A or not A always holds, but showing it box by box takes too long: undecided, and soon."""
    half = at_least(("yes",), ("no", "yes"), (1, 2))
    rule = own(AnyOf(terms=(half, Not(term=half))))
    small = Counts(cast=40, yes=20, no=20, challenged=50)
    assert decide(rule, small).outcome is Outcome.CARRIED
    large = Counts(cast=2_000_000, yes=1_000_000, no=1_000_000, challenged=4_000_000)
    assert decide(rule, large).outcome is Outcome.UNDECIDED
