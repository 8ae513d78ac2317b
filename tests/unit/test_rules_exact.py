"""The rules are exact by construction: no floating point, no chance, no clock, no storage in their code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import quorate.rules

FOLDER = Path(quorate.rules.__file__).parent
SOURCES = sorted(FOLDER.glob("*.py"))


def offences(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Constant(value=float() | complex()):
                yield f"line {node.lineno}: the number {node.value!r}"
            case ast.BinOp(op=ast.Div()) | ast.AugAssign(op=ast.Div()):
                yield f"line {node.lineno}: a division that rounds"
            case ast.Call(func=ast.Name(id="float" | "round" | "open" as name)):
                yield f"line {node.lineno}: {name}()"
            case ast.Call(func=ast.Attribute(attr="now" | "today" | "utcnow" | "time" as name)):
                yield f"line {node.lineno}: {name}()"
            case ast.Import(names=names):
                modules = {alias.name.partition(".")[0] for alias in names}
                for module in modules & {"random", "time", "decimal", "secrets", "logging", "os", "sys"}:
                    yield f"line {node.lineno}: import {module}"
            case ast.ImportFrom(module=str(module)) if module.partition(".")[0] in {
                "random",
                "time",
                "decimal",
                "secrets",
                "logging",
                "os",
                "sys",
                "django",
            }:
                yield f"line {node.lineno}: from {module} import"


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.name)
def test_no_source_of_rules_rounds_guesses_or_looks_at_the_clock(path: Path) -> None:
    assert list(offences(path.read_text("utf-8"))) == []


def test_the_search_finds_what_it_looks_for() -> None:
    for code in (
        "a / b",
        "a /= b",
        "0.75",
        "float(a)",
        "round(a)",
        "datetime.now()",
        "import random",
        "from time import time",
    ):
        assert len(list(offences(code))) == 1, code
    assert len(SOURCES) == 18
