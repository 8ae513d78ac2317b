"""The same votes under other rules, and counted in other ways: by workplace, or by delegates.

None of it decides anything. It shows what each number would have meant, always with what it is a share of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from quorate.rules.counts import PARTS, Counts, CountsError
from quorate.rules.criteria import Threshold
from quorate.rules.decision import Decision, Outcome, decide
from quorate.rules.measure import CriterionResult
from quorate.rules.percent import percent
from quorate.rules.rule import Rule
from quorate.rules.words import clause, together
from quorate.text import _, number


@dataclass(frozen=True)
class Row:
    """One test of a rule, with its figures: ``number`` of ``base``, ``needed`` of it, met or not."""

    base: int
    base_words: str
    met: bool
    needed: int
    number: int
    number_words: str
    percent: str
    test: Threshold

    @property
    def words(self) -> str:
        """``yes votes are at least 75% of all members: 23,971 of 27,000 (88.7%), 20,250 needed``."""
        return _("{clause}: {n} of {base} ({percent}), {needed} needed").format(
            clause=clause(self.test),
            n=number(self.number),
            base=number(self.base),
            percent=self.percent,
            needed=number(self.needed),
        )


@dataclass(frozen=True)
class Alternative:
    """What the figures would have come to under ``rule``. ``rows`` are the tests on the way to it."""

    decision: Decision
    rows: tuple[Row, ...]
    rule: Rule

    @property
    def outcome(self) -> Outcome:
        """The verdict that it would have been."""
        return self.decision.outcome


def alternatives(counts: Counts, rules: Iterable[Rule]) -> tuple[Alternative, ...]:
    """The verdict under each rule that these figures can decide; the others are left out."""
    made = ((rule, decide(rule, counts)) for rule in rules)
    return tuple(
        Alternative(decision, tuple(_row(one) for one in decision.criteria if one.base), rule)
        for rule, decision in made
        if decision.outcome is not Outcome.CANNOT_BE_DECIDED
    )


def _row(one: CriterionResult) -> Row:
    return Row(
        base=one.base,
        base_words=together(one.test.of),
        met=one.met,
        needed=one.needed,
        number=one.number,
        number_words=together(one.test.numerator),
        percent=percent(one.number, one.base),
        test=one.test,
    )


class UnitCounts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The figures of one counting group, by the names of its units. A group of several was joined
    because its parts were too small to count apart.
    """

    counts: Counts
    units: tuple[str, ...]


@dataclass(frozen=True)
class UnitVerdict:
    """A unit's own verdict; ``decision`` is null where the unit was not counted apart, or nobody voted."""

    decision: Decision | None
    units: tuple[str, ...]


@dataclass(frozen=True)
class ByUnit:
    """One rule applied to each workplace by itself, and to all of them together."""

    together: Decision
    units: tuple[UnitVerdict, ...]

    def names(self, outcome: Outcome | None) -> tuple[str, ...]:
        """The units with this outcome; null: those of which it cannot be said without showing votes."""
        return tuple(
            name
            for one in self.units
            for name in one.units
            if (None if one.decision is None else one.decision.outcome) == outcome
        )


def by_unit(rule: Rule, groups: Sequence[UnitCounts], limit: int) -> ByUnit:
    """Decide workplace by workplace, as a disaggregated ballot asks, and also taken together.

    ``groups`` are the counting groups of a result. Raises ``CountsError`` where a group with ballots has
    fewer than ``limit``, the small-group limit: its verdict would show votes.
    """
    named = [name for group in groups for name in group.units]
    if not groups or len(set(named)) != len(named):
        raise CountsError(_("each unit is in one group, and there is at least one"))
    for group in groups:
        if 0 < (group.counts.completed().cast or 0) < limit:
            raise CountsError(
                _("{units}: fewer than {limit} ballots are not counted apart").format(
                    units=", ".join(group.units), limit=limit
                )
            )
    verdicts = tuple(
        UnitVerdict(decide(rule, group.counts) if len(group.units) == 1 else None, group.units)
        for group in groups
    )
    return ByUnit(decide(rule, sum_of([group.counts for group in groups])), verdicts)


def sum_of(parts: Sequence[Counts]) -> Counts:
    """The figures taken together: known where every part knows them."""
    whole = [part.completed() for part in parts]

    def added(name: str) -> int | None:
        figures = [getattr(part, name) for part in whole]
        return None if None in figures else sum(figures)

    notices = {part.notice for part in whole}
    return Counts(
        challenged=sum(part.challenged for part in whole),
        notice=notices.pop() if len(notices) == 1 else None,
        **{name: added(name) for name in (*PARTS, "cast", "eligible", "present")},
    )


class Block(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A unit whose delegates cast all their ``votes`` the way its members voted."""

    counts: Counts
    name: str
    votes: int


@dataclass(frozen=True)
class DelegatesAndMembers:
    """The delegates' count beside the popular one, each decided by the same rule."""

    delegates: Decision
    members: Decision
    split: tuple[str, ...]
    """Units whose members were evenly divided: their delegates' votes are counted as abstentions."""

    @property
    def agree(self) -> bool:
        """Do both counts come to the same?"""
        return self.delegates.carried == self.members.carried

    @property
    def words(self) -> str:
        """``Delegates: 527 yes, 469 no. Members: ...``"""
        both = [
            _("{who}: {yes} yes, {no} no.").format(
                who=who, yes=number(one.counts.yes or 0), no=number(one.counts.no or 0)
            )
            for who, one in ((_("Delegates"), self.delegates), (_("Members"), self.members))
        ]
        same = _("Both counts come to the same.") if self.agree else _("The two counts differ.")
        return " ".join([*both, same])


def delegates_and_members(rule: Rule, blocks: Sequence[Block]) -> DelegatesAndMembers:
    """Count block votes, and the members' votes themselves. Raises ``CountsError`` for unknown yes or no."""
    if any(block.counts.yes is None or block.counts.no is None or block.votes < 0 for block in blocks):
        raise CountsError(_("each unit needs its yes and no votes, and its number of delegates"))
    sides = [((block.counts.yes or 0) - (block.counts.no or 0), block) for block in blocks]
    split = tuple(block.name for lead, block in sides if lead == 0)
    delegates = Counts(
        abstain=sum(block.votes for lead, block in sides if lead == 0),
        blank=0,
        cast=sum(block.votes for block in blocks),
        eligible=sum(block.votes for block in blocks),
        no=sum(block.votes for lead, block in sides if lead < 0),
        spoiled=0,
        yes=sum(block.votes for lead, block in sides if lead > 0),
    )
    members = sum_of([block.counts for block in blocks])
    return DelegatesAndMembers(decide(rule, delegates), decide(rule, members), split)
