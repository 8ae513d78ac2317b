"""What pages and other apps ask about organisations."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.apps.organisation.errors import UnknownOrganisation
from quorate.apps.organisation.models import Account, Body, Organisation, Role
from quorate.apps.organisation.roll_reading import (
    frozen_roll,
    latest_roll,
    public_rolls,
    roll_numbered,
    roll_of_fingerprint,
)
from quorate.text import _


def organisations() -> Sequence[Organisation]:
    """All organisations of this site, by name; most sites have one."""
    return list(Organisation.objects.all())


def organisations_of(account: Account) -> Sequence[Organisation]:
    """The organisations in which an account has a role, by name."""
    return list(Organisation.objects.filter(roles__account=account).distinct())


def organisation_named(slug: str) -> Organisation:
    """The organisation of an address; UnknownOrganisation when there is none."""
    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownOrganisation(_("There is no organisation at this address."))
    return found


def body_named(organisation: Organisation, slug: str) -> Body:
    """A body of an organisation; UnknownOrganisation when there is none."""
    found = organisation.bodies.filter(slug=slug).first()
    if found is None:
        raise UnknownOrganisation(_("There is no such body."))
    return found


def bodies_of(organisation: Organisation) -> Sequence[Body]:
    """Its bodies in the order in which they were made."""
    return list(organisation.bodies.all())


def roles_of(account: Account, organisation: Organisation) -> frozenset[str]:
    """What an account may do there: values of Role.Kind."""
    return frozenset(
        Role.objects.filter(account=account, organisation=organisation).values_list("kind", flat=True)
    )


__all__ = [
    "bodies_of",
    "body_named",
    "frozen_roll",
    "latest_roll",
    "organisation_named",
    "organisations",
    "organisations_of",
    "public_rolls",
    "roles_of",
    "roll_numbered",
    "roll_of_fingerprint",
]
