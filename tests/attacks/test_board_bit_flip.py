"""L1: a bit flips in memory before the log signs, or on disk after it (a certificate log died of it in 2022).

Attacker: a failing chip, or whoever can write to the disk but does not hold the log's key.
Wish: a signed tree that does not fit its entries, or an altered entry that nobody notices.
Stopped by: the independent recomputation before every signature [08.20] and on every opening [08.21].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from quorate.board.checkpoint import WitnessPolicy
from quorate.board.errors import StorageDamaged
from quorate.board.files import CHECKPOINT, CHECKPOINTS, ENTRIES, HASHES, FileStorage
from quorate.board.keys import LogSigner, WitnessSigner
from quorate.board.log import Log
from quorate.board.note import Note
from quorate.board.tree import Frontier, Node, leaf_hash

ORIGIN = "board.example/b"
SIGNER = LogSigner(ORIGIN, bytes(range(32)))
WITNESS = WitnessSigner("w.example", bytes([1]) * 32)
POLICY = WitnessPolicy(quorum=1, witnesses=(str(WITNESS.key),))
ENTRIES_HANDED_OVER = [b'{"ballot":%d}' % number for number in range(5)]


def witness(checkpoint: bytes, prove: Callable[[int], list[bytes]]) -> Sequence[str]:
    return [WITNESS.cosign(Note.parse(checkpoint).text, 1_700_000_000).line()]


def flipped(data: bytes, at: int = -1, bit: int = 0) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1 << bit
    return bytes(changed)


class FlippingStorage(FileStorage):
    """Flips a bit on the way to the disk, while `flip` says where."""

    flip = ""

    def append_entries(self, entries: Sequence[bytes]) -> None:
        altered = [*entries[:-1], flipped(entries[-1])] if self.flip == "entry" else entries
        super().append_entries(altered)

    def append_hashes(self, hashes: Sequence[bytes]) -> None:
        altered = [flipped(hashes[0]), *hashes[1:]] if self.flip == "hash" else hashes
        super().append_hashes(altered)

    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        found = super().read_hashes(nodes)
        return [flipped(value) for value in found] if self.flip == "old hash" else found


@pytest.mark.parametrize(
    ("flip", "file", "line"),
    [
        ("entry", ENTRIES, "line 5"),
        ("hash", HASHES, "bytes 96 to 127"),  # three hashes of two entries come before
        ("old hash", HASHES, "bytes 64 to 95"),  # the node over entries 0 and 1
    ],
)
def test_a_flip_on_the_way_to_the_disk_is_not_signed_for(
    tmp_path: Path, flip: str, file: str, line: str
) -> None:
    """[08.20]"""
    with FlippingStorage(tmp_path) as storage:
        log = Log.create(storage, SIGNER, ORIGIN)
        log.append(ENTRIES_HANDED_OVER[:2])
        signed = storage.latest()
        storage.flip = flip
        with pytest.raises(StorageDamaged, match="Nothing will be signed") as caught:
            log.append(ENTRIES_HANDED_OVER[2:])
        assert caught.value.places == (f"{tmp_path / file} {line}",)
        assert storage.latest() == signed
        assert log.size == 2
        storage.flip = ""
        assert log.append(ENTRIES_HANDED_OVER[2:]) == [2, 3, 4]
        assert log.entries(0, 5) == ENTRIES_HANDED_OVER


def test_a_flip_in_memory_is_not_signed_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """[08.20] The tree in memory went wrong: the disk disagrees with it, and wins."""
    with FileStorage(tmp_path) as storage:
        log = Log.create(storage, SIGNER, ORIGIN)
        log.append(ENTRIES_HANDED_OVER[:3])
        signed = storage.latest()
        sound = Frontier.extend

        def unsound(self: Frontier, leaves: Sequence[bytes]) -> list[bytes]:
            monkeypatch.undo()  # once
            hashes = sound(self, leaves)
            self._peaks[0] = flipped(self._peaks[0])
            return hashes

        monkeypatch.setattr(Frontier, "extend", unsound)
        with pytest.raises(StorageDamaged):
            log.append(ENTRIES_HANDED_OVER[3:])
        assert storage.latest() == signed
        assert log.append(ENTRIES_HANDED_OVER[3:]) == [3, 4]


@pytest.fixture
def board(tmp_path: Path) -> Path:
    with FileStorage(tmp_path) as storage:
        log = Log.create(storage, SIGNER, ORIGIN, (witness,), POLICY)
        log.append(ENTRIES_HANDED_OVER[:3])
        log.append(ENTRIES_HANDED_OVER[3:])
    return tmp_path


def reopen(directory: Path) -> Log:
    with FileStorage(directory) as storage:
        return Log(storage, SIGNER, ORIGIN, (witness,), POLICY)


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.mark.parametrize(("name", "step"), [(ENTRIES, 1), (HASHES, 5), (CHECKPOINT, 1), (CHECKPOINTS, 5)])
def test_no_flipped_bit_on_disk_goes_unnoticed(board: Path, name: str, step: int) -> None:
    """[08.21] Every byte (or every fifth), another bit each time; nothing is changed: the trace is kept."""
    intact = contents(board)
    for at in range(0, len(intact[name]), step):
        damaged = flipped(intact[name], at, at % 8)
        (board / name).write_bytes(damaged)
        if name == CHECKPOINTS and at == len(damaged) - 1:
            # Its last line end: an unfinished line, which the checkpoint place makes good.
            reopen(board)
            assert contents(board) == intact
            continue
        with pytest.raises(StorageDamaged) as caught:
            reopen(board)
        assert all(str(board / name) in place for place in caught.value.places)
        assert contents(board) == {**intact, name: damaged}
    (board / name).write_bytes(intact[name])
    assert reopen(board).size == 5


@pytest.mark.parametrize("number", range(5))
def test_the_damaged_entry_is_named(board: Path, number: int) -> None:
    """[08.21] By its line, because the stored hashes are intact and tell it from its neighbours."""
    lines = (board / ENTRIES).read_bytes().splitlines(keepends=True)
    lines[number] = flipped(lines[number], 3)
    (board / ENTRIES).write_bytes(b"".join(lines))
    with pytest.raises(StorageDamaged, match="altered or missing") as caught:
        reopen(board)
    assert caught.value.places == (f"{board / ENTRIES} line {number + 1}",)


def test_without_the_hashes_the_checkpoints_narrow_it_down(board: Path) -> None:
    """[08.21] Hash file lost and an entry altered: the first checkpoint that no longer fits is the bound."""
    lines = (board / ENTRIES).read_bytes().splitlines(keepends=True)
    lines[3] = flipped(lines[3], 3)
    (board / ENTRIES).write_bytes(b"".join(lines))
    (board / HASHES).unlink()
    with pytest.raises(StorageDamaged, match="From the first to the last") as caught:
        reopen(board)
    assert caught.value.places == tuple(f"{board / ENTRIES} line {line}" for line in (4, 5))


@pytest.mark.parametrize("keep", [0, 32, 100, 200])
def test_missing_hashes_are_recomputed(board: Path, keep: int) -> None:
    """[08.19]"""
    intact = contents(board)
    (board / HASHES).write_bytes(intact[HASHES][:keep])
    reopen(board)
    assert contents(board) == intact


@pytest.mark.parametrize("count", range(5))
def test_missing_entries_are_named(board: Path, count: int) -> None:
    """[08.21] A file that ends early."""
    lines = (board / ENTRIES).read_bytes().splitlines(keepends=True)
    (board / ENTRIES).write_bytes(b"".join(lines[:count]) + lines[count][:4])
    with pytest.raises(StorageDamaged) as caught:
        reopen(board)
    assert caught.value.places == tuple(f"{board / ENTRIES} line {at + 1}" for at in range(count, 5))


def test_an_older_checkpoint_in_the_place_is_noticed(board: Path) -> None:
    """[08.17] It is validly signed; going on from it would set acknowledged entries aside."""
    with FileStorage(board) as storage:
        older = storage.read_checkpoints(1, 2)[0]
    (board / CHECKPOINT).write_bytes(older)
    before = contents(board)
    with pytest.raises(StorageDamaged, match="older than the last published") as caught:
        reopen(board)
    assert caught.value.places == (str(board / CHECKPOINT),)
    assert contents(board) == before


def test_shuffled_checkpoints_are_noticed(board: Path) -> None:
    """[08.10] Sizes never fall."""
    lines = (board / CHECKPOINTS).read_bytes().splitlines(keepends=True)
    assert len(lines) == 3
    (board / CHECKPOINTS).write_bytes(lines[1] + lines[0] + lines[2])
    with pytest.raises(StorageDamaged, match="smaller than the one before"):
        reopen(board)


def test_a_checkpoint_that_the_log_signed_for_other_entries_is_named(board: Path) -> None:
    """[08.21] Valid signatures do not help: the root has to be that of these entries."""
    other = board / "other"
    with FileStorage(other) as storage:
        log = Log.create(storage, SIGNER, ORIGIN, (witness,), POLICY)
        log.append([leaf_hash(b"x").hex().encode()] * 3)
        foreign = (other / CHECKPOINTS).read_bytes().splitlines(keepends=True)[1]
    lines = (board / CHECKPOINTS).read_bytes().splitlines(keepends=True)
    (board / CHECKPOINTS).write_bytes(lines[0] + foreign + lines[2])
    with pytest.raises(StorageDamaged) as caught:
        reopen(board)
    assert caught.value.places == (f"{board / CHECKPOINTS} line 2",)
