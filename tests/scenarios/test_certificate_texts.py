"""Whole certificates as text, compared letter by letter with files that a person has read.

A change of wording or layout changes these files. Write them anew with
`PYTHONPATH=tests python -m support.write_certificates`, and read what `git diff` shows before committing.
"""

from __future__ import annotations

import pytest

from quorate.report.sheet import draw
from quorate.report.text import text_report
from support.certificates import CASES, verified
from support.write_certificates import KEPT


@pytest.mark.parametrize("name", CASES)
def test_the_text_is_the_one_that_was_read(name: str) -> None:
    drawn = text_report(draw(verified(CASES[name])))
    assert drawn == (KEPT / f"{name}.txt").read_text(encoding="utf-8")


def test_no_file_is_left_over() -> None:
    assert {path.stem for path in KEPT.iterdir()} == CASES.keys()


def test_the_guide_shows_a_certificate_as_it_is() -> None:
    guide = (KEPT.parents[2] / "docs" / "howto" / "read-a-certificate.md").read_text(encoding="utf-8")
    name = guide.split("<!-- from ")[1].split(" -->")[0]
    shown = guide.split("```\n")[1]
    assert shown in (KEPT / f"{name}.txt").read_text(encoding="utf-8")
