"""What a passkey and the browser say when an officer signs: bytes to objects, strictly [08.39].

Nothing here decides; `quorate.verify.officers` compares.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Any, Final, NoReturn

AUTHENTICATOR_DATA_SIZE: Final = 37
MOST_CLIENT_DATA: Final = 1024

_USER_PRESENT: Final = 0x01
_USER_VERIFIED: Final = 0x04
_FURTHER_DATA: Final = 0xC0
_DEEPEST: Final = 32


@dataclass(frozen=True, slots=True)
class AuthenticatorData:
    """The authenticator's part: for which host, and that its owner was there and proved it."""

    rp_id_hash: bytes
    user_present: bool
    user_verified: bool


@dataclass(frozen=True, slots=True)
class ClientData:
    """The browser's part: what it asked the authenticator to sign, and for which page."""

    type: str
    challenge: str
    origin: str
    same_page: bool
    """Whether it was asked by the page itself, and not by a frame of another one."""


def read_authenticator_data(data: bytes) -> AuthenticatorData:
    """ValueError for other data than those of an assertion without extensions [08.39]."""
    if len(data) != AUTHENTICATOR_DATA_SIZE:
        raise ValueError(f"authenticator data of {len(data)} bytes instead of {AUTHENTICATOR_DATA_SIZE}")
    flags = data[32]
    if flags & _FURTHER_DATA:
        raise ValueError("flags of further authenticator data, of which there are none")
    return AuthenticatorData(data[:32], bool(flags & _USER_PRESENT), bool(flags & _USER_VERIFIED))


def read_client_data(data: bytes) -> ClientData:
    """ValueError when they are not one JSON object of [08.39], or lack one of the keys that are due."""
    if not 1 <= len(data) <= MOST_CLIENT_DATA:
        raise ValueError(f"client data of {len(data)} bytes, outside 1 to {MOST_CLIENT_DATA}")
    if data[:1] != b"{" or data[-1:] != b"}":
        raise ValueError("client data with something before or after their object")
    try:
        value = json.loads(data.decode(), object_pairs_hook=_once, parse_constant=_no_number)
        _check_free_form(value, 1)
    except RecursionError:
        raise ValueError(f"client data nested more than {_DEEPEST} deep") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"client data that are no JSON: {error.msg}") from None
    except UnicodeDecodeError:
        raise ValueError("client data that are no UTF-8") from None
    match value:
        case {"type": str(kind), "challenge": str(asked), "origin": str(origin)}:
            same_page = value.get("crossOrigin", False) is False and "topOrigin" not in value
            return ClientData(kind, asked, origin, same_page)
        case _:
            raise ValueError("client data without type, challenge and origin as texts")


def host_of(origin: str) -> str:
    """The host of a manifest's `origin` [08.39]."""
    return origin.split("/", 1)[0].split(":", 1)[0]


def page_is_at(origin: str, host: str) -> bool:
    """Whether a page of this web origin is one of the host [08.39]."""
    schemes = ("https://", "http://") if host == "localhost" else ("https://",)
    for scheme in schemes:
        if origin == scheme + host:
            return True
        port = origin.removeprefix(f"{scheme}{host}:")
        if port != origin and 1 <= len(port) <= 5 and port.isascii() and port.isdigit():
            return True
    return False


def challenge(statement: bytes) -> bytes:
    """The 32 bytes that the authenticator is asked to sign for a statement [08.39]."""
    return hashlib.sha256(statement).digest()


def challenge_text(statement: bytes) -> str:
    """The challenge as client data hold it."""
    return urlsafe_b64encode(challenge(statement)).rstrip(b"=").decode()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("client data in which a key stands twice")
    return found


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"client data with {text}, which is no JSON")


def _check_free_form(value: object, depth: int) -> None:
    if isinstance(value, str):
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("client data with half of a surrogate pair")
    elif isinstance(value, dict | list):
        if depth > _DEEPEST:
            raise ValueError(f"client data nested more than {_DEEPEST} deep")
        parts = [*value.keys(), *value.values()] if isinstance(value, dict) else value
        for part in parts:
            _check_free_form(part, depth + 1)
