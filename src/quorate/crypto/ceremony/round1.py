"""Round 1, commit: keys, and a hash of the coefficients that round 2 reveals [06.7], [06.8]."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quorate.crypto.ceremony.blame import Blame, CeremonyFailed
from quorate.crypto.ceremony.context import NO_HASH, Context
from quorate.crypto.ceremony.messages import Message, Round, in_order, not_signed, round_hash, sign
from quorate.crypto.transcript import SUITE, Transcript, frame
from quorate.group import Element, Scalar, base_mul

SEED_BYTES = 32


@dataclass(frozen=True, slots=True, repr=False)
class SecretPackage:
    """All secrets that a teller derives from its seed [06.3]. Never sent, never shown."""

    teller: int
    seed: bytes
    signing: Scalar
    encryption: Scalar
    coefficients: tuple[Scalar, ...]
    signing_key: Element
    encryption_key: Element
    commitments: tuple[Element, ...]

    def __repr__(self) -> str:
        return f"SecretPackage(teller={self.teller}, ...)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Package(Message):
    """What a teller sends in round 1 [06.7]."""

    round: ClassVar[Round] = Round.COMMIT

    signing_key: Element
    encryption_key: Element
    coefficients_hash: bytes
    previous: bytes = NO_HASH

    def _add_fields(self, body: Transcript) -> None:
        body.add_bytes("signing_key", self.signing_key.to_bytes())
        body.add_bytes("encryption_key", self.encryption_key.to_bytes())
        body.add_bytes("coefficients_hash", self.coefficients_hash)


@dataclass(frozen=True, slots=True)
class Committed:
    """A checked round 1: all n packages in index order, and Gamma [06.8]."""

    context: Context
    packages: tuple[Package, ...]
    gamma: bytes

    def package(self, teller: int) -> Package:
        """The package of one teller; ContextError for an index outside 1..n."""
        self.context.name(teller)
        return self.packages[teller - 1]


def derive(context: Context, teller: int, seed: bytes) -> SecretPackage:
    """All secrets of a teller from its 32-byte seed [06.3]. ValueError for a seed to be thrown away."""
    context.name(teller)
    if len(seed) != SEED_BYTES:
        raise ValueError(f"a seed has {SEED_BYTES} bytes")

    def secret(label: str) -> Scalar:
        info = frame(b"quorate/1 teller") + frame(label.encode())
        scalar = Scalar.from_wide_bytes(HKDF(SHA512(), 64, context.ctx, info).derive(seed))
        if scalar.is_zero():
            raise ValueError("this seed gives a zero: draw another")
        return scalar

    signing, encryption = secret("signing"), secret("encryption")
    coefficients = tuple(secret(f"coefficient/{k}") for k in range(context.threshold))
    return SecretPackage(
        teller=teller,
        seed=seed,
        signing=signing,
        encryption=encryption,
        coefficients=coefficients,
        signing_key=base_mul(signing),
        encryption_key=base_mul(encryption),
        commitments=tuple(map(base_mul, coefficients)),
    )


def coefficients_hash(
    context: Context,
    teller: int,
    signing_key: Element,
    encryption_key: Element,
    coefficients: Sequence[Element],
) -> bytes:
    """The commitment of round 1, opened in round 2 [06.7]."""
    transcript = (
        Transcript("teller-commitment")
        .add_bytes("suite", SUITE)
        .add_bytes("ceremony", context.ctx)
        .add_number("teller", teller)
        .add_bytes("signing_key", signing_key.to_bytes())
        .add_bytes("encryption_key", encryption_key.to_bytes())
        .add_list("coefficients", [coefficient.to_bytes() for coefficient in coefficients])
    )
    return hashlib.sha256(transcript.to_bytes()).digest()


def commit(context: Context, secret: SecretPackage, fresh: bytes) -> Package:
    """The teller's message of round 1 [06.7]; `fresh` is 32 random bytes for the signature."""
    package = Package(
        teller=secret.teller,
        signing_key=secret.signing_key,
        encryption_key=secret.encryption_key,
        coefficients_hash=coefficients_hash(
            context, secret.teller, secret.signing_key, secret.encryption_key, secret.commitments
        ),
    )
    return sign(package, context, secret.signing, secret.signing_key, fresh)


def gather(context: Context, packages: Iterable[Package]) -> Committed:
    """Check the packages of all n tellers and compute Gamma [06.8].

    ValueError unless there is exactly one from each teller; CeremonyFailed with every finding otherwise.
    """
    ordered = in_order(context, packages)
    blames = [blame for package in ordered for blame in not_signed(context, package, package.signing_key)]
    owners: dict[Element, int] = {}
    for package in ordered:
        for key in (package.signing_key, package.encryption_key):
            first = owners.setdefault(key, package.teller)
            if first != package.teller:
                what = f"tellers {first} and {package.teller} sent the same key"
                blames.append(Blame.on_nobody("06.8", what))
        if package.signing_key == package.encryption_key:
            blames.append(Blame.on(context, package.teller, "06.8", "its two keys are the same"))
    if blames:
        raise CeremonyFailed(blames)
    return Committed(context, ordered, round_hash(context, Round.COMMIT, NO_HASH, ordered))
