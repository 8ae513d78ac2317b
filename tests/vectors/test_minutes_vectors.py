"""Minutes as others can check them: vectors/minutes.json [13.7] to [13.9]."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from quorate.record.canonical import encode
from quorate.record.minutes import read_minutes
from quorate.verify.minutes import MINUTES_CHECKS, verify_minutes
from support.write_minutes import PATH, document

CASES: list[dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_minutes(case: dict[str, Any]) -> None:
    minutes = read_minutes(case["input"].encode())
    fired = {finding.check for finding in verify_minutes(minutes).findings}
    if "failure" in case:
        assert fired == {case["failure"].split(":")[0]}
        return
    assert fired == set()
    named = {"certificate": hashlib.sha256(encode(minutes)).hexdigest(), "phi": minutes.phi.hex()}
    assert named == case["expected"]


def test_each_check_has_a_case() -> None:
    assert {case["failure"].split(":")[0] for case in CASES if "failure" in case} == set(MINUTES_CHECKS)


def test_the_file_is_what_the_code_writes() -> None:
    assert PATH.read_text(encoding="utf-8") == document()
