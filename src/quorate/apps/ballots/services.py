"""What officers do with a ballot: each is one function, checked, logged, and done wholly or not at all.

Files and board come first and the database second: a step that was interrupted between the two is done
again, and finds that it was done. Services are synchronous; what concerns a board waits its turn at the
ballot's desk.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction

from quorate.apps.ballots.errors import EditConflict, NotAllowed
from quorate.apps.ballots.guards import BEFORE_OPENING, BEFORE_PREPARING
from quorate.apps.ballots.life import check_event
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Approval, AuditEvent, Ballot, DraftVersion, Release, Stage
from quorate.apps.ballots.running import Posted, check_posted, event_named, post_event
from quorate.apps.publication.booth import NoBooth, offered
from quorate.apps.publication.services import publish_reports, publish_void
from quorate.board.keys import LogSigner
from quorate.crypto.ceremony.conclusion import VerifiedCeremony
from quorate.election.box import BoxError
from quorate.election.credential_book import RegistrarError
from quorate.election.draft import Draft, DraftError, manifest_of
from quorate.election.office import Office, OfficeError
from quorate.election.officer import OfficerKey
from quorate.election.registrar import SignedList, check_list
from quorate.election.tally import TallyRefused
from quorate.election.teller_files import TellerRefusal
from quorate.lifecycle import ballot as life
from quorate.record.canonical import RecordError, encode
from quorate.record.certificate import Certificate
from quorate.record.entries import OfficerSignature, Void
from quorate.record.manifest import Manifest, Officer
from quorate.text import _

T = TypeVar("T")
Account = AbstractBaseUser

OPEN = "open"
RELEASE = "release"
_OFFICERS = 2


# Before opening.


@transaction.atomic
def create_ballot(*, organisation: str, title: str, by: Account) -> Ballot:
    """Begin a ballot; its ballot_id is what codes and the tellers' key are made for."""
    ballot = Ballot.objects.create(organisation=organisation, title=title)
    log(ballot, by, "created", title=title)
    return ballot


@transaction.atomic
def save_draft(*, ballot: Ballot, content: Draft, base: int, by: Account) -> DraftVersion:
    """Keep a draft as the next version. `base` is the version that was edited, 0 for none.

    EditConflict when somebody saved another one meanwhile; nothing is overwritten.
    """
    ballot = locked(ballot, Stage.DRAFT)
    last = ballot.drafts.last()
    number = last.number if last else 0
    if base != number:
        raise EditConflict(_("Somebody saved version {n} meanwhile. Compare it with yours.").format(n=number))
    version = DraftVersion.objects.create(
        ballot=ballot, number=number + 1, content=msgspec.to_builtins(content), author_id=by.pk
    )
    Ballot.objects.filter(pk=ballot.pk).update(title=content.title)
    log(ballot, by, "draft saved", version=version.number)
    return version


@transaction.atomic
def copy_ballot(*, ballot: Ballot, by: Account) -> Ballot:
    """A new ballot with the latest draft of another."""
    copy = create_ballot(organisation=ballot.organisation, title=ballot.title, by=by)
    last = ballot.drafts.last()
    if last is not None:
        save_draft(ballot=copy, content=msgspec.convert(last.content, Draft), base=0, by=by)
    return copy


@transaction.atomic
def prepare(
    *,
    ballot: Ballot,
    issued: SignedList,
    credentials: Sequence[bytes],
    units: Sequence[str],
    ceremony: VerifiedCeremony,
    ceremony_line: bytes,
    officers: Sequence[Officer],
    by: Account,
    booth: bytes | None = None,
) -> Manifest:
    """Fix the latest draft as a manifest, which officers then sign. NotAllowed says what is missing.

    `booth` is the SHA-256 of the program that the voting page runs.
    """
    ballot = locked(ballot, Stage.DRAFT)
    last = ballot.drafts.last()
    if last is None:
        raise NotAllowed(_("There is no draft yet."))
    if issued.ballot_id.hex() != ballot.ballot_id:
        raise NotAllowed(_("The codes were made for another ballot."))
    content = msgspec.convert(last.content, Draft)
    for guard in BEFORE_PREPARING:
        guard(ballot, content)
    seed = secrets.token_bytes(32)
    try:
        check_list(issued, credentials)
        manifest = manifest_of(
            content,
            issued,
            units,
            ceremony,
            ceremony_line,
            officers,
            lambda origin: LogSigner(origin, seed),
            booth=offered(),
        )
        folder = settings.ENVIRONMENT.boards / ballot.ballot_id
        if (folder / "board").exists():
            raise NotAllowed(_("There is a board of this ballot already."))
        engine().forget(ballot.name)
        shutil.rmtree(folder, ignore_errors=True)  # of an attempt that was interrupted: nobody signed it
        Office.create(folder, manifest, credentials, ceremony_line, seed)
    except (DraftError, NoBooth, OfficeError, RegistrarError) as error:
        raise NotAllowed(str(error)) from error
    advance(ballot, Stage.READY)
    log(ballot, by, "prepared", version=last.number, phi=manifest.phi.hex())
    return manifest


