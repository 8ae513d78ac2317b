"""What taking over a member list does to the register, worked out before anything is done.

The member number is the identity, whatever its case. A field that the list has no column for stays as it is;
an empty cell empties the field.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.db.models import F

from quorate.apps.organisation.models import Body, Member, Membership
from quorate.roll import Field, Problem
from quorate.roll import Member as Listed
from quorate.text import _

_BATCH: Final = 4_000
_CONTACT: Final = ("name", "email", "phone", "address")
_TERMS: Final = ("category", "unit", "seat")


@dataclass(slots=True)
class Plan:
    """Rows to write. A member or membership without a primary key is new."""

    new_members: list[Member] = field(default_factory=list)
    changed_members: list[Member] = field(default_factory=list)
    """Those whose contact or membership changes."""
    new_memberships: list[Membership] = field(default_factory=list)
    changed_memberships: list[Membership] = field(default_factory=list)
    ended: list[Membership] = field(default_factory=list)
    unchanged: int = 0
    as_of: date = date.min

    def counts(self) -> dict[str, int]:
        """How many people are added to the body, changed, left as they are, and no longer in it."""
        added = len(self.new_memberships)
        return {
            "added": added,
            "updated": len(self.changed_members) - self._joining_again(),
            "unchanged": self.unchanged,
            "ended": len(self.ended),
        }

    def _joining_again(self) -> int:
        return len(self.new_memberships) - len(self.new_members)


def plan_import(
    body: Body,
    listed: Sequence[tuple[int, Listed]],
    places: Mapping[Field, int],
    as_of: date,
    *,
    whole: bool,
) -> tuple[Plan, list[Problem]]:
    """The plan for a checked list of rows; problems where one contradicts the register's past."""
    register = {member.number.casefold(): member for member in body.organisation.members.all()}
    memberships: defaultdict[int, list[Membership]] = defaultdict(list)
    for membership in body.memberships.all():
        memberships[membership.member_id].append(membership)
    plan, problems, seen = Plan(as_of=as_of), list[Problem](), set[int]()
    given = set(places)
    if given & {"given_name", "family_name"}:
        given.add("name")
    for row, entry in listed:
        member = register.get(entry.member_number.casefold())
        if member is None:
            new = Member(organisation=body.organisation, number=entry.member_number, name=entry.name,
                         email=entry.email, phone=entry.phone, address=entry.address)  # fmt: skip
            plan.new_members.append(new)
            joining = _joining(body, new, entry, as_of)
            plan.new_memberships.append(joining)
            problems += _contradictions(row, entry, joining, ())
            continue
        seen.add(member.pk)
        before = memberships[member.pk]
        current = next((one for one in before if one.left is None or one.left > as_of), None)
        changed = _set(member, entry, _CONTACT, given)
        if current is None:
            current = _joining(body, member, entry, as_of)
            plan.new_memberships.append(current)
            changed = True
        elif _change(current, entry, given, as_of):
            plan.changed_memberships.append(current)
            changed = True
        problems += _contradictions(row, entry, current, before)
        if changed:
            plan.changed_members.append(member)
        else:
            plan.unchanged += 1
    if whole:
        plan.ended = [
            membership
            for member_id, of_member in memberships.items()
            if member_id not in seen
            for membership in of_member
            if membership.joined <= as_of and (membership.left is None or membership.left > as_of)
        ]
    return plan, problems


def carry_out(plan: Plan, body: Body) -> None:
    """Write the plan. The caller holds the body in a transaction."""
    Member.objects.bulk_create(plan.new_members, _BATCH)
    for member in plan.changed_members:
        member.version += 1
    Member.objects.bulk_create(
        plan.changed_members,
        _BATCH,
        update_conflicts=True,
        update_fields=[*_CONTACT, "version"],
        unique_fields=["id"],
    )
    Membership.objects.bulk_create(plan.new_memberships, _BATCH)
    Membership.objects.bulk_create(
        plan.changed_memberships,
        _BATCH,
        update_conflicts=True,
        update_fields=["joined", "left", *_TERMS],
        unique_fields=["id"],
    )
    ended = [membership.pk for membership in plan.ended]
    Member.objects.filter(memberships__in=ended).update(version=F("version") + 1)
    of_these = Membership.objects.filter(pk__in=ended)
    of_these.filter(joined=plan.as_of).delete()  # it never was: a membership lasts at least a day
    of_these.update(left=plan.as_of)


def _joining(body: Body, member: Member, entry: Listed, as_of: date) -> Membership:
    left = date.fromisoformat(entry.left) if entry.left else None
    joined = date.fromisoformat(entry.joined) if entry.joined else as_of
    return Membership(
        body=body, member=member, joined=joined, left=left,
        category=entry.category, unit=entry.unit, seat=entry.seat,
    )  # fmt: skip


def _change(current: Membership, entry: Listed, given: set[Field], as_of: date) -> bool:
    """Set what the list says of a membership; whether that changes it."""
    changed = _set(current, entry, _TERMS, given)
    joined = date.fromisoformat(entry.joined) if entry.joined else min(current.joined, as_of)
    left = date.fromisoformat(entry.left) if entry.left else None if "left" in given else current.left
    if (joined, left) != (current.joined, current.left):
        current.joined, current.left = joined, left
        changed = True
    return changed


def _set(row: Member | Membership, entry: Listed, names: Sequence[str], given: set[Field]) -> bool:
    changed = False
    for name in names:
        if name in given and getattr(row, name) != getattr(entry, name):
            setattr(row, name, getattr(entry, name))
            changed = True
    return changed


def _contradictions(
    row: int, entry: Listed, current: Membership, before: Sequence[Membership]
) -> Iterator[Problem]:
    """A problem when the membership would overlap another one of the same member, or end too early."""
    if current.left is not None and current.left <= current.joined:
        what = _("The date of leaving is not after the date of joining, {joined}.").format(
            joined=current.joined
        )
        fix = _("Fill in or correct the date of joining, or leave this row out.")
        yield Problem(row, "", entry.left, "left-early", what, fix)
    for other in before:
        if other is current:
            continue
        if other.joined < (current.left or date.max) and current.joined < (other.left or date.max):
            what = _("The register has a membership from {joined} until {left}, which overlaps this one.")
            what = what.format(joined=other.joined, left=other.left or _("now"))
            fix = _("Correct the date of joining, or the register.")
            yield Problem(row, "", entry.joined, "overlap", what, fix)
            return
