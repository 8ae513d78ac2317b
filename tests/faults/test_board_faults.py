"""Every write of the board fails once in every way: nothing acknowledged is lost, and the board goes on.

The rows are the write steps of one scenario, found by running it once; `STEPS` names them, so that a new
write cannot come in without a row. Each row is run with each fault. After it: reload, and verify everything
that was acknowledged with the receipts that were given, as a stranger would.
"""

from __future__ import annotations

import errno
import itertools
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import pytest

from quorate.board.checkpoint import WitnessPolicy, open_checkpoint
from quorate.board.consistency import verify_consistency
from quorate.board.errors import AppendFailed
from quorate.board.fileops import SystemFileOps
from quorate.board.files import CHECKPOINT, DISCARDED, ENTRIES, FileStorage
from quorate.board.keys import LogSigner, WitnessSigner
from quorate.board.log import Log
from quorate.board.proof import Receipt
from quorate.board.tree import leaf_hash, root_of

ORIGIN = "board.example/b"
SIGNER = LogSigner(ORIGIN, bytes(range(32)))
WITNESS = WitnessSigner("w.example", bytes([1]) * 32)
POLICY = WitnessPolicy(quorum=1, witnesses=(str(WITNESS.key),))


class Killed(BaseException):
    """The process ended here; nothing of the program runs any more."""


