"""Rehearsals [06.20]: each teller decrypts a point that only the ceremony chooses, from key and backup."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from quorate.crypto import equality
from quorate.crypto.ceremony.blame import Blame
from quorate.crypto.ceremony.messages import Message, Round, not_signed, sign
from quorate.crypto.ceremony.round2 import Revealed
from quorate.crypto.ceremony.round3 import KeyPackage
from quorate.crypto.transcript import SUITE, Transcript
from quorate.group import Element

Source = Literal["backup", "stored"]
SOURCES: Final[tuple[Source, ...]] = ("backup", "stored")


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Message):
    """A rehearsal of one teller from one source; `previous` is Delta."""

    round: ClassVar[Round] = Round.REHEARSE

    source: Source
    partial: Element
    proof: bytes

    def _add_fields(self, body: Transcript) -> None:
        body.add_bytes("source", self.source.encode())
        body.add_bytes("partial", self.partial.to_bytes())
        body.add_bytes("proof", self.proof)


def point(revealed: Revealed, teller: int, source: Source) -> Element:
    """The point to decrypt: nobody knows its logarithm and nobody can choose it [06.20]."""
    transcript = (
        Transcript("rehearsal-point")
        .add_bytes("suite", SUITE)
        .add_bytes("ceremony", revealed.context.ctx)
        .add_bytes("round_hash", revealed.delta)
        .add_number("teller", teller)
        .add_bytes("source", source.encode())
    )
    return Element.from_uniform_bytes(hashlib.sha512(transcript.to_bytes()).digest())


def rehearse(revealed: Revealed, key: KeyPackage, source: Source, fresh: bytes) -> Package:
    """The teller's rehearsal with a key that came from `source`; `fresh` is 32 random bytes."""
    base = point(revealed, key.teller, source)
    partial = key.share * base
    package = Package(
        teller=key.teller,
        previous=revealed.delta,
        source=source,
        partial=partial,
        proof=equality.prove(key.share, base, _statement(revealed, key.teller, source, base, partial), fresh),
    )
    return sign(package, revealed.context, key.signing, key.signing_key, fresh)


def check(revealed: Revealed, package: Package) -> Iterator[Blame]:
    """Every finding about one rehearsal."""
    context, teller = revealed.context, package.teller
    unsigned = list(not_signed(context, package, revealed.committed.package(teller).signing_key))
    if unsigned:
        yield from unsigned
        return
    if package.previous != revealed.delta:
        what = f"teller {teller} ({context.name(teller)}) rehearsed another ceremony's key"
        yield Blame.on_nobody("06.12", what)
        return
    base = point(revealed, teller, package.source)
    transcript = _statement(revealed, teller, package.source, base, package.partial)
    try:
        equality.verify(
            revealed.verification_keys[teller - 1], base, package.partial, transcript, package.proof
        )
    except equality.EqualityError:
        yield Blame.on(context, teller, "06.20", f"its rehearsal from source {package.source} does not hold")


def _statement(
    revealed: Revealed, teller: int, source: Source, base: Element, partial: Element
) -> Transcript:
    return (
        revealed.context.transcript("rehearsal", revealed.delta, teller)
        .add_bytes("source", source.encode())
        .add_bytes("point", base.to_bytes())
        .add_bytes("verification_key", revealed.verification_keys[teller - 1].to_bytes())
        .add_bytes("partial", partial.to_bytes())
    )
