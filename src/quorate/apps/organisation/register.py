"""The register: members, and the bodies they belong to from when until when. One member at a time.

A list of members is taken over by `importing`. What a member's entry may hold is decided where rolls are
read (`quorate.roll`), so that a register can always be frozen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from quorate.apps.organisation.errors import ChangedMeanwhile, FieldProblem
from quorate.apps.organisation.events import log
from quorate.apps.organisation.models import Account, Body, Member, Membership, Organisation
from quorate.roll import Field, TextFault, check_value, tidy
from quorate.text import _

CONTACT: Final[tuple[Field, ...]] = ("name", "email", "phone", "address")


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a membership says, apart from who and where."""

    joined: date
    left: date | None = None
    category: str = ""
    unit: str = ""
    seat: str = ""


@transaction.atomic
def add_member(
    *, organisation: Organisation, number: str, name: str, by: Account, email: str = "", phone: str = "",
    address: str = "",
) -> Member:  # fmt: skip
    """Put somebody on the register; they belong to no body yet. FieldProblem for a wrong value."""
    values = {"number": number, "name": name, "email": email, "phone": phone, "address": address}
    checked = {field: _checked(field, value) for field, value in values.items()}
    for field in ("number", "name"):
        if not checked[field]:
            raise FieldProblem(field, _("Fill this in."))
    if organisation.members.filter(number__iexact=checked["number"]).exists():
        raise FieldProblem("number", _("Another member has this number."))
    member = Member.objects.create(organisation=organisation, **checked)
    log(organisation, by, "member added", member=member.number)
    return member


@transaction.atomic
def edit_member(
    *, member: Member, name: str, email: str, phone: str, address: str, version: int, by: Account
) -> Member:
    """Change how a member is named and reached. `version` is the one that was edited.

    ChangedMeanwhile when somebody saved another one; FieldProblem for a value that cannot stand.
    """
    values = {"name": name, "email": email, "phone": phone, "address": address}
    checked = {field: _checked(field, value) for field, value in values.items()}
    if not checked["name"]:
        raise FieldProblem("name", _("Fill this in."))
    now = _locked(member, version)
    changed = [field for field, value in checked.items() if value != getattr(now, field)]
    if not changed:
        return now
    for field, value in checked.items():
        setattr(now, field, value)
    now.version += 1
    now.save()
    log(now.organisation, by, "member changed", member=now.number, what=", ".join(changed))
    return now


@transaction.atomic
def join_body(*, member: Member, body: Body, belonging: Belonging, version: int, by: Account) -> Membership:
    """Let a member belong to a body. FieldProblem when the times overlap with an earlier membership."""
    if body.organisation_id != member.organisation_id:
        raise FieldProblem("body", _("Choose a body of this organisation."))
    _locked(member, version)
    membership = Membership(body=body, member=member)
    _set(membership, belonging)
    _count(member)
    log(body.organisation, by, "joined", member=member.number, body=body.name, day=str(belonging.joined))
    return membership


@transaction.atomic
def edit_membership(*, membership: Membership, belonging: Belonging, version: int, by: Account) -> Membership:
    """Change a membership, or end it by its day of leaving."""
    member = _locked(membership.member, version)
    ended = membership.left is None and belonging.left is not None
    _set(membership, belonging)
    _count(member)
    detail = {"day": str(belonging.left)} if ended else {}
    kind = "left" if ended else "membership changed"
    log(member.organisation, by, kind, member=member.number, body=membership.body.name, **detail)
    return membership


@transaction.atomic
def delete_membership(*, membership: Membership, version: int, by: Account) -> None:
    """Take back a membership that was entered by mistake; one that ended is kept with its end instead."""
    member = _locked(membership.member, version)
    body = membership.body.name
    membership.delete()
    _count(member)
    log(member.organisation, by, "membership deleted", member=member.number, body=body)


def _set(membership: Membership, belonging: Belonging) -> None:
    words = {field: _checked(field, getattr(belonging, field)) for field in ("category", "unit", "seat")}
    if belonging.left is not None and belonging.left <= belonging.joined:
        raise FieldProblem("left", _("The day of leaving must be after the day of joining."))
    ends_before = Q(left__isnull=False, left__lte=belonging.joined)
    begins_after = Q(joined__gte=belonging.left) if belonging.left else Q(pk__in=())
    others = membership.member.memberships.filter(body=membership.body).exclude(pk=membership.pk)
    if others.exclude(ends_before | begins_after).exists():
        raise FieldProblem("joined", _("The member belongs to this body in that time already."))
    membership.joined, membership.left = belonging.joined, belonging.left
    membership.category, membership.unit, membership.seat = words["category"], words["unit"], words["seat"]
    membership.save()


def _locked(member: Member, version: int) -> Member:
    """The member as they stand now; ChangedMeanwhile when that is another version."""
    now = Member.objects.select_for_update().select_related("organisation").get(pk=member.pk)
    if now.version != version:
        raise ChangedMeanwhile(
            _("Somebody else changed this member while you did. Nothing of yours was saved: look again.")
        )
    return now


def _count(member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(version=F("version") + 1)
    member.version += 1


def _checked(field: str, value: str) -> str:
    """The value, tidied; FieldProblem when it cannot stand there."""
    names: dict[str, Field] = {"number": "member_number", "name": "name", "email": "email", "phone": "phone"}
    names |= {"address": "address", "category": "category", "unit": "unit", "seat": "seat"}
    value = tidy(value)
    try:
        check_value(names[field], value)
    except TextFault as fault:
        raise FieldProblem(field, f"{fault} {fault.fix}") from None
    return value
