"""The keys with which officers sign: passkeys of their accounts, or key files that they keep themselves.

An account signs with its key file when one is registered (a deliberate act), else with its newest passkey
that can sign ([08.38], [08.39]).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from allauth.mfa.models import Authenticator
from django.db import transaction

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import OfficerKey
from quorate.apps.ballots.services import record_event
from quorate.apps.organisation.models import Account, Organisation, Role
from quorate.crypto import p256
from quorate.record.canonical import Reader, RecordError
from quorate.record.manifest import Officer, check_officer_key
from quorate.text import _

_files = Reader(Officer)
_EC2, _OKP = 2, 1
_ES256, _EDDSA = -7, -8
_P256, _ED25519 = 1, 6


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key of an account: by which name and key the manifest would know its owner."""

    officer: Officer
    means: Literal["passkey", "file"]
    label: str
    credential_id: bytes = b""
    """By which the browser finds a passkey."""


def signing_keys(account: Account) -> Sequence[SigningKey]:
    """All keys with which the account can sign, the one that it would sign with first."""
    name = account.get_full_name() or account.get_username()
    files = OfficerKey.objects.filter(account=account, retired__isnull=True)
    keys = [
        SigningKey(Officer(bytes.fromhex(row.public), name, "ed25519"), "file", _("key file"))
        for row in files
    ]
    rows = Authenticator.objects.filter(user_id=account.pk, type=Authenticator.Type.WEBAUTHN)
    for row in rows.order_by("-created_at", "-pk"):
        made = row.wrap().authenticator_data.credential_data
        officer = None if made is None else _passkey_officer(name, made.public_key)
        if officer is not None:
            keys.append(SigningKey(officer, "passkey", row.wrap().name, bytes(made.credential_id)))
    return keys


def officer_for(*, account: Account, organisation: Organisation) -> Officer:
    """The account as a manifest names it. NotAllowed when it lacks the role, or a key to sign with."""
    if not Role.objects.filter(account=account, organisation=organisation, kind=Role.Kind.OPENER).exists():
        raise NotAllowed(_("{name} may not sign for this organisation.").format(name=account.get_username()))
    keys = signing_keys(account)
    if not keys:
        raise NotAllowed(
            _("{name} has no key to sign with. Add a passkey under “Sign-in keys”.").format(
                name=account.get_username()
            )
        )
    return keys[0].officer


def signing_officers(organisation: Organisation) -> tuple[Officer, ...]:
    """Everybody who may open ballots and has a key, as the next manifest names them; names are distinct."""
    accounts = Account.objects.filter(
        roles__organisation=organisation, roles__kind=Role.Kind.OPENER, is_active=True
    ).order_by("username")
    found = [(account, keys[0].officer) for account in accounts if (keys := signing_keys(account))]
    names = Counter(officer.name for _account, officer in found)
    return tuple(
        officer if names[officer.name] == 1 else _renamed(officer, f"{officer.name} ({account.username})")
        for account, officer in found
    )


def key_in(account: Account, officers: Sequence[Officer]) -> tuple[int, SigningKey]:
    """The account's index among a manifest's officers, and its key. NotAllowed when it is not among them."""
    for key in signing_keys(account):
        for index, officer in enumerate(officers):
            if (officer.key, officer.scheme) == (key.officer.key, key.officer.scheme):
                return index, replace(key, officer=officer)
    raise NotAllowed(
        _("This ballot's officers are {names}. None of your keys is theirs.").format(
            names=", ".join(officer.name for officer in officers)
        )
    )


@transaction.atomic
def register_key(*, account: Account, data: bytes) -> OfficerKey:
    """Register the public half of a key file (NAME.pub of `quorate officer key`); it replaces an earlier one.

    NotAllowed when it is no such file, or when an account has this key already.
    """
    try:
        officer = _files.read(data.removesuffix(b"\n"), _("the key file"))
        if officer.scheme != "ed25519":
            raise NotAllowed(_("That is not the public half of a key file."))
        check_officer_key(officer)
    except (RecordError, ValueError) as error:
        words = _("Choose the file NAME.pub that `quorate officer key` made: {error}")
        raise NotAllowed(words.format(error=error)) from error
    public = officer.key.hex()
    if OfficerKey.objects.filter(public=public).exists():
        raise NotAllowed(_("This key is registered already. Make a new one with `quorate officer key`."))
    retire_key(account=account)
    made = OfficerKey.objects.create(account=account, public=public)
    record_event(kind="signing key registered", by=account, key=public)
    return made


@transaction.atomic
def retire_key(*, account: Account) -> None:
    """Sign with a passkey again: the key file is not used in ballots that are prepared from now on."""
    for key in OfficerKey.objects.filter(account=account, retired__isnull=True):
        key.retired = datetime.now(UTC)
        key.save(update_fields=["retired"])
        record_event(kind="signing key retired", by=account, key=key.public)


def _renamed(officer: Officer, name: str) -> Officer:
    return Officer(officer.key, name, officer.scheme)


def _passkey_officer(name: str, key: Mapping[int, Any]) -> Officer | None:
    """The officer of a passkey's public key in COSE; None for one that no verifier knows, such as RSA."""
    try:
        if (key.get(1), key.get(3), key.get(-1)) == (_EC2, _ES256, _P256):
            return Officer(p256.compress(key[-2], key[-3]), name, "webauthn-es256")
        if (key.get(1), key.get(3), key.get(-1)) == (_OKP, _EDDSA, _ED25519):
            officer = Officer(bytes(key[-2]), name, "webauthn-ed25519")
            check_officer_key(officer)
            return officer
    except (ValueError, KeyError):
        return None
    return None
