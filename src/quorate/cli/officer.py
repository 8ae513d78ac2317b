"""``quorate officer``: run a ballot from a draft to a certificate, with files alone."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer

from quorate.board.keys import LogSigner
from quorate.cli.errors import CommandError
from quorate.cli.officer_words import event_lines, officer_words
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.fingerprint import spoken
from quorate.election.box import Accepted, BoxError
from quorate.election.credential_book import RegistrarError
from quorate.election.draft import DraftError, manifest_of, read_draft
from quorate.election.folder import pins_of
from quorate.election.office import Office, OfficeError
from quorate.election.officer import OfficerKey
from quorate.election.registrar import SignedList, check_list
from quorate.election.sealed import FRESH_BYTES, SealError, open_with_passphrase, seal_with_passphrase
from quorate.election.sign_file import read_sign_file
from quorate.election.tally import TallyRefused
from quorate.election.teller_files import TellerRefusal, read_line, write_line
from quorate.files import write_file
from quorate.record.canonical import Reader, RecordError, encode
from quorate.record.ceremony import check_ceremony
from quorate.record.container import Container
from quorate.record.entries import Extend, Notice, Open, Reissue, Revoke, read_entry
from quorate.record.manifest import Manifest, Officer
from quorate.report.files import write_reports
from quorate.report.sheet import draw
from quorate.report.text import text_report
from quorate.rules import plan, sentences
from quorate.text import _, ngettext, number
from quorate.verify.run import verify

_KEY_KIND: Final = "officer-key"
VARIABLE: Final = "QUORATE_OFFICER_PASSPHRASE"

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=_(
        "Run a ballot from a draft to a certificate, with files alone.\n\n"
        "OFFICE is a folder that the organisation keeps; what is in its `public` folder is for everybody. "
        "The steps: `key` once for each officer; `draft`; two officers `sign` and then `open`; `take` the "
        "ballots that were handed in; `close`; after the tellers' work `finish`."
    ),
)

OfficeFolder = Annotated[Path, typer.Argument(help=_("The office folder of the ballot."), metavar="OFFICE")]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        help=_("Read the passphrase from the first line of this file (or set {}).").format(VARIABLE),
    ),
]


class _Key(msgspec.Struct, frozen=True):
    name: str
    seed: bytes

    def __repr__(self) -> str:
        return f"_Key({self.name!r}, ...)"


@app.command()
def key(
    file: Annotated[Path, typer.Argument(help=_("Where to write your key; FILE.pub is for the draft."))],
    name: Annotated[str, typer.Option("--name", help=_("Your name as it will stand on the certificate."))],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Make your signing key, sealed under a passphrase, and its public half."""
    with _refusals():
        made = OfficerKey(name, secrets.token_bytes(32))
        sealed = seal_with_passphrase(
            _KEY_KIND,
            encode(_Key(name, made.seed)),
            _passphrase(passphrase_file, new=True),
            secrets.token_bytes(FRESH_BYTES),
        )
        write_file(file, sealed)
        write_file(file.with_name(file.name + ".pub"), encode(made.public) + b"\n")
    typer.echo(_("Your key: {file}. Give {file}.pub to whoever drafts the ballot.").format(file=file))


@app.command()
def draft(
    draft_file: Annotated[Path, typer.Argument(help=_("The draft, in TOML."), metavar="DRAFT.toml")],
    office: OfficeFolder,
    credentials: Annotated[Path, typer.Option("--credentials", help=_("The registrar's `public` folder."))],
    ceremony: Annotated[Path, typer.Option("--ceremony", help=_("The tellers' ceremony.json."))],
    officer: Annotated[
        list[Path], typer.Option("--officer", help=_("An officer's .pub file; at least two."))
    ],
) -> None:
    """Fix everything about the ballot under one fingerprint. It can still be thrown away, but not changed."""
    with _refusals():
        plan_of_ballot = read_draft(draft_file.read_text(encoding="utf-8"), str(draft_file))
        issued = _signed_list(credentials)
        lines = (credentials / "credentials.txt").read_bytes().splitlines()
        check_list(issued, lines)
        units_file = credentials / "units.txt"
        units = units_file.read_text(encoding="utf-8").splitlines() if units_file.exists() else []
        ceremony_line = read_line(ceremony)
        seed = secrets.token_bytes(32)
        manifest = manifest_of(
            plan_of_ballot,
            issued,
            units,
            check_ceremony(ceremony_line, str(ceremony)),
            ceremony_line,
            [_officers.read(read_line(path), str(path)) for path in officer],
            lambda origin: LogSigner(origin, seed),
        )
        Office.create(office, manifest, lines, ceremony_line, seed)
    _show(manifest)
    typer.echo(
        _("Next: the tellers `approve` {record}; two officers `sign` {office} open.").format(
            record=office / "public" / "record", office=office
        )
    )


