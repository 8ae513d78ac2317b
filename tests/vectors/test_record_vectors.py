"""Records that were published once verify for ever, and patches of them are refused by the check that
they name.

[08.32] to [08.34], [08.36] to [08.39], [10.1] to [10.22]
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.record.container import FILES
from quorate.verify.checks import CHECKS
from support.record_vectors import FOLDER, patched, verified
from support.void_mutations import MUTATIONS


def cases_of(topic: str) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))["cases"]
    return cases


CASES, PASSKEYS = cases_of("records"), cases_of("passkeys")
GOOD = [case for case in CASES if "expected" in case]
BAD = [case for case in CASES if "failure" in case]


def report_on(case: dict[str, Any], folder: Path) -> tuple[bool, set[str]]:
    given = case["input"]
    record = patched(FOLDER / given["record"], given["patch"], folder / "record")
    report = verified(record, given["pins"], given["receipts"])
    return report.pinned, {finding.check for finding in report.findings}


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["name"])
def test_verifies(case: dict[str, Any], tmp_path: Path) -> None:
    pinned, fired = report_on(case, tmp_path)
    assert fired == set()
    assert ("verified" if pinned else "consistent") == case["expected"]


@pytest.mark.parametrize("case", [*BAD, *PASSKEYS], ids=lambda case: case["name"])
def test_is_refused_by_the_check_that_it_names(case: dict[str, Any], tmp_path: Path) -> None:
    _pinned, fired = report_on(case, tmp_path)
    assert fired == set(case["failure"].split(":")[0].split())


def test_there_is_one_for_each_check() -> None:
    alone = [case for case in BAD if case["name"].endswith(" alone")]
    assert [case["failure"].split(":")[0] for case in alone] == list(CHECKS)
    assert [case["name"] for case in BAD if case not in alone] == list(MUTATIONS)


@pytest.mark.parametrize("case", GOOD, ids=lambda case: case["name"])
def test_nothing_in_a_record_folder_is_left_unsaid(case: dict[str, Any]) -> None:
    record = FOLDER / case["input"]["record"]
    assert {path.name for path in record.iterdir()} == {*FILES, "pins.json", "README.md"}
    pins = (record / "pins.json").read_text(encoding="utf-8")
    assert case["input"]["pins"] in (None, pins.removesuffix("\n"))
