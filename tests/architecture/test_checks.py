"""Every check of docs/protocol/10-verification.md works, and works alone.

The table in tests/support/mutations.py names for each V-number one mutation of a good record that this
check catches and no other. Without the check the false record passes: so whoever deletes or stubs a check
fails here.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from quorate.verify.checks import CHECKS
from support.ballots import SmallBallot
from support.forge import assert_stopped
from support.mutations import MUTATIONS, Good

CHAPTER = Path(__file__).parents[2] / "docs" / "protocol" / "10-verification.md"


@pytest.fixture(scope="module")
def made() -> dict[str, SmallBallot]:
    return {}


@pytest.fixture
def good(made: dict[str, SmallBallot], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> Good:
    return Good(made, tmp_path_factory.getbasetemp() / "checks", tmp_path)


def test_the_table_names_every_check_of_the_specification() -> None:
    specified = re.findall(
        r"^\*\*\[10\.\d+\]\*\* (V\d+)\.", CHAPTER.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert specified == [f"V{n}" for n in range(1, len(specified) + 1)]
    assert list(MUTATIONS) == specified
    assert list(CHECKS) == specified


def test_good_records_pass_every_check(good: Good) -> None:
    for forgery in (good.plain(), good.rich(), good.by_unit()):
        assert forgery.ballot.log is not None
        forgery.receipts = [("receipt of entry 1", forgery.ballot.log.receipt(1))]
        report = forgery.report()
        assert report.findings == []
        assert report.checked == list(CHECKS)


@pytest.mark.parametrize("check", MUTATIONS)
def test_each_check_alone_stops_its_mutation(good: Good, check: str) -> None:
    report = assert_stopped(MUTATIONS[check](good), check)
    assert check in report.checked
