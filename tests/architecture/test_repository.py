"""What no file of this repository may contain, and what every clone of it must have."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Spelled in pieces, so that this file passes its own test.
REGISTRIES = [
    "py" + r"pi\.org",
    "python" + r"hosted\.org",
    "registry\\." + r"(npmjs|yarnpkg)",
    "index\\." + r"crates\.io",
    "arti" + "factory",
    r"--(extra-)?index" + "-url",
    r'"resolved":\s*' + r'"http',
    r"registry\s*=\s*" + r'"?http',
]
MACHINES = [r"(?<![\w.$}])/(ro" + r"ot|ho" + r"me/\w+|wo" + r"rk|Us" + r"ers/\w+)/\w"]


def committed() -> list[Path]:
    """Tracked files, and those about to be (untracked, not ignored)."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: there are no committed files to look at")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def offences(patterns: list[str], text: str) -> list[str]:
    wanted = re.compile("|".join(patterns))
    return [line.strip()[:120] for line in text.splitlines() if wanted.search(line)]


def test_no_file_names_a_registry_or_a_machine() -> None:
    """Where packages come from, and where a checkout lies, is each machine's own business."""
    found = {}
    for path in committed():
        if path.name == "Cargo.lock":  # cargo writes its registry into every entry
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # images and fonts
        if lines := offences(REGISTRIES + MACHINES, text):
            found[path.relative_to(ROOT).as_posix()] = lines
    assert found == {}


@pytest.mark.parametrize(
    "line",
    [
        "pip install --index" + "-url somewhere",
        '"resolved": ' + '"https://example.org/x.tgz"',
        "see /ro" + "ot/project/file",
        "in /ho" + "me/someone/checkout",
    ],
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert offences(REGISTRIES + MACHINES, line)


def test_no_committed_file_is_large() -> None:
    """A clone stays small: 1 MB for any one file."""
    assert [path.name for path in committed() if path.stat().st_size > 1_000_000] == []


@pytest.mark.parametrize("name", ["runtime.txt", "dev.txt"])
def test_locked_packages_have_hashes(name: str) -> None:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][\w.-]*==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", text, re.MULTILINE)
    assert pins
    assert len(pins) == len(re.findall(r"^[^\s#]", text, re.MULTILINE)), "a line that is no hashed pin"


def test_both_locks_agree() -> None:
    """What ships is what was tested: every runtime pin is in the development lock too."""
    runtime, dev = (
        set(
            re.findall(
                r"^(\S+==\S+)", (ROOT / "requirements" / name).read_text(encoding="utf-8"), re.MULTILINE
            )
        )
        for name in ("runtime.txt", "dev.txt")
    )
    assert runtime
    assert runtime <= dev


def test_licences_of_all_that_ships_are_listed() -> None:
    """docs/licences.md is as new as the lock files; ``make licences`` writes it."""
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    runtime = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    crates = (ROOT / "native" / "Cargo.lock").read_text(encoding="utf-8")
    locked = re.findall(r"^([\w.-]+)==(\S+)", runtime, re.MULTILINE)
    locked += re.findall(r'name = "(\S+)"\nversion = "(\S+)"\nsource', crates)
    rows = {
        (re.sub(r"[-_.]+", "-", name).lower(), v)
        for name, v in re.findall(r"^\| (\S+) \| (\S+) \|", page, re.M)
    }
    assert len(locked) > 20
    assert [pin for pin in locked if (re.sub(r"[-_.]+", "-", pin[0]).lower(), pin[1]) not in rows] == []


def test_the_stub_describes_the_native_module(tmp_path: Path) -> None:
    """mypy's stubtest compares _native.pyi with the built module; only reflected operators may go unsaid."""
    allowed = tmp_path / "allowed"
    allowed.write_text(r"quorate\._native\.(Scalar|Element)\.__r(add|sub|mul)__" + "\n", encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy.stubtest",
        "quorate._native",
        "--concise",
        "--allowlist",
        str(allowed),
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
