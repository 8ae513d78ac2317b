"""Two real ballots that follow each other: delegates, then members, on one text."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from quorate.record.canonical import encode, instant
from quorate.record.container import Container
from quorate.record.manifest import Manifest, Question, Stage, Window
from quorate.record.pins import Pins
from quorate.rules import preset
from quorate.verify.chain import ChainReport, verify_chain
from support.ballots import NOON, SmallBallot, line, strike_question

Change = Callable[[Manifest], Manifest]
BEFORE = Window("2015-12-09T13:00:00Z", "2015-12-08T14:00:00Z", "America/Chicago")
DURING = instant("2015-12-08T18:00:00Z")


def unchanged(manifest: Manifest) -> Manifest:
    """The manifest as an honest organiser drafts it."""
    return manifest


def question(name: str = "strike", **changes: Any) -> Question:
    """Decided by a plain majority of the votes."""
    return replace(strike_question(preset("majority-of-votes")), id=name, **changes)


def delegates(
    folder: Path, votes: Sequence[int] = (0, 0, 1), asked: Question | None = None, change: Change = unchanged
) -> SmallBallot:
    """A finished ballot of three delegates, a day before the members': carried unless voted otherwise."""
    ballot = SmallBallot(
        folder,
        questions=(asked or question(),),
        seed=f"delegates-{folder.name}",
        change=lambda m: change(replace(m, body="House of Delegates", window=BEFORE)),
    )
    box = ballot.open_box()
    box.submit([line(ballot.vote(n, [(0, [vote])])) for n, vote in enumerate(votes, start=1)], DURING)
    assert ballot.finish(box).ok
    return ballot


def stage_of(ballot: SmallBallot) -> Stage:
    """How the next manifest names this ballot."""
    certificate = (ballot.record / "certificate.json").read_bytes().removesuffix(b"\n")
    return Stage(hashlib.sha256(certificate).digest(), ballot.manifest.phi)


def members(
    folder: Path,
    previous: Stage | None,
    asked: Sequence[Question] | None = None,
    change: Change = unchanged,
    finished: bool = True,
) -> SmallBallot:
    """A ballot of three members that stands on an earlier one; two vote yes."""
    questions = tuple(asked or (question(),))
    ballot = SmallBallot(
        folder,
        questions=questions,
        seed=f"members-{folder.name}",
        change=lambda m: change(replace(m, body="All members", previous=previous)),
    )
    box = ballot.open_box()
    choices = [(n, [0]) for n in range(len(questions))]
    box.submit([line(ballot.vote(n, choices)) for n in (1, 2)], NOON)
    if finished:
        assert ballot.finish(box).ok
    else:
        ballot.publish()
    return ballot


def report(
    *ballots: SmallBallot | Path | bytes,
    pins: Sequence[Pins] = (),
    without: Sequence[str] = (),
    ongoing: bool = False,
) -> ChainReport:
    """Verify these records as a chain; bytes are minutes."""
    with ExitStack() as stack:
        records: list[tuple[str, Container | bytes]] = []
        for one in ballots:
            if isinstance(one, bytes):
                records.append(("minutes.json", one))
                continue
            folder = one if isinstance(one, Path) else one.record
            records.append((folder.name, stack.enter_context(Container(folder))))
        return verify_chain(records, pins=pins, without=without, ongoing=ongoing)


def write_pins(path: Path, ballot: SmallBallot) -> Path:
    """A file with the pins of a ballot."""
    path.write_bytes(encode(ballot.pins) + b"\n")
    return path
