"""What could never be put on the board is refused before anybody votes [08.26]: else a ballot could be
cast, and not be counted.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.record.canonical import encode
from quorate.record.entries import MAX_ENTRY_BYTES, ClosingPoint, PartialShare, Share, read_entry
from quorate.record.manifest import Facts, Manifest, Option, Question, manifest_problem
from support import examples
from support.ballots import SmallBallot, strike_question


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Manifest:
    return SmallBallot(tmp_path_factory.mktemp("limits")).manifest


def share(groups: int, places: int = 1) -> bytes:
    """A share as it stands on the board, with the longest numbers."""
    parts = tuple(
        PartialShare(group, bytes(32), place, bytes(96), 0)
        for group in range(groups)
        for place in range(places)
    )
    closing = ClosingPoint(bytes(32), 2**53 - 1)
    return encode(Share(closing, bytes(32), parts, bytes(64), 255, "share"))


def by_units(manifest: Manifest, units: int, *questions: Question) -> Manifest:
    names = tuple(f"Workplace {n}" for n in range(units))
    asked = questions or (strike_question(tally="by-unit"),)
    return replace(manifest, units=names, questions=asked)


def test_as_many_units_as_a_share_can_hold(manifest: Manifest) -> None:
    """A strike vote counted by workplace: the most that fit, and one more."""
    most = next(n for n in range(1, 1000) if len(share(n + 1)) > MAX_ENTRY_BYTES)
    assert 200 < most < 300
    assert read_entry(share(most), "here").type == "share"
    assert manifest_problem(by_units(manifest, most)) is None
    problem = manifest_problem(by_units(manifest, most + 1))
    assert problem is not None
    assert f"{most + 1} totals" in problem


def test_all_questions_and_places_add_up(manifest: Manifest) -> None:
    """A hundred units are few for one question, and too many for two of four options."""
    hall = replace(examples.hall_question(), electorate=None, tally="by-unit")
    assert manifest_problem(by_units(manifest, 80, hall)) is None
    other = replace(hall, id="day")
    problem = manifest_problem(by_units(manifest, 80, hall, other))
    assert problem is not None
    assert "480 totals" in problem
    assert manifest_problem(by_units(manifest, 80, replace(hall, tally="all"), other)) is None


def test_only_units_that_vote_count(manifest: Manifest) -> None:
    some = replace(strike_question(tally="by-unit"), electorate=tuple(range(10)))
    assert manifest_problem(by_units(manifest, 2000, some)) is None


def test_very_many_at_once(manifest: Manifest) -> None:
    """Refused without making anything of that size."""
    many = tuple(Option(f"o{n}", f"Option {n}") for n in range(100))
    wide = replace(examples.hall_question(), electorate=None, tally="by-unit", options=many, rule=None)
    problem = manifest_problem(by_units(manifest, 100_000, wide))
    assert problem is not None
    assert "9900000 totals" in problem


def test_a_real_share_is_no_larger_than_foreseen(tmp_path: Path) -> None:
    ballot = examples.by_unit(tmp_path)
    lines = (ballot.record / "entries.jsonl").read_bytes().splitlines()
    shares = [line for line in lines if line.endswith(b'"type":"share"}')]
    assert len(shares) == 2
    assert all(len(line) <= len(share(3, 1)) + len(share(1, 3)) for line in shares)


def test_more_present_than_eligible(manifest: Manifest) -> None:
    """The rule could decide nothing, and there would be no certificate."""
    for present, fits in (
        (0, True),
        (manifest.credentials.count, True),
        (manifest.credentials.count + 1, False),
    ):
        question = replace(strike_question(), facts=Facts(None, present))
        problem = manifest_problem(replace(manifest, questions=(question,)))
        assert (problem is None) is fits
