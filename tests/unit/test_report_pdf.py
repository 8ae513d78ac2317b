"""The certificate as PDF: tagged, repeatable, readable where fonts lack characters."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import UTC, datetime
from typing import Any

import msgspec
import pypdf
import pytest
import segno
import typst

from quorate.record.certificate import Certificate
from quorate.report import pdf as module
from quorate.report.pdf import DrawingFailed, Paper, pdf_report, qr_text
from quorate.report.readback import read_back
from quorate.report.sheet import draw
from support.certificates import (
    CASES,
    by_unit,
    certificate,
    chicago,
    three_questions,
    verified,
    withheld,
    yes_no,
)

LETTER_AND_A4 = {"a4": (595, 842), "us-letter": (612, 792)}


def drawn(of: Certificate, paper: Paper = "a4") -> bytes:
    return pdf_report(draw(verified(of)), paper)


def reader(data: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(data))


def tags(node: Any) -> list[tuple[str, str]]:
    """Every element of the structure with its alternative text, from the outside inwards."""
    below = node.get("/K", [])
    children = [one.get_object() for one in (below if isinstance(below, list) else [below])]
    elements = [one for one in children if isinstance(one, dict) and "/S" in one]
    return [deep for one in elements for deep in ((str(one["/S"]), str(one.get("/Alt", ""))), *tags(one))]


def test_it_is_tagged_for_screen_readers() -> None:
    document = reader(drawn(chicago()))
    root: Any = document.root_object
    assert root["/Lang"] == "en"
    assert str(root["/MarkInfo"]["/Marked"]) == "True"
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_data()
    assert document.metadata is not None
    assert document.metadata.title == "Certificate of a ballot: Strike authorisation"
    elements = tags(root["/StructTreeRoot"])
    kinds = [kind for kind, _alt in elements]
    assert kinds.count("/H1") == 1
    assert {"/H2", "/H3", "/Table", "/TH", "/L"} <= set(kinds)
    bar, code = (alt for kind, alt in elements if kind == "/Figure")
    assert bar.startswith("Bar of all 26,502 members. Yes, authorise a strike: 23,780;")
    assert code == "QR code with the origin and the fingerprints of the record"


def test_the_same_record_gives_the_same_bytes_dated_by_its_closing() -> None:
    first = drawn(chicago())
    assert hashlib.sha256(drawn(chicago())).digest() == hashlib.sha256(first).digest()
    info = reader(first).metadata
    assert info is not None
    assert info.creation_date == datetime(2015, 12, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize("paper", ["a4", "us-letter"])
def test_paper_and_pages(paper: Paper) -> None:
    data = drawn(chicago(), paper)
    pages = reader(data).pages
    assert [(int(page.mediabox.width + 0.5), int(page.mediabox.height + 0.5)) for page in pages] == [
        LETTER_AND_A4[paper]
    ] * 2
    first, second = (page.extract_text() for page in pages)
    for words in ("Carried", "Reconciliation", "Signatures of the tellers"):
        assert words in first
    for words in ("Fingerprints", "Tellers", "How to verify", "115 ILCS 5/13"):
        assert words in second
    read_back(data, chicago())


@pytest.mark.parametrize("name", CASES)
def test_every_case_is_drawn_and_read_back(name: str) -> None:
    figures = read_back(drawn(CASES[name]), CASES[name])
    assert len(figures) > 50
    assert all(figure.printed == figure.recorded for figure in figures)


ODD = {
    "three questions": three_questions(),
    "by unit": by_unit(),
    "withheld": certificate(withheld(30, 1)),
    "nobody voted": certificate(yes_no(25_000, 0, 0)),
    "no rule": certificate(yes_no(100, 50, 20, 5, rule=None)),
    "cannot be decided": certificate(yes_no(1_000, 350, 200, 10, rule="ronr-rescind")),
    "2,000 characters": certificate(yes_no(9, 8, 1, text=("Shall the union be authorised? " * 70)[:2_000])),
    "20,000 characters": certificate(
        yes_no(9, 8, 1, text=("Shall the union be authorised? " * 700)[:20_000])
    ),
    "long names": certificate(yes_no(9, 8, 1, labels=("Yes, " + "indeed " * 70, "No" + "x" * 400, "Blank"))),
    "lines": certificate(yes_no(9, 8, 1, text="First:\n- one\n- two\n\nIs that so? #set *bold* $x$ <b>")),
    "one short": certificate(yes_no(26_502, 19_876, 0)),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_cases_are_drawn_and_read_back(name: str) -> None:
    read_back(drawn(ODD[name]), ODD[name])


def test_the_qr_code_holds_origin_and_fingerprints() -> None:
    sheet = draw(verified(chicago()))
    text = qr_text(sheet)
    board = chicago().board
    assert text.splitlines() == [
        "vote.example/1a2b3c4d5e6f7a8b",
        f"phi {chicago().phi.hex()}",
        f"board {board.size} {board.root.hex()}",
    ]
    svg = module._qr(text)
    dark = sum(sum(row) for row in segno.make(text, error="m", mask=3, micro=False, boost_error=False).matrix)
    strokes = re.findall(r"h(\d+)", svg)
    assert sum(map(int, strokes)) == dark, "every dark module of the code is in the picture"


CHINESE = certificate(
    yes_no(100, 80, 10, 5, text="是否授權工會發動罷工？", labels=("是，授權罷工", "否，不授權", "空白")),
    organisation="教師工會",
    tellers=[("甲", True), ("乙", True), ("丙", False)],
)


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has no fonts of its own."""
    bare = module.fonts(False)
    monkeypatch.setattr(module, "fonts", lambda _system: bare)


@pytest.mark.usefixtures("no_system_fonts")
def test_characters_that_no_font_has_are_printed_as_numbers_and_that_is_said() -> None:
    data = drawn(CHINESE)
    text = "".join("".join(page.extract_text() for page in reader(data).pages).split())
    assert "[U+6559][U+5E2B][U+5DE5][U+6703]" in text
    assert "nofonthassomeofitscharacters" in text
    assert read_back(data, CHINESE)


@pytest.mark.usefixtures("no_system_fonts")
def test_other_characters_stay_as_they_are() -> None:
    greek = msgspec.structs.replace(chicago(), body="Σωματείο \u4e2d Łódź")
    text = reader(drawn(greek)).pages[0].extract_text()
    assert "Σωματείο" in text
    assert "[U+4E2D]" in text
    assert "Łódź" in text


def test_a_fault_in_the_layout_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_layout", lambda _name: b'#panic("no")')
    with pytest.raises(DrawingFailed, match="panicked"):
        drawn(chicago())


def test_a_warning_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    layout = b'#set document(title: "x")\n#set text(font: "No Such Font")\n= Heading'
    monkeypatch.setattr(module, "_layout", lambda _name: layout)
    with pytest.raises(DrawingFailed, match="unknown font family"):
        drawn(chicago())


def test_the_vendored_fonts_are_the_ones_used() -> None:
    families = {font.family for font in module.fonts(False).fonts() if font.path}
    assert families == {"Public Sans"}
    weights = sorted(font.weight for font in module.fonts(False).fonts() if font.path)
    assert weights == [400, 600, 700]
    assert issubclass(typst.TypstError, RuntimeError)
