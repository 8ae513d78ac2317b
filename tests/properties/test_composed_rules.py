"""Every by-law that can be composed decides as its words say, by fractions and by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.rules import (
    ByLaw,
    Counts,
    Limb,
    Outcome,
    alternatives,
    compose,
    decide,
    decode_rule,
    encode_rule,
    explain,
    preset,
)
from quorate.rules.criteria import Threshold

shares = st.integers(1, 12).flatmap(
    lambda whole: st.integers(1, whole).map(lambda part: Fraction(part, whole))
)


@st.composite
def some_threshold(draw: st.DrawFn) -> Threshold:
    share = draw(shares)
    relation: Any = draw(st.sampled_from(("at_least", "more_than"))) if share < 1 else "at_least"
    of: Any = draw(st.sampled_from((("eligible",), ("cast",), ("no", "yes"), ("abstain", "no", "yes"))))
    return Threshold(numerator=("yes",), of=of, relation=relation, share=(share.numerator, share.denominator))


@st.composite
def some_by_law(draw: st.DrawFn) -> ByLaw:
    tests = draw(st.lists(some_threshold(), min_size=1, max_size=3, unique=True))
    limbs = tuple(Limb(notice=draw(st.booleans()), test=test) for test in tests)
    parts = st.none() | st.sampled_from(((1, 2), (2, 5), (2, 3)))
    return ByLaw(
        citation="c",
        id="i",
        join=draw(st.sampled_from(("all", "any"))),
        limbs=limbs,
        notice=draw(st.booleans()),
        quorum=draw(parts),
        quorum_more=draw(st.booleans()),
        title="t",
        turnout=draw(parts),
        turnout_more=draw(st.booleans()),
    )


@st.composite
def some_counts(draw: st.DrawFn) -> Counts:
    yes, no, abstain, blank = (draw(st.integers(0, 30)) for _n in range(4))
    cast = yes + no + abstain + blank
    eligible = cast + draw(st.integers(0, 30))
    return Counts(
        abstain=abstain,
        blank=blank,
        cast=cast,
        eligible=eligible,
        no=no,
        notice=draw(st.booleans()),
        present=draw(st.integers(0, eligible)),
        spoiled=0,
        yes=yes,
    )


def reached(number: int, base: int, share: Fraction, more: bool) -> bool:
    if number == 0:
        return False
    return number > share * base if more else number >= share * base


def by_hand(made: ByLaw, counts: Counts) -> bool:
    """The by-law read aloud."""
    figures = msgspec.structs.asdict(counts)

    def holds(limb: Limb) -> bool:
        base = sum(figures[name] for name in limb.test.of)
        met = reached(figures["yes"], base, Fraction(*limb.test.share), limb.test.relation == "more_than")
        return met and (not limb.notice or bool(counts.notice))

    answers = [holds(limb) for limb in made.limbs]
    good = all(answers) if made.join == "all" else any(answers)
    if made.turnout is not None:
        good &= reached(figures["cast"], figures["eligible"], Fraction(*made.turnout), made.turnout_more)
    if made.quorum is not None:
        good &= reached(figures["present"], figures["eligible"], Fraction(*made.quorum), made.quorum_more)
    return good and (not made.notice or bool(counts.notice))


@settings(max_examples=300)
@given(some_by_law(), some_counts())
def test_a_composed_rule_decides_as_it_reads(made: ByLaw, counts: Counts) -> None:
    rule = compose(made)
    assert decide(rule, counts).carried == by_hand(made, counts)
    assert decode_rule(encode_rule(rule)) == rule
    assert msgspec.convert(msgspec.to_builtins(made), ByLaw) == made
    assert all(explain(rule, 100))


@settings(max_examples=200)
@given(some_counts())
def test_each_row_of_the_other_rules_adds_up(counts: Counts) -> None:
    names = (
        "majority-of-votes",
        "us-il-art34-strike",
        "uk-ia-2026",
        "two-thirds-of-ballots",
        "us-ctu-remote-2022",
    )
    for one in alternatives(counts, [preset(name) for name in names]):
        assert one.outcome is not Outcome.CANNOT_BE_DECIDED
        assert one.decision.outcome == decide(one.rule, counts).outcome
        for row in one.rows:
            assert row.met == (row.number >= row.needed and row.number > 0) or one.decision.tied
            assert row.percent in row.words
            assert row.base_words in row.words
