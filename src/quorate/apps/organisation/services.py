"""What is done to an organisation and its bodies: each checked, logged, and done wholly or not at all.

Members are in `register`, member lists in `importing`, frozen rolls in `rolls`, roles in `roles`.
"""

from __future__ import annotations

from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from quorate.apps.organisation.errors import ChangedMeanwhile, FieldProblem, NotYourRole, OrganisationError
from quorate.apps.organisation.events import log
from quorate.apps.organisation.models import Account, Body, Organisation, Role
from quorate.apps.organisation.permissions import DRAFTER, OPENER, REGISTRAR
from quorate.apps.organisation.selectors import roles_of
from quorate.text import _, hidden_characters

RESERVED: Final = frozenset({"new", "styleguide", "invitation"})  # addresses below /officer/


@transaction.atomic
def create_organisation(
    *,
    slug: str,
    name: str,
    zone: str,
    help: str,  # noqa: A002 - its name
    by: Account | None = None,
) -> Organisation:
    """Set up an organisation; FieldProblem for a zone that does not exist or an address that is taken.

    The account that does it becomes its drafter, opener and registrar.
    """
    _check_words(name=name, help=help)
    _check_zone(zone)
    if slug in RESERVED or not slug:
        raise FieldProblem("slug", _("Choose another short name for addresses."))
    try:
        with transaction.atomic():
            made = Organisation.objects.create(slug=slug, name=name, zone=zone, help=help)
    except IntegrityError:
        raise FieldProblem("slug", _("Another organisation has this short name.")) from None
    if by is not None:
        for kind in (DRAFTER, OPENER, REGISTRAR):
            grant(account=by, organisation=made, kind=kind)
    log(made, by, "organisation set up", name=name)
    return made


@transaction.atomic
def edit_organisation(
    *,
    organisation: Organisation,
    name: str,
    zone: str,
    help: str,  # noqa: A002 - its name
    version: int,
    by: Account,
) -> Organisation:
    """Change what an organisation says of itself. `version` is the one that was edited.

    ChangedMeanwhile when somebody saved another one; FieldProblem for a value that cannot be taken.
    """
    _check_words(name=name, help=help)
    _check_zone(zone)
    now = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if now.version != version:
        raise ChangedMeanwhile(
            _("Somebody else changed this while you did. Nothing of yours was saved: look again.")
        )
    before = {"name": now.name, "zone": now.zone, "help": now.help}
    after = {"name": name, "zone": zone, "help": help}
    changed = {field: value for field, value in after.items() if value != before[field]}
    if not changed:
        return now
    now.name, now.zone, now.help, now.version = name, zone, help, version + 1
    now.save()
    log(now, by, "organisation changed", **changed)
    return now


@transaction.atomic
def create_body(
    *,
    organisation: Organisation,
    name: str,
    kind: str,
    slug: str = "",
    seats: int | None = None,
    by: Account | None = None,
) -> Body:
    """Add a body; `kind` is one of Body.Kind. FieldProblem when there is one of this name."""
    _check_words(name=name)
    slug = slug or slugify(name)[:50] or f"body-{organisation.bodies.count() + 1}"
    if (
        organisation.bodies.filter(slug=slug).exists()
        or organisation.bodies.filter(name__iexact=name).exists()
    ):
        raise FieldProblem("name", _("There is a body of this name already."))
    body = Body.objects.create(
        organisation=organisation, slug=slug, name=name, kind=Body.Kind(kind), seats=seats
    )
    log(organisation, by, "body added", body=name)
    return body


@transaction.atomic
def edit_body(*, body: Body, name: str, kind: str, seats: int | None, by: Account) -> Body:
    """Change a body's name, kind or seats; its address stays. FieldProblem when the name is taken."""
    _check_words(name=name)
    if body.organisation.bodies.filter(name__iexact=name).exclude(pk=body.pk).exists():
        raise FieldProblem("name", _("There is a body of this name already."))
    body.name, body.kind, body.seats = name, Body.Kind(kind), seats
    body.save()
    log(body.organisation, by, "body changed", body=name)
    return body


def grant(*, account: Account, organisation: Organisation, kind: str) -> None:
    """Give an account a role at once; giving it twice changes nothing. Officers ask through `roles`."""
    Role.objects.get_or_create(account=account, organisation=organisation, kind=Role.Kind(kind))


def check_role(account: Account, organisation: Organisation, *kinds: str) -> None:
    """NotYourRole unless the account has one of these roles there."""
    if not roles_of(account, organisation) & set(kinds):
        raise NotYourRole(_("Your account has no role that may do this: ask an officer who has."))


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise FieldProblem(
            "zone", _("{zone} is not the name of a time zone, such as America/Chicago.").format(zone=zone)
        ) from None


def _check_words(**words: str) -> None:
    for field, text in words.items():
        if hidden_characters(text):
            raise FieldProblem(field, _("It holds characters that cannot be seen: type it again."))


__all__ = [
    "OrganisationError",
    "check_role",
    "create_body",
    "create_organisation",
    "edit_body",
    "edit_organisation",
    "grant",
]
