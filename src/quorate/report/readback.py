"""Reads a certificate's PDF as a stranger does, and compares every figure in it with the record.

What is expected comes from the certificate's data, in the order in which a reader meets it; counts and
percentages are computed here from the record's numbers and not taken from what was drawn. What is read is the
text in the file: ink that somebody puts over it is not seen.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdf
from pypdf.errors import PyPdfError

from quorate.record.certificate import Certificate, CertifiedQuestion
from quorate.report.family import dates, family_of, parts, thresholds
from quorate.report.question import QuestionSheet, question_sheet
from quorate.report.sheet import fingerprints, made, titles
from quorate.report.words import capital, groups, signed, when
from quorate.rules import clause, denominators, percent, role_words, share_words
from quorate.text import _, language, number

_PERCENTAGE = re.compile(r"\d+(?:[.,]\d+)?%")
_CODE = re.compile(r"\[U\+([0-9A-F]{4,6})\]")


@dataclass(frozen=True)
class Figure:
    """One figure: what it counts, what the PDF prints, what the record says."""

    name: str
    printed: str
    recorded: str

    def __str__(self) -> str:
        return _("{name}: printed {printed}, the record says {recorded}").format(
            name=self.name, printed=self.printed, recorded=self.recorded
        )


class FigureDiffers(ValueError):
    """A PDF that does not say what the record says. ``figures`` are those that differ."""

    def __init__(self, figures: tuple[Figure, ...]) -> None:
        said = "; ".join(str(figure) for figure in figures[:5])
        super().__init__(_("The PDF is not this record's certificate. {figures}").format(figures=said))
        self.figures = figures


def read_back(pdf: bytes | Path, certificate: Certificate, code: str = "en") -> tuple[Figure, ...]:
    """Every figure of the PDF beside that of the record, in reading order.

    Raises :class:`FigureDiffers` naming those that are not equal, not there, or percentages of nothing in the
    record.
    """
    text = _text(pdf)
    with language(code):
        questions = _questions(certificate)
        printed = _Printed(text, certificate, [sheet for _question, sheet in questions])
        found = [printed.compare(one) for one in _expected(certificate, questions)]
        strays = _PERCENTAGE.findall(text)
    texts = [certificate.title, certificate.body, certificate.organisation, certificate.provenance.note]
    said = " ".join(
        [*texts, *certificate.provenance.derived, *(f"{one.name} {one.recorded}" for one in found)]
    )
    known = {"100%", *_PERCENTAGE.findall(said)}
    found += [
        Figure(_("a percentage"), one, _("none such")) for one in dict.fromkeys(strays) if one not in known
    ]
    differ = tuple(figure for figure in found if figure.printed != figure.recorded)
    if differ:
        raise FigureDiffers(differ)
    return tuple(figure for figure in found if figure.recorded)


def _text(pdf: bytes | Path) -> str:
    """The text of all pages; characters that were printed as their numbers are characters again."""
    data = pdf if isinstance(pdf, bytes) else pdf.read_bytes()
    try:
        pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]
    except PyPdfError as error:
        raise FigureDiffers((Figure(_("the file"), str(error), _("a certificate")),)) from None
    return _CODE.sub(lambda match: chr(int(match[1], 16)), "\n".join(pages))


@dataclass(frozen=True)
class _Expected:
    """A figure to be found behind its label, which stands right behind the last figure unless ``apart``."""

    name: str
    label: str
    recorded: str
    apart: bool = False


class _Printed:
    """The text of a PDF, read from the beginning to the end. Spaces do not matter: lines break anywhere."""

    def __init__(self, text: str, certificate: Certificate, sheets: list[QuestionSheet]) -> None:
        self._text = text
        self._places = [place for place, char in enumerate(text) if not char.isspace()]
        self._squeezed = _squeeze(text)
        self._cursor = 0
        self._lost = False
        """After a difference: the next label may stand anywhere further on."""
        heads = titles()
        tables = [[heads["count"], heads["number"], *sheet.columns] for sheet in sheets]
        tables += [[heads["groups"], *sheet.unit_columns] for sheet in sheets if sheet.units]
        repeated = "|".join(re.escape(_squeeze("".join(table))) for table in tables)
        foot = re.escape(_squeeze(made(certificate) + groups(certificate.phi)))
        head = re.escape(_squeeze(certificate.organisation + certificate.title))
        self._break = re.compile(rf"{foot}\d+/\d+{head}(?:{repeated})?")

    def compare(self, one: _Expected) -> Figure:
        """Go to the label, and read what stands behind it."""
        label = _squeeze(one.label)
        at = self._cursor
        if one.apart or (self._lost and label):
            at = self._squeezed.find(label, at)
        end = -1 if at < 0 else self._match(at, label)
        self._lost = end < 0 or (self._lost and not label)
        if end < 0:
            return Figure(
                one.name, _("nothing here beginning with {label!r}").format(label=one.label), one.recorded
            )
        self._cursor = end
        return Figure(one.name, self._read(one.recorded), one.recorded)

    def _read(self, recorded: str) -> str:
        """What is printed here: ``recorded`` itself, or else the next word."""
        end = self._match(self._cursor, _squeeze(recorded))
        if end >= 0 and not self._goes_on(end):
            self._cursor = end
            return recorded
        if self._cursor >= len(self._places):
            return _("nothing")
        self._lost = True
        word = self._text[self._places[self._cursor] :].split(maxsplit=1)[0]
        self._cursor += len(word)
        return word.rstrip(":;,") or word

    def _match(self, at: int, wanted: str) -> int:
        """Where these characters end if they begin here, else -1. The end of a page may come between them."""
        done = 0
        while done < len(wanted):
            if at < len(self._squeezed) and self._squeezed[at] == wanted[done]:
                at, done = at + 1, done + 1
            elif turned := self._break.match(self._squeezed, at):
                at = turned.end()
            else:
                return -1
        return at

    def _goes_on(self, end: int) -> bool:
        """Whether the figure that ends here is only the beginning of a longer one."""
        if not 0 < end < len(self._places) or self._places[end] != self._places[end - 1] + 1:
            return False
        rest = self._squeezed[end : end + 2]
        return rest[0].isalnum() or (rest[0] in ".,%" and rest[1:].isdigit())


def _squeeze(text: str) -> str:
    return "".join(text.split())


_Questions = list[tuple[CertifiedQuestion, QuestionSheet]]


def _questions(certificate: Certificate) -> _Questions:
    """The questions with their words; the figures are taken from the questions themselves."""
    of = len(certificate.questions)
    return [
        (question, question_sheet(question, index if of > 1 else 0, of))
        for index, question in enumerate(certificate.questions, start=1)
    ]


def _expected(certificate: Certificate, questions: _Questions) -> Iterator[_Expected]:
    heads = titles()
    yield _Expected(_("organisation"), "", certificate.organisation)
    yield _Expected(_("title"), heads["certificate"] + certificate.body, certificate.title)
    for question, sheet in questions:
        yield from _outcome(question, sheet)
        yield from _bars(question, sheet)
        yield from _count(question, sheet, heads)
        yield from _shares(question, sheet, heads)
    yield _Expected(heads["reconciliation"], heads["reconciliation"], "", apart=True)
    for line in certificate.reconciliation:
        name = capital(_(line.name))
        yield _Expected(name, name, number(line.total))
        for sign, (part, figure) in zip(["=", *"+" * (len(line.parts) - 1)], line.parts, strict=True):
            yield _Expected(f"{name}: {_(part)}", sign + _(part), number(figure))
    for question, _sheet in questions:
        yield from _rule(question, heads)
    yield from _parts(certificate)
    window = certificate.window
    yield _Expected(heads["period"], heads["period"], "", apart=True)
    yield _Expected(_("Opened"), _("Opened"), when(window.opened, window.zone))
    yield _Expected(_("Closed"), _("Closed"), when(window.closed, window.zone))
    yield _Expected(heads["tellers"], heads["tellers"], "", apart=True)
    for teller in certificate.tellers:
        took = _("helped to open the result") if teller.used else _("did not take part")
        yield _Expected(teller.name, teller.name, took)
    yield _Expected(heads["fingerprints"], heads["fingerprints"], "", apart=True)
    yield _Expected(_("Origin"), _("Origin"), certificate.origin)
    for one in fingerprints(certificate):
        yield _Expected(one.label, one.label, one.groups + one.whole)


def _outcome(question: CertifiedQuestion, sheet: QuestionSheet) -> Iterator[_Expected]:
    lead = question.id
    yield _Expected(lead, sheet.place, "", apart=True)
    yield _Expected(f"{lead}: {_('text')}", "", question.text.strip())
    yield _Expected(f"{lead}: {_('verdict')}", "", sheet.verdict)
    yield _Expected(f"{lead}: {_('verdict in words')}", "", " ".join(sheet.sentences))
    main = None if question.decision is None else question.decision.main
    if main is not None:
        yield _Expected(f"{lead}: {_('number necessary')}", _("Number necessary"), number(main.needed))
        yield _Expected(f"{lead}: {_('margin')}", _("Margin"), signed(main.margin), apart=True)
    elif question.choice is not None and question.choice.needed is not None:
        yield _Expected(
            f"{lead}: {_('number necessary')}", _("Number necessary"), number(question.choice.needed)
        )


def _within(name: str, words: str, figure: str, *, apart: bool = False) -> Iterator[_Expected]:
    """Words with a figure in them."""
    before, after = words.split(figure, 1)
    yield _Expected(name, before, figure, apart)
    yield _Expected(name, after, "")


def _bars(question: CertifiedQuestion, sheet: QuestionSheet) -> Iterator[_Expected]:
    for bar in sheet.bars:
        answer = len(bar.segments) == 1
        name = f"{question.id}: {bar.title or _('bar')}"
        if bar.title:
            yield _Expected(name, bar.title, number(bar.segments[0].count) if answer else "")
        if not answer or bar is sheet.bars[0]:
            for mark in bar.marks:
                yield from _within(f"{name}: {_('line')}", mark.label, number(mark.at))
        for bracket in bar.brackets:
            remark = f": {bracket.remark}" if bracket.remark else ""
            yield from _within(f"{name}: {bracket.label}", bracket.label + remark, number(bracket.count))
        if bar.title and not answer:
            for segment in bar.segments:
                yield _Expected(f"{name}: {segment.label}", segment.label, number(segment.count))


def _count(question: CertifiedQuestion, sheet: QuestionSheet, heads: dict[str, str]) -> Iterator[_Expected]:
    """The table of the count; each percentage is computed here from two numbers of the record."""
    eligible, cast = question.eligible, question.counted
    columns = "".join(sheet.columns)
    yield _Expected(f"{question.id}: {heads['count']}", heads["count"] + heads["number"], columns, apart=True)
    of_cast = [cast] if cast and question.votes else []
    rows = [(votes.label, votes.votes, [*of_cast, eligible]) for votes in question.votes]
    rows += [
        (_("Ballots cast"), cast, [eligible]),
        (_("Did not vote"), eligible - cast, [eligible]),
        (_("All members entitled to vote"), eligible, [eligible]),
    ]
    for label, figure, bases in rows:
        yield _Expected(f"{question.id}: {label}", label, number(figure))
        for base in filter(None, bases):
            yield _Expected(f"{question.id}: {label}, % / {number(base)}", "", percent(figure, base))


def _shares(question: CertifiedQuestion, sheet: QuestionSheet, heads: dict[str, str]) -> Iterator[_Expected]:
    rows = denominators(question.decision) if question.decision else ()
    if rows:
        yield _Expected(heads["shares"], heads["shares"], "", apart=True)
    for row in rows:
        words, figure = capital(share_words(row)), percent(row.number, row.base)
        name = f"{question.id}: {heads['shares']}: {words.replace(figure, '').strip()}"
        yield from _within(name, words, figure)
        yield _Expected(name, "", role_words(row))
    if sheet.units:
        yield _Expected(heads["groups"], heads["groups"] * 2 + "".join(sheet.unit_columns), "", apart=True)
    for group in question.groups if sheet.units else ():
        units = ", ".join(group.units) or _("All")
        yield _Expected(f"{question.id}: {units}", units, number(group.eligible))
        for n in (group.counted, *group.votes):
            yield _Expected(f"{question.id}: {units}", "", number(n))


def _parts(certificate: Certificate) -> Iterator[_Expected]:
    """What the family of a rule asks for. The counts are taken from the record's answers, one by one."""
    drawn = iter(parts(certificate))
    for question in certificate.questions:
        family = family_of(question)
        if question.decision is None or question.withheld or family not in ("robert", "britain"):
            continue
        part = next(drawn)
        votes = {one.id: one.votes for one in question.votes}
        blank = votes.get("blank", 0) + votes.get("abstain", 0)
        if family == "robert":
            main = question.decision.main
            needed = [] if main is None else [main.needed]
            known = [
                votes["yes"] + votes["no"],
                *needed,
                votes["yes"],
                votes["no"],
                0,
                blank,
                question.eligible,
            ]
        else:
            known = [question.eligible, question.counted, votes["yes"], votes["no"], blank, 0]
        figures = [*map(number, known), *(_("yes") if one.met else _("no") for one in thresholds(question))]
        yield _Expected(part.heading, part.heading, "", apart=True)
        for row, figure in zip(part.rows, figures, strict=family == "britain"):
            yield _Expected(f"{part.heading}: {row.label}", row.label, figure, apart=row is part.rows[0])
    for part in drawn:
        yield _Expected(part.heading, part.heading, "", apart=True)
        for row in dates(certificate):
            yield _Expected(row.label, row.label, row.value)


def _rule(question: CertifiedQuestion, heads: dict[str, str]) -> Iterator[_Expected]:
    if question.rule is not None:
        name = f"{question.rule.id}, {_('version')} {question.rule.version}"
        yield _Expected(f"{question.id}: {_('rule')}", question.rule.title + "(", name, apart=True)
    for one in question.decision.criteria if question.decision else ():
        words = capital(clause(one.test))
        met = _("yes") if one.met else _("no")
        row = (number(one.number), number(one.base), number(one.needed), signed(one.margin), met)
        for head, figure in zip(("number", "of", "needed", "margin", "met"), row, strict=True):
            first = head == "number"
            name = f"{question.id}: {words}: {heads[head].lower()}"
            yield _Expected(name, words if first else "", figure, apart=first)
