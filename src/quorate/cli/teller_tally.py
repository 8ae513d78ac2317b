"""`quorate teller`, continued: approve the ballot, compare the closing fingerprint, decrypt the
verified total.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from quorate.cli.errors import CommandError
from quorate.cli.pool import worker_pool
from quorate.cli.teller import PassphraseFile, Private, ask_passphrase, at_terminal, refusals
from quorate.cli.teller import app as app
from quorate.election.teller import Teller
from quorate.election.teller_files import TellerRefusal, read_line, write_line
from quorate.election.teller_tally import approve, closing_fingerprint, decrypt, verify_through_close
from quorate.record.container import MANIFEST, Container
from quorate.record.manifest import Manifest
from quorate.record.pins import Pins, read_pins
from quorate.rules import plan, sentences
from quorate.text import _, number
from quorate.verify.run import NoManifest, Verification

Record = Annotated[Path, typer.Argument(help=_("The public record: a folder or a zip file."))]
PinsFile = Annotated[
    Path | None, typer.Option("--pins", help=_("The pins of the ballot, from the paper notice."))
]


@app.command("approve")
def approve_ballot(
    private: Private,
    record: Record,
    yes: Annotated[bool, typer.Option("--yes", help=_("You have read it; do not ask."))] = False,
    fingerprint: Annotated[
        str, typer.Option("--fingerprint", help=_("The ballot's fingerprint from the paper notice."))
    ] = "",
    passphrase_file: PassphraseFile = None,
) -> None:
    """Read the ballot that your key is for, and approve it. Your key will serve no other."""
    with refusals():
        with Container(record) as container:
            line = container.read(MANIFEST)
        teller = Teller.open(private, ask_passphrase(passphrase_file))
        manifest = approve(
            teller, line, str(record / MANIFEST), fingerprint, confirm=lambda m: _read_aloud(m, yes)
        )
        typer.echo(_("Approved: {fingerprint}").format(fingerprint=manifest.phi.hex()))


def _read_aloud(manifest: Manifest, yes: bool) -> None:
    typer.echo(f"{manifest.organisation}, {manifest.body}: {manifest.title}")
    for question in manifest.questions:
        typer.echo(f"  {question.text}")
        typer.echo("    " + " / ".join(option.label for option in question.options))
        if question.rule is not None and question.yes_no:
            for sentence in sentences(plan(question.rule, manifest.credentials.count)):
                typer.echo(f"    {sentence}")
    typer.echo(
        _("  {n} members, open {opens} to {closes}").format(
            n=number(manifest.credentials.count), opens=manifest.window.opens, closes=manifest.window.closes
        )
    )
    if not yes:
        at_terminal("--yes")
        if not typer.confirm(_("Is this the ballot that you will open?")):
            raise CommandError(_("Not approved."), 1)


@app.command()
def closing(record: Record, pins: PinsFile = None) -> None:
    """Print the fingerprint of the closed board, to be read aloud to the other tellers."""
    with refusals(), Container(record) as container:
        verification = _verification(container, pins)
        typer.echo(closing_fingerprint(verification.read_closing()))


@app.command("decrypt")
def decrypt_total(
    private: Private,
    record: Record,
    share: Annotated[Path, typer.Argument(help=_("Where to write your share of the result."))],
    closing: Annotated[
        str, typer.Option("--closing", help=_("The closing fingerprint as another teller reads it."))
    ] = "",
    pins: PinsFile = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Verify the whole closed record yourself, then decrypt its total: never a ballot, never a
    second total.
    """
    with refusals(), Container(record) as container:
        teller = Teller.open(private, ask_passphrase(passphrase_file))
        workers = len(os.sched_getaffinity(0))
        with worker_pool(workers) as executor:
            state = verify_through_close(container, _pins(pins), executor)
        if not closing and state.manifest.witnesses.quorum == 0 and not (private / "share.json").exists():
            typer.echo(_("Closing fingerprint here: {}").format(closing_fingerprint(state)))
            at_terminal("--closing")
            closing = str(typer.prompt(_("Type it as another teller reads it to you")))
        line = decrypt(teller, state, closing, datetime.now(UTC))
        if share.exists() and read_line(share) != line:
            raise TellerRefusal(_("{} is there with other content: nothing was replaced.").format(share))
        write_line(share, line)
        typer.echo(_("Your share: {}").format(share))


def _verification(container: Container, pins: Path | None) -> Verification:
    try:
        return Verification(container, _pins(pins), until="close")
    except NoManifest as error:
        raise TellerRefusal(str(error)) from None


def _pins(path: Path | None) -> Pins | None:
    return None if path is None else read_pins(read_line(path), str(path))
