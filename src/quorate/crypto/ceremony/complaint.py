"""Complaints about shares, and the judgement that anyone can repeat [06.16], [06.17]."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from quorate.crypto import equality
from quorate.crypto.ceremony.blame import Blame
from quorate.crypto.ceremony.messages import Message, Round, not_signed, sign
from quorate.crypto.ceremony.round1 import SecretPackage
from quorate.crypto.ceremony.round2 import Revealed
from quorate.crypto.ceremony.round3 import check_share
from quorate.crypto.transcript import Transcript
from quorate.group import Element


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Message):
    """A complaint of one teller about the share of one dealer; `previous` is Delta."""

    round: ClassVar[Round] = Round.COMPLAIN

    dealer: int
    shared: Element
    proof: bytes

    def _add_fields(self, body: Transcript) -> None:
        body.add_number("dealer", self.dealer)
        body.add_bytes("shared", self.shared.to_bytes())
        body.add_bytes("proof", self.proof)


def complain(revealed: Revealed, secret: SecretPackage, dealer: int, fresh: bytes) -> Package:
    """The complaint that opens the dealer's share to everybody [06.16]; `fresh` is 32 random bytes.

    Whether the share is bad is not asked here: a false complaint convicts its sender. ValueError for a
    complaint of oneself.
    """
    if dealer == secret.teller:
        raise ValueError("no teller complains of itself")
    ephemeral = revealed.package(dealer).share_for(secret.teller).ephemeral
    shared = secret.encryption * ephemeral
    transcript = _statement(revealed, secret.teller, dealer, shared)
    package = Package(
        teller=secret.teller,
        previous=revealed.delta,
        dealer=dealer,
        shared=shared,
        proof=equality.prove(secret.encryption, ephemeral, transcript, fresh),
    )
    return sign(package, revealed.context, secret.signing, secret.signing_key, fresh)


def judge(revealed: Revealed, package: Package) -> Blame:
    """Who is guilty: the dealer or the complainer [06.17].

    Nobody is when the complaint is about another Delta [06.12]; the ceremony has failed all the same.
    """
    context, complainer, dealer = revealed.context, package.teller, package.dealer
    context.name(dealer)  # ContextError for a dealer who does not exist [06.1]
    unsigned = list(not_signed(context, package, revealed.committed.package(complainer).signing_key))
    if unsigned:
        return unsigned[0]
    if package.previous != revealed.delta:
        what = f"teller {complainer} ({context.name(complainer)}) complained of other messages"
        return Blame.on_nobody("06.12", what)
    if dealer == complainer:
        return Blame.on(context, complainer, "06.16", "it complained of itself")
    ephemeral = revealed.package(dealer).share_for(complainer).ephemeral
    key = revealed.committed.package(complainer).encryption_key
    transcript = _statement(revealed, complainer, dealer, package.shared)
    try:
        equality.verify(key, ephemeral, package.shared, transcript, package.proof)
    except equality.EqualityError:
        return Blame.on(context, complainer, "06.17", f"it complained of teller {dealer} with a false proof")
    if check_share(revealed, dealer, complainer, package.shared) is None:
        return Blame.on(context, dealer, "06.17", f"it sent a bad share to teller {complainer}")
    return Blame.on(context, complainer, "06.17", f"it complained of teller {dealer}, whose share is right")


def _statement(revealed: Revealed, complainer: int, dealer: int, shared: Element) -> Transcript:
    return (
        revealed.context.transcript("dkg-complaint", revealed.delta, complainer)
        .add_number("dealer", dealer)
        .add_bytes("encryption_key", revealed.committed.package(complainer).encryption_key.to_bytes())
        .add_bytes("ephemeral", revealed.package(dealer).share_for(complainer).ephemeral.to_bytes())
        .add_bytes("shared", shared.to_bytes())
    )
