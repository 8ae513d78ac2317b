"""Voting codes and the credentials that derive from them (docs/protocol/07-credentials-and-ballots.md).

A code is a secret: no exception raised here quotes more of one than a single symbol that codes never use.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from quorate.group import Scalar, base_mul
from quorate.text import _

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SYMBOLS: Final = 24
GROUP: Final = 4
CODE_FRESH_BYTES: Final = 15
"""Random bytes that one code takes: 23 symbols of 5 bits, and five bits left over."""
BALLOT_ID_BYTES: Final = 32

_INFO = b"quorate/1 credential"
# Case, O, I and L [07.1]; word processors turn a typed hyphen into other dashes. ASCII letters only:
# `str.upper` would read foreign letters (long s, dotless i) as ours.
READ_AS = str.maketrans(
    {letter.lower(): letter for letter in ALPHABET if letter.isalpha()}
    | {"u": "U"}
    | dict.fromkeys("Oo", "0")
    | dict.fromkeys("IiLl", "1")
    | dict.fromkeys("-\u2010\u2011\u2012\u2013\u2014\u2212", " ")
)


class CodeError(ValueError):
    """The text is not a voting code; `group` is the group of four to look at, 1 to 6, or 0 where none is."""

    def __init__(self, message: str, group: int = 0) -> None:
        super().__init__(message)
        self.group = group


class CredentialError(ValueError):
    """A credential cannot be derived; the message says why."""


def _powers() -> tuple[int, ...]:
    """alpha^0 .. alpha^30 in GF(2)[x]/(x^5 + x^2 + 1), alpha = x [07.2]."""
    powers = [1]
    while len(powers) < 31:
        doubled = powers[-1] << 1
        powers.append(doubled ^ 0b100101 if doubled & 0b100000 else doubled)
    return tuple(powers)


_EXP = _powers()
_LOG = {power: exponent for exponent, power in enumerate(_EXP)}
_VALUE = {symbol: value for value, symbol in enumerate(ALPHABET)}
# _TERM[i - 1][d] = alpha^i d, the term of symbol i in the check sum [07.2]
_TERM = tuple(tuple(_EXP[(_LOG[d] + i) % 31] if d else 0 for d in range(32)) for i in range(1, SYMBOLS + 1))
_CHECK = {_TERM[SYMBOLS - 1][d]: symbol for d, symbol in enumerate(ALPHABET)}


def _check_sum(symbols: str) -> int:
    """The sum of alpha^i d_i over the given symbols, counted from i = 1 [07.2]."""
    total = 0
    for term, symbol in zip(_TERM, symbols, strict=False):
        total ^= term[_VALUE[symbol]]
    return total


def make_code(fresh: bytes) -> str:
    """A voting code in six groups of four [07.1], [07.2]. Secret.

    `fresh` is 15 random bytes, used for this code alone; ValueError for another length.
    """
    if len(fresh) != CODE_FRESH_BYTES:
        raise ValueError(f"a code takes {CODE_FRESH_BYTES} random bytes, not {len(fresh)}")
    number = int.from_bytes(fresh, "big")
    head = "".join([ALPHABET[number >> shift & 31] for shift in range(115, 0, -5)])
    return format_code(head + _CHECK[_check_sum(head)])


def format_code(symbols: str) -> str:
    """The 24 symbols as people see them: six groups of four joined by hyphens [07.1]."""
    return "-".join([symbols[start : start + GROUP] for start in range(0, SYMBOLS, GROUP)])


def parse_code(text: str) -> str:
    """Read what a person typed; returns the 24 symbols in upper case without hyphens [07.1], [07.2].

    Spaces, hyphens and case do not matter; O is read as 0, I and L as 1. CodeError says what to look at, and
    in which group where that can be told: those that the person separated, or else each run of four symbols.
    """
    groups = text.translate(READ_AS).split()
    symbols = "".join(groups)
    if not symbols:
        raise CodeError(_("Type the voting code: six groups of four letters and digits."))
    separated = len(groups) == SYMBOLS // GROUP
    if not separated:
        groups = [symbols[start : start + GROUP] for start in range(0, len(symbols), GROUP)]
    for number, group in enumerate(groups, start=1):
        for symbol in group:
            if symbol not in _VALUE:
                raise _foreign_symbol(symbol, number)
    if len(symbols) != SYMBOLS:
        raise _wrong_length(groups if separated else [], len(symbols))
    if _check_sum(symbols):
        raise CodeError(_("A symbol of the code is wrong, or two are swapped. Compare each group of four."))
    return symbols


def _foreign_symbol(symbol: str, group: int) -> CodeError:
    if symbol == "U":
        message = _("Group {group} of the code has a U, which codes never use. It may be a V.")
        return CodeError(message.format(group=group), group)
    shown = symbol if symbol.isprintable() else f"U+{ord(symbol):04X}"
    message = _("Group {group} of the code has the sign {symbol}, which codes never use.")
    return CodeError(message.format(group=group, symbol=shown), group)


def _wrong_length(groups: Sequence[str], count: int) -> CodeError:
    for number, group in enumerate(groups, start=1):
        if len(group) != GROUP:
            message = _("Group {group} of the code has {count} symbols instead of 4.")
            return CodeError(message.format(group=number, count=len(group)), number)
    message = _("The code has {count} symbols instead of 24: six groups of four.")
    return CodeError(message.format(count=count))


@dataclass(frozen=True, slots=True)
class Credential:
    """What a code stands for in one ballot: the secret sk, and K = sk G in 32 bytes [07.3]."""

    secret: Scalar = field(repr=False)
    public: bytes


def derive(symbols: str, ballot_id: bytes) -> Credential:
    """The credential of a code in one ballot [07.3].

    `symbols` is the result of `parse_code`; `ballot_id` is 32 bytes. CredentialError for another length of
    either, or for the zero secret, which no honest code gives.
    """
    if len(ballot_id) != BALLOT_ID_BYTES:
        raise CredentialError(f"a ballot id has {BALLOT_ID_BYTES} bytes, not {len(ballot_id)}")
    if len(symbols) != SYMBOLS:
        raise CredentialError(f"a credential derives from the {SYMBOLS} symbols of a parsed code")
    extracted = hmac.digest(ballot_id, symbols[: SYMBOLS - 1].encode("ascii"), "sha512")
    # HKDF-Expand (RFC 5869) of one block: T(1) = HMAC(PRK, info || 0x01)
    secret = Scalar.from_wide_bytes(hmac.digest(extracted, _INFO + b"\x01", "sha512"))
    if secret.is_zero():
        raise CredentialError("the code derives the secret zero, which is refused; make another code")
    return Credential(secret, base_mul(secret).to_bytes())
