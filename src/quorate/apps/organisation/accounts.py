"""Accounts of officers: how they come to be, and their two factors."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, field
from typing import Final

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)
from django.db import transaction

from quorate.apps.organisation.errors import OrganisationError
from quorate.apps.organisation.models import Account
from quorate.text import _

SECOND_FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
_BYTES: Final = 15  # of a one-time password: 24 letters and digits


@dataclass(frozen=True)
class NewAccount:
    """An account with what its owner needs to sign in; neither secret can be shown again."""

    account: Account
    password: str = field(repr=False)
    totp_secret: str = field(repr=False)


@transaction.atomic
def create_account(*, name: str, founder: bool = False) -> NewAccount:
    """Make an account with a random password and a TOTP secret, for the operator to hand over in person.

    `founder` may set up organisations. OrganisationError when the name is taken or cannot be a name.
    """
    if not name.isascii() or not name.replace("-", "").replace(".", "").isalnum():
        raise OrganisationError(
            _("{name} cannot be an account's name: use letters, digits, - and . only.").format(name=name)
        )
    if Account.objects.filter(username__iexact=name).exists():
        raise OrganisationError(_("There is an account named {name} already.").format(name=name))
    password, secret = secrets.token_urlsafe(_BYTES), generate_totp_secret()
    account = Account.objects.create_user(name, password=password, is_staff=founder)
    TOTP.activate(account, secret)
    return NewAccount(account, password, secret)


def has_second_factor(account: Account) -> bool:
    """Whether the account signs in with more than a password: an authenticator app or a passkey."""
    return bool(Authenticator.objects.filter(user_id=account.pk, type__in=SECOND_FACTORS).exists())


def code_now(totp_secret: str) -> str:
    """What an authenticator app with this secret shows at this moment; it changes every 30 seconds."""
    return str(format_hotp_value(hotp_value(totp_secret, int(time.time()) // app_settings.TOTP_PERIOD)))
