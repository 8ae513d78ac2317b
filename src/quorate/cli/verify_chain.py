"""``quorate verify RECORD1 RECORD2 ...``: the stages of one decision, and the links between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from contextlib import ExitStack
from pathlib import Path

from quorate.cli.verify_page import question_lines, report_data
from quorate.record.canonical import encode
from quorate.record.container import Container
from quorate.record.minutes import MINUTES, Minutes
from quorate.record.pins import Pins
from quorate.rules import sentences
from quorate.text import _
from quorate.verify.chain import CHAIN_CHECKS, ChainReport, VerifiedStage, verify_chain

_SHOWN = 8


def verify_records(
    paths: Sequence[Path], pins: Sequence[Pins], executor: Executor | None, in_flight: int, *, ongoing: bool
) -> ChainReport:
    """Verify the records in the order in which they were given."""
    with ExitStack() as stack:
        records = [(str(path), _opened(path, stack)) for path in paths]
        return verify_chain(records, pins=pins, ongoing=ongoing, executor=executor, in_flight=in_flight)


def minutes_file(path: Path) -> Path | None:
    """The minutes of a meeting that a path means: the file, or a folder that holds it."""
    file = path / MINUTES if path.is_dir() else path
    return file if file.suffix == ".json" and file.is_file() else None


def _opened(path: Path, stack: ExitStack) -> Container | bytes:
    minutes = minutes_file(path)
    return stack.enter_context(Container(path)) if minutes is None else minutes.read_bytes()


def chain_lines(report: ChainReport) -> Iterator[str]:
    """The report for people: the stages in order, each check of the chain, what it is worth."""
    titles = {
        "C1": _("each record holds, with all its checks"),
        "C2": _("each stage names the record and the certificate before it"),
        "C3": _("the same text and the same documents in each stage"),
        "C4": _("what was voted on had carried in the stage before"),
        "C5": _("voting opened after the stage before had closed"),
        "C6": _("one organisation, and each body once"),
    }
    for n, stage in enumerate(report.stages, start=1):
        yield from _stage(n, stage)
    for name in CHAIN_CHECKS:
        found = [finding for finding in report.findings if finding.check == name]
        yield f"  {_('FAILED') if found else _('holds ')}  {name}   {titles[name]}"
        for finding in found[:_SHOWN]:
            yield _("               stage {link}: expected {expected}, got {got}").format(
                link=finding.link, expected=finding.expected, got=finding.got
            )
        if len(found) > _SHOWN:
            yield _("               and {n} more").format(n=len(found) - _SHOWN)
    yield ""
    for link in report.links:
        for other in link.others:
            yield _(
                "Question {id} of {record} was in no earlier stage: the chain says nothing about it."
            ).format(id=other, record=link.later)
    yield _verdict(report)


def _stage(n: int, stage: VerifiedStage) -> Iterator[str]:
    yield _("Stage {n}: {body}, record {path}").format(n=n, body=stage.manifest.body, path=stage.name)
    if isinstance(stage.manifest, Minutes):
        yield from _minutes(stage.manifest)
    elif stage.report.certificate is not None:
        for question in stage.report.certificate.questions:
            yield from (f"  {line}".rstrip() for line in question_lines(question))
    else:
        yield "  " + _("No result.")
        yield ""


def _minutes(minutes: Minutes) -> Iterator[str]:
    how = _("Roll call: names and votes are in the minutes.")
    if minutes.hands is not None:
        how = _("Show of hands, counted by two tellers.")
    yield "  " + minutes.question.text.splitlines()[0]
    yield "    " + how
    yield from (f"    {sentence}" for sentence in sentences(minutes.decision))
    yield ""


def _verdict(report: ChainReport) -> str:
    if not report.ok:
        failed = sorted({finding.check for finding in report.findings})
        return _("NOT VERIFIED: {checks} failed. Do not rely on this chain.").format(checks=", ".join(failed))
    if not report.complete:
        what = _("The last stage has no result yet; everything up to here holds.")
    else:
        what = _("Each body decided on the same text, after the one before had carried it.")
    if report.pinned:
        return _("VERIFIED: the last record is the pinned ballot, and it names those before.") + "\n" + what
    return (
        what
        + "\n"
        + _("Origin not pinned. Pins of the last record (--pins FILE) tell whether it is the one you mean.")
    )


def chain_json(report: ChainReport) -> str:
    """The report for programs."""
    return encode(
        {
            "complete": report.complete,
            "findings": [
                {"check": f.check, "expected": f.expected, "got": f.got, "link": f.link}
                for f in report.findings
            ],
            "links": [
                {
                    "earlier": link.earlier,
                    "later": link.later,
                    "others": list(link.others),
                    "questions": [list(pair) for pair in link.questions],
                }
                for link in report.links
            ],
            "ok": report.ok,
            "pinned": report.pinned,
            "stages": [
                {"body": s.manifest.body, "record": s.name, "report": report_data(s.report)}
                for s in report.stages
            ],
        }
    ).decode()
