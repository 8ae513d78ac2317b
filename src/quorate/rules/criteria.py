"""The language in which a rule says when a vote carries: data, never code [11.5].

A formula is a tree of frozen structs with one JSON form: ``kind`` names the node, fields follow in
alphabetical order. ``{"kind":"threshold","numerator":["yes"],"of":["eligible"],"relation":"at_least",
"share":[3,4]}`` reads "the yes votes are at least 3/4 of all eligible members".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import gcd
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

Component: TypeAlias = Literal["abstain", "blank", "cast", "eligible", "no", "present", "spoiled", "yes"]
Relation: TypeAlias = Literal["at_least", "more_than"]

_PARTS: Final = frozenset({"abstain", "blank", "no", "spoiled", "yes"})
LARGEST_SHARE: Final = 1_000_000
DEEPEST: Final = 8
MOST_NODES: Final = 64


class RuleError(ValueError):
    """A rule that says nothing sensible; the message names what is wrong with it."""


class Node(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """A node of a formula. No field name sorts before ``kind``, so the encoding is the canonical one."""


class Threshold(Node, frozen=True, kw_only=True, tag="threshold"):
    """A share: the ``numerator`` is at least, or more than, ``share`` of what ``of`` counts.

    Tested by cross-multiplication in whole numbers, and never met by nobody: at least one vote must be
    in the numerator, so that two thirds of nothing is not a majority.
    """

    numerator: tuple[Component, ...]
    of: tuple[Component, ...]
    relation: Relation
    share: tuple[int, int]

    def __post_init__(self) -> None:
        for components in (self.numerator, self.of):
            chosen = set(components)
            if not components or list(components) != sorted(chosen):
                raise RuleError("components of a share are named once each, in alphabetical order")
            if len(chosen) > 1 and not chosen <= _PARTS:
                raise RuleError("cast, eligible and present stand alone: they contain the other counts")
        part, whole = self.share
        if not 1 <= part <= whole <= LARGEST_SHARE or gcd(part, whole) != 1:
            raise RuleError(f"{part}/{whole} is not a share above 0 and up to 1 in lowest terms")
        if self.relation == "more_than" and part == whole:
            raise RuleError("nothing is more than the whole")

    def needed(self, base: int) -> int:
        """The smallest numerator that meets the share of this base; at least one [12.3]."""
        part, whole = self.share
        exact, rest = divmod(part * base, whole)
        return max(1, exact + (1 if rest or self.relation == "more_than" else 0))

    @property
    def majority(self) -> bool:
        """More than half of something: the tests that an equal vote can fail by a hair."""
        return self.share == (1, 2) and self.relation == "more_than" and self.numerator in (("yes",), ("no",))


class Notice(Node, frozen=True, kw_only=True, tag="notice"):
    """Notice of the motion was given."""


class SettingIs(Node, frozen=True, kw_only=True, tag="setting"):
    """The named setting of the rule is on."""

    name: str


class Not(Node, frozen=True, kw_only=True, tag="not"):
    """The term does not hold."""

    term: Expression


class AllOf(Node, frozen=True, kw_only=True, tag="all"):
    """Every term holds."""

    terms: tuple[Expression, ...]


class AnyOf(Node, frozen=True, kw_only=True, tag="any"):
    """At least one term holds."""

    terms: tuple[Expression, ...]


class Cases(Node, frozen=True, kw_only=True, tag="cases"):
    """``then`` counts when ``when`` holds, ``otherwise`` when it does not."""

    otherwise: Expression
    then: Expression
    when: Expression


class UnlessRejected(Node, frozen=True, kw_only=True, tag="unless_rejected"):
    """The proposal takes effect unless ``rejection`` holds."""

    rejection: Expression


class Choice(Node, frozen=True, kw_only=True, tag="choice"):
    """Votes for candidates: the most votes win, or with ``majority`` more than half of the votes."""

    majority: bool


class Unavailable(Node, frozen=True, kw_only=True, tag="unavailable"):
    """The formula is not known here (a union's own rules): nothing can be decided until it is supplied."""

    reason: str


Expression: TypeAlias = Threshold | Notice | SettingIs | Not | AllOf | AnyOf | Cases
Formula: TypeAlias = Expression | UnlessRejected | Choice | Unavailable


class Facts(Protocol):
    """What is known: each answer is true, false, or ``None`` for "not known"."""

    def threshold(self, test: Threshold) -> bool | None:
        """Is the share reached?"""

    def notice(self) -> bool | None:
        """Was notice given?"""

    def setting(self, name: str) -> bool:
        """Is the setting on?"""


def value(node: Expression | UnlessRejected, facts: Facts) -> bool | None:
    """Does the formula hold [12.5]? ``None`` only when what is not known matters."""
    match node:
        case Threshold():
            return facts.threshold(node)
        case Notice():
            return facts.notice()
        case SettingIs(name=name):
            return facts.setting(name)
        case Not(term=term) | UnlessRejected(rejection=term):
            held = value(term, facts)
            return None if held is None else not held
        case AllOf(terms=terms):
            return _every([value(term, facts) for term in terms])
        case AnyOf(terms=terms):
            none_holds = _every([_opposite(value(term, facts)) for term in terms])
            return _opposite(none_holds)
        case Cases(when=when, then=then, otherwise=otherwise):
            condition = value(when, facts)
            if condition is not None:
                return value(then if condition else otherwise, facts)
            yes, no = value(then, facts), value(otherwise, facts)
            return yes if yes == no else None


def children(node: Formula) -> tuple[Expression, ...]:
    """The terms directly below a node, conditions first."""
    match node:
        case AllOf(terms=terms) | AnyOf(terms=terms):
            return terms
        case Not(term=term) | UnlessRejected(rejection=term):
            return (term,)
        case Cases(when=when, then=then, otherwise=otherwise):
            return (when, then, otherwise)
        case _:
            return ()


def leaves(node: Formula) -> Iterator[Expression | Choice | Unavailable]:
    """Every node without terms, from left to right."""
    below = children(node)
    if not below and not isinstance(node, UnlessRejected):
        yield node
    for term in below:
        yield from leaves(term)


def resolved(node: Expression, setting: Callable[[str], bool]) -> Expression:
    """The formula with every case that only a setting decides replaced by the branch that is taken."""
    match node:
        case Cases(when=SettingIs(name=name), then=then, otherwise=otherwise):
            return resolved(then if setting(name) else otherwise, setting)
        case Cases(when=when, then=then, otherwise=otherwise):
            return Cases(
                otherwise=resolved(otherwise, setting),
                then=resolved(then, setting),
                when=resolved(when, setting),
            )
        case AllOf(terms=terms):
            return AllOf(terms=tuple(resolved(term, setting) for term in terms))
        case AnyOf(terms=terms):
            return AnyOf(terms=tuple(resolved(term, setting) for term in terms))
        case Not(term=term):
            return Not(term=resolved(term, setting))
        case _:
            return node


def check_size(node: Formula) -> None:
    """Refuse a formula that no person could read: it bounds the work of deciding one."""
    level: list[Expression | Formula] = [node]
    seen = 0
    for depth in range(DEEPEST + 1):
        seen += len(level)
        if not level:
            return
        if depth == DEEPEST or seen > MOST_NODES:
            raise RuleError(f"a formula has at most {DEEPEST} levels and {MOST_NODES} nodes")
        if any(isinstance(one, (AllOf, AnyOf)) and len(one.terms) < 2 for one in level):
            raise RuleError("all and any join at least two terms")
        level = [term for one in level for term in children(one)]


def _every(values: list[bool | None]) -> bool | None:
    if False in values:
        return False
    return None if None in values else True


def _opposite(held: bool | None) -> bool | None:
    return None if held is None else not held
