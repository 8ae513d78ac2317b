"""Round 2, reveal: coefficients with proof of possession, and a sealed share for each other teller."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import ClassVar

from quorate.crypto.ceremony.blame import Blame, CeremonyFailed
from quorate.crypto.ceremony.context import Context
from quorate.crypto.ceremony.messages import Message, Round, in_order, not_signed, round_hash, sign
from quorate.crypto.ceremony.polynomial import evaluate, evaluate_committed
from quorate.crypto.ceremony.round1 import Committed, SecretPackage, coefficients_hash
from quorate.crypto.ceremony.round1 import Package as Commitment
from quorate.crypto.ceremony.sealing import seal
from quorate.crypto.transcript import Transcript, hedged_nonce, u32be
from quorate.group import Element, Scalar, base_mul


@dataclass(frozen=True, slots=True)
class SealedShare:
    """The share of one recipient: ephemeral U and box [06.11]."""

    recipient: int
    ephemeral: Element
    box: bytes

    def to_bytes(self) -> bytes:
        """`u32be(j) || U || box`, as the body of the message lists it [06.4]."""
        return u32be(self.recipient) + self.ephemeral.to_bytes() + self.box


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Message):
    """What a teller sends in round 2; `previous` is Gamma [06.9]-[06.11]."""

    round: ClassVar[Round] = Round.REVEAL

    coefficients: tuple[Element, ...]
    proof: bytes
    shares: tuple[SealedShare, ...]

    def _add_fields(self, body: Transcript) -> None:
        body.add_list("coefficients", [coefficient.to_bytes() for coefficient in self.coefficients])
        body.add_bytes("proof", self.proof)
        body.add_list("shares", [share.to_bytes() for share in self.shares])

    def share_for(self, recipient: int) -> SealedShare:
        """The sealed share of one other teller; KeyError when there is none."""
        for share in self.shares:
            if share.recipient == recipient:
                return share
        raise KeyError(recipient)


@dataclass(frozen=True, slots=True)
class Revealed:
    """A checked round 2: all n packages, Delta, the ballot key Y, the verification keys V_1..V_n [06.13]."""

    committed: Committed
    packages: tuple[Package, ...]
    delta: bytes
    ballot_key: Element
    verification_keys: tuple[Element, ...]

    @property
    def context(self) -> Context:
        """The ceremony."""
        return self.committed.context

    def package(self, teller: int) -> Package:
        """The package of one teller; ContextError for an index outside 1..n."""
        self.context.name(teller)
        return self.packages[teller - 1]


def reveal(committed: Committed, secret: SecretPackage, fresh: bytes) -> Package:
    """The teller's message of round 2; `fresh` is 32 random bytes, hedged with the seed [06.10], [06.11].

    The teller has compared Gamma aloud with the others before [06.8].
    """
    context, gamma, dealer = committed.context, committed.gamma, secret.teller
    opening = context.transcript("dkg-keys", gamma, dealer)
    shares = []
    for recipient in context.indices:
        if recipient == dealer:
            continue
        key = committed.package(recipient).encryption_key
        e = hedged_nonce(fresh, secret.seed, opening.copy().add_number("recipient", recipient))
        ephemeral = base_mul(e)
        share = evaluate(secret.coefficients, recipient)
        box = seal(share, e * key, ephemeral, key, gamma, dealer, recipient)
        shares.append(SealedShare(recipient, ephemeral, box))
    package = Package(
        teller=dealer,
        previous=gamma,
        coefficients=secret.commitments,
        proof=_prove_possession(committed, secret, fresh),
        shares=tuple(shares),
    )
    return sign(package, context, secret.signing, secret.signing_key, fresh)


def gather(committed: Committed, packages: Iterable[Package]) -> Revealed:
    """Check the packages of all n tellers; compute Delta, Y and the V_j [06.9]-[06.13].

    ValueError unless there is exactly one from each teller; CeremonyFailed with every finding otherwise.
    Whether the sealed shares are right, only their recipients can see.
    """
    context = committed.context
    ordered = in_order(context, packages)
    blames = [blame for package in ordered for blame in check(committed, package)]
    if blames:
        raise CeremonyFailed(blames)
    ballot_key = _sum(package.coefficients[0] for package in ordered)
    totals = [_sum(column) for column in zip(*(package.coefficients for package in ordered), strict=True)]
    verification_keys = tuple(evaluate_committed(totals, teller) for teller in context.indices)
    if any(key.is_identity() for key in (ballot_key, *verification_keys)):
        what = "the ballot key or a verification key is the identity"
        raise CeremonyFailed([Blame.on_nobody("06.13", what)])
    delta = round_hash(context, Round.REVEAL, committed.gamma, ordered)
    return Revealed(committed, ordered, delta, ballot_key, verification_keys)


def check(committed: Committed, package: Package) -> Iterator[Blame]:
    """Every finding about one package of round 2."""
    context, teller = committed.context, package.teller
    commitment = committed.package(teller)
    unsigned = list(not_signed(context, package, commitment.signing_key))
    if unsigned:
        yield from unsigned
        return
    if package.previous != committed.gamma:
        what = f"teller {teller} ({context.name(teller)}) was shown other messages of round 1"
        yield Blame.on_nobody("06.12", what)
        return
    keys = (commitment.signing_key, commitment.encryption_key)
    if len(package.coefficients) != context.threshold:
        what = f"it sent {len(package.coefficients)} coefficients instead of {context.threshold}"
        yield Blame.on(context, teller, "06.9", what)
    elif coefficients_hash(context, teller, *keys, package.coefficients) != commitment.coefficients_hash:
        what = "its coefficients are not those that it committed to in round 1"
        yield Blame.on(context, teller, "06.9", what)
    elif not _possession_holds(committed, package, commitment):
        what = "it did not prove that it knows its coefficients and its encryption key"
        yield Blame.on(context, teller, "06.10", what)
    others = [index for index in context.indices if index != teller]
    if [share.recipient for share in package.shares] != others:
        what = "it did not send one share to each other teller, in index order"
        yield Blame.on(context, teller, "06.11", what)


def _statement(committed: Committed, commitment: Commitment, coefficients: Sequence[Element]) -> Transcript:
    return (
        committed.context.transcript("dkg-keys", committed.gamma, commitment.teller)
        .add_bytes("signing_key", commitment.signing_key.to_bytes())
        .add_bytes("encryption_key", commitment.encryption_key.to_bytes())
        .add_list("coefficients", [coefficient.to_bytes() for coefficient in coefficients])
    )


def _prove_possession(committed: Committed, secret: SecretPackage, fresh: bytes) -> bytes:
    # [06.10]  T_k = w_k G    z_k = w_k + c a_ik    z_t = w_t + c d_i
    transcript = _statement(committed, committed.package(secret.teller), secret.commitments)
    witnesses = (*secret.coefficients, secret.encryption)
    w = [
        hedged_nonce(fresh, secret.seed, transcript.copy().add_number("witness", k))
        for k in range(len(witnesses))
    ]
    commitments = [base_mul(nonce).to_bytes() for nonce in w]
    c = transcript.add_list("commitments", commitments).challenge()
    responses = [(nonce + c * witness).to_bytes() for nonce, witness in zip(w, witnesses, strict=True)]
    return b"".join(commitments + responses)


def _possession_holds(committed: Committed, package: Package, commitment: Commitment) -> bool:
    # [06.10]  z_k G = T_k + c A_ik for each k    z_t G = T_t + c E_i
    statement = (*package.coefficients, commitment.encryption_key)
    count = len(statement)
    if len(package.proof) != 64 * count:
        return False
    words = [package.proof[at : at + 32] for at in range(0, len(package.proof), 32)]
    try:
        t = [Element.from_canonical_bytes(word) for word in words[:count]]
        z = [Scalar.from_canonical_bytes(word) for word in words[count:]]
    except ValueError:
        return False
    transcript = _statement(committed, commitment, package.coefficients)
    c = transcript.add_list("commitments", words[:count]).challenge()
    return not any(point.is_identity() for point in t) and all(
        base_mul(response) == point + c * public
        for response, point, public in zip(z, t, statement, strict=True)
    )


def _sum(elements: Iterable[Element]) -> Element:
    return reduce(add, elements, Element.identity())
