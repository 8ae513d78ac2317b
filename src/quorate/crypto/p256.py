"""ECDSA over P-256 as officers' passkeys make it, in one strict reading [08.38].

Of each signature (r, s) everybody can make a twin, (r, n - s). Authenticators give either; here only the one
with the lower s holds, so that nobody can exchange the bytes of an entry.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

PUBLIC_KEY_SIZE: Final = 33
SIGNATURE_SIZE: Final = 64

_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_N: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def compress(x: bytes, y: bytes) -> bytes:
    """The public key of a point by its coordinates, 32 bytes each; ValueError when it is none."""
    if len(x) != 32 or len(y) != 32:
        raise ValueError("a coordinate has 32 bytes")
    key = bytes([2 + (y[-1] & 1)]) + x
    numbers = check_public_key(key).public_numbers()
    if numbers.y != int.from_bytes(y, "big"):
        raise ValueError("it is no point of the curve")
    return key


def check_public_key(key: bytes) -> EllipticCurvePublicKey:
    """The key of its 33 bytes; ValueError says why they are none [08.38]."""
    if len(key) != PUBLIC_KEY_SIZE:
        raise ValueError(f"it has {len(key)} bytes instead of {PUBLIC_KEY_SIZE}")
    if key[0] not in {2, 3} or int.from_bytes(key[1:], "big") >= _P:
        raise ValueError("it is not the canonical form of a point")
    try:
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
    except ValueError:
        raise ValueError("it is no point of the curve") from None


def verify_p256(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature r || s holds, in the strict reading of [08.38]."""
    if len(signature) != SIGNATURE_SIZE:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (1 <= r < _N and 1 <= s <= (_N - 1) // 2):
        return False
    try:
        check_public_key(key).verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except (ValueError, InvalidSignature):
        return False
    return True


def signature_of_der(der: bytes) -> bytes:
    """An authenticator's DER signature as r || s with the lower s; ValueError for any other encoding.

    Whether it holds is not looked at.
    """
    r, s = decode_dss_signature(der)
    if encode_dss_signature(r, s) != der or not (1 <= r < _N and 1 <= s < _N):
        raise ValueError("not a signature in DER")
    return r.to_bytes(32, "big") + min(s, _N - s).to_bytes(32, "big")
