"""False signatures by passkeys under the opening of a record, and what check V6 says of each: the table of
tests/attacks/test_passkey_signatures.py, and of the refused records in vectors/passkeys.json.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from quorate.record.entries import Extend, OfficerSignature, Open, ReleaseApproval
from support.ballots import SmallBallot
from support.forge import Forgery
from support.passkeys import PRESENT, VERIFIED, Ceremony, in_url

N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def opening(forgery: Forgery) -> Open:
    found = forgery.entry(0)
    if not isinstance(found, Open):
        raise TypeError("the board does not begin with an opening")
    return found


def resigned(forgery: Forgery, how: Ceremony, officer: int = 0) -> None:
    """An officer's passkey signs the opening in a ceremony that is not the honest one."""
    ballot, event = forgery.ballot, opening(forgery)
    signatures = list(event.officers)
    signatures[officer] = ballot.passkeys[officer].sign(ballot.manifest, event, how)
    put(forgery, tuple(signatures))


def put(forgery: Forgery, signatures: tuple[OfficerSignature, ...]) -> None:
    forgery.edit(0, officers=signatures)
    forgery.retally()


def flags(byte: int) -> Callable[[Forgery], None]:
    return lambda forgery: resigned(forgery, Ceremony(flags=byte))


def origin(text: str) -> Callable[[Forgery], None]:
    return lambda forgery: resigned(forgery, Ceremony(origin=text))


def more(**keys: Any) -> Callable[[Forgery], None]:
    return lambda forgery: resigned(forgery, Ceremony(more=keys))


def signed_in(forgery: Forgery) -> None:
    """What the passkey signed at a sign-in: a challenge that the server drew."""
    resigned(forgery, Ceremony(challenge=in_url(bytes(32))))


def of_another_event(forgery: Forgery) -> None:
    extension = forgery.entry(forgery.place(Extend))
    if isinstance(extension, Extend):
        put(forgery, (extension.officers[0], opening(forgery).officers[1]))


def of_another_ballot(forgery: Forgery) -> None:
    other = SmallBallot(forgery.folder / "other", voters=2, seed="other", passkeys=forgery.ballot.passkeys)
    put(forgery, other.opening().officers)


def of_a_release(forgery: Forgery) -> None:
    ballot, event = forgery.ballot, opening(forgery)
    approval = ReleaseApproval(bytes(32), ballot.manifest.phi, "release-approval")
    put(forgery, (ballot.passkeys[0].sign(ballot.manifest, approval), event.officers[1]))


def without_passkey(forgery: Forgery) -> None:
    first, second = opening(forgery).officers
    put(forgery, (replace(first, passkey=None), second))


def under_the_other_name(forgery: Forgery) -> None:
    first, second = opening(forgery).officers
    put(forgery, (replace(second, officer=0), replace(first, officer=1)))


def twice_the_same_officer(forgery: Forgery) -> None:
    ballot, event = forgery.ballot, opening(forgery)
    again = ballot.passkeys[0].sign(ballot.manifest, event, Ceremony(counter=1))
    put(forgery, (event.officers[0], again))


def the_twin(forgery: Forgery) -> None:
    first, second = opening(forgery).officers
    r, s = first.signature[:32], int.from_bytes(first.signature[32:], "big")
    put(forgery, (replace(first, signature=r + (N - s).to_bytes(32, "big")), second))


def wider_s(forgery: Forgery) -> None:
    first, second = opening(forgery).officers
    put(forgery, (replace(first, signature=bytes(32) + first.signature[32:]), second))


def raised_counter(forgery: Forgery) -> None:
    """Ignored, but signed: it cannot be exchanged."""
    first, second = opening(forgery).officers
    if first.passkey is not None:
        data = first.passkey.authenticator_data[:36] + b"\x01"
        put(forgery, (replace(first, passkey=replace(first.passkey, authenticator_data=data)), second))


ATTACKS: dict[str, tuple[Callable[[Forgery], None], str]] = {
    "signed at a sign-in": (signed_in, "the challenge"),
    "of another event": (of_another_event, "the challenge"),
    "of another ballot": (of_another_ballot, "the challenge"),
    "of a release": (of_a_release, "the challenge"),
    "challenge truncated": (
        lambda f: resigned(f, Ceremony(challenge=_due(f)[:-1])),
        "the challenge",
    ),
    "challenge padded": (lambda f: resigned(f, Ceremony(challenge=_due(f) + "=")), "the challenge"),
    "challenge continued": (lambda f: resigned(f, Ceremony(challenge=_due(f) + "AA")), "the challenge"),
    "made when the key was registered": (
        lambda f: resigned(f, Ceremony(type="webauthn.create")),
        "client data of type",
    ),
    "a payment": (lambda f: resigned(f, Ceremony(type="payment.get")), "client data of type"),
    "for another passkey host": (
        lambda f: resigned(f, Ceremony(rp_id="example", origin="https://vote.example")),
        "a passkey for vote.example",
    ),
    "on another page": (origin("https://evil.example"), "a page of vote.example"),
    "on a page below": (origin("https://a.vote.example"), "a page of vote.example"),
    "on a page above": (origin("https://example"), "a page of vote.example"),
    "on a page that begins alike": (origin("https://vote.example.evil"), "a page of vote.example"),
    "on a page with a name in it": (origin("https://vote.example:1@evil"), "a page of vote.example"),
    "on a page without encryption": (origin("http://vote.example"), "a page of vote.example"),
    "on a port that is none": (origin("https://vote.example:١٢"), "a page of vote.example"),
    "in an app": (origin("android:apk-key-hash:vote.example"), "a page of vote.example"),
    "in a frame": (more(crossOrigin=True), "a page that asks for itself"),
    "in a frame that says where": (more(topOrigin="https://evil.example"), "a page that asks for itself"),
    "nobody there": (flags(VERIFIED), "the officer present"),
    "nobody verified": (flags(PRESENT), "the officer present"),
    "neither": (flags(0), "the officer present"),
    "flags of data that are not there": (flags(PRESENT | VERIFIED | 0x80), "what First officer's passkey"),
    "without the device's part": (without_passkey, "a signature by First officer's passkey"),
    "under each other's names": (under_the_other_name, "a valid officer's signature"),
    "one officer twice": (twice_the_same_officer, "officers in the order"),
    "the signature's twin": (the_twin, "a valid officer's signature"),
    "r of nothing": (wider_s, "a valid officer's signature"),
    "another counter": (raised_counter, "a valid officer's signature"),
}


def _due(forgery: Forgery) -> str:
    made = forgery.ballot.passkeys[0].sign(forgery.ballot.manifest, opening(forgery)).passkey
    if made is None:
        raise TypeError("not a passkey's signature")
    return made.client_data.decode().split('"challenge":"', 1)[1].split('"', 1)[0]
