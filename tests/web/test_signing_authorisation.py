"""Attacker: somebody with an account, or with a page open in an officer's browser. Wish: to sign, open or
change a ballot without being its officer, or to make an officer do it unknowingly (W5, W6).

Stopped by: roles and organisations at the door of each view, the forgery token, ticks and what was `seen`,
and by the signature itself, which no other account's key can make.
"""

from __future__ import annotations

import json
import secrets
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from quorate.apps.ballots import services, signing
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import Approval, Stage
from quorate.apps.organisation.models import Role
from quorate.apps.organisation.services import create_organisation, grant
from quorate.record.entries import Extend
from support.passkeys import Passkey, register

from .test_signing import Office, office

__all__ = ["office"]
FIGURES = ["members", "needed-1", "closes"]
STEPS = ("begin", "finish", "upload")


def client_of(account: Any, **more: Any) -> Client:
    client = Client(**more)
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def newcomer(name: str, organisation: Any = None, *roles: str) -> Any:
    account = get_user_model().objects.create_user(name, password=secrets.token_hex(8))
    register(account, Passkey(name))
    for role in roles:
        grant(account=account, organisation=organisation, kind=role)
    return account


def send(client: Client, office: Office, step: str, place: str = "example", **more: Any) -> Any:
    address = f"/officer/{place}/signing/{office.ballot.name}/open/{step}"
    seen = signing.challenge_of(office.ballot, services.OPEN)
    body = {"seen": seen, "agreed": FIGURES, **more}
    return client.post(address, json.dumps(body), content_type="application/json")


def nothing_happened(office: Office) -> bool:
    office.ballot.refresh_from_db()
    return office.ballot.stage == Stage.READY and not Approval.objects.exists()


@pytest.mark.parametrize("role", [kind for kind in Role.Kind.values if kind != Role.Kind.OPENER])
def test_another_role_signs_and_opens_nothing(office: Office, role: str) -> None:
    office.prepare()
    client = client_of(newcomer("other", office.organisation, role))
    for step in STEPS:
        assert send(client, office, step).status_code == 403
    home = f"/officer/example/ballots/{office.ballot.name}/"
    assert client.get(f"/officer/example/signing/{office.ballot.name}/open/file").status_code == 403
    for step in ("open", "back"):
        assert client.post(home + step).status_code == 403
    assert nothing_happened(office)


def test_an_officer_of_another_organisation(office: Office) -> None:
    office.prepare()
    other = create_organisation(slug="other", name="Another", zone="America/Chicago", help="Room 1")
    client = client_of(newcomer("other", other, *Role.Kind.values))
    for step in STEPS:
        assert send(client, office, step).status_code == 403
        assert send(client, office, step, place="other").status_code == 404
    assert client.post(f"/officer/other/ballots/{office.ballot.name}/open").status_code == 404
    assert nothing_happened(office)


def test_nobody_and_a_password_alone(office: Office) -> None:
    office.prepare()
    account = get_user_model().objects.create_user("plain", password=secrets.token_hex(8))
    grant(account=account, organisation=office.organisation, kind="opener")
    for client, where in ((Client(), "/accounts/login/"), (client_of(account), "/accounts/2fa/")):
        for step in STEPS:
            answer = send(client, office, step)
            assert answer.status_code == 302
            assert answer.headers["Location"].startswith(where)
    assert nothing_happened(office)


def test_another_page_cannot_make_an_officer_sign(office: Office) -> None:
    """Without the forgery token nothing is looked at, whatever the cookies say."""
    office.prepare()
    client = client_of(office.first, enforce_csrf_checks=True)
    for step in STEPS:
        assert send(client, office, step).status_code == 403
    assert nothing_happened(office)


def test_a_form_that_is_sent_again_or_by_somebody_else(office: Office) -> None:
    office.prepare()
    first, second = client_of(office.first), client_of(office.second)
    options = send(first, office, "begin").json()["publicKey"]
    answer = office.passkeys[0].answer(options)
    stolen = send(second, office, "finish", answer=answer)
    assert stolen.status_code == 409
    assert "problem" in stolen.json()
    assert nothing_happened(office)
    for _time in range(3):
        again = send(first, office, "finish", answer=answer)
        assert (again.status_code, again.json()) == (200, {"signed": 1})
    assert Approval.objects.count() == 1
    with pytest.raises(NotAllowed, match="Two officers must sign"):
        services.open_ballot(ballot=office.ballot, by=office.first)


@pytest.mark.parametrize(
    "more",
    [
        {"agreed": []},
        {"agreed": FIGURES[:2]},
        {"agreed": [*FIGURES, "members"]},
        {"agreed": "members"},
        {"agreed": None},
        {"seen": "0" * 64},
        {"seen": None},
    ],
)
def test_nothing_is_signed_that_was_not_looked_at(office: Office, more: dict[str, Any]) -> None:
    office.prepare()
    client = client_of(office.first)
    for step in ("begin", "finish"):
        answer = send(client, office, step, **{"answer": {}, **more})
        assert answer.status_code == 409
        assert answer.json()["problem"]
    assert nothing_happened(office)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"open"', b"{" + b" " * 20_000 + b"}", b"\xff"])
def test_a_body_that_is_none(office: Office, body: bytes) -> None:
    office.prepare()
    client = client_of(office.first)
    for step in ("begin", "finish"):
        address = f"/officer/example/signing/{office.ballot.name}/open/{step}"
        assert client.post(address, body, content_type="application/json").status_code == 409
    assert nothing_happened(office)


def test_a_way_out_of_the_site_is_not_taken(office: Office) -> None:
    """After handing in a file the page goes back, to this site alone."""
    office.prepare()
    register(office.third, Passkey("third"))  # their second factor; they sign with the key file
    client = client_of(office.third)
    for back in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "\\\\evil.example"):
        address = f"/officer/example/signing/{office.ballot.name}/open/upload"
        answer = client.post(address, {"next": back, "seen": "", "agreed": FIGURES})
        assert answer.headers["Location"] == f"/officer/example/ballots/{office.ballot.name}/"


def test_one_officer_alone_changes_nothing_that_runs(office: Office) -> None:
    manifest = office.open()
    extension = Extend("2026-12-12T23:00:00Z", (), manifest.phi, "the post was late", "extend")
    name = services.propose(ballot=office.ballot, event=extension, by=office.first)
    assert office.sign(name, office.first, office.passkeys[0]) == 1
    assert office.sign(name, office.first, office.passkeys[0]) == 1
    with pytest.raises(NotAllowed):
        services.post(ballot=office.ballot, name=name, by=office.first)
    assert office.sign_by_file(name, office.third, office.file) == 2
    services.post(ballot=office.ballot, name=name, by=office.first)
    with pytest.raises(NotAllowed, match="no proposal of this name"):
        office.sign(name, office.second, office.passkeys[1])
