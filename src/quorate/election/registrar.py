"""The registrar: makes the voting codes, signs the credential list, replaces and revokes credentials.

Whoever runs this knows every code for a moment and keeps the book of who holds which credential; nobody
else does. Randomness is a parameter, files and passphrases are the caller's (`quorate.cli.registrar`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import msgspec

from quorate.crypto import schnorr
from quorate.crypto.credential import CODE_FRESH_BYTES, derive, format_code, make_code, parse_code
from quorate.crypto.statements import registrar_transcript
from quorate.election.credential_book import Book, Change, CurrentBook, Holder, RegistrarError
from quorate.election.sealed import (
    DEFAULT_WORK,
    FRESH_BYTES,
    SealError,
    open_with_passphrase,
    seal_with_passphrase,
)
from quorate.group import Element, Scalar, base_mul
from quorate.record.canonical import Bytes32, Bytes64, Count, Struct
from quorate.record.credentials import credential_lines, list_event, list_root
from quorate.record.entries import Reissue, Revoke, unsigned
from quorate.text import _

Fresh = Callable[[int], bytes]
"""Gives that many fresh random bytes, such as `secrets.token_bytes`."""

CODE_HEADING: Final = "code (SECRET: gives the right to vote - keep closed, destroy after delivery)"
_KEY_KIND: Final = "registrar-key"
_CODES_HEADER: Final = ("member_number", "name", CODE_HEADING)


class ReissueReason(StrEnum):
    """Why a credential is replaced. It stands on the board for ever: nothing about a person."""

    EXPOSED = "exposed"
    LOST = "lost"
    UNDELIVERED = "undelivered"


class RevokeReason(StrEnum):
    """Why a credential is removed; fixed words for the same reason."""

    NOT_ELIGIBLE = "not-eligible"
    VOTES_ON_PAPER = "votes-on-paper"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class RegistrarKey:
    """The key that signs registrar events [07.6]: secret scalar, and 32 public bytes for the manifest."""

    secret: Scalar = field(repr=False)
    public: bytes


@dataclass(frozen=True, slots=True)
class Eligible:
    """One eligible voter; `unit` is the index of the counting unit, 0 where the ballot has none."""

    member_number: str
    name: str
    unit: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """A voting code for the member it goes to."""

    member_number: str
    name: str
    code: str = field(repr=False)


class SignedList(Struct, frozen=True):
    """What goes into the manifest: the commitment to the credential list, signed [07.5], [07.6]."""

    ballot_id: Bytes32
    count: Count
    registrar_key: Bytes32
    root: Bytes32
    signature: Bytes64


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything that one making of codes yields. `lines` and `signed` are public, the rest is secret."""

    lines: tuple[bytes, ...]
    signed: SignedList
    deliveries: tuple[Delivery, ...] = field(repr=False)
    book: Book = field(repr=False)


@dataclass(frozen=True, slots=True)
class Replacement:
    """A re-issue: the entry that two officers must still sign, the new code, the change for the book."""

    entry: Reissue
    delivery: Delivery
    change: Change


@dataclass(frozen=True, slots=True)
class Removal:
    """A revocation: the entry that two officers must still sign, and what the book must remember."""

    entry: Revoke
    change: Change


def new_key(fresh: Fresh) -> RegistrarKey:
    """A fresh registrar key."""
    secret = Scalar.from_wide_bytes(fresh(64))
    return RegistrarKey(secret, base_mul(secret).to_bytes())


def seal_key(key: RegistrarKey, passphrase: str, fresh: Fresh, work: int = DEFAULT_WORK) -> bytes:
    """The key file, under a passphrase; `work` as in `quorate.election.sealed`."""
    return seal_with_passphrase(_KEY_KIND, key.secret.to_bytes(), passphrase, fresh(FRESH_BYTES), work)


def open_key(file: bytes, passphrase: str) -> RegistrarKey:
    """Read a key file; SealError says when the passphrase is wrong or the file is another one."""
    try:
        secret = Scalar.from_canonical_bytes(open_with_passphrase(_KEY_KIND, file, passphrase))
    except SealError:
        raise
    except ValueError as error:
        raise SealError(_("The key file holds no registrar key.")) from error
    return RegistrarKey(secret, base_mul(secret).to_bytes())


