"""The certificate on paper: PDF/UA-1, drawn by typst from the sheet, the same bytes for the same record.

Public Sans is part of the package. A character that it lacks is looked for in the fonts of the machine; where
none has it, it is printed as its number, such as ``[U+738B]``, and the certificate says so: nothing is ever a
blank box.
"""

from __future__ import annotations

import io
import re
import unicodedata
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import segno
import typst

from quorate.record.canonical import instant
from quorate.report.sheet import Sheet
from quorate.text import _

Paper = Literal["a4", "us-letter"]

_HERE: Final = Path(__file__).parent
_MISSING: Final = re.compile(r"the text `\"(.+)\"` could not be displayed", re.DOTALL)
_MOST_TRIES: Final = 500


class DrawingFailed(RuntimeError):
    """The PDF could not be drawn as it must be; the message says why and what to do."""


def pdf_report(sheet: Sheet, paper: Paper = "a4") -> bytes:
    """The certificate as a tagged PDF. Its date is the closing time: it does not depend on the clock.

    Raises :class:`DrawingFailed`.
    """
    closed = sheet.certificate.window.closed
    return compiled("certificate.typ", _data(sheet, paper), closed, sheet.trouble)


def compiled(name: str, data: dict[str, Any], closed: str, trouble: str) -> bytes:
    """A layout of this package with its data as PDF/UA-1, dated by the closing time.

    Characters that no font has are spelled; then ``trouble`` says so. Raises :class:`DrawingFailed`.
    """
    moment = int(instant(closed).timestamp())
    system = False
    for _try in range(_MOST_TRIES):
        try:
            return _compiled(name, data, moment, system=system)
        except typst.TypstError as error:
            missing = _MISSING.search(error.message)
            if missing is None:
                raise DrawingFailed(_("The PDF cannot be drawn: {why}").format(why=error.message)) from None
            if system:
                data = _spelled(data, missing[1]) | {"trouble": trouble}
            system = True
    raise DrawingFailed(_("Too many characters that no font here has: install a font that has them."))


def _compiled(name: str, data: dict[str, Any], closed: int, *, system: bool) -> bytes:
    pdf, warnings = typst.compile_with_warnings(
        _layout(name),
        font_paths=fonts(system),
        ignore_system_fonts=not system,
        sys_inputs={"sheet": msgspec.json.encode(data).decode()},
        pdf_standards="ua-1",
        timestamp=closed,
    )
    if warnings:  # such as a layout that did not settle: then pages may be wrong
        raise DrawingFailed(_("The PDF cannot be drawn: {why}").format(why=warnings[0].message))
    return pdf


def qr_text(sheet: Sheet) -> str:
    """What the QR code holds: where the record belongs, and the fingerprints of its beginning and its end."""
    certificate = sheet.certificate
    return (
        f"{certificate.origin}\nphi {certificate.phi.hex()}\n"
        f"board {certificate.board.size} {certificate.board.root.hex()}"
    )


def _data(sheet: Sheet, paper: Paper) -> dict[str, Any]:
    """The sheet as typst reads it, with what only paper needs."""
    certificate = sheet.certificate
    plain: dict[str, Any] = msgspec.to_builtins(
        {field.name: getattr(sheet, field.name) for field in fields(sheet) if field.name != "certificate"}
    )
    return plain | {
        "body": certificate.body,
        "language": re.split("[-_]", sheet.language)[0],
        "document": f"{sheet.titles['certificate']}: {certificate.title}",
        "organisation": certificate.organisation,
        "paper": paper,
        "phi": plain["fingerprints"][0],
        "qr": _qr(qr_text(sheet)),
        "title": certificate.title,
        "trouble": "",
    }


def _qr(text: str) -> str:
    """A QR code as SVG. The mask is fixed: choosing one takes five times as long and changes nothing."""
    out = io.BytesIO()
    segno.make(text, error="m", mask=3, micro=False, boost_error=False).save(out, kind="svg", border=2)
    return out.getvalue().decode()


def _spelled(data: dict[str, Any], missing: str) -> dict[str, Any]:
    """The data with the missing characters, and all others of their script, as their numbers."""
    chars = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), missing)
    scripts = {unicodedata.name(char, "?").split()[0] for char in chars} - {"LATIN", "?"}

    def spell(value: Any) -> Any:
        match value:
            case str():
                return "".join(
                    f"[U+{ord(char):04X}]"
                    if char in chars or unicodedata.name(char, "?").split()[0] in scripts
                    else char
                    for char in value
                )
            case dict():
                return {key: spell(one) for key, one in value.items()}
            case list() | tuple():
                return [spell(one) for one in value]
            case _:
                return value

    return {key: one if key == "qr" else spell(one) for key, one in data.items()}


@cache
def _layout(name: str) -> bytes:
    return (_HERE / name).read_bytes()


@cache
def fonts(system: bool) -> typst.Fonts:
    """The vendored fonts; with ``system`` also those of the machine."""
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=True, font_paths=[_HERE / "fonts"])
