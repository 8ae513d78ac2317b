"""Ed25519 in plain integers (RFC 8032, section 5.1), slow and apart from every library.

It makes signatures at the edges of the standard, which no honest signer makes, and judges them by [08.35].
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
SIGN = 1 << 255

Point = tuple[int, int]
ZERO: Point = (0, 1)


def add(left: Point, right: Point) -> Point:
    (x1, y1), (x2, y2) = left, right
    k = D * x1 * x2 * y1 * y2 % P
    return (x1 * y2 + x2 * y1) * pow(1 + k, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, -1, P) % P


def multiply(scalar: int, point: Point) -> Point:
    total = ZERO
    while scalar:
        if scalar & 1:
            total = add(total, point)
        point = add(point, point)
        scalar >>= 1
    return total


def encode(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """The point with exactly this canonical encoding; None for any other 32 bytes."""
    number = int.from_bytes(data, "little")
    y, sign = number & ~SIGN, number >> 255
    x2 = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - x2) % P:
        return None
    point = (x if x & 1 == sign else -x % P, y % P)
    return point if encode(point) == data else None


def challenge(commitment: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + key + message).digest(), "little") % L


def holds(key: bytes, signature: bytes, message: bytes) -> bool:
    """The whole of [08.35]."""
    if len(key) != 32 or len(signature) != 64:
        return False
    a, r, s = decode(key), decode(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L or multiply(8, a) == ZERO:
        return False
    return multiply(s, BASE) == add(r, multiply(challenge(signature[:32], key, message), a))


def _decoded(y: int) -> Point:
    point = decode(y.to_bytes(32, "little"))
    if point is None:
        raise ValueError(f"no point has y = {y}")
    return point


BASE = _decoded(4 * pow(5, -1, P) % P)
# y = 5 is a point of full order 8L on the curve
TORSION = tuple(multiply(i, multiply(L, _decoded(5))) for i in range(8))
"""The eight points of small order: the multiples of one of order 8."""


def signature_of(key: bytes, secret: int, message: bytes, r: int, commitment: bytes | None = None) -> bytes:
    """R and r + k a; another encoding of R may be given."""
    commitment = commitment or encode(multiply(r, BASE))
    return commitment + ((r + challenge(commitment, key, message) * secret) % L).to_bytes(32, "little")


def searched(make: Callable[[int], bytes], fits: Callable[[bytes], bool]) -> bytes:
    """The first signature, over the nonces 1, 2, ..., that fits."""
    return next(signature for signature in map(make, range(1, 1000)) if fits(signature))


def edge_cases() -> Iterator[dict[str, Any]]:
    """The cases of vectors/ed25519-edge.json, all from one secret scalar."""
    message = b"quorate/1 edge case"
    a = int.from_bytes(hashlib.sha512(b"quorate/1 edge secret").digest(), "little") % L
    key = encode(multiply(a, BASE))
    good = signature_of(key, a, message, 7)
    s = int.from_bytes(good[32:], "little")

    def case(
        name: str, key: bytes, signature: bytes, failure: str = "", said: bytes = message
    ) -> dict[str, Any]:
        given = {"public_key": key.hex(), "message": said.hex(), "signature": signature.hex()}
        outcome = {"failure": failure} if failure else {"expected": "valid"}
        return {"name": name, "input": given, **outcome}

    yield case("an ordinary signature", key, good)
    yield case("the empty message", key, signature_of(key, a, b"", 7), said=b"")
    yield case("R is the point zero", key, signature_of(key, a, message, 0))
    mixed = encode(add(multiply(a, BASE), TORSION[1]))

    def with_mixed_key(r: int) -> bytes:
        return signature_of(mixed, a, message, r)

    def torsion_cancels(signature: bytes) -> bool:
        return challenge(signature[:32], mixed, message) % 8 == 0

    cofactored = "the exact equation does not hold; only eight times it does"
    yield case(
        "a key with a part of order 8, where the exact equation holds",
        mixed,
        searched(with_mixed_key, torsion_cancels),
    )
    yield case(
        "a key with a part of order 8, where only eight times the equation holds",
        mixed,
        searched(with_mixed_key, lambda signature: not torsion_cancels(signature)),
        cofactored,
    )
    shifted = encode(add(multiply(7, BASE), TORSION[1]))
    yield case("R with a part of order 8", key, signature_of(key, a, message, 7, shifted), cofactored)
    for name, altered in (("s + L", s + L), ("s is all ones", 2**256 - 1)):
        failure = "s is not below the group order"
        yield case(name, key, good[:32] + altered.to_bytes(32, "little"), failure)
    for name, encoding in (
        ("R is zero with y + p", (P + 1).to_bytes(32, "little")),
        ("R is zero with a sign", (SIGN | 1).to_bytes(32, "little")),
    ):
        yield case(name, key, signature_of(key, a, message, 0, encoding), "R is not canonical")
    for number, point in enumerate(TORSION):
        yield _under_small_key(
            case, f"key of small order, {number} times one of order 8", encode(point), point
        )
    for name, encoding, point in (
        ("key is zero with y + p", (P + 1).to_bytes(32, "little"), ZERO),
        ("key is zero with a sign", (SIGN | 1).to_bytes(32, "little"), ZERO),
        ("key of order 2 with a sign", (SIGN | P - 1).to_bytes(32, "little"), (0, P - 1)),
        ("key of order 4 with y + p", P.to_bytes(32, "little"), _decoded(0)),
    ):
        yield _under_small_key(case, name, encoding, point)
    yield case("key with y + p", (P + 3).to_bytes(32, "little"), good, "the key is not canonical")
    yield case("key that is no point", (2).to_bytes(32, "little"), good, "the key is no point of the curve")
    yield case("key of 31 bytes", key[:31], good, "a key has 32 bytes")
    yield case("key of 33 bytes", key + b"\0", good, "a key has 32 bytes")
    yield case("signature of 63 bytes", key, good[:63], "a signature has 64 bytes")
    yield case("signature of 65 bytes", key, good + b"\0", "a signature has 64 bytes")
    yield case("another message", key, good, "the signature is of another message", b"another message")


def _under_small_key(
    case: Callable[..., dict[str, Any]], name: str, encoding: bytes, point: Point
) -> dict[str, Any]:
    """A signature that nobody's secret made, for which a lax verifier's equation holds."""
    message = b"quorate/1 edge case"

    def anybody(r: int) -> bytes:
        return signature_of(encoding, 0, message, r)

    def fits(signature: bytes) -> bool:
        return multiply(challenge(signature[:32], encoding, message), point) == ZERO

    return case(name, encoding, searched(anybody, fits), "anybody can sign under a key of small order")
