"""Ed25519 at its edges, where libraries differ [08.35]."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from quorate.board.ed25519 import BadKey, check_public_key, verify_ed25519
from quorate.board.errors import Malformed
from quorate.board.keys import SignatureKind, VerifierKey
from support import edwards

FILE = Path(__file__).parents[2] / "vectors" / "ed25519-edge.json"
CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]


def inputs(case: dict[str, Any]) -> tuple[bytes, bytes, bytes]:
    key, signature, message = (
        bytes.fromhex(case["input"][name]) for name in ("public_key", "signature", "message")
    )
    return key, signature, message


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_vector(case: dict[str, Any]) -> None:
    """[08.35] We, and plain integers, say what the vector says."""
    valid = "expected" in case
    assert verify_ed25519(*inputs(case)) is valid
    assert edwards.holds(*inputs(case)) is valid


def test_vectors_can_be_made_again() -> None:
    """[08.35]"""
    assert list(edwards.edge_cases()) == CASES


def test_the_library_alone_would_take_keys_of_small_order() -> None:
    """[08.35] Why keys are checked here. When this fails, the library has become strict itself."""
    small = [case for case in CASES if case["name"].startswith("key of small order")]
    assert len(small) == 8
    for key, signature, message in map(inputs, small):
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)


@pytest.mark.parametrize("secret", range(8))
def test_keys_are_those_of_the_curve_and_no_others(secret: int) -> None:
    """[08.35] Ordinary keys, and such with a part of small order, are keys; a verifier key holds no other."""
    ordinary = Ed25519PrivateKey.from_private_bytes(bytes([secret]) * 32).public_key().public_bytes_raw()
    point = edwards.decode(ordinary)
    assert point is not None
    for torsion in edwards.TORSION:
        check_public_key(edwards.encode(edwards.add(point, torsion)))
    with pytest.raises(BadKey, match="small order"):
        check_public_key(edwards.encode(edwards.TORSION[secret]))
    with pytest.raises(Malformed, match="cannot be used"):
        VerifierKey(SignatureKind.LOG, "log.example", edwards.encode(edwards.TORSION[secret]))


@pytest.mark.parametrize("y", range(64))
def test_a_coordinate_is_a_key_exactly_when_it_decodes(y: int) -> None:
    """[08.35] The square test of ours against the square root of the reference."""
    for sign in (0, edwards.SIGN):
        data = (y | sign).to_bytes(32, "little")
        point = edwards.decode(data)
        if point is None or edwards.multiply(8, point) == edwards.ZERO:
            with pytest.raises(BadKey):
                check_public_key(data)
        else:
            check_public_key(data)
