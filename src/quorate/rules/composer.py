"""A rule from a by-law: an officer chooses parts, reads at once what they mean, and is told what cannot work.

``compose`` makes the rule, ``explain`` says what it asks of a roll of this size, ``why_undecidable`` says at
draft time why a rule could not be decided from what the vote will collect.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from quorate.rules.criteria import (
    AllOf,
    AnyOf,
    Choice,
    Expression,
    Notice,
    RuleError,
    Threshold,
    Unavailable,
    leaves,
)
from quorate.rules.planner import plan
from quorate.rules.rule import Rule
from quorate.rules.sentences import blank_effect, figure, sentences
from quorate.text import _, number

Tie: TypeAlias = Literal["carries", "fails"]
Missing: TypeAlias = Literal[
    "abstain", "blank", "cast", "eligible", "no", "notice", "present", "spoiled", "yes"
]


class Limb(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test of the votes; with ``notice`` it counts only if the motion had been announced."""

    notice: bool = False
    test: Threshold


class ByLaw(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an officer fills in.

    ``limbs`` are the tests of the votes, of which ``all`` or ``any`` must hold; ``turnout`` is the share of
    all members that must vote, ``quorum`` that must be present; more than that where ``..._more`` is set.
    ``notice``: the motion must have been announced in any case. ``citation`` says where the by-law stands.
    """

    citation: str
    id: str
    join: Literal["all", "any"] = "all"
    limbs: tuple[Limb, ...]
    notice: bool = False
    quorum: tuple[int, int] | None = None
    quorum_more: bool = False
    tie: Tie = "fails"
    title: str
    turnout: tuple[int, int] | None = None
    turnout_more: bool = False
    version: int = 1


class Collected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a vote will give: ``figures`` that are counted, and whether it chooses among candidates."""

    candidates: bool = False
    figures: tuple[Missing, ...]


SECRET: tuple[Missing, ...] = ("abstain", "blank", "cast", "eligible", "no", "spoiled", "yes")
"""What a secret ballot counts. Those present, and whether notice was given, an officer has to enter."""
MEETING: tuple[Missing, ...] = (*SECRET, "present")
"""What a roll call or a show of hands counts."""


def compose(by_law: ByLaw) -> Rule:
    """The rule of a by-law. Raises ``RuleError`` for one without a test of votes, or that says nothing."""
    if not by_law.limbs:
        raise RuleError(_("Say which share of votes is needed."))
    if any("yes" not in limb.test.numerator for limb in by_law.limbs):
        raise RuleError(
            _("A test of votes counts the yes votes. Turnout and quorum have fields of their own.")
        )
    if len({limb.test for limb in by_law.limbs}) < len(by_law.limbs):
        raise RuleError(_("The same test stands here twice."))
    terms = tuple(_limb(limb) for limb in by_law.limbs)
    first: Expression = terms[0]
    if len(terms) > 1:
        first = (AllOf if by_law.join == "all" else AnyOf)(terms=terms)
    parts: list[Expression] = [first]
    if by_law.turnout is not None:
        parts.append(_of_members("cast", by_law.turnout, more=by_law.turnout_more))
    if by_law.quorum is not None:
        parts.append(_of_members("present", by_law.quorum, more=by_law.quorum_more))
    if by_law.notice and not (isinstance(parts[0], AllOf) and Notice() in parts[0].terms):
        parts.append(Notice())
    return Rule(
        citation=by_law.citation,
        expression=_joined(parts),
        id=by_law.id,
        jurisdiction=_("By-laws"),
        status="needs-counsel",
        tie=by_law.tie,
        title=by_law.title,
        version=by_law.version,
    )


def _limb(limb: Limb) -> Expression:
    return AllOf(terms=(Notice(), limb.test)) if limb.notice else limb.test


def _of_members(what: Literal["cast", "present"], share: tuple[int, int], *, more: bool) -> Threshold:
    return Threshold(
        numerator=(what,), of=("eligible",), relation="more_than" if more else "at_least", share=share
    )


def _joined(parts: list[Expression]) -> Expression:
    """All parts; the limbs of one `all` stand beside the others and not in a group of their own."""
    if len(parts) == 1:
        return parts[0]
    if isinstance(parts[0], AllOf):
        return AllOf(terms=(*parts[0].terms, *parts[1:]))
    return AllOf(terms=tuple(parts))


def explain(rule: Rule, eligible: int) -> list[str]:
    """What the rule asks of a roll of this size, and what not voting, a blank and an abstention do.

    Raises ``CountsError`` if nobody is eligible.
    """
    asked = sentences(plan(rule, eligible))
    said_of_blank = blank_effect(rule)
    return [*(one for one in asked if one not in said_of_blank), not_voting(rule), *_votes_beside(rule)]


def not_voting(rule: Rule) -> str:
    """``Not voting counts like no.``: what a member does by staying away."""
    if isinstance(rule.formula, Choice | Unavailable):
        return _("Not voting does not count.")
    tests = rule.thresholds
    of_all = ["eligible" in test.of for test in tests if "yes" in test.numerator]
    if any("no" in test.numerator and "yes" not in test.numerator for test in tests):
        return _("Not voting does not help to reject it.")
    if of_all and all(of_all):
        return _("Not voting counts like no.")
    if any(of_all):
        return _("Not voting counts like no in the test that counts all members.")
    if any("cast" in test.numerator for test in tests):
        return _("Not voting lowers the turnout, which can make it fail.")
    return _("Not voting does not count.")


def _votes_beside(rule: Rule) -> list[str]:
    """What abstentions do where they and blank ballots differ, else what both do."""
    said = blank_effect(rule)
    tests = [test for test in rule.thresholds if "yes" in test.numerator]
    blank = [bool({"blank", "cast", "eligible"} & {*test.of}) for test in tests]
    abstain = [bool({"abstain", "cast", "eligible"} & {*test.of}) for test in tests]
    if blank != abstain:
        like = _("An abstention works like a no.") if any(abstain) else _("An abstention does not weigh.")
        said.append(like)
    return said


def why_undecidable(rule: Rule, collected: Collected) -> tuple[str, ...]:
    """Why this rule could not be decided from what the vote collects, one sentence each; empty if it can.

    Strict on purpose: a figure that would matter in only some outcomes has to be collected too.
    """
    formula = rule.formula
    if isinstance(formula, Unavailable):
        return (_("The rule has no formula: {reason}").format(reason=formula.reason),)
    if isinstance(formula, Choice) != collected.candidates:
        if collected.candidates:
            return (_("The rule decides between yes and no, but the question offers other answers."),)
        return (_("The rule chooses among candidates, but the question is answered by yes and no."),)
    wanted: set[str] = set()
    for leaf in leaves(formula):
        if isinstance(leaf, Threshold):
            wanted |= {*leaf.numerator, *leaf.of}
        elif isinstance(leaf, Notice):
            wanted.add("notice")
    return tuple(
        _("The rule asks for {figure}, which this vote does not collect.").format(figure=figure(name))
        for name in sorted(wanted - set(collected.figures))
    )


def headline(rule: Rule, eligible: int) -> str:
    """``20,250 yes votes needed of 27,000``, or a first sentence where no one number says it all."""
    asked = plan(rule, eligible)
    if asked.needed is not None:
        return _("{n} yes votes needed of {all}").format(n=number(asked.needed), all=number(eligible))
    return sentences(asked)[0]
