"""A passkey in software, and the browser that asks it: for tests without a browser.

``Passkey("First officer")`` makes a key from its name. ``passkey.sign(manifest, event)`` gives the
`OfficerSignature` of an honest device and browser; what an attack alters is said by `Ceremony`.
``passkey.answer(options)`` is what a browser's ``navigator.credentials.get(options)`` sends back to a
site, and ``register(account, passkey)`` puts it among an account's passkeys as if a browser had.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from quorate.crypto.p256 import signature_of_der
from quorate.crypto.statements import officer_statement
from quorate.record.entries import Event, OfficerSignature, PasskeyAssertion, ReleaseApproval, unsigned
from quorate.record.manifest import Manifest, Officer
from quorate.record.passkey import challenge, host_of

PRESENT, VERIFIED = 0x01, 0x04
_N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def in_url(data: bytes) -> str:
    """Base64url without padding, as browsers write bytes."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_url(text: str) -> bytes:
    """The bytes of base64url without padding."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass(frozen=True)
class Ceremony:
    """What device and browser say; each field is what an attack changes. None: the honest value."""

    origin: str | None = None
    rp_id: str | None = None
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    type: str = "webauthn.get"
    challenge: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    rewrite: Callable[[bytes], bytes] = lambda data: data
    """What the browser makes of the client data before they are signed."""


HONEST = Ceremony()


@dataclass(frozen=True)
class Passkey:
    """A passkey: its owner's name, and the secret that follows from it, so that tests can be repeated."""

    name: str
    scheme: Literal["webauthn-es256", "webauthn-ed25519"] = "webauthn-es256"

    @property
    def _seed(self) -> bytes:
        return hashlib.sha256(f"passkey {self.scheme} {self.name}".encode()).digest()

    @property
    def credential_id(self) -> bytes:
        """By which a site asks for this passkey."""
        return hashlib.sha256(b"id" + self._seed).digest()[:16]

    @property
    def public(self) -> Officer:
        """The officer as the manifest names them."""
        return Officer(self._public_key(), self.name, self.scheme)

    def _public_key(self) -> bytes:
        if self.scheme == "webauthn-ed25519":
            return Ed25519PrivateKey.from_private_bytes(self._seed).public_key().public_bytes_raw()
        return self._p256().public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)

    def _p256(self) -> EllipticCurvePrivateKey:
        return derive_private_key(int.from_bytes(self._seed, "big") % (_N - 1) + 1, SECP256R1())

    def raw(self, message: bytes) -> bytes:
        """The device's signature as it comes: DER for P-256, the same for the same message."""
        if self.scheme == "webauthn-ed25519":
            return Ed25519PrivateKey.from_private_bytes(self._seed).sign(message)
        return self._p256().sign(message, ECDSA(SHA256(), deterministic_signing=True))

    def assertion(self, challenge: bytes, host: str, how: Ceremony = HONEST) -> tuple[bytes, bytes, bytes]:
        """Authenticator data, client data and the raw signature over both."""
        device = hashlib.sha256((how.rp_id or host).encode()).digest()
        device += bytes([how.flags]) + how.counter.to_bytes(4, "big")
        said: dict[str, Any] = {
            "type": how.type,
            "challenge": in_url(challenge) if how.challenge is None else how.challenge,
            "origin": how.origin or f"https://{host}",
            "crossOrigin": False,
        } | dict(how.more)
        page = how.rewrite(json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode())
        return device, page, self.raw(device + hashlib.sha256(page).digest())

    def sign(
        self, manifest: Manifest, event: Event | ReleaseApproval, how: Ceremony = HONEST
    ) -> OfficerSignature:
        """The signature under an event, as the record holds it; ValueError for a stranger's passkey."""
        statement = officer_statement(manifest.phi, unsigned(event))
        device, page, raw = self.assertion(challenge(statement), host_of(manifest.origin), how)
        signature = signature_of_der(raw) if self.scheme == "webauthn-es256" else raw
        index = [officer.key for officer in manifest.officers].index(self.public.key)
        return OfficerSignature(index, PasskeyAssertion(device, page), signature)

    def answer(self, options: Mapping[str, Any], how: Ceremony = HONEST) -> dict[str, Any]:
        """What a page sends back after `navigator.credentials.get` with these options of the site."""
        device, page, raw = self.assertion(from_url(options["challenge"]), options["rpId"], how)
        return {
            "response": {
                "authenticatorData": in_url(device),
                "clientDataJSON": in_url(page),
                "signature": in_url(raw),
            }
        }

    def registration(self, host: str = "vote.example") -> dict[str, Any]:
        """What a browser sent when the passkey was made, as the site keeps it."""
        from fido2.cose import ES256, CoseKey, EdDSA
        from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

        if self.scheme == "webauthn-ed25519":
            key: CoseKey = EdDSA({1: 1, 3: -8, -1: 6, -2: self._public_key()})
        else:
            numbers = self._p256().public_key().public_numbers()
            x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
            key = ES256({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        made = AttestedCredentialData.create(bytes(16), self.credential_id, key)
        flags = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV | AuthenticatorData.FLAG.AT
        device = AuthenticatorData.create(hashlib.sha256(host.encode()).digest(), flags, 0, made)
        page = json.dumps({"type": "webauthn.create", "challenge": "", "origin": f"https://{host}"})
        return {
            "id": in_url(self.credential_id),
            "rawId": in_url(self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": in_url(page.encode()),
                "attestationObject": in_url(bytes(AttestationObject.create("none", device, {}))),
            },
            "clientExtensionResults": {"credProps": {"rk": True}},
        }


def register(account: Any, passkey: Passkey, host: str = "vote.example") -> None:
    """Put a passkey among an account's, as after adding it in a browser."""
    from allauth.mfa.webauthn.internal.auth import WebAuthn

    WebAuthn.add(account, passkey.name, passkey.registration(host))
