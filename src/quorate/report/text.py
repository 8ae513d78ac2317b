"""The tellers' report as plain text: 80 columns, UTF-8, nothing said by colour."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from rich.cells import cell_len

from quorate.report.bars import Bar
from quorate.report.lines import WIDTH, Line, Style, bar_lines, item, pad, paragraph, table, wrap
from quorate.report.question import QuestionSheet, Row
from quorate.report.sheet import Sheet

Rows = list[tuple[tuple[str, ...], Style]]


def text_report(sheet: Sheet) -> str:
    """The whole certificate as text; every line ends in LF and none is longer than 80 columns."""
    return "".join(f"{line.text}\n" for line in report_lines(sheet))


def report_lines(sheet: Sheet) -> Iterator[Line]:
    """The lines of the report, with what kind of line each is."""
    certificate = sheet.certificate
    yield from paragraph(certificate.organisation, 0, "name")
    yield from paragraph(certificate.body, 0)
    yield Line("=" * WIDTH, "faint")
    yield from paragraph(f"{sheet.titles['certificate']}: {certificate.title}", 0, "name")
    for notice in sheet.notices:
        yield from item("!", notice, "strong", 0)
    for question in sheet.questions:
        yield from _question(question, sheet.titles)
    yield from _section(sheet.titles["period"])
    yield from _pairs(sheet.window)
    yield from _section(sheet.titles["reconciliation"])
    yield from _reconciliation(sheet)
    for part in sheet.parts:
        yield from _section(part.heading)
        if part.source:
            yield from paragraph(part.source)
        yield from table([((row.label, row.value), "plain") for row in part.rows])
        for line in part.lines:
            yield from paragraph(line, 2, "faint")
    yield from _section(sheet.titles["tellers"])
    yield from _pairs(sheet.tellers)
    if sheet.scrutineer:
        yield from _section(sheet.titles["scrutineer"])
        yield from paragraph(sheet.titles["scrutineer_source"])
        for statement in sheet.scrutineer:
            yield from item(f"[ ] {sheet.titles['yes']}  [ ] {sheet.titles['no']}", statement)
    yield from _section(sheet.titles["rests_on"])
    for statement in (sheet.checked, *sheet.rests_on):
        yield from item("-", statement)
    yield from _section(sheet.titles["fingerprints"])
    yield from _pairs((sheet.origin,))
    for fingerprint in sheet.fingerprints:
        yield from paragraph(fingerprint.label)
        if fingerprint.groups:
            yield Line(f"    {fingerprint.groups}", "strong")
        yield Line(f"    {fingerprint.whole}")
    yield from _section(sheet.titles["verify"])
    for number, step in enumerate(sheet.verify, start=1):
        yield from item(f"{number}.", step)


def _question(question: QuestionSheet, titles: dict[str, str]) -> Iterator[Line]:
    yield Line("")
    yield Line(question.place.upper(), "heading")
    yield from paragraph(question.text)
    yield Line("")
    yield from paragraph(question.verdict.upper(), 2, "verdict")
    if question.sentences:
        yield from paragraph(" ".join(question.sentences))
    yield from _bars(question.bars, titles)
    yield from _count(question, titles)
    if question.shares:
        yield Line("")
        yield from _shares(question, titles)
    if question.criteria:
        yield Line("")
        yield from _criteria(question, titles)
    yield Line("")
    yield from _pairs((*question.necessary, *question.rule))


def _bars(bars: tuple[Bar, ...], titles: dict[str, str]) -> Iterator[Line]:
    for previous, bar in zip((None, *bars), bars, strict=False):
        answer = len(bar.segments) == 1
        if not (answer and previous):
            yield Line("")
        if answer:
            said = bar.segments[0].said
            *above, last = wrap(bar.title, WIDTH - 6 - cell_len(said))
            for line in above:
                yield Line(f"  {line}")
            yield Line(f"  {pad(last, WIDTH - 4 - cell_len(said))}{said}")
        elif bar.title:
            yield Line(f"  {bar.title}", "strong")
        labels = not answer or previous is None
        yield from bar_lines(bar, titles["too_small"], labels=labels, legend=not answer)
    if bars:
        yield from paragraph(titles["legend"], 2, "faint")


def _count(question: QuestionSheet, titles: dict[str, str]) -> Iterator[Line]:
    yield Line("")
    rows: Rows = [((titles["count"], "", *question.columns), "strong")]
    rows += [
        ((row.label, row.votes, *row.shares), "strong" if row.strong else "plain") for row in question.counts
    ]
    yield from table(rows)
    for note in question.notes:
        yield from paragraph(note, 2, "faint")
    if question.units:
        yield Line("")
        heads: Rows = [((titles["groups"], *question.unit_columns), "strong")]
        yield from table([*heads, *(((unit.units, *unit.figures), "plain") for unit in question.units)])


def _shares(question: QuestionSheet, titles: dict[str, str]) -> Iterator[Line]:
    yield Line(f"  {titles['shares']}", "strong")
    rows: Rows = [
        ((">" if row.decides else " ", row.words, row.role), "strong" if row.decides else "plain")
        for row in question.shares
    ]
    yield from table(rows, texts=3)


def _criteria(question: QuestionSheet, titles: dict[str, str]) -> Iterator[Line]:
    heads = tuple(titles[name] for name in ("criteria", "number", "of", "needed", "margin", "met"))
    rows: Rows = [(heads, "strong")]
    rows += [
        ((row.words, row.number, row.base, row.needed, row.margin, row.met), "plain")
        for row in question.criteria
    ]
    yield from table(rows)


def _reconciliation(sheet: Sheet) -> Iterator[Line]:
    rows: Rows = []
    for line in sheet.reconciliation:
        rows.append(((line.name, line.total), "strong"))
        signs = ["=", *"+" * (len(line.parts) - 1)]
        rows += [
            ((f"{sign} {part.label}", part.value), "plain")
            for sign, part in zip(signs, line.parts, strict=True)
        ]
    yield from table(rows)


def _pairs(rows: tuple[Row, ...]) -> Iterator[Line]:
    if not rows:
        return
    longest = min(24, max(len(row.label) for row in rows))
    yield from chain.from_iterable(item(row.label.ljust(longest) + " ", row.value) for row in rows)


def _section(title: str) -> Iterator[Line]:
    yield Line("")
    yield from paragraph(title.upper(), 0, "heading")
