"""Attacker: whoever wrote the program. Wish: a second generator whose discrete logarithm is known, with which
commitments can be opened to anything (Lewis, Pereira and Teague 2019, Swiss Post's shuffle).

Stopped by: there is no second generator [01.2]. Every statement is about G and keys whose owners prove
that they know them. The only other point is the one of rehearsals, which is hashed from public values
[06.20] and no base of any commitment.
"""

from __future__ import annotations

import ast
from pathlib import Path

import quorate
from quorate.group import GENERATOR, Scalar, base_mul

SOURCE = Path(quorate.__file__).parent
COMPUTING = ("group", "crypto", "board", "record", "verify", "election")
"""Where elements are computed with, or read and handed on."""


def test_one_generator() -> None:
    assert base_mul(Scalar.one()) == GENERATOR


def test_points_come_from_hashes_in_rehearsals_only() -> None:
    users = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and node.attr == "from_uniform_bytes":
                users.add(path.relative_to(SOURCE).as_posix())
    assert users == {"crypto/ceremony/rehearsal.py"}


def test_no_point_is_written_into_the_program() -> None:
    """No constant of 32 bytes, or of 64 hexadecimal digits, that could be an element."""
    found = []
    for path in (path for folder in COMPUTING for path in (SOURCE / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant):
                value = node.value
                point = isinstance(value, bytes) and len(value) == 32
                digits = isinstance(value, str) and len(value) == 64 and set(value) <= set("0123456789abcdef")
                if point or digits:
                    found.append((path.name, value))
    assert found == []
