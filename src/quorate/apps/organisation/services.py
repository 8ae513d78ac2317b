"""What is done to an organisation's data: each a function, checked, done wholly or not at all."""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction

from quorate.apps.organisation.errors import NotYourRole, OrganisationError
from quorate.apps.organisation.models import Account, Body, Organisation, Role
from quorate.apps.organisation.selectors import roles_of
from quorate.text import _


@transaction.atomic
def create_organisation(*, slug: str, name: str, zone: str, help: str) -> Organisation:  # noqa: A002 - its name
    """Found an organisation; OrganisationError for a zone that does not exist."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise OrganisationError(
            _("{zone} is not the name of a time zone, such as America/Chicago.").format(zone=zone)
        ) from None
    return Organisation.objects.create(slug=slug, name=name, zone=zone, help=help)


def create_body(
    *, organisation: Organisation, slug: str, name: str, kind: str, seats: int | None = None
) -> Body:
    """Add a body; `kind` is one of Body.Kind."""
    return Body.objects.create(
        organisation=organisation, slug=slug, name=name, kind=Body.Kind(kind), seats=seats
    )


def grant(*, account: Account, organisation: Organisation, kind: str) -> None:
    """Give an account a role; giving it twice changes nothing."""
    Role.objects.get_or_create(account=account, organisation=organisation, kind=Role.Kind(kind))


def check_role(account: Account, organisation: Organisation, *kinds: str) -> None:
    """NotYourRole unless the account has one of these roles there."""
    if not roles_of(account, organisation) & set(kinds):
        raise NotYourRole(_("Your account has no role that may do this: ask an officer who has."))
