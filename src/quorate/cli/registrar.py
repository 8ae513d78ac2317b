"""`quorate registrar`: check and freeze a roll, make voting codes, replace and revoke them."""

from __future__ import annotations

import base64
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from quorate.cli import registrar_folder, roll_files
from quorate.cli.errors import CommandError, WrongUsage
from quorate.cli.roll_files import Encoding, Units
from quorate.crypto.credential import BALLOT_ID_BYTES
from quorate.election import registrar
from quorate.election.credential_book import RegistrarError
from quorate.election.sealed import SealError
from quorate.files import write_file
from quorate.record.canonical import RecordError
from quorate.record.manifest import Manifest, read_manifest
from quorate.roll import FrozenRollError
from quorate.text import _, number

app = typer.Typer(
    name="registrar",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    help=_(
        "Check and freeze a roll, make voting codes, replace and revoke them.\n\n"
        "The steps: `key` once, `check` until the roll has no problem, then `codes` for each ballot. Run "
        "them on a computer that is not the server, best without network: whoever holds the codes can vote."
    ),
)

_SHOWN_PROBLEMS: Final = 40
_LEAST_PASSPHRASE: Final = 12
_MANY: Final = 2_000  # voters from which a progress bar is worth its space


Problems = Annotated[
    Path | None, typer.Option("--problems", help=_("Write every problem of a faulty roll to this CSV file."))
]
RollFile = Annotated[Path, typer.Argument(help=_("The roll: a CSV file with headings in its first row."))]
FileEncoding = Annotated[
    Encoding, typer.Option("--encoding", help=_("How the file is encoded; Windows-1252 must be named."))
]
KeyFile = Annotated[Path, typer.Option("--key", help=_("The registrar's key file."))]
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help=_("Read the passphrase from the first line of this file.")),
]
Folder = Annotated[Path, typer.Argument(help=_("The folder that `registrar codes` made."))]
MemberNumber = Annotated[str, typer.Option("--member", help=_("The member's number on the roll."))]
ManifestFile = Annotated[
    Path, typer.Option("--manifest", help=_("The manifest of the ballot, as the server publishes it."))
]