# Signing and opening.


def propose(*, ballot: Ballot, event: Posted, by: Account) -> str:
    """Put an event before the officers; returns its name, which `approve` and `post` take."""

    def work(office: Office) -> str:
        name = office.new_name(event.type)
        office.propose(name, event)
        return name

    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        check_posted(ballot, event, signed=False)
        name = _at_desk(ballot, work)
        log(ballot, by, "proposed", event=name)
    return name


def approve(*, ballot: Ballot, subject: str, key: OfficerKey, by: Account) -> int:
    """Sign the opening (`OPEN`) or a proposed event as an officer; returns how many have signed.

    Two officers are two accounts with two keys. Signing again changes nothing.
    """
    return _approve(ballot, subject, key.public.key, lambda office: office.sign(subject, key), by)


def approve_with(
    *, ballot: Ballot, subject: str, key: bytes, signature: OfficerSignature, by: Account
) -> int:
    """The same with a signature that was made elsewhere, by a passkey or apart from the site.

    `key` is the public key by which the manifest knows the officer. NotAllowed when it does not hold.
    """
    return _approve(ballot, subject, key, lambda office: office.add_signature(subject, signature), by)


def _approve(
    ballot: Ballot, subject: str, public_key: bytes, sign: Callable[[Office], int], by: Account
) -> int:
    with transaction.atomic():
        ballot = locked(ballot, Stage.READY if subject == OPEN else Stage.OPENED)
        public = public_key.hex()
        others = ballot.approvals.filter(subject=subject).exclude(officer_id=by.pk)
        if others.filter(officer_key=public).exists():
            raise NotAllowed(_("Another account has signed with this key."))
        own = ballot.approvals.filter(subject=subject, officer_id=by.pk).first()
        if own is not None and own.officer_key != public:
            raise NotAllowed(_("You have signed with another key already."))
        count = _at_desk(ballot, sign)
        if own is None:
            phi = _at_desk(ballot, lambda office: office.manifest.phi.hex())
            Approval.objects.create(
                ballot=ballot, subject=subject, fingerprint=phi, officer_id=by.pk, officer_key=public
            )
            log(ballot, by, "signed", event=subject, phi=phi)
    return count


def open_ballot(*, ballot: Ballot, by: Account) -> None:
    """Begin the public board with the opening that two officers signed."""

    def work(office: Office) -> None:
        if not office.begun:
            office.open()

    with transaction.atomic():
        ballot = locked(ballot, Stage.READY)
        made = _at_desk(ballot, lambda office: office.event(OPEN).officers)
        signed = frozenset(str(signature.officer) for signature in made)
        if not _at_desk(ballot, lambda office: office.begun):
            for guard in BEFORE_OPENING:
                guard(ballot)
            check_event(ballot, life.Open(signed))
        _at_desk(ballot, work)
        advance(ballot, Stage.OPENED)
        log(ballot, by, "opened")


def post(*, ballot: Ballot, name: str, by: Account) -> int:
    """Put a signed event on the board; returns its entry number. A ballot that is declared void ends here."""
    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        if ballot.events.filter(kind="withdrawn", detail__event=name).exists():
            raise NotAllowed(_("That proposal was withdrawn."))
        event = _at_desk(ballot, lambda office: office.event(name))
        if not (isinstance(event, Void) and _at_desk(ballot, lambda office: office.void())):
            check_posted(ballot, event)
        index = _at_desk(ballot, lambda office: post_event(office, name, ballot))
        if isinstance(event, Void):
            advance(ballot, Stage.VOIDED)
            _at_desk(ballot, publish_void)
        log(ballot, by, "posted", event=name, entry=index)
    return index


def withdraw(*, ballot: Ballot, name: str, by: Account) -> None:
    """Take back a proposed event that is not on the board; its signatures count no more."""
    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        event_named(ballot, name)
        done = ("posted", "withdrawn")
        if ballot.events.filter(kind__in=done, detail__event=name).exists():
            raise NotAllowed(_("That is on the board, or was withdrawn, already."))
        log(ballot, by, "withdrawn", event=name)


def close_ballot(*, ballot: Ballot, by: Account) -> None:
    """End voting now that its time has passed. It also ends by itself: then this changes nothing."""

    def work(office: Office) -> None:
        with office.box() as box:
            closed = box.phase == "closed"
        if not closed:
            office.close(engine().desk(ballot.name).now())

    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        _at_desk(ballot, work)
        log(ballot, by, "closed")


