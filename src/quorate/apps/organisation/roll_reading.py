"""What is asked about frozen rolls: by the registrar's services with names, by everybody else without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q, QuerySet

from quorate.apps.organisation.errors import OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Body, Correction, Membership, Organisation, Roll
from quorate.roll.frozen import FrozenRoll, FrozenRollError, Voter, parse_frozen
from quorate.text import _

_MOST_DIFFERENCES: Final = 200


@dataclass(frozen=True, slots=True)
class Difference:
    """What roll and register say of one member; None where they do not name them."""

    member_number: str
    before: Voter | None
    after: Voter | None

    @property
    def kind(self) -> Correction.Kind:
        if self.before is None:
            return Correction.Kind.ADD
        return Correction.Kind.REMOVE if self.after is None else Correction.Kind.CHANGE


@dataclass(frozen=True, slots=True)
class PublicRoll:
    """What everybody may know of a roll: no names, no numbers of members."""

    number: int
    count: int
    fingerprint: str
    as_of: date
    frozen: datetime
    challenge_until: datetime
    corrections: int
    """How many corrections lie between the first roll of this date and this one."""
    current: bool
    """Whether it is the newest of its body."""
    held: bool
    """Whether a ballot uses it."""


def folder(data: Path) -> Path:
    """Where the files are, for the server's account alone."""
    return data / "files" / "rolls"


def latest_roll(body: Body) -> Roll | None:
    """The newest frozen roll of a body, or None."""
    return body.rolls.last()


def roll_numbered(body: Body, number: int) -> Roll:
    """A roll of a body by its number; UnknownOrganisation when there is none."""
    found = body.rolls.select_related("frozen_by", "corrects").filter(number=number).first()
    if found is None:
        raise UnknownOrganisation(_("There is no roll of this number."))
    return found


def roll_of_fingerprint(fingerprint: str) -> Roll:
    """The roll with a fingerprint, in hex; UnknownOrganisation when none of this site's has it."""
    found = Roll.objects.select_related("body__organisation").filter(fingerprint=fingerprint).first()
    if found is None:
        raise UnknownOrganisation(_("There is no roll with this fingerprint here."))
    return found


def rolls_of(body: Body) -> Sequence[Roll]:
    """All rolls of a body, the newest first."""
    return list(body.rolls.select_related("frozen_by", "corrects").reverse())


def frozen_roll(roll: Roll) -> FrozenRoll:
    """The roll with its names, checked against its fingerprint. For the registrar's services only.

    OrganisationError when the file is missing or is not the one that was frozen.
    """
    path = folder(settings.ENVIRONMENT.data) / f"{roll.fingerprint}.jsonl"
    try:
        frozen = parse_frozen(path.read_bytes())
    except (OSError, FrozenRollError):
        frozen = None
    if frozen is None or frozen.fingerprint.hex() != roll.fingerprint:
        raise OrganisationError(
            _("The file of roll {n} is missing or was changed: the operator must restore it.").format(
                n=roll.number
            )
        )
    return frozen


def public_rolls(body: Body) -> Sequence[PublicRoll]:
    """All rolls of a body as everybody may see them, the newest first."""
    rolls = list(body.rolls.all())
    depth: dict[int, int] = {}
    for roll in rolls:
        depth[roll.pk] = 0 if roll.corrects_id is None else depth[roll.corrects_id] + 1
    return [
        PublicRoll(
            roll.number, roll.count, roll.fingerprint, roll.as_of, roll.created, roll.challenge_until,
            depth[roll.pk], roll is rolls[-1], roll.held is not None,
        )
        for roll in reversed(rolls)
    ]  # fmt: skip


def voters_on(body: Body, day: date) -> tuple[Voter, ...]:
    """Those who belong to a body on a day, as the register has it now, in the order of a frozen roll."""
    rows = _belonging(Membership.objects.filter(body=body), day).values_list(
        "category", "member__number", "member__name", "unit"
    )
    return tuple(sorted((Voter(*row) for row in rows), key=lambda voter: voter.member_number))


def count_on(body: Body, day: date) -> int:
    """How many belong to a body on a day."""
    return _belonging(Membership.objects.filter(body=body), day).count()


def differences(roll: Roll) -> tuple[Sequence[Difference], int]:
    """What the register says otherwise than the roll, of the same day: the first ones, and how many."""
    then = {voter.member_number: voter for voter in frozen_roll(roll).voters}
    now = {voter.member_number: voter for voter in voters_on(roll.body, roll.as_of)}
    found = [
        Difference(number, then.get(number), now.get(number))
        for number in sorted(then.keys() | now.keys())
        if then.get(number) != now.get(number)
    ]
    return found[:_MOST_DIFFERENCES], len(found)


def difference_of(roll: Roll, member_number: str) -> Difference | None:
    """The difference about one member, or None when roll and register agree."""
    member = roll.body.organisation.members.filter(number__iexact=member_number.strip()).first()
    number = member.number if member else member_number.strip()
    before = next((voter for voter in frozen_roll(roll).voters if voter.member_number == number), None)
    membership = _belonging(Membership.objects.filter(body=roll.body, member=member), roll.as_of).first()
    after = None
    if member is not None and membership is not None:
        after = Voter(membership.category, member.number, member.name, membership.unit)
    return None if before == after else Difference(number, before, after)


def corrections_of(body: Body) -> Sequence[Correction]:
    """All corrections of a body's rolls, the newest first."""
    rows = Correction.objects.filter(roll__body=body).select_related(
        "roll__body", "asked_by", "decided_by", "result"
    )
    return list(rows.reverse())


def correction_numbered(body: Body, pk: int) -> Correction:
    """A correction; UnknownOrganisation when this body has none of that number."""
    found = (
        Correction.objects.filter(roll__body=body, pk=pk).select_related("roll__body__organisation").first()
    )
    if found is None:
        raise UnknownOrganisation(_("There is no such correction."))
    return found


def waiting_corrections(organisation: Organisation) -> Sequence[Correction]:
    """Corrections that wait for a second officer."""
    rows = Correction.objects.filter(roll__body__organisation=organisation, decided=None)
    return list(rows.select_related("roll__body", "asked_by"))


def _belonging(memberships: QuerySet[Membership], day: date) -> QuerySet[Membership]:
    return memberships.filter(Q(left__isnull=True) | Q(left__gt=day), joined__lte=day)
