"""The registrar makes codes, signs the list, replaces and revokes ([07.2] to [07.6], [07.14])."""

from __future__ import annotations

import msgspec
import pytest

from quorate.crypto import schnorr
from quorate.crypto.credential import derive, parse_code
from quorate.crypto.statements import registrar_transcript
from quorate.election import registrar
from quorate.election.credential_book import (
    Change,
    CurrentBook,
    RegistrarError,
    open_book,
    open_change,
    seal_book,
    seal_change,
)
from quorate.election.registrar import Eligible, ReissueReason, RevokeReason
from quorate.election.sealed import SealError
from quorate.group import Element
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import unsigned
from support.ballots import Draws

BALLOT = b"\x11" * 32
ROLL = b"\x22" * 32
PHI = b"\x33" * 32
VOTERS = [Eligible("9", "Zoé", 1), Eligible("10", "Ada"), Eligible("20", "Bob", 1)]
DRAWS = Draws("registrar")
KEY = registrar.new_key(DRAWS)
ISSUE = registrar.issue_codes(KEY, BALLOT, ROLL, VOTERS, DRAWS)


def test_each_member_has_a_code_whose_credential_is_on_the_list() -> None:
    index = CredentialIndex.parse(ISSUE.lines)
    assert [each.member_number for each in ISSUE.deliveries] == ["10", "20", "9"]
    units = {}
    for delivery, holder in zip(ISSUE.deliveries, ISSUE.book.holders, strict=True):
        public = derive(parse_code(delivery.code), BALLOT).public
        row = index.find(public)
        assert row is not None
        assert (holder.credential, holder.member_number) == (public, delivery.member_number)
        units[delivery.member_number] = index.unit(row)
    assert units == {"10": 0, "20": 1, "9": 1}
    assert len(index) == len(VOTERS) == ISSUE.signed.count
    assert index.root == ISSUE.signed.root


def test_the_list_does_not_tell_the_order_of_the_roll() -> None:
    """[07.4] Lines go by K; 40 members in a row would otherwise be readable from the public list."""
    voters = [Eligible(f"{n:03}", "x") for n in range(40)]
    issue = registrar.issue_codes(KEY, BALLOT, ROLL, voters, DRAWS)
    index = CredentialIndex.parse(issue.lines)
    assert [index.key(row) for row in range(40)] != [holder.credential for holder in issue.book.holders]


def test_the_signature_covers_ballot_count_and_root() -> None:
    """[07.5], [07.6]"""
    registrar.check_list(ISSUE.signed, ISSUE.lines)
    for change in ({"ballot_id": PHI}, {"registrar_key": registrar.new_key(DRAWS).public}):
        with pytest.raises(RegistrarError, match="signature of the credential list does not hold"):
            registrar.check_list(msgspec.structs.replace(ISSUE.signed, **change), ISSUE.lines)
    with pytest.raises(RegistrarError, match="not the one that the registrar signed"):
        registrar.check_list(ISSUE.signed, ISSUE.lines[1:])


@pytest.mark.parametrize(("voters", "message"), [([], "nobody"), ([*VOTERS, VOTERS[0]], "occurs twice")])
def test_voters_that_cannot_get_codes(voters: list[Eligible], message: str) -> None:
    with pytest.raises(RegistrarError, match=message):
        registrar.issue_codes(KEY, BALLOT, ROLL, voters, DRAWS)


def test_a_broken_random_generator_stops_everything() -> None:
    """Attack C11: constant random bytes would give all members one code."""
    with pytest.raises(RegistrarError, match="random numbers of this computer fail"):
        registrar.issue_codes(KEY, BALLOT, ROLL, VOTERS, bytes)


def test_progress_counts_to_the_end() -> None:
    heard: list[int] = []
    registrar.issue_codes(KEY, BALLOT, ROLL, VOTERS, DRAWS, heard.append)
    assert heard == [1, 2, 3]


def test_nothing_shows_a_code_or_who_holds_what() -> None:
    secrets = [delivery.code for delivery in ISSUE.deliveries] + [KEY.secret.to_bytes().hex()]
    shown = repr([ISSUE, ISSUE.deliveries, ISSUE.book, ISSUE.book.holders, KEY])
    assert not [secret for secret in secrets if secret in shown]
    assert "Ada" not in repr(ISSUE.book)


def test_codes_files_are_read_back() -> None:
    data = registrar.codes_file(ISSUE.deliveries)
    first = data.decode("utf-8-sig").splitlines()[0]
    assert "SECRET" in first
    assert "destroy after delivery" in first
    assert registrar.read_codes_file(data) == ISSUE.deliveries


def test_damaged_codes_files_name_the_row_and_no_code() -> None:
    data = registrar.codes_file(ISSUE.deliveries)
    with pytest.raises(RegistrarError, match="not a codes file"):
        registrar.read_codes_file(b"a,b,c\n")
    code = ISSUE.deliveries[1].code
    wrong = code[:-1] + ("7" if code[-1] != "7" else "8")
    with pytest.raises(RegistrarError, match=r"^Row 3 of the codes file is damaged\.$"):
        registrar.read_codes_file(data.replace(code.encode(), wrong.encode()))
    with pytest.raises(RegistrarError, match=r"^Row 2 of the codes file is damaged\.$"):
        registrar.read_codes_file(data.replace(b"Ada,", b"Ada,,"))


