"""What ``quorate verify`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from quorate.record.canonical import encode
from quorate.record.certificate import CertifiedQuestion
from quorate.rules import choice_sentences, sentences
from quorate.text import _, ngettext, number
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report

_SHOWN = 8


def report_lines(report: Report, record: Path) -> Iterator[str]:
    """The report for people: each check, then the result, then what it is worth."""
    found = {name: list(group) for name, group in groupby(report.findings, key=lambda f: f.check)}
    yield _("Record {path}").format(path=record)
    yield ""
    for name in CHECKS:
        if name in report.not_due:
            yield f"  -       {name:<3}  {_(CHECKS[name].title)} ({_(report.not_due[name])})"
        if name not in report.checked:
            continue
        mark = _("FAILED") if name in found else _("holds ")
        yield f"  {mark}  {name:<3}  {_(CHECKS[name].title)}"
        for finding in found.get(name, [])[:_SHOWN]:
            yield _("               {where}: expected {expected}, got {got}").format(
                where=finding.where, expected=finding.expected, got=finding.got
            )
        if len(found.get(name, [])) > _SHOWN:
            rest = len(found[name]) - _SHOWN
            yield ngettext("               and {n} more", "               and {n} more", rest).format(n=rest)
    yield ""
    if report.ok and report.certificate is not None:
        for question in report.certificate.questions:
            yield from question_lines(question)
    if report.ok and report.void is not None:
        yield _(
            "VOID. This ballot decides nothing. Two officers declared it void, entry {n} of the board:"
        ).format(n=report.void.board.void)
        yield "  " + report.void.reason
        yield ""
    yield _verdict(report)


def question_lines(question: CertifiedQuestion) -> Iterator[str]:
    """A question with its counts and its verdict, in sentences."""
    yield question.text.splitlines()[0]
    if question.withheld:
        yield "  " + _("Withheld: too few ballots to count without showing votes.")
        return
    counts = ", ".join(f"{votes.label}: {number(votes.votes)}" for votes in question.votes)
    yield "  " + _("{eligible} eligible, {counted} ballots counted. {counts}").format(
        eligible=number(question.eligible), counted=number(question.counted), counts=counts
    )
    if question.decision is not None:
        yield from (f"  {sentence}" for sentence in sentences(question.decision))
    if question.choice is not None:
        yield from (f"  {sentence}" for sentence in choice_sentences(question.choice))
    yield ""


def _verdict(report: Report) -> str:
    if not report.ok:
        failed = sorted({finding.check for finding in report.findings}, key=lambda name: int(name[1:]))
        return _("NOT VERIFIED: {checks} failed. Do not rely on this record.").format(
            checks=", ".join(failed)
        )
    if not report.complete:
        what = _("The ballot has no result yet; everything up to here holds.")
    elif report.pinned and report.void:
        return _("VERIFIED: this is the pinned ballot, and it was declared void. There is no result.")
    elif report.void:
        what = _("Consistent, origin not pinned: this ballot was declared void. There is no result.")
    elif report.pinned:
        return _("VERIFIED: this is the pinned ballot, and the result follows from its record.")
    else:
        what = _("Consistent, origin not pinned: the result follows from this record.")
    if report.pinned:
        return what
    return what + "\n" + _("Whether it is the ballot you mean, only pins can tell (--pins FILE).")


def report_json(report: Report) -> str:
    """The report for programs: stable names, findings in order, the certificate as derived."""
    return encode(report_data(report)).decode()


def report_data(report: Report) -> dict[str, object]:
    """What :func:`report_json` writes."""
    return {
        "certificate": report.certificate,
        "checked": report.checked,
        "complete": report.complete,
        "findings": [
            {"check": f.check, "expected": f.expected, "got": f.got, "where": f.where}
            for f in report.findings
        ],
        "not_due": report.not_due,
        "ok": report.ok,
        "pinned": report.pinned,
        "void": report.void,
    }
