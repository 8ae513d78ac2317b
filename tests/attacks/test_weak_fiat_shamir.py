"""Attacker: a voter who wants a ballot of -1, of 1000, or of nonsense that breaks the tally.

Wish: choose something of the statement after the challenge is known (Bernhard, Pereira and Warinschi 2012
against Helios; Swiss Post 2021). Stopped by: the challenge covers everything ([03.10], [05.3]), so V11 fires.
Each attack is carried out in full against a challenge that leaves one part out, to show that it would work.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from quorate.crypto import value_set
from quorate.crypto.elgamal import Ciphertext, encrypt
from quorate.crypto.transcript import SUITE
from quorate.crypto.value_set import ProofError, Shape
from quorate.group import Element, FixedBase, L, Scalar, base_mul
from support.ballots import Draws, SmallBallot, line
from support.crafted import Secrets, craft, scalar
from support.forge import Forge, assert_stopped
from support.polls import HONEST, Polls

SHAPE = Shape((1,), (0, 1))
RANDOM = Draws("weak")
KEY = FixedBase(base_mul(scalar(RANDOM)))
ABOUT = (SUITE, bytes(32), KEY.to_bytes(), base_mul(scalar(RANDOM)).to_bytes(), bytes(32), bytes(64))


def equations_hold(
    shape: Shape, challenge: Scalar, statement: Ciphertext, key: Element, proof: bytes
) -> bool:
    """The equations of [05.4] for a challenge from elsewhere: what a weak verifier would check."""
    n = len(shape.values)
    fields = [proof[i : i + 32] for i in range(0, len(proof), 32)]
    points = [Element.from_canonical_bytes(field) for field in fields[: 2 * n]]
    scalars = [Scalar.from_canonical_bytes(field) for field in fields[2 * n :]]
    cs, zs = scalars[: n - 1], scalars[n - 1 :]
    last = challenge
    for c in cs:
        last = last - c
    return all(
        base_mul(z) == points[2 * j] + c * statement.a
        and z * key == points[2 * j + 1] + c * (statement.b - base_mul(Scalar.from_int(v)))
        for j, (c, z, v) in enumerate(zip([*cs, last], zs, shape.values, strict=True))
    )


def square_root(a: int) -> int | None:
    """A square root modulo L, where L = 5 mod 8."""
    root = pow(a, (L + 3) // 8, L)
    for candidate in (root, root * pow(2, (L - 1) // 4, L) % L):
        if candidate * candidate % L == a % L:
            return candidate
    return None


def test_a_ciphertext_chosen_after_its_challenge() -> None:
    """Commitments first, then the hash without the ciphertext, then a ciphertext that fits.

    With X_j = aG and Z_j = aY + t_j G the equations need z = a + c_j r and t_j = c_j (v_j - m). For
    V = {0, 1} and c_0 + c_1 = c that is c m^2 + (t_0 + t_1 - c) m - t_0 = 0 for the plaintext m: half of all
    c will do.
    """
    a, r = scalar(RANDOM), scalar(RANDOM)
    while True:
        t_0, t_1 = scalar(RANDOM).to_int(), scalar(RANDOM).to_int()
        commitments = []
        for t in (t_0, t_1):
            commitments += [base_mul(a).to_bytes(), (KEY.mul(a) + base_mul(Scalar.from_int(t))).to_bytes()]
        c = value_set.transcript(SHAPE, ABOUT, 0, 0, [bytes(64)], commitments).challenge().to_int()
        b = t_0 + t_1 - c
        root = square_root((b * b + 4 * c * t_0) % L)
        if root is not None:
            break
    m = (root - b) * pow(2 * c, -1, L) % L
    c_0, c_1 = -t_0 * pow(m, -1, L) % L, t_1 * pow(1 - m, -1, L) % L
    assert (c_0 + c_1) % L == c
    ciphertext = encrypt(KEY, m, r)
    zs = [(a + Scalar.from_int(x) * r).to_bytes() for x in (c_0, c_1)]
    proof = b"".join([*commitments, Scalar.from_int(c_0).to_bytes(), *zs])
    assert m not in SHAPE.values
    assert equations_hold(SHAPE, Scalar.from_int(c), ciphertext, KEY, proof)
    with pytest.raises(ProofError, match="does not hold"):
        value_set.verify(SHAPE, ABOUT, 0, 0, [ciphertext], KEY, proof)


def commit_after_the_hash(secrets: Secrets) -> bytes:
    """A proof of anything, where the challenge does not cover the commitments: split the hash at will, then
    compute the commitments that fit.
    """
    s, n = secrets, len(secrets.shape.values)
    encoded = [c.to_bytes() for c in s.ciphertexts]
    left = weak_challenge(s, encoded)
    cs = [scalar(s.random) for _ in range(n - 1)]
    for c in cs:
        left = left - c
    statement = value_set.combine(s.shape.weights, s.ciphertexts)
    commitments, zs = [], []
    for c, v in zip([*cs, left], s.shape.values, strict=True):
        z = scalar(s.random)
        commitments.append((base_mul(z) - c * statement.a).to_bytes())
        opened = statement.b - base_mul(Scalar.from_int(v))
        commitments.append((s.election.ballot_key.mul(z) - c * opened).to_bytes())
        zs.append(z.to_bytes())
    return b"".join([*commitments, *(c.to_bytes() for c in cs), *zs])


def weak_challenge(s: Secrets, ciphertexts: Sequence[bytes]) -> Scalar:
    """The challenge of a verifier that forgets the commitments."""
    blanks = [bytes(32)] * (2 * len(s.shape.values))
    return value_set.transcript(s.shape, s.about, s.question, s.proof, ciphertexts, blanks).challenge()


@pytest.mark.parametrize("vote", [-1, 1000, 2])
def test_commitments_chosen_after_the_challenge(hostile_polls: Polls, vote: int) -> None:
    ballot, random = hostile_polls.ballot, Draws(f"late {vote}")
    seen: list[Secrets] = []

    def forged(secrets: Secrets) -> bytes:
        seen.append(secrets)
        return commit_after_the_hash(secrets)

    answers = [(q, ballot.election.encodings[q].plaintexts(chosen)) for q, chosen in HONEST]
    answers[0] = (0, (vote,))
    evil = craft(ballot.election, ballot.credential(1), bytes(32), answers, random, prove=forged)
    secrets, proof = seen[0], evil.answers[0].proofs[0]
    challenge = weak_challenge(secrets, evil.answers[0].ciphertexts)
    statement = secrets.ciphertexts[0]
    assert equations_hold(secrets.shape, challenge, statement, secrets.election.ballot_key, proof)
    assert hostile_polls.refusal(evil) == "V11"


def test_a_vote_of_minus_one_on_the_board(plain: SmallBallot, forge: Forge) -> None:
    """One voter takes a yes away from another: the totals look possible, and only V11 sees it."""
    forgery, random = forge(plain), Draws("minus")
    minus = craft(plain.election, plain.credential(3), bytes(32), [(0, [-1])], random)
    forgery.entries[3] = line(minus)
    forgery.retally()
    report = assert_stopped(forgery, "V11", where="entry 3 ")
    assert report.certificate is not None
    assert [votes.votes for votes in report.certificate.questions[0].votes] == [1, 0, 2]


FIELDS = ["suite", "phi", "ballot_key", "credential", "prev", "ciphertexts_hash"]


@pytest.mark.parametrize("field", [*FIELDS, "question", "proof", "ciphertext", "values", "weights"])
def test_each_field_of_the_statement_is_under_the_challenge(field: str) -> None:
    """[05.3], [03.6]: a proof that holds does not hold for anything else."""
    random = Draws(field)
    r, w = scalar(random), scalar(random)
    ciphertexts = [encrypt(KEY, 1, r), encrypt(KEY, 0, scalar(random))]
    shape = Shape((1, 0), (0, 1))
    nonces = value_set.Nonces(w, ((scalar(random), scalar(random)),))
    proof = value_set.prove(shape, ABOUT, 3, 1, ciphertexts, KEY, 1, r, nonces)
    value_set.verify(shape, ABOUT, 3, 1, ciphertexts, KEY, proof)

    about, question, number = list(ABOUT), 3, 1
    if field in FIELDS:
        about[FIELDS.index(field)] = bytes([1]) + about[FIELDS.index(field)][1:]
    elif field == "question":
        question = 4
    elif field == "proof":
        number = 0
    elif field == "ciphertext":  # one of weight zero, which no equation holds
        ciphertexts[1] = encrypt(KEY, 0, scalar(random))
    elif field == "values":
        shape = Shape((1, 0), (1, 0))
    else:
        ciphertexts, shape = [ciphertexts[0], ciphertexts[0]], Shape((0, 1), (0, 1))
    with pytest.raises(ProofError):
        value_set.verify(shape, about, question, number, ciphertexts, KEY, proof)
