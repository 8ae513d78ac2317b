"""Officers sign with passkeys and with key files: the services, over a real database and a real board.

[08.28], [08.39], [08.40]; passkeys in software, for what browsers do see test_passkey_story.py.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model

from quorate.apps.ballots import live, officer_keys, selectors, services, signing
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.models import Approval
from quorate.apps.organisation.services import create_organisation, grant
from quorate.election.folder import pins_of
from quorate.election.officer import OfficerKey
from quorate.election.sign_file import read_sign_file
from quorate.record.canonical import encode
from quorate.record.ceremony import check_ceremony
from quorate.record.container import Container
from quorate.record.entries import Extend, Notice
from quorate.record.manifest import Manifest
from quorate.verify.run import verify
from support.ballots import SmallBallot
from support.offices import SetClock, serve_boards, shares_for
from support.passkeys import Ceremony, Passkey, in_url, register

from .test_intake_officers import AFTER, NOON, draft


class Office:
    """An organisation of two openers with passkeys and one with a key file, and a ballot of theirs."""

    def __init__(self, folder: Path, clock: SetClock) -> None:
        self.clock, self.folder = clock, folder
        self.organisation = create_organisation(
            slug="example", name="Example Union", zone="America/Chicago", help="Room 12"
        )
        self.passkeys = (Passkey("first"), Passkey("second", "webauthn-ed25519"))
        self.first, self.second, self.third, self.stranger = (
            get_user_model().objects.create_user(name, password=secrets.token_hex(8))
            for name in ("first", "second", "third", "stranger")
        )
        for account in (self.first, self.second, self.third):
            grant(account=account, organisation=self.organisation, kind="opener")
        for account, passkey in zip((self.first, self.second), self.passkeys, strict=True):
            register(account, passkey)
        self.file = OfficerKey("third", secrets.token_bytes(32))
        officer_keys.register_key(account=self.third, data=encode(self.file.public) + b"\n")
        self.parties = SmallBallot(folder, voters=6, seed=secrets.token_hex(8))
        self.ballot = services.create_ballot(organisation="example", title="Strike", by=self.first)
        self.ballot.ballot_id = self.parties.ballot_id.hex()
        self.ballot.save()

    def prepare(self) -> Manifest:
        parties = self.parties
        services.save_draft(ballot=self.ballot, content=draft(), base=0, by=self.first)
        manifest = services.prepare(
            ballot=self.ballot,
            issued=parties.issue.signed,
            credentials=parties.issue.lines,
            units=(),
            ceremony=check_ceremony(parties.tellers.file),
            ceremony_line=parties.tellers.file,
            officers=officer_keys.signing_officers(self.organisation),
            by=self.first,
        )
        self.ballot.refresh_from_db()
        return manifest

    def sign(self, subject: str, account: Any, passkey: Passkey, how: Ceremony = Ceremony()) -> int:  # noqa: B008
        seen = signing.challenge_of(self.ballot, subject)
        options = signing.begin_signing(ballot=self.ballot, subject=subject, seen=seen, account=account)
        return signing.finish_signing(
            ballot=self.ballot,
            subject=subject,
            seen=seen,
            account=account,
            response=passkey.answer(options, how),
        )

    def sign_by_file(self, subject: str, account: Any, key: OfficerKey) -> int:
        data = signing.sign_file(ballot=self.ballot, subject=subject, account=account)
        signature = read_sign_file(data, "").sign(key)
        return signing.take_signature(
            ballot=self.ballot,
            subject=subject,
            seen=signing.challenge_of(self.ballot, subject),
            account=account,
            data=encode(signature) + b"\n",
        )

    def open(self) -> Manifest:
        manifest = self.prepare()
        assert self.sign(services.OPEN, self.first, self.passkeys[0]) == 1
        assert self.sign(services.OPEN, self.second, self.passkeys[1]) == 2
        services.open_ballot(ballot=self.ballot, by=self.second)
        self.ballot.refresh_from_db()
        return manifest


@pytest.fixture
def office(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    clock = SetClock(NOON)
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    made = Office(tmp_path, clock)
    yield made
    live.stop()
    shutil.rmtree(settings.ENVIRONMENT.boards / made.ballot.ballot_id, ignore_errors=True)


def test_from_opening_to_release(office: Office) -> None:
    """Each signature by its own kind of key; whoever gets the record verifies them offline."""
    manifest = office.open()
    assert [officer.scheme for officer in manifest.officers] == [
        "webauthn-es256", "webauthn-ed25519", "ed25519",
    ]  # fmt: skip
    assert [row.officer for row in selectors.approvals(office.ballot, "open")] == [
        office.first,
        office.second,
    ]
    extension = Extend("2026-12-11T23:00:01Z", (), manifest.phi, "the post was late", "extend")
    name = services.propose(ballot=office.ballot, event=extension, by=office.first)
    assert office.sign_by_file(name, office.third, office.file) == 1
    assert office.sign(name, office.first, office.passkeys[0]) == 2
    services.post(ballot=office.ballot, name=name, by=office.first)
    note = Notice((), manifest.phi, "The hall is open.", "notice")
    name = services.propose(ballot=office.ballot, event=note, by=office.first)
    assert office.sign(name, office.second, office.passkeys[1]) == 1
    services.post(ballot=office.ballot, name=name, by=office.first)
    office.clock.now = AFTER
    services.close_ballot(ballot=office.ballot, by=office.first)
    desk = live.engine().desk(office.ballot.name).office
    for path in shares_for(office.parties, desk, office.folder):
        services.take_share(ballot=office.ballot, share=path.read_bytes(), by=None)
    services.count(ballot=office.ballot, by=office.first)
    assert office.sign(services.RELEASE, office.first, office.passkeys[0]) == 1
    assert office.sign_by_file(services.RELEASE, office.third, office.file) == 2
    kept = Approval.objects.filter(subject=services.RELEASE).values_list("signature", flat=True)
    assert all("signature" in text for text in kept)
    services.release(ballot=office.ballot, by=office.first)
    with Container(desk.record) as container:
        assert verify(container, pins=pins_of(manifest)).ok


def refused(office: Office, words: str, *arguments: Any) -> None:
    before = desk_file(office)
    with pytest.raises(NotAllowed, match=words):
        office.sign(services.OPEN, *arguments)
    assert desk_file(office) == before


def desk_file(office: Office) -> bytes:
    folder = settings.ENVIRONMENT.boards / office.ballot.ballot_id
    return (folder / "events" / "open.json").read_bytes() + str(Approval.objects.count()).encode()


def test_what_is_refused_changes_nothing(office: Office) -> None:
    office.prepare()
    first, second = office.passkeys
    refused(office, "no role that may do this", office.stranger, first)
    refused(office, "with your key file", office.third, first)
    refused(office, "not the answer of a passkey", office.first, second)
    refused(office, "does not hold", office.first, Passkey("another"))
    refused(office, "the officer present", office.first, first, Ceremony(flags=1))
    refused(office, "a page of vote.example", office.first, first, Ceremony(origin="https://evil.example"))
    refused(office, "the challenge", office.first, first, Ceremony(challenge=in_url(bytes(32))))
    grant(account=office.stranger, organisation=office.organisation, kind="opener")
    refused(office, "None of your keys is theirs", office.stranger, first)
    register(office.stranger, Passkey("stranger"))
    refused(office, "None of your keys is theirs", office.stranger, first)


def test_another_account_with_the_same_passkey_is_no_second_officer(office: Office) -> None:
    """[W5] Somebody who adds a copy of an officer's passkey to a second account does not become two."""
    office.prepare()
    assert office.sign(services.OPEN, office.first, office.passkeys[0]) == 1
    grant(account=office.stranger, organisation=office.organisation, kind="opener")
    register(office.stranger, office.passkeys[0])
    refused(office, "Another account has signed with this key", office.stranger, office.passkeys[0])
    assert office.sign(services.OPEN, office.first, office.passkeys[0]) == 1, "signing again changes nothing"