@app.command()
def sign(
    office: Annotated[
        Path,
        typer.Argument(help=_("The office folder, or a file to sign that a site gave."), metavar="OFFICE"),
    ],
    key_file: Annotated[Path, typer.Option("--key", help=_("Your key file."))],
    event: Annotated[
        str,
        typer.Argument(help=_("Which event: `open`, or a name that another command gave. None for a file.")),
    ] = "",
    out: Annotated[
        Path | None, typer.Option("--out", help=_("Where to write the signature of a file."))
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help=_("You have read it; do not ask."))] = False,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Read what is to happen, and sign it. Two officers must.

    A file from a site is signed into a file beside it, which you bring back to the site.
    """
    with _refusals():
        if office.is_file():
            _sign_file(office, key_file, out, yes=yes, passphrase_file=passphrase_file)
            return
        place = Office(office)
        if event == "open":
            _show(place.manifest)
        else:
            typer.echo(encode(place.event(event)).decode())
        _confirm(yes, _("Sign this?"))
        count = place.sign(event, _open_key(key_file, passphrase_file))
    typer.echo(
        ngettext("Signed: {n} signature so far.", "Signed: {n} signatures so far.", count).format(n=count)
    )


def _sign_file(
    path: Path, key_file: Path, out: Path | None, *, yes: bool, passphrase_file: Path | None
) -> None:
    """Show what a site asks to sign, from the very bytes that are signed, and sign it."""
    asked = read_sign_file(path.read_bytes(), str(path))
    _show(asked.manifest)
    if isinstance(asked.event, Open):
        typer.echo(_("You are asked to sign that this ballot opens."))
    else:
        typer.echo(_("You are asked to sign, in this ballot:"))
        for line in event_lines(asked.event):
            typer.echo(f"  {line}")
    _confirm(yes, _("Sign this?"))
    try:
        signature = asked.sign(_open_key(key_file, passphrase_file))
    except ValueError as error:
        raise CommandError(str(error), 1) from None
    target = out or path.with_name(f"{path.stem}.signature.json")
    write_line(target, encode(signature))
    typer.echo(_("Signed: {path}. Bring it back to the site.").format(path=target))


@app.command("open")
def open_board(office: OfficeFolder) -> None:
    """Begin the public board with the signed opening."""
    with _refusals():
        place = Office(office)
        place.open()
    typer.echo(_("The board is open. Voting: {}").format(_window(place.manifest)))
    typer.echo(_("For the paper notice: {}").format(office / "public" / "pins.json"))
    typer.echo(_("Fingerprint of the ballot: {}").format(spoken(place.manifest.phi)))


@app.command()
def extend(
    office: OfficeFolder,
    closes: Annotated[str, typer.Option("--closes", help=_("The new end, in UTC: 2026-12-11T23:00:00Z."))],
    reason: Annotated[str, typer.Option("--reason", help=_("Stands on the public board."))],
) -> None:
    """Propose a later end of voting, for two officers to sign and then `post`."""
    _propose(office, "extend", lambda phi: Extend(closes, (), phi, reason, "extend"))


@app.command()
def notice(
    office: OfficeFolder,
    text: Annotated[str, typer.Argument(help=_("What everybody should know about the running ballot."))],
) -> None:
    """Propose a public notice, for an officer to sign and then `post`."""
    _propose(office, "notice", lambda phi: Notice((), phi, text, "notice"))


@app.command()
def change(
    office: OfficeFolder,
    entry: Annotated[Path, typer.Argument(help=_("The registrar's entry.json of a re-issue or revocation."))],
) -> None:
    """Take over a re-issued or revoked code from the registrar, for two officers to sign and then `post`."""
    with _refusals():
        event = read_entry(read_line(entry), str(entry))
        if not isinstance(event, Reissue | Revoke):
            raise OfficeError(_("{} is not a re-issue or revocation of the registrar.").format(entry))
    _propose(office, event.type, lambda _phi: event)


@app.command()
def post(
    office: OfficeFolder, event: Annotated[str, typer.Argument(help=_("The name of the signed event."))]
) -> None:
    """Put a signed event on the public board."""
    with _refusals():
        index = Office(office).post(event, datetime.now(UTC))
    typer.echo(_("On the board as entry {}.").format(index))


@app.command()
def take(office: OfficeFolder) -> None:
    """Sequence the sealed ballots in OFFICE/incoming. A ballot is cast when its receipt is there."""
    with _refusals():
        taken = Office(office).take(datetime.now(UTC))
    for path, answer in taken:
        if isinstance(answer, Accepted):
            typer.echo(
                _("{name}: cast, entry {index}, tracker {tracker}").format(
                    name=path.name, index=answer.index, tracker=spoken(answer.tracker)
                )
            )
        else:
            typer.echo(_("{name}: refused ({reason})").format(name=path.name, reason=answer.reason))
    if not taken:
        typer.echo(_("There is nothing in {}.").format(office / "incoming"))


@app.command()
def close(office: OfficeFolder) -> None:
    """End voting, once the closing time has passed, and publish the closed board."""
    with _refusals():
        Office(office).close(datetime.now(UTC))
    typer.echo(
        _("Voting is closed. The tellers now verify and decrypt: {}").format(office / "public" / "record")
    )


@app.command()
def finish(
    office: OfficeFolder,
    shares: Annotated[list[Path], typer.Argument(help=_("The tellers' shares."))],
) -> None:
    """Check the tellers' shares, put the result on the board, and write the certificate."""
    with _refusals():
        place = Office(office)
        place.finish(shares)
        with Container(place.record) as container:
            report = verify(container, pins=pins_of(place.manifest))
        files = write_reports(office / "public", report)
    typer.echo(text_report(draw(report)))
    typer.echo(_("Written: {}").format(", ".join(str(path) for path in files)))


