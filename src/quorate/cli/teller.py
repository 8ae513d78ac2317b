"""`quorate teller`: make a ballot's key together, rehearse it, and check a ceremony."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer

from quorate.cli.errors import CommandError, WrongUsage
from quorate.crypto.ceremony import round1
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import VerifiedCeremony
from quorate.crypto.fingerprint import spoken
from quorate.election.ceremony_folder import COMPLETE, Folder, new_context
from quorate.election.teller import Teller, rehearse_backup
from quorate.election.teller_files import TellerRefusal, read_line
from quorate.record.canonical import RecordError
from quorate.record.ceremony import AbortedCeremony, check_ceremony, collect
from quorate.text import _

app = typer.Typer(
    name="teller",
    no_args_is_help=True,
    rich_markup_mode=None,
    help=_(
        "Make a ballot's key together with other tellers, so that none of them can open a ballot alone.\n\n"
        "SHARED is a folder that all tellers see (or copies of it that are mailed around); nothing in it is "
        "secret. PRIVATE is a folder that only one teller sees, on a device of that teller.\n\n"
        "The officer: `new`. Each teller: `round1`; when all have done so, compare the fingerprint aloud and "
        "`round2`; then `round3`, `backup` and `rehearse`. The officer: `finish`. Anyone: `status`, `check`."
    ),
)

VARIABLE: Final = "QUORATE_TELLER_PASSPHRASE"

Private = Annotated[Path, typer.Argument(help=_("This teller's own folder."))]
Shared = Annotated[Path, typer.Argument(help=_("The folder that all tellers see."))]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=_("Read the passphrase from the first line of this file (or set {}).").format(VARIABLE),
    ),
]
BackupPassphraseFile = Annotated[
    Path | None,
    typer.Option("--backup-passphrase-file", help=_("Where the backup has a passphrase of its own.")),
]


@app.command()
def new(
    shared: Shared,
    ballot_id: Annotated[str, typer.Option("--ballot-id", help=_("The ballot's id, 64 hexadecimal digits."))],
    threshold: Annotated[int, typer.Option("--threshold", help=_("How many tellers can open the result."))],
    names: Annotated[list[str], typer.Option("--name", help=_("A teller's name; once for each, in order."))],
) -> None:
    """Define a ceremony: for which ballot, by whom, and how many of them suffice."""
    with refusals():
        try:
            ballot = bytes.fromhex(ballot_id)
        except ValueError:
            raise WrongUsage(_("--ballot-id takes 64 hexadecimal digits.")) from None
        folder = Folder.create(shared, new_context(ballot, threshold, names))
        _show(folder)
        for warning in folder.context.warnings():
            typer.echo(_("Warning: {}.").format(warning), err=True)


@app.command("round1")
def first_round(
    private: Private,
    shared: Shared,
    teller: Annotated[int, typer.Option("--teller", min=1, max=255, help=_("Your number in the ceremony."))],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make your secret and send your keys."""
    with refusals():
        folder = Folder.read(shared)
        _show(folder)
        passphrase = ask_passphrase(passphrase_file, new=not (private / "key.json").exists())
        sent = Teller.start(private, folder, teller, passphrase).commit(folder)
        _sent(sent)