@pytest.mark.parametrize("response", [{}, {"response": {}}, {"response": {"authenticatorData": "ä"}}])
def test_an_answer_that_is_none(office: Office, response: dict[str, Any]) -> None:
    office.prepare()
    seen = signing.challenge_of(office.ballot, services.OPEN)
    with pytest.raises(NotAllowed, match="not the answer of a passkey"):
        signing.finish_signing(
            ballot=office.ballot, subject=services.OPEN, seen=seen, account=office.first, response=response
        )


def test_what_has_changed_since_is_not_signed(office: Office) -> None:
    manifest = office.open()
    early = Notice((), manifest.phi, "Early", "notice")
    name = services.propose(ballot=office.ballot, event=early, by=office.first)
    stale = signing.challenge_of(office.ballot, name)
    late = Notice((), manifest.phi, "Late", "notice")
    other = services.propose(ballot=office.ballot, event=late, by=office.first)
    with pytest.raises(NotAllowed, match="has changed since you looked at it"):
        signing.begin_signing(ballot=office.ballot, subject=other, seen=stale, account=office.first)
    for subject in ("open", "release", "notice-9", "../log", "open.json"):
        with pytest.raises(NotAllowed):
            signing.challenge_of(office.ballot, subject)


def test_a_signature_of_another_officer_cannot_be_handed_in(office: Office) -> None:
    office.prepare()
    officer_keys.register_key(
        account=office.first, data=encode(OfficerKey("x", secrets.token_bytes(32)).public)
    )
    data = signing.sign_file(ballot=office.ballot, subject=services.OPEN, account=office.third)
    made = read_sign_file(data, "").sign(office.file)
    seen = signing.challenge_of(office.ballot, services.OPEN)
    for account, text in (
        (office.second, encode(made)), (office.third, b"{}"), (office.third, b"x" * 20_000),
    ):  # fmt: skip
        with pytest.raises(NotAllowed):
            signing.take_signature(
                ballot=office.ballot, subject=services.OPEN, seen=seen, account=account, data=text
            )
    bad = encode(made).replace(b'"signature":"', b'"signature":"AAAA')[:-6] + b'="}'
    with pytest.raises(NotAllowed):
        signing.take_signature(
            ballot=office.ballot, subject=services.OPEN, seen=seen, account=office.third, data=bad
        )


