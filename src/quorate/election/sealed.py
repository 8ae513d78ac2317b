"""Secrets at rest: AES-256-GCM under a passphrase (scrypt, RFC 7914) or under a key that one holds already.

A sealed file is one line of canonical JSON. Everything in it but `data` is authenticated as well, so a file
of one kind cannot pass for another. Randomness is a parameter.
"""

from __future__ import annotations

import unicodedata
from typing import Final, Literal

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from quorate.record.canonical import Reader, RecordError, Struct, encode
from quorate.text import _

FRESH_BYTES: Final = 44
"""Random bytes that one sealing takes: 32 of salt, 12 of nonce."""
DEFAULT_WORK: Final = 17
"""log2 of scrypt's N; 17 takes 128 MiB and about half a second."""
LEAST_WORK: Final = 14
MOST_WORK: Final = 21

_SALT = 32
_FORMAT: Final = "quorate-sealed/1"


class SealError(ValueError):
    """A sealed file cannot be opened; the message says what to do and never holds what is inside."""


class _Sealed(Struct, frozen=True):
    """`work` is log2 of scrypt's N, or null where the file is sealed under a key."""

    data: bytes
    format: Literal["quorate-sealed/1"]
    kind: str
    nonce: bytes
    salt: bytes
    work: int | None


_reader = Reader(_Sealed)


def seal_with_passphrase(
    kind: str, data: bytes, passphrase: str, fresh: bytes, work: int = DEFAULT_WORK
) -> bytes:
    """The file that holds `data` under a passphrase; `fresh` is 44 random bytes."""
    if not LEAST_WORK <= work <= MOST_WORK:
        raise ValueError(f"work must be from {LEAST_WORK} to {MOST_WORK}")
    return _seal(kind, data, _stretch(passphrase, fresh[:_SALT], work), fresh, work)


def open_with_passphrase(kind: str, file: bytes, passphrase: str) -> bytes:
    """What `seal_with_passphrase` sealed; SealError for another passphrase or kind, or a damaged file."""
    sealed = _read(kind, file)
    if sealed.work is None or not LEAST_WORK <= sealed.work <= MOST_WORK:
        raise SealError(_("The file is not sealed with a passphrase in a way that is accepted here."))
    wrong = _("The passphrase is wrong, or the file is damaged.")
    return _open(sealed, _stretch(passphrase, sealed.salt, sealed.work), wrong)


def seal_with_key(kind: str, data: bytes, key: bytes, fresh: bytes) -> bytes:
    """The file that holds `data` under a secret key of 32 bytes. `fresh` is 44 random bytes."""
    return _seal(kind, data, _subkey(kind, key, fresh[:_SALT]), fresh, None)


def open_with_key(kind: str, file: bytes, key: bytes) -> bytes:
    """What `seal_with_key` sealed; SealError for another key, a damaged file or one of another kind."""
    sealed = _read(kind, file)
    if sealed.work is not None:
        raise SealError(_("The file is sealed with a passphrase, not with this key."))
    wrong = _("The file belongs to another key, or it is damaged.")
    return _open(sealed, _subkey(kind, key, sealed.salt), wrong)


def _stretch(passphrase: str, salt: bytes, work: int) -> bytes:
    typed = unicodedata.normalize("NFC", passphrase).encode()  # keyboards differ in how they compose accents
    return Scrypt(salt=salt, length=32, n=2**work, r=8, p=1).derive(typed)


def _subkey(kind: str, key: bytes, salt: bytes) -> bytes:
    if len(key) != 32:
        raise ValueError("a sealing key has 32 bytes")
    return HKDF(algorithm=SHA512(), length=32, salt=salt, info=b"quorate/1 sealed " + kind.encode()).derive(
        key
    )


def _seal(kind: str, data: bytes, key: bytes, fresh: bytes, work: int | None) -> bytes:
    if len(fresh) != FRESH_BYTES:
        raise ValueError(f"sealing takes {FRESH_BYTES} random bytes, not {len(fresh)}")
    empty = _Sealed(b"", _FORMAT, kind, fresh[_SALT:], fresh[:_SALT], work)
    data = AESGCM(key).encrypt(empty.nonce, data, encode(empty))
    return encode(msgspec.structs.replace(empty, data=data)) + b"\n"


def _read(kind: str, file: bytes) -> _Sealed:
    try:
        sealed = _reader.read(file.removesuffix(b"\n"), "the sealed file")
    except RecordError as error:
        raise SealError(_("This is not a sealed file of Quorate, or it is damaged.")) from error
    if sealed.kind != kind:
        message = _("The file is sealed as “{found}”; “{expected}” is needed here.")
        raise SealError(message.format(found=sealed.kind[:40], expected=kind))
    return sealed


def _open(sealed: _Sealed, key: bytes, wrong: str) -> bytes:
    try:
        return AESGCM(key).decrypt(
            sealed.nonce, sealed.data, encode(msgspec.structs.replace(sealed, data=b""))
        )
    except (InvalidTag, ValueError) as error:  # ValueError: a nonce of an impossible length
        raise SealError(wrong) from error
