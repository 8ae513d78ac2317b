"""Ballots that no honest program makes: any integers, any randomness, proofs of one's own choice.

The forger is a voter with a valid credential, or a server with the credential of one, who knows every
secret of this ballot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quorate.crypto import ballot as ballots
from quorate.crypto import value_set
from quorate.crypto.credential import Credential
from quorate.crypto.elgamal import Ciphertext, encrypt
from quorate.crypto.value_set import Nonces, Shape
from quorate.group import L, Scalar, base_mul
from quorate.record.entries import Ballot
from support.ballots import Draws, sealed


@dataclass(frozen=True)
class Secrets:
    """What the maker of one answer's proof knows, for `Forging`."""

    election: ballots.Election
    about: Sequence[bytes]
    question: int
    proof: int
    shape: Shape
    ciphertexts: Sequence[Ciphertext]
    value: int
    """The weighted sum of the plaintexts, modulo L."""
    r: Scalar
    """The weighted sum of the randomness."""
    random: Draws


Forging = Callable[[Secrets], bytes]


def scalar(random: Draws) -> Scalar:
    """A random scalar."""
    return Scalar.from_wide_bytes(random(64))


def honest(secrets: Secrets) -> bytes:
    """The proof of [05.5]; ValueError where the statement is false."""
    s = secrets
    simulated = tuple((scalar(s.random), scalar(s.random)) for _ in s.shape.values[1:])
    nonces = Nonces(scalar(s.random), simulated)
    return value_set.prove(
        s.shape, s.about, s.question, s.proof, s.ciphertexts, s.election.ballot_key, s.value, s.r, nonces
    )


def simulate(secrets: Secrets) -> bytes:
    """Every branch simulated, with challenges drawn before the commitments: what a false statement allows.

    Each equation of [05.4] holds for the challenges drawn. But the last challenge follows from the hash, and
    is another one.
    """
    s = secrets
    statement = value_set.combine(s.shape.weights, s.ciphertexts)
    commitments, cs, zs = [], [], []
    for v in s.shape.values:
        c, z = scalar(s.random), scalar(s.random)
        commitments.append((base_mul(z) - c * statement.a).to_bytes())
        opened = statement.b - base_mul(Scalar.from_int(v))
        commitments.append((s.election.ballot_key.mul(z) - c * opened).to_bytes())
        cs.append(c.to_bytes())
        zs.append(z.to_bytes())
    return b"".join([*commitments, *cs[:-1], *zs])


def honest_where_true(secrets: Secrets) -> bytes:
    """Tell the truth as far as it goes, and simulate the rest."""
    return honest(secrets) if secrets.value in secrets.shape.values else simulate(secrets)


def craft(
    election: ballots.Election,
    credential: Credential,
    prev: bytes,
    answers: Sequence[tuple[int, Sequence[int]]],
    random: Draws,
    *,
    prove: Forging = honest_where_true,
    rs: Sequence[Sequence[Scalar]] | None = None,
) -> Ballot:
    """A correctly signed ballot that encrypts these integers (negative ones too) for each question.

    `rs` gives the randomness of each ciphertext; else it is drawn.
    """
    chosen = rs or [[scalar(random) for _ in values] for _, values in answers]
    encrypted = [
        [encrypt(election.ballot_key, v % L, r) for v, r in zip(values, own, strict=True)]
        for (_, values), own in zip(answers, chosen, strict=True)
    ]
    raw = [tuple(c.to_bytes() for c in own) for own in encrypted]
    hashed = ballots.ciphertexts_hash([(q, own) for (q, _), own in zip(answers, raw, strict=True)])
    about = ballots.context(election.phi, election.key_bytes, credential.public, prev, hashed)
    made = []
    for (q, values), own, ciphertexts, encoded in zip(answers, chosen, encrypted, raw, strict=True):
        proofs = []
        for p, shape in enumerate(election.encodings[q].proofs):
            value = sum(w * v for w, v in zip(shape.weights, values, strict=True)) % L
            r = Scalar.zero()
            for weight, part in zip(shape.weights, own, strict=True):
                r = r + Scalar.from_int(weight) * part
            proofs.append(prove(Secrets(election, about, q, p, shape, ciphertexts, value, r, random)))
        made.append(ballots.Answer(q, encoded, tuple(proofs)))
    body = ballots.Body(election.phi, credential.public, prev, tuple(made))
    return sealed(election, body, credential.secret, random(32))


def resigned(
    election: ballots.Election,
    ballot: Ballot,
    credential: Credential,
    random: Draws,
    answers: Sequence[ballots.AnswerLike] | None = None,
    prev: bytes | None = None,
) -> Ballot:
    """The ballot under this credential's name and signature, with what was changed in it."""
    body = ballots.Body(
        ballot.phi,
        credential.public,
        ballot.prev if prev is None else prev,
        ballot.answers if answers is None else tuple(answers),
    )
    return sealed(election, body, credential.secret, random(32))
