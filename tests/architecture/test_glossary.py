"""The glossary rules the names: each one that it gives exists, and each clause that it cites."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?!term |---)(.+) \| (.+) \| ([\d., -]+) \| (.+) \| (.+) \|$", re.MULTILINE)
ROWS = ROW.findall((ROOT / "docs" / "glossary.md").read_text(encoding="utf-8"))


def words(folder: str, ending: str) -> set[str]:
    files = (path for path in (ROOT / folder).rglob(f"*{ending}") if "node_modules" not in path.parts)
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(("column", "folder", "ending"), [(3, "src/quorate", ".py"), (4, "booth/src", ".ts")])
def test_the_names_exist(column: int, folder: str, ending: str) -> None:
    known = words(folder, ending)
    for row in ROWS:
        names = re.findall(r"`(\w+)`", row[column])
        assert names or row[column] == "-", row
        assert set(names) <= known, f"{row[0]}: no {set(names) - known} in {folder}"


def test_the_clauses_exist() -> None:
    protocol = (ROOT / "docs" / "protocol").glob("*.md")
    labels = {
        label
        for chapter in protocol
        for label in re.findall(r"^\*\*\[(\d\d\.\d+)\]\*\*", chapter.read_text("utf-8"), re.MULTILINE)
    }
    for row in ROWS:
        assert set(re.findall(r"\d\d\.\d+", row[2])) <= labels, row


def test_terms_stand_once_and_in_order() -> None:
    terms = [re.sub(r"[^a-z ]", "", row[0].lower()) for row in ROWS]
    assert len(terms) > 90
    assert len(set(terms)) == len(terms)
    table = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("|---")[2]
    assert table.count("\n| ") == len(ROWS), "a row has another form"
    assert terms == sorted(terms)
