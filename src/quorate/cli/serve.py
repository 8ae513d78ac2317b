"""``quorate serve``: the site, as in production."""

from __future__ import annotations

import os
from typing import Annotated, Final

import typer

from quorate.cli.errors import CommandError

DEFAULT_PORT: Final = 8000

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Serve the site: ballots, booth, results, officers. Needs quorate[server].",
    epilog="Environment: QUORATE_DATA_DIR, QUORATE_ORIGIN, QUORATE_SECRET_KEY, DATABASE_URL.",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = DEFAULT_PORT,
    origin: Annotated[
        str | None, typer.Option(metavar="URL", envvar="QUORATE_ORIGIN", help="How people reach the site.")
    ] = None,
) -> None:  # fmt: skip
    """Serve the site until Ctrl-C. Makes its database, its tables and its keys on first use."""
    try:
        from quorate.server.environment import EnvironmentProblem
        from quorate.server.postgres import PostgresProblem
        from quorate.server.serve import serve as serve_site
    except ModuleNotFoundError as missing:
        raise CommandError(
            f"The server is not installed ({missing.name} is missing): pip install 'quorate[server]'"
        ) from None
    if origin or port:
        os.environ["QUORATE_ORIGIN"] = origin or f"http://localhost:{port}"
    try:
        serve_site(host, port, typer.echo)
    except (EnvironmentProblem, PostgresProblem) as problem:
        raise CommandError(str(problem)) from None
