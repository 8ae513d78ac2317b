"""Schnorr signatures over a prepared transcript: the one signature scheme inside the protocol [07.9].

The same three lines sign ballots and spoils [07.9], [07.13], registrar events [07.6] and the messages of
tellers [06.4], [09.4]. What is signed, and by which key, is the caller's transcript: it must already hold
everything of its kind [03.10], the public key included where the kind names it, except the last item
`commitment`.
"""

from __future__ import annotations

from quorate.crypto.transcript import Transcript, hedged_nonce
from quorate.group import Element, Scalar, base_mul

SIGNATURE_BYTES = 64
FRESH_BYTES = 32


class SignatureError(ValueError):
    """The signature is malformed or does not verify; the message says which."""


def sign(secret: Scalar, transcript: Transcript, fresh: bytes) -> bytes:
    """Sign the transcript: `R || s`, 64 bytes, with `R = kG` and `s = k + e secret` [07.9].

    `fresh` is 32 random bytes; the nonce is hedged [03.11], so a repeated `fresh` is not fatal. The
    transcript is not changed. ValueError when `fresh` has another length.
    """
    if len(fresh) != FRESH_BYTES:
        raise ValueError(f"fresh randomness must have {FRESH_BYTES} bytes")
    k = hedged_nonce(fresh, secret.to_bytes(), transcript)
    commitment = base_mul(k).to_bytes()
    e = transcript.copy().add_bytes("commitment", commitment).challenge()
    return commitment + (k + e * secret).to_bytes()


def verify(public: Element, transcript: Transcript, signature: bytes) -> None:
    """Return when `s G = R + e public` [07.9]; SignatureError otherwise. The transcript is not changed."""
    if len(signature) != SIGNATURE_BYTES:
        raise SignatureError(f"a signature has {SIGNATURE_BYTES} bytes, this one has {len(signature)}")
    if public.is_identity():
        raise SignatureError("the public key is the identity")
    try:
        commitment = Element.from_canonical_bytes(signature[:32])
        s = Scalar.from_canonical_bytes(signature[32:])
    except ValueError as error:
        raise SignatureError(f"the signature is not canonical: {error}") from error
    if commitment.is_identity():  # [02.3]
        raise SignatureError("the signature's commitment is the identity")
    e = transcript.copy().add_bytes("commitment", signature[:32]).challenge()
    if base_mul(s) != commitment + e * public:
        raise SignatureError("the signature does not verify")
