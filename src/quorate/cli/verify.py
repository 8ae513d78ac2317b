"""``quorate verify``: does this record prove the result it claims?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from quorate.cli.errors import CommandError, WrongUsage
from quorate.cli.pool import worker_pool
from quorate.cli.verify_chain import chain_json, chain_lines, minutes_file, verify_records
from quorate.cli.verify_page import report_json, report_lines
from quorate.record.canonical import RecordError
from quorate.record.container import ENTRIES, Container
from quorate.record.pins import Pins, read_pins
from quorate.text import _
from quorate.verify.chain import ChainReport
from quorate.verify.run import NoManifest, verify

CONSISTENT, FAILED, UNREADABLE = 0, 1, 2

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(
    epilog="Exit codes: 0 all checks hold, 1 a check failed, 2 there is no readable record, 64 wrong usage."
)
def main(
    records: Annotated[
        list[Path],
        typer.Argument(
            help="The record: a folder or a zip file. Several: the stages of one decision, in order.",
            metavar="RECORD...",
        ),
    ],
    pins: Annotated[
        list[Path] | None,
        typer.Option(
            "--pins",
            help="What you know from elsewhere: fingerprint and log key of the ballot.",
            metavar="FILE",
        ),
    ] = None,
    receipt: Annotated[
        list[Path] | None,
        typer.Option("--receipt", help="A receipt that a voter kept; may be given again.", metavar="FILE"),
    ] = None,
    ongoing: Annotated[
        bool, typer.Option("--ongoing", help="Voting is not over: check what is there so far.")
    ] = False,
    workers: Annotated[
        int,
        typer.Option("--workers", min=1, help="Processes to use; default: one for each core.", metavar="N"),
    ] = len(os.sched_getaffinity(0)),
    dask: Annotated[
        str | None,
        typer.Option("--dask", help="Use the Dask cluster with this scheduler instead.", metavar="ADDRESS"),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the findings and the result as JSON.")] = False,
) -> None:
    """Re-derive a result from its public record, on this machine, with all 22 checks.

    Without --pins the record can only be found consistent with itself. The pins are on the paper notice of
    the ballot and in the organisation's directory: with them it is the very ballot that was announced.

    Of several records, such as the delegates' and then the members', the links are checked too: each body
    decided on the same text, after the one before had carried it. Pins of the last record are enough.
    """
    known = [_pins(path) for path in pins or ()]
    receipts = [(str(path), _bytes(path)) for path in receipt or ()]
    if len(records) > 1 or minutes_file(records[0]):
        if receipts:
            raise WrongUsage(_("A receipt belongs to one record: verify that one alone."))
        chain = _chain(records, known, workers, dask, ongoing=ongoing)
        typer.echo(chain_json(chain) if json else "\n".join(chain_lines(chain)))
        raise typer.Exit(CONSISTENT if chain.ok else FAILED)
    if len(known) > 1:
        raise WrongUsage(_("One record takes one file of pins."))
    record = records[0]
    try:
        with Container(record) as container, _executor(workers, dask) as executor:
            size = container.path(ENTRIES).stat().st_size if container.path(ENTRIES).exists() else 0
            with _progress(size, quiet=json) as tell:
                report = verify(
                    container,
                    pins=known[0] if known else None,
                    receipts=receipts,
                    until="open" if ongoing else "result",
                    executor=executor,
                    in_flight=4 * workers + 4,
                    progress=tell,
                )
    except NoManifest as error:
        raise CommandError(
            _("There is no readable record: {error}").format(error=error), UNREADABLE
        ) from None
    except RecordError as error:
        raise CommandError(str(error), UNREADABLE) from None
    if json:
        typer.echo(report_json(report))
    else:
        for line in report_lines(report, record):
            typer.echo(line)
    raise typer.Exit(CONSISTENT if report.ok else FAILED)


def _chain(
    records: list[Path], pins: list[Pins], workers: int, dask: str | None, *, ongoing: bool
) -> ChainReport:
    try:
        with _executor(workers, dask) as executor:
            return verify_records(records, pins, executor, 4 * workers + 4, ongoing=ongoing)
    except NoManifest as error:
        raise CommandError(
            _("There is no readable record: {error}").format(error=error), UNREADABLE
        ) from None
    except RecordError as error:
        raise CommandError(str(error), UNREADABLE) from None


def _pins(path: Path) -> Pins:
    try:
        return read_pins(_bytes(path), str(path))
    except RecordError as error:
        raise WrongUsage(_("The pins cannot be read: {error}").format(error=error)) from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise WrongUsage(f"{path}: {error.strerror}") from None


@contextmanager
def _executor(workers: int, dask: str | None) -> Iterator[Executor | None]:
    """What runs the heavy part: this process, a pool of processes, or a cluster."""
    if dask is not None:
        try:
            distributed = import_module("distributed")
        except ImportError:
            raise WrongUsage(_("--dask needs the extra: pip install 'quorate[dask]'")) from None
        try:
            client = distributed.Client(dask, timeout="10s")
        except (OSError, ValueError) as error:
            raise CommandError(_("No Dask scheduler answers there: {error}").format(error=error)) from None
        with client:
            yield client.get_executor(pure=False)
    else:
        with worker_pool(workers) as pool:
            yield pool


@contextmanager
def _progress(size: int, *, quiet: bool) -> Iterator[Callable[[int], None] | None]:
    """A bar on a terminal, nothing elsewhere; entries are estimated from the size of the file."""
    if quiet or not sys.stderr.isatty() or size < 5_000_000:
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(_("entries checked"), total=max(1, size // 900))
        yield lambda done: bar.update(task, completed=done, total=max(done, size // 900))