class Disk(SystemFileOps):
    """Real files, with a plan for one write: which of them fails, and how.

    A sync is not passed on to the real disk, which would only cost time. It is kept account of: a power cut
    leaves file contents as of their last sync, and names as of the last sync of their directory.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[str] = []
        self.fail_at: int | None = None
        self.fault: Callable[[Callable[[], None], Callable[[], None]], None] | None = None
        self._paths: dict[int, str] = {}
        self._files: dict[str, _File] = {}
        self._durable_names: dict[str, _File] = {}

    def _step(self, name: str, whole: Callable[[], None], half: Callable[[], None] = lambda: None) -> None:
        self.steps.append(name)
        if self.fault is not None and len(self.steps) - 1 == self.fail_at:
            self.fault(whole, half)
        else:
            whole()

    def open(self, path: Path, *, truncate: bool = False) -> int:
        opened: list[int] = []
        name = path.name

        def whole() -> None:
            opened.append(SystemFileOps.open(self, path, truncate=truncate))
            self._paths[opened[0]] = name
            if truncate or name not in self._files:
                self._files[name] = _File()

        self._step(f"open {name}", whole)
        return opened[0]

    def write(self, fd: int, data: bytes, offset: int) -> None:
        write = SystemFileOps.write
        self._step(
            f"write {self._paths[fd]}",
            lambda: write(self, fd, data, offset),
            lambda: write(self, fd, data[: len(data) // 2], offset),
        )

    def sync(self, fd: int) -> None:
        name = self._paths[fd]
        file = self._files[name]

        def whole() -> None:
            file.durable = os.pread(fd, os.fstat(fd).st_size, 0)

        self._step(f"sync {name}", whole)

    def truncate(self, fd: int, length: int) -> None:
        self._step(f"truncate {self._paths[fd]}", lambda: SystemFileOps.truncate(self, fd, length))

    def rename(self, source: Path, target: Path) -> None:
        def whole() -> None:
            target.unlink(missing_ok=True)  # some file systems would flush the new file if it replaced one
            SystemFileOps.rename(self, source, target)
            self._files[target.name] = self._files.pop(source.name)

        self._step(f"rename {source.name}", whole)

    def sync_directory(self, path: Path) -> None:
        def whole() -> None:
            if path == self.root:
                self._durable_names = dict(self._files)

        self._step("sync directory", whole)

    def cut_power(self, *, zeros: bool) -> None:
        """Leave on disk what was made durable; of the rest nothing, or (as some systems do) zeros."""
        lengths = {file: self.root.joinpath(name).stat().st_size for name, file in self._files.items()}
        for path in self.root.iterdir():
            path.unlink()
        for name, file in self._durable_names.items():
            lost = lengths.get(file, 0) - len(file.durable) if zeros else 0
            (self.root / name).write_bytes(file.durable + bytes(max(lost, 0)))


class _File:
    """A file of the simulated disk; a rename moves it, as it moves an inode."""

    def __init__(self) -> None:
        self.durable = b""


def full(whole: Callable[[], None], half: Callable[[], None]) -> NoReturn:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def full_half_way(whole: Callable[[], None], half: Callable[[], None]) -> NoReturn:
    half()
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def done_but_reported_failed(whole: Callable[[], None], half: Callable[[], None]) -> NoReturn:
    whole()
    raise OSError(errno.EIO, os.strerror(errno.EIO))


def killed_before(whole: Callable[[], None], half: Callable[[], None]) -> NoReturn:
    """Killed after a write is the same as killed before the next one, which is a row too."""
    raise Killed


def killed_half_way(whole: Callable[[], None], half: Callable[[], None]) -> NoReturn:
    half()
    raise Killed


class World:
    """One board, what its callers were told, and what its witness saw."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.disk = Disk(directory)
        self.acknowledged: dict[int, tuple[bytes, bytes]] = {}  # index to entry and receipt
        self.tried: list[bytes] = []
        self.seen: list[bytes] = []  # checkpoints that left the house
        self.opened: Log | None = None
        self.storage: FileStorage | None = None

    @property
    def log(self) -> Log:
        assert self.opened is not None
        return self.opened

    def witness(self, checkpoint: bytes, prove: Callable[[int], list[bytes]]) -> Sequence[str]:
        self.seen.append(checkpoint)
        text = open_checkpoint(checkpoint, SIGNER.key, POLICY).note.text
        return [WITNESS.cosign(text, 1_700_000_000 + len(self.seen)).line()]

    def open(self, open_or_create: Callable[..., Log]) -> None:
        self.close()
        self.storage = FileStorage(self.directory, ops=self.disk)
        self.opened = open_or_create(self.storage, SIGNER, ORIGIN, (self.witness,), POLICY)

    def close(self) -> None:
        if self.storage is not None:
            self.storage.close()
        self.storage = self.opened = None

    def append(self, *entries: bytes) -> None:
        self.tried.extend(entries)
        for index, entry in zip(self.log.append(entries), entries, strict=True):
            self.acknowledged[index] = (entry, self.log.receipt(index))

    def scenario(self) -> None:
        """Create, append, reopen, recover from an unsigned end, append again."""
        self.open(Log.create)
        self.append(b"a0", b"a1", b"a2")
        self.append(b"b0")
        self.close()
        with (self.directory / ENTRIES).open("ab") as file:  # as if killed while writing
            file.write(b"unsigned\ncut o")
        self.open(Log)
        self.append(b"c0", b"c1")

    def check(self) -> None:
        """Everything acknowledged is there, provable, and nobody ever saw two histories."""
        assert self.log.size == len(self.log.entries(0, self.log.size))
        entries = self.log.entries(0, self.log.size)
        root = self.log.publish().checkpoint.root
        assert root == root_of(map(leaf_hash, entries))
        for index, (entry, receipt) in self.acknowledged.items():
            assert entries[index] == entry
            assert Receipt.parse(receipt).verify(entry, SIGNER.key, POLICY).index == index
        for note in self.seen:
            old = open_checkpoint(note, SIGNER.key, POLICY).checkpoint
            proof = self.log.consistency_proof(old.size, len(entries))
            verify_consistency(old.size, len(entries), old.root, root, proof)
        sizes = [open_checkpoint(note, SIGNER.key, POLICY).checkpoint.size for note in self.log.checkpoints()]
        assert sizes == sorted(sizes)
        self.check_nothing_vanished(entries)

    def check_nothing_vanished(self, entries: list[bytes]) -> None:
        """The board has no entry that was not handed over, and none twice; what was set aside can be read."""
        assert len(set(entries)) == len(entries)
        assert set(entries) <= set(self.tried)
        for line in (self.directory / DISCARDED).read_bytes().splitlines():
            assert json.loads(line).keys() == {"complete", "entry", "index"}


STEPS = {
    "open entries.jsonl",
    "open checkpoints.jsonl",
    "open discarded.jsonl",
    "open hashes.bin",
    "open checkpoint.new",
    "write entries.jsonl",
    "write hashes.bin",
    "write checkpoint.new",
    "write checkpoints.jsonl",
    "write discarded.jsonl",
    "sync entries.jsonl",
    "sync hashes.bin",
    "sync checkpoint.new",
    "sync checkpoints.jsonl",
    "sync discarded.jsonl",
    "sync directory",
    "rename checkpoint.new",
    "truncate entries.jsonl",
}


def table(*faults: Callable[..., None]) -> pytest.MarkDecorator:
    """Each step with each fault; only a write can stop half-way."""
    return pytest.mark.parametrize(
        ("step", "fault"),
        [
            pytest.param(step, fault, id=f"{step}: {fault.__name__}")
            for step in sorted(STEPS)
            for fault in faults
            if step.startswith("write") or fault not in (full_half_way, killed_half_way)
        ],
    )


