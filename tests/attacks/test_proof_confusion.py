"""Attacker: anybody who holds a signature or proof made for one purpose. Wish: pass it off as another: a
proof that somebody knows a key as a decryption, a spoil as a ballot, a rehearsal as a share.

Stopped by: each kind opens its transcript with its own name ([03.1], [03.5]), so nothing of one kind
verifies as another: V10, V13, V8, V16.
"""

from __future__ import annotations

import hashlib

import pytest
from msgspec.structs import replace

from quorate.crypto import ballot as ballots
from quorate.crypto import equality, schnorr
from quorate.crypto.decryption import PartialDecryptionError, TallyContext, verify_partial
from quorate.crypto.statements import registrar_transcript
from quorate.crypto.transcript import SUITE, Transcript
from quorate.group import Element, Scalar, base_mul
from quorate.record.entries import Revoke, Share, Spoil, unsigned
from support.ballots import Draws, SmallBallot, line, tracker
from support.crafted import scalar
from support.forge import Forge
from support.polls import HONEST, Polls

RANDOM = Draws("confusion")


def statements() -> dict[str, Transcript]:
    """A transcript of each kind that a credential, a registrar or a teller signs, over the same bytes."""
    about = (SUITE, bytes(32), bytes(32), bytes(32), bytes(32), bytes(64))
    context = TallyContext(bytes(32), 0, bytes(32), 1)
    return {
        "ballot": ballots.signature_transcript(about, bytes(64)),
        "spoil": ballots.spoil_transcript(bytes(32), bytes(32), bytes(32), bytes(32)),
        "registrar": registrar_transcript(bytes(32), bytes(32), b""),
        "share": context.transcript("tally-message"),
        "teller": context.transcript("teller-message"),
        "rehearsal": context.transcript("rehearsal"),
        "decryption": context.transcript("partial-decryption"),
    }


@pytest.mark.parametrize("made", statements())
def test_a_signature_of_one_kind_is_none_of_another(made: str) -> None:
    secret = scalar(RANDOM)
    signature = schnorr.sign(secret, statements()[made], RANDOM(32))
    for used, statement in statements().items():
        if used == made:
            schnorr.verify(base_mul(secret), statement, signature)
        else:
            with pytest.raises(schnorr.SignatureError):
                schnorr.verify(base_mul(secret), statement, signature)


def test_a_proof_of_possession_is_no_decryption() -> None:
    """The teller proved that it knows x_j; that proof, padded to its length, decrypts nothing."""
    x, a, b = scalar(RANDOM), base_mul(scalar(RANDOM)), base_mul(scalar(RANDOM))
    context = TallyContext(bytes(32), 3, bytes(32), 1)
    possession = schnorr.sign(x, Transcript("dkg-share-key").add_bytes("suite", SUITE), RANDOM(32))
    partial = (x * a).to_bytes()
    for proof in (
        possession[:32] * 2 + possession[32:],
        possession[:32] + (scalar(RANDOM) * a).to_bytes() + possession[32:],
        equality.prove(x, a, Transcript("rehearsal").add_bytes("suite", SUITE), RANDOM(32)),
        equality.prove(x, a, context.transcript("rehearsal"), RANDOM(32)),
    ):
        with pytest.raises(PartialDecryptionError):
            verify_partial(context, base_mul(x), a, b, 0, 0, 0, partial, proof)


def test_a_rehearsal_is_no_share(plain: SmallBallot, forge: Forge) -> None:
    """The server asks a teller to rehearse, and publishes the answer as its part of the tally."""
    forgery, teller = forge(plain), plain.tellers.keys[0]

    def rehearsed(shares: list[Share]) -> list[Share]:
        point = Element.from_uniform_bytes(hashlib.sha512(b"rehearsal").digest())
        proof = equality.prove(teller.share, point, Transcript("rehearsal"), RANDOM(32))
        part = replace(shares[0].shares[0], proof=proof)
        return [forgery.resign(replace(shares[0], shares=(part,))), *shares[1:]]

    forgery.retally(shares=rehearsed)
    assert {finding.check for finding in forgery.report().findings} == {"V16"}


def test_a_spoil_is_no_vote_and_a_vote_no_spoil(polls: Polls, rich: SmallBallot, forge: Forge) -> None:
    """The voter signed that a ballot be opened; the server casts it with that signature. And the reverse."""
    ballot = polls.ballot
    shown = ballot.vote(1, HONEST)
    spoil = ballot.spoiled(ballot.credential(1), tracker(shown))
    assert polls.refusal(replace(shown, signature=spoil.signature)) == "V10"

    forgery = forge(rich)
    index = forgery.place(Spoil)
    voted = rich.vote(4, [(0, [0]), (1, [0])])
    forgery.edit(index, tracker=tracker(voted), signature=voted.signature)
    forgery.retally()
    findings = forgery.report().findings
    assert [(f.check, f.expected) for f in findings] == [("V13", "the credential's signature")]


def test_a_removal_is_no_replacement(rich: SmallBallot, forge: Forge) -> None:
    """The registrar and the officers signed that a member loses the vote; the server gives it to another."""
    forgery = forge(rich)
    index = forgery.place(Revoke)
    entry = forgery.entry(index)
    assert isinstance(entry, Revoke)
    other = rich.credential(5).public
    forgery.edit(index, credential=other)
    forgery.retally()
    assert unsigned(replace(entry, credential=other)) != unsigned(entry)
    findings = forgery.report().findings
    assert {f.check for f in findings if f.where.startswith(f"entry {index} ")} == {"V6", "V8"}


def test_a_signed_body_with_other_answers(hostile_polls: Polls) -> None:
    """The signature of one ballot under the answers of another of the same voter."""
    one, other = (hostile_polls.ballot.vote(1, HONEST) for _ in range(2))
    assert line(one) != line(other)
    assert hostile_polls.refusal(replace(one, signature=other.signature)) == "V10"


def test_the_secret_of_a_credential_stays_secret_when_signing_twice() -> None:
    """A repeated random number yields other nonces for other statements [03.11]: no key leaks from two."""
    secret = scalar(RANDOM)
    first, second = (schnorr.sign(secret, made, bytes(32)) for made in list(statements().values())[:2])
    assert first[:32] != second[:32]
    assert Scalar.from_canonical_bytes(first[32:]) != Scalar.from_canonical_bytes(second[32:])
