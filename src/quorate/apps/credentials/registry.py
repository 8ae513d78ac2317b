"""The hosted registrar: the one way to hosted codes and to who holds which credential.

The server makes the codes, hands them over once, and keeps a sealed book of who holds which credential until
the ballot is archived. The manifest and every certificate say that the codes were hosted: while they exist,
who runs the server could vote for a member. Callers authorise and log; nothing here knows accounts, and no
code, credential or key is ever logged.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from quorate.apps.credentials import keys, schema
from quorate.apps.credentials.errors import AlreadyHandedOver, RegistryError
from quorate.election.credential_book import (
    CurrentBook,
    RegistrarError,
    open_book,
    open_change,
    seal_book,
    seal_change,
)
from quorate.election.registrar import (
    Delivery,
    Eligible,
    RegistrarKey,
    ReissueReason,
    Replacement,
    SignedList,
    codes_file,
    issue_codes,
    new_key,
    open_key,
    read_codes_file,
    seal_key,
)
from quorate.election.registrar import reissue as make_replacement
from quorate.election.sealed import FRESH_BYTES, LEAST_WORK, SealError, open_with_key, seal_with_key
from quorate.text import _

_CODES = "hosted-codes"


@dataclass(frozen=True, slots=True)
class HostedIssue:
    """What everybody may know of codes that were made: the commitment, and the lines of the list."""

    signed: SignedList
    lines: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RegistryState:
    """Where the codes of a ballot are: made for which roll, handed over when, the book destroyed or not."""

    roll: str
    issued: datetime
    handed_over: datetime | None
    destroyed: bool


def check_available() -> None:
    """Make the registry's schema if need be; RegistryUnavailable says what an administrator must do."""
    schema.install()


def issue(ballot_id: bytes, roll: bytes, voters: Sequence[Eligible]) -> HostedIssue:
    """Make a code for every voter of a frozen roll (its fingerprint). Earlier codes of the ballot are void.

    RegistryError when there is nobody to make a code for.
    """
    schema.install()
    key = new_key(secrets.token_bytes)
    try:
        made = issue_codes(key, ballot_id, roll, voters, secrets.token_bytes)
    except RegistrarError as error:
        raise RegistryError(str(error)) from error
    files = secrets.token_hex(16)
    book_key, codes_key = keys.make(f"{files}.book"), keys.make(f"{files}.codes")
    values = {
        "ballot_id": ballot_id.hex(),
        "roll": roll.hex(),
        "files": files,
        "key": seal_key(key, book_key.hex(), secrets.token_bytes, LEAST_WORK),
        "book": seal_book(made.book, key.secret.to_bytes(), secrets.token_bytes(FRESH_BYTES)),
        "codes": seal_with_key(
            _CODES, codes_file(made.deliveries), codes_key, secrets.token_bytes(FRESH_BYTES)
        ),
    }
    with _registrar() as cursor:
        _clear(cursor, ballot_id)
        cursor.execute(
            "INSERT INTO registrar.issue (ballot_id, roll, files, key, book, codes) VALUES"
            " (%(ballot_id)s, %(roll)s, %(files)s, %(key)s, %(book)s, %(codes)s)",
            values,
        )
    return HostedIssue(made.signed, made.lines)


def state(ballot_id: bytes) -> RegistryState | None:
    """Where the codes of a ballot are; None when none were made here."""
    with connection.cursor() as cursor:
        if not schema.is_there(cursor):
            return None
    with _registrar() as cursor:
        cursor.execute(
            "SELECT roll, issued, handed_over, book IS NULL FROM registrar.issue WHERE ballot_id = %s",
            [ballot_id.hex()],
        )
        row = cursor.fetchone()
    return None if row is None else RegistryState(*row)


def code_deliveries_once(ballot_id: bytes) -> tuple[Delivery, ...]:
    """All codes with the members they go to. They are destroyed here: a second call is AlreadyHandedOver."""
    with _registrar() as cursor:
        files, sealed, handed_over = _row(cursor, ballot_id, "files, codes, handed_over")
        if sealed is None:
            raise AlreadyHandedOver(
                _(
                    "The codes were handed over on {when:%Y-%m-%d at %H:%M} UTC, and no copy was kept. If "
                    "they did not arrive, make new codes before opening, or replace them one by one."
                ).format(when=handed_over)
            )
        key = keys.read(f"{files}.codes")
        if key is None:
            raise AlreadyHandedOver(_("The key of these codes was destroyed: make new codes."))
        deliveries = read_codes_file(open_with_key(_CODES, bytes(sealed), key))
        cursor.execute(
            "UPDATE registrar.issue SET codes = NULL, handed_over = now() WHERE ballot_id = %s",
            [ballot_id.hex()],
        )
        transaction.on_commit(lambda: keys.destroy(f"{files}.codes"))
    return deliveries


