"""Who may import whom: the layers, and what each layer may not know (ARCHITECTURE.md)."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "quorate"

CLOCK = ("time", "datetime.datetime.now", "datetime.datetime.today", "datetime.date.today")
FILES = ("os", "io", "pathlib", "shutil", "tempfile", "fileinput")
RANDOMNESS = ("random", "secrets", "uuid", "os")
NETWORK = ("socket", "ssl", "http", "urllib.request", "requests", "httpx", "aiohttp", "smtplib", "asyncio")
DATABASE = ("sqlite3", "psycopg", "procrastinate")
SERVER = ("django", "ninja", "allauth", "procrastinate", "quorate.server", "quorate.web", "quorate.apps")
ENCODINGS = ("json", "msgspec", "rfc8785", "pickle", "marshal")

MAY_NOT_KNOW: dict[str, tuple[str, ...]] = {
    "group": (*CLOCK, *FILES, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER, *ENCODINGS, "logging", "hashlib"),
    "crypto": (*CLOCK, *FILES, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER, *ENCODINGS, "logging", "datetime"),
    "board": (*NETWORK, *DATABASE, *SERVER),
    "rules": (*CLOCK, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER, "decimal", "statistics"),
    "timeline": (*CLOCK, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER),
    "lifecycle": (*CLOCK, *FILES, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER),
    "record": (*CLOCK, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER),
    "verify": (*CLOCK, *NETWORK, *DATABASE, *SERVER),
    "election": (*NETWORK, *DATABASE, *SERVER),
    "roll": (*NETWORK, *DATABASE, *SERVER),
    "report": (*NETWORK, *DATABASE, *SERVER),
    "apps": (
        "quorate.web",
        "quorate.server",
        "django.http",
        "django.shortcuts",
        "django.template",
        "django.urls",
        "ninja",
    ),
    "web": ("quorate.server", "quorate.crypto", "quorate.group", "psycopg"),
    "server": ("quorate.crypto", "quorate.group"),
    "text": (*CLOCK, *RANDOMNESS, *NETWORK, *DATABASE, *SERVER),
    "files": (*CLOCK, *NETWORK, *DATABASE, *SERVER),
}


def sources(layer: str) -> list[Path]:
    module = PACKAGE / f"{layer}.py"
    return [module] if module.exists() else sorted((PACKAGE / layer).rglob("*.py"))


def names_used(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every imported name in full, and every dotted use of one.

    ``from datetime import datetime as d; d.now()`` yields ``datetime``, ``datetime.datetime`` and
    ``datetime.datetime.now``.
    """
    bound: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield node.lineno, node.module
            for alias in node.names:
                bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.lineno, f"{node.module}.{alias.name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            parts: list[str] = []
            inner: ast.expr = node
            while isinstance(inner, ast.Attribute):
                parts.append(inner.attr)
                inner = inner.value
            if isinstance(inner, ast.Name) and inner.id in bound:
                yield node.lineno, ".".join([bound[inner.id], *reversed(parts)])


def breaches(text: str, forbidden: tuple[str, ...]) -> list[tuple[int, str]]:
    return [
        (line, name)
        for line, name in names_used(ast.parse(text))
        if any(name == wall or name.startswith(wall + ".") for wall in forbidden)
    ]


def test_the_layers_hold() -> None:
    """import-linter, with the contracts of pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("layer", MAY_NOT_KNOW)
def test_what_a_layer_may_not_know(layer: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for path in sources(layer)
        for line, name in breaches(path.read_text(encoding="utf-8"), MAY_NOT_KNOW[layer])
    ]
    assert found == [], f"quorate.{layer} may not know: {found}"


@pytest.mark.parametrize(
    "text",
    [
        "import json",
        "from msgspec import Struct",
        "import os.path",
        "def f():\n    import time",
        "from datetime import datetime as d\nd.now()",
        "import datetime\ndatetime.datetime.now()",
        "from os import urandom",
    ],
)
def test_the_walls_can_be_hit(text: str) -> None:
    assert breaches(text, MAY_NOT_KNOW["crypto"])


def test_every_layer_of_the_contract_has_its_walls() -> None:
    """A layer that appears gets a row above; ``cli`` alone may know everything."""
    layers = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert layers - {"__init__", "__main__", "cli"} <= set(MAY_NOT_KNOW)


def test_only_the_group_touches_the_native_module() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if breaches(path.read_text(encoding="utf-8"), ("quorate._native",))
    }
    assert users == {"group/__init__.py"}


def test_verifier_and_ceremony_need_no_server() -> None:
    """Not even through another module: the import graph, external packages included, has no path there."""
    graph = grimp.build_graph("quorate", include_external_packages=True, cache_dir=None)
    assert graph.find_shortest_chain("quorate.crypto", "cryptography", as_packages=True), "the graph is blind"
    reached = [
        chain
        for layer in ("quorate.verify", "quorate.crypto", "quorate.election", "quorate.report")
        for server in SERVER
        if {layer, server} <= graph.modules
        for chain in [graph.find_shortest_chain(layer, server, as_packages=True)]
        if chain
    ]
    assert reached == []


WITHOUT_A_SERVER = """
import sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {absent!r}:
            raise ModuleNotFoundError(name, name=name)
sys.meta_path.insert(0, Absent())
from importlib import import_module
from quorate.cli.main import COMMANDS, run
for command, (module, _) in COMMANDS.items():
    if command not in {servers!r}:
        import_module(module)
sys.exit(run({command!r}))
"""


def without_a_server(*command: str) -> subprocess.CompletedProcess[str]:
    """Run a command where no package of `quorate[server]` can be imported."""
    absent = ("django", "psycopg", "psycopg_pool", "ninja", "allauth", "uvicorn", "whitenoise", "asgiref")
    script = WITHOUT_A_SERVER.format(absent=absent, servers=("serve",), command=command)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)


def test_verifier_and_ceremony_start_without_a_server() -> None:
    """`pip install quorate` is enough for all commands but one, which says what is missing."""
    rules = without_a_server("rules", "list")
    assert rules.returncode == 0, rules.stderr
    serve = without_a_server("serve")
    assert serve.returncode == 2
    assert "pip install 'quorate[server]'" in serve.stderr


def managers(tree: ast.AST) -> Iterator[int]:
    """Lines that reach for a table's manager."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            yield node.lineno


def test_pages_ask_selectors_and_services() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources("web")
        for line in managers(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], f"quorate.web reaches into tables: {found}"
    assert list(managers(ast.parse("Member.objects.all()"))) == [1]


def floats(tree: ast.AST) -> Iterator[int]:
    """Lines with a float; the cutoff of difflib's suggestions for a misspelt name decides nothing."""
    suggestions = {
        id(word.value)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", None) == "get_close_matches"
        for word in call.keywords
    }
    for node in ast.walk(tree):
        number = isinstance(node, ast.Constant) and isinstance(node.value, float | complex)
        if (number and id(node) not in suggestions) or (isinstance(node, ast.Name) and node.id == "float"):
            yield getattr(node, "lineno", 0)


@pytest.mark.parametrize("layer", ["rules", "timeline", "lifecycle", "crypto", "verify"])
def test_decisions_use_no_floats(layer: str) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources(layer)
        for line in floats(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == [], f"a float in quorate.{layer}: {found}"


def test_a_float_is_seen() -> None:
    assert list(floats(ast.parse("limit = 0.75\nshare = float(3)\nwhole = 3"))) == [1, 2]
