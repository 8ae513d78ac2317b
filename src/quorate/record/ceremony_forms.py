"""The JSON forms of the key ceremony [11.12], to and from the objects of `quorate.crypto.ceremony`.

Fields stand in alphabetical order (`quorate.record.canonical`). `to_message` and `to_context` are where bytes
become typed objects; what is not exactly a message of the ceremony is refused by name [06.5].
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from quorate.crypto.ceremony import complaint, rehearsal, round1, round2, round3
from quorate.crypto.ceremony.context import LONGEST_NAME, MOST_TELLERS, Context, ContextError
from quorate.crypto.ceremony.messages import Message
from quorate.crypto.transcript import SUITE
from quorate.group import Element
from quorate.record.canonical import Bytes32, Bytes64, RecordError, Struct

_Box = Annotated[bytes, msgspec.Meta(min_length=48, max_length=48)]
_Equality = Annotated[bytes, msgspec.Meta(min_length=96, max_length=96)]
_Possession = Annotated[bytes, msgspec.Meta(min_length=128, max_length=64 * (MOST_TELLERS + 1))]
_Teller = Annotated[int, msgspec.Meta(ge=1, le=MOST_TELLERS)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_NAME)]


class Definition(Struct, frozen=True):
    """Who makes a key for which ballot [06.2]."""

    ballot_id: Bytes32
    ceremony_id: Bytes32
    format: Literal["quorate-ceremony-definition/1"]
    names: tuple[_Name, ...]
    suite: str
    threshold: _Teller


class Commit(Struct, frozen=True):
    """A message of round 1 [06.7]."""

    ceremony: Bytes32
    coefficients_hash: Bytes32
    encryption_key: Bytes32
    signature: Bytes64
    signing_key: Bytes32
    teller: _Teller
    type: Literal["commit"]


class Share(Struct, frozen=True):
    """A sealed share [06.11]."""

    box: _Box
    ephemeral: Bytes32
    recipient: _Teller


class Reveal(Struct, frozen=True):
    """A message of round 2 [06.9]."""

    ceremony: Bytes32
    coefficients: tuple[Bytes32, ...]
    gamma: Bytes32
    proof: _Possession
    shares: tuple[Share, ...]
    signature: Bytes64
    teller: _Teller
    type: Literal["reveal"]


class Confirm(Struct, frozen=True):
    """A message of round 3 [06.14]."""

    ceremony: Bytes32
    delta: Bytes32
    proof: Bytes64
    signature: Bytes64
    teller: _Teller
    type: Literal["confirm"]


class Complain(Struct, frozen=True):
    """A complaint [06.16]."""

    ceremony: Bytes32
    dealer: _Teller
    delta: Bytes32
    proof: _Equality
    shared: Bytes32
    signature: Bytes64
    teller: _Teller
    type: Literal["complain"]


class Rehearse(Struct, frozen=True):
    """A rehearsal [06.20]."""

    ceremony: Bytes32
    delta: Bytes32
    partial: Bytes32
    proof: _Equality
    signature: Bytes64
    source: rehearsal.Source
    teller: _Teller
    type: Literal["rehearse"]


class Finding(Struct, frozen=True):
    """A clause that was broken, and the teller who broke it, or 0 [06.22]."""

    clause: Annotated[str, msgspec.Meta(pattern=r"^06\.[1-9]\d*$")]
    teller: Annotated[int, msgspec.Meta(ge=0, le=MOST_TELLERS)]


MessageForm = Commit | Reveal | Confirm | Complain | Rehearse


def from_context(context: Context) -> Definition:
    return Definition(
        ballot_id=context.ballot_id,
        ceremony_id=context.ceremony_id,
        format="quorate-ceremony-definition/1",
        names=context.names,
        suite=SUITE.decode(),
        threshold=context.threshold,
    )


def to_context(definition: Definition, where: str) -> Context:
    if definition.suite != SUITE.decode():  # [03.9]
        raise RecordError(where, f"names the suite {definition.suite!r}; this is {SUITE.decode()!r}")
    try:
        return Context(definition.ceremony_id, definition.ballot_id, definition.threshold, definition.names)
    except ContextError as error:
        raise RecordError(where, f"{error} [06.1]") from None


def from_message(context: Context, message: Message) -> MessageForm:
    match message:
        case round1.Package():
            return Commit(
                ceremony=context.ctx,
                coefficients_hash=message.coefficients_hash,
                encryption_key=message.encryption_key.to_bytes(),
                signature=message.signature,
                signing_key=message.signing_key.to_bytes(),
                teller=message.teller,
                type="commit",
            )
        case round2.Package():
            return Reveal(
                ceremony=context.ctx,
                coefficients=tuple(coefficient.to_bytes() for coefficient in message.coefficients),
                gamma=message.previous,
                proof=message.proof,
                shares=tuple(
                    Share(box=share.box, ephemeral=share.ephemeral.to_bytes(), recipient=share.recipient)
                    for share in message.shares
                ),
                signature=message.signature,
                teller=message.teller,
                type="reveal",
            )
        case round3.Package():
            return Confirm(
                ceremony=context.ctx,
                delta=message.previous,
                proof=message.proof,
                signature=message.signature,
                teller=message.teller,
                type="confirm",
            )
        case complaint.Package():
            return Complain(
                ceremony=context.ctx,
                dealer=message.dealer,
                delta=message.previous,
                proof=message.proof,
                shared=message.shared.to_bytes(),
                signature=message.signature,
                teller=message.teller,
                type="complain",
            )
        case rehearsal.Package():
            return Rehearse(
                ceremony=context.ctx,
                delta=message.previous,
                partial=message.partial.to_bytes(),
                proof=message.proof,
                signature=message.signature,
                source=message.source,
                teller=message.teller,
                type="rehearse",
            )
    raise TypeError(f"{type(message).__name__} is no message of a key ceremony")


def to_message(form: MessageForm, context: Context, where: str) -> Message:
    if form.ceremony != context.ctx:
        raise RecordError(where, "belongs to another ceremony [06.5]")
    for teller in (form.teller, getattr(form, "dealer", form.teller)):
        if teller > context.tellers:
            raise RecordError(
                where, f"there is no teller {teller}: the indices are 1 to {context.tellers} [06.1]"
            )

    def element(data: bytes, name: str) -> Element:
        try:
            found = Element.from_canonical_bytes(data)
        except ValueError:
            raise RecordError(
                where, f"teller {form.teller}: {name} is no element of the group [02.2]"
            ) from None
        if found.is_identity():
            raise RecordError(where, f"teller {form.teller}: {name} is the identity [02.3]")
        return found

    match form:
        case Commit():
            return round1.Package(
                teller=form.teller,
                signing_key=element(form.signing_key, "signing_key"),
                encryption_key=element(form.encryption_key, "encryption_key"),
                coefficients_hash=form.coefficients_hash,
                signature=form.signature,
            )
        case Reveal():
            return round2.Package(
                teller=form.teller,
                previous=form.gamma,
                coefficients=tuple(element(data, "a coefficient") for data in form.coefficients),
                proof=form.proof,
                shares=tuple(
                    round2.SealedShare(share.recipient, element(share.ephemeral, "an ephemeral"), share.box)
                    for share in form.shares
                ),
                signature=form.signature,
            )
        case Confirm():
            return round3.Package(
                teller=form.teller, previous=form.delta, proof=form.proof, signature=form.signature
            )
        case Complain():
            return complaint.Package(
                teller=form.teller,
                previous=form.delta,
                dealer=form.dealer,
                shared=element(form.shared, "shared"),
                proof=form.proof,
                signature=form.signature,
            )
        case Rehearse():
            return rehearsal.Package(
                teller=form.teller,
                previous=form.delta,
                source=form.source,
                partial=element(form.partial, "partial"),
                proof=form.proof,
                signature=form.signature,
            )
