"""Making a ballot: encrypt, prove, sign (docs/protocol/07-credentials-and-ballots.md).

A ballot here is binary values; `quorate.record` turns them into the board's entry and back.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from quorate.crypto import schnorr, value_set
from quorate.crypto.elgamal import Ciphertext, encrypt
from quorate.crypto.encoding import Encoding
from quorate.crypto.transcript import SUITE, Transcript, frame, u64be
from quorate.group import FixedBase, Scalar

NO_PREVIOUS = bytes(32)


class AnswerLike(Protocol):
    """The ciphertexts and proofs of one question, as transmitted."""

    @property
    def question(self) -> int: ...
    @property
    def ciphertexts(self) -> tuple[bytes, ...]: ...
    @property
    def proofs(self) -> tuple[bytes, ...]: ...


class BallotLike(Protocol):
    """A ballot with its signature, as transmitted; the parsed board entry is one."""

    @property
    def phi(self) -> bytes: ...
    @property
    def credential(self) -> bytes: ...
    @property
    def prev(self) -> bytes: ...
    @property
    def answers(self) -> Sequence[AnswerLike]: ...
    @property
    def signature(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Answer:
    """The ciphertexts (64 bytes each) and proofs of one question."""

    question: int
    ciphertexts: tuple[bytes, ...]
    proofs: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Body:
    """A ballot without its signature [07.7]."""

    phi: bytes
    credential: bytes
    prev: bytes
    answers: Sequence[AnswerLike]

    def transcript(self) -> Transcript:
        """The framed string that trackers and signatures cover [07.7]."""
        body = Transcript("ballot-body").add_bytes("phi", self.phi).add_bytes("credential", self.credential)
        body.add_bytes("prev", self.prev).add_number("answers", len(self.answers))
        for answer in self.answers:
            body.add_number("question", answer.question).add_list("ciphertexts", answer.ciphertexts)
            body.add_list("proofs", answer.proofs)
        return body

    def to_bytes(self) -> bytes:
        """The bytes of `transcript`."""
        return self.transcript().to_bytes()

    def tracker(self) -> bytes:
        """tau, the 32-byte name of this ballot [07.8]."""
        return hashlib.sha256(self.to_bytes()).digest()


@dataclass(frozen=True, slots=True)
class Election:
    """What a voter's program needs of the manifest: phi, Y with its table, the encodings of the questions."""

    phi: bytes
    ballot_key: FixedBase
    key_bytes: bytes
    encodings: tuple[Encoding, ...]


def ciphertexts_transcript(answers: Sequence[tuple[int, Sequence[bytes]]]) -> Transcript:
    """The framed string over every (question, ciphertexts) of the ballot [05.6]."""
    framed = Transcript("ballot-ciphertexts")
    for question, ciphertexts in answers:
        framed.add_number("question", question).add_list("ciphertexts", ciphertexts)
    return framed


def ciphertexts_hash(answers: Sequence[tuple[int, Sequence[bytes]]]) -> bytes:
    """SHA-512 of `ciphertexts_transcript` [05.6]."""
    return hashlib.sha512(ciphertexts_transcript(answers).to_bytes()).digest()


def context(phi: bytes, key: bytes, credential: bytes, prev: bytes, hashed: bytes) -> tuple[bytes, ...]:
    """The values of the ballot context in order [03.6]."""
    return (SUITE, phi, key, credential, prev, hashed)


class _Derivation:
    """The scalars of a ballot, all from one rho [07.11]."""

    def __init__(
        self,
        rho: bytes,
        phi: bytes,
        credential: bytes,
        prev: bytes,
        chosen: Sequence[tuple[int, Sequence[int]]],
    ) -> None:
        plain = b"".join(
            u64be(question) + u64be(len(values)) + b"".join(map(u64be, values)) for question, values in chosen
        )
        self._prk = hmac.digest(phi, rho, "sha512")
        self._info = b"".join(map(frame, (b"quorate/1 ballot", credential, prev, plain)))

    def scalar(self, label: str) -> Scalar:
        okm = hmac.digest(self._prk, self._info + frame(label.encode()) + b"\x01", "sha512")
        return Scalar.from_wide_bytes(okm)


