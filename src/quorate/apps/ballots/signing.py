"""How an officer signs: with a passkey in the browser, or with a key file apart from the site.

    options = begin_signing(ballot=b, subject=OPEN, seen=seen, account=me)   # for navigator.credentials.get
    count = finish_signing(ballot=b, subject=OPEN, seen=seen, account=me, response=answer)

    data = sign_file(ballot=b, subject=OPEN, account=me)                     # quorate officer sign FILE
    count = take_signature(ballot=b, subject=OPEN, seen=seen, account=me, data=what_came_back)

A subject is the opening (`services.OPEN`), a proposed event by its name, or the release (`services.RELEASE`).
`seen` is `challenge_of` what was shown: when that is not what would be signed now, nothing is. The
signature goes into the event, where the board's verifiers find it; that of a release stays with its
approval. Pages include it by `{% load signing %}{% sign_here ballot subject %}`.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from quorate.apps.ballots import services
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.officer_keys import SigningKey, key_in
from quorate.apps.ballots.running import pending
from quorate.apps.organisation.errors import OrganisationError
from quorate.apps.organisation.models import Account
from quorate.apps.organisation.permissions import OPENER
from quorate.apps.organisation.selectors import organisation_named
from quorate.apps.organisation.services import check_role
from quorate.crypto.p256 import signature_of_der
from quorate.crypto.statements import officer_statement
from quorate.election.office import OfficeError, check_signature
from quorate.election.sign_file import read_signature, write_sign_file
from quorate.record.canonical import RecordError, encode
from quorate.record.entries import Event, OfficerSignature, PasskeyAssertion, ReleaseApproval, unsigned
from quorate.record.manifest import Manifest
from quorate.record.passkey import AUTHENTICATOR_DATA_SIZE, MOST_CLIENT_DATA, challenge, host_of
from quorate.text import _

_PATIENCE: Final = 120_000
"""Milliseconds that a browser waits for the officer."""
_LARGEST_SIGNATURE: Final = 10_000


class _Signed(msgspec.Struct):
    authenticatorData: str  # noqa: N815 - the browser's names
    clientDataJSON: str  # noqa: N815
    signature: str


class _Answer(msgspec.Struct):
    """What we read of a browser's PublicKeyCredential."""

    response: _Signed


def subject_of(ballot: Ballot, subject: str) -> tuple[Manifest, Event | ReleaseApproval]:
    """What would be signed now. NotAllowed when there is nothing of this name to sign at this stage."""
    office = engine().desk(ballot.name).office
    if subject == services.OPEN:
        if ballot.stage != Stage.READY:
            raise NotAllowed(_("The opening is signed while a ballot is ready, before it is opened."))
        return office.manifest, office.event(subject)
    if subject == services.RELEASE:
        certificate = office.certificate()
        if certificate is None or office.released:
            raise NotAllowed(_("There is no result to release."))
        fingerprint = bytes.fromhex(services.fingerprint(certificate))
        return office.manifest, ReleaseApproval(fingerprint, office.manifest.phi, "release-approval")
    event = dict(pending(ballot)).get(subject)
    if event is None:
        raise NotAllowed(_("There is no proposal of this name that waits for signatures."))
    return office.manifest, event


def challenge_of(ballot: Ballot, subject: str) -> str:
    """The fingerprint of what would be signed now, in hex: a page keeps it as what was `seen`."""
    manifest, event = subject_of(ballot, subject)
    return challenge(_statement(manifest, event)).hex()


def own_key(ballot: Ballot, manifest: Manifest, account: Account) -> tuple[int, SigningKey]:
    """The officer's index and key. NotAllowed without the role, or when the officer is not this ballot's."""
    try:
        check_role(account, organisation_named(ballot.organisation), OPENER)
    except (OrganisationError, LookupError) as error:
        raise NotAllowed(str(error)) from error
    return key_in(account, manifest.officers)