@app.command("round2")
def second_round(
    private: Private,
    shared: Shared,
    fingerprint: Annotated[
        str,
        typer.Option(
            "--fingerprint", help=_("The fingerprint as another teller reads it; else you are asked.")
        ),
    ] = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Compare the fingerprint of round 1 with the other tellers, then send a share to each of them."""
    with refusals():
        folder = Folder.read(shared)
        if not fingerprint:
            typer.echo(_("Fingerprint of round 1 here: {}").format(_fingerprint(folder)))
            at_terminal("--fingerprint")
            fingerprint = str(typer.prompt(_("Type it as another teller reads it to you")))
        sent = Teller.open(private, ask_passphrase(passphrase_file)).reveal(folder, fingerprint)
        _sent(sent)


@app.command("round3")
def third_round(private: Private, shared: Shared, passphrase_file: PassphraseFile = None) -> None:
    """Check all that the others sent, and confirm the key."""
    with refusals():
        folder = Folder.read(shared)
        _sent(Teller.open(private, ask_passphrase(passphrase_file)).confirm(folder))


@app.command()
def complain(private: Private, shared: Shared, passphrase_file: PassphraseFile = None) -> None:
    """Show everybody the bad share that you got; there will be no key."""
    with refusals():
        folder = Folder.read(shared)
        for sent in Teller.open(private, ask_passphrase(passphrase_file)).complain(folder):
            _sent(sent)


@app.command()
def backup(
    private: Private,
    file: Annotated[Path, typer.Argument(help=_("Where to write the backup, best on a device of its own."))],
    passphrase_file: PassphraseFile = None,
    backup_passphrase_file: BackupPassphraseFile = None,
) -> None:
    """Copy your secret to another place, encrypted."""
    with refusals():
        passphrase = ask_passphrase(passphrase_file)
        teller = Teller.open(private, passphrase)
        other = backup_passphrase_file
        teller.backup(file, passphrase if other is None else ask_passphrase(other, new=True))
        typer.echo(_("Backup: {}. It restores your key together with the public ceremony file.").format(file))


@app.command()
def rehearse(
    private: Private,
    shared: Shared,
    backup_file: Annotated[
        Path | None, typer.Option("--backup", help=_("Rehearse with this backup as well."))
    ] = None,
    passphrase_file: PassphraseFile = None,
    backup_passphrase_file: BackupPassphraseFile = None,
) -> None:
    """Prove that your key decrypts, from your folder and from your backup. No ballot opens before."""
    with refusals():
        folder = Folder.read(shared)
        passphrase = ask_passphrase(passphrase_file)
        _sent(Teller.open(private, passphrase).rehearse(folder))
        if backup_file is not None:
            other = backup_passphrase_file
            _sent(
                rehearse_backup(backup_file, folder, passphrase if other is None else ask_passphrase(other))
            )


@app.command()
def restore(
    private: Private,
    source: Annotated[Path, typer.Argument(help=_("The public ceremony file, or the shared folder."))],
    backup_file: Annotated[Path, typer.Option("--backup", help=_("Your backup."))],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make your folder again from your backup and the public ceremony file."""
    with refusals():
        teller = Teller.restore(private, backup_file, Folder.read(source), ask_passphrase(passphrase_file))
        typer.echo(_("Restored the key of teller {} in {}.").format(teller.teller, private))


@app.command()
def fingerprint(shared: Shared) -> None:
    """Print the fingerprint of round 1, to be read aloud to the other tellers."""
    with refusals():
        typer.echo(_fingerprint(Folder.read(shared)))


@app.command()
def status(shared: Shared) -> None:
    """Say who has sent what, and what is awaited."""
    with refusals():
        folder = Folder.read(shared)
        _show(folder)
        steps = ("round1-{}", "round2-{}", "round3-{}", "rehearsal-{}-stored", "rehearsal-{}-backup")
        for teller in folder.context.indices:
            done = [s.format(teller) for s in steps if s.format(teller) + ".json" in folder.messages]
            sent = ", ".join(done) if done else _("nothing sent yet")
            typer.echo(f"  {teller} {folder.context.name(teller)}: {sent}")
        for problem in folder.problems.values():
            typer.echo(_("Not a message of this ceremony: {}").format(problem))
        for message in collect(folder.messages.values()).complaints:
            typer.echo(_("Complaint of teller {} about teller {}.").format(message.teller, message.dealer))


@app.command()
def finish(shared: Shared) -> None:
    """Check everything and write the public ceremony file for the manifest."""
    with refusals():
        path, verified = Folder.read(shared).finish()
        _verified(verified, path)


@app.command()
def abort(
    shared: Shared,
    evidence: Annotated[
        list[Path] | None,
        typer.Option(
            "--evidence", help=_("A message that differs from the one in the folder, as you keep it.")
        ),
    ] = None,
) -> None:
    """Publish that there is no key, and why; tellers whose messages are missing are named absent."""
    with refusals():
        path, failure = Folder.read(shared).abort(evidence or ())
        for blame in failure.blames:
            typer.echo(str(blame))
        typer.echo(_("Written to {}. The next ceremony starts with `quorate teller new`.").format(path))


@app.command()
def check(
    ceremony: Annotated[Path, typer.Argument(help=_("A public ceremony file, or a folder that holds one."))],
) -> None:
    """Verify a public ceremony file completely. Exits 0 for a key, 1 for none, 2 for an unreadable file."""
    with refusals():
        path = ceremony / COMPLETE if ceremony.is_dir() else ceremony
        _verified(check_ceremony(read_line(path), str(path)), path)


@contextmanager
def refusals() -> Iterator[None]:
    """One line and an exit code for what layers below refuse: 1 for a refusal, 2 for an unreadable file."""
    try:
        yield
    except AbortedCeremony as failure:
        raise CommandError(_("The ceremony was aborted, there is no key: {}").format(failure), 1) from failure
    except CeremonyFailed as failure:
        raise CommandError(_explain(failure), 1) from failure
    except TellerRefusal as error:
        raise CommandError(str(error), 1) from error
    except RecordError as error:
        raise CommandError(str(error), 2) from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", 2) from error


def _explain(failure: CeremonyFailed) -> str:
    clauses = {blame.clause for blame in failure.blames}
    if clauses == {"06.18"}:
        return _("The ceremony is not complete: {}").format(failure)
    if "06.5" in clauses:
        return _("A file is not signed by its teller; ask that teller for it again: {}").format(failure)
    return _("There can be no key; publish why with `quorate teller abort`: {}").format(failure)


def ask_passphrase(path: Path | None, *, new: bool = False) -> str:
    """The passphrase from a file, the environment or the terminal, in this order."""
    if path is not None:
        return path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0].removesuffix("\r")
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    at_terminal("--passphrase-file")
    return str(typer.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=new, err=True))


