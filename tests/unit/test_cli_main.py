"""The entry of the command line: help, exit codes, late loading, and no traceback for a person."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from quorate import __version__
from quorate.cli import main as entry
from quorate.cli.main import COMMANDS, run

BROKEN = """
import typer
from quorate.cli.errors import CommandError
app = typer.Typer()

@app.command()
def broken(how: str) -> int:
    if how == "refuse":
        raise CommandError("roll.csv line 7: two members have the number 4711; give each its own", 1)
    if how == "abort":
        raise typer.Abort
    if how == "interrupt":
        raise KeyboardInterrupt
    if how == "answer":
        return 3
    raise RuntimeError("secret detail")
"""


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more subcommand, in a real module, that ends in every way."""
    (tmp_path / "a_broken_command.py").write_text(BROKEN, "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(entry.COMMANDS, "broken", ("a_broken_command", "Breaks."))
    monkeypatch.delenv("QUORATE_DEBUG", raising=False)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"quorate {__version__}\n"


def test_help_names_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    page = capsys.readouterr().out
    assert all(f"  {name} " in page for name in COMMANDS)


@pytest.mark.parametrize("arguments", [[], ["rule"], ["--nope"], ["rules"]])
def test_wrong_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == 64
    printed = capsys.readouterr()
    assert "--help" in printed.err
    assert "Traceback" not in printed.err


def test_a_near_subcommand_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rule"]) == 64
    assert "Did you mean 'rules'?" in capsys.readouterr().err


@pytest.mark.usefixtures("broken")
def test_a_refusal_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["broken", "refuse"]) == 1
    assert capsys.readouterr().err == (
        "quorate: roll.csv line 7: two members have the number 4711; give each its own\n"
    )


@pytest.mark.usefixtures("broken")
def test_a_fault_is_one_line_without_details(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(["broken", "fault"]) == 70
    (line,) = capsys.readouterr().err.splitlines()
    assert "a fault in Quorate" in line
    assert "QUORATE_DEBUG=1" in line
    assert "secret detail" not in line
    monkeypatch.setenv("QUORATE_DEBUG", "1")
    with pytest.raises(RuntimeError, match="secret detail"):
        run(["broken", "fault"])


@pytest.mark.usefixtures("broken")
def test_interruptions_and_answers(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["broken", "interrupt"]) == 130
    assert run(["broken", "abort"]) == 130
    assert run(["broken", "answer"]) == 3
    assert "Traceback" not in capsys.readouterr().err


def test_rules_start_without_cryptography_or_a_server() -> None:
    code = (
        "import sys\n"
        "from quorate.cli.main import run\n"
        "assert run(['rules', 'show', 'us-ctu-ratify']) == 0\n"
        "assert run(['--help']) == 0\n"
        "heavy = ('cryptography', 'django', 'quorate._native', 'quorate.crypto', 'quorate.record')\n"
        "print('loaded:', [name for name in sys.modules if name.startswith(heavy)])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_a_reader_that_leaves_early_sees_no_traceback() -> None:
    code = "from quorate.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", code, "rules", "list"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
