"""A real process writes to a real board and is killed with SIGKILL, again and again, on one directory."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from quorate.board.checkpoint import NO_WITNESSES, open_checkpoint
from quorate.board.consistency import verify_consistency
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.board.proof import Receipt

ORIGIN = "board.example/b"
SIGNER = LogSigner(ORIGIN, bytes(range(32)))

WRITER = """
import sys
from pathlib import Path
from quorate.board.files import CHECKPOINT, FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log

directory, run = Path(sys.argv[1]), sys.argv[2]
origin = "board.example/b"
new = not (directory / CHECKPOINT).exists()
log = (Log.create if new else Log)(FileStorage(directory), LogSigner(origin, bytes(range(32))), origin)
print("ready", flush=True)
number = 0
while True:
    batch = [f"{run} {number + offset} ".encode() + b"x" * 900 for offset in range(number % 40 + 1)]
    number += len(batch)
    for index, entry in zip(log.append(batch), batch, strict=True):
        print(index, entry.split(b" x")[0].decode(), log.receipt(index).hex(), flush=True)
"""


def test_a_killed_writer_loses_nothing_that_it_acknowledged(tmp_path: Path) -> None:
    """[08.16] [08.19] Whoever read an acknowledgement finds the entry, with the receipt that was given."""
    directory = tmp_path / "board"
    seeded = random.Random(20151211)  # noqa: S311 - moments to kill at, not secrets
    acknowledged: dict[int, tuple[str, bytes]] = {}
    for run in range(6):
        command = [sys.executable, "-c", WRITER, str(directory), str(run)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            told = [writer.stdout.readline() for _ in range(seeded.randrange(120))]
            time.sleep(seeded.uniform(0.0, 0.01))  # into the middle of some later batch
            writer.kill()
            told += writer.stdout.readlines()
        assert writer.returncode == -9
        for line in told:
            if line.endswith("\n"):  # else the process died while it said so
                place, name, number, receipt = line.split()
                assert int(place) not in acknowledged
                acknowledged[int(place)] = (f"{name} {number}", bytes.fromhex(receipt))
    with FileStorage(directory) as storage:
        log = Log(storage, SIGNER, ORIGIN)
        assert log.size >= len(acknowledged) > 0
        latest = log.checkpoint().checkpoint
        entries = log.entries(0, log.size)
        for index, (label, given) in acknowledged.items():
            assert entries[index].startswith(f"{label} x".encode())
            Receipt.parse(given).verify(entries[index], SIGNER.key, NO_WITNESSES)
        for note in log.checkpoints():
            old = open_checkpoint(note, SIGNER.key, NO_WITNESSES).checkpoint
            proof = log.consistency_proof(old.size, latest.size)
            verify_consistency(old.size, latest.size, old.root, latest.root, proof)
