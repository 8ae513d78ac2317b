"""Attacker: whoever writes client data by hand. Wish: bytes that one verifier reads as an honest signature
and another one as something else, or that take for ever to read.

Stopped by: the strict reading of [08.39], in check V6.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from quorate.record.passkey import page_is_at, read_authenticator_data, read_client_data
from support.ballots import SmallBallot
from support.forge import Forge, assert_stopped
from support.passkeys import Ceremony

GOOD = b'{"type":"webauthn.get","challenge":"YQ","origin":"https://vote.example","crossOrigin":false}'
BAD: dict[str, bytes] = {
    "empty": b"",
    "no object": b'"webauthn.get"',
    "a list": b"[" + GOOD + b"]",
    "bytes after it": GOOD + b"}",
    "a second object": GOOD + GOOD,
    "a line after it": GOOD + b"\n",
    "a space before it": b" " + GOOD,
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "cut off": GOOD[:-1],
    "a key twice": GOOD[:-1] + b',"type":"webauthn.create"}',
    "a key twice, once escaped": GOOD[:-1] + b',"typ\\u0065":"webauthn.create"}',
    "a key twice, further inside": GOOD[:-1] + b',"more":[{"a":1,"a":2}]}',
    "no challenge": GOOD.replace(b'"challenge"', b'"Challenge"'),
    "a challenge that is no text": GOOD.replace(b'"YQ"', b"[1]"),
    "no number": GOOD[:-1] + b',"more":NaN}',
    "an infinite number": GOOD[:-1] + b',"more":-Infinity}',
    "an octal number": GOOD[:-1] + b',"more":010}',
    "a comment": GOOD[:-1] + b"/**/}",
    "a comma at the end": GOOD[:-1] + b",}",
    "single quotes": GOOD.replace(b'"', b"'"),
    "half a character": GOOD[:-1] + b',"more":"\xc3"}',
    "half of a surrogate pair": GOOD[:-1] + b',"more":"\\ud800"}',
    "the same in a key": GOOD[:-1] + b',"\\udfff":1}',
    "a control character": GOOD[:-1] + b',"more":"\x00"}',
    "deep": GOOD[:-1] + b',"more":' + b"[" * 32 + b"]" * 32 + b"}",
    "very deep": GOOD[:-1] + b',"more":' + b"[" * 450 + b"]" * 450 + b"}",
    "long": GOOD[:-1] + b',"more":"' + b"x" * 1024 + b'"}',
}


@pytest.mark.parametrize("name", BAD)
def test_refused(name: str) -> None:
    with pytest.raises(ValueError, match="client data"):
        read_client_data(BAD[name])


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        GOOD[:-1] + b',"more":' + b"[" * 31 + b"]" * 31 + b"}",
        GOOD[:-1] + b',"more":"' + b"x" * (1024 - len(GOOD) - 10) + b'"}',
        GOOD[:-1] + b',"more":[1.5e300,-1,null,"\\ud83d\\ude00"]}',
    ],
)
def test_taken(data: bytes) -> None:
    found = read_client_data(data)
    assert (found.type, found.challenge, found.same_page) == ("webauthn.get", "YQ", True)


@pytest.mark.parametrize("value", [b"true", b"null", b"0", b'"false"', b"{}"])
def test_only_false_says_that_no_frame_asked(value: bytes) -> None:
    assert not read_client_data(GOOD.replace(b"false", value)).same_page


@pytest.mark.parametrize("data", [b"", bytes(36), bytes(38), bytes(32) + b"\x45" + bytes(4)])
def test_authenticator_data_of_another_form(data: bytes) -> None:
    with pytest.raises(ValueError, match="authenticator data"):
        read_authenticator_data(data)


@pytest.mark.parametrize(
    ("origin", "host", "holds"),
    [
        ("http://localhost:8000", "localhost", True),
        ("http://localhost", "localhost", True),
        ("https://localhost", "localhost", True),
        ("http://localhost.evil", "localhost", False),
        ("http://localhost:", "localhost", False),
        ("http://localhost:123456", "localhost", False),
        ("http://127.0.0.1:8000", "127.0.0.1", False),
        ("https://vote.example/", "vote.example", False),
        ("https://VOTE.example", "vote.example", False),
    ],
)
def test_where_the_page_is(origin: str, host: str, holds: bool) -> None:
    assert page_is_at(origin, host) is holds


REWRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "a key twice": lambda data: data[:-1] + b',"type":"webauthn.get"}',
    "bytes after it": lambda data: data + b" ",
    "a byte order mark": lambda data: b"\xef\xbb\xbf" + data,
}


@pytest.mark.parametrize("name", REWRITTEN)
def test_an_officer_who_signs_such_data_has_not_signed(
    name: str, signed_by_passkeys: SmallBallot, forge: Forge
) -> None:
    forgery = forge(signed_by_passkeys)
    ballot = forgery.ballot
    opening = ballot.opening()
    made = ballot.passkeys[0].sign(ballot.manifest, opening, Ceremony(rewrite=REWRITTEN[name]))
    forgery.edit(0, officers=(made, opening.officers[1]))
    forgery.retally()
    assert_stopped(forgery, "V6", expected="what First officer's passkey")
