"""The registrar's book: which member holds which credential, and what has changed since the codes were made.

The book is the one place that joins a member to a credential. It is sealed under the registrar's key, kept
by the registrar alone and destroyed when the ballot is archived.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from quorate.election.sealed import SealError, open_with_key, seal_with_key
from quorate.record.canonical import Bytes32, Count, Reader, RecordError, Struct, encode
from quorate.text import _

_BOOK: Final = "credential-book"
_CHANGE: Final = "credential-change"

T = TypeVar("T", bound=Struct)


class RegistrarError(ValueError):
    """The registrar cannot do this; the message says why, and never holds a code or a key."""


class _Private(Struct, frozen=True):
    """Joins a member to a credential, so no log or traceback may show it."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"


class Holder(_Private, frozen=True):
    """A member and the credential made for them; `unit` is the index of the counting unit."""

    credential: Bytes32
    member_number: str
    name: str
    unit: Count


class Book(_Private, frozen=True):
    """Who got which credential when the codes were made; `roll` is the fingerprint of the frozen roll."""

    ballot_id: Bytes32
    holders: tuple[Holder, ...]
    registrar_key: Bytes32
    roll: Bytes32


class Change(_Private, frozen=True):
    """A re-issue (`new` takes the place of `old`) or a revocation (`new` is None), numbered from 1."""

    member_number: str
    new: Bytes32 | None
    number: Count
    old: Bytes32


class CurrentBook:
    """The book with all changes applied: who holds what now."""

    def __init__(self, book: Book, changes: Sequence[Change] = ()) -> None:
        """RegistrarError when the changes are not those of this book, each once and in order."""
        self.ballot_id = book.ballot_id
        self.registrar_key = book.registrar_key
        self.changes = 0
        self.issued = {holder.credential for holder in book.holders}
        self._holders = {holder.member_number: holder for holder in book.holders}
        self._revoked: set[str] = set()
        for change in changes:
            self._apply(change)

    @property
    def active(self) -> int:
        """The number of credentials that are valid now."""
        return len(self._holders)

    @property
    def holders(self) -> tuple[Holder, ...]:
        """Everybody with a valid credential."""
        return tuple(self._holders.values())

    def holder(self, member_number: str) -> Holder:
        """The member's valid credential; RegistrarError when there is none."""
        if member_number in self._revoked:
            raise RegistrarError(
                _("The credential of member {number} was revoked.").format(number=member_number)
            )
        if member_number not in self._holders:
            raise RegistrarError(_("Member {number} is not on the roll.").format(number=member_number))
        return self._holders[member_number]

    def _apply(self, change: Change) -> None:
        holder = self._holders.get(change.member_number)
        known = holder is not None and holder.credential == change.old and change.new not in self.issued
        if holder is None or not known or change.number != self.changes + 1:
            raise RegistrarError(
                _("Change {number} does not follow from the book and the changes before it.").format(
                    number=change.number
                )
            )
        self.changes = change.number
        if change.new is None:
            del self._holders[change.member_number]
            self._revoked.add(change.member_number)
        else:
            self.issued.add(change.new)
            self._holders[change.member_number] = Holder(
                change.new, holder.member_number, holder.name, holder.unit
            )


def seal_book(book: Book, secret: bytes, fresh: bytes) -> bytes:
    """The book's file under the registrar's secret (32 bytes); `fresh` is 44 random bytes."""
    return seal_with_key(_BOOK, encode(book), secret, fresh)


def open_book(file: bytes, secret: bytes) -> Book:
    """Read a sealed book; SealError when it belongs to another key or is damaged."""
    return _open(Reader(Book), _BOOK, file, secret)


def seal_change(change: Change, secret: bytes, fresh: bytes) -> bytes:
    """A change's file under the registrar's secret (32 bytes); `fresh` is 44 random bytes."""
    return seal_with_key(_CHANGE, encode(change), secret, fresh)


def open_change(file: bytes, secret: bytes) -> Change:
    """Read a sealed change; SealError when it belongs to another key or is damaged."""
    return _open(Reader(Change), _CHANGE, file, secret)


def _open(reader: Reader[T], kind: str, file: bytes, secret: bytes) -> T:
    try:
        return reader.read(open_with_key(kind, file, secret), kind)
    except RecordError as error:
        raise SealError(_("The sealed file holds something else than it should.")) from error
