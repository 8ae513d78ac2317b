"""The kinds of transcripts and framed strings: those of [03.5], each used where it says, and no others."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
CHAPTER = (ROOT / "docs" / "protocol" / "03-transcript.md").read_text(encoding="utf-8")
CLAUSE = CHAPTER[CHAPTER.index("**[03.5]**") : CHAPTER.index("**[03.6]**")]


def kinds_in_code() -> set[str]:
    """Every constant that opens a `Transcript`, directly or through a context."""
    found: set[str] = set()
    for path in (ROOT / "src" / "quorate").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            first = node.args[0]
            if name in ("Transcript", "transcript") and isinstance(first, ast.Constant):
                found.add(str(first.value))
    return found


def written() -> dict[str, str]:
    """Kind to the label of the clause that fixes it."""
    return dict(re.findall(r"`([a-z-]+)`\s*\[(\d\d\.\d+)\]", CLAUSE))


def test_the_code_uses_the_written_kinds() -> None:
    """[03.5]"""
    assert kinds_in_code() == written().keys()


def test_each_kind_is_fixed_where_it_says() -> None:
    """[03.5] The clause that is named speaks of the kind."""
    for kind, label in written().items():
        chapter = next((ROOT / "docs" / "protocol").glob(f"{label[:2]}-*.md")).read_text(encoding="utf-8")
        clause = chapter[chapter.index(f"**[{label}]**") :].split("\n**[")[0]
        assert f"`{kind}`" in clause, f"[{label}] does not speak of {kind}"
