"""Attacker: the server with all of its keys, and for votes with tellers who ask no questions. Wish:
change any field of a record, of which some verifier has forgotten to check one (electionguard-verifier,
issue 7).

Stopped by: every field of every file is under some check. Each is changed here by itself to another
plausible value; what follows from it (tree, checkpoints, count, certificate) is made anew. Something must
be found each time, and for entries it must name the entry.
"""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator

import pytest

from quorate.record.ceremony import check_ceremony
from quorate.record.entries import Close, is_ballot
from quorate.verify import run
from quorate.verify.findings import Finding
from quorate.verify.run import NoManifest
from support.ballots import SmallBallot
from support.forge import Forge, Forgery
from support.leaves import mutations

SIZES = {"rich": 18, "by_unit": 10, "rested": 12, "void": 9}
"""The ballots, and how many entries each has on its board."""
ENTRIES = [(name, index) for name, size in SIZES.items() for index in range(size)]


@pytest.fixture(autouse=True)
def remember_ceremonies(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verdict on a ceremony file depends on its bytes alone: it is reached once for each file."""
    monkeypatch.setattr(run, "check_ceremony", functools.lru_cache(maxsize=8)(check_ceremony))


@pytest.fixture
def good(request: pytest.FixtureRequest) -> SmallBallot:
    ballot: SmallBallot = request.getfixturevalue(request.param)
    return ballot


@pytest.fixture
def forgery(good: SmallBallot, forge: Forge) -> Forgery:
    """A copy with checkpoints only where there must be some, for speed."""
    made = forge(good)
    close = made.place(Close)
    made.signed = lambda sizes: sorted({1, min(close + 1, sizes[-1]), sizes[-1]})
    return made


def findings_of(forgery: Forgery) -> list[Finding]:
    """What is found; a manifest that cannot be read at all counts as found, too."""
    try:
        return forgery.report().findings
    except NoManifest as error:
        return [Finding("V1", error.where, "a manifest", error.message)]


def only_opened(forgery: Forgery) -> None:
    """The ballot as it was right after its opening: what is fixed before is all there."""
    del forgery.entries[1:]
    forgery.until, forgery.certificate = "open", None


@pytest.mark.parametrize(("good", "index"), ENTRIES, indirect=["good"])
def test_of_every_entry(good: SmallBallot, forgery: Forgery, index: int) -> None:
    """Up to `close` the votes are counted again by the server, so that only the entry itself gives it
    away.
    """
    assert len(forgery.entries) == SIZES[good.seed.replace("-", "_")]
    close, true = forgery.place(Close), list(forgery.entries)
    if index < close:
        forgery.until, forgery.certificate = "close", None
    step = 8 if index > 1 and is_ballot(true[index]) else 1  # the ballots share the work among them
    count = 0
    for path, text in itertools.islice(mutations(true[index]), index % step, None, step):
        forgery.entries = [*true[:index], text, *true[index + 1 :]]
        if index < close:
            forgery.recount()
        found = findings_of(forgery)
        named = [f for f in found if f.where.startswith(f"entry {index} ")]
        assert named, (path, [*map(str, found)])
        count += 1
    assert count


@pytest.mark.parametrize("good", ["by_unit", "void"], indirect=True)
def test_of_the_certificate(forgery: Forgery) -> None:
    assert forgery.certificate is not None
    seen = set()
    for path, text in mutations(forgery.certificate):
        forgery.certificate = text
        found = findings_of(forgery)
        assert found, path
        assert {f.check for f in found} <= {"V1", "V19", "V20", "V21"}
        seen |= {path[0]}
    assert seen == json.loads(forgery.certificate).keys()


@pytest.mark.parametrize("good", SIZES, indirect=True)
def test_of_the_manifest(forgery: Forgery) -> None:
    """With the true pins each is another ballot, if it is a manifest at all."""
    only_opened(forgery)
    true = forgery.manifest
    for path, text in mutations(true):
        forgery.manifest = text
        found = findings_of(forgery)
        assert {f.check for f in found} & {"V1", "V3"}, path


@pytest.mark.parametrize("good", ["rich"], indirect=True)
def test_of_the_ceremony(forgery: Forgery) -> None:
    only_opened(forgery)
    for path, text in mutations(forgery.ceremony):
        forgery.ceremony = text
        assert "V7" in {f.check for f in findings_of(forgery)}, path


@pytest.mark.parametrize("good", SIZES, indirect=True)
def test_of_the_credential_list(forgery: Forgery) -> None:
    only_opened(forgery)
    true = list(forgery.credentials)
    for row, line in enumerate(true):
        for changed in (line[:4] + b"A" + line[5:], line[:-1] + b"9", line + b"0"):
            forgery.credentials = [*true[:row], changed, *true[row + 1 :]]
            assert "V8" in {f.check for f in findings_of(forgery)}, (row, changed)


def checkpoint_changes(forgery: Forgery, size: int) -> Iterator[tuple[str, str]]:
    """Each line of a checkpoint's text changed, to be signed again by the log and all witnesses."""
    text = forgery.checkpoint(size).text
    origin, number, root, _ = text.split("\n")
    yield "origin", f"{origin}x\n{number}\n{root}\n"
    yield "size", f"{origin}\n{int(number) + 1}\n{root}\n"
    yield "root", f"{origin}\n{number}\n{'B' if root[0] == 'A' else 'A'}{root[1:]}\n"
    yield "a line more", f"{text}extension\n"


@pytest.mark.parametrize("good", ["rich"], indirect=True)
def test_of_every_checkpoint(forgery: Forgery) -> None:
    forgery.signed = lambda sizes: sizes
    for size in (0, 1, 2, 7, 8, len(forgery.entries)):
        for name, text in checkpoint_changes(forgery, size):
            false = forgery.signed_note(text)
            forgery.note = lambda n, note, false=false, size=size: false if n == size else note  # type: ignore[misc]
            assert {f.check for f in findings_of(forgery)} & {"V1", "V4"}, (size, name)
