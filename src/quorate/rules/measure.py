"""From figures to answers: what each share comes to, in whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from quorate.rules.counts import Counts
from quorate.rules.criteria import (
    AllOf,
    AnyOf,
    Cases,
    Component,
    Expression,
    Facts,
    Not,
    Notice,
    Threshold,
    UnlessRejected,
    value,
)
from quorate.rules.rule import Rule

Role: TypeAlias = Literal["condition", "rejection", "test"]


class CriterionResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One share, tested.

    ``number`` is the numerator, ``needed`` the smallest that meets the share of ``base``; ``margin`` is
    ``number - needed``, negative when short. ``decides`` is true for the criteria on which the verdict
    rests. ``role`` tells a plain test from a condition (it chooses between tests, or must not hold) and from
    one that rejects.
    ``tied``: exactly half of the base, with as many yes as no, where more than half is asked for.
    """

    base: int
    decides: bool
    margin: int
    met: bool
    needed: int
    number: int
    role: Role
    test: Threshold
    tied: bool


def total(counts: Counts, components: Iterable[Component]) -> int | None:
    """The sum of the named figures, ``None`` when one of them is not known."""
    figures: list[int | None] = [getattr(counts, name) for name in components]
    known = [figure for figure in figures if figure is not None]
    return sum(known) if len(known) == len(figures) else None


def meets(test: Threshold, number: int, base: int) -> bool:
    """Is ``number`` the share of ``base`` that the test asks for [12.3]? Cross-multiplied, never divided."""
    part, whole = test.share
    enough = whole * number > part * base if test.relation == "more_than" else whole * number >= part * base
    return enough and number >= 1


@dataclass(frozen=True)
class Measured:
    """The facts that a set of (completed) figures states about a rule."""

    rule: Rule
    counts: Counts
    ties_broken: bool = False
    """Suppose that every tied test were met: what would the verdict be?"""

    def tied(self, test: Threshold) -> bool:
        """Exactly half, and as many yes as no [12.3]."""
        number, base = total(self.counts, test.numerator), total(self.counts, test.of)
        if not test.majority or not number or base is None:
            return False
        return 2 * number == base and self.counts.yes == self.counts.no

    def threshold(self, test: Threshold) -> bool | None:
        """Is the share reached?"""
        number, base = total(self.counts, test.numerator), total(self.counts, test.of)
        if number is None or base is None:
            return None
        if meets(test, number, base):
            return True
        if self.rule.tie_carries and test.numerator == ("yes",) and test.majority and 2 * number == base:
            if self.counts.yes is None or self.counts.no is None:
                return None
            return self.tied(test)
        return self.ties_broken and self.tied(test)

    def notice(self) -> bool | None:
        """Was notice given?"""
        return self.counts.notice

    def setting(self, name: str) -> bool:
        """Is the setting on?"""
        return self.rule.setting(name)

    def result(self, test: Threshold, role: Role, decides: bool) -> CriterionResult | None:
        """The test with its figures, ``None`` when one of them is not known."""
        number, base = total(self.counts, test.numerator), total(self.counts, test.of)
        if number is None or base is None:
            return None
        met, tied = bool(self.threshold(test)), self.tied(test)
        needed = number if met and tied else test.needed(base)
        return CriterionResult(
            base=base,
            decides=decides,
            margin=number - needed,
            met=met,
            needed=needed,
            number=number,
            role=role,
            test=test,
            tied=tied,
        )


@dataclass(frozen=True)
class Step:
    """A leaf that was looked at, in which role, and whether the verdict rests on it."""

    leaf: Threshold | Notice
    role: Role
    decides: bool


def steps(node: Expression | UnlessRejected, facts: Facts) -> list[Step]:
    """The leaves on the way to the verdict, each once; branches not taken are left out [12.6]."""
    found: dict[tuple[Threshold | Notice, Role], bool] = {}
    for step in _walk(node, facts, "test", True):
        key = (step.leaf, step.role)
        found[key] = found.get(key, False) or step.decides
    return [Step(leaf, role, decides) for (leaf, role), decides in found.items()]


def _walk(node: Expression | UnlessRejected, facts: Facts, role: Role, decides: bool) -> Iterator[Step]:
    match node:
        case Threshold() | Notice():
            yield Step(node, role, decides and value(node, facts) is not None)
        case Not(term=term):
            yield from _walk(term, facts, "condition", decides)
        case UnlessRejected(rejection=term):
            yield from _walk(term, facts, "rejection", decides)
        case AllOf(terms=terms) | AnyOf(terms=terms):
            whole = value(node, facts)
            for term in terms:
                yield from _walk(term, facts, role, decides and value(term, facts) == whole)
        case Cases(when=when, then=then, otherwise=otherwise):
            condition = value(when, facts)
            yield from _walk(when, facts, "condition", decides)
            if condition is not False:
                yield from _walk(then, facts, role, decides)
            if condition is not True:
                yield from _walk(otherwise, facts, role, decides)
        case _:  # a setting is part of the rule, not a finding
            return


def missing(node: Expression | UnlessRejected, facts: Measured) -> tuple[str, ...]:
    """The figures without which the verdict cannot be given, in alphabetical order [12.7]."""
    names: set[str] = set()
    for step in steps(node, facts):
        if value(step.leaf, facts) is not None:
            continue
        if isinstance(step.leaf, Notice):
            names.add("notice")
        else:
            # A test that cannot be given for a tie needs yes and no as well.
            needed = {*step.leaf.numerator, *step.leaf.of}
            unknown = {name for name in needed if getattr(facts.counts, name) is None}
            names |= unknown or {name for name in ("no", "yes") if getattr(facts.counts, name) is None}
    return tuple(sorted(names))
