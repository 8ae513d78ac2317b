"""The verdict: a rule applied to figures. Start reading here.

``decide(rule, counts)`` is the one place where Quorate says whether a vote carries. It is exact, knows no
clock and no storage, and gives one of five outcomes. The words for people are in ``words.sentences``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

import msgspec

from quorate.rules.challenged import could_change
from quorate.rules.counts import Counts
from quorate.rules.criteria import Choice, Expression, Notice, Threshold, Unavailable, UnlessRejected, value
from quorate.rules.measure import CriterionResult, Measured, missing, steps
from quorate.rules.rule import Rule


class Outcome(StrEnum):
    """What a vote came to. Only ``CARRIED`` carries."""

    CARRIED = "carried"
    NOT_CARRIED = "not carried"
    TIE = "tie"
    """Not carried, and only because as many voted no as yes."""
    UNDECIDED = "undecided"
    """Challenged ballots are open that could change the verdict."""
    CANNOT_BE_DECIDED = "cannot be decided"
    """A figure or the formula is missing: ``Decision.missing`` says which."""


FORMULA: Final = "formula"
"""In ``Decision.missing``: the rule has no formula until one is supplied."""
CANDIDATES: Final = "candidates"
"""In ``Decision.missing``: the rule chooses among candidates, so use ``choice.decide_choice``."""


class Decision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The machine-readable verdict: whole numbers and fixed words, no sentences [12.4].

    ``counts`` are the figures, completed by arithmetic. ``criteria`` are those on the way to the verdict,
    in the order of the formula. ``needed`` and ``margin`` are those of the criterion that is closest to
    turning the verdict (``headline`` is its index). ``so_far`` is the verdict with every challenged
    ballot refused; it differs from ``outcome`` only when that is undecided. ``tied`` is true when the
    verdict rests on an equal vote, whichever way the rule lets it fall.
    """

    counts: Counts
    criteria: tuple[CriterionResult, ...]
    format: Literal[1] = 1
    headline: int | None
    margin: int | None
    missing: tuple[str, ...]
    needed: int | None
    outcome: Outcome
    rejects: bool
    """The rule asks for a rejection: the proposal takes effect unless it is rejected."""
    rests_on_notice: bool
    rule: str
    rule_version: int
    so_far: Outcome
    tied: bool

    @property
    def carried(self) -> bool:
        """Does the proposal take effect?"""
        return self.outcome is Outcome.CARRIED

    @property
    def main(self) -> CriterionResult | None:
        """The criterion of the headline, if any."""
        return None if self.headline is None else self.criteria[self.headline]


def decide(rule: Rule, counts: Counts) -> Decision:
    """Apply the rule to the figures.

    The steps: complete the figures by arithmetic; ask the formula; if challenged ballots are open, ask
    whether any way of resolving them gives another verdict. A figure is missing only if it matters.
    """
    known = counts.completed()
    formula = rule.formula
    if isinstance(formula, Unavailable):
        return _undecidable(rule, known, FORMULA)
    if isinstance(formula, Choice):
        return _undecidable(rule, known, CANDIDATES)
    facts = Measured(rule, known)
    taken = steps(formula, facts)
    found = [
        facts.result(step.leaf, step.role, step.decides) for step in taken if isinstance(step.leaf, Threshold)
    ]
    criteria = tuple(result for result in found if result is not None)
    carried = value(formula, facts)
    tied = any(one.tied and one.decides for one in criteria)
    if carried is None:
        so_far = outcome = Outcome.CANNOT_BE_DECIDED
    else:
        only_the_tie = tied and value(formula, Measured(rule, known, ties_broken=True)) is True
        failed = Outcome.TIE if only_the_tie else Outcome.NOT_CARRIED
        so_far = Outcome.CARRIED if carried else failed
        outcome = Outcome.UNDECIDED if could_change(rule, formula, known) else so_far
    headline = _headline(criteria, formula, facts)
    return Decision(
        counts=known,
        criteria=criteria,
        headline=headline,
        margin=None if headline is None else criteria[headline].margin,
        missing=() if carried is not None else missing(formula, facts),
        needed=None if headline is None else criteria[headline].needed,
        outcome=outcome,
        rejects=isinstance(formula, UnlessRejected),
        rests_on_notice=any(isinstance(step.leaf, Notice) and step.decides for step in taken),
        rule=rule.id,
        rule_version=rule.version,
        so_far=so_far,
        tied=tied,
    )


def what_if(counts: Counts, rules: Iterable[Rule]) -> tuple[Decision, ...]:
    """The verdicts that the same figures would have under other rules."""
    return tuple(decide(rule, counts) for rule in rules)


@dataclass(frozen=True)
class _Turned:
    """The facts, but with one test answered the other way."""

    facts: Measured
    turned: Threshold

    def threshold(self, test: Threshold) -> bool | None:
        met = self.facts.threshold(test)
        return not met if test == self.turned and met is not None else met

    def notice(self) -> bool | None:
        return self.facts.notice()

    def setting(self, name: str) -> bool:
        return self.facts.setting(name)


def _headline(
    criteria: tuple[CriterionResult, ...], formula: Expression | UnlessRejected, facts: Measured
) -> int | None:
    """The deciding criterion closest to turning the verdict [12.7].

    Tests before conditions; those that could turn it alone before those that could not; votes before
    turnout; then the smallest margin.
    """
    deciding = [index for index, one in enumerate(criteria) if one.decides]
    verdict = value(formula, facts)

    def rank(index: int) -> tuple[bool, bool, bool, int]:
        one = criteria[index]
        alone = value(formula, _Turned(facts, one.test)) != verdict
        counts_votes = one.test.numerator in (("yes",), ("no",))
        return one.role == "condition", not alone, not counts_votes, abs(one.margin)

    return min(deciding, key=rank, default=None)


def _undecidable(rule: Rule, known: Counts, why: str) -> Decision:
    return Decision(
        counts=known,
        criteria=(),
        headline=None,
        margin=None,
        missing=(why,),
        needed=None,
        outcome=Outcome.CANNOT_BE_DECIDED,
        rejects=False,
        rests_on_notice=False,
        rule=rule.id,
        rule_version=rule.version,
        so_far=Outcome.CANNOT_BE_DECIDED,
        tied=False,
    )
