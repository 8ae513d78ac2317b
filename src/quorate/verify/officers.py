"""Whether an officer's signature holds: by a plain key [08.28], or by a passkey [08.39].

Check V6 and whoever collects signatures ask the same question here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from quorate.board.ed25519 import verify_ed25519
from quorate.crypto.p256 import verify_p256
from quorate.record.entries import OfficerSignature
from quorate.record.manifest import Manifest, Officer
from quorate.record.minutes import Minutes
from quorate.record.passkey import (
    challenge_text,
    host_of,
    page_is_at,
    read_authenticator_data,
    read_client_data,
)
from quorate.verify.check import short

Problem = tuple[str, object]
"""What was expected, and what was found instead."""


def signature_problems(
    manifest: Manifest | Minutes, officer: Officer, signature: OfficerSignature, statement: bytes
) -> Iterator[Problem]:
    """Why this is no signature of the officer under the statement; nothing when it is one."""
    if officer.scheme == "ed25519":
        if signature.passkey is not None:
            yield f"a signature by {officer.name}'s own key", "one by a passkey"
        elif not verify_ed25519(officer.key, signature.signature, statement):
            yield "a valid officer's signature", officer.name
        return
    made = signature.passkey
    if made is None:
        yield f"a signature by {officer.name}'s passkey", "one without authenticator data"
        return
    try:
        device, page = read_authenticator_data(made.authenticator_data), read_client_data(made.client_data)
    except ValueError as error:
        yield f"what {officer.name}'s passkey and browser say", str(error)
        return
    host, due = host_of(manifest.origin), challenge_text(statement)
    if page.type != "webauthn.get":
        yield "client data of type webauthn.get", repr(page.type)
    if page.challenge != due:
        yield f"the challenge {due}, which is this event of this ballot", repr(page.challenge)
    if not page_is_at(page.origin, host):
        yield f"a page of {host}", repr(page.origin)
    if not page.same_page:
        yield "a page that asks for itself", "one inside another page"
    due_hash = hashlib.sha256(host.encode()).digest()
    if device.rp_id_hash != due_hash:
        yield f"a passkey for {host}, {short(due_hash)}", short(device.rp_id_hash)
    if not (device.user_present and device.user_verified):
        yield "the officer present and verified by the device", f"flags {made.authenticator_data[32]:#04x}"
    message = made.authenticator_data + hashlib.sha256(made.client_data).digest()
    verify = verify_p256 if officer.scheme == "webauthn-es256" else verify_ed25519
    if not verify(officer.key, signature.signature, message):
        yield "a valid officer's signature", officer.name
