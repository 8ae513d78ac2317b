"""R3 wrong winner rule: a second counter, written differently, must agree with the engine on every rule.

The oracle reads the JSON of a rule, computes with fractions, and tries every way of resolving the challenged
ballots one after the other. It shares no code with ``quorate.rules``.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import combinations_with_replacement
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.rules import (
    ChoiceOutcome,
    Counts,
    Outcome,
    Rule,
    Setting,
    decide,
    decide_choice,
    encode_rule,
    preset,
    presets,
)
from quorate.rules.criteria import (
    AllOf,
    AnyOf,
    Cases,
    Choice,
    Expression,
    Not,
    Notice,
    Threshold,
    Unavailable,
    UnlessRejected,
)

PARTS = ["abstain", "blank", "no", "spoiled", "yes"]
Figures = dict[str, Any]


# -- the oracle -------------------------------------------------------------------------------------------


def half_and_level(node: dict[str, Any], figures: Figures) -> bool:
    counted = sum(figures[name] for name in node["numerator"])
    base = sum(figures[name] for name in node["of"])
    asks_more_than_half = node["relation"] == "more_than" and Fraction(*node["share"]) == Fraction(1, 2)
    one_side = node["numerator"] in (["yes"], ["no"])
    return (
        asks_more_than_half
        and one_side
        and counted > 0
        and Fraction(counted, base or 1) == Fraction(1, 2)
        and figures["yes"] == figures["no"]
    )


def holds(node: dict[str, Any], figures: Figures, rule: dict[str, Any], break_ties: bool) -> bool:
    kind = node["kind"]
    if kind == "threshold":
        counted = sum(figures[name] for name in node["numerator"])
        base = sum(figures[name] for name in node["of"])
        if half_and_level(node, figures):
            lets_it_carry = rule["tie"] == "carries" or (
                rule["tie"] == "setting" and {"tie-carries": True}.items() <= on(rule).items()
            )
            return break_ties or (lets_it_carry and node["numerator"] == ["yes"])
        if counted == 0:
            return False
        if base == 0:
            return True
        share = Fraction(counted, base) - Fraction(*node["share"])
        return share > 0 or (share == 0 and node["relation"] == "at_least")
    if kind == "notice":
        return bool(figures["notice"])
    if kind == "setting":
        return on(rule)[node["name"]]
    if kind == "not":
        return not holds(node["term"], figures, rule, break_ties)
    if kind == "unless_rejected":
        return not holds(node["rejection"], figures, rule, break_ties)
    if kind == "all":
        return all(holds(term, figures, rule, break_ties) for term in node["terms"])
    if kind == "any":
        return any(holds(term, figures, rule, break_ties) for term in node["terms"])
    assert kind == "cases"
    branch = "then" if holds(node["when"], figures, rule, break_ties) else "otherwise"
    return holds(node[branch], figures, rule, break_ties)


def on(rule: dict[str, Any]) -> dict[str, bool]:
    return {setting["name"]: setting["value"] for setting in rule["settings"]}


def every_resolution(figures: Figures) -> list[Figures]:
    room = min(figures["challenged"], figures["eligible"] - figures["cast"])
    fates = [
        fate
        for fate in combinations_with_replacement([*PARTS, "refused"], figures["challenged"])
        if sum(kind != "refused" for kind in fate) <= room
    ]
    found = []
    for fate in fates:
        resolved = dict(figures)
        for kind in fate:
            if kind != "refused":
                resolved[kind] += 1
                resolved["cast"] += 1
        found.append(resolved)
    return found


def verdict(rule: Rule, counts: Counts) -> str:
    """The outcome by the oracle, for figures that are all known."""
    data = json.loads(encode_rule(rule))
    figures = {name: getattr(counts, name) for name in Counts.__struct_fields__}
    so_far = holds(data["expression"], figures, data, False)
    for resolved in every_resolution(figures):
        if holds(data["expression"], resolved, data, False) != so_far:
            return "undecided"
    if so_far:
        return "carried"
    return (
        "tie" if holds(data["expression"], figures, data, True) and is_level(data, figures) else "not carried"
    )


def is_level(data: dict[str, Any], figures: Figures) -> bool:
    found: list[bool] = []

    def visit(node: Any) -> None:
        if isinstance(node, dict):
            if node.get("kind") == "threshold":
                found.append(half_and_level(node, figures))
            for child in node.values():
                visit(child)
        elif isinstance(node, list):
            for child in node:
                visit(child)

    visit(data["expression"])
    return any(found)


# -- what is tried ----------------------------------------------------------------------------------------


@st.composite
def full_counts(draw: st.DrawFn, most: int = 9, challenged: int = 4) -> Counts:
    parts = {name: draw(st.integers(0, most)) for name in PARTS}
    cast = sum(parts.values())
    eligible = cast + draw(st.integers(0, most))
    return Counts(
        **parts,
        cast=cast,
        challenged=draw(st.integers(0, challenged)),
        eligible=eligible,
        notice=draw(st.booleans()),
        present=draw(st.integers(0, eligible)),
    )


components: st.SearchStrategy[tuple[Any, ...]] = st.one_of(
    st.sampled_from([("cast",), ("eligible",), ("present",), ("yes",), ("no",), ("no", "yes")]),
    st.lists(st.sampled_from(PARTS), min_size=1, unique=True).map(lambda names: tuple(sorted(names))),
)
shares = st.sampled_from([(1, 2), (2, 3), (3, 4), (3, 5), (2, 5), (1, 4), (1, 3), (1, 1), (49, 100)])


@st.composite
def thresholds(draw: st.DrawFn) -> Threshold:
    share = draw(shares)
    relation: Any = "at_least" if share == (1, 1) else draw(st.sampled_from(["at_least", "more_than"]))
    numerator = draw(st.one_of(st.sampled_from([("yes",), ("no",)]), components))
    return Threshold(numerator=numerator, of=draw(components), relation=relation, share=share)


expressions: st.SearchStrategy[Expression] = st.recursive(
    st.one_of(thresholds(), st.just(Notice())),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: AllOf(terms=tuple(terms))),
        st.lists(inner, min_size=2, max_size=3).map(lambda terms: AnyOf(terms=tuple(terms))),
        inner.map(lambda term: Not(term=term)),
        st.builds(Cases, otherwise=inner, then=inner, when=inner),
    ),
    max_leaves=5,
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    formula = draw(st.one_of(expressions, st.builds(UnlessRejected, rejection=expressions)))
    setting = Setting(name="tie-carries", note="", value=draw(st.booleans()))
    tie: Any = draw(st.sampled_from(["fails", "carries", "setting"]))
    return Rule(
        citation="by-law 1",
        expression=formula,
        id="any",
        jurisdiction="here",
        settings=(setting,) if tie == "setting" else (),
        status="needs-counsel",
        tie=tie,
        title="any rule",
    )


SHIPPED = [rule for rule in presets() if not isinstance(rule.expression, Choice | Unavailable)]


@st.composite
def configured_presets(draw: st.DrawFn) -> Rule:
    rule = draw(st.sampled_from(SHIPPED))
    return rule.configured({one.name: draw(st.booleans()) for one in rule.settings})


@settings(max_examples=300, deadline=None)
@given(rules(), full_counts())
def test_any_rule_comes_out_as_by_the_oracle(rule: Rule, counts: Counts) -> None:
    assert decide(rule, counts).outcome == verdict(rule, counts)


@settings(max_examples=300, deadline=None)
@given(configured_presets(), full_counts())
def test_every_preset_comes_out_as_by_the_oracle(rule: Rule, counts: Counts) -> None:
    assert decide(rule, counts).outcome == verdict(rule, counts)


@settings(max_examples=200, deadline=None)
@given(configured_presets(), full_counts(most=4000, challenged=0), st.integers(-2, 2))
def test_presets_at_the_edge(rule: Rule, counts: Counts, off: int) -> None:
    """Large numbers, with the yes votes moved to the number necessary and its neighbours."""
    first = decide(rule, counts).main
    assert first is None or first.needed >= 1
    if first is None or counts.no is None or counts.yes is None:
        return
    moved = min(max(first.needed + off - counts.yes, -counts.yes), counts.no)
    edge = Counts(
        **{
            **{name: getattr(counts, name) for name in Counts.__struct_fields__},
            "yes": counts.yes + moved,
            "no": counts.no - moved,
        }
    )
    assert decide(rule, edge).outcome == verdict(rule, edge)


@settings(max_examples=200, deadline=None)
@given(st.one_of(rules(), configured_presets()), full_counts(most=4, challenged=0), st.data())
def test_a_missing_figure_never_gives_a_wrong_verdict(
    rule: Rule, counts: Counts, data: st.DataObject
) -> None:
    """With figures left out the verdict is the true one, or it cannot be decided; never another."""
    names = [*PARTS, "cast", "eligible", "notice", "present"]
    left_out = data.draw(st.lists(st.sampled_from(names), unique=True))
    kept = {name: getattr(counts, name) for name in names if name not in left_out}
    decision = decide(rule, Counts(**kept))
    truth = verdict(rule, counts)
    if decision.outcome is Outcome.CANNOT_BE_DECIDED:
        assert decision.missing
        assert set(decision.missing) <= set(left_out)
    else:
        assert decision.carried == (truth == "carried")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.integers(0, 6), min_size=1, max_size=4),
    st.integers(1, 3),
    st.integers(0, 4),
    st.booleans(),
)
def test_elections_come_out_as_by_trying_every_ballot(
    votes: list[int], seats: int, challenged: int, majority: bool
) -> None:
    """The open ballots are given to the candidates in every way; who stands where must not move."""
    seats = 1 if majority else seats
    rule = preset("us-union-officer-majority" if majority else "us-lmrda-officer")
    named = [(f"c{index}", count) for index, count in enumerate(votes)]

    def standing(counts: list[int]) -> tuple[frozenset[str], frozenset[str]]:
        order = sorted(counts, reverse=True)
        if majority and len(counts) > 2:
            winners = {f"c{i}" for i, n in enumerate(counts) if 2 * n > sum(counts)}
            runners = {f"c{i}" for i, n in enumerate(counts) if n >= order[1]}
            return (frozenset(winners), frozenset()) if winners else (frozenset(), frozenset(runners))
        if len(counts) <= seats:
            return frozenset(f"c{i}" for i in range(len(counts))), frozenset()
        last, next_one = order[seats - 1], order[seats]
        safe = {f"c{i}" for i, n in enumerate(counts) if n > (last if last == next_one else next_one)}
        level = {f"c{i}" for i, n in enumerate(counts) if n == last} if last == next_one else set()
        return frozenset(safe), frozenset(level)

    def one_ballot_more(counts: tuple[int, ...]) -> set[tuple[int, ...]]:
        found = {counts}
        for marks in range(1 << len(counts)):
            if bin(marks).count("1") <= seats:
                found.add(tuple(n + (marks >> i & 1) for i, n in enumerate(counts)))
        return found

    reachable = {tuple(votes)}
    for _ in range(challenged):
        reachable = {after for before in reachable for after in one_ballot_more(before)}
    certain = len({standing(list(counts)) for counts in reachable}) == 1
    decision = decide_choice(rule, None, None, named, seats, challenged)
    assert (decision.outcome is not ChoiceOutcome.UNDECIDED) == certain
    assert (frozenset(decision.elected), frozenset(decision.tied)) == standing(votes)
