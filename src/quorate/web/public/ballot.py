"""/b/<ballot>/: one address from the announcement to the result, for ever."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from quorate.apps.ballots.live import engine
from quorate.apps.ballots.public import PublicBallot
from quorate.apps.publication.errors import NotReleased
from quorate.apps.publication.selectors import document_path
from quorate.apps.publication.services import neutral_preview
from quorate.lifecycle.ballot import State
from quorate.record.manifest import Document, Question
from quorate.report.bars import Bar
from quorate.report.live import turnout_bar
from quorate.report.sheet import draw
from quorate.rules import absence_effect, blank_effect, describe, plan, sentences
from quorate.text import _
from quorate.web.public.pages import A_MINUTE, FRESH, ballot_page, find, for_everybody
from quorate.web.public.result import result_context, statements

ENDED: Final = frozenset({State.CLOSED, State.DECRYPTING, State.WITHHELD})
LIVE: Final = ENDED | {State.SCHEDULED, State.OPEN, State.SUSPENDED}
COUNTED: Final = ENDED | {State.OPEN, State.SUSPENDED}
"""States in which it is said how many have voted."""


@dataclass(frozen=True)
class RuleLine:
    """A sentence about the rule; `level` is how deep it belongs under the one before."""

    text: str
    level: int


@dataclass(frozen=True)
class QuestionView:
    """A question before its result: its place among several, its rule in words, its documents."""

    question: Question
    place: str
    rule: tuple[RuleLine, ...]
    documents: tuple[DocumentView, ...]


@dataclass(frozen=True)
class DocumentView:
    """A document that is voted on; `kept` whether it can be read here."""

    document: Document
    kept: bool


@for_everybody
def ballot(request: HttpRequest, name: str) -> HttpResponse:
    """What is true of the ballot now: when, who, which rule; how many voted; then the result."""
    found = find(name)
    if found.state in {State.RELEASED, State.ARCHIVED}:
        try:
            sheet = draw(found.report())
        except NotReleased:
            return ballot_page(request, "public/ballot.html", found, _before(found))
        context = result_context(sheet, found.name, found.released, statements(found))
        return ballot_page(request, "public/result.html", found, context, A_MINUTE)
    return ballot_page(request, "public/ballot.html", found, _before(found))


@for_everybody
def result(request: HttpRequest, name: str) -> HttpResponse:
    """The same address, whoever links to it as the result."""
    return redirect("public:ballot", find(name).name, permanent=False)


@for_everybody
def preview(request: HttpRequest, name: str) -> HttpResponse:
    """The picture that links to this ballot show; without any figure before the result is public."""
    found = find(name)
    office = engine().desk(found.name).office
    try:
        picture, cache = found.preview(), A_MINUTE
    except NotReleased:
        picture, cache = neutral_preview(office), FRESH
    return HttpResponse(picture, content_type="image/png", headers={"Cache-Control": cache})


@for_everybody
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The counts of the released result as CSV, for spreadsheets."""
    found = find(name)
    try:
        certificate = found.report().certificate
    except NotReleased as error:
        raise Http404 from error
    out = StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(("question", "answer", "label", "votes", "ballots_cast", "eligible"))
    for question in certificate.questions if certificate else ():
        for votes in question.votes:
            formula = votes.label[0] in "=+-@"  # to a spreadsheet
            label = f"'{votes.label}" if formula else votes.label
            row = (question.id, votes.id, label, votes.votes, question.counted, question.eligible)
            writer.writerow(row)
    response = HttpResponse(out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="quorate-{found.name[:8]}-result.csv"'
    response["Cache-Control"] = A_MINUTE
    return response


def _before(found: PublicBallot) -> dict[str, Any]:
    """What a page says while there is no result."""
    eligible, cast = sum(found.figures.eligible), sum(found.figures.counted)
    return {
        "questions": _questions(found),
        "cast": cast,
        "eligible": eligible,
        "bar": _bar(found, cast, eligible),
        "live": found.state in LIVE,
        "ended": found.state in ENDED,
        "checkpoint": found.reading.checkpoint().decode(),
        "statements": statements(found),
        "heading": _heading(found.state),
    }


def _heading(state: State) -> str:
    return {
        State.DRAFT: "",
        State.READY: _("Announced"),
        State.SCHEDULED: _("Not open yet"),
        State.OPEN: _("Voting is open"),
        State.SUSPENDED: _("Voting is suspended"),
        State.CLOSED: _("Voting has closed"),
        State.DECRYPTING: _("Voting has closed"),
        State.WITHHELD: _("Counted, not released yet"),
        State.RELEASED: _("Result being prepared"),
        State.VOIDED: _("Void"),
        State.ARCHIVED: _("Archived"),
    }[state]


def _bar(found: PublicBallot, cast: int, eligible: int) -> Bar | None:
    if not found.turnout or found.state not in COUNTED:
        return None
    rules = [question.rule for question in found.manifest.questions if question.rule and question.yes_no]
    return turnout_bar(cast, eligible, rules, over=found.state in ENDED)


def _questions(found: PublicBallot) -> tuple[QuestionView, ...]:
    questions = found.manifest.questions
    return tuple(
        QuestionView(
            question=question,
            place=_("Question {index} of {of}").format(index=index, of=len(questions))
            if len(questions) > 1
            else _("Question"),
            rule=tuple(map(_line, _rule(question, _eligible(found, question)))),
            documents=tuple(
                DocumentView(document, _kept(found.name, document)) for document in question.documents
            ),
        )
        for index, question in enumerate(questions, start=1)
    )


def _eligible(found: PublicBallot, question: Question) -> int:
    """How many may vote on a question; before the board is begun only the roll is known."""
    by_unit = found.figures.eligible
    if not any(by_unit):
        return found.manifest.roll.count if question.electorate is None else 0
    return sum(count for unit, count in enumerate(by_unit) if question.votes(unit))


def _rule(question: Question, eligible: int) -> tuple[str, ...]:
    """The rule in sentences: what it needs, what a blank does, what not voting does."""
    rule = question.rule
    if rule is None:
        return (_("The ballot names no rule for this question: the figures decide nothing."),)
    if not question.yes_no or not eligible:
        said = describe(rule)
        return (*said, *(blank_effect(rule) if question.blank and question.yes_no else ()))
    said = sentences(plan(rule, eligible))
    if question.blank is None:
        blank = set(blank_effect(rule))
        said = [line for line in said if line not in blank]
    return (*said, *absence_effect(rule))


def _line(said: str) -> RuleLine:
    """Rules indent what belongs together by two spaces a level."""
    text = said.lstrip()
    return RuleLine(text, min((len(said) - len(text)) // 2, 3))


def _kept(name: str, document: Document) -> bool:
    return document_path(engine().desk(name).office, document.sha256.hex()).exists()
