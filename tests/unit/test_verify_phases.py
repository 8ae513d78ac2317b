"""What a verification says about a ballot that is not finished, and what it reports about itself [10]."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from quorate.board.log import Log
from quorate.election.folder import write_certificate
from quorate.election.tally import make_result
from quorate.record.container import CERTIFICATE, Container
from quorate.verify import chunk, run
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report
from quorate.verify.run import NoManifest, Verification, verify
from quorate.verify.state import Until
from support import examples
from support.ballots import AFTER, SmallBallot, line
from support.forge import Forgery

YES = [(0, [0])]
ALL = list(CHECKS)
UP_TO: dict[Until, list[str]] = {
    "open": [*ALL[:13], "V22"],
    "close": [*ALL[:15], "V22"],
    "tally": [*ALL[:19], "V22"],
    "result": ALL,
}


def log_of(ballot: SmallBallot) -> Log:
    if ballot.log is None:
        raise AssertionError("voting is not open")
    return ballot.log


def report(ballot: SmallBallot, until: Until) -> Report:
    ballot.publish()
    receipts = [("first", log_of(ballot).receipt(0))]
    with Container(ballot.record) as container:
        return verify(container, pins=ballot.pins, receipts=receipts, until=until)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    return examples.plain(tmp_path_factory.mktemp("phases"))


@pytest.mark.parametrize("until", UP_TO)
def test_the_checks_that_are_due(plain: SmallBallot, until: Until) -> None:
    found = report(plain, until)
    assert found.findings == []
    assert found.checked == UP_TO[until]
    assert found.complete


def test_a_ballot_as_it_goes_on(tmp_path: Path) -> None:
    """At each point the record is good up to there, and not good enough for what comes later."""
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()

    def reaches(until: Until | None) -> None:
        order: tuple[Until, ...] = ("open", "close", "tally", "result")
        reached = -1 if until is None else order.index(until)
        for place, asked in enumerate(order):
            found = report(ballot, asked)
            assert found.ok is (place <= reached), (asked, [*map(str, found.findings)])
            assert found.ok or "V6" in {f.check for f in found.findings} or place == 3

    reaches("open")
    examples.cast(box, *(ballot.vote(voter, YES) for voter in (1, 2, 3)))
    reaches("open")
    box.close(AFTER)
    reaches("close")
    ballot.publish()
    box.append(ballot.shares((1, 2)))
    reaches("close")
    with Container(ballot.publish()) as container:
        check = Verification(container, ballot.pins, until="close")
        check.run()
        shares = list(check.state.shares.items())
        box.append([make_result(check.state, shares)])
    reaches("tally")
    certificate = report(ballot, "tally").certificate
    assert certificate is not None
    write_certificate(ballot.record, certificate)
    reaches("result")


def test_what_was_not_due_is_said(plain: SmallBallot) -> None:
    with Container(plain.record) as container:
        found = verify(container)
    assert found.not_due == {"V3": "no pins given", "V22": "no receipts given"}
    assert found.checked == [number for number in ALL if number not in found.not_due]
    assert not found.pinned


def test_progress_counts_every_ballot(plain: SmallBallot) -> None:
    seen: list[int] = []
    with Container(plain.record) as container:
        verify(container, progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] >= 4


def test_small_chunks_and_threads_change_nothing(
    plain: SmallBallot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bad ballot in the middle: the same findings in the same order, however the work is cut and shared
    out.
    """
    forgery = Forgery.of(plain, tmp_path / "false")
    forgery.entries[2] = line(plain.vote(1, YES, prev=bytes([1] * 32)))
    forgery.edit(3, signature=bytes(32) + bytes([1]) + bytes(31))
    forgery.retally()
    whole = forgery.report()
    assert len(whole.findings) >= 2
    for size in (1, 2, 3):
        monkeypatch.setattr(run, "CHUNK", size)
        assert chunk.CHUNK == 1024
        for in_flight in (0, 1, 7):
            with Container(forgery.folder) as container, ThreadPoolExecutor(2) as threads:
                found = verify(container, pins=plain.pins, executor=threads, in_flight=in_flight)
            assert found == whole


def test_there_is_nothing_to_verify(tmp_path: Path) -> None:
    with Container(tmp_path) as container, pytest.raises(NoManifest, match="manifest.json"):
        verify(container)


def test_a_result_without_its_certificate(plain: SmallBallot, tmp_path: Path) -> None:
    """Everything else is checked, and what the certificate must say is there to be compared."""
    forgery = Forgery.of(plain, tmp_path / "false")
    forgery.certificate = None
    found = forgery.report()
    assert {finding.check for finding in found.findings} == {"V1", "V20", "V21"}
    assert any(CERTIFICATE in finding.where for finding in found.findings)
    assert found.certificate is not None


def test_a_finding_reads_as_a_sentence(plain: SmallBallot, tmp_path: Path) -> None:
    forgery = Forgery.of(plain, tmp_path / "false")
    forgery.edit(5, spoiled=3)
    finding = next(iter(forgery.report().of("V14")))
    assert str(finding) == "V14 entry 5 (entries.jsonl line 6) spoiled: expected 0, got 3"
