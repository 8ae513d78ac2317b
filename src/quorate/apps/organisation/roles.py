"""Who becomes an officer, and with which roles: one officer asks, another confirms.

Until two accounts of an organisation may grant roles there is nobody to confirm; then one is enough, and the
trail says so. A role is taken away by one officer at once: waiting would be the danger there.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from quorate.apps.organisation.errors import FieldProblem, OrganisationError, UnknownOrganisation
from quorate.apps.organisation.events import log
from quorate.apps.organisation.models import Account, Organisation, Role, RoleRequest
from quorate.apps.organisation.permissions import may
from quorate.apps.organisation.services import grant
from quorate.text import _

VALID_FOR: Final = timedelta(days=7)


def granters(organisation: Organisation) -> set[int]:
    """The accounts that may grant roles there."""
    rows = Role.objects.filter(organisation=organisation, kind__in=may("role.grant"))
    return set(rows.values_list("account_id", flat=True))


@transaction.atomic
def ask_roles(*, organisation: Organisation, name: str, kinds: Sequence[str], by: Account) -> RoleRequest:
    """Ask that the account of this name gets roles. FieldProblem for an unknown name or no role."""
    wanted = _kinds(kinds)
    account = Account.objects.filter(username__iexact=name.strip()).first()
    if account is None:
        raise FieldProblem("name", _("There is no account of this name: invite a new officer instead."))
    asked = RoleRequest.objects.create(
        organisation=organisation, account=account, name=account.get_username(), kinds=wanted, asked_by=by
    )
    log(organisation, by, "roles asked", account=asked.name, roles=", ".join(wanted))
    return _alone(asked, by)


@transaction.atomic
def invite(
    *, organisation: Organisation, name: str, kinds: Sequence[str], by: Account
) -> tuple[RoleRequest, str]:
    """Ask that a new officer gets an account with roles; the token is for their link and is not kept."""
    wanted = _kinds(kinds)
    name = name.strip()
    if not name.isascii() or not name.replace("-", "").replace(".", "").isalnum():
        raise FieldProblem("name", _("Use letters, digits, - and . only, such as jane.doe."))
    if Account.objects.filter(username__iexact=name).exists():
        raise FieldProblem("name", _("There is an account of this name already."))
    token = secrets.token_urlsafe(24)
    asked = RoleRequest.objects.create(
        organisation=organisation, name=name, kinds=wanted, asked_by=by,
        token_hash=_hash(token), expires=timezone.now() + VALID_FOR,
    )  # fmt: skip
    log(organisation, by, "officer invited", account=name, roles=", ".join(wanted))
    return _alone(asked, by), token


@transaction.atomic
def confirm_request(*, request: RoleRequest, by: Account) -> None:
    """Confirm what another officer asked. Roles of an account are granted now, those of a new one later."""
    request = _undecided(request)
    if request.confirmed is not None:
        raise OrganisationError(_("This was decided already."))
    if by.pk in {request.asked_by_id, request.account_id}:
        raise OrganisationError(
            _("Another officer must confirm this: not who asked, and not who gets the roles.")
        )
    _confirm(request, by)


@transaction.atomic
def refuse_request(*, request: RoleRequest, by: Account) -> None:
    """Turn a request down, or take it back."""
    request = _undecided(request)
    request.refused = timezone.now()
    request.save(update_fields=["refused"])
    log(request.organisation, by, "roles turned down", account=request.name)


@transaction.atomic
def withdraw_role(*, organisation: Organisation, account: Account, kind: str, by: Account) -> None:
    """Take a role away at once. OrganisationError when nobody would be left who may grant roles."""
    if kind in may("role.grant") and granters(organisation) <= {account.pk}:
        raise OrganisationError(
            _("Somebody must be left who may grant roles: give this role to another first.")
        )
    if Role.objects.filter(organisation=organisation, account=account, kind=Role.Kind(kind)).delete()[0]:
        log(organisation, by, "role withdrawn", account=account.get_username(), role=kind)


def invitation(token: str) -> RoleRequest:
    """The invitation of a link that can be used now; UnknownOrganisation for any other."""
    found = (
        RoleRequest.objects.filter(
            token_hash=_hash(token), account=None, refused=None, expires__gt=timezone.now()
        )
        .select_related("organisation", "asked_by")
        .first()
    )
    if found is None:
        raise UnknownOrganisation(_("This invitation was used, is too old, or never was."))
    return found


@transaction.atomic
def accept_invitation(*, token: str, password: str) -> Account:
    """Make the invited officer's account with the password they chose. FieldProblem for a weak one."""
    request = RoleRequest.objects.select_for_update().get(pk=invitation(token).pk)
    if request.account_id is not None or request.confirmed is None:
        raise OrganisationError(_("A second officer has not confirmed this invitation yet. Try again later."))
    if Account.objects.filter(username__iexact=request.name).exists():
        raise OrganisationError(_("There is an account of this name already: ask for another invitation."))
    account = Account(username=request.name)
    try:
        validate_password(password, account)
    except ValidationError as weak:
        raise FieldProblem("password", " ".join(weak.messages)) from None
    account.set_password(password)
    account.save()
    request.account = account
    request.save(update_fields=["account"])
    _grant(request)
    log(request.organisation, account, "invitation accepted", account=request.name)
    return account


