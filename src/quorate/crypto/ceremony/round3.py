"""Round 3, confirm: the teller opened its shares, holds x_j, and signs what it saw of both rounds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from quorate.crypto import schnorr
from quorate.crypto.ceremony.blame import Blame, CeremonyFailed
from quorate.crypto.ceremony.messages import Message, Round, in_order, not_signed, sign
from quorate.crypto.ceremony.polynomial import evaluate, evaluate_committed
from quorate.crypto.ceremony.round1 import SecretPackage
from quorate.crypto.ceremony.round2 import Revealed
from quorate.crypto.ceremony.sealing import SealError, unseal
from quorate.crypto.transcript import Transcript
from quorate.group import Element, Scalar, base_mul


@dataclass(frozen=True, slots=True, repr=False)
class KeyPackage:
    """What a teller keeps for the tally: its share x_j and its signing key s_j. Never sent, never shown."""

    teller: int
    share: Scalar
    signing: Scalar
    signing_key: Element
    verification_key: Element

    def __repr__(self) -> str:
        return f"KeyPackage(teller={self.teller}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Message):
    """What a teller sends in round 3; `previous` is Delta [06.14]."""

    round: ClassVar[Round] = Round.CONFIRM

    proof: bytes

    def _add_fields(self, body: Transcript) -> None:
        body.add_bytes("proof", self.proof)


class BadShares(ValueError):
    """Sealed shares that do not open, or are wrong: complain of these dealers [06.16]."""

    def __init__(self, dealers: Iterable[int]) -> None:
        self.dealers = tuple(dealers)
        super().__init__(f"the shares from these tellers are bad: {', '.join(map(str, self.dealers))}")


def open_shares(revealed: Revealed, secret: SecretPackage) -> KeyPackage:
    """Open and check every share that is addressed to this teller; the sum is its share of the key [06.13].

    BadShares names every dealer whose share is bad. The same call restores the key from a backup [06.19].
    """
    recipient = secret.teller
    own = revealed.committed.package(recipient)
    if (own.signing_key, own.encryption_key) != (secret.signing_key, secret.encryption_key):
        raise ValueError(f"this seed is not that of teller {recipient} in this ceremony")
    share = evaluate(secret.coefficients, recipient)
    bad = []
    for package in revealed.packages:
        if package.teller == recipient:
            continue
        shared = secret.encryption * package.share_for(recipient).ephemeral
        received = check_share(revealed, package.teller, recipient, shared)
        if received is None:
            bad.append(package.teller)
        else:
            share = share + received
    if bad:
        raise BadShares(bad)
    verification_key = revealed.verification_keys[recipient - 1]
    if base_mul(share) != verification_key:
        raise ValueError(f"teller {recipient} revealed other coefficients than those of this seed")
    return KeyPackage(recipient, share, secret.signing, secret.signing_key, verification_key)


def check_share(revealed: Revealed, dealer: int, recipient: int, shared: Element) -> Scalar | None:
    """The share in a box, opened with `shared`; None when it does not open or is wrong [06.13], [06.17]."""
    package = revealed.package(dealer)
    sealed = package.share_for(recipient)
    key = revealed.committed.package(recipient).encryption_key
    gamma = revealed.committed.gamma
    try:
        share = unseal(sealed.box, shared, sealed.ephemeral, key, gamma, dealer, recipient)
    except SealError:
        return None
    # f_i(j) G = sum_k j^k A_ik
    return share if base_mul(share) == evaluate_committed(package.coefficients, recipient) else None


def confirm(revealed: Revealed, key: KeyPackage, fresh: bytes) -> Package:
    """The teller's message of round 3 [06.14]; `fresh` is 32 random bytes."""
    transcript = _possession(revealed, key.teller)
    package = Package(
        teller=key.teller, previous=revealed.delta, proof=schnorr.sign(key.share, transcript, fresh)
    )
    return sign(package, revealed.context, key.signing, key.signing_key, fresh)


def gather(revealed: Revealed, packages: Iterable[Package]) -> None:
    """Return when all n tellers confirm this Delta [06.15].

    ValueError unless there is exactly one package from each teller; CeremonyFailed with every finding.
    """
    ordered = in_order(revealed.context, packages)
    blames = [blame for package in ordered for blame in check(revealed, package)]
    if blames:
        raise CeremonyFailed(blames)


def check(revealed: Revealed, package: Package) -> Iterator[Blame]:
    """Every finding about one package of round 3."""
    context, teller = revealed.context, package.teller
    unsigned = list(not_signed(context, package, revealed.committed.package(teller).signing_key))
    if unsigned:
        yield from unsigned
    elif package.previous != revealed.delta:
        what = f"teller {teller} ({context.name(teller)}) confirmed other messages of rounds 1 and 2"
        yield Blame.on_nobody("06.12", what)
    else:
        try:
            schnorr.verify(
                revealed.verification_keys[teller - 1], _possession(revealed, teller), package.proof
            )
        except schnorr.SignatureError:
            yield Blame.on(context, teller, "06.14", "it did not prove that it holds its share of the key")


def _possession(revealed: Revealed, teller: int) -> Transcript:
    verification_key = revealed.verification_keys[teller - 1]
    return revealed.context.transcript("dkg-share-key", revealed.delta, teller).add_bytes(
        "verification_key", verification_key.to_bytes()
    )