def at_terminal(option: str) -> None:
    """Refuse to ask where nobody can answer; `option` says what to give instead."""
    if not sys.stdin.isatty():
        raise CommandError(_("There is no terminal to type at: use {}.").format(option), 1)


def _fingerprint(folder: Folder) -> str:
    commits = collect(folder.messages.values()).round1
    missing = sorted(set(folder.context.indices) - {message.teller for message in commits})
    if missing:
        problem = _("Round 1 is not complete: waiting for teller {}.")
        raise TellerRefusal(problem.format(", ".join(f"{i} ({folder.context.name(i)})" for i in missing)))
    return spoken(round1.gather(folder.context, commits).gamma)


def _show(folder: Folder) -> None:
    context = folder.context
    tellers = ", ".join(f"{i} {context.name(i)}" for i in context.indices)
    typer.echo(_("Ceremony {}").format(spoken(context.ctx)))
    typer.echo(_("Ballot {}").format(context.ballot_id.hex()))
    typer.echo(_("Tellers: {}; {} of them suffice").format(tellers, context.threshold))


def _sent(path: Path) -> None:
    typer.echo(_("Sent {}").format(path))


def _verified(verified: VerifiedCeremony, path: Path) -> None:
    n = len(verified.names)
    typer.echo(_("The ceremony is complete and verified: {}").format(path))
    typer.echo(_("Ballot {}").format(verified.ballot_id.hex()))
    typer.echo(_("Key {}").format(verified.ballot_key.to_bytes().hex()))
    typer.echo(_("{} of {} tellers: {}").format(verified.threshold, n, ", ".join(verified.names)))
    typer.echo(_("SHA-256 {}").format(hashlib.sha256(read_line(path)).hexdigest()))
