"""``quorate account``: make the account of the first officer. Later ones are invited on the site."""

from __future__ import annotations

from typing import Annotated

import typer

from quorate.cli.errors import CommandError
from quorate.text import _

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Make an officer's account. Needs quorate[server].",
    epilog="Environment: QUORATE_DATA_DIR, DATABASE_URL, as for `quorate serve`.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def account(
    name: Annotated[str, typer.Argument(help="The account's name, such as jane.doe.")],
    organisation: Annotated[
        str | None,
        typer.Option(metavar="SHORT-NAME", help="Make it an opener there, who may invite others."),
    ] = None,
) -> None:
    """Make an account and print its password and the secret of its authenticator app.

    Without --organisation the account may set up an organisation on the site. Both secrets are printed once,
    for you to hand over in person; whoever signs in can change the password there.
    """
    try:
        from quorate.server.environment import EnvironmentProblem
        from quorate.server.postgres import PostgresProblem
        from quorate.server.start import migrate, running
    except ModuleNotFoundError as missing:
        raise CommandError(
            f"The server is not installed ({missing.name} is missing): pip install 'quorate[server]'"
        ) from None
    try:
        with running():
            migrate()
            _make(name, organisation)
    except (EnvironmentProblem, PostgresProblem) as problem:
        raise CommandError(str(problem)) from None


def _make(name: str, organisation: str | None) -> None:
    from django.db import transaction

    from quorate.apps.organisation.accounts import create_account
    from quorate.apps.organisation.errors import OrganisationError
    from quorate.apps.organisation.events import log
    from quorate.apps.organisation.permissions import OPENER
    from quorate.apps.organisation.selectors import organisation_named
    from quorate.apps.organisation.services import grant

    try:
        with transaction.atomic():
            made = create_account(name=name, founder=organisation is None)
            if organisation is not None:
                found = organisation_named(organisation)
                grant(account=made.account, organisation=found, kind=OPENER)
                log(found, None, "officer made by the operator", account=name, roles=OPENER)
    except OrganisationError as problem:
        raise CommandError(str(problem), 1) from None
    typer.echo(_("Account:                     {name}").format(name=name))
    typer.echo(_("Password:                    {password}").format(password=made.password))
    typer.echo(_("Secret for authenticator app: {secret}").format(secret=made.totp_secret))
    typer.echo(_("Hand both over in person. Neither can be shown again. Sign in at /officer/."))
