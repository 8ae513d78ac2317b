"""The other parties of a replay, as processes: tellers by their commands, voters' programs in a pool."""

from __future__ import annotations

import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from quorate.election.voter import VoterProgram
from quorate.files import write_whole
from quorate.record.manifest import read_manifest
from quorate.text import _

_QUORATE = (sys.executable, "-c", "from quorate.cli.main import main; main()")

Vote = tuple[str, int, bytes]
"""A code, the index of the chosen outcome, and the tracker of the code's earlier ballot (or zeros)."""


class ReplayFailed(RuntimeError):
    """A step did not work; the message says which."""


def start_quorate(*arguments: str) -> subprocess.Popen[str]:
    """Start a `quorate` command as a process of its own."""
    return subprocess.Popen(
        (*_QUORATE, *arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def run_quorate(*arguments: str) -> str:
    """Run a `quorate` command to its end; ReplayFailed with what it said when it fails."""
    process = start_quorate(*arguments)
    output, error = process.communicate()
    if process.returncode:
        raise ReplayFailed(f"quorate {' '.join(arguments[:2])}: {error.strip()}")
    return output


@dataclass(frozen=True)
class TellerProcesses:
    """The tellers of one ballot: each command of each is a process, on that teller's own folder."""

    home: Path
    indices: Sequence[int]
    at_once: int

    def folder(self, i: int) -> Path:
        """The private folder of a teller."""
        return self.home / f"teller-{i}"

    def all(
        self,
        command: str,
        shared: str = "",
        extra: Callable[[int], list[str]] = lambda i: [],
        who: Sequence[int] = (),
        tell: Callable[[int], None] = lambda n: None,
    ) -> None:
        """Run one command of every teller (or of `who`), at most `at_once` together."""
        waiting = list(who or self.indices)
        running: list[tuple[int, subprocess.Popen[str]]] = []
        done = 0
        try:
            while waiting or running:
                while waiting and len(running) < self.at_once:
                    i = waiting.pop(0)
                    arguments = [str(self.folder(i)), *([shared] if shared else []), *extra(i)]
                    running.append((i, self._start(i, "teller", command, *arguments)))
                i, process = running.pop(0)
                error = process.communicate()[1]
                if process.returncode:
                    raise ReplayFailed(_("Teller {i}: {why}").format(i=i, why=error.strip()))
                done += 1
                tell(done)
        finally:
            for _i, process in running:
                process.kill()
                process.wait()

    def _start(self, i: int, *arguments: str) -> subprocess.Popen[str]:
        passphrase = self.folder(i).with_suffix(".passphrase")
        if not passphrase.exists():
            passphrase.parent.mkdir(parents=True, exist_ok=True)
            write_whole(passphrase, secrets.token_urlsafe(24).encode() + b"\n", private=True)
        return start_quorate(*arguments, "--passphrase-file", str(passphrase))


@contextmanager
def voters(workers: int, manifest: bytes) -> Iterator[ProcessPoolExecutor]:
    """A pool of voters' programs for one manifest."""
    pool = ProcessPoolExecutor(workers, initializer=_read, initargs=(manifest,))
    try:
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def seal_ahead(
    pool: ProcessPoolExecutor, batches: Sequence[Sequence[Vote]], depth: int
) -> Iterator[list[bytes]]:
    """The sealed ballots of each batch in order, with at most `depth` batches being made ahead."""
    waiting: list[Future[list[bytes]]] = []
    for batch in batches:
        waiting.append(pool.submit(_seal, batch))
        if len(waiting) > depth:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


def check_receipts(lines: Sequence[bytes], receipts: Sequence[bytes]) -> int:
    """In a voter's program: how many receipts prove that their ballot is on the board; BoardError
    for a bad one.
    """
    return len([_program().check_receipt(*pair) for pair in zip(lines, receipts, strict=True)])


_manifest: list[bytes] = []


def _read(manifest: bytes) -> None:
    _manifest[:] = [manifest]


@lru_cache(maxsize=1)
def _program() -> VoterProgram:
    return VoterProgram(read_manifest(_manifest[0]))


def _seal(votes: Sequence[Vote]) -> list[bytes]:
    return [
        _program().seal(code, [(0, [choice])], prev, secrets.token_bytes).line for code, choice, prev in votes
    ]
