"""The benchmark measures what it says: tiny runs of its parts, and how figures are judged and written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bench import belenios, child, elections, rates, verification
from bench.figures import Figure, Results, at_least, at_most, write
from bench.limit import FULL, SHORT, Limit
from bench.voting_day import ballot_lines

from quorate.record.container import Container
from quorate.verify.chunk import CHUNK
from quorate.verify.run import verify
from support.ballots import AFTER, SmallBallot, line, strike_question
from support.examples import board_question, plain


@pytest.fixture
def results() -> Results:
    return Results(say=lambda _text: None)


def test_a_figure_is_the_median_and_knows_its_target() -> None:
    figure = Figure("share", "", "a share", (0.7, 0.5, 0.62), at_least(0.6))
    assert figure.value == 0.62
    assert figure.as_json()["met"] is True
    assert "met" in figure.line()
    late = Figure("seconds", "s", "a time", (15.01,), at_most(15))
    assert late.as_json()["target"] == "at most 15"
    assert "MISSED" in late.line()


def test_the_results_file_names_figures_machine_and_versions(tmp_path: Path, results: Results) -> None:
    results.begin("a section")
    results.add("kept", "s", [1.23456, 2.0, 3.0], "what was measured", at_most(2))
    results.add("missed", "x", 1, "what else was measured", at_least(2))
    results.skip("absent", "not here")
    path = tmp_path / "results" / "latest.json"
    write(path, results.as_json({"members": 3}, {"other-tool": "9"}))
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["figures"]["kept"]["runs"] == [1.235, 2, 3]
    assert results.missed == ["missed"]
    assert found["skipped"] == {"absent": "not here"}
    assert found["machine"]["cores"] >= 1
    assert {"python", "quorate", "curve25519-dalek", "other-tool"} <= found["versions"].keys()
    assert all(found["versions"].values())
    assert found["load_before"].keys() == {"a section"}


def test_the_limit_is_the_arithmetic_of_every_ballot(tmp_path: Path, results: Results) -> None:
    """[05.11] Ten points a ballot, three with full scalars; less work than verification by construction."""
    lines = ballot_lines(plain(tmp_path).record)
    limit = Limit.of(lines * (CHUNK // len(lines) + 1))
    ballots = [len(points) // 320 for points, _scalars in limit.chunks]
    assert sum(ballots) == len(lines) * (CHUNK // len(lines) + 1)
    assert ballots[0] == CHUNK
    points, scalars = limit.chunks[-1]
    assert len(points) == len(scalars)
    rows = [scalars[i : i + 32] for i in range(0, 32 * (FULL + SHORT), 32)]
    assert [row.endswith(bytes(16)) for row in rows] == [False] * FULL + [True] * SHORT
    verification.against_limit(results, tmp_path / "record", 1)
    assert 0 < results.figures["share_of_limit"].value < 1


def test_ballots_of_another_shape_have_another_limit(tmp_path: Path) -> None:
    small = SmallBallot(tmp_path, voters=1, questions=(strike_question(), board_question()))
    two_answers = line(small.vote(1, [(0, [0]), (1, [])]))
    with pytest.raises(ValueError, match="ten points"):
        Limit.of([two_answers])


def test_elections_of_any_size_verify(tmp_path: Path, results: Results) -> None:
    told: list[int] = []
    made = elections.through_close(tmp_path / "made", 30, 2, told.append)
    assert told == [30]
    assert len(ballot_lines(made.record)) == 30
    with Container(made.record) as container:
        assert verify(container, pins=made.pins, until="close").ok
    for run in (child.run(made.record, 1, "close"), child.run(made.record, 2, "close")):
        assert run.wall > 0
        assert run.cpu > 0
        assert run.peak > 10 * 2**20
    assert run.worker_peak > 10 * 2**20


def test_a_record_that_does_not_verify_stops_the_benchmark(tmp_path: Path) -> None:
    small = SmallBallot(tmp_path, voters=2)
    small.open_box().close(AFTER)
    record = small.publish()
    with pytest.raises(RuntimeError, match="does not verify"):
        child.measure(record, 1, "result")


def test_rates_are_positive(tmp_path: Path, results: Results) -> None:
    rates.measure(results, tmp_path, 20, 1)
    assert results.figures.keys() == {"made_per_s", "box_per_s", "append_1_per_s", "append_512_per_s"}
    assert all(figure.value > 0 for figure in results.figures.values())


def test_without_belenios_tool_the_line_says_so(
    tmp_path: Path, results: Results, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    belenios.measure(results, tmp_path / "archives", 1, 2, tmp_path / "record", 1)
    assert "belenios-tool is not installed" in results.skipped["times_belenios"]
    assert not results.figures


@pytest.mark.skipif(belenios.version() is None, reason="belenios-tool is not installed")
def test_an_election_of_belenios_tool_is_measured(tmp_path: Path, results: Results) -> None:
    record = plain(tmp_path / "plain").record
    belenios.measure(results, tmp_path / "archives", 1, 5, record, 1)
    assert results.figures["belenios_verify_us"].value > 1000
    assert results.figures["belenios_ballot_bytes"].value > 3000
