"""What must hold for every rule and every set of figures."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.rules import (
    Counts,
    Decision,
    Outcome,
    Plan,
    Rule,
    RuleError,
    all_presets,
    decide,
    decode_rule,
    denominators,
    encode_rule,
    percent,
    plan,
    preset,
    presets,
    sentences,
)
from quorate.rules.criteria import Choice, Threshold, Unavailable
from quorate.rules.measure import meets

DECIDING = [rule for rule in presets() if not isinstance(rule.expression, Choice | Unavailable)]
some_rule = st.sampled_from(presets())
deciding_rule = st.sampled_from(DECIDING)
replace = msgspec.structs.replace


@st.composite
def some_counts(draw: st.DrawFn, most: int = 30_000) -> Counts:
    yes, no, blank, spoiled = (draw(st.integers(0, most)) for _ in range(4))
    cast = yes + no + blank + spoiled
    eligible = cast + draw(st.integers(0, most))
    return Counts(
        abstain=0,
        blank=blank,
        cast=cast,
        challenged=draw(st.sampled_from([0, 0, 1, 50])),
        eligible=eligible,
        no=no,
        notice=draw(st.sampled_from([True, False, None])),
        present=draw(st.one_of(st.none(), st.integers(0, eligible))),
        spoiled=spoiled,
        yes=yes,
    )


def carried(rule: Rule, counts: Counts) -> bool:
    return decide(rule, replace(counts, challenged=0)).carried


@settings(max_examples=200, deadline=None)
@given(deciding_rule, some_counts(), st.data())
def test_turning_no_votes_into_yes_votes_never_defeats_a_proposal(
    rule: Rule, counts: Counts, data: st.DataObject
) -> None:
    assert counts.no is not None
    assert counts.yes is not None
    turned = data.draw(st.integers(0, counts.no))
    kinder = replace(counts, no=counts.no - turned, yes=counts.yes + turned)
    assert carried(rule, kinder) or not carried(rule, counts)


@settings(max_examples=200, deadline=None)
@given(deciding_rule, some_counts(), st.data())
def test_one_more_yes_never_defeats_a_proposal_that_needs_to_carry(
    rule: Rule, counts: Counts, data: st.DataObject
) -> None:
    """True of every rule but those that ask for a rejection and count the turnout (see below)."""
    assert counts.yes is not None
    assert counts.cast is not None
    assert counts.eligible is not None
    if rule.id in {"us-ibt-final-offer", "dk-mediation"}:
        return
    more = data.draw(st.integers(0, counts.eligible - counts.cast))
    kinder = replace(counts, yes=counts.yes + more, cast=counts.cast + more)
    assert carried(rule, kinder) or not carried(rule, counts)


def test_one_more_yes_can_defeat_a_final_offer() -> None:
    """The turnout test of the old Teamsters' rule: a yes vote brings the turnout that lets no win."""
    rule = preset("us-ibt-final-offer")
    before = Counts(eligible=100, cast=49, yes=20, no=29)
    assert decide(rule, before).outcome is Outcome.CARRIED
    assert decide(rule, replace(before, cast=50, yes=21)).outcome is Outcome.NOT_CARRIED


@given(
    st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(1, whole), st.just(whole))),
    st.sampled_from(["at_least", "more_than"]),
    st.integers(0, 2**32 - 1),
)
def test_the_number_necessary_is_the_smallest_that_is_enough(
    parts: tuple[int, int], relation: Any, base: int
) -> None:
    share = Fraction(*parts)
    if relation == "more_than" and share == 1:
        return
    test = Threshold(
        numerator=("yes",), of=("cast",), relation=relation, share=(share.numerator, share.denominator)
    )
    needed = test.needed(base)
    assert meets(test, needed, base)
    assert not meets(test, needed - 1, base)


@given(st.integers(0, 2**32), st.integers(1, 2**32), st.integers(0, 6))
def test_a_percentage_is_truncated_and_exact(n: int, of: int, decimals: int) -> None:
    shown = Fraction(percent(n, of, decimals).rstrip("%"))
    assert shown <= Fraction(100 * n, of) < shown + Fraction(1, 10**decimals)


