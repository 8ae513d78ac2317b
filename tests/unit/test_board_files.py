"""The board's directory: what is in the files, who may write them, and what becomes of cut-off ends."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from quorate.board.errors import CheckpointConflict, StorageBusy, StorageDamaged
from quorate.board.files import CHECKPOINT, CHECKPOINTS, DISCARDED, ENTRIES, HASHES, FileStorage
from quorate.board.tree import Frontier, Node, leaf_hash


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "boards" / "ballot-1"


@pytest.fixture
def storage(directory: Path) -> Iterator[FileStorage]:
    with FileStorage(directory) as opened:
        yield opened


def test_entries_are_lines(storage: FileStorage, directory: Path) -> None:
    """[08.24]"""
    storage.append_entries([b'{"a":1}', "ü".encode()])
    storage.append_entries([b"\x00\xff\r"])
    assert (directory / ENTRIES).read_bytes() == b'{"a":1}\n\xc3\xbc\n\x00\xff\r\n'
    assert storage.entry_count() == 3
    assert storage.read_entries(1, 3) == ["ü".encode(), b"\x00\xff\r"]
    assert storage.read_entries(3, 3) == []
    for start, end in ((0, 4), (-1, 1), (2, 1)):
        with pytest.raises(IndexError):
            storage.read_entries(start, end)


def test_hashes_are_one_sequence(storage: FileStorage, directory: Path) -> None:
    """[08.24]"""
    frontier = Frontier()
    leaves = [leaf_hash(b"%d" % number) for number in range(7)]
    hashes = frontier.extend(leaves)
    storage.append_hashes(hashes[:4])
    storage.append_hashes(hashes[4:])
    assert (directory / HASHES).read_bytes() == b"".join(hashes)
    assert storage.read_hashes([Node(0, 6), Node(2, 0)]) == [leaves[6], frontier.peaks[0]]
    assert storage.read_hash_run(9, 99) == hashes[9:]
    assert storage.read_hash_run(99, 120) == []
    with pytest.raises(OSError, match="too early"):
        storage.read_hashes([Node(0, 7)])
    storage.drop_hashes(4)
    assert storage.hash_count() == 4
    assert (directory / HASHES).stat().st_size == 128


def test_checkpoints_are_json_strings(storage: FileStorage, directory: Path) -> None:
    """[08.24] Canonical ones: what is outside ASCII stands as it is."""
    storage.append_checkpoint("a\n— ü\n".encode())
    assert (directory / CHECKPOINTS).read_bytes() == '"a\\n— ü\\n"\n'.encode()
    assert storage.read_checkpoints(0, 1) == ["a\n— ü\n".encode()]


@pytest.mark.parametrize("line", [b"{}", b'"a', b'"\\u0061"', b' "a"', b'"\xff"', b"null", b""])
def test_a_line_that_is_no_canonical_string_is_named(directory: Path, line: bytes) -> None:
    """[08.24]"""
    directory.mkdir(parents=True)
    (directory / CHECKPOINTS).write_bytes(b'"fine"\n' + line + b"\n")
    with FileStorage(directory) as storage:
        assert storage.read_checkpoints(0, 1) == [b"fine"]
        with pytest.raises(StorageDamaged) as caught:
            storage.read_checkpoints(0, 2)
    assert caught.value.places == (f"{directory / CHECKPOINTS} line 2",)


def test_the_place_is_compared_before_it_is_replaced(storage: FileStorage, directory: Path) -> None:
    """[08.17]"""
    assert storage.latest() is None
    with pytest.raises(CheckpointConflict):
        storage.replace(b"never there", b"one")
    assert storage.latest() is None
    storage.replace(None, b"one")
    storage.replace(b"one", b"two, which is longer")
    for wrong in (None, b"one"):
        with pytest.raises(CheckpointConflict):
            storage.replace(wrong, b"three")
    assert storage.latest() == (directory / CHECKPOINT).read_bytes() == b"two, which is longer"


def test_one_writer(storage: FileStorage, directory: Path) -> None:
    """[08.18] In this process and in another; free again once closed, however the process ended."""
    with pytest.raises(StorageBusy, match="Stop it first"):
        FileStorage(directory)
    program = (
        "import sys; from pathlib import Path; from quorate.board.files import FileStorage;"
        "FileStorage(Path(sys.argv[1])); import os; os._exit(7)"
    )
    refused = subprocess.run([sys.executable, "-c", program, directory], capture_output=True, check=False)
    assert refused.returncode == 1
    assert b"StorageBusy" in refused.stderr
    storage.close()
    assert subprocess.run([sys.executable, "-c", program, directory], check=False).returncode == 7
    FileStorage(directory).close()


def test_what_is_set_aside_can_be_read(storage: FileStorage, directory: Path) -> None:
    """[08.19] Complete entries and a cut-off one, with the index each would have had."""
    storage.append_entries([b"kept", b"one", b"two"])
    with (directory / ENTRIES).open("ab") as file:
        file.write(b"thr")
    storage.reload()
    assert storage.entry_count() == 3
    storage.set_aside(1)
    assert (directory / ENTRIES).read_bytes() == b"kept\n"
    assert storage.entry_count() == 1
    lines = (directory / DISCARDED).read_bytes().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"complete": True, "entry": "b25l", "index": 1},
        {"complete": True, "entry": "dHdv", "index": 2},
        {"complete": False, "entry": "dGhy", "index": 3},
    ]
    storage.set_aside(1)
    assert (directory / DISCARDED).read_bytes().splitlines() == lines, "nothing more to set aside"
    storage.append_entries([b"next"])
    assert storage.read_entries(0, 2) == [b"kept", b"next"]


def test_cut_off_ends_are_overwritten(directory: Path) -> None:
    """[08.18] A line or hash whose writing stopped in the middle is never taken for a whole one."""
    directory.mkdir(parents=True)
    (directory / CHECKPOINTS).write_bytes(b'"one"\n"two')
    (directory / DISCARDED).write_bytes(b'{"complete":true,"entry":"","index":0}\n{"comp')
    (directory / HASHES).write_bytes(bytes(32 + 5))
    (directory / ENTRIES).write_bytes(b"past")
    with FileStorage(directory) as storage:
        assert (storage.checkpoint_count(), storage.hash_count(), storage.entry_count()) == (1, 1, 0)
        storage.append_checkpoint(b"2")
        storage.append_hashes([b"\x01" * 32])
        storage.set_aside(0)
    assert (directory / CHECKPOINTS).read_bytes() == b'"one"\n"2"\n'
    assert (directory / HASHES).read_bytes() == bytes(32) + b"\x01" * 32
    assert [json.loads(line)["complete"] for line in (directory / DISCARDED).read_bytes().splitlines()] == [
        True,
        False,
    ]


def test_many_lines_are_found(directory: Path) -> None:
    """Line ends are found across the pieces in which a long file is read."""
    entries = [b"%d" % number * (number % 700 + 1) for number in range(2000)]
    with FileStorage(directory) as storage:
        storage.append_entries(entries)
        assert (directory / ENTRIES).stat().st_size > 2 << 20
    with FileStorage(directory) as storage:
        assert storage.read_entries(0, 2000) == entries
        assert storage.read_entries(1234, 1236) == entries[1234:1236]
