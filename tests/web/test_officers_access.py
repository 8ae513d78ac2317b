"""Officers' pages: who may see them, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from playwright.sync_api import Page

from quorate.apps.organisation.accounts import create_account
from quorate.apps.organisation.models import Account, Organisation
from quorate.web.officers.access import officer
from support.officers import new_officer, sign_in, sign_in_browser, two_officers


@officer("opener")
def openers_only(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    return HttpResponse(organisation.name)


def asked_by(account: Account, slug: str = "example") -> Any:
    request = RequestFactory().get(f"/officer/{slug}/something")
    request.user = account
    return openers_only(request, organisation=slug)


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    two_officers()
    answer = client.get("/officer/example/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/accounts/login/?next=/officer/example/"


def test_password_and_code_lead_home(client: Client, db: None) -> None:
    """With one organisation, /officer/ goes there; nothing of it is kept by browsers."""
    union = two_officers()
    sign_in(client, union.ann)
    assert client.get("/officer/").headers["Location"] == "/officer/example/"
    home = client.get("/officer/example/")
    assert "Needs you now" in home.content.decode()
    assert "no-store" in home.headers["Cache-Control"]


def test_a_password_alone_is_not_enough(client: Client, db: None) -> None:
    union = two_officers()
    client.post("/accounts/login/", {"login": union.ann.name, "password": union.ann.password})
    assert client.get("/officer/example/").headers["Location"].startswith("/accounts/login/")
    wrong = client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert client.get("/officer/example/").headers["Location"].startswith("/accounts/login/")


def test_an_account_with_one_factor_must_add_another(client: Client, db: None) -> None:
    union = two_officers()
    Authenticator.objects.filter(user=union.ann.account).delete()
    client.force_login(union.ann.account)
    assert client.get("/officer/example/").headers["Location"] == "/accounts/2fa/"


def test_without_a_role_a_page_says_so(client: Client, db: None) -> None:
    two_officers()
    stranger = new_officer(None, "stranger")
    sign_in(client, stranger)
    answer = client.get("/officer/example/")
    assert answer.status_code == 403
    assert "Your account has no role at Example Union." in answer.content.decode()
    assert "no role in an organisation yet" in client.get("/officer/").content.decode()
    assert client.get("/officer/nowhere/").status_code == 404


def test_the_role_must_be_one_of_those_named(db: None) -> None:
    union = two_officers()
    assert asked_by(union.ann.account).content == b"Example Union"
    drafter = new_officer(union.organisation, "drafter", "drafter")
    answer = asked_by(drafter.account)
    assert answer.status_code == 403
    assert "<li>Opener</li>" in answer.content.decode()


def test_a_role_elsewhere_is_no_role_here(db: None) -> None:
    union = two_officers()
    two_officers("other", "Other Union")
    assert asked_by(union.ann.account, "other").status_code == 403


def test_a_role_that_does_not_exist_is_a_fault_of_the_program() -> None:
    with pytest.raises(ValueError, match="not a valid Role.Kind"):
        officer("emperor")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "<b>", "ann\n"])
def test_an_account_has_a_plain_name(db: None, name: str) -> None:
    from quorate.apps.organisation.errors import OrganisationError

    with pytest.raises(OrganisationError):
        create_account(name=name)


def test_the_sign_in_of_an_officer(page: Page, site: Any, assert_accessible: Callable[[Page], None]) -> None:
    union = two_officers()
    sign_in_browser(page, union.ann)
    assert page.url.endswith("/officer/example/")
    assert page.get_by_role("heading", level=1).inner_text() == "Needs you now"
    assert_accessible(page)
