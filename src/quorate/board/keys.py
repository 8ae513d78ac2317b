"""Ed25519 keys of logs and witnesses, as C2SP names them: verifier keys, signatures, cosignature/v1."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from functools import cached_property
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from quorate.board.ed25519 import SIGNATURE_SIZE, BadKey, check_public_key
from quorate.board.errors import Malformed, SignatureRefused
from quorate.board.note import KEY_ID_SIZE, Note, NoteSignature, check_key_name, decode_base64, encode_base64
from quorate.text import _

MAX_TIME = (1 << 63) - 1
"""Latest POSIX time in seconds that a cosignature can carry."""

_TIME_SIZE = 8


class SignatureKind(IntEnum):
    """The signature types of c2sp.org/signed-note in use here; any other is an unknown key [08.6]."""

    LOG = 0x01
    """Ed25519 over the note text."""
    COSIGNATURE_V1 = 0x04
    """Ed25519 over a header, a time and the note text (c2sp.org/tlog-cosignature)."""


class VerifierKey(msgspec.Struct, frozen=True, dict=True):
    """A public key with its name and the one kind of signature it makes.

    Two keys with the same name and key ID are the same key to a reader of notes.
    """

    kind: SignatureKind
    name: str
    public_key: bytes

    def __post_init__(self) -> None:
        check_key_name(self.name)
        try:
            check_public_key(self.public_key)
        except BadKey as error:
            raise Malformed(
                _("The key of {name} cannot be used: {error}.").format(name=self.name, error=error)
            ) from error

    @classmethod
    def parse(cls, vkey: str) -> VerifierKey:
        """Parse `name+key ID in hex+base64(kind, key)`; the ID must be the key's [08.6]. Raises Malformed."""
        name, _plus, rest = vkey.partition("+")
        material = decode_base64(rest.partition("+")[2])
        try:
            kind = SignatureKind(material[0])
        except (IndexError, ValueError) as error:
            raise Malformed(
                _("The verifier key {vkey!r} is not of a kind in use here (1 or 4).").format(vkey=vkey[:200])
            ) from error
        key = cls(kind=kind, name=name, public_key=material[1:])
        if str(key) != vkey:
            raise Malformed(
                _("The verifier key {vkey!r} does not have the key ID of its name and key.").format(
                    vkey=vkey[:200]
                )
            )
        return key

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{encode_base64(bytes([self.kind]) + self.public_key)}"

    @cached_property
    def key_id(self) -> bytes:
        """4 bytes that tell keys of one name apart; a label, not a proof [08.6]."""
        data = self.name.encode() + b"\n" + bytes([self.kind]) + self.public_key
        return sha256(data).digest()[:KEY_ID_SIZE]

    @cached_property
    def _verifier(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(self.public_key)

    def verify(self, text: str, signature: NoteSignature) -> int | None:
        """Check this key's signature of a note text [08.35]; the time of a cosignature, None for a log's.

        The time is in seconds since 1970 (POSIX). Raises SignatureRefused.
        """
        if self.kind is SignatureKind.COSIGNATURE_V1:
            time = int.from_bytes(signature.signature[:_TIME_SIZE], "big")
            raw = signature.signature[_TIME_SIZE:]
            if not 0 < time <= MAX_TIME:
                raise self._refused()
            message = cosigned_message(text, time)
        else:
            time, raw, message = None, signature.signature, text.encode()
        if len(raw) != SIGNATURE_SIZE or not self.signed(signature):
            raise self._refused()
        try:
            self._verifier.verify(raw, message)
        except InvalidSignature as error:
            raise self._refused() from error
        return time

    def signed(self, signature: NoteSignature) -> bool:
        """Whether a signature line claims to be by this key."""
        return signature.name == self.name and signature.key_id == self.key_id

    def _refused(self) -> SignatureRefused:
        return SignatureRefused(_("The signature by {name} does not verify.").format(name=self.name))


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: the header, the time in seconds, and the checkpoint text [08.11]."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


class Verified(msgspec.Struct, frozen=True):
    """A signature that was checked. `time` is that of a cosignature, else None."""

    key: VerifierKey
    time: int | None


def verify_signatures(note: Note, known: Iterable[VerifierKey]) -> list[Verified]:
    """Check every signature by a known key, in the order of the note; ignore the others [08.7].

    Raises SignatureRefused if one does not verify, or if a known key signed more than once.
    """
    by_id = {(key.name, key.key_id): key for key in known}
    found: dict[VerifierKey, Verified] = {}
    for signature in note.signatures:
        key = by_id.get((signature.name, signature.key_id))
        if key is None:
            continue
        if key in found:
            raise SignatureRefused(_("{name} signed the same note twice.").format(name=key.name))
        found[key] = Verified(key, key.verify(note.text, signature))
    return list(found.values())


class LogSigner:
    """The signing key of a log. Its name is the log's origin."""

    __slots__ = ("_private", "key")

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: 32 secret random bytes."""
        self._private, self.key = _key_pair(SignatureKind.LOG, name, seed)

    def __repr__(self) -> str:
        return f"LogSigner({self.key}, secret)"

    def sign(self, text: str) -> NoteSignature:
        """Sign a note text."""
        return NoteSignature(self.key.key_id, self.key.name, self._private.sign(text.encode()))


class WitnessSigner:
    """The signing key of a witness. Whoever calls it has checked consistency first [08.11]."""

    __slots__ = ("_private", "key")

    def __init__(self, name: str, seed: bytes) -> None:
        """`seed`: 32 secret random bytes, not used for any other key."""
        self._private, self.key = _key_pair(SignatureKind.COSIGNATURE_V1, name, seed)

    def __repr__(self) -> str:
        return f"WitnessSigner({self.key}, secret)"

    def cosign(self, text: str, time: int) -> NoteSignature:
        """Cosign a checkpoint text at `time` (POSIX seconds, positive)."""
        if not 0 < time <= MAX_TIME:
            raise ValueError(f"no cosignature can carry the time {time}")
        signature = self._private.sign(cosigned_message(text, time))
        return NoteSignature(self.key.key_id, self.key.name, time.to_bytes(_TIME_SIZE, "big") + signature)


def _key_pair(kind: SignatureKind, name: str, seed: bytes) -> tuple[Ed25519PrivateKey, VerifierKey]:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    return private, VerifierKey(kind=kind, name=name, public_key=private.public_key().public_bytes_raw())
