"""Writes all reports of a verified record into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from quorate.files import write_whole
from quorate.report.announcements import for_employer, for_members, for_press
from quorate.report.pdf import Paper, pdf_report
from quorate.report.sheet import draw
from quorate.report.text import text_report
from quorate.verify.findings import Report

TEXT: Final = "certificate.txt"
PDF: Final = "certificate.pdf"
MEMBERS: Final = "announcement-members.txt"
PRESS: Final = "announcement-press.txt"
EMPLOYER: Final = "announcement-employer.txt"


def write_reports(folder: Path, report: Report, code: str = "en", paper: Paper = "a4") -> list[Path]:
    """Draw everything that people read from this report, write it, and return the paths.

    Nothing is written unless all of it can be drawn, and each file appears whole. The folder may be the
    record's own: these files are not part of a record [08.32].
    Raises :class:`~quorate.report.sheet.NotVerified`.
    """
    sheet = draw(report, code)
    contents = {
        TEXT: text_report(sheet).encode(),
        PDF: pdf_report(sheet, paper),
        MEMBERS: for_members(sheet).encode(),
        PRESS: for_press(sheet).encode(),
        EMPLOYER: for_employer(sheet).encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        write_whole(folder / name, data)
    return [folder / name for name in contents]
