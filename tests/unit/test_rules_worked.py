"""Every row of the worked tables in docs/rules is decided as printed: the documents are the data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from quorate.rules import Counts, Outcome, all_presets, decide, decide_choice, plan, preset, presets

DOCS = Path(__file__).parents[2] / "docs" / "rules"
FAMILIES = sorted(path for path in DOCS.glob("*.md") if path.name != "README.md")


class Row(NamedTuple):
    """A row of a table: which rule, in which file and line, and its cells by column."""

    rule: str
    where: str
    cells: dict[str, str]


def rows() -> Iterator[Row]:
    for path in FAMILIES:
        rule, header = "", list[str]()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if line.startswith("## "):
                rule = line.removeprefix("## ").strip()
            if not line.startswith("|"):
                header = []
                continue
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if not header:
                header = cells
            elif not set(line) <= set("|-"):
                yield Row(rule, f"{path.name}:{number}", dict(zip(header, cells, strict=True)))


ROWS = list(rows())
VERDICTS = [row for row in ROWS if "margin" in row.cells]
PLANS = [row for row in ROWS if "fails at" in row.cells]
ELECTIONS = [row for row in ROWS if "votes" in row.cells]


def name(row: Row) -> str:
    return f"{row.where}-{row.rule}"


def figure(cell: str) -> int | None:
    return int(cell) if cell else None


@pytest.mark.parametrize("row", VERDICTS, ids=name)
def test_verdict(row: Row) -> None:
    rule = preset(row.rule)
    settings = {one.name: row.cells[one.name] == "yes" for one in rule.settings if one.name in row.cells}
    notice = {"yes": True, "no": False}.get(row.cells.get("notice", ""))
    figures = {
        key: figure(cell)
        for key, cell in row.cells.items()
        if key in Counts.__struct_fields__ and key not in ("notice", "challenged")
    }
    counts = Counts(**figures, challenged=int(row.cells.get("challenged") or 0), notice=notice)
    decision = decide(rule.configured(settings), counts)
    assert decision.outcome == row.cells["outcome"]
    if decision.outcome is not Outcome.CANNOT_BE_DECIDED:
        assert (decision.needed, decision.margin) == (int(row.cells["needed"]), int(row.cells["margin"]))


@pytest.mark.parametrize("row", PLANS, ids=name)
def test_before_opening(row: Row) -> None:
    asked = plan(preset(row.rule), int(row.cells["eligible"]))
    votes = [(one.needed, one.fails_at) for one in asked.tests if one.fails_at is not None]
    assert votes == [(int(row.cells["must vote yes"]), int(row.cells["fails at"]))]


@pytest.mark.parametrize("row", ELECTIONS, ids=name)
def test_election(row: Row) -> None:
    votes = [(who, int(count)) for who, count in re.findall(r"(\w+) (\d+)", row.cells["votes"])]
    decision = decide_choice(
        preset(row.rule),
        None,
        int(row.cells["cast"]),
        votes,
        seats=int(row.cells["seats"]),
        challenged=int(row.cells["challenged"]),
    )
    assert decision.outcome == row.cells["outcome"]
    assert ", ".join(decision.elected) == row.cells["elected"]
    assert ", ".join(decision.tied) == row.cells["level"]


def test_every_preset_has_a_section_with_rows_that_carry_and_rows_that_do_not() -> None:
    seen: dict[str, set[str]] = {}
    for row in VERDICTS + ELECTIONS:
        seen.setdefault(row.rule, set()).add(row.cells["outcome"])
    assert set(seen) == {rule.id for rule in presets()}
    for rule in presets():
        if rule.expression.__class__.__name__ == "Unavailable":
            assert seen[rule.id] == {"cannot be decided"}
        elif rule.expression.__class__.__name__ == "Choice":
            assert {"elected", "tie"} <= seen[rule.id]
        else:
            assert {"carried", "not carried"} <= seen[rule.id], rule.id


def test_the_tables_are_read_at_all() -> None:
    assert len(FAMILIES) == 11
    assert len(VERDICTS) == 174
    assert len(PLANS) == 5
    assert len(ELECTIONS) == 15


def test_the_index_links_every_family() -> None:
    index = (DOCS / "README.md").read_text("utf-8")
    assert all(f"({path.name})" in index for path in FAMILIES)


def test_each_section_names_its_source() -> None:
    for path in FAMILIES:
        text = path.read_text("utf-8")
        named = text.count("\nSource") + (len(all_presets()) if "Source for all" in text else 0)
        sections = text.count("\n## ")
        assert named >= sections or path.name == "general.md", path.name