@app.command()
def key(
    out: Annotated[Path, typer.Option("--out", help=_("Where to write the key file."))] = Path(
        "registrar.key"
    ),
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make the registrar's key, sealed under a passphrase.

    The public key goes into the manifest of each ballot. Without the key file and its passphrase nobody can
    replace a lost code, so keep a copy of both in different places.
    """
    with _refusals():
        if out.exists():
            raise FileExistsError(_("{path} exists already; a key is never overwritten.").format(path=out))
        passphrase = _passphrase(passphrase_file, new=True)
        made = registrar.new_key(secrets.token_bytes)
        write_file(out, registrar.seal_key(made, passphrase, secrets.token_bytes))
    _say(_("Key file"), str(out))
    _say(_("Public key"), made.public.hex())


@app.command()
def check(roll_file: RollFile, encoding: FileEncoding = Encoding.AUTO, problems: Problems = None) -> None:
    """Read a roll and name everything that is wrong with it. Writes nothing."""
    with _refusals():
        roll_files.report(roll_files.read(roll_file, encoding, problems))
    typer.echo(_("The roll has no problem."))


@app.command("freeze")
def freeze_command(
    roll_file: RollFile,
    out: Annotated[Path, typer.Option("--out", help=_("Where to write the frozen roll."))] = Path(
        "roll.jsonl"
    ),
    encoding: FileEncoding = Encoding.AUTO,
    problems: Problems = None,
) -> None:
    """Fix who may vote: write the checked roll in one canonical file, and print its fingerprint.

    The fingerprint is published; the file holds names and is not. Two people who hold the file can compare
    fingerprints to know that they hold the same roll.
    """
    with _refusals():
        frozen = roll_files.frozen(roll_file, encoding, problems)
        write_file(out, frozen.to_bytes())
    _say(_("Frozen roll"), str(out))
    _say(_("Fingerprint"), frozen.fingerprint.hex())


@app.command()
def codes(
    roll_file: Annotated[
        Path, typer.Argument(help=_("The roll: a CSV file, or what `registrar freeze` wrote."))
    ],
    out: Annotated[Path, typer.Option("--out", help=_("The folder to make; it must not exist yet."))],
    ballot_id: Annotated[
        str,
        typer.Option("--ballot-id", help=_("64 hexadecimal digits (or base64); a new one if left out.")),
    ] = "",
    key_file: KeyFile = Path("registrar.key"),
    units: Annotated[
        Units, typer.Option("--units", help=_("Count votes in groups by this column of the roll."))
    ] = Units.NONE,
    encoding: FileEncoding = Encoding.AUTO,
    problems: Problems = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make a voting code for every member, and sign the list of credentials.

    The folder holds `public/` for the officers, `secret/codes.csv` for whoever prints or sends the codes,
    and the sealed book by which a lost code can be replaced. Nothing is left behind when anything fails.
    """
    with _refusals():
        identity = _ballot_id(ballot_id)
        if out.exists():
            raise FileExistsError(
                _("{path} exists already; codes are never made over others.").format(path=out)
            )
        frozen = roll_files.frozen(roll_file, encoding, problems)
        names, voters = roll_files.voters_of(frozen, units)
        signer = _open_key(key_file, passphrase_file)
        with _progress(_("Making codes"), len(voters)) as advance:
            issue = registrar.issue_codes(
                signer, identity, frozen.fingerprint, voters, secrets.token_bytes, advance
            )
        registrar_folder.save_issue(out, signer, issue, frozen.to_bytes(), names)
    _say(_("Ballot id"), identity.hex())
    _say(_("Codes made"), number(len(voters)))
    _say(_("Roll fingerprint"), frozen.fingerprint.hex())
    _say(_("Credential list root"), issue.signed.root.hex())
    _say(_("Registrar key"), signer.public.hex())
    if names:
        _say(_("Counting units"), number(len(names)))
    typer.echo(
        _(
            "Next: give {public} to the officers, who put it into the manifest. Hand {codes} to whoever "
            "delivers the codes, and destroy it after delivery. Keep the rest of {folder} and the key: "
            "with them a lost code is replaced."
        ).format(public=out / "public", codes=out / registrar_folder.CODES, folder=out)
    )


@app.command()
def reissue(
    folder: Folder,
    member: MemberNumber,
    reason: Annotated[
        registrar.ReissueReason, typer.Option("--reason", help=_("Stands on the public board; names nobody."))
    ],
    manifest: ManifestFile,
    key_file: KeyFile = Path("registrar.key"),
    passphrase_file: PassphraseFile = None,
) -> None:
    """Replace a member's code: a new one for the member, and the entry that two officers sign.

    Any ballot cast with the old code stops counting once the entry is on the board.
    """
    with _refusals():
        published = _manifest(folder, manifest)
        signer = _open_key(key_file, passphrase_file)
        book = registrar_folder.load_book(folder, signer)
        made = registrar.reissue(signer, book, published.phi, member, reason, secrets.token_bytes)
        saved = registrar_folder.save_change(folder, signer, made)
    _say(_("Entry for two officers to sign"), str(saved / "entry.json"))
    _say(_("New code, secret"), str(saved / "code.csv"))
    typer.echo(_("The new code votes, and the old one stops, when the signed entry is on the board."))


@app.command()
def revoke(
    folder: Folder,
    member: MemberNumber,
    reason: Annotated[
        registrar.RevokeReason, typer.Option("--reason", help=_("Stands on the public board; names nobody."))
    ],
    manifest: ManifestFile,
    key_file: KeyFile = Path("registrar.key"),
    passphrase_file: PassphraseFile = None,
) -> None:
    """Remove a member's credential without replacement: one fewer is eligible, in the open.

    Makes the entry that two officers sign. Any ballot cast with the code stops counting once it is on the
    board.
    """
    with _refusals():
        published = _manifest(folder, manifest)
        signer = _open_key(key_file, passphrase_file)
        book = registrar_folder.load_book(folder, signer)
        made = registrar.revoke(signer, book, published.phi, member, reason, secrets.token_bytes)
        saved = registrar_folder.save_change(folder, signer, made)
    _say(_("Entry for two officers to sign"), str(saved / "entry.json"))
    _say(_("Eligible voters then"), number(book.active - 1))


# -- What the commands share ----------------------------------------------------------------


def _ballot_id(text: str) -> bytes:
    if not text:
        return secrets.token_bytes(BALLOT_ID_BYTES)
    try:
        hexadecimal = len(text) == 2 * BALLOT_ID_BYTES
        value = bytes.fromhex(text) if hexadecimal else base64.b64decode(text, validate=True)
    except ValueError:
        value = b""
    if len(value) != BALLOT_ID_BYTES:
        raise WrongUsage(_("The ballot id must be 64 hexadecimal digits, or 44 signs of base64."))
    return value


def _manifest(folder: Path, path: Path) -> Manifest:
    """The manifest, after checking that it is of the ballot whose codes are in the folder."""
    manifest = read_manifest(path.read_bytes().removesuffix(b"\n"), str(path))
    signed = registrar_folder.load_signed_list(folder)
    listed = (manifest.ballot_id, manifest.credentials.registrar_key, manifest.credentials.root)
    if listed != (signed.ballot_id, signed.registrar_key, signed.root):
        message = _("{manifest} is the manifest of another ballot than {folder}.")
        raise CommandError(message.format(manifest=path, folder=folder), 1)
    return manifest


def _open_key(path: Path, passphrase_file: Path | None) -> registrar.RegistrarKey:
    file = path.read_bytes()
    return registrar.open_key(file, _passphrase(passphrase_file, new=False))


def _passphrase(path: Path | None, *, new: bool) -> str:
    if path is not None:
        passphrase = path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0]
    elif sys.stdin.isatty():
        passphrase = str(typer.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=new, err=True))
    else:
        raise CommandError(_("There is no terminal to type the passphrase at: use --passphrase-file."), 1)
    if new and len(passphrase) < _LEAST_PASSPHRASE:
        message = _("Choose a passphrase of at least {count} signs, such as five words.")
        raise CommandError(message.format(count=_LEAST_PASSPHRASE), 1)
    return passphrase


@contextmanager
def _progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar for a roll that takes seconds, on a terminal only."""
    console = Console(stderr=True)
    if total < _MANY or not console.is_terminal:
        yield lambda made: None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda made: bar.update(task, completed=made) if made % 500 == 0 else None


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn what the layers below refuse into one line and exit code 1."""
    try:
        yield
    except FileExistsError as error:
        raise CommandError(str(error), 1) from error
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}", 1) from error
    except (FrozenRollError, RecordError, RegistrarError, SealError) as error:
        raise CommandError(str(error), 1) from error


def _say(label: str, value: str) -> None:
    typer.echo(f"{label}: {value}")
