"""A roll in an Excel workbook (.xlsx) as rows of cells. Needs openpyxl, so nothing else imports this module.

A workbook is a zip file that a stranger may have made: how much it would unpack to is read from its
directory and refused before anything is unpacked (a member never gives more than its directory says), and
so are declarations of entities.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from quorate.roll.problems import FaultyRoll, Problem
from quorate.roll.table import Row, Table
from quorate.text import _

MAX_UNPACKED: Final = 128 * 2**20
MAX_FILES: Final = 1_000
MAX_ROWS: Final = 1_000_000
MAX_COLUMNS: Final = 200
_SIGNATURE: Final = b"PK\x03\x04"
_ZEROS: Final = re.compile(r"0+")
_DOCTYPE: Final = b"<!DOCTYPE"
_CHUNK: Final = 2**16


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are a zip file, as a workbook is and a text never is."""
    return data.startswith(_SIGNATURE)


def read_xlsx(data: bytes) -> Table:
    """Read the first sheet that has cells.

    Numbers are written as the sheet shows them where that matters for a member number (00042), dates as
    2026-11-25. FaultyRoll for a file that is no workbook, is protected, or would unpack to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_archive(archive)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that mean nothing here
            workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        try:
            for sheet in workbook.worksheets:
                sheet.reset_dimensions()  # some programs write a wrong one
                if rows := list(_rows(sheet)):
                    return Table(rows, (), "", "xlsx")
        finally:
            workbook.close()
    except FaultyRoll:
        raise
    # A damaged workbook fails wherever openpyxl happens to be: every way that it fails is the same to people.
    except (
        zipfile.BadZipFile, zlib.error, InvalidFileException, OSError, ValueError, KeyError, TypeError,
        AttributeError, IndexError, SyntaxError, RuntimeError, NotImplementedError, EOFError,
    ):  # fmt: skip
        raise _refused(
            _("The workbook cannot be read: it is damaged, protected by a password, or of another kind."),
            _("Open it in a spreadsheet program and save it as an Excel workbook (.xlsx) or as CSV UTF-8."),
        ) from None
    raise _refused(_("The workbook has no cells."), _("Choose the file that holds the roll."), "empty")


def _check_archive(archive: zipfile.ZipFile) -> None:
    files = archive.infolist()
    if len(files) > MAX_FILES or sum(file.file_size for file in files) > MAX_UNPACKED:
        raise _refused(
            _("The workbook would unpack to more than {size} MB.").format(size=MAX_UNPACKED // 2**20),
            _("Delete pictures and other sheets, or save the member list alone as CSV UTF-8."),
            "too-large",
        )
    for file in files:
        if file.filename.endswith((".xml", ".rels")) and _declares(archive, file):
            raise _refused(
                _("The workbook declares entities, which no spreadsheet program writes."),
                _("Save the member list as CSV UTF-8."),
            )


def _declares(archive: zipfile.ZipFile, file: zipfile.ZipInfo) -> bool:
    """Whether a part has a document type declaration, which can only stand before its first element."""
    with archive.open(file) as part:
        start = part.read(_CHUNK)
    return _DOCTYPE in start or _DOCTYPE.decode().encode("utf-16-le") in start


def _rows(sheet: Any) -> Iterator[Row]:
    """The rows that are not blank, each filled up to the width of the first."""
    width = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > MAX_ROWS:
            raise _refused(
                _("The sheet has more than {rows} rows.").format(rows=MAX_ROWS), _("Split it."), "too-large"
            )
        texts = [_text(cell) for cell in cells[:MAX_COLUMNS]]
        while texts and not texts[-1].strip():
            texts.pop()
        if not texts:
            continue
        width = width or len(texts)
        yield Row(number, texts + [""] * (width - len(texts)))


def _text(cell: Any) -> str:
    """A cell as people would type it."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ", "seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int) and value >= 0 and _ZEROS.fullmatch(cell.number_format or ""):
        return str(value).zfill(len(cell.number_format))
    return str(value)


def _refused(what: str, fix: str, kind: str = "workbook") -> FaultyRoll:
    return FaultyRoll([Problem(0, "", "", kind, what, fix)])
