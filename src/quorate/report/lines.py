"""Text in columns: wrapping, tables and bars, counted in cells (a Chinese character takes two)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rich.cells import cell_len

from quorate.report.bars import Bar, Bracket, Pattern, cells

WIDTH: Final = 80
INK: Final[dict[Pattern, str]] = {"yes": "█", "no": "/", "blank": "·", "other": "▒", "none": " "}
LINE: Final = "│"

Style = Literal["plain", "faint", "name", "heading", "verdict", "strong", "bar"]


@dataclass(frozen=True)
class Line:
    """A line of text, without its end, and what kind of line it is."""

    text: str
    style: Style = "plain"


def wrap(text: str, width: int) -> list[str]:
    """Break at spaces; a word that is too long for a line is cut. Breaks of the text itself stay."""
    out = []
    for paragraph in text.split("\n"):
        first, *words = paragraph.split(" ")  # single spaces, so that indented text stays so
        *full, current = _cut(first, width)
        out += full
        for word in words:
            if cell_len(current) + 1 + cell_len(word) <= width:
                current += " " + word
                continue
            out.append(current.rstrip())
            *full, current = _cut(word, width)
            out += full
        out.append(current.rstrip())
    return out


def _cut(word: str, width: int) -> list[str]:
    pieces, current, used = [], "", 0
    for char in word:
        size = cell_len(char)
        if used + size > width:
            pieces.append(current)
            current, used = "", 0
        current, used = current + char, used + size
    return [*pieces, current]


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill up to a width, at the left (``right`` aligned) or the right."""
    space = " " * (width - cell_len(text))
    return space + text if right else text + space


def paragraph(text: str, indent: int = 2, style: Style = "plain", width: int = WIDTH) -> Iterator[Line]:
    """Wrapped text, indented."""
    for line in wrap(text, width - indent):
        yield Line(" " * indent + line if line else "", style)


def item(sign: str, text: str, style: Style = "plain", indent: int = 2) -> Iterator[Line]:
    """Wrapped text that hangs behind a sign or a label."""
    lead = " " * indent + sign + " "
    for number, line in enumerate(wrap(text, WIDTH - cell_len(lead))):
        yield Line((lead if number == 0 else " " * cell_len(lead)) + line, style)


def table(
    rows: Sequence[tuple[Sequence[str], Style]], *, texts: int = 1, indent: int = 2, least: int = 16
) -> Iterator[Line]:
    """Rows in columns: the first ``texts`` columns hold words and share what the figures leave; the others
    hold figures, aligned right and never broken. Where there is no room, each row is a label and a list.
    """
    if not rows:
        return
    columns = len(rows[0][0])
    figures = [max(cell_len(row[i]) for row, _ in rows) for i in range(texts, columns)]
    room = WIDTH - indent - sum(width + 2 for width in figures) - 2 * (texts - 1)
    natural = [max(cell_len(row[i]) for row, _ in rows) for i in range(texts)]
    widths = _share(natural, room)
    if room < least * texts:
        yield from _stacked(rows, indent)
        return
    for row, style in rows:
        blocks = [wrap(row[i], widths[i]) for i in range(texts)]
        for number in range(max(len(block) for block in blocks)):
            parts = [
                pad(block[number] if number < len(block) else "", width)
                for block, width in zip(blocks, widths, strict=True)
            ]
            if number == 0:
                parts += [pad(row[texts + i], width, right=True) for i, width in enumerate(figures)]
            yield Line((" " * indent + "  ".join(parts)).rstrip(), style)


def _share(natural: list[int], room: int) -> list[int]:
    """Give each column what it needs, and what is missing is taken from the widest."""
    widths = list(natural)
    while sum(widths) > max(room, len(widths)):
        widest = widths.index(max(widths))
        widths[widest] -= min(sum(widths) - room, max(1, widths[widest] // 8))
    return widths


def _stacked(rows: Sequence[tuple[Sequence[str], Style]], indent: int) -> Iterator[Line]:
    heads = rows[0][0]
    for row, style in rows[1:]:
        yield from paragraph(row[0], indent, style)
        for head, value in zip(heads[1:], row[1:], strict=True):
            yield from item(f"{head}:", value, style, indent + 2)


def bar_lines(
    bar: Bar, too_small: str, *, indent: int = 2, labels: bool = True, legend: bool = True
) -> Iterator[Line]:
    """A bar with its lines at what is needed, their labels, its brackets, and a legend with every count."""
    width = WIDTH - 2 * indent - 2 - len(bar.marks)
    drawn = cells(bar, width)
    marks = list(zip(drawn.marks, bar.marks, strict=True))
    places = [at + number for number, (at, _) in enumerate(marks)]  # each line takes a column of its own
    lead = " " * indent
    for number, (_at, mark) in enumerate(marks if labels else ()):
        for row in _marked(places[: number + 1], mark.label, width + len(marks)):
            yield Line(f"{lead} {row}")
    ink, start = [], 0
    for segment, end in zip(bar.segments, drawn.ends, strict=True):
        ink += [INK[segment.pattern]] * (end - start)
        start = end
    ink += [" "] * (width - start)
    for place in places:
        ink.insert(place, LINE)
    yield Line(f"{lead}[{''.join(ink)}]", "bar")
    for bracket in bar.brackets:
        end = bracket.count * width // bar.scale
        for text in _bracket(end + sum(at < end for at, _ in marks), bracket, width + len(marks)):
            yield Line(f"{lead} {text}")
    if legend:
        yield from _legend(bar, drawn.ends, too_small, lead)


def _marked(places: Sequence[int], label: str, width: int) -> Iterator[str]:
    """The label of the last of these lines beside it, or above it; the lines before it pass through."""
    *passing, place = places
    row = [LINE if at in passing else " " for at in range(place)]
    fits_right = place + 2 + cell_len(label) <= width
    if cell_len(label) < place and not (passing and fits_right):
        start = place - cell_len(label) - 1
        yield "".join([*row[:start], label, " ", LINE])
    elif fits_right:
        yield "".join([*row, LINE, " ", label])
    else:
        yield from wrap(label, width)
        yield "".join([*row, LINE])


def _bracket(end: int, bracket: Bracket, width: int) -> list[str]:
    """``|-- ballots cast 24,756 ----|``; what has no room inside stands behind it, or else below."""
    remark = f": {bracket.remark}" if bracket.remark else ""
    if end < 2:
        return wrap(f"| {bracket.label}{remark}", width)
    for inside, behind in (
        (bracket.label + remark, ""),
        (bracket.label, bracket.remark),
        ("", bracket.label + remark),
    ):
        drawn = f"|-- {inside} " if inside else "|"
        if cell_len(drawn) + 2 <= end or not inside:
            drawn += "-" * (end - cell_len(drawn) - 1) + "|"
            if cell_len(f"{drawn} {behind}".rstrip()) <= width:
                return [f"{drawn} {behind}".rstrip()]
    return ["|" + "-" * (end - 2) + "|", *wrap(bracket.label + remark, width)]


def _legend(bar: Bar, ends: Sequence[int], too_small: str, lead: str) -> Iterator[Line]:
    start = 0
    rows: list[tuple[tuple[str, ...], Style]] = []
    for segment, end in zip(bar.segments, ends, strict=True):
        sign = INK[segment.pattern] * 2
        lost = f" ({too_small})" if segment.count and end == start else ""
        rows.append(((f"[{sign}] {segment.label}{lost}", segment.said), "bar"))
        start = end
    yield from table(rows, indent=len(lead))