@app.command()
def status(office: OfficeFolder) -> None:
    """Say where the ballot stands."""
    with _refusals():
        place = Office(office)
        _show(place.manifest)
        if not (office / "board").exists():
            opening = place.event("open")
            typer.echo(_("Not open yet; {n} of 2 signatures.").format(n=len(opening.officers)))
            return
        with place.box() as box:
            words = {
                "start": _("not open"),
                "voting": _("open"),
                "closed": _("closed"),
                "ended": _("decided"),
                "void": _("void: it decides nothing"),
            }
            state = _("suspended") if box.suspended else words[box.phase]
            typer.echo(_("The ballot is {}.").format(state))
            typer.echo(_("Voting ends {}.").format(box.state.closes))
            typer.echo(
                _("{n} ballots on the board, of {people} eligible; nobody knows how.").format(
                    n=number(box.state.ballots), people=number(place.manifest.credentials.count)
                )
            )


# -- what the commands share --


_officers = Reader(Officer)
_lists = Reader(SignedList)


def _signed_list(folder: Path) -> SignedList:
    path = folder / "credential-list.json"
    return _lists.read(read_line(path), str(path))


def _propose(office: Path, kind: str, make: Callable[[bytes], Extend | Notice | Reissue | Revoke]) -> None:
    with _refusals():
        place = Office(office)
        name = place.new_name(kind)
        place.propose(name, make(place.manifest.phi))
    typer.echo(_("Proposed as {name}. Next: `sign`, then `post`.").format(name=name))


def _window(manifest: Manifest) -> str:
    window = manifest.window
    return _("{opens} to {closes} (read in {zone})").format(
        opens=window.opens, closes=window.closes, zone=window.zone
    )


def _show(manifest: Manifest) -> None:
    typer.echo(f"{manifest.organisation}, {manifest.body}: {manifest.title}")
    for question in manifest.questions:
        typer.echo(f"  {question.text}")
        typer.echo("    " + " / ".join(option.label for option in question.options))
        if question.rule is not None and question.yes_no:
            for sentence in sentences(plan(question.rule, manifest.credentials.count)):
                typer.echo(f"    {sentence}")
    typer.echo(_("  {n} members may vote").format(n=number(manifest.credentials.count)))
    typer.echo("  " + _window(manifest))
    signers = ", ".join(officer_words(officer) for officer in manifest.officers)
    typer.echo(_("  Officers: {names}").format(names=signers))
    typer.echo(_("  Fingerprint {}").format(spoken(manifest.phi)))


def _confirm(yes: bool, question: str) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise CommandError(_("There is no terminal to answer at: use --yes."), 1)
    if not typer.confirm(question):
        raise CommandError(_("Not signed."), 1)


def _open_key(path: Path, passphrase_file: Path | None) -> OfficerKey:
    data = open_with_passphrase(_KEY_KIND, path.read_bytes(), _passphrase(passphrase_file))
    key = msgspec.json.decode(data, type=_Key)
    return OfficerKey(key.name, key.seed)


def _passphrase(path: Path | None, *, new: bool = False) -> str:
    if path is not None:
        return path.read_text(encoding="utf-8", errors="replace").split("\n", 1)[0].removesuffix("\r")
    if VARIABLE in os.environ:
        return os.environ[VARIABLE]
    if not sys.stdin.isatty():
        raise CommandError(_("There is no terminal to type at: use --passphrase-file."), 1)
    return str(typer.prompt(_("Passphrase"), hide_input=True, confirmation_prompt=new, err=True))


@contextmanager
def _refusals() -> Iterator[None]:
    """One line and exit code 1 for what layers below refuse, 2 for what cannot be read."""
    try:
        yield
    except (
        OfficeError,
        BoxError,
        DraftError,
        TallyRefused,
        TellerRefusal,
        SealError,
        RegistrarError,
    ) as error:
        raise CommandError(str(error), 1) from None
    except CeremonyFailed as error:
        raise CommandError(_("The ceremony has no key: {}").format(error), 1) from None
    except RecordError as error:
        raise CommandError(str(error), 2) from None
    except OSError as error:
        raise CommandError(f"{error.filename or error}: {error.strerror or ''}".rstrip(": "), 2) from None
