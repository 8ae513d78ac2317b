"""Ed25519 in the one strict reading that all of Quorate shares [08.35].

RFC 8032 leaves room: libraries differ over keys of small order, encodings of numbers above the field's prime,
and the cofactor. Two verifiers that differ could show two results for one record. OpenSSL, which computes
here, checks the exact equation, a canonical R and S below the group order, but takes any key; so keys are
checked here.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from quorate.text import _

PUBLIC_KEY_SIZE: Final = 32
SIGNATURE_SIZE: Final = 64

_P: Final = 2**255 - 19
_D: Final = -121665 * pow(121666, -1, _P) % _P
_SIGN: Final = 1 << 255


class BadKey(ValueError):
    """The bytes are no public key, or one under which signatures prove nothing; the message says why."""


def check_public_key(key: bytes) -> None:
    """Return for the canonical encoding of a point that is not of small order; BadKey otherwise [08.35]."""
    if len(key) != PUBLIC_KEY_SIZE:
        raise BadKey(_("it has {n} bytes instead of {right}").format(n=len(key), right=PUBLIC_KEY_SIZE))
    number = int.from_bytes(key, "little")
    y = number & ~_SIGN
    if y >= _P:
        raise BadKey(_("it is not canonical, as its coordinate is not below 2^255 - 19"))
    # x^2 = (y^2 - 1) / (d y^2 + 1); the denominator is never zero, as -d is no square
    x2 = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    if x2 == 0 and number & _SIGN:
        raise BadKey(_("it is not canonical, as it gives a sign to zero"))
    if x2 and pow(x2, (_P - 1) // 2, _P) != 1:
        raise BadKey(_("it is no point of the curve"))
    if _small_order(x2, y * y % _P):
        raise BadKey(_("it is of small order, so that anybody can sign for it"))


def verify_ed25519(key: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature holds, in the strict reading of [08.35]."""
    try:
        check_public_key(key)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (BadKey, InvalidSignature):
        return False
    return True


def _small_order(x2: int, y2: int) -> bool:
    """Whether eight times the point is zero, from the squares of its coordinates.

    Orders 1, 2 and 4 have x = 0 or y = 0. A point has order 8 when its double has y = 0, and the y of a
    double is (y^2 + x^2) / (2 + x^2 - y^2).
    """
    return x2 == 0 or y2 == 0 or (x2 + y2) % _P == 0
