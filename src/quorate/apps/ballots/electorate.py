"""Who votes, as a draft sees it: the frozen roll by counts, its units, and who votes on which question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.organisation.errors import UnknownOrganisation
from quorate.apps.organisation.models import Organisation, Roll
from quorate.apps.organisation.roll_reading import frozen_roll, latest_roll, roll_of_fingerprint
from quorate.apps.organisation.selectors import bodies_of
from quorate.election.draft import Draft, DraftQuestion, UnitsBy
from quorate.election.registrar import Eligible
from quorate.roll.frozen import FrozenRoll, Voter
from quorate.text import _, ngettext, number


@dataclass(frozen=True, slots=True)
class Electorate:
    """The roll of a draft: how many, and how many in each unit (by name, in index order).

    `missing` members have no unit, though votes are counted by units: they could not vote.
    """

    roll: Roll
    count: int
    units: tuple[tuple[str, int], ...]
    missing: int

    def eligible(self, question: DraftQuestion) -> int:
        """How many vote on a question."""
        if question.electorate is None:
            return self.count
        return sum(n for name, n in self.units if name in question.electorate)


def rolls_to_choose(organisation: Organisation) -> Sequence[Roll]:
    """The newest frozen roll of each body that has one."""
    return [roll for body in bodies_of(organisation) if (roll := latest_roll(body)) is not None]


def electorate_of(draft: Draft) -> Electorate | None:
    """The electorate of a draft; None while no frozen roll is chosen."""
    roll = _roll_of(draft.roll_fingerprint) if draft.roll_fingerprint else None
    if roll is None:
        return None
    units, missing = _sizes(roll.pk, draft.roll_fingerprint, draft.units)
    return Electorate(roll, roll.count, units, missing)


def voters_of(draft: Draft) -> tuple[tuple[str, ...], tuple[Eligible, ...]]:
    """The names of the units in index order, and everybody on the roll with the index of their unit.

    NotAllowed without a roll, or when votes are counted by a column that is empty for somebody.
    """
    roll = _roll_of(draft.roll_fingerprint) if draft.roll_fingerprint else None
    if roll is None:
        raise NotAllowed(_("Choose the frozen roll first."))
    frozen = frozen_roll(roll)
    if draft.units == "none":
        return (), tuple(Eligible(voter.member_number, voter.name) for voter in frozen.voters)
    without = [voter.member_number for voter in frozen.voters if not _unit(voter, draft.units)]
    if without:
        raise NotAllowed(
            ngettext(
                "{n} member has no {column} on the roll: number {first}. Correct the roll.",
                "{n} members have no {column} on the roll, the first is number {first}. Correct the roll.",
                len(without),
            ).format(n=number(len(without)), column=units_words(draft.units), first=without[0])
        )
    names = tuple(sorted({_unit(voter, draft.units) for voter in frozen.voters}))
    index = {name: place for place, name in enumerate(names)}
    return names, tuple(
        Eligible(voter.member_number, voter.name, index[_unit(voter, draft.units)]) for voter in frozen.voters
    )


def roll_file(draft: Draft) -> FrozenRoll:
    """The frozen roll of a draft, for the registrar; NotAllowed without one."""
    roll = _roll_of(draft.roll_fingerprint) if draft.roll_fingerprint else None
    if roll is None:
        raise NotAllowed(_("Choose the frozen roll first."))
    return frozen_roll(roll)


def small_units(draft: Draft, electorate: Electorate) -> tuple[tuple[str, int], ...]:
    """The units that are smaller than the group limit: they are only ever counted together with others."""
    return tuple((name, n) for name, n in electorate.units if n < draft.group_limit)


def units_words(units: UnitsBy) -> str:
    """The column by which votes are counted, as people call it."""
    return {"none": _("no column"), "category": _("category"), "unit": _("unit")}[units]


@lru_cache(maxsize=8)
def _sizes(roll: int, fingerprint: str, units: UnitsBy) -> tuple[tuple[tuple[str, int], ...], int]:
    """A frozen roll never changes, so its counts are kept: names are not."""
    if units == "none":
        return (), 0
    found = _roll_of(fingerprint)
    if found is None:
        return (), 0
    sizes = Counter(_unit(voter, units) for voter in frozen_roll(found).voters)
    missing = sizes.pop("", 0)
    return tuple(sorted(sizes.items())), missing


def _unit(voter: Voter, units: UnitsBy) -> str:
    return voter.category if units == "category" else voter.unit


def _roll_of(fingerprint: str) -> Roll | None:
    try:
        return roll_of_fingerprint(fingerprint)
    except UnknownOrganisation:
        return None