def member_numbers_without_ballot(ballot_id: bytes, counted: AbstractSet[bytes]) -> tuple[str, ...]:
    """The members whose credential is not among those counted so far, for reminders; in rising order."""
    with _registrar() as cursor:
        _key, book = _open(cursor, ballot_id)
    return tuple(sorted(holder.member_number for holder in book.holders if holder.credential not in counted))


def reissue(ballot_id: bytes, phi: bytes, member_number: str, reason: ReissueReason) -> Replacement:
    """Replace a member's code: the entry that two officers sign, and the new code, which is not kept."""
    with _registrar() as cursor:
        key, book = _open(cursor, ballot_id)
        try:
            made = make_replacement(key, book, phi, member_number, reason, secrets.token_bytes)
        except RegistrarError as error:
            raise RegistryError(str(error)) from error
        sealed = seal_change(made.change, key.secret.to_bytes(), secrets.token_bytes(FRESH_BYTES))
        cursor.execute(
            "INSERT INTO registrar.change (ballot_id, number, sealed) VALUES (%s, %s, %s)",
            [ballot_id.hex(), made.change.number, sealed],
        )
    return made


def destroy(ballot_id: bytes) -> None:
    """Destroy who holds which credential, and codes not handed over, in every copy of the database too."""
    with connection.cursor() as cursor:
        if not schema.is_there(cursor):
            return
    with _registrar() as cursor:
        cursor.execute("SELECT files FROM registrar.issue WHERE ballot_id = %s", [ballot_id.hex()])
        row = cursor.fetchone()
        if row is None:
            return
        cursor.execute("DELETE FROM registrar.change WHERE ballot_id = %s", [ballot_id.hex()])
        cursor.execute(
            "UPDATE registrar.issue SET key = NULL, book = NULL, codes = NULL WHERE ballot_id = %s",
            [ballot_id.hex()],
        )
        _shred(row[0])


@contextmanager
def _registrar() -> Iterator[Any]:
    """A cursor of the registry's role, in a transaction; afterwards the site's own role again."""
    with transaction.atomic(), connection.cursor() as cursor:
        schema.become(cursor, schema.role_name(cursor))
        yield cursor
        cursor.execute("RESET ROLE")


def _row(cursor: Any, ballot_id: bytes, columns: str) -> Any:
    cursor.execute(
        f"SELECT {columns} FROM registrar.issue WHERE ballot_id = %s FOR UPDATE",  # noqa: S608 - fixed words
        [ballot_id.hex()],
    )
    row = cursor.fetchone()
    if row is None:
        raise RegistryError(_("No codes of this ballot were made here."))
    return row


def _open(cursor: Any, ballot_id: bytes) -> tuple[RegistrarKey, CurrentBook]:
    files, sealed_key, sealed_book = _row(cursor, ballot_id, "files, key, book")
    opening = keys.read(f"{files}.book")
    if opening is None or sealed_key is None:
        raise RegistryError(_("Who holds which credential was destroyed when the ballot was archived."))
    cursor.execute(
        "SELECT sealed FROM registrar.change WHERE ballot_id = %s ORDER BY number", [ballot_id.hex()]
    )
    changes = [bytes(row[0]) for row in cursor.fetchall()]
    try:
        key = open_key(bytes(sealed_key), opening.hex())
        secret = key.secret.to_bytes()
        book = open_book(bytes(sealed_book), secret)
        return key, CurrentBook(book, [open_change(change, secret) for change in changes])
    except (SealError, RegistrarError) as error:
        raise RegistryError(_("The registry cannot be read: {why}").format(why=error)) from error


def _clear(cursor: Any, ballot_id: bytes) -> None:
    """Void what was made before for this ballot."""
    cursor.execute("SELECT files FROM registrar.issue WHERE ballot_id = %s FOR UPDATE", [ballot_id.hex()])
    row = cursor.fetchone()
    if row is not None:
        cursor.execute("DELETE FROM registrar.change WHERE ballot_id = %s", [ballot_id.hex()])
        cursor.execute("DELETE FROM registrar.issue WHERE ballot_id = %s", [ballot_id.hex()])
        _shred(row[0])


def _shred(files: str) -> None:
    def now() -> None:
        keys.destroy(f"{files}.book")
        keys.destroy(f"{files}.codes")

    transaction.on_commit(now)
