"""Before opening: how many votes it takes, when only the number of eligible members is known."""

from __future__ import annotations

from typing import Literal

import msgspec

from quorate.rules.counts import MOST, Counts, CountsError
from quorate.rules.criteria import AllOf, Choice, Formula, Threshold, Unavailable
from quorate.rules.measure import Measured, Role, steps
from quorate.rules.rule import Rule
from quorate.text import _, number


class PlannedTest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One share before anyone has voted.

    ``necessary``: the rule cannot hold without it. ``needed`` is the number necessary when the base is the
    roll and so already fixed, else ``None``. ``at_most`` is the number needed if every eligible member is in
    the base: it can only be less. ``fails_at``: with this many members who do not vote yes (a no, a blank or
    no vote at all) the rule cannot be met any more; ``None`` where that is not true of the whole rule.
    """

    at_most: int
    fails_at: int | None
    necessary: bool
    needed: int | None
    role: Role
    test: Threshold


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a rule asks of a roll of ``eligible`` members. The rule is embedded, for its words."""

    eligible: int
    format: Literal[1] = 1
    rule: Rule
    tests: tuple[PlannedTest, ...]

    @property
    def needed(self) -> int | None:
        """The yes votes needed, where that one number is the whole rule; else ``None``."""
        if not isinstance(self.rule.formula, Threshold) or self.tests[0].test.numerator != ("yes",):
            return None
        return self.tests[0].needed


def plan(rule: Rule, eligible: int) -> Plan:
    """What the rule asks before opening. Raises ``CountsError`` if nobody is eligible."""
    if not 1 <= eligible <= MOST:
        raise CountsError(
            _("{eligible} members are eligible: a vote needs at least one").format(eligible=number(eligible))
        )
    formula = rule.formula
    if isinstance(formula, (Choice, Unavailable)):
        return Plan(eligible=eligible, rule=rule, tests=())
    necessary = _necessary(formula)
    planned = []
    for step in steps(formula, Measured(rule, Counts(eligible=eligible))):
        test = step.leaf
        if not isinstance(test, Threshold):
            continue
        most, fixed = test.needed(eligible), test.of == ("eligible",)
        must = fixed and test.numerator == ("yes",) and test in necessary
        planned.append(
            PlannedTest(
                at_most=most,
                fails_at=eligible - most + 1 if must else None,
                necessary=test in necessary,
                needed=most if fixed else None,
                role=step.role,
                test=test,
            )
        )
    return Plan(eligible=eligible, rule=rule, tests=tuple(planned))


def _necessary(formula: Formula) -> tuple[Threshold, ...]:
    """The shares without which the formula cannot hold."""
    match formula:
        case Threshold():
            return (formula,)
        case AllOf(terms=terms):
            return tuple(test for term in terms for test in _necessary(term))
        case _:
            return ()
