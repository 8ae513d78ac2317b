"""A roll in an Excel workbook: read as the sheet shows it, refused when it is no honest one (attack W1)."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from quorate.roll import FaultyRoll, Member, check_table
from quorate.roll.xlsx import is_workbook, read_xlsx

HEADINGS = ["Member number", "Name", "Joined"]


def workbook(*rows: list[Any], formats: dict[str, str] | None = None, empty_first: bool = False) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    if empty_first:
        sheet = book.create_sheet("Members")
    for row in rows:
        sheet.append(row)
    for place, form in (formats or {}).items():
        sheet[place].number_format = form
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def altered(data: bytes, name: str, change: Any) -> bytes:
    """The same workbook with one part changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content) if part == name else content)
    return file.getvalue()


def refused(data: bytes) -> tuple[str, str]:
    with pytest.raises(FaultyRoll) as faulty:
        read_xlsx(data)
    (problem,) = faulty.value.problems
    assert problem.fix
    return problem.kind, problem.what


def test_cells_are_what_the_sheet_shows() -> None:
    data = workbook(
        HEADINGS,
        [42, "Ada", date(2019, 3, 1)],
        [43.0, "Bob", None],
        ["A-7", "Cyd", "2020-05-06"],
        formats={"A2": "00000"},
    )
    assert is_workbook(data)
    assert check_table(read_xlsx(data)).members == (
        Member("00042", "Ada", joined="2019-03-01"),
        Member("43", "Bob"),
        Member("A-7", "Cyd", joined="2020-05-06"),
    )


def test_blank_rows_count_and_the_first_sheet_with_cells_is_read() -> None:
    data = workbook(HEADINGS, [], [1, "Ada"], [None, None], [1, "Bob"], empty_first=True)
    with pytest.raises(FaultyRoll) as faulty:
        check_table(read_xlsx(data))
    assert [(problem.row, problem.kind) for problem in faulty.value.problems] == [
        (3, "duplicate-number"),
        (5, "duplicate-number"),
    ]


def test_a_rounded_number_and_an_error_value_are_problems() -> None:
    with pytest.raises(FaultyRoll) as faulty:
        check_table(read_xlsx(workbook(HEADINGS, [1.5e17, "Ada"], ["#N/A", "Bob"], [5, "Cyd", "3/4/2020"])))
    assert [problem.kind for problem in faulty.value.problems] == ["rounded", "spreadsheet-error", "date"]


def test_a_cell_beyond_the_headings_is_a_problem() -> None:
    with pytest.raises(FaultyRoll) as faulty:
        check_table(read_xlsx(workbook(["Member number", "Name"], [1, "Ada", "x"])))
    assert [problem.kind for problem in faulty.value.problems] == ["wrong-width"]


def test_a_workbook_without_cells() -> None:
    assert refused(workbook())[0] == "empty"


@pytest.mark.parametrize("cut", [4, 100, -100])
def test_a_damaged_workbook(cut: int) -> None:
    assert refused(workbook(HEADINGS, [1, "Ada"])[:cut])[0] == "workbook"


def test_a_zip_file_of_another_kind() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    assert refused(file.getvalue())[0] == "workbook"


def test_a_zip_bomb_is_not_unpacked() -> None:
    """200 MB of zeros in 200 kB: refused by what the directory says."""
    data = altered(workbook(HEADINGS, [1, "Ada"]), "docProps/app.xml", lambda _: bytes(200 * 2**20))
    assert len(data) < 300_000
    kind, what = refused(data)
    assert kind == "too-large"
    assert "128 MB" in what


def test_a_zip_bomb_whose_directory_lies_is_not_unpacked() -> None:
    """The directory says 100 bytes: no more are read, and then the checksum is wrong."""
    data = altered(workbook(HEADINGS, [1, "Ada"]), "xl/worksheets/sheet1.xml", lambda _: bytes(200 * 2**20))
    size = (200 * 2**20).to_bytes(4, "little")
    assert data.count(size) >= 1
    assert refused(data.replace(size, (100).to_bytes(4, "little")))[0] == "workbook"


def test_many_small_files_are_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(1_001):
            archive.writestr(str(number), "")
    assert refused(file.getvalue())[0] == "too-large"


def test_entities_are_refused() -> None:
    """A thousand million laughs, and files of the server."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    data = altered(
        workbook(HEADINGS, [1, "Ada"]),
        "xl/worksheets/sheet1.xml",
        lambda content: content.replace(b"<worksheet", bomb + b"<worksheet", 1),
    )
    assert "declares entities" in refused(data)[1]
