"""Attacker: whoever finds a ballot that one program takes and another refuses (C16; libraries that
disagree are the daily bread of Wycheproof). Wish: a record that some verifiers accept and some do not.

Stopped by: one specification, in which every ballot has one verdict. Random and changed ballots go to the
ballot box, to the verifier in chunks and one by one, and to the booth's program, which was written from
docs/protocol in another language with another library: they must say the same of each, and find the same
tracker.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from quorate.crypto.encoding import Encoding
from quorate.election.box import Accepted
from quorate.record.entries import read_ballot
from quorate.verify.chunk import Setup, check_chunk
from support import examples
from support.ballot_mutants import Sender
from support.ballots import NOON, SmallBallot, strike_question

BOOTH = Path(__file__).parents[2] / "booth"
BALLOTS = int(os.environ.get("QUORATE_VERDICTS", "2000"))
"""`make verdicts` asks for 100,000, under a seed of its own."""
SEED = os.environ.get("QUORATE_SEED", "two implementations")
BATCH = 100
HALL = replace(examples.hall_question(), electorate=None)
PAPERS = {
    "yes-no-blank": ((strike_question(),), 0.7),
    "yes-no": ((replace(strike_question(), blank=None),), 0.2),
    "one-of-four": ((HALL,), 0.05),
    "two-questions": ((strike_question(), examples.board_question()), 0.05),
}
"""Questions, and their part of the ballots: the booth's program takes up to a tenth of a second for one."""


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The booth's verifier as one file."""
    made = tmp_path_factory.mktemp("verdicts") / "verdicts.mjs"
    bundler = BOOTH / "node_modules" / ".bin" / "esbuild"
    options = ("--bundle", "--platform=node", "--format=esm", "--target=es2022", f"--outfile={made}")
    subprocess.run([bundler, "tools/verdicts.ts", "--log-level=error", *options], cwd=BOOTH, check=True)
    return made


def booths_question(number: int, encoding: Encoding) -> dict[str, object]:
    """A question as the booth's program names it."""
    if encoding.single:
        return {"encoding": {"outcomes": encoding.outcomes, "type": "single"}, "question": number}
    bounds = {"max": encoding.maximum, "min": encoding.minimum}
    many = {"blank": encoding.blank, "options": encoding.options, "type": "multiple", **bounds}
    return {"encoding": many, "question": number}


def booths_verdicts(program: Path, ballot: SmallBallot, entries: list[bytes]) -> list[str]:
    """What the booth's program says of each."""
    manifest = ballot.manifest
    form = {
        "ballot_key": manifest.ballot_key.hex(),
        "phi": manifest.phi.hex(),
        "questions": [booths_question(n, one) for n, one in enumerate(manifest.encodings)],
    }
    sent = "\n".join([json.dumps(form), *(entry.hex() for entry in entries)]) + "\n"
    node = shutil.which("node")
    assert node, "no Node.js: sh .ci/prerequisites says how to install it"
    return subprocess.run(
        [node, program], input=sent, capture_output=True, text=True, check=True
    ).stdout.splitlines()


@pytest.mark.parametrize("paper", PAPERS)
def test_every_ballot_has_one_verdict(paper: str, program: Path, tmp_path: Path) -> None:
    questions, part = PAPERS[paper]
    print(f"QUORATE_SEED={SEED!r} QUORATE_VERDICTS={BALLOTS} {paper}")
    ballot = SmallBallot(tmp_path, voters=12, questions=questions, seed=f"{SEED} {paper}")
    manifest = ballot.manifest
    box = ballot.open_box()
    sender = Sender(ballot, Random(f"{SEED} {paper}"))  # noqa: S311  # a test that can be repeated
    setup = Setup(manifest.phi, manifest.ballot_key, manifest.encodings)
    every = tuple(range(len(questions)))
    entries: list[bytes] = []
    verdicts: list[str] = []
    said = Counter[str]()
    for _ in range(max(1, int(BALLOTS * part) // BATCH)):
        lines = [sender.next() for _ in range(BATCH)]
        together = check_chunk(setup, lines)
        bad = {index for index, _kind, _message in together.faults}
        for index, (entry, summary) in enumerate(zip(lines, together.summaries, strict=True)):
            alone = check_chunk(setup, [entry])
            assert bool(alone.faults) == (index in bad), entry
            good = index not in bad and summary is not None and summary.questions == every
            verdicts.append(f"accepted {summary.tracker.hex()}" if good and summary else "refused")
        for entry, verdict, answer in zip(lines, verdicts[-BATCH:], box.submit(lines, NOON), strict=True):
            check = "cast" if isinstance(answer, Accepted) else answer.check
            # its place in the chain and on the board (V12, V13) is not in the ballot itself
            assert (check in ("cast", "V12", "V13")) is (verdict != "refused"), (check, entry)
            said[check] += 1
            if check == "cast":
                sender.last[read_ballot(entry, "").credential] = bytes.fromhex(verdict.split()[1])
        entries += lines
    theirs = booths_verdicts(program, ballot, entries)
    assert len(theirs) == len(entries)
    for entry, ours, other in zip(entries, verdicts, theirs, strict=True):
        assert ours == (other if other.startswith("accepted") else "refused"), (other, entry)
    clauses = Counter(one.split()[1] if one.startswith("refused") else "accepted" for one in theirs)
    print(f"{len(entries)} ballots; the box: {dict(said)}; the booth: {dict(clauses)}")
    assert clauses["accepted"] > len(entries) // 10
    assert {"cast", "V1", "V9", "V10", "V11"} <= set(said), "the changes reach every check"