def reissue(book: CurrentBook, member: str) -> registrar.Replacement:
    return registrar.reissue(KEY, book, PHI, member, ReissueReason.LOST, DRAWS)


def test_a_reissue_names_old_and_new_and_is_signed() -> None:
    """[07.14]"""
    made = reissue(CurrentBook(ISSUE.book), "20")
    old = ISSUE.book.holders[1].credential
    new = derive(parse_code(made.delivery.code), BALLOT).public
    assert (made.entry.old, made.entry.new, made.entry.phi, made.entry.reason) == (old, new, PHI, "lost")
    assert made.entry.officers == ()
    assert new not in {holder.credential for holder in ISSUE.book.holders}
    transcript = registrar_transcript(BALLOT, KEY.public, unsigned(made.entry))
    schnorr.verify(Element.from_canonical_bytes(KEY.public), transcript, made.entry.registrar)


def test_a_revocation_names_the_credential_and_is_signed() -> None:
    """[07.14]"""
    made = registrar.revoke(KEY, CurrentBook(ISSUE.book), PHI, "9", RevokeReason.NOT_ELIGIBLE, DRAWS)
    assert made.entry.credential == ISSUE.book.holders[2].credential
    transcript = registrar_transcript(BALLOT, KEY.public, unsigned(made.entry))
    schnorr.verify(Element.from_canonical_bytes(KEY.public), transcript, made.entry.registrar)
    other = msgspec.structs.replace(made.entry, reason="withdrawn")
    with pytest.raises(schnorr.SignatureError):
        schnorr.verify(
            Element.from_canonical_bytes(KEY.public),
            registrar_transcript(BALLOT, KEY.public, unsigned(other)),
            made.entry.registrar,
        )


def test_a_member_can_get_another_code_twice_and_lose_the_right_once() -> None:
    changes: list[Change] = []
    for _again in range(2):
        made = reissue(CurrentBook(ISSUE.book, changes), "20")
        expected = changes[-1].new if changes else ISSUE.book.holders[1].credential
        assert made.entry.old == expected
        changes.append(made.change)
    book = CurrentBook(ISSUE.book, changes)
    assert book.active == 3
    assert book.holder("20").unit == 1
    removal = registrar.revoke(KEY, book, PHI, "20", RevokeReason.WITHDRAWN, DRAWS)
    assert removal.entry.credential == changes[-1].new
    book = CurrentBook(ISSUE.book, [*changes, removal.change])
    assert book.active == 2
    assert len(book.issued) == 5
    with pytest.raises(RegistrarError, match="credential of member 20 was revoked"):
        reissue(book, "20")


def test_strangers_and_other_keys_are_refused() -> None:
    book = CurrentBook(ISSUE.book)
    with pytest.raises(RegistrarError, match="Member 21 is not on the roll"):
        reissue(book, "21")
    with pytest.raises(RegistrarError, match="another registrar key"):
        registrar.revoke(registrar.new_key(DRAWS), book, PHI, "20", RevokeReason.WITHDRAWN, DRAWS)


def test_changes_apply_once_and_in_order() -> None:
    first = reissue(CurrentBook(ISSUE.book), "20").change
    second = reissue(CurrentBook(ISSUE.book, [first]), "9").change
    wrong = [
        [second],
        [second, first],
        [first, first],
        [msgspec.structs.replace(first, old=PHI)],
        [msgspec.structs.replace(first, member_number="10")],
        [msgspec.structs.replace(first, new=ISSUE.book.holders[0].credential)],
    ]
    CurrentBook(ISSUE.book, [first, second])
    for changes in wrong:
        with pytest.raises(RegistrarError, match="does not follow"):
            CurrentBook(ISSUE.book, changes)


def test_book_and_changes_rest_sealed() -> None:
    secret = KEY.secret.to_bytes()
    file = seal_book(ISSUE.book, secret, DRAWS(44))
    assert open_book(file, secret) == ISSUE.book
    for holder in ISSUE.book.holders:
        assert holder.credential not in file
        assert holder.name.encode() not in file
    change = reissue(CurrentBook(ISSUE.book), "20").change
    sealed = seal_change(change, secret, DRAWS(44))
    assert open_change(sealed, secret) == change
    with pytest.raises(SealError, match="credential-change.*is needed"):
        open_change(file, secret)
    with pytest.raises(SealError, match="belongs to another key, or it is damaged"):
        open_book(file, registrar.new_key(DRAWS).secret.to_bytes())


def test_the_key_file_needs_its_passphrase() -> None:
    file = registrar.seal_key(KEY, "correct horse battery", DRAWS, work=14)
    assert registrar.open_key(file, "correct horse battery").public == KEY.public
    with pytest.raises(SealError, match="passphrase is wrong, or the file is damaged"):
        registrar.open_key(file, "correct horse batterx")
