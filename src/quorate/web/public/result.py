"""What a page of a result shows, from the sheet of a verified record; the preview before release too."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quorate.apps.ballots.events import beside_board
from quorate.apps.ballots.public import PublicBallot
from quorate.apps.ballots.selectors import ballot_named
from quorate.record.canonical import instant_text
from quorate.record.entries import Close, Entry, Extend, Notice, Open, Result, Resume, Suspend, Void
from quorate.report.other_rules import OtherRule, other_rules
from quorate.report.question import CountRow, QuestionSheet
from quorate.report.sheet import Sheet
from quorate.report.words import when
from quorate.text import _


@dataclass(frozen=True)
class Statement:
    """Something that happened: what, why, at which entry of the board (None: beside it)."""

    number: int | None
    what: str
    why: str


@dataclass(frozen=True)
class CountLine:
    """A row of the count with its shares, each under the head of its column."""

    row: CountRow
    shares: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class QuestionResult:
    """A question's sheet, and its votes under other rules."""

    sheet: QuestionSheet
    counts: tuple[CountLine, ...]
    others: tuple[OtherRule, ...]


def result_context(
    sheet: Sheet, ballot: str, released: datetime | None, said: tuple[Statement, ...]
) -> dict[str, Any]:
    """For ``public/result_body.html``. `ballot` names it in addresses; `released` is None for a preview."""
    certificate = sheet.certificate
    results = tuple(
        QuestionResult(
            drawn,
            tuple(CountLine(row, tuple(zip(drawn.columns, row.shares, strict=True))) for row in drawn.counts),
            other_rules(question),
        )
        for question, drawn in zip(certificate.questions, sheet.questions, strict=True)
    )
    return {
        "sheet": sheet,
        "certificate": certificate,
        "results": results,
        "ballot_name": ballot,
        "zone": certificate.window.zone,
        "released": None if released is None else instant_text(released.replace(second=0)),
        "statements": said,
        "summary": summary(sheet),
        "record_file": record_file(ballot),
    }


def summary(sheet: Sheet) -> str:
    """The result in a few sentences, for search engines and links."""
    return " ".join(
        part
        for question in sheet.questions
        for part in (*((question.text,) if len(sheet.questions) > 1 else ()), *_said(question))
    )


def record_file(ballot: str) -> str:
    """How the download of the record is called."""
    return f"quorate-{ballot[:8]}-record.zip"


def statements(ballot: PublicBallot) -> tuple[Statement, ...]:
    """What happened, as the public board has it, and then what two officers did beside it."""
    zone = ballot.manifest.window.zone
    said = [
        statement
        for number, entry in ballot.reading.statements()
        if (statement := _statement(number, entry, zone)) is not None
    ]
    beside = beside_board(ballot_named(ballot.name))
    return (*said, *(Statement(None, one.words, one.reason) for one in beside))


def _said(question: QuestionSheet) -> tuple[str, ...]:
    return (f"{question.verdict}.", *question.sentences)


def _statement(number: int, entry: Entry, zone: str) -> Statement | None:
    match entry:
        case Open():
            return Statement(number, _("Two officers signed the opening."), "")
        case Extend():
            moved = _("The closing time was moved to {when}.").format(when=when(entry.closes, zone))
            return Statement(number, moved, entry.reason)
        case Notice():
            return Statement(number, _("An officer gave notice."), entry.text)
        case Suspend():
            return Statement(number, _("Voting was suspended."), entry.reason)
        case Resume(closes=None):
            return Statement(number, _("Voting went on."), entry.reason)
        case Resume():
            until = when(entry.closes or "", zone)
            return Statement(number, _("Voting went on, until {when}.").format(when=until), entry.reason)
        case Void():
            return Statement(number, _("The ballot was declared void."), entry.reason)
        case Close():
            return Statement(number, _("Voting closed."), "")
        case Result():
            return Statement(number, _("The tellers opened the totals."), "")
        case _:
            reason = getattr(entry, "reason", "") or getattr(entry, "text", "")
            return Statement(number, _("{kind}, signed by officers.").format(kind=entry.type), reason)
