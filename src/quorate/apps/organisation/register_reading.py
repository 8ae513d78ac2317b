"""What officers' pages ask about the register."""

from __future__ import annotations

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from quorate.apps.organisation.errors import UnknownOrganisation
from quorate.apps.organisation.models import Body, Member, Membership, Organisation
from quorate.text import _


def members_of(
    organisation: Organisation, *, words: str = "", body: Body | None = None, day: date
) -> QuerySet[Member]:
    """Members by number, each with `now`: the memberships of that day. Lazy: a page fetches its rows only.

    `words` are looked for in number, name, e-mail and workplace, all of them; `body` leaves its members.
    """
    current = Membership.objects.filter(Q(left__isnull=True) | Q(left__gt=day), joined__lte=day)
    rows = Member.objects.filter(organisation=organisation)
    if body is not None:
        rows = rows.filter(pk__in=current.filter(body=body).values("member"))
    for word in words.split():
        rows = rows.filter(
            Q(number__icontains=word)
            | Q(name__icontains=word)
            | Q(email__icontains=word)
            | Q(pk__in=Membership.objects.filter(unit__icontains=word).values("member"))
        )
    shown = current.select_related("body").order_by("body")
    return rows.prefetch_related(Prefetch("memberships", shown, to_attr="now"))


def member_with(organisation: Organisation, pk: int) -> Member:
    """A member by primary key; UnknownOrganisation when there is none here."""
    found = Member.objects.filter(organisation=organisation, pk=pk).first()
    if found is None:
        raise UnknownOrganisation(_("There is no such member."))
    return found


def memberships_of(member: Member) -> QuerySet[Membership]:
    """All memberships of a member, the newest first."""
    return member.memberships.select_related("body").order_by("-joined")


def membership_with(member: Member, pk: int) -> Membership:
    """A membership of a member; UnknownOrganisation when there is none."""
    found = member.memberships.select_related("body", "member__organisation").filter(pk=pk).first()
    if found is None:
        raise UnknownOrganisation(_("There is no such membership."))
    return found
