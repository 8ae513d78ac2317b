"""Proof that two elements have the same discrete logarithm (Chaum and Pedersen 1992).

`V = xG` and `D = xP` for one secret x: partial decryptions [09.3], rehearsals [06.20] and complaints [06.16]
claim this, each in a transcript of its own kind. The transcript must already hold the whole statement, with
V, P and D [03.10]; the list `commitments` is appended here.
"""

from __future__ import annotations

from quorate.crypto.transcript import Transcript, hedged_nonce
from quorate.group import Element, Scalar, base_mul

PROOF_BYTES = 96


class EqualityError(ValueError):
    """The proof is malformed or does not hold; the message says which."""


def prove(secret: Scalar, base: Element, transcript: Transcript, fresh: bytes) -> bytes:
    """The proof `T_1 || T_2 || z`, 96 bytes, with `T_1 = wG`, `T_2 = w base`, `z = w + c secret`.

    `fresh` is 32 random bytes, hedged [03.11]. ValueError when it has another length.
    """
    if len(fresh) != 32:
        raise ValueError("fresh randomness must have 32 bytes")
    w = hedged_nonce(fresh, secret.to_bytes(), transcript)
    commitments = [base_mul(w).to_bytes(), (w * base).to_bytes()]
    c = transcript.copy().add_list("commitments", commitments).challenge()
    return b"".join(commitments) + (w + c * secret).to_bytes()


def verify(public: Element, base: Element, image: Element, transcript: Transcript, proof: bytes) -> None:
    """Return when `z G = T_1 + c public` and `z base = T_2 + c image`; EqualityError otherwise."""
    if len(proof) != PROOF_BYTES:
        raise EqualityError(f"a proof of equality has {PROOF_BYTES} bytes, this one has {len(proof)}")
    if any(element.is_identity() for element in (public, base, image)):  # [02.3]
        raise EqualityError("the statement holds the identity")
    commitments = [proof[:32], proof[32:64]]
    try:
        t_1, t_2 = map(Element.from_canonical_bytes, commitments)
        z = Scalar.from_canonical_bytes(proof[64:])
    except ValueError as error:
        raise EqualityError(f"the proof is not canonical: {error}") from error
    if t_1.is_identity() or t_2.is_identity():
        raise EqualityError("a commitment of the proof is the identity")
    c = transcript.copy().add_list("commitments", commitments).challenge()
    if base_mul(z) != t_1 + c * public or z * base != t_2 + c * image:
        raise EqualityError("the proof does not hold")
