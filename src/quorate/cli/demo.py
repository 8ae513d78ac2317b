"""``quorate demo``: a published vote replayed through the running site, which then stays open."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Any, Final, Self

import typer
from rich.console import Console
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from quorate.cli.demo_open import leave_open
from quorate.cli.demo_site import DemoSite, demo_site
from quorate.cli.errors import CommandError, WrongUsage
from quorate.cli.processes import ReplayFailed
from quorate.cli.replay import Replay
from quorate.cli.scenario import Figures, Scenario, ScenarioError, StageData, load, names, scale
from quorate.record.canonical import encode
from quorate.record.manifest import Stage
from quorate.report.files import PDF, write_reports
from quorate.report.readback import FigureDiffers, read_back
from quorate.report.sheet import draw
from quorate.report.terminal import rich_report
from quorate.rules import Counts, Outcome, decide, preset
from quorate.text import _, number
from quorate.verify.findings import Report

DEFAULT: Final = "strike-2015"
DEFAULT_PORT: Final = 8000
STATE: Final = "DEMO"
FEWEST: Final = 20

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(epilog="Exit codes: 0 the replay and its verification agree, 1 they do not, 64 wrong usage.")
def main(
    scenario: Annotated[
        str, typer.Option("--scenario", help="Which vote: " + ", ".join(names()) + ".", metavar="ID")
    ] = DEFAULT,
    voters: Annotated[
        int | None,
        typer.Option("--voters", min=FEWEST, help="Scale to this many eligible voters.", metavar="N"),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Keep everything in this folder.", metavar="DIR")
    ] = None,
    serve: Annotated[
        bool, typer.Option("--serve/--no-serve", help="Leave the site open afterwards, until Ctrl-C.")
    ] = True,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="Where the site is left open; 0: a free one.")
    ] = DEFAULT_PORT,
    workers: Annotated[
        int, typer.Option("--workers", min=1, help="Processes to use; default: one a core.", metavar="N")
    ] = len(os.sched_getaffinity(0)),
) -> None:
    """Replay a published strike vote through the running site, and verify the result in a separate process.

    Every member of the roll gets a voting code, every published ballot is sealed, cast over HTTP and counted;
    five tellers make the key in five processes and three of them open the total. No figure is typed in after
    the start. Afterwards the site stays open, with the result, and with a ballot to try.
    """
    try:
        story = load(scenario)
    except ScenarioError as error:
        raise WrongUsage(str(error)) from None
    console = Console(highlight=False)
    folder = _prepare(out)
    try:
        contact = _("This is a replay; there is nobody to call.")
        with demo_site(
            folder, port if serve else 0, workers, story.organisation, story.zone, contact
        ) as site:
            ok = _tell(story, voters, folder, console, site, keep=out is not None)
            if out is not None:
                (folder / STATE).write_text(_("complete: {id}\n").format(id=story.id), encoding="utf-8")
            if ok and serve:
                leave_open(site, story.stages[-1], console)
    except ReplayFailed as failure:
        raise CommandError(_("The replay stopped: {why}").format(why=failure), 1) from None
    except KeyboardInterrupt:
        if out is not None and (folder / STATE).exists():
            console.print(
                _("\nInterrupted. {folder} holds an unfinished replay; the command starts it afresh.").format(
                    folder=folder
                )
            )
        raise
    finally:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
    raise typer.Exit(0 if ok else 1)


def _prepare(out: Path | None) -> Path:
    """The folder to work in: a new one, or one that an earlier demo left and that is replaced."""
    if out is None:
        return Path(tempfile.mkdtemp(prefix="quorate-demo-"))
    if out.exists() and any(out.iterdir()):
        if not (out / STATE).exists():
            raise WrongUsage(
                _("{folder} holds something else: choose an empty or new folder.").format(folder=out)
            )
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / STATE).write_text(_("unfinished\n"), encoding="utf-8")
    return out


def _tell(
    story: Scenario, voters: int | None, folder: Path, console: Console, site: DemoSite, *, keep: bool
) -> bool:
    from quorate.cli.replay_site import SiteReplay

    console.print(f"\n[bold]{story.title}[/bold]")
    for sentence in story.story:
        console.print(Padding(sentence, (0, 2)))
    largest = max(stage.figures.eligible for stage in story.stages)
    previous: Stage | None = None
    for stage in story.stages:
        figures = stage.figures if voters is None else scale(stage.figures, voters, largest)
        _announce(story, stage, figures, console)
        began = time.monotonic()
        with _Bars(console) as observer:
            replay = SiteReplay(
                story, stage, figures, folder / stage.id, observer, site.workers, previous, site=site
            )
            report = replay.run()
        if not _conclude(replay, report, console, time.monotonic() - began, keep=keep):
            return False
        certificate = report.certificate
        if certificate is None or stage is story.stages[-1]:
            continue
        decision = certificate.questions[0].decision
        if decision is None or decision.outcome is not Outcome.CARRIED:
            console.print(_("The next stage does not open: this one did not carry."))
            return True
        previous = Stage(sha256(encode(certificate)).digest(), certificate.phi)
    console.print()
    return True


def _announce(story: Scenario, stage: StageData, figures: Figures, console: Console) -> None:
    console.print(f"\n[bold]{stage.body}: {stage.question}[/bold]")
    console.print(
        _("  {eligible} eligible; {cast} will vote: {yes} yes, {no} no, {blank} neither").format(
            eligible=number(figures.eligible),
            cast=number(figures.cast),
            yes=number(figures.yes),
            no=number(figures.no),
            blank=number(figures.blank),
        )
    )
    if figures == stage.figures:
        for line in stage.derived:
            console.print(_("  derived - {line}").format(line=line))
    else:
        before, now = (_verdict(story, stage, f) for f in (stage.figures, figures))
        note = _("the verdict stays") if before == now else _("THE VERDICT CHANGES at this size")
        console.print(_("  scaled from {n}: {note}").format(n=number(stage.figures.eligible), note=note))


def _verdict(story: Scenario, stage: StageData, figures: Figures) -> Outcome:
    return decide(story.rule(stage), counts_of(stage, figures)).outcome


def counts_of(stage: StageData, figures: Figures) -> Counts:
    """The published figures as the rules see them."""
    abstain = stage.blank is not None and stage.blank.kind == "abstain"
    return Counts(
        abstain=figures.blank if abstain else 0,
        blank=0 if abstain else figures.blank,
        cast=figures.cast,
        eligible=figures.eligible,
        no=figures.no,
        spoiled=0,
        yes=figures.yes,
    )


def _conclude(replay: Replay[Any], report: Report, console: Console, seconds: float, *, keep: bool) -> bool:
    """Print the report, write it, and let a separate process verify; False when that disagrees."""
    if report.certificate is None:
        return False
    files = write_reports(replay.published.parent, report)
    try:
        figures = read_back(replay.published.parent / PDF, report.certificate)
    except FigureDiffers as difference:
        console.print(str(difference), markup=False)
        return False
    console.print()
    console.print(rich_report(draw(report), [preset(rule_id) for rule_id in replay.stage.also]))
    console.print()
    console.print(_("{n} figures read back from the PDF agree with the record.").format(n=len(figures)))
    console.print(_("A separate process now verifies the public record against the pins:"))
    code, answer = replay.verify_apart()
    same = answer.get("certificate") == _as_json(report)
    if code or not same:
        console.print(_("  IT DISAGREES: {findings}").format(findings=answer.get("findings")))
        return False
    checks = answer.get("checked")
    console.print(
        _("  it agrees: {n} checks hold, same certificate, exit code 0. This stage took {s} seconds.").format(
            n=len(checks) if isinstance(checks, list) else 0, s=int(seconds)
        )
    )
    if not keep:
        console.print(_("  To keep the record, the certificate and the pins: --out DIR"))
        return True
    names_of_files = ", ".join(path.name for path in files)
    console.print(
        _("  In {folder}: record, pins.json, {names}").format(
            folder=replay.published.parent, names=names_of_files
        )
    )
    console.print(f"  quorate verify {replay.published} --pins {replay.pins}", soft_wrap=True)
    return True


def _as_json(report: Report) -> object:
    return json.loads(encode(report.certificate))


class _Bars:
    """Progress bars on a terminal; one line for each finished step elsewhere."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bar = Progress(
            TextColumn("  {task.description:<48}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            disable=not sys.stdout.isatty(),
        )

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_unused: object) -> None:
        self._bar.stop()

    def say(self, text: str) -> None:
        self._console.print(f"  {text}")

    def step(self, name: str, total: int) -> Callable[[int], None]:
        task = self._bar.add_task(name, total=max(1, total))
        if self._bar.disable:
            self.say(name)
        return lambda done: self._bar.update(task, completed=done)