def issue_codes(
    key: RegistrarKey,
    ballot_id: bytes,
    roll: bytes,
    voters: Sequence[Eligible],
    fresh: Fresh,
    progress: Callable[[int], None] = lambda made: None,
) -> Issue:
    """Make a code for every voter, and sign the list of the credentials [07.2] to [07.6].

    `ballot_id` is 32 bytes, `roll` the fingerprint of the frozen roll that `voters` come from. `progress`
    hears the number of codes made so far. RegistrarError when there is no voter or a member number occurs
    twice: each entry of the roll has exactly one credential.
    """
    if not voters:
        raise RegistrarError(_("There is nobody to make a code for."))
    if len({voter.member_number for voter in voters}) != len(voters):
        raise RegistrarError(_("A member number occurs twice; each member has one code."))
    deliveries = []
    holders = []
    for made, voter in enumerate(sorted(voters, key=lambda each: each.member_number), start=1):
        code = make_code(fresh(CODE_FRESH_BYTES))
        public = derive(parse_code(code), ballot_id).public
        deliveries.append(Delivery(voter.member_number, voter.name, code))
        holders.append(Holder(public, voter.member_number, voter.name, voter.unit))
        progress(made)
    try:
        lines = credential_lines((holder.credential, holder.unit) for holder in holders)
    except ValueError as error:  # with working randomness never: two codes of 115 bits are the same
        raise RegistrarError(
            _("Two codes are the same: the random numbers of this computer fail.")
        ) from error
    signed = sign_list(key, ballot_id, lines, fresh)
    return Issue(tuple(lines), signed, tuple(deliveries), Book(ballot_id, tuple(holders), key.public, roll))


def sign_list(key: RegistrarKey, ballot_id: bytes, lines: Sequence[bytes], fresh: Fresh) -> SignedList:
    """Commit to the lines of a credential list and sign the commitment [07.5], [07.6]."""
    root = list_root(lines)
    signature = _sign(key, ballot_id, list_event(len(lines), root), fresh)
    return SignedList(ballot_id, len(lines), key.public, root, signature)


def check_list(signed: SignedList, lines: Sequence[bytes]) -> None:
    """Return when commitment and signature hold for these lines [07.5], [07.6]; RegistrarError otherwise."""
    if signed.count != len(lines) or signed.root != list_root(lines):
        raise RegistrarError(_("The credential list is not the one that the registrar signed."))
    transcript = registrar_transcript(
        signed.ballot_id, signed.registrar_key, list_event(signed.count, signed.root)
    )
    try:
        schnorr.verify(Element.from_canonical_bytes(signed.registrar_key), transcript, signed.signature)
    except ValueError as error:
        raise RegistrarError(_("The registrar's signature of the credential list does not hold.")) from error


def reissue(
    key: RegistrarKey, book: CurrentBook, phi: bytes, member_number: str, reason: ReissueReason, fresh: Fresh
) -> Replacement:
    """Replace a member's credential [07.14]; `phi` is the fingerprint of the manifest.

    RegistrarError when the member has no valid credential on the roll, or the key is another registrar's.
    """
    _check_owner(key, book)
    holder = book.holder(member_number)
    code = make_code(fresh(CODE_FRESH_BYTES))
    new = derive(parse_code(code), book.ballot_id).public
    if new in book.issued:
        raise RegistrarError(_("The new code exists already: the random numbers of this computer fail."))
    bare = Reissue(new, (), holder.credential, phi, reason.value, bytes(64), "credential-reissue")
    signature = _sign(key, book.ballot_id, unsigned(bare), fresh)
    entry = msgspec.structs.replace(bare, registrar=signature)
    change = Change(member_number, new, book.changes + 1, holder.credential)
    return Replacement(entry, Delivery(member_number, holder.name, code), change)


def revoke(
    key: RegistrarKey, book: CurrentBook, phi: bytes, member_number: str, reason: RevokeReason, fresh: Fresh
) -> Removal:
    """Remove a member's credential [07.14]; RegistrarError as in `reissue`."""
    _check_owner(key, book)
    old = book.holder(member_number).credential
    bare = Revoke(old, (), phi, reason.value, bytes(64), "credential-revoke")
    signature = _sign(key, book.ballot_id, unsigned(bare), fresh)
    entry = msgspec.structs.replace(bare, registrar=signature)
    return Removal(entry, Change(member_number, None, book.changes + 1, old))


def codes_file(deliveries: Iterable[Delivery]) -> bytes:
    """The secret CSV file for whoever sends the codes, with the mark by which spreadsheets see UTF-8."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(_CODES_HEADER)
    rows.writerows((each.member_number, each.name, each.code) for each in deliveries)
    return text.getvalue().encode("utf-8-sig")


def read_codes_file(data: bytes) -> tuple[Delivery, ...]:
    """Read what `codes_file` wrote; RegistrarError names the row that is not in order, and never a code."""
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig", errors="replace"), newline=""))
    if tuple(next(rows, ())) != _CODES_HEADER:
        raise RegistrarError(_("This is not a codes file of the registrar."))
    deliveries = []
    for number, row in enumerate(rows, start=2):
        try:
            member_number, name, code = row
            deliveries.append(Delivery(member_number, name, format_code(parse_code(code))))
        except ValueError:
            raise RegistrarError(_("Row {row} of the codes file is damaged.").format(row=number)) from None
    return tuple(deliveries)


def _sign(key: RegistrarKey, ballot_id: bytes, event: bytes, fresh: Fresh) -> bytes:
    transcript = registrar_transcript(ballot_id, key.public, event)
    return schnorr.sign(key.secret, transcript, fresh(schnorr.FRESH_BYTES))


def _check_owner(key: RegistrarKey, book: CurrentBook) -> None:
    if key.public != book.registrar_key:
        raise RegistrarError(_("The codes were made with another registrar key."))
