"""Shares, totals and results after close: what each signature covers and what a total can mean."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.crypto import schnorr
from quorate.crypto.decryption import TallyContext
from quorate.crypto.encoding import SHIFT, Encoding
from quorate.crypto.statements import share_transcript
from quorate.crypto.tally import TallyError, find_totals
from quorate.crypto.transcript import Transcript
from quorate.election.tally import TallyRefused, check_share, make_result, make_share
from quorate.group import Scalar, base_mul
from quorate.record.container import Container
from quorate.record.entries import Result, Share, unsigned
from quorate.verify.run import Verification
from quorate.verify.state import State
from support import examples
from support.ballots import AFTER, Draws, SmallBallot
from support.forge import Forgery, assert_stopped

RANDOM = Draws("shares")


def framed(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def item(label: str, value: bytes) -> bytes:
    return b"\x01" + framed(label.encode()) + framed(value)


def number(label: str, value: int) -> bytes:
    return b"\x03" + framed(label.encode()) + value.to_bytes(8, "big")


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallBallot, State]:
    """Three voters, voting closed, verified up to there."""
    ballot = SmallBallot(tmp_path_factory.mktemp("closed"), seed="shares")
    box = ballot.open_box()
    examples.cast(box, *(ballot.vote(voter, [(0, examples.YES)]) for voter in (1, 2, 3)))
    box.close(AFTER)
    ballot.publish()
    with Container(ballot.record) as container:
        check = Verification(container, ballot.pins, until="close")
        assert check.run().ok
    return ballot, check.state


def share_of(ballot: SmallBallot, state: State, teller: int) -> Share:
    key = ballot.tellers.keys[teller - 1]
    return make_share(state, teller, key.share, key.signing, RANDOM)


def test_what_a_teller_signs(closed: tuple[SmallBallot, State]) -> None:
    """[09.4] [03.8] Byte by byte: the tally context, S_j, and the hash of the share without its signature."""
    ballot, state = closed
    share, key = share_of(ballot, state, 2), ballot.tellers.keys[1].signing_key
    context = TallyContext(state.phi, state.closed.index, state.closing_root, 2)
    expected = b"".join(
        [
            framed(b"quorate/1"),
            framed(b"tally-message"),
            item("suite", b"quorate/1 ristretto255 sha512"),
            item("phi", state.phi),
            number("closing_index", 4),
            item("closing_root", state.closing_root),
            number("teller", 2),
            item("signing_key", key.to_bytes()),
            item("message", hashlib.sha512(unsigned(share)).digest()),
        ]
    )
    statement = share_transcript(context, key, unsigned(share))
    assert statement.to_bytes() == expected
    assert b'"signature"' not in unsigned(share)
    schnorr.verify(key, statement, share.signature)
    check_share(state, share)


def test_a_share_is_no_message_of_a_ceremony(closed: tuple[SmallBallot, State]) -> None:
    """[09.4] [03.5] The same words signed under another kind, or without the key, are refused."""
    ballot, state = closed
    share, key = share_of(ballot, state, 1), ballot.tellers.keys[0]
    context = TallyContext(state.phi, state.closed.index, state.closing_root, 1)
    message = hashlib.sha512(unsigned(share)).digest()

    def opened(kind: str) -> Transcript:
        return context.transcript(kind).add_bytes("signing_key", key.signing_key.to_bytes())

    for statement in (
        opened("teller-message").add_bytes("message", message),
        opened("partial-decryption").add_bytes("message", message),
        context.transcript("tally-message").add_bytes("message", message),
    ):
        signature = schnorr.sign(key.signing, statement, RANDOM(32))
        with pytest.raises(TallyRefused, match="signature"):
            check_share(state, replace(share, signature=signature))


def test_a_result_takes_the_first_shares_that_suffice(closed: tuple[SmallBallot, State]) -> None:
    """[09.9] [09.5] In the order of the board, each teller once."""
    ballot, state = closed
    shares = [share_of(ballot, state, teller) for teller in (3, 1, 3, 2)]
    result = make_result(state, list(enumerate(shares, 5)))
    assert result.shares == (5, 6)
    assert result.questions[0].groups[0].totals == (3,)
    late = [(9, shares[0]), (7, shares[1])]
    assert make_result(state, late).shares == (7, 9)
    with pytest.raises(TallyRefused, match="1 of the 2"):
        make_result(state, [(5, shares[0]), (7, shares[2])])


@pytest.mark.parametrize("order", [(1, 0), (0, 0), (0,), (0, 1, 2)])
def test_a_result_names_its_shares_in_order(tmp_path: Path, order: tuple[int, ...]) -> None:
    """[09.9] Exactly t share entries, rising, each once."""
    ballot = examples.plain(tmp_path / "ballot")
    forgery = Forgery.of(ballot, tmp_path / "forged")
    forgery.retally(tellers=(1, 2, 3))
    first = forgery.place(Share)
    named = tuple(first + place for place in order)
    forgery.edit_result(lambda result: replace(result, shares=named))
    found = {finding.check for finding in forgery.report().findings}
    assert "V16" in found


def test_a_board_ends_with_its_result(tmp_path: Path) -> None:
    """[09.9] [08.27] A second result, though the same, is out of order, and the board is no longer the one
    that the certificate names.
    """
    forgery = Forgery.of(examples.plain(tmp_path / "ballot"), tmp_path / "forged")
    index = forgery.place(Result)
    forgery.entries.append(forgery.entries[index])
    assert_stopped(forgery, "V6", "V21", where="entry")


@pytest.mark.parametrize(
    ("encoding", "counted", "counts", "totals"),
    [
        (Encoding(2, False), 7, (3, 4), (3,)),
        (Encoding(2, True), 9, (4, 3, 2), (4 + 3 * SHIFT,)),
        (Encoding(2, True), 9, (0, 9, 0), (9 * SHIFT,)),
        (Encoding(2, True), 1, (0, 0, 1), (0,)),
        (Encoding(5, False), 6, (1, 0, 2, 0, 3), (1, 0, 2, 0)),
        (Encoding(3, True, 1, 2), 5, (2, 2, 1, 1), (2, 2, 1, 1)),
        (Encoding(3, False, 2, 2), 4, (4, 3, 1), (4, 3, 1)),
    ],
)
def test_totals_are_found_and_mean_counts(
    encoding: Encoding, counted: int, counts: tuple[int, ...], totals: tuple[int, ...]
) -> None:
    """[09.6] [09.7] The outcome with the number of its place; the last one is what is left."""
    found = find_totals(encoding, [base_mul(Scalar.from_int(total)) for total in totals], counted)
    assert found == totals
    assert encoding.counts(found, counted) == counts
    assert tuple(encoding.total(counts, place) for place in range(encoding.places)) == totals


@pytest.mark.parametrize(
    ("encoding", "counted", "totals"),
    [
        (Encoding(2, False), 7, (8,)),
        (Encoding(2, True), 7, (4 + 4 * SHIFT,)),
        (Encoding(2, True), 7, (8,)),
        (Encoding(5, False), 6, (7, 0, 0, 0)),
    ],
)
def test_what_no_ballots_give_is_not_found(encoding: Encoding, counted: int, totals: tuple[int, ...]) -> None:
    """[09.6]"""
    with pytest.raises(TallyError):
        find_totals(encoding, [base_mul(Scalar.from_int(total)) for total in totals], counted)


@pytest.mark.parametrize(
    ("encoding", "counted", "totals", "why"),
    [
        (Encoding(2, True), 7, (4 + 4 * SHIFT,), "add up"),
        (Encoding(5, False), 6, (3, 3, 1, 0), "add up"),
        (Encoding(3, True, 1, 2), 5, (6, 0, 0, 0), "more than"),
        (Encoding(3, True, 1, 2), 5, (1, 1, 0, 1), "number of choices"),  # four ballots owe four choices
        (Encoding(3, True, 1, 2), 5, (5, 4, 0, 1), "number of choices"),  # and give at most eight
        (Encoding(3, False, 2, 2), 4, (4, 3, 0), "number of choices"),
        (Encoding(2, False), 2**32, (0,), "range"),
        (Encoding(2, False), 7, (1, 1), "1 totals"),
    ],
)
def test_counts_that_no_ballots_give(
    encoding: Encoding, counted: int, totals: tuple[int, ...], why: str
) -> None:
    """[09.7]"""
    with pytest.raises(ValueError, match=why):
        encoding.counts(totals, counted)
