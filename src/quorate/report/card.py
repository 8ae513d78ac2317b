"""The picture that a link to a ballot shows where it is shared: PNG, 1200 by 630, drawn by typst.

It says what the certificate says, or, before a result is public, only what is asked and until when.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from quorate.record.manifest import Manifest
from quorate.report.pdf import DrawingFailed, fonts
from quorate.report.question import QuestionSheet
from quorate.report.sheet import Sheet
from quorate.report.words import when
from quorate.text import _, language, number

_HERE: Final = Path(__file__).parent
_MOST: Final = 4
"""Verdicts that fit."""


def card(sheet: Sheet) -> bytes:
    """The picture of a result. Raises :class:`DrawingFailed`."""
    certificate = sheet.certificate
    with language(sheet.language):
        closed = when(certificate.window.closed, certificate.window.zone)
        shown = sheet.questions[:_MOST]
        left = len(sheet.questions) - len(shown)
        return _drawn(
            certificate.organisation,
            certificate.title,
            sheet.notices[0] if sheet.notices else "",
            [_result(question, several=len(sheet.questions) > 1) for question in shown],
            _("And {n} more questions.").format(n=number(left)) if left else "",
            _("Voting closed {closed}. Anyone can check this result.").format(closed=closed),
        )


def neutral_card(manifest: Manifest, code: str = "en") -> bytes:
    """The picture of a ballot without a public result. Raises :class:`DrawingFailed`."""
    with language(code):
        closes = when(manifest.window.closes, manifest.window.zone)
        said = [{"verdict": _("Secret ballot"), "sentence": manifest.questions[0].text.strip(), "bar": None}]
        return _drawn(
            manifest.organisation,
            manifest.title,
            "",
            said,
            "",
            _("Voting until {closes}, unless it is extended.").format(closes=closes),
        )


def _result(question: QuestionSheet, *, several: bool) -> dict[str, Any]:
    bar = question.bars[0] if question.bars and not several and question.bars[0].scale else None
    return {
        "verdict": question.verdict,
        "sentence": question.text if several else " ".join(question.sentences),
        "bar": None if bar is None else msgspec.to_builtins(bar),
    }


def _drawn(
    organisation: str, title: str, notice: str, results: list[dict[str, Any]], more: str, foot: str
) -> bytes:
    data = {
        "organisation": organisation,
        "title": title,
        "notice": notice,
        "results": results,
        "foot": f"{more} {foot}".strip(),
    }
    try:
        image = typst.compile(
            _layout(),
            format="png",
            ppi=72.0,
            font_paths=fonts(system=True),
            ignore_system_fonts=False,
            sys_inputs={"card": msgspec.json.encode(data).decode()},
        )
    except typst.TypstError as error:
        raise DrawingFailed(_("The picture cannot be drawn: {why}").format(why=error.message)) from None
    if not isinstance(image, bytes):
        raise DrawingFailed(_("The picture cannot be drawn: {why}").format(why=_("it has several pages")))
    return image


@cache
def _layout() -> bytes:
    return (_HERE / "card.typ").read_bytes()
