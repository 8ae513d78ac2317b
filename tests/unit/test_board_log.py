"""The log: what it takes, what it acknowledges, and what it does without its witnesses."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Thread

import pytest

from quorate.board.checkpoint import NO_WITNESSES, WitnessPolicy, open_checkpoint
from quorate.board.consistency import verify_consistency
from quorate.board.errors import (
    CheckpointConflict,
    CosignFailed,
    EntryRefused,
    Malformed,
    NotWitnessed,
    ProofRefused,
    StorageDamaged,
)
from quorate.board.files import CHECKPOINT, FileStorage
from quorate.board.inclusion import verify_inclusion
from quorate.board.keys import LogSigner, WitnessSigner
from quorate.board.log import MAX_ENTRY_SIZE, Log
from quorate.board.note import Note
from quorate.board.proof import Receipt
from quorate.board.tree import EMPTY_ROOT, leaf_hash, root_of

ORIGIN = "board.example/b"
SIGNER = LogSigner(ORIGIN, bytes(range(32)))


class Witness:
    """A witness as it should be: remembers the last checkpoint, cosigns only what continues it."""

    def __init__(self, number: int) -> None:
        self.signer = WitnessSigner(f"w{number}.example", bytes([number]) * 32)
        self.size, self.root = 0, EMPTY_ROOT
        self.time = 1_700_000_000
        self.away = False

    def __call__(self, checkpoint: bytes, prove: Callable[[int], list[bytes]]) -> Sequence[str]:
        if self.away:
            raise CosignFailed(f"{self.signer.key.name} does not answer.")
        opened = open_checkpoint(checkpoint, SIGNER.key, NO_WITNESSES)
        new = opened.checkpoint
        try:
            verify_consistency(self.size, new.size, self.root, new.root, prove(self.size))
        except ProofRefused as error:
            raise CosignFailed(str(error)) from error
        self.size, self.root, self.time = new.size, new.root, self.time + 1
        return [self.signer.cosign(opened.note.text, self.time).line()]


class Board:
    """A directory with its keys; opens as often as wanted."""

    def __init__(self, directory: Path, witnesses: Sequence[Witness] = (), quorum: int = 0) -> None:
        self.directory = directory
        self.witnesses = witnesses
        self.policy = WitnessPolicy(
            quorum=quorum, witnesses=tuple(str(witness.signer.key) for witness in witnesses)
        )
        self.storage = FileStorage(directory)
        self.log = Log.create(self.storage, SIGNER, ORIGIN, witnesses, self.policy)

    def reopen(self) -> Log:
        self.storage.close()
        self.storage = FileStorage(self.directory)
        self.log = Log(self.storage, SIGNER, ORIGIN, self.witnesses, self.policy)
        return self.log

    def verify(self, entry: bytes, index: int) -> int:
        """Verify the entry's receipt as a voter would; return the size of its checkpoint."""
        verified = Receipt.parse(self.log.receipt(index)).verify(entry, SIGNER.key, self.policy)
        assert verified.index == index
        return verified.signed.checkpoint.size


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    made = Board(tmp_path)
    yield made
    made.storage.close()


@pytest.fixture
def witnessed(tmp_path: Path) -> Iterator[Board]:
    """Two of three witnesses are needed."""
    made = Board(tmp_path, [Witness(number) for number in (1, 2, 3)], 2)
    yield made
    made.storage.close()


def test_entries_get_indexes_and_receipts(board: Board) -> None:
    """[08.16] What append returns is durable, signed for, and provable."""
    assert board.log.append([b"a", b"b"]) == [0, 1]
    assert board.log.append([]) == []
    assert board.log.append([b"c"]) == [2]
    for log in (board.log, board.reopen()):
        assert log.size == 3
        assert log.entries(0, 3) == [b"a", b"b", b"c"]
        assert log.checkpoint().checkpoint.root == root_of(map(leaf_hash, [b"a", b"b", b"c"]))
        assert [board.verify(entry, index) for index, entry in enumerate([b"a", b"b", b"c"])] == [3, 3, 3]
        with pytest.raises(ProofRefused):
            board.verify(b"b", 0)


def test_every_signed_checkpoint_is_published_and_continues_the_one_before(board: Board) -> None:
    """[08.10]"""
    for size in (1, 3, 1):
        board.log.append([b"x"] * size)
    signed = [open_checkpoint(note, SIGNER.key, NO_WITNESSES).checkpoint for note in board.log.checkpoints()]
    assert [checkpoint.size for checkpoint in signed] == [0, 1, 4, 5]
    for old, new in itertools.combinations(signed, 2):
        proof = board.log.consistency_proof(old.size, new.size)
        verify_consistency(old.size, new.size, old.root, new.root, proof)
    proof = board.log.inclusion_proof(2, 4)
    verify_inclusion(leaf_hash(b"x"), 2, 4, proof, signed[2].root)


