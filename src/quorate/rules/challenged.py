"""Can the ballots that are still challenged change the verdict?

Each challenged ballot ends in one of six ways: it turns out to be a yes, a no, an abstention, a blank or
a spoiled ballot of an entitled voter, or it is refused and counts for nothing. The question is asked for
every way of resolving all of them. There are too many to list, so whole boxes of them are judged at once:
over a box each share is a linear form whose least and greatest value are exact, and where those leave the
verdict open the box is cut in two. Whole numbers throughout; nothing is sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

from quorate.rules.counts import PARTS, Counts
from quorate.rules.criteria import Component, Expression, Notice, Threshold, UnlessRejected, leaves, value
from quorate.rules.measure import Measured, total
from quorate.rules.rule import Rule

MOST_BOXES: Final = 50_000
"""Rules in use need a few dozen boxes, whatever the numbers. Where a contrived one needs more than this the
answer is "yes, they can": an unproven verdict is never given."""

_Unknown: TypeAlias = dict[Threshold | Notice, bool]


def could_change(rule: Rule, formula: Expression | UnlessRejected, counts: Counts) -> bool:
    """Is there a way to resolve the challenged ballots that gives another verdict than refusing them all?

    ``counts`` are completed figures that give a verdict as they stand. Not more challenged ballots can be
    accepted than there are eligible members who have not voted. Where a figure is missing that does not
    matter so far, each answer to the tests that need it is tried.
    """
    budget = counts.challenged
    if counts.eligible is not None and counts.cast is not None:
        budget = min(budget, counts.eligible - counts.cast)
    if budget <= 0:
        return False
    facts = Measured(rule, counts)
    so_far = value(formula, facts)
    open_leaves = [
        leaf
        for leaf in dict.fromkeys(leaves(formula))
        if isinstance(leaf, (Threshold, Notice)) and value(leaf, facts) is None
    ]
    allowance = iter(range(MOST_BOXES))
    for answers in product((True, False), repeat=len(open_leaves)):
        if next(allowance, None) is None:
            return True
        resolution = _Resolution(rule, counts, dict(zip(open_leaves, answers, strict=True)))
        if _other_verdict(resolution, formula, so_far, budget, allowance):
            return True
    return False


@dataclass(frozen=True)
class _Form:
    """``constant`` plus, for each kind of ballot, ``weights`` times its number; asked: is it >= 0?"""

    constant: int
    weights: tuple[int, ...]

    def holds(self, box: _Box) -> bool | None:
        """For all of the box true, for all false, or ``None`` when it depends."""
        if self._extreme(box, least=True) >= 0:
            return True
        return False if self._extreme(box, least=False) < 0 else None

    def _extreme(self, box: _Box, *, least: bool) -> int:
        sign = 1 if least else -1
        at = self.constant + sum(w * low for w, low in zip(self.weights, box.low, strict=True))
        left = box.left
        # Ballots are interchangeable, so the extreme takes the strongest kind first.
        for weight, room in sorted(zip(self.weights, box.room, strict=True), key=lambda pair: sign * pair[0]):
            if sign * weight >= 0 or left == 0:
                break
            taken = min(room, left)
            at, left = at + weight * taken, left - taken
        return at


@dataclass(frozen=True)
class _Box:
    """All resolutions with between ``low`` and ``low + room`` ballots of each kind, ``left`` beyond low."""

    low: tuple[int, ...]
    room: tuple[int, ...]
    left: int

    def halves(self, kinds: Iterable[int]) -> tuple[_Box, _Box]:
        """The box cut along the widest of these kinds."""
        widest = max(kinds, key=lambda kind: self.room[kind])
        half = self.room[widest] // 2
        nearer = (*self.room[:widest], half, *self.room[widest + 1 :])
        left = self.left - half - 1
        low = (*self.low[:widest], self.low[widest] + half + 1, *self.low[widest + 1 :])
        rest = (*self.room[:widest], self.room[widest] - half - 1, *self.room[widest + 1 :])
        return _Box(self.low, nearer, self.left), _Box(low, tuple(min(room, left) for room in rest), left)


class _Resolution:
    """The linear forms of a rule over the ways to resolve challenged ballots."""

    def __init__(self, rule: Rule, counts: Counts, supposed: _Unknown) -> None:
        self.rule = rule
        self.supposed = supposed
        self.counts = counts
        self.forms: dict[Threshold, tuple[tuple[_Form, ...], ...]] = {
            test: self._alternatives(test) for test in rule.thresholds if test not in supposed
        }

    def _sum(self, components: tuple[Component, ...]) -> _Form:
        constant = total(self.counts, components) or 0  # a test whose figures are missing is supposed
        return _Form(constant, tuple((kind in components) + ("cast" in components) for kind in PARTS))

    def _alternatives(self, test: Threshold) -> tuple[tuple[_Form, ...], ...]:
        """The test as alternatives of forms that must all be >= 0."""
        part, whole = test.share
        number, base = self._sum(test.numerator), self._sum(test.of)
        strict = 1 if test.relation == "more_than" else 0
        share = _combine((whole, number), (-part, base), less=strict)
        met = (share, _combine((1, number), less=1))
        if not (self.rule.tie_carries and test.majority and test.numerator == ("yes",)):
            return (met,)
        if self.counts.yes is None or self.counts.no is None:
            return (met,)
        yes, no = self._sum(("yes",)), self._sum(("no",))
        level = (_combine((1, yes), (-1, no)), _combine((1, no), (-1, yes)))
        return met, (_combine((2, number), (-1, base)), _combine((1, number), less=1), *level)


def _combine(*terms: tuple[int, _Form], less: int = 0) -> _Form:
    constant = sum(factor * form.constant for factor, form in terms) - less
    columns = zip(*(form.weights for _, form in terms), strict=True)
    factors = [factor for factor, _ in terms]
    return _Form(
        constant, tuple(sum(f * w for f, w in zip(factors, column, strict=True)) for column in columns)
    )


class _BoxFacts:
    """What holds for every resolution in a box."""

    def __init__(self, resolution: _Resolution, box: _Box) -> None:
        self.resolution = resolution
        self.box = box

    def threshold(self, test: Threshold) -> bool | None:
        if test in self.resolution.supposed:
            return self.resolution.supposed[test]
        answers = []
        for forms in self.resolution.forms[test]:
            held = [form.holds(self.box) for form in forms]
            answers.append(False if False in held else None if None in held else True)
        return True if True in answers else None if None in answers else False

    def notice(self) -> bool | None:
        return self.resolution.supposed.get(Notice(), self.resolution.counts.notice)

    def setting(self, name: str) -> bool:
        return self.resolution.rule.setting(name)


def _other_verdict(
    resolution: _Resolution,
    formula: Expression | UnlessRejected,
    so_far: bool | None,
    budget: int,
    allowance: Iterator[int],
) -> bool:
    """Is there a resolution whose verdict is not ``so_far``? Each box judged takes one from the allowance."""
    # Kinds of ballot that no test tells apart are one kind; those that no test counts are a refusal.
    every_form = [form for tests in resolution.forms.values() for forms in tests for form in forms]
    columns = [tuple(form.weights[kind] for form in every_form) for kind in range(len(PARTS))]
    kinds = [columns.index(column) for column in dict.fromkeys(columns) if any(column)]
    if not kinds:
        return False
    room = tuple(budget if kind in kinds else 0 for kind in range(len(PARTS)))
    boxes = [_Box((0,) * len(PARTS), room, budget)]
    while boxes:
        if next(allowance, None) is None:
            return True
        box = boxes.pop()
        verdict = value(formula, _BoxFacts(resolution, box))
        if verdict is None:
            boxes.extend(box.halves(kinds))
        elif verdict != so_far:
            return True
    return False