def recorded_steps(directory: Path) -> list[str]:
    world = World(directory)
    world.scenario()
    world.check()
    world.close()
    return world.disk.steps


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The writes of the scenario, in order, when none fails."""
    return recorded_steps(tmp_path_factory.mktemp("plan") / "board")


def rows(plan: list[str], step: str) -> list[int]:
    return [number for number, name in enumerate(plan) if name == step]


def test_the_table_has_every_write(plan: list[str]) -> None:
    """[08.22] `STEPS` is what the scenario does, neither more nor less."""
    assert set(plan) == STEPS


@table(full, full_half_way, done_but_reported_failed)
def test_a_write_that_fails(tmp_path: Path, plan: list[str], step: str, fault: Callable[..., None]) -> None:
    """[08.22] Nothing of the batch is acknowledged, and the next append works without reopening."""
    for number in rows(plan, step):
        world = World(tmp_path / f"board-{number}")
        world.disk.fail_at, world.disk.fault = number, fault
        with pytest.raises((AppendFailed, OSError)):  # OSError only while opening
            world.scenario()
        before = len(world.acknowledged)
        if world.opened is None:
            reopen(world)
        world.append(b"next", b"and next")
        assert len(world.acknowledged) == before + 2
        world.open(Log)
        world.check()
        world.close()


@table(killed_before, killed_half_way)
def test_a_death_at_a_write(tmp_path: Path, plan: list[str], step: str, fault: Callable[..., None]) -> None:
    """[08.19] A new process finds everything that was acknowledged, and goes on."""
    for number in rows(plan, step):
        world = World(tmp_path / f"board-{number}")
        die(world, number, fault)
        reopen(world)
        world.append(b"next")
        world.check()
        world.close()


@pytest.mark.parametrize("step", sorted(STEPS))
def test_a_power_cut_at_a_write(tmp_path: Path, plan: list[str], step: str) -> None:
    """[08.17] Only what was synced is left, and must be enough: that is what the order of syncs is for."""
    for number in rows(plan, step):
        for zeros in (False, True):
            world = World(tmp_path / f"board-{number}-{zeros}")
            die(world, number, killed_before)
            world.disk.cut_power(zeros=zeros)
            reopen(world)
            world.append(b"next")
            world.check()
            world.close()


@pytest.mark.parametrize("fault", [killed_before, killed_half_way], ids=lambda fault: fault.__name__)
def test_a_death_during_recovery(tmp_path: Path, plan: list[str], fault: Callable[..., None]) -> None:
    """[08.19] Recovery itself dies at each of its writes, and is run again."""
    second_batch = plan.index("write entries.jsonl", plan.index("write entries.jsonl") + 1)
    signed = plan.index("rename checkpoint.new", second_batch)
    published = plan.index("write checkpoints.jsonl", signed)
    cosigned = plan.index("rename checkpoint.new", published)
    for number in (second_batch, signed + 1, published, cosigned, cosigned + 1):
        world = World(tmp_path / f"board-{number}")
        die(world, number, killed_half_way)
        for later in itertools.count():
            world.disk.fail_at, world.disk.fault = len(world.disk.steps) + later, fault
            try:
                reopen(world)
            except Killed:
                continue
            break
        assert later > 10, "recovery has more writes than that"
        world.disk.fault = None
        world.append(b"next")
        world.check()
        world.close()


def test_looking_afresh_makes_durable_what_is_found(tmp_path: Path) -> None:
    """[08.19] What a dead process wrote but did not sync is only relied on once it is synced."""
    world = World(tmp_path / "board")
    world.open(Log.create)
    assert world.storage is not None
    done = len(world.disk.steps)
    world.storage.reload()
    names = ("entries.jsonl", "checkpoints.jsonl", "discarded.jsonl", "hashes.bin")
    assert world.disk.steps[done:] == [f"sync {name}" for name in names]
    world.close()


def die(world: World, number: int, fault: Callable[..., None]) -> None:
    world.disk.fail_at, world.disk.fault = number, fault
    with pytest.raises(Killed):
        world.scenario()
    world.disk.fault = None
    world.close()  # what the system does when a process ends: descriptors and the lock go, nothing is written


def reopen(world: World) -> None:
    """As an operator would: create if creating never came to an end, else open."""
    world.close()
    new = not (world.directory / CHECKPOINT).exists()
    assert not (new and world.acknowledged)
    world.open(Log.create if new else Log)