def officers_of(organisation: Organisation) -> list[tuple[Account, list[str]]]:
    """Accounts with a role there, by name, and their roles."""
    rows = Role.objects.filter(organisation=organisation).select_related("account")
    found: dict[int, tuple[Account, list[str]]] = {}
    for row in rows.order_by("account__username", "kind"):
        found.setdefault(row.account_id, (row.account, []))[1].append(row.kind)
    return list(found.values())


def waiting_requests(organisation: Organisation) -> list[RoleRequest]:
    """Requests that wait for a second officer, and invitations that were confirmed and not used yet."""
    rows = RoleRequest.objects.filter(organisation=organisation, refused=None).select_related("asked_by")
    now = timezone.now()
    return [
        row
        for row in rows
        if (row.confirmed is None or row.account_id is None) and (row.expires is None or row.expires > now)
    ]


def request_with(organisation: Organisation, pk: int) -> RoleRequest:
    """A request; UnknownOrganisation when there is none here."""
    found = RoleRequest.objects.filter(organisation=organisation, pk=pk).first()
    if found is None:
        raise UnknownOrganisation(_("There is no such request."))
    return found


def _alone(request: RoleRequest, by: Account) -> RoleRequest:
    """Confirm at once while nobody else could."""
    if not granters(request.organisation) - {by.pk, request.account_id or 0}:
        _confirm(request, by)
    return request


def _confirm(request: RoleRequest, by: Account) -> None:
    request.confirmed_by, request.confirmed = by, timezone.now()
    request.save(update_fields=["confirmed_by", "confirmed"])
    alone = {"note": "one officer alone"} if by.pk == request.asked_by_id else {}
    log(request.organisation, by, "roles confirmed", account=request.name,
        roles=", ".join(request.kinds), **alone)  # fmt: skip
    if request.account_id is not None:
        _grant(request)


def _grant(request: RoleRequest) -> None:
    for kind in request.kinds:
        if request.account is not None:
            grant(account=request.account, organisation=request.organisation, kind=kind)


def _undecided(request: RoleRequest) -> RoleRequest:
    found = (
        RoleRequest.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=request.pk)
    )
    if found.refused is not None or (found.confirmed is not None and found.account_id is not None):
        raise OrganisationError(_("This was decided already."))
    return found


def _kinds(kinds: Sequence[str]) -> list[str]:
    wanted = [kind.value for kind in Role.Kind if kind.value in kinds]
    if not wanted:
        raise FieldProblem("kinds", _("Choose at least one role."))
    return wanted


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
