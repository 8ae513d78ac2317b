"""The specification, the code, the tests and the vectors cite each other, and nothing that does not exist."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from quorate.verify.checks import CHECKS

ROOT = Path(__file__).parents[2]
LABEL = re.compile(r"^\*\*\[(\d\d\.\d+)\]\*\*", re.MULTILINE)
CITATION = re.compile(r"\[(\d\d\.\d+)\]")
CHAPTERS = sorted((ROOT / "docs" / "protocol").glob("[0-9][0-9]-*.md"))
VECTORS = sorted((ROOT / "vectors").glob("*.json"))


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def labels(chapter: Path) -> list[str]:
    return LABEL.findall(read(chapter))


ALL_LABELS = {label for chapter in CHAPTERS for label in labels(chapter)}


def citations(folder: str, *endings: str) -> dict[str, str]:
    """Label to one file that cites it; generated and fetched folders apart."""
    return {
        label: path.relative_to(ROOT).as_posix()
        for ending in endings
        for path in sorted((ROOT / folder).rglob(f"*{ending}"))
        if "node_modules" not in path.parts
        for label in CITATION.findall(read(path))
    }


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_clauses_are_numbered_without_gaps(chapter: Path) -> None:
    number = chapter.name[:2]
    assert labels(chapter) == [f"{number}.{n}" for n in range(1, len(labels(chapter)) + 1)]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_every_clause_is_cited_by_code_and_by_tests(chapter: Path) -> None:
    wanted = set(labels(chapter))
    assert wanted, f"{chapter.name} has no clause"
    assert sorted(wanted - citations("src", ".py", ".pyi").keys()) == [], "cited nowhere in src/"
    assert sorted(wanted - citations("tests", ".py").keys()) == [], "cited nowhere in tests/"


@pytest.mark.parametrize(
    ("folder", "endings"),
    [
        ("src", (".py", ".pyi")),
        ("tests", (".py",)),
        ("docs", (".md",)),
        ("booth", (".ts",)),
        ("native/src", (".rs",)),
    ],
)
def test_every_citation_names_a_clause(folder: str, endings: tuple[str, ...]) -> None:
    dangling = {k: v for k, v in citations(folder, *endings).items() if k not in ALL_LABELS}
    assert dangling == {}


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors_say_where_they_come_from_and_what_they_show(path: Path) -> None:
    vectors: dict[str, Any] = json.loads(read(path))
    assert vectors.keys() == {"format", "topic", "provenance", "clause", "cases"}
    assert vectors["format"] == "quorate-vectors/1"
    assert vectors["topic"]
    assert len(vectors["provenance"]) > 20, "a sentence that lets a stranger find or make them again"
    assert vectors["clause"], "cites at least one clause"
    assert set(vectors["clause"]) <= ALL_LABELS
    names = [case["name"] for case in vectors["cases"]]
    assert names, "no cases"
    assert len(names) == len(set(names)), "two cases of one name"
    for case in vectors["cases"]:
        assert case.keys() in ({"name", "input", "expected"}, {"name", "input", "failure"}), case["name"]
        assert case.get("failure", "reason"), f"{case['name']}: say why it must fail"


@pytest.mark.parametrize("path", VECTORS, ids=lambda path: path.stem)
def test_vectors_are_run(path: Path) -> None:
    tests = (p for p in (ROOT / "tests").rglob("*.py") if "architecture" not in p.parts)
    assert any(path.name in read(p) or f'"{path.stem}"' in read(p) for p in tests), (
        f"no test reads {path.name}"
    )


def test_every_check_of_the_specification_is_one_class() -> None:
    """V-numbers: those of docs/protocol/10-verification.md, the classes written, and those that run."""
    specified = set(re.findall(r"\bV(\d+)\b", read(ROOT / "docs" / "protocol" / "10-verification.md")))
    assert specified
    assert specified == {str(n) for n in range(1, len(specified) + 1)}, "V-numbers have gaps"
    modules = (ROOT / "src" / "quorate" / "verify").glob("checks*.py")
    written = [n for module in modules for n in re.findall(r"^class V(\d+)", read(module), re.MULTILINE)]
    assert sorted(written) == sorted(specified), "one class for each V-number"
    assert list(CHECKS) == [f"V{n}" for n in range(1, len(specified) + 1)], "all registered, in order"
    for number, check in CHECKS.items():
        assert check.number == number
        assert re.match(rf"{number}[A-Z]", type(check).__name__)
