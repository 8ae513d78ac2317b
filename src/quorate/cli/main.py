"""``quorate``: the entry of the command line.

A subcommand is one line of ``COMMANDS``: its name, the module that holds its ``app`` (a ``typer.Typer``),
and its help. The module is imported only when the subcommand runs, so that ``quorate rules`` starts without
cryptography and ``quorate verify`` without a server.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, Final, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from quorate import __version__
from quorate.cli.errors import CommandError, Exit

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "demo": ("quorate.cli.demo", "Replay a published strike vote at full size, from key to certificate."),
    "serve": ("quorate.cli.serve", "Serve the site: ballots, booth, results, officers."),
    "account": (
        "quorate.cli.account",
        "Make the account of the first officer; others are invited on the site.",
    ),
    "verify": ("quorate.cli.verify", "Does a record prove its result? Check it on this machine."),
    "officer": ("quorate.cli.officer", "Run a ballot from a draft to a certificate, with files alone."),
    "vote": ("quorate.cli.vote", "Seal a ballot with a voting code, and find it on the board."),
    "teller": ("quorate.cli.teller_tally", "Hold a ballot's key together with others, and open its result."),
    "registrar": ("quorate.cli.registrar", "Freeze a roll, make voting codes, replace and revoke them."),
    "rules": ("quorate.cli.rules", "When does a vote carry? List, read and apply the decision rules."),
}


class _Subcommands(TyperGroup):
    """The table above as a group: names and help from the table, the rest loaded on use."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        return TyperCommand(cmd_name, help=COMMANDS[cmd_name][1])

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        self.commands = {name: self.get_command(ctx, name) for name in COMMANDS}  # for "did you mean"
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None and name in COMMANDS:
            command = get_command(import_module(COMMANDS[name][0]).app)
            command.name = name
        return name, command, rest


app = typer.Typer(
    cls=_Subcommands,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="quorate COMMAND --help says more. Wrong usage exits with 64.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"quorate {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Votes of unions and member organisations that anyone can re-derive from a public record."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code. No traceback reaches a person."""
    try:
        answer = get_command(app).main(args=list(arguments), prog_name="quorate", standalone_mode=False)
    except typer.TyperException as wrong:
        return _explain_usage(wrong)
    except CommandError as refusal:
        typer.echo(f"quorate: {refusal}", err=True)
        return refusal.exit_code
    except typer.Abort:  # a prompt without an answer; Ctrl-C comes back as 130 by itself
        typer.echo("quorate: interrupted", err=True)
        return Exit.INTERRUPTED
    except Exception as fault:  # the last line of defence: a person gets one line, not a trace
        if os.environ.get("QUORATE_DEBUG") == "1":
            raise
        typer.echo(
            f"quorate: this is a fault in Quorate, not in what you typed ({type(fault).__name__}). "
            "Run the same command with QUORATE_DEBUG=1 and report what it prints as SECURITY.md or "
            "CONTRIBUTING.md says.",
            err=True,
        )
        return Exit.FAULT
    return answer if isinstance(answer, int) else 0


def _explain_usage(wrong: typer.TyperException) -> int:
    context = getattr(wrong, "ctx", None)
    typer.echo(wrong.format_message(), err=True)
    if context is not None and not wrong.message.startswith("Usage"):  # else it is the whole help
        typer.echo(f"{context.command_path} --help says more.", err=True)
    return Exit.WRONG_USAGE


def main() -> NoReturn:
    """The entry point of the ``quorate`` executable."""
    sys.exit(run(sys.argv[1:]))
