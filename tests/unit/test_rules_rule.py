"""Rules as data: their words, their settings and days, and what makes one contradict itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from quorate.rules import Counts, Outcome, Rule, RuleError, Setting, arithmetic, decide, describe, preset
from quorate.rules.criteria import (
    AllOf,
    AnyOf,
    Cases,
    Expression,
    Not,
    Notice,
    SettingIs,
    Threshold,
    Unavailable,
    UnlessRejected,
)


def own(expression: Any, **changes: Any) -> Rule:
    """A by-law of one's own."""
    fields: dict[str, Any] = {
        "citation": "by-law 1",
        "id": "own",
        "jurisdiction": "here",
        "status": "needs-counsel",
        "title": "Own",
    }
    return Rule(expression=expression, **{**fields, **changes})


def majority(who: Any = "yes") -> Threshold:
    return Threshold(numerator=(who,), of=("no", "yes"), relation="more_than", share=(1, 2))


def test_formulas_in_words_and_in_figures() -> None:
    rule = own(
        Cases(
            when=Threshold(numerator=("cast",), of=("eligible",), relation="at_least", share=(1, 2)),
            then=AllOf(terms=(Notice(), AnyOf(terms=(majority(), Not(term=majority("no")))))),
            otherwise=SettingIs(name="lenient"),
        ),
        settings=(Setting(name="lenient", note="", value=True),),
    )
    assert describe(rule) == [
        "Carries when:",
        "  if ballots cast are at least half of all members",
        "    then all of these hold:",
        "      notice of the motion was given",
        "      at least one of these holds:",
        "        yes votes are more than half of the yes and no votes",
        "        this does not hold:",
        "          no votes are more than half of the yes and no votes",
        "    otherwise the setting lenient is on",
    ]
    assert arithmetic(rule.formula) == (
        "if 2 x cast >= eligible then (notice and (2 x yes > (no + yes) or not 2 x no > (no + yes))) "
        "else lenient"
    )
    assert arithmetic(preset("us-ibt-final-offer").formula) == (
        "unless if 2 x cast >= eligible then 2 x no > (no + yes) else 3 x no >= 2 x (no + yes)"
    )


def test_a_setting_takes_its_branch_away() -> None:
    strict = preset("uk-ia-2017")
    assert "ballots cast" in describe(strict)[1]
    lenient = strict.configured({"spoiled-counts-as-voting": False})
    assert describe(lenient)[1] == "  yes votes are more than half of the ballots cast that are not spoiled"
    with pytest.raises(RuleError, match="has no setting 'spoilt'; its settings: spoiled-counts-as-voting"):
        strict.configured({"spoilt": True})


def test_the_days_of_a_rule() -> None:
    before, after = preset("uk-ia-2017"), preset("uk-ia-2026")
    assert [before.in_force_on(date(2017, 2, 28)), before.in_force_on(date(2017, 3, 1))] == [False, True]
    assert [before.in_force_on(date(2026, 2, 17)), before.in_force_on(date(2026, 2, 18))] == [True, False]
    assert [after.in_force_on(date(2026, 2, 17)), after.in_force_on(date(2026, 2, 18))] == [False, True]
    assert not preset("uk-ia-post-eballot").in_force_on(date(2030, 1, 1))


def share(**changes: Any) -> Threshold:
    fields = {"numerator": ("yes",), "of": ("no", "yes"), "relation": "at_least", "share": (1, 2)}
    return Threshold(**{**fields, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"numerator": ()}, "once each, in alphabetical order"),
        ({"of": ("yes", "no")}, "once each, in alphabetical order"),
        ({"of": ("yes", "yes")}, "once each, in alphabetical order"),
        ({"of": ("cast", "yes")}, "stand alone"),
        ({"of": ("eligible", "present")}, "stand alone"),
        ({"share": (2, 4)}, "lowest terms"),
        ({"share": (0, 1)}, "above 0"),
        ({"share": (4, 3)}, "up to 1"),
        ({"share": (1, 1_000_001)}, "lowest terms"),
        ({"share": (1, 1), "relation": "more_than"}, "more than the whole"),
    ],
)
def test_a_share_that_makes_no_sense_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        share(**changes)


def deep(levels: int) -> Expression:
    node: Expression = Notice()
    for _ in range(levels):
        node = Not(term=node)
    return node


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id": "Own Rule"}, "not an identifier"),
        ({"version": 0}, "versions count from 1"),
        ({"citation": ""}, "required"),
        ({"effective_from": date(2020, 1, 2), "effective_to": date(2020, 1, 1)}, "ends before it begins"),
        ({"expression": SettingIs(name="unheard-of")}, "not the same"),
        ({"settings": (Setting(name="idle", note="", value=True),)}, "not the same"),
        ({"tie": "setting"}, "not the same"),
        ({"expression": deep(8)}, "at most 8 levels"),
        ({"expression": AnyOf(terms=(Notice(),) * 64)}, "64 nodes"),
        ({"expression": AllOf(terms=(Notice(),))}, "at least two terms"),
        ({"expression": UnlessRejected(rejection=AnyOf(terms=()))}, "at least two terms"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleError, match=message):
        own(changes.pop("expression", majority()), **changes)


def test_the_deepest_formula_allowed_is_decided() -> None:
    assert decide(own(deep(7)), Counts(notice=True)).outcome is Outcome.NOT_CARRIED


def test_an_unavailable_formula_gives_its_reason() -> None:
    rule = own(Unavailable(reason="Ask the secretary."))
    assert describe(rule) == ["Ask the secretary."]
    assert arithmetic(rule.formula) == "no formula until one is supplied"
