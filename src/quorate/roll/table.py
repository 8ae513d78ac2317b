"""A roll file as rows of cells: encoding, delimiter and quotes (RFC 4180 and what spreadsheets make of it).

Another file format needs a function like `read_csv` that gives a `Table`; everything after it works on rows.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from quorate.roll.problems import FaultyRoll, Problem
from quorate.text import _

Encoding = Literal["auto", "utf-8", "utf-16", "cp1252"]
DELIMITERS = (",", ";", "\t")


class Row(NamedTuple):
    """The cells of one row, and its number as a spreadsheet counts it (from 1, blank rows included)."""

    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """All rows that are not blank, the first being the headings, and what was wrong with the file's form.

    Bytes that the encoding does not allow are kept in the cells as lone surrogates U+DC80 to U+DCFF, so
    that the check of the cell names the row. `delimiter` and `encoding` say how the file was read.
    """

    rows: list[Row]
    problems: tuple[Problem, ...]
    delimiter: str
    encoding: str


def read_csv(data: bytes, score: Callable[[list[str]], int], encoding: Encoding = "auto") -> Table:
    """Read the bytes of a CSV file.

    UTF-8 and UTF-16, with or without a byte order mark, are told apart; Windows-1252 is read only when
    asked for, since any bytes would do for it. The delimiter is the one of comma, semicolon and tab under
    which `score`, given the cells of the first row, is highest. Raises FaultyRoll for a file without rows
    or in the wrong encoding.
    """
    text, used = _decode(data, encoding)
    lines = io.StringIO(text, newline="")
    first = next((line for line in lines if line.strip()), "")
    if not first:
        raise FaultyRoll(
            [_of_file("empty", _("The file is empty."), _("Choose the file that holds the roll."))]
        )
    delimiter = max(DELIMITERS, key=lambda sign: _rank(_cells(first, sign), score))
    lines.seek(0)
    rows: list[Row] = []
    problems: list[Problem] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), start=1):
            if any(map(str.strip, cells)):
                rows.append(Row(number, cells))
    except csv.Error:
        problems.append(
            Problem(
                number + 1,
                "",
                "",
                "quotes",
                _("A quotation mark is not closed, or stands inside a cell. Later rows were not read."),
                _("Remove the quotation marks of this row, or double those that belong to the text."),
            )
        )
    return Table(rows, tuple(problems), delimiter, used)


def _of_file(kind: str, what: str, fix: str) -> Problem:
    return Problem(0, "", "", kind, what, fix)


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader([line], delimiter=delimiter), [])


def _rank(cells: list[str], score: Callable[[list[str]], int]) -> tuple[int, int]:
    return score(cells), len(cells)


def _decode(data: bytes, encoding: Encoding) -> tuple[str, str]:
    if encoding == "cp1252":
        return _decode_cp1252(data), encoding
    if encoding == "utf-16" or (encoding == "auto" and _looks_like_utf16(data)):
        order = (
            "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else _utf16_order(data)
        )
        return data.decode(order, errors="replace"), "utf-16"
    return data.decode("utf-8-sig", errors="surrogateescape"), "utf-8"


def _decode_cp1252(data: bytes) -> str:
    """Windows-1252; refused when the bytes are plainly Unicode, for every accented name would be damaged."""
    try:
        unicode = _looks_like_utf16(data) or not data.decode("utf-8").isascii()
    except UnicodeDecodeError:
        unicode = False
    if unicode:
        raise FaultyRoll(
            [
                _of_file(
                    "encoding",
                    _("The file is Unicode, not Windows-1252: its accented letters would be damaged."),
                    _("Read it without naming an encoding."),
                )
            ]
        )
    return data.decode("cp1252", errors="surrogateescape")


def _looks_like_utf16(data: bytes) -> bool:
    """A byte order mark, or zero bytes in the headings, which no other accepted encoding has."""
    return data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (
        len(data) % 2 == 0 and data[:64].count(0) >= len(data[:64]) // 4 > 0
    )


def _utf16_order(data: bytes) -> str:
    start = data[:64]
    return "utf-16-le" if start[1::2].count(0) >= start[0::2].count(0) else "utf-16-be"
