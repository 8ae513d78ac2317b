"""From a real record to everything that people read, and back from the PDF to the record's figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from quorate.report.files import EMPLOYER, MEMBERS, PDF, PRESS, TEXT, write_reports
from quorate.report.readback import read_back
from quorate.report.sheet import NotVerified
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report
from support.ballots import NOON, SmallBallot, line


@pytest.fixture
def ballot(tmp_path: Path) -> SmallBallot:
    ballot = SmallBallot(tmp_path, voters=4)
    box = ballot.open_box()
    choices = ((1, 0), (2, 0), (3, 0))  # three of four say yes: exactly three quarters of all members
    box.submit([line(ballot.vote(voter, [(0, [choice])])) for voter, choice in choices], NOON)
    assert ballot.finish(box).ok
    return ballot


def test_reports_are_written_beside_the_record_and_read_back(ballot: SmallBallot) -> None:
    report = ballot.verify()
    paths = write_reports(ballot.record, report)
    assert [path.name for path in paths] == [TEXT, PDF, MEMBERS, PRESS, EMPLOYER]
    text = (ballot.record / TEXT).read_text(encoding="utf-8")
    assert "CARRIED\n  3 members voted yes." in text
    assert "3 were needed: exactly enough." in text
    assert "! Test ballot: it decides nothing." in text

    # The PDF says what the record proves, figure by figure.
    assert report.certificate is not None
    figures = {figure.name: figure.printed for figure in read_back(ballot.record / PDF, report.certificate)}
    assert figures["strike: Yes, authorise a strike"] == "3"
    assert figures["strike: number necessary"] == "3"
    assert figures["strike: Did not vote"] == "1"

    # The folder is still the same record [08.32], and writing again changes nothing.
    assert ballot.verify().ok
    before = [path.read_bytes() for path in paths]
    write_reports(ballot.record, ballot.verify())
    assert [path.read_bytes() for path in paths] == before


def test_nothing_is_drawn_from_a_record_that_was_changed(ballot: SmallBallot, tmp_path: Path) -> None:
    entries = ballot.record / "entries.jsonl"
    entries.write_bytes(entries.read_bytes().replace(b'"totals":[3]', b'"totals":[4]'))
    with pytest.raises(NotVerified, match=r"fails V4, .*V17"):
        write_reports(tmp_path / "out", ballot.verify())
    assert not (tmp_path / "out").exists()


def test_nothing_is_drawn_before_the_result(ballot: SmallBallot) -> None:
    with pytest.raises(NotVerified, match="V16, .*V21 did not run"):
        write_reports(ballot.record, ballot.verify(until="close"))
    assert not (ballot.record / PDF).exists()
    with pytest.raises(NotVerified, match="no result yet"):
        write_reports(ballot.record, Report(checked=list(CHECKS), certificate=None))


def test_nothing_is_drawn_from_a_report_that_skipped_a_check(ballot: SmallBallot) -> None:
    report = ballot.verify()
    some = Report(checked=["V1"], complete=True, certificate=report.certificate)
    with pytest.raises(NotVerified, match=r"V2, V4, .*V21 did not run"):
        write_reports(ballot.record, some)