def begin_signing(*, ballot: Ballot, subject: str, seen: str, account: Account) -> dict[str, Any]:
    """Options for `navigator.credentials.get`, with bytes in base64url. Keeps nothing.

    NotAllowed as `finish_signing`, and when the officer's key is not a passkey.
    """
    manifest, event = _seen(ballot, subject, seen)
    _index, key = own_key(ballot, manifest, account)
    if key.means != "passkey":
        raise NotAllowed(_("In this ballot you sign with your key file: take the file and sign it there."))
    return {
        "challenge": _in_url(challenge(_statement(manifest, event))),
        "rpId": host_of(manifest.origin),
        "allowCredentials": [{"type": "public-key", "id": _in_url(key.credential_id)}],
        "userVerification": "required",
        "timeout": _PATIENCE,
    }


def finish_signing(
    *, ballot: Ballot, subject: str, seen: str, account: Account, response: Mapping[str, Any]
) -> int:
    """Take the browser's answer; returns how many officers have signed. The same again changes nothing.

    NotAllowed says why not: what was shown has changed, the stage is another one, the account is no officer
    of this ballot or has signed with another key, another account has signed with this key, or the
    signature does not hold as every verifier of the record will check it.
    """
    manifest, _event = _seen(ballot, subject, seen)
    index, key = own_key(ballot, manifest, account)
    try:
        made = msgspec.convert(response, _Answer).response
        device, page = _from_url(made.authenticatorData), _from_url(made.clientDataJSON)
        raw = _from_url(made.signature)
        signature = signature_of_der(raw) if key.officer.scheme == "webauthn-es256" else raw
    except (msgspec.ValidationError, ValueError) as error:
        raise NotAllowed(_("That is not the answer of a passkey. Try again.")) from error
    if len(device) != AUTHENTICATOR_DATA_SIZE or len(page) > MOST_CLIENT_DATA or len(signature) != 64:
        raise NotAllowed(_("This passkey adds data that a public record cannot hold. Use another one."))
    signed = OfficerSignature(index, PasskeyAssertion(device, page), signature)
    return _take(ballot, subject, seen, account, key, signed)


def sign_file(*, ballot: Ballot, subject: str, account: Account) -> bytes:
    """The file that an officer takes away to sign with `quorate officer sign FILE --key KEY`."""
    manifest, event = subject_of(ballot, subject)
    own_key(ballot, manifest, account)
    bare = event if isinstance(event, ReleaseApproval) else msgspec.structs.replace(event, officers=())
    return write_sign_file(manifest, encode(bare))


def take_signature(*, ballot: Ballot, subject: str, seen: str, account: Account, data: bytes) -> int:
    """Take a signature that a key file made apart from the site; returns how many have signed.

    NotAllowed as `finish_signing`, and when the signature is another officer's.
    """
    manifest, _event = _seen(ballot, subject, seen)
    index, key = own_key(ballot, manifest, account)
    if len(data) > _LARGEST_SIGNATURE:
        raise NotAllowed(_("That file is too large for a signature."))
    try:
        signature = read_signature(data, _("the signature"))
    except RecordError as error:
        raise NotAllowed(str(error)) from error
    if signature.officer != index:
        raise NotAllowed(_("That is another officer's signature: each officer brings their own."))
    return _take(ballot, subject, seen, account, key, signature)


def _take(
    ballot: Ballot, subject: str, seen: str, account: Account, key: SigningKey, signature: OfficerSignature
) -> int:
    if subject != services.RELEASE:
        return services.approve_with(
            ballot=ballot, subject=subject, key=key.officer.key, signature=signature, by=account
        )
    manifest, event = _seen(ballot, subject, seen)
    if not isinstance(event, ReleaseApproval):
        raise TypeError("the release is approved by its certificate")
    try:
        check_signature(manifest, event, signature)
    except OfficeError as error:
        raise NotAllowed(str(error)) from error
    return services.approve_release(
        ballot=ballot,
        certificate=event.certificate.hex(),
        by=account,
        key=key.officer.key,
        signature=encode(signature).decode(),
    )


def _seen(ballot: Ballot, subject: str, seen: str) -> tuple[Manifest, Event | ReleaseApproval]:
    manifest, event = subject_of(ballot, subject)
    if challenge(_statement(manifest, event)).hex() != seen:
        raise NotAllowed(_("This has changed since you looked at it. Look at it again, then sign."))
    return manifest, event


def _statement(manifest: Manifest, event: Event | ReleaseApproval) -> bytes:
    return officer_statement(manifest.phi, unsigned(event))


def _in_url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _from_url(text: str) -> bytes:
    """ValueError when it is no base64url."""
    return urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