def make_body(
    election: Election,
    credential: bytes,
    prev: bytes,
    choices: Sequence[tuple[int, Sequence[int]]],
    rho: bytes,
) -> Body:
    """Encrypt and prove the choices: (question index, chosen outcome indices) in question order.

    `credential` is K, `prev` the tracker of K's latest ballot or 32 zero bytes, `rho` 32 fresh secret bytes
    that must never serve twice. Raises ValueError for a choice that a question does not allow.
    """
    chosen = [(q, election.encodings[q].plaintexts(picked)) for q, picked in choices]
    derive = _Derivation(rho, election.phi, credential, prev, chosen)
    encrypted: list[tuple[list[Scalar], list[Ciphertext]]] = []
    for q, values in chosen:
        rs = [derive.scalar(f"{q}/{i}/r") for i in range(len(values))]
        encrypted.append((rs, [encrypt(election.ballot_key, v, r) for v, r in zip(values, rs, strict=True)]))
    raw = [tuple(c.to_bytes() for c in ciphertexts) for _, ciphertexts in encrypted]
    hashed = ciphertexts_hash([(q, cs) for (q, _), cs in zip(chosen, raw, strict=True)])
    about = context(election.phi, election.key_bytes, credential, prev, hashed)
    answers = []
    for (q, values), (rs, ciphertexts), encoded in zip(chosen, encrypted, raw, strict=True):
        proofs = tuple(
            _prove(election, derive, about, q, p, shape, values, rs, ciphertexts)
            for p, shape in enumerate(election.encodings[q].proofs)
        )
        answers.append(Answer(q, encoded, proofs))
    return Body(election.phi, credential, prev, tuple(answers))


def _prove(
    election: Election,
    derive: _Derivation,
    about: Sequence[bytes],
    question: int,
    proof: int,
    shape: value_set.Shape,
    values: Sequence[int],
    rs: Sequence[Scalar],
    ciphertexts: Sequence[Ciphertext],
) -> bytes:
    value = sum(w * v for w, v in zip(shape.weights, values, strict=True))
    r = Scalar.zero()
    for weight, part in zip(shape.weights, rs, strict=True):
        r = r + Scalar.from_int(weight) * part
    true, label = shape.values.index(value), f"{question}/{proof}"
    nonces = value_set.Nonces(
        derive.scalar(f"{label}/w"),
        tuple(
            (derive.scalar(f"{label}/c/{j}"), derive.scalar(f"{label}/z/{j}"))
            for j in range(len(shape.values))
            if j != true
        ),
    )
    return value_set.prove(shape, about, question, proof, ciphertexts, election.ballot_key, value, r, nonces)


def signature_transcript(about: Sequence[bytes], body_hash: bytes) -> Transcript:
    """The transcript of kind `ballot-signature`, without the commitment [07.9]; `body_hash` is SHA-512 of the
    body.
    """
    statement = Transcript("ballot-signature")
    for label, value in zip(value_set.BALLOT_CONTEXT, about, strict=True):
        statement.add_bytes(label, value)
    return statement.add_bytes("body_hash", body_hash)


def sign(election: Election, body: Body, secret: Scalar, fresh: bytes) -> bytes:
    """The credential's signature R || s of a body [07.9]; `fresh` is 32 random bytes."""
    hashed = ciphertexts_hash([(a.question, a.ciphertexts) for a in body.answers])
    about = context(body.phi, election.key_bytes, body.credential, body.prev, hashed)
    body_hash = hashlib.sha512(body.to_bytes()).digest()
    return schnorr.sign(secret, signature_transcript(about, body_hash), fresh)


def spoil_transcript(phi: bytes, key: bytes, credential: bytes, tracker: bytes) -> Transcript:
    """The transcript of kind `spoil`, without the commitment [07.13]."""
    statement = Transcript("spoil").add_bytes("suite", SUITE).add_bytes("phi", phi)
    statement.add_bytes("ballot_key", key).add_bytes("credential", credential)
    return statement.add_bytes("tracker", tracker)
