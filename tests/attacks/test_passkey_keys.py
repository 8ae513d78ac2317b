"""Attacker: an organiser, or one officer. Wish: to be both officers, or an officer whose key anybody has.

Stopped by: the manifest's own rules ([08.26], [08.38]), which V1 applies; and by the strict form of
signatures [08.38].
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.crypto.p256 import check_public_key, compress, signature_of_der, verify_p256
from quorate.record.canonical import RecordError, encode
from quorate.record.manifest import Manifest, Officer, manifest_problem, read_manifest
from support.ballots import SmallBallot
from support.passkeys import Passkey

KEY = Passkey("First officer")
P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    folder: Path = tmp_path_factory.mktemp("keys")
    passkeys = (KEY, Passkey("Second officer", "webauthn-ed25519"))
    return SmallBallot(folder, seed="keys", passkeys=passkeys).manifest


def problem(manifest: Manifest, *officers: Officer) -> str | None:
    return manifest_problem(replace(manifest, officers=officers))


def test_one_key_under_two_names(manifest: Manifest) -> None:
    first, second = manifest.officers
    assert problem(manifest, first, second) is None
    assert (
        problem(manifest, first, replace(first, name="Second officer")) == "officers: two have the same key"
    )


def test_one_key_in_two_schemes(manifest: Manifest) -> None:
    """A key file's key would count again as a passkey's."""
    _, second = manifest.officers
    twin = Officer(second.key, "Another name", "ed25519")
    assert problem(manifest, second, twin) == "officers: two have the same key"


def test_an_unknown_scheme_cannot_be_read(manifest: Manifest) -> None:
    data = encode(manifest)
    for scheme in (b"webauthn-rs256", b"webauthn", b"none", b"ED25519"):
        with pytest.raises(RecordError, match="scheme"):
            read_manifest(data.replace(b'"webauthn-es256"', b'"' + scheme + b'"'))


@pytest.mark.parametrize(
    "key",
    [
        b"",
        KEY.public.key[1:],
        b"\x04" + KEY.public.key[1:],
        b"\x00" + bytes(32),
        b"\x02" + P.to_bytes(32, "big"),
        b"\x02" + (P + 5).to_bytes(32, "big"),
        b"\x02" + b"\xff" * 32,
        b"\x02" + (7).to_bytes(32, "big"),  # x^3 - 3x + b has no root there
        KEY.public.key + b"\x00",
    ],
    ids=["none", "short", "uncompressed", "infinity", "p", "above p", "ff", "no point", "long"],
)
def test_no_key_of_p256(key: bytes, manifest: Manifest) -> None:
    with pytest.raises(ValueError, match="it "):
        check_public_key(key)
    assert not verify_p256(key, bytes(64), b"")
    bad = Officer(key, "First officer", "webauthn-es256")
    assert "the key of First officer cannot be used" in str(problem(manifest, bad, manifest.officers[1]))


def test_the_schemes_have_their_own_keys(manifest: Manifest) -> None:
    first, second = manifest.officers
    for officer in (replace(first, scheme="ed25519"), replace(first, scheme="webauthn-ed25519")):
        assert "cannot be used" in str(problem(manifest, officer, second))
    identity = Officer(b"\x01" + bytes(31), "First officer", "webauthn-ed25519")
    assert "small order" in str(problem(manifest, identity, second))


def test_coordinates_give_the_key() -> None:
    numbers = check_public_key(KEY.public.key).public_numbers()
    x, y = numbers.x.to_bytes(32, "big"), numbers.y.to_bytes(32, "big")
    assert compress(x, y) == KEY.public.key
    assert compress(x, (P - numbers.y).to_bytes(32, "big")) != KEY.public.key
    for bad in ((x[:-1], y), (x, y + b"\0"), (y, x), (x, bytes(32))):
        with pytest.raises(ValueError, match=r"point|coordinate"):
            compress(*bad)


def test_the_server_turns_der_into_the_one_form() -> None:
    """[08.38] Both twins of a signature that a device may give become the same bytes."""
    der = KEY.raw(b"message")
    signature = signature_of_der(der)
    assert verify_p256(KEY.public.key, signature, b"message")
    r, s = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
    for either in (s, N - s):
        assert signature_of_der(der_of(r, either)) == signature
    twin = signature[:32] + (N - s).to_bytes(32, "big")
    assert not verify_p256(KEY.public.key, twin, b"message")
    assert not verify_p256(KEY.public.key, signature, b"another message")
    for r2, s2 in ((0, s), (r, 0), (N, s), (r + N, s), (r, N)):
        if r2 < 2**256 and s2 < 2**256:
            raw = r2.to_bytes(32, "big") + s2.to_bytes(32, "big")
            assert not verify_p256(KEY.public.key, raw, b"message")
    assert not verify_p256(KEY.public.key, signature + b"\0", b"message")
    assert not verify_p256(KEY.public.key, der, b"message")


def der_of(r: int, s: int) -> bytes:
    """SEQUENCE of two INTEGERs, each in its shortest form."""

    def number(value: int) -> bytes:
        body = value.to_bytes(value.bit_length() // 8 + 1, "big")
        return b"\x02" + bytes([len(body)]) + body

    body = number(r) + number(s)
    return b"\x30" + bytes([len(body)]) + body


@pytest.mark.parametrize(
    "change",
    [
        lambda der: der[:-1],
        lambda der: der + b"\x00",
        lambda der: b"\x31" + der[1:],
        lambda der: der[:1] + b"\x81" + der[1:],  # the length in a longer form
        lambda der: b"\x30" + bytes([der[1] + 1]) + b"\x02" + bytes([der[3] + 1]) + b"\x00" + der[4:],
        lambda der: der_of(0, 5),
        lambda der: der_of(5, N),
        lambda der: b"\x30\x06\x02\x01\x05\x02\x01\xff",  # a negative s
        lambda der: b"",
    ],
    ids=["cut", "longer", "a set", "long length", "leading zero", "r = 0", "s = n", "negative", "empty"],
)
def test_malleated_der(change: object) -> None:
    assert callable(change)
    with pytest.raises(ValueError, match=r"."):
        signature_of_der(change(KEY.raw(b"message")))