@pytest.mark.parametrize("bad", [b"", b"a\nb", b"\n", b"x" * (MAX_ENTRY_SIZE + 1)])
def test_a_batch_with_a_bad_entry_is_refused_whole(board: Board, bad: bytes) -> None:
    """[08.2]"""
    with pytest.raises(EntryRefused, match="Entry 2 of the batch.*Nothing of the batch was written"):
        board.log.append([b"good", bad, b"good"])
    assert board.log.size == 0
    assert board.storage.entry_count() == 0
    assert board.log.append([b"x" * MAX_ENTRY_SIZE, b"\x00\r"]) == [0, 1]


def test_what_is_past_the_end_is_refused(board: Board) -> None:
    board.log.append([b"a"])
    with pytest.raises(ValueError, match="no entry 1"):
        board.log.receipt(1)
    with pytest.raises(ValueError, match="no entry -1"):
        board.log.receipt(-1)
    with pytest.raises(ValueError, match="has 1 entries"):
        board.log.inclusion_proof(0, 2)
    with pytest.raises(ValueError, match="has 1 entries"):
        board.log.consistency_proof(1, 2)
    with pytest.raises(IndexError):
        board.log.entries(0, 2)


def test_a_board_is_created_once(board: Board, tmp_path: Path) -> None:
    """[08.21] Neither over another, nor by opening what is not there."""
    with pytest.raises(StorageDamaged, match="a board already"):
        Log.create(board.storage, SIGNER, ORIGIN)
    with FileStorage(tmp_path / "new") as empty, pytest.raises(StorageDamaged, match="no checkpoint"):
        Log(empty, SIGNER, ORIGIN)
    (tmp_path / CHECKPOINT).unlink()
    with pytest.raises(StorageDamaged, match="no checkpoint"):
        board.reopen()
    with pytest.raises(StorageDamaged, match="a board already"):
        Log.create(board.storage, SIGNER, ORIGIN)


def test_a_log_signs_with_the_key_of_its_origin(tmp_path: Path) -> None:
    """[08.9] And is not its own witness [08.12]."""
    with FileStorage(tmp_path) as storage:
        with pytest.raises(Malformed, match="cannot sign"):
            Log.create(storage, SIGNER, "other.example")
        assert storage.latest() is None
        own = WitnessPolicy(quorum=1, witnesses=(str(WitnessSigner("w", bytes(range(32))).key),))
        with pytest.raises(Malformed, match="its own witness"):
            Log.create(storage, SIGNER, ORIGIN, policy=own)
        assert storage.latest() is None


def test_another_writer_is_noticed(board: Board) -> None:
    """[08.17] Compare-and-swap fails, nothing is acknowledged, and the log does not overwrite it."""
    stranger = Log(board.storage, SIGNER, ORIGIN)
    stranger.append([b"theirs"])
    with pytest.raises((CheckpointConflict, StorageDamaged)):
        board.log.append([b"mine"])
    assert board.log.append([b"mine"]) == [1]
    assert board.log.entries(0, 2) == [b"theirs", b"mine"]


def test_with_a_quorum_everything_is_acknowledged(witnessed: Board) -> None:
    """[08.13] [08.16] Two of three suffice, and the third catches up later."""
    witnessed.witnesses[2].away = True
    assert witnessed.log.append([b"a"]) == [0]
    assert [c.witness for c in witnessed.log.checkpoint().cosignatures] == ["w1.example", "w2.example"]
    witnessed.witnesses[2].away = False
    assert witnessed.log.append([b"b"]) == [1]
    assert len(witnessed.log.checkpoint().cosignatures) == 3
    assert witnessed.verify(b"a", 0) == 2
    before = witnessed.log.checkpoint()
    assert witnessed.reopen().checkpoint() == before


def test_without_a_quorum_nothing_is_acknowledged_and_nothing_is_lost(witnessed: Board) -> None:
    """[08.16] [08.23] The entries stay, later checkpoints cover them, and receipts come with the quorum."""
    witnessed.log.append([b"a"])
    for witness in witnessed.witnesses[1:]:
        witness.away = True
    with pytest.raises(NotWitnessed, match=r"size 2 has 1 of the 2.*w2.example does not answer"):
        witnessed.log.append([b"b"])
    assert witnessed.log.size == 2
    assert witnessed.log.checkpoint().checkpoint.size == 1
    with pytest.raises(NotWitnessed, match="Entry 1 is on the board"):
        witnessed.log.receipt(1)
    assert witnessed.verify(b"a", 0) == 1, "an older receipt can still be had"
    with pytest.raises(NotWitnessed):
        witnessed.log.append([b"c"])
    log = witnessed.reopen()
    assert log.size == 3
    assert log.checkpoint().checkpoint.size == 1
    with pytest.raises(NotWitnessed):
        log.publish()
    for witness in witnessed.witnesses:
        witness.away = False
    assert log.publish().checkpoint.size == 3
    assert [witnessed.verify(entry, index) for index, entry in enumerate([b"a", b"b", b"c"])] == [3, 3, 3]
    count = len(log.checkpoints())
    assert log.publish().checkpoint.size == 3
    assert len(log.checkpoints()) == count, "what is published is not published again"
    sizes = [open_checkpoint(note, SIGNER.key, NO_WITNESSES).checkpoint.size for note in log.checkpoints()]
    assert sizes == [0, 1, 2, 3], "a checkpoint that got no quorum was signed, so it is published too"


