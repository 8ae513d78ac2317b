"""Shares on their way from one teller to another, sealed under a single-use key [06.11]."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from quorate.crypto.transcript import frame, u32be
from quorate.group import Element, Scalar

BOX_BYTES = 48
_NONCE = bytes(12)  # the key is used once, so a constant nonce never repeats under it


class SealError(ValueError):
    """The box does not open under this shared element, or holds no scalar."""


def seal(
    share: Scalar,
    shared: Element,
    ephemeral: Element,
    key: Element,
    gamma: bytes,
    dealer: int,
    recipient: int,
) -> bytes:
    """The box of a share, 48 bytes; `shared` is `e E_j` for the ephemeral `U = eG` and the key E_j."""
    cipher, data = _cipher(shared, ephemeral, key, gamma, dealer, recipient)
    return cipher.encrypt(_NONCE, share.to_bytes(), data)


def unseal(
    box: bytes, shared: Element, ephemeral: Element, key: Element, gamma: bytes, dealer: int, recipient: int
) -> Scalar:
    """The share in a box, with `shared = d_j U`; SealError when it does not open or holds no scalar."""
    cipher, data = _cipher(shared, ephemeral, key, gamma, dealer, recipient)
    try:
        return Scalar.from_canonical_bytes(cipher.decrypt(_NONCE, box, data))
    except (InvalidTag, ValueError) as error:
        raise SealError("the sealed share does not open") from error


def _cipher(
    shared: Element, ephemeral: Element, key: Element, gamma: bytes, dealer: int, recipient: int
) -> tuple[AESGCM, bytes]:
    pair = u32be(dealer) + u32be(recipient)
    info = frame(b"quorate/1 teller share") + pair + ephemeral.to_bytes() + key.to_bytes()
    return AESGCM(HKDF(SHA256(), 32, gamma, info).derive(shared.to_bytes())), gamma + pair
