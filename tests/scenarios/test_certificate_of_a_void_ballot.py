"""A ballot that was declared void has a certificate that says so, in every form, and none of a result."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from quorate.report.files import EMPLOYER, MEMBERS, PDF, PRESS, TEXT, write_reports
from quorate.report.sheet import NotVerified, draw
from quorate.report.void import draw_void
from support import examples


def test_every_form_says_that_nothing_is_decided(tmp_path: Path) -> None:
    ballot = examples.void(tmp_path / "ballot")
    report = ballot.verify()
    void = report.void
    assert void is not None
    paths = write_reports(tmp_path / "out", report)
    assert [path.name for path in paths] == [TEXT, PDF, MEMBERS, PRESS, EMPLOYER]
    text = (tmp_path / "out" / TEXT).read_text(encoding="utf-8")
    assert max(map(len, text.splitlines())) <= 80
    pdf = pypdf.PdfReader(io.BytesIO((tmp_path / "out" / PDF).read_bytes()))
    printed = " ".join(page.extract_text() for page in pdf.pages)
    for said in (text, printed):
        squeezed = "".join(said.split())
        assert f"{void.ballots}ballotswereontheboard" in squeezed
        assert f"isentry{void.board.void}ofthepublicboard" in squeezed
        assert "".join(void.reason.split()) in squeezed
        assert void.phi.hex() in squeezed
        assert void.board.root.hex() in squeezed
        assert "Carried" not in said
    assert "VOID" in text
    assert "Void" in printed
    for name in (MEMBERS, PRESS, EMPLOYER):
        announced = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "Void. Two officers declared this ballot void." in " ".join(announced.split())


def test_no_other_record_gets_it(tmp_path: Path) -> None:
    report = examples.plain(tmp_path).verify()
    with pytest.raises(NotVerified, match="no verified record of a void ballot"):
        draw_void(report)
    void = examples.void(tmp_path / "void").verify()
    with pytest.raises(NotVerified, match="no result yet"):
        draw(void)
