"""Officers of an organisation, with real passwords and real one-time codes; and their sign-in.

    union = two_officers()                          # Organisation, `ann` and `ben` with every role
    sign_in(client, union.ann)                      # Django's test client, through the real pages
    sign_in_browser(page, union.ann)                # the same in the browser

Needs the fixtures `db` or `site`.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import time

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from quorate.apps.organisation.accounts import NewAccount, create_account
from quorate.apps.organisation.models import Account, Body, Organisation, Role
from quorate.apps.organisation.permissions import EVERYBODY
from quorate.apps.organisation.services import create_body, create_organisation, grant


@dataclass(frozen=True)
class Officer:
    """An account, and what its owner knows and holds."""

    account: Account
    password: str
    totp_secret: str

    @property
    def name(self) -> str:
        return self.account.get_username()

    def code(self) -> str:
        """What the authenticator app shows now. The server takes a code once: it forgets that it has."""
        cache.clear()
        return str(format_hotp_value(hotp_value(self.totp_secret, int(time()) // 30)))


@dataclass(frozen=True)
class Union:
    """An organisation with a membership, and two officers who have every role."""

    organisation: Organisation
    members: Body
    ann: Officer
    ben: Officer


def new_officer(organisation: Organisation | None, name: str, *roles: str) -> Officer:
    """An account with these roles; without any of them it can sign in all the same."""
    made: NewAccount = create_account(name=name)
    for role in roles:
        assert organisation is not None
        grant(account=made.account, organisation=organisation, kind=Role.Kind(role))
    return Officer(made.account, made.password, made.totp_secret)


def new_founder(name: str = "founder") -> Officer:
    """An account that may set up organisations, as the operator makes it for the first officer."""
    made = create_account(name=name, founder=True)
    return Officer(made.account, made.password, made.totp_secret)


def two_officers(slug: str = "example", name: str = "Example Union") -> Union:
    """An organisation in Chicago with one body, "All members", and two officers."""
    organisation = create_organisation(
        slug=slug, name=name, zone="America/Chicago", help="312-555-0100, weekdays 8 to 20"
    )
    members = create_body(organisation=organisation, slug="members", name="All members", kind="membership")
    ann, ben = (new_officer(organisation, f"{who}.{slug}", *EVERYBODY) for who in ("ann", "ben"))
    return Union(organisation, members, ann, ben)


def sign_in(client: Client, officer: Officer) -> None:
    """Sign in through the pages: password, then a one-time code."""
    cache.clear()  # of the attempts that other tests made
    answer = client.post("/accounts/login/", {"login": officer.name, "password": officer.password})
    assert answer.headers.get("Location", "").startswith("/accounts/2fa/authenticate/"), (
        answer.content.decode()
    )
    answer = client.post("/accounts/2fa/authenticate/", {"code": officer.code()})
    assert answer.headers.get("Location") == "/officer/", answer.content.decode()


def sign_in_browser(page: Page, officer: Officer, then: str = "/officer/") -> None:
    """Sign in in the browser, and arrive at the page `then`."""
    cache.clear()  # of the attempts that other tests made
    page.goto(f"/accounts/login/?next={then}")
    page.get_by_label("Username").fill(officer.name)
    page.get_by_label("Password").fill(officer.password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(officer.code())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(f"**{then}**")