def test_the_percentages_that_tempt() -> None:
    assert percent(74996, 100000) == "74.9%"
    assert percent(749999, 1000000) == "74.9%"
    assert percent(3, 4) == "75.0%"
    assert percent(2, 3, 0) == "66%"
    assert percent(1, 1000) == "0.1%"
    assert percent(1, 1001) == "0.0%"
    for n, of, decimals in ((1, 0, 1), (-1, 2, 1), (1, 2, -1)):
        with pytest.raises(ValueError, match="no percentage"):
            percent(n, of, decimals)


def numbers_and_words_only(value: Any) -> bool:
    """No floating point anywhere in the machine-readable form."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and numbers_and_words_only(one) for key, one in value.items())
    if isinstance(value, list):
        return all(numbers_and_words_only(one) for one in value)
    return value is None or isinstance(value, int | str)


@settings(max_examples=150, deadline=None)
@given(some_rule, some_counts())
def test_decisions_and_plans_have_one_canonical_form(rule: Rule, counts: Counts) -> None:
    decision = decide(rule, counts)
    for thing, kind in (
        (decision, Decision),
        (counts, Counts),
        (plan(rule, (counts.eligible or 0) + 1), Plan),
    ):
        data = msgspec.json.encode(thing)
        assert data == rfc8785.dumps(msgspec.to_builtins(thing))
        assert msgspec.json.decode(data, type=kind) == thing
        assert numbers_and_words_only(msgspec.json.decode(data))


@settings(max_examples=150, deadline=None)
@given(some_rule, some_counts())
def test_a_decision_says_what_it_rests_on(rule: Rule, counts: Counts) -> None:
    """Verdict, figures and sentences agree with each other."""
    decision = decide(rule, counts)
    said = sentences(decision)
    assert all(said)
    assert said == sentences(msgspec.json.decode(msgspec.json.encode(decision), type=Decision))
    assert (decision.outcome is Outcome.CANNOT_BE_DECIDED) == bool(decision.missing)
    for one in decision.criteria:
        assert one.margin == one.number - one.needed
        assert one.met == (one.margin >= 0)
    if decision.outcome in (Outcome.CARRIED, Outcome.NOT_CARRIED, Outcome.TIE):
        assert decision.outcome is decision.so_far
        assert any(one.decides for one in decision.criteria)
        assert any(row.decides for row in denominators(decision)) or not counts.cast
    assert decide(rule, decision.counts) == decision


@pytest.mark.parametrize("rule", all_presets(), ids=lambda rule: f"{rule.id}.v{rule.version}")
def test_a_rule_is_read_from_its_canonical_bytes_alone(rule: Rule) -> None:
    data = encode_rule(rule)
    assert data == rfc8785.dumps(msgspec.to_builtins(rule))
    assert decode_rule(data) == rule
    assert numbers_and_words_only(msgspec.json.decode(data))
    for bad in (
        data.replace(b'"format":1', b'"format":2'),
        data.replace(b'"format":1', b'"format":1.0'),
        data.replace(b'"format":1,', b'"format":1,"format":1,'),
        data.replace(b'"format":1', b'"format": 1'),
        data.replace(b'"format":1', b'"format":1,"formula":2'),
        data.replace(b'"kind":', b'"also":1,"kind":', 1),
        data.replace(b'"tie":', b'"ties":'),
        data.replace(b'"note":', b'"\\u006eote":'),
        data + b"\n",
        data[:-1],
        b"\xef\xbb\xbf" + data,
        b"",
    ):
        assert bad != data
        with pytest.raises(RuleError):
            decode_rule(bad)


def test_a_formula_nested_without_end_is_refused_and_not_followed() -> None:
    leaf = '{"kind":"notice"}'
    start, end = '{"kind":"not","term":', "}"
    rule = encode_rule(preset("us-il-art34-strike")).decode()
    before, rest = rule.split('"expression":', 1)
    after = rest[rest.index(',"format"') :]
    for depth in (9, 500, 100_000):
        nested = start * depth + leaf + end * depth
        with pytest.raises(RuleError):
            decode_rule(f'{before}"expression":{nested}{after}'.encode())
