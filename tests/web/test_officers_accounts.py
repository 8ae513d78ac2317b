"""Officers' accounts: invited by one, confirmed by another; sessions, forms and frames (attacks W5, W6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from playwright.sync_api import Page, expect

from quorate.apps.organisation import roles
from quorate.apps.organisation.errors import FieldProblem, OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Account, RoleRequest
from quorate.apps.organisation.selectors import roles_of
from support.officers import Union, new_officer, sign_in, sign_in_browser, two_officers

PASSWORD = "correct horse battery staple"  # noqa: S105 - of a test


@pytest.fixture
def union(db: None) -> Union:
    return two_officers()


def test_a_second_officer_confirms_roles(union: Union) -> None:
    cyd = new_officer(None, "cyd").account
    asked = roles.ask_roles(
        organisation=union.organisation, name="CYD", kinds=["registrar"], by=union.ann.account
    )
    assert roles_of(cyd, union.organisation) == frozenset()
    for one in (union.ann.account, cyd):
        with pytest.raises(OrganisationError, match="Another officer"):
            roles.confirm_request(request=asked, by=one)
    roles.confirm_request(request=asked, by=union.ben.account)
    assert roles_of(cyd, union.organisation) == {"registrar"}
    with pytest.raises(OrganisationError, match="decided already"):
        roles.confirm_request(request=asked, by=union.ben.account)


def test_the_first_officer_is_enough_until_there_are_two(union: Union) -> None:
    """And the trail says so."""
    roles.withdraw_role(
        organisation=union.organisation, account=union.ben.account, kind="opener", by=union.ann.account
    )
    with pytest.raises(OrganisationError, match="Somebody must be left"):
        roles.withdraw_role(
            organisation=union.organisation, account=union.ann.account, kind="opener", by=union.ann.account
        )
    roles.ask_roles(
        organisation=union.organisation, name=union.ben.name, kinds=["opener"], by=union.ann.account
    )
    assert "opener" in roles_of(union.ben.account, union.organisation)
    last = union.organisation.events.last()
    assert last is not None
    assert last.detail["note"] == "one officer alone"


def test_an_invitation_works_once_and_after_confirmation(union: Union) -> None:
    asked, token = roles.invite(
        organisation=union.organisation, name="dee", kinds=["drafter"], by=union.ann.account
    )
    assert token not in repr(RoleRequest.objects.values())
    with pytest.raises(OrganisationError, match="has not confirmed"):
        roles.accept_invitation(token=token, password=PASSWORD)
    roles.confirm_request(request=asked, by=union.ben.account)
    with pytest.raises(FieldProblem, match="too short"):
        roles.accept_invitation(token=token, password="short")  # noqa: S106 - refused
    dee = roles.accept_invitation(token=token, password=PASSWORD)
    assert roles_of(dee, union.organisation) == {"drafter"}
    with pytest.raises(UnknownOrganisation):
        roles.accept_invitation(token=token, password=PASSWORD)


def test_an_invitation_that_was_taken_back(client: Client, union: Union) -> None:
    asked, token = roles.invite(
        organisation=union.organisation, name="dee", kinds=["drafter"], by=union.ann.account
    )
    roles.refuse_request(request=asked, by=union.ann.account)
    for gone in (token, "never-was"):
        answer = client.get(f"/officer/invitation/{gone}/")
        assert answer.status_code == 404
        assert "Ask the officer who sent it" in answer.content.decode()


def test_only_who_may_grants(client: Client, union: Union) -> None:
    sign_in(client, new_officer(union.organisation, "eve", "drafter"))
    answer = client.post("/officer/example/officers/ask/", {"name": "eve", "kinds": ["opener"], "new": "no"})
    assert answer.status_code == 403
    assert not RoleRequest.objects.exists()


def test_a_role_that_was_taken_away_is_gone_at_once(client: Client, union: Union) -> None:
    sign_in(client, union.ben)
    assert client.get("/officer/example/members/").status_code == 200
    roles.withdraw_role(
        organisation=union.organisation, account=union.ben.account, kind="registrar", by=union.ann.account
    )
    assert client.get("/officer/example/members/").status_code == 403


def test_the_trail_is_seen_filtered_and_taken_away_as_a_file(client: Client, union: Union) -> None:
    sign_in(client, union.ann)
    client.post("/officer/example/bodies/new/", {"name": "Delegates", "kind": "delegates", "seats": 600})
    page = client.get("/officer/example/audit/").content.decode()
    assert "body added" in page
    assert "organisation set up" in page
    only = client.get("/officer/example/audit/?kind=body+added&who=ann.example").content.decode()
    assert "Delegates" in only
    assert "organisation set up</th>" not in only
    file = client.get("/officer/example/audit.csv").content.decode()
    assert "ann.example,body added" in file


def test_every_page_of_a_teller_or_nobody(client: Client, union: Union) -> None:
    """The register is for registrars: the others get a page that says who may."""
    sign_in(client, new_officer(union.organisation, "tom", "teller"))
    for path in ("members/", "members/new/", "members/import/", "rolls/freeze/", "settings/edit/", "audit/"):
        assert client.get(f"/officer/example/{path}").status_code == 403, path
    for path in ("", "rolls/", "settings/"):
        assert client.get(f"/officer/example/{path}").status_code == 200, path


# Attacks W5, W6.


def test_the_session_is_another_one_after_signing_in(client: Client, union: Union) -> None:
    """Session fixation: a session that an attacker planted before is worth nothing after."""
    client.get("/accounts/login/")
    client.session.save()
    planted = str(client.session.session_key)
    client.cookies["sessionid"] = planted
    sign_in(client, union.ann)
    now = client.cookies["sessionid"].value
    assert now != planted
    thief = Client()
    thief.cookies["sessionid"] = planted
    assert thief.get("/officer/example/").headers["Location"].startswith("/accounts/login/")


def test_signing_out_ends_the_session(client: Client, union: Union) -> None:
    sign_in(client, union.ann)
    kept = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = kept
    assert thief.get("/officer/example/").status_code == 302


def test_a_new_password_ends_the_other_sessions(client: Client, union: Union) -> None:
    sign_in(client, union.ann)
    other = Client()
    sign_in(other, union.ann)
    account = Account.objects.get(pk=union.ann.account.pk)
    account.set_password(PASSWORD)
    account.save()
    assert other.get("/officer/example/").status_code == 302


@pytest.mark.parametrize(
    "path", ["settings/edit/", "bodies/new/", "members/new/", "officers/ask/", "rolls/freeze/"]
)
def test_a_form_of_another_site_is_refused(union: Union, path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(union.ann.account)
    assert client.post(f"/officer/example/{path}", {"name": "Taken over"}).status_code == 403
    union.organisation.refresh_from_db()
    assert union.organisation.name == "Example Union"


def test_no_page_of_officers_is_framed_or_kept(client: Client, union: Union) -> None:
    sign_in(client, union.ann)
    for path in ("", "members/", "officers/", "audit/", "rolls/"):
        headers = client.get(f"/officer/example/{path}").headers
        assert headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert "no-store" in headers["Cache-Control"]


def test_an_address_of_another_site_is_no_way_on(client: Client, union: Union) -> None:
    """Attack W7: after signing in nobody is sent elsewhere."""
    who = {"login": union.ann.name, "password": union.ann.password}
    client.post("/accounts/login/?next=https://evil.example.org/", who)
    answer = client.post("/accounts/2fa/authenticate/", {"code": union.ann.code()})
    assert answer.headers["Location"] == "/officer/"


def test_guessing_a_code_is_throttled(client: Client, union: Union) -> None:
    union.ann.code()
    client.post("/accounts/login/", {"login": union.ann.name, "password": union.ann.password})
    answers = [client.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _ in range(12)]
    assert "Too many" in answers[-1].content.decode() or answers[-1].status_code == 429


# In the browser.


def test_an_invited_officer_arrives(
    new_page: Callable[..., Page], assert_accessible: Callable[[Page], None]
) -> None:
    """Invited, confirmed, password chosen, authenticator app added, recovery codes seen, at home."""
    union = two_officers()
    ann, ben, dee = new_page(), new_page(), new_page(width=375, height=700)
    sign_in_browser(ann, union.ann, "/officer/example/officers/")
    assert_accessible(ann)
    ann.get_by_label("Name of the account").fill("dee")
    ann.get_by_label("Drafter").check()
    ann.get_by_role("button", name="Ask", exact=True).click()
    expect(ann.get_by_text("Before it works another officer must confirm it.")).to_be_visible()
    assert_accessible(ann)
    link = ann.locator(".notice code").inner_text()

    sign_in_browser(ben, union.ben, "/officer/example/officers/")
    assert_accessible(ben)
    ben.get_by_role("button", name="Confirm dee").click()
    expect(ben.get_by_text("Confirmed.", exact=True)).to_be_visible()
    ben.goto("/officer/example/audit/")
    expect(ben.get_by_role("rowheader", name="roles confirmed")).to_be_visible()
    assert_accessible(ben)

    dee.goto(link)
    assert_accessible(dee)
    dee.get_by_label("Your password").fill(PASSWORD)
    dee.get_by_role("button", name="Make my account").click()
    dee.get_by_label("Username").fill("dee")
    dee.get_by_label("Password").fill(PASSWORD)
    dee.get_by_role("button", name="Sign in", exact=True).click()
    expect(dee.get_by_text("Officers sign in with two keys.")).to_be_visible()
    assert_accessible(dee)
    dee.goto("/accounts/2fa/totp/activate/")
    if dee.get_by_text("Enter your password").is_visible():
        assert_accessible(dee)
        dee.locator("input[type=password]").fill(PASSWORD)
        dee.get_by_role("button", name="Confirm").click()
        dee.wait_for_url("**/totp/activate/")
    assert_accessible(dee)
    found = re.search(r"\b[A-Z2-7]{32}\b", dee.content())
    assert found, dee.content()
    secret = found[0]
    code = format_hotp_value(hotp_value(secret, _counter()))
    dee.locator("input[name=code]").fill(code)
    dee.locator("main button[type=submit]").first.click()
    dee.wait_for_url("**/recovery-codes/**")
    assert_accessible(dee)
    dee.goto("/officer/")
    dee.wait_for_url("**/officer/example/")
    for path in (
        "/accounts/2fa/",
        "/accounts/2fa/webauthn/",
        "/accounts/password/change/",
        "/accounts/logout/",
    ):
        dee.goto(path)
        assert_accessible(dee)
        assert dee.evaluate("document.documentElement.scrollWidth") <= 375, path


def _counter() -> int:
    return int(time()) // 30