def test_a_new_board_has_no_witnessed_checkpoint(witnessed: Board) -> None:
    """[08.23]"""
    with pytest.raises(NotWitnessed, match="No checkpoint"):
        witnessed.log.checkpoint()
    assert witnessed.log.publish().checkpoint.size == 0


class Liar:
    """A witness's line, but not what it should be."""

    def __init__(self, line: Callable[[str], str]) -> None:
        self.line = line

    def __call__(self, checkpoint: bytes, prove: Callable[[int], list[bytes]]) -> Sequence[str]:
        return [self.line(Note.parse(checkpoint).text)]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (
            lambda text: WitnessSigner("w2.example", bytes([2]) * 32).cosign("x\n", 5).line(),
            "does not verify",
        ),
        (lambda text: WitnessSigner("w9.example", bytes([9]) * 32).cosign(text, 5).line(), ""),
        (lambda text: WitnessSigner("w1.example", bytes([1]) * 32).cosign(text, 5).line(), ""),
        (lambda text: "nonsense", "not a signature line"),
    ],
    ids=["for another text", "of a stranger", "of one who signed already", "no line"],
)
def test_a_worthless_line_is_not_counted(tmp_path: Path, line: Callable[[str], str], complaint: str) -> None:
    """[08.7] [08.13] Nor does it end up in the checkpoint, where it would spoil the whole note."""
    honest = [Witness(1), Witness(2)]
    board = Board(tmp_path, honest, 2)
    board.log = Log(board.storage, SIGNER, ORIGIN, (honest[0], Liar(line)), board.policy)
    with pytest.raises(NotWitnessed, match=f"1 of the 2.*{complaint}"):
        board.log.append([b"a"])
    log = Log(board.storage, SIGNER, ORIGIN, (Liar(line), *honest), board.policy)
    assert log.publish().checkpoint.size == 1
    assert {c.witness for c in log.checkpoint().cosignatures} == {"w1.example", "w2.example"}
    board.storage.close()


@pytest.mark.parametrize(("more", "complaint"), [(1, "not consistent"), (2, "saw 3 entries")])
def test_a_log_put_back_to_an_older_state_gets_no_quorum(tmp_path: Path, more: int, complaint: str) -> None:
    """[08.19] The copy is consistent in itself, but the witness has seen what it lost."""
    witness = Witness(1)
    board = Board(tmp_path / "live", [witness], 1)
    board.log.append([b"a"])
    shutil.copytree(tmp_path / "live", tmp_path / "copy")
    board.log.append([b"b"] * more)
    board.storage.close()
    with FileStorage(tmp_path / "copy") as storage:
        log = Log(storage, SIGNER, ORIGIN, [witness], board.policy)
        with pytest.raises(NotWitnessed, match=complaint):
            log.append([b"c"])
        with pytest.raises(NotWitnessed):
            log.receipt(1)


def test_a_broken_connection_is_the_witnesss_failure(tmp_path: Path) -> None:
    """[08.23] Not the board's: the entries are safe, and only the quorum is missing."""

    def unreachable(checkpoint: bytes, prove: Callable[[int], list[bytes]]) -> Sequence[str]:
        raise ConnectionRefusedError("connection refused")

    witness = Witness(1)
    board = Board(tmp_path, [witness], 1)
    log = Log(board.storage, SIGNER, ORIGIN, (unreachable,), board.policy)
    with pytest.raises(NotWitnessed, match="connection refused"):
        log.append([b"a"])
    assert log.size == 1
    board.storage.close()


def test_threads_get_distinct_indexes(board: Board) -> None:
    """Appending from several threads gives one order; proofs can be read meanwhile."""
    found: dict[bytes, int] = {}

    def work(name: int) -> None:
        for number in range(10):
            entry = b"%d/%d" % (name, number)
            found[entry] = board.log.append([entry])[0]
            board.log.receipt(found[entry])

    threads = [Thread(target=work, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found.values()) == list(range(40))
    assert board.log.entries(0, 40) == sorted(found, key=found.__getitem__)
