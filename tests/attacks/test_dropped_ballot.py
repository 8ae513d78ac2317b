"""Attacker: the server. Wish: ballots that it acknowledged disappear, alone or with all that came after them.

Stopped by: the receipt in the voter's hand: an inclusion proof, and a checkpoint that the log signed
([08.14], [08.15]). Check V22 shows that the entry is not there, or that the log has signed two histories.
What no receipt and no witness saw, nobody can miss: the last test says so.
"""

from __future__ import annotations

import pytest

from quorate.board.proof import Receipt
from quorate.record.entries import Close
from support.ballots import SmallBallot, line
from support.forge import Forge, Forgery, assert_stopped


def receipt(ballot: SmallBallot, index: int) -> tuple[str, bytes]:
    """The receipt of an entry, as the log gave it at the end."""
    if ballot.log is None:
        raise AssertionError("never opened")
    return f"receipt {index}", ballot.log.receipt(index)


@pytest.mark.parametrize("index", [1, 3, 4])
def test_an_acknowledged_ballot_dropped(plain: SmallBallot, forge: Forge, index: int) -> None:
    forgery = forge(plain)
    forgery.receipts = [receipt(plain, index)]
    assert forgery.report().findings == []
    del forgery.entries[index]
    forgery.retally()
    fired = {finding.check for finding in forgery.report().findings}
    assert fired == {"V22"}
    assert forgery.report("V22").findings == []


def test_an_acknowledged_ballot_exchanged(plain: SmallBallot, forge: Forge) -> None:
    """In its place stands one that the server made with the code that it gave the voter."""
    forgery = forge(plain)
    forgery.receipts = [receipt(plain, 3)]
    forgery.entries[3] = line(plain.vote(3, [(0, [0])]))
    forgery.retally()
    assert_stopped(forgery, "V22", where="receipt 3")


def test_the_receipts_of_others_show_it_too(plain: SmallBallot, forge: Forge) -> None:
    """Whoever voted before still finds the own ballot, but under another root: the log has two faces."""
    forgery = forge(plain)
    forgery.receipts = [receipt(plain, 1)]
    del forgery.entries[4]
    forgery.retally()
    report = assert_stopped(forgery, "V22", where="receipt 1")
    assert "another board" in report.findings[0].got


def test_a_board_that_was_cut(plain: SmallBallot, forge: Forge) -> None:
    """A receipt speaks of more entries than the board has: what it led to is gone."""
    forgery = forge(plain)
    forgery.receipts = [receipt(plain, 1)]
    del forgery.entries[forgery.place(Close) :]
    forgery.certificate, forgery.until = None, "open"
    assert_stopped(forgery, "V22", where="receipt 1")


def cut(forgery: Forgery, entries: int) -> None:
    """Take entries from the end, but leave the checkpoints that were published over them."""
    size = len(forgery.entries)
    whole = {n: forgery.checkpoint(n) for n in range(size + 1)}
    del forgery.entries[size - entries :]
    forgery.signed = lambda sizes: list(whole)
    forgery.note = lambda n, note: whole[n]


def test_a_record_without_its_last_entries(plain: SmallBallot, forge: Forge) -> None:
    """Published checkpoints go further than the entries: V4, and V6 as the ballot has no result."""
    forgery = forge(plain)
    cut(forgery, 2)
    fired = {finding.check for finding in forgery.report().findings}
    assert {"V4", "V6"} <= fired


def test_a_running_record_without_its_last_ballot(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    del forgery.entries[forgery.place(Close) :]
    forgery.certificate, forgery.until = None, "open"
    cut(forgery, 1)
    assert_stopped(forgery, "V4", where="checkpoints.jsonl line 6")


def test_receipts_that_are_none(plain: SmallBallot, forge: Forge) -> None:
    """Each is a finding of V22 and none of them a crash."""
    name, good = receipt(plain, 1)
    other = Forgery.of(plain, forge(plain).folder / "other")
    foreign = other.checkpoint(len(other.entries), seed=bytes(32)).encode()
    bad = {
        "empty": b"",
        "text": b"I voted",
        "cut": good[:-20],
        "another index": good.replace(b"index 1\n", b"index 2\n"),
        "an index that is none": good.replace(b"index 1\n", b"index 01\n"),
        "a far index": good.replace(b"index 1\n", b"index 9223372036854775807\n"),
        "of another log": good.split(b"\n\n")[0] + b"\n\n" + foreign,
        "without a signature": good[: good.index("\u2014".encode())],
        "with a line more": good.replace(b"index 1\n", b"index 1\n" + b"A" * 43 + b"=\n"),
    }
    forgery = forge(plain)
    forgery.receipts = [(name, good), *bad.items()]
    report = assert_stopped(forgery, "V22")
    assert sorted(finding.where for finding in report.findings) == sorted(bad)


def test_extra_data_in_a_receipt_proves_nothing(plain: SmallBallot, forge: Forge) -> None:
    """[08.14] It may be there, and changes no verdict."""
    parsed = Receipt.parse(receipt(plain, 1)[1])
    told = Receipt(parsed.checkpoint, parsed.hashes, parsed.index, b"counted as yes")
    forgery = forge(plain)
    forgery.receipts = [("receipt 1", told.encode())]
    assert forgery.report().findings == []


def test_what_was_never_acknowledged_can_be_dropped(plain: SmallBallot, forge: Forge) -> None:
    """The server can refuse a ballot, or lose one before it answers: then there is nothing to show, and the
    voter votes again. This is no defence but its limit [07.12].
    """
    forgery = forge(plain)
    del forgery.entries[3]
    forgery.retally()
    assert forgery.report().findings == []