# The result.


def take_share(*, ballot: Ballot, share: bytes, by: Account | None) -> int:
    """Check and keep a teller's share: one line of canonical JSON. Returns the teller's number."""
    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        teller = _at_desk(ballot, lambda office: office.take_share(share.removesuffix(b"\n")))
        log(ballot, by, "share taken", teller=teller)
    return teller


def count(*, ballot: Ballot, by: Account) -> Certificate:
    """Make the result from the shares that were handed in. It is withheld until `release`."""
    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        check_event(ballot, life.Count())
        report = _at_desk(ballot, lambda office: office.count(office.shares()))
        if report.certificate is None:
            raise NotAllowed(_("There is no result."))
        log(ballot, by, "counted", certificate=fingerprint(report.certificate))
    return report.certificate


def approve_release(
    *, ballot: Ballot, certificate: str, by: Account, key: bytes = b"", signature: str = ""
) -> int:
    """Consent to publishing the counted result, by the fingerprint that was previewed; returns how many have.

    `signature` is canonical JSON, made with `key`, where the officer signed; `signing` has checked it.
    NotAllowed when it is another result than the one that is withheld.
    """
    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        if _at_desk(ballot, _withheld) != certificate:
            raise NotAllowed(_("The result has changed since you looked at it. Look at it again."))
        others = ballot.approvals.filter(subject=RELEASE).exclude(officer_id=by.pk)
        if key and others.filter(officer_key=key.hex()).exists():
            raise NotAllowed(_("Another account has signed with this key."))
        made, new = Approval.objects.get_or_create(
            ballot=ballot,
            subject=RELEASE,
            officer_id=by.pk,
            defaults={"fingerprint": certificate, "officer_key": key.hex(), "signature": signature},
        )
        if new:
            log(ballot, by, "release approved", certificate=certificate)
        elif made.fingerprint != certificate:
            raise NotAllowed(_("You approved another result of this ballot."))
        return ballot.approvals.filter(subject=RELEASE, fingerprint=certificate).count()


def release(*, ballot: Ballot, by: Account) -> Release:
    """Publish the result and its reports, once two officers have approved it."""

    def work(office: Office) -> None:
        office.release()
        publish_reports(office)

    with transaction.atomic():
        ballot = locked(ballot, Stage.OPENED)
        certificate = _at_desk(ballot, _withheld)
        if ballot.approvals.filter(subject=RELEASE, fingerprint=certificate).count() < _OFFICERS:
            raise NotAllowed(_("Two officers must approve the release first."))
        check_event(ballot, life.Release(frozenset({"first", "second"})))
        _at_desk(ballot, work)
        made = Release.objects.create(ballot=ballot, certificate=certificate)
        advance(ballot, Stage.RELEASED)
        log(ballot, by, "released", certificate=certificate)
    return made


def record_event(
    *, kind: str, by: Account | None, ballot: Ballot | None = None, **detail: str | int
) -> AuditEvent:
    """Write something else that was done into the audit trail."""
    return log(ballot, by, kind, **detail)


def fingerprint(certificate: Certificate) -> str:
    """SHA-256 of a certificate's canonical bytes, in hex."""
    return hashlib.sha256(encode(certificate)).hexdigest()


# What these share.


def _withheld(office: Office) -> str:
    certificate = office.certificate()
    if certificate is None:
        raise OfficeError(_("There is no result yet."))
    return fingerprint(certificate)


def locked(ballot: Ballot, *stages: Stage) -> Ballot:
    """The ballot as it is now, nobody else's until this step ends; NotAllowed in another stage."""
    found = Ballot.objects.select_for_update(of=("self",)).get(pk=ballot.pk)
    if found.stage not in stages:
        raise NotAllowed(
            _("This ballot is {now}; that can be done only while it is {due}.").format(
                now=found.stage, due=", ".join(stage.value for stage in stages)
            )
        )
    return found


def advance(ballot: Ballot, stage: Stage) -> None:
    """Let a ballot come to its next stage."""
    Ballot.objects.filter(pk=ballot.pk).update(stage=stage)
    ballot.stage = stage


def _at_desk(ballot: Ballot, work: Callable[[Office], T]) -> T:
    """Do it at the ballot's desk; what the office refuses is NotAllowed, in the same words."""
    try:
        return engine().do(ballot.name, work)
    except (OfficeError, BoxError, TallyRefused, TellerRefusal, RecordError) as error:
        raise NotAllowed(str(error)) from error


def log(ballot: Ballot | None, by: Account | None, kind: str, **detail: str | int) -> AuditEvent:
    """Write what was done into the audit trail."""
    return AuditEvent.objects.create(
        ballot=ballot, account_id=None if by is None else by.pk, kind=kind, detail=detail
    )
