"""Attacker: the server, with passkeys that sign what it asks under pretences, or that were never asked.
Wish: an event that officers did not sign, on the board with signatures that look like theirs.

Stopped by: check V6, which compares challenge, host and flags with [08.39], and the signature with
[08.38] or [08.35].
"""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from quorate.crypto.statements import officer_statement
from quorate.record.canonical import encode
from quorate.record.entries import (
    Notice,
    PasskeyAssertion,
    ReleaseApproval,
    unsigned,
)
from quorate.verify.officers import signature_problems
from support.ballots import SmallBallot
from support.forge import Forge, assert_stopped
from support.passkey_attacks import ATTACKS, opening, put, resigned
from support.passkeys import PRESENT, VERIFIED, Ceremony, Passkey


@pytest.mark.parametrize("name", ATTACKS)
def test_stopped(name: str, signed_by_passkeys: SmallBallot, forge: Forge) -> None:
    attack, expected = ATTACKS[name]
    forgery = forge(signed_by_passkeys)
    attack(forgery)
    assert_stopped(forgery, "V6", expected=expected)


@pytest.mark.parametrize(
    "how",
    [
        Ceremony(origin="https://vote.example:8443"),
        Ceremony(flags=PRESENT | VERIFIED | 0x18, counter=7),  # a passkey that is kept in several devices
        Ceremony(more={"other_keys_can_be_added_here": "do not compare clientDataJSON against a template"}),
        Ceremony(more={"clientExtensions": {}, "hashAlgorithm": "SHA-256"}),
        Ceremony(rewrite=lambda data: data.replace(b',"crossOrigin":false', b"")),
    ],
    ids=["a port", "kept in several devices", "as Chromium does", "as Firefox did", "no crossOrigin"],
)
@pytest.mark.parametrize("officer", [0, 1])
def test_what_honest_browsers_say_is_taken(
    how: Ceremony, officer: int, signed_by_passkeys: SmallBallot, forge: Forge
) -> None:
    forgery = forge(signed_by_passkeys)
    resigned(forgery, how, officer)
    assert forgery.report().findings == []


def test_a_plain_key_is_no_passkey(plain: SmallBallot, forge: Forge) -> None:
    """A true signature of a key file with a passkey's part beside it would be two encodings of one fact."""
    forgery = forge(plain)
    first, second = opening(forgery).officers
    put(forgery, (replace(first, passkey=PasskeyAssertion(bytes(37), b"{}")), second))
    assert_stopped(forgery, "V6", expected="a signature by First officer's own key")


def test_a_release_is_signed_like_an_event(signed_by_passkeys: SmallBallot) -> None:
    """[08.40] Verified by the same rules, by whoever was given the signature."""
    manifest, (first, second) = signed_by_passkeys.manifest, signed_by_passkeys.passkeys
    approval = ReleaseApproval(bytes(range(32)), manifest.phi, "release-approval")
    other = replace(approval, certificate=bytes(32))
    for index, passkey in enumerate((first, second)):
        made = passkey.sign(manifest, approval)
        officer = manifest.officers[index]
        for event, holds in ((approval, True), (other, False)):
            statement = officer_statement(manifest.phi, unsigned(event))
            assert (list(signature_problems(manifest, officer, made, statement)) == []) is holds


def test_a_notice_needs_its_one_signature_to_hold(signed_by_passkeys: SmallBallot, forge: Forge) -> None:
    forgery = forge(signed_by_passkeys)
    at = forgery.place(Notice)
    notice = forgery.entry(at)
    assert isinstance(notice, Notice)
    forgery.entries[at] = encode(replace(notice, text="The hall is closed."))
    forgery.retally()
    assert_stopped(forgery, "V6", expected="the challenge")


def test_a_stranger_has_no_index(signed_by_passkeys: SmallBallot) -> None:
    manifest = signed_by_passkeys.manifest
    with pytest.raises(ValueError, match="not in list"):
        Passkey("A stranger").sign(manifest, signed_by_passkeys.opening())
