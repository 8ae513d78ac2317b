"""Attacker: the server, with the log's key, or somebody without it. Wish: checkpoints that do not belong
to this board, so that people who compare them see what suits.

Stopped by: every published checkpoint is verified and compared with the recomputed tree, V4; where and
when witnesses must have cosigned, V5 ([08.9], [08.12], [08.13]).
"""

from __future__ import annotations

import json

import pytest

from quorate.board.checkpoint import Checkpoint
from quorate.board.keys import LogSigner, WitnessSigner
from quorate.board.note import Note
from quorate.record.container import CHECKPOINTS, Container
from quorate.record.entries import Close, Open
from quorate.verify.run import verify
from support.ballots import SmallBallot
from support.forge import Forge, Forgery, assert_stopped

STRANGER = bytes([7] * 32)


def at(size: int, note: Note) -> dict[int, Note]:
    return {size: note}


def with_notes(forgery: Forgery, notes: dict[int, Note]) -> Forgery:
    """Put these notes where those of the same size stand."""
    forgery.note = lambda size, note: notes.get(size, note)
    return forgery


def test_signed_by_another_key(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    with_notes(forgery, at(4, forgery.checkpoint(4, seed=STRANGER)))
    assert_stopped(forgery, "V4", where="checkpoints.jsonl line 5")


def test_all_signed_by_another_key(plain: SmallBallot, forge: Forge) -> None:
    """Somebody without the log's key makes a whole board: no checkpoint is left."""
    forgery = forge(plain)
    with_notes(forgery, {n: forgery.checkpoint(n, seed=STRANGER) for n in range(len(forgery.entries) + 1)})
    assert {finding.check for finding in forgery.report().findings} == {"V4", "V5"}


def test_a_signature_of_another_text(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    three, four = forgery.checkpoint(3), forgery.checkpoint(4)
    with_notes(forgery, at(4, Note(four.text, three.signatures)))
    assert_stopped(forgery, "V4", where="checkpoints.jsonl line 5")


def test_of_another_origin(plain: SmallBallot, forge: Forge) -> None:
    """The same key serves another board as well, whose checkpoint is shown here."""
    forgery = forge(plain)
    signer = LogSigner("other.example/board", plain.log_seed)
    text = Checkpoint(origin="other.example/board", root=bytes(32), size=4).text()
    with_notes(forgery, at(4, Note(text, (signer.sign(text),))))
    assert_stopped(forgery, "V4", where="checkpoints.jsonl line 5")


@pytest.mark.parametrize("size", [1, 4, 9])
def test_over_another_tree(plain: SmallBallot, forge: Forge, size: int) -> None:
    """The log signed two boards, and published both checkpoints."""
    forgery = forge(plain)
    with_notes(forgery, at(size, forgery.checkpoint(size, root=bytes([1] * 32))))
    assert_stopped(forgery, "V4")


def test_two_of_one_size(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.signed = lambda sizes: [*sizes[:5], 4, *sizes[5:]]
    assert forgery.report().findings == []  # the same one twice says nothing new
    twice = iter((forgery.checkpoint(4), forgery.checkpoint(4, root=bytes(32))))
    forgery.note = lambda size, note: next(twice, note) if size == 4 else note
    assert {finding.check for finding in forgery.report().findings} == {"V4"}


def test_out_of_order(plain: SmallBallot, forge: Forge) -> None:
    """[08.10] Sizes never fall."""
    forgery = forge(plain)
    forgery.signed = lambda sizes: [*sizes[:3], 5, 3, 4, *sizes[6:]]
    assert_stopped(forgery, "V4")


def test_larger_than_the_board(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.signed = lambda sizes: [*sizes, sizes[-1] + 1]
    assert_stopped(forgery, "V4", where="checkpoints.jsonl line 11")


def test_the_last_entries_are_under_none(plain: SmallBallot, forge: Forge) -> None:
    """The server may take them back as it likes: V4, and V5 as the end has no checkpoint."""
    forgery = forge(plain)
    forgery.signed = lambda sizes: sizes[:-1]
    assert_stopped(forgery, "V4", "V5")


def test_none_at_all(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.signed = lambda sizes: []
    assert {finding.check for finding in forgery.report().findings} == {"V4", "V5"}


@pytest.mark.parametrize("kind", [Open, Close])
def test_open_or_close_unwitnessed(rich: SmallBallot, forge: Forge, kind: type[Open | Close]) -> None:
    """[08.13] The checkpoint is there, but one of two witnesses did not cosign it."""
    forgery = forge(rich)
    size = forgery.place(kind) + 1
    alone = forgery.checkpoint(size)
    with_notes(forgery, at(size, Note(alone.text, alone.signatures[:2])))
    assert_stopped(forgery, "V5", where=CHECKPOINTS)


def test_a_witness_that_cosigned_another_checkpoint(rich: SmallBallot, forge: Forge) -> None:
    forgery = forge(rich)
    two, three = forgery.checkpoint(2), forgery.checkpoint(3)
    with_notes(forgery, at(3, Note(three.text, (*three.signatures[:2], two.signatures[2]))))
    assert_stopped(forgery, "V4", where="checkpoints.jsonl line 4")


def test_cosigned_by_one_witness_twice(rich: SmallBallot, forge: Forge) -> None:
    """[08.7] Two signatures of one witness are not two witnesses."""
    forgery = forge(rich)
    good = forgery.checkpoint(1)
    again = rich.witnesses[0].signer.cosign(good.text, 1_450_000_999)
    with_notes(forgery, at(1, Note(good.text, (*good.signatures[:2], again))))
    assert {finding.check for finding in forgery.report().findings} == {"V4", "V5"}


def test_cosigned_by_strangers(rich: SmallBallot, forge: Forge) -> None:
    """[08.7] Signatures of unknown keys count for nothing, and do no harm."""
    forgery = forge(rich)
    good = forgery.checkpoint(1)
    strangers = [WitnessSigner(f"stranger-{n}.example", bytes([n + 1] * 32)) for n in range(3)]
    extra = tuple(stranger.cosign(good.text, 1_450_000_001) for stranger in strangers)
    with_notes(forgery, at(1, Note(good.text, (*good.signatures, *extra))))
    assert forgery.report().findings == []
    with_notes(forgery, at(1, Note(good.text, (good.signatures[0], *extra))))
    assert_stopped(forgery, "V5")


def test_time_goes_back(rich: SmallBallot, forge: Forge) -> None:
    """[10.5] A witness's clock shows an earlier time on a later checkpoint: somebody fitted it in."""
    forgery = forge(rich)
    forgery.cosign = lambda witness, size: 1_450_000_000 + (size if (witness, size) != (1, 7) else 3)
    assert_stopped(forgery, "V5", where="checkpoints.jsonl line 8")


def test_lines_that_are_no_notes(plain: SmallBallot, forge: Forge) -> None:
    """Between good checkpoints: V1 for each, and all the others are still read."""
    forgery = forge(plain)
    forgery.write()
    path = forgery.folder / CHECKPOINTS
    lines = path.read_bytes().splitlines()
    good = json.loads(lines[3])
    bad = [
        b"",
        b"null",
        b'""',
        b'"text"',
        json.dumps(good).encode(),
        json.dumps(good[:-1], ensure_ascii=False).encode(),
    ]
    path.write_bytes(b"\n".join([*lines[:4], *bad, *lines[4:]]) + b"\n")
    with Container(forgery.folder) as container:
        findings = verify(container, pins=plain.pins).findings
    assert [finding.check for finding in findings] == ["V1"] * len(bad)
    assert {finding.where for finding in findings} == {
        f"{CHECKPOINTS} line {n}" for n in range(5, 5 + len(bad))
    }