def test_keys_of_an_account(office: Office) -> None:
    """A registered key file comes first; retiring it brings the passkey back; a key has one account."""
    with pytest.raises(NotAllowed, match="registered already"):
        officer_keys.register_key(account=office.first, data=encode(office.file.public))
    with pytest.raises(NotAllowed, match=r"NAME\.pub"):
        officer_keys.register_key(account=office.first, data=b"-----BEGIN PUBLIC KEY-----")
    with pytest.raises(NotAllowed, match="not the public half"):
        officer_keys.register_key(account=office.first, data=encode(office.passkeys[0].public))
    own = OfficerKey("first", secrets.token_bytes(32))
    officer_keys.register_key(account=office.first, data=encode(own.public))
    assert [key.means for key in officer_keys.signing_keys(office.first)] == ["file", "passkey"]
    assert (
        officer_keys.officer_for(account=office.first, organisation=office.organisation).key == own.public.key
    )
    officer_keys.retire_key(account=office.first)
    assert (
        officer_keys.officer_for(account=office.first, organisation=office.organisation)
        == office.passkeys[0].public
    )
    with pytest.raises(NotAllowed, match="may not sign"):
        officer_keys.officer_for(account=office.stranger, organisation=office.organisation)
    grant(account=office.stranger, organisation=office.organisation, kind="opener")
    with pytest.raises(NotAllowed, match="no key to sign with"):
        officer_keys.officer_for(account=office.stranger, organisation=office.organisation)


def test_namesakes_are_told_apart(office: Office) -> None:
    for account in (office.first, office.second):
        account.first_name, account.last_name = "Same", "Name"
        account.save()
    names = [officer.name for officer in officer_keys.signing_officers(office.organisation)]
    assert names == ["Same Name (first)", "Same Name (second)", "third"]
