"""``quorate vote``: a voter's program for the command line. It trusts nothing but the record and its pins."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from quorate.board.errors import BoardError
from quorate.cli.errors import CommandError, WrongUsage
from quorate.cli.sending import latest
from quorate.cli.sending import send as send_ballot
from quorate.crypto.credential import derive, parse_code
from quorate.crypto.fingerprint import spoken
from quorate.election.directory import Fate, Found
from quorate.election.lookup import Lookup
from quorate.election.teller_files import TellerRefusal, read_line, write_line
from quorate.election.voter import VoterProgram
from quorate.files import write_whole
from quorate.record.canonical import RecordError
from quorate.record.container import Container
from quorate.record.manifest import Manifest, Question
from quorate.record.pins import read_pins
from quorate.text import _

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=_(
        "Seal a ballot with your voting code on this machine, and look up what is on the board.\n\n"
        "RECORD is the public record of the ballot: a folder or a zip file. Give --pins with what the paper "
        "notice says, so that you vote in the ballot that was announced."
    ),
)

Record = Annotated[Path, typer.Argument(help=_("The public record: a folder or a zip file."))]
CodeFile = Annotated[
    Path | None,
    typer.Option("--code-file", help=_("Read your voting code from this file; else you are asked.")),
]
PinsFile = Annotated[
    Path | None, typer.Option("--pins", help=_("The pins of the ballot, from the paper notice."))
]


@app.command()
def seal(
    record: Record,
    ballot: Annotated[Path, typer.Argument(help=_("Where to write the sealed ballot."))],
    choose: Annotated[
        list[str],
        typer.Option(
            "--choose",
            help=_("Your choice: an option's id, or QUESTION=OPTION where there are several questions."),
        ),
    ],
    code_file: CodeFile = None,
    pins: PinsFile = None,
    site: Annotated[
        str | None,
        typer.Option("--site", help=_("Ask this site for your latest ballot; else the record says it.")),
    ] = None,
) -> None:
    """Seal your choice. Not cast yet: `send` it to the site, or hand the file to the ballot box."""
    with _refusals(), Container(record) as container:
        board = _board(container, pins)
        code = _code(code_file)
        credential = derive(parse_code(code), board.manifest.ballot_id).public
        unit = _unit(board, credential)
        choices = _choices(board.manifest, unit, choose)
        prev = latest(site, board.manifest, credential) if site else board.latest(credential)
        sealed = VoterProgram(board.manifest).seal(code, choices, prev, secrets.token_bytes)
        if ballot.exists():
            raise TellerRefusal(_("{} is there already: choose another name.").format(ballot))
        write_line(ballot, sealed.line)
    typer.echo(_("Sealed, not cast yet: {}").format(ballot))
    typer.echo(_("Tracker: {}").format(spoken(sealed.tracker)))
    typer.echo(_("It does not show how you voted. Keep it to find your ballot on the board."))


@app.command()
def send(
    record: Record,
    ballot: Annotated[Path, typer.Argument(help=_("The sealed ballot."))],
    site: Annotated[str, typer.Argument(help=_("The address of the voting site: https://vote.example"))],
    proof: Annotated[Path, typer.Argument(help=_("Where to write the receipt."))],
    pins: PinsFile = None,
) -> None:
    """Cast a sealed ballot at a site, and check the receipt. Sending it again does no harm."""
    with _refusals(), Container(record) as container:
        board, line = _board(container, pins), read_line(ballot)
        received = send_ballot(site, board.manifest, line)
        try:
            index = VoterProgram(board.manifest).check_receipt(line, received)
        except BoardError as error:
            raise CommandError(
                _("The site says that your vote is cast, but its receipt proves nothing: {}").format(error), 1
            ) from None
        write_whole(proof, received)
    typer.echo(_("Your vote is cast: it is entry {index} of the public board.").format(index=index))
    typer.echo(_("Receipt: {}").format(proof))


@app.command()
def receipt(
    record: Record,
    ballot: Annotated[Path, typer.Argument(help=_("The sealed ballot that you handed in."))],
    proof: Annotated[Path, typer.Argument(help=_("The receipt that you got for it."))],
    pins: PinsFile = None,
) -> None:
    """Prove from your receipt that your ballot is on the board, whatever the server says today."""
    with _refusals(), Container(record) as container:
        board = _board(container, pins)
        try:
            index = VoterProgram(board.manifest).check_receipt(read_line(ballot), proof.read_bytes())
        except BoardError as error:
            raise CommandError(
                _("This receipt proves nothing for this ballot: {}").format(error), 1
            ) from None
    typer.echo(_("Your vote is cast: it is entry {index} of the public board.").format(index=index))


@app.command()
def mine(record: Record, code_file: CodeFile = None, pins: PinsFile = None) -> None:
    """List the ballots of your own code on the board, or say that none is registered."""
    with _refusals(), Container(record) as container:
        board = _board(container, pins)
        credential = derive(parse_code(_code(code_file)), board.manifest.ballot_id).public
        found = board.of_credential(credential)
        if not found:
            typer.echo(
                _("No ballot is registered for this code on the public board of {n} entries.").format(
                    n=board.entries
                )
            )
            typer.echo(_("If you voted, call: {contact}").format(contact=board.manifest.contact))
        for one in found:
            typer.echo(_words(one))


@app.command()
def find(
    record: Record,
    tracker: Annotated[str, typer.Argument(help=_("The tracker, in groups or without spaces."))],
    pins: PinsFile = None,
) -> None:
    """Say what became of the ballot with this tracker. Exits 1 when it is not on the board."""
    with _refusals(), Container(record) as container:
        found = _board(container, pins).by_tracker(tracker)
    if found is None:
        raise CommandError(_("There is no ballot with this tracker on the board."), 1)
    typer.echo(_words(found))


def _words(found: Found) -> str:
    words = {
        Fate.COUNTS: _("counts unless it is replaced"),
        Fate.REPLACED: _("was replaced by a later ballot"),
        Fate.WITHDRAWN: _("does not count: its code was replaced or revoked"),
        Fate.SPOILED: _("was opened to check a device, and never counts"),
    }
    return f"{spoken(found.tracker)}  " + _("entry {index}: {fate}").format(
        index=found.index, fate=words[found.fate]
    )


def _board(container: Container, pins: Path | None) -> Lookup:
    board = Lookup(container)
    if pins is not None:
        known = read_pins(read_line(pins), str(pins))
        if known.phi != board.manifest.phi or known.log_key != board.manifest.log_key:
            raise CommandError(_("This is not the ballot of your pins. Do not vote here."), 1)
    return board


def _unit(board: Lookup, credential: bytes) -> int:
    unit = board.unit(credential)
    if unit is None:
        raise CommandError(
            _("This code is not for this ballot, or it was replaced. Use the newest code sent to you."), 1
        )
    return unit


def _choices(manifest: Manifest, unit: int, chosen: list[str]) -> list[tuple[int, list[int]]]:
    """Read `--choose`: every question of the unit once, several options joined by commas."""
    due = manifest.questions_of(unit)
    named: dict[str, str] = {}
    for text in chosen:
        name, equals, value = text.partition("=")
        if not equals and len(due) > 1:
            ids = ", ".join(manifest.questions[q].id for q in due)
            raise WrongUsage(_("Say which question: --choose QUESTION=OPTION. Questions: {}").format(ids))
        key, option = (name, value) if equals else (manifest.questions[due[0]].id, name)
        if key in named:
            raise WrongUsage(_("Question {} is answered twice.").format(key))
        named[key] = option
    choices = []
    for q in due:
        question = manifest.questions[q]
        if question.id not in named:
            raise WrongUsage(
                _("Question {} is not answered; its options: {}").format(question.id, _ids(question))
            )
        choices.append((q, _outcomes(question, named.pop(question.id))))
    if named:
        raise WrongUsage(_("Your code does not vote on a question {}.").format(", ".join(named)))
    return choices


def _ids(question: Question) -> str:
    ids = [option.id for option in question.options]
    return ", ".join([*ids, *([question.blank.kind] if question.blank else [])])


def _outcomes(question: Question, text: str) -> list[int]:
    ids = [option.id for option in question.options]
    if question.blank:
        ids.append(question.blank.kind)
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    for part in wanted:
        if part not in ids:
            raise WrongUsage(
                _("Question {} has no option {!r}; its options: {}").format(question.id, part, ", ".join(ids))
            )
    outcomes = [ids.index(part) for part in wanted]
    try:
        question.encoding.plaintexts(outcomes)
    except ValueError as error:
        raise WrongUsage(_("Question {}: {}").format(question.id, error)) from None
    return outcomes


def _code(path: Path | None) -> str:
    if path is not None:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    if not sys.stdin.isatty():
        raise CommandError(_("There is no terminal to type at: use --code-file."), 64)
    return str(typer.prompt(_("Voting code"), hide_input=True))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except TellerRefusal as error:
        raise CommandError(str(error), 1) from None
    except RecordError as error:
        raise CommandError(str(error), 2) from None
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", 2) from None
    except ValueError as error:  # a mistyped code: the message names the group
        raise CommandError(str(error), 1) from None
