"""Writes all reports of a verified record into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from quorate.files import write_whole
from quorate.report.announcements import for_employer, for_members, for_press
from quorate.report.pdf import Paper, pdf_report
from quorate.report.sheet import draw
from quorate.report.text import text_report
from quorate.report.void import draw_void, void_announcement, void_pdf, void_text
from quorate.verify.findings import Report

TEXT: Final = "certificate.txt"
PDF: Final = "certificate.pdf"
MEMBERS: Final = "announcement-members.txt"
PRESS: Final = "announcement-press.txt"
EMPLOYER: Final = "announcement-employer.txt"


def write_reports(folder: Path, report: Report, code: str = "en", paper: Paper = "a4") -> list[Path]:
    """Draw everything that people read from this report, write it, and return the paths.

    Nothing is written unless all of it can be drawn, and each file appears whole. The folder may be the
    record's own: these files are not part of a record [08.32]. Those of a void ballot say that it is void.
    Raises :class:`~quorate.report.sheet.NotVerified`.
    """
    contents = _void(report, code, paper) if report.void else _result(report, code, paper)
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in contents.items():
        write_whole(folder / name, data)
    return [folder / name for name in contents]


def _result(report: Report, code: str, paper: Paper) -> dict[str, bytes]:
    sheet = draw(report, code)
    return {
        TEXT: text_report(sheet).encode(),
        PDF: pdf_report(sheet, paper),
        MEMBERS: for_members(sheet).encode(),
        PRESS: for_press(sheet).encode(),
        EMPLOYER: for_employer(sheet).encode(),
    }


def _void(report: Report, code: str, paper: Paper) -> dict[str, bytes]:
    sheet = draw_void(report, code)
    closed = report.void.window.closed if report.void else ""
    said = void_announcement(sheet).encode()
    drawn = {TEXT: void_text(sheet).encode(), PDF: void_pdf(sheet, closed, paper)}
    return drawn | dict.fromkeys((MEMBERS, PRESS, EMPLOYER), said)
