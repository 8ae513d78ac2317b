"""What officers, the registrar and tellers sign (docs/protocol 07, 08 and 09)."""

from __future__ import annotations

import hashlib

from quorate.crypto.decryption import TallyContext
from quorate.crypto.transcript import SUITE, Transcript
from quorate.group import Element


def officer_statement(phi: bytes, event: bytes) -> bytes:
    """The framed string of kind `officer-statement`: suite, phi, and the event's canonical JSON without
    signatures [08.28].
    """
    statement = Transcript("officer-statement").add_bytes("suite", SUITE).add_bytes("phi", phi)
    return statement.add_bytes("event", event).to_bytes()


def registrar_transcript(ballot_id: bytes, registrar_key: bytes, event: bytes) -> Transcript:
    """The transcript of kind `registrar-event`, without the commitment [07.6]."""
    statement = Transcript("registrar-event").add_bytes("suite", SUITE).add_bytes("ballot_id", ballot_id)
    return statement.add_bytes("registrar_key", registrar_key).add_bytes("event", event)


def share_transcript(context: TallyContext, signing_key: Element, share: bytes) -> Transcript:
    """The transcript of kind `tally-message`, without the commitment [09.4].

    `signing_key` is S_j, `share` the canonical JSON of the share entry without its signature.
    """
    statement = context.transcript("tally-message").add_bytes("signing_key", signing_key.to_bytes())
    return statement.add_bytes("message", hashlib.sha512(share).digest())
