"""The rules engine against document 12, read literally over plain JSON (`support.by_the_book`)."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from quorate.record.canonical import encode
from quorate.record.manifest import Blank, Facts, Option, Question
from quorate.rules import Rule, all_presets
from quorate.rules.criteria import (
    AllOf,
    AnyOf,
    Cases,
    Choice,
    Expression,
    Not,
    Notice,
    SettingIs,
    Threshold,
    UnlessRejected,
    leaves,
)
from quorate.rules.rule import Setting
from quorate.verify.derive import verdict
from support import by_the_book

YES_NO = [rule for rule in all_presets() if not isinstance(rule.formula, Choice)]
ELECTIONS = [rule for rule in all_presets() if isinstance(rule.formula, Choice)]

# few distinct tests, so that equal ones meet in different places
THRESHOLDS = [
    Threshold(numerator=("yes",), of=("no", "yes"), relation="more_than", share=(1, 2)),
    Threshold(numerator=("no",), of=("cast",), relation="more_than", share=(1, 2)),
    Threshold(numerator=("yes",), of=("eligible",), relation="at_least", share=(3, 4)),
    Threshold(numerator=("cast",), of=("eligible",), relation="at_least", share=(1, 2)),
    Threshold(numerator=("present",), of=("eligible",), relation="more_than", share=(1, 2)),
    Threshold(numerator=("abstain", "blank"), of=("blank", "no", "yes"), relation="at_least", share=(1, 3)),
]
LEAVES: st.SearchStrategy[Expression] = st.sampled_from([*THRESHOLDS, Notice(), SettingIs(name="a")])
TREES: st.SearchStrategy[Expression] = st.recursive(
    LEAVES,
    lambda below: st.one_of(
        st.builds(Not, term=below),
        st.builds(AllOf, terms=st.lists(below, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, terms=st.lists(below, min_size=2, max_size=3).map(tuple)),
        st.builds(Cases, otherwise=below, then=below, when=below),
    ),
    max_leaves=8,
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """A preset with its settings turned at random, or a formula that nobody wrote."""
    if draw(st.booleans()):
        preset = draw(st.sampled_from(YES_NO))
        return preset.configured({one.name: draw(st.booleans()) for one in preset.settings})
    tree = draw(TREES)
    formula = draw(st.sampled_from([tree, UnlessRejected(rejection=tree)]))
    names = {leaf.name for leaf in leaves(formula) if isinstance(leaf, SettingIs)}
    tie = draw(st.sampled_from(["carries", "fails", "setting"]))
    names |= {"tie-carries"} if tie == "setting" else set()
    settings = tuple(Setting(name=name, note="", value=draw(st.booleans())) for name in sorted(names))
    return replace(YES_NO[0], expression=formula, settings=settings, tie=tie)


def question(
    rule: Rule, options: tuple[str, ...], blank: Blank | None, facts: Facts, seats: int | None
) -> Question:
    return Question(
        blank=blank,
        documents=(),
        electorate=None,
        facts=facts,
        id="q",
        maximum=seats,
        minimum=None if seats is None else 0,
        options=tuple(Option(name, name) for name in options),
        rule=rule,
        tally="all",
        text="",
    )


def plain(value: object) -> Any:
    return json.loads(encode(value))


@settings(max_examples=600, deadline=None)
@given(
    rule=rules(),
    votes=st.tuples(*[st.integers(0, 6)] * 3),
    absent=st.integers(0, 8),
    kind=st.sampled_from(["abstain", "blank", None]),
    notice=st.sampled_from([True, False, None]),
    present=st.none() | st.integers(0, 20),
)
def test_verdicts(
    rule: Rule,
    votes: tuple[int, int, int],
    absent: int,
    kind: Any,
    notice: bool | None,
    present: int | None,
) -> None:
    """[12.1] [12.2] [12.3] [12.4] [12.5] [12.6] [12.7]"""
    shown = votes if kind else votes[:2]
    cast, eligible = sum(shown), sum(shown) + absent
    present = None if present is None else min(present, eligible)
    blank = Blank(kind, "none") if kind else None
    asked = question(rule, ("yes", "no"), blank, Facts(notice, present), None)
    decision, none = verdict(asked, eligible, cast, shown)
    figures = {
        "abstain": votes[2] if kind == "abstain" else 0,
        "blank": votes[2] if kind == "blank" else 0,
        "cast": cast,
        "challenged": 0,
        "eligible": eligible,
        "no": votes[1],
        "notice": notice,
        "present": present,
        "spoiled": 0,
        "yes": votes[0],
    }
    assert none is None
    assert plain(decision) == by_the_book.Book(plain(rule), figures).decision()


@settings(max_examples=200, deadline=None)
@given(
    rule=st.sampled_from(ELECTIONS),
    votes=st.lists(st.integers(0, 4), min_size=1, max_size=5),
    seats=st.integers(1, 4),
)
def test_elections(rule: Rule, votes: list[int], seats: int) -> None:
    """[12.8]"""
    majority = isinstance(rule.formula, Choice) and rule.formula.majority
    maximum = None if majority or seats > len(votes) else seats
    names = tuple("dbeca"[: len(votes)])
    asked = question(rule, names, Blank("blank", "none"), Facts(None, None), maximum)
    counted = sum(votes) + 1
    none, decision = verdict(asked, counted, counted, (*votes, 1))
    assert none is None
    expected = by_the_book.choice(plain(rule), dict(zip(names, votes, strict=True)), maximum or 1)
    assert plain(decision) == expected
