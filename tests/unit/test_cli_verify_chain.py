"""`quorate verify` of several records: what it says of a chain, and its exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from quorate.cli.main import run
from quorate.cli.scenario import load
from support.ballots import SmallBallot
from support.chains import delegates, members, question, stage_of, write_pins

Call = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    return delegates(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def all_members(house: SmallBallot, tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    asked = [question(), question("dues", text="Double the dues?")]
    return members(tmp_path_factory.mktemp("members"), stage_of(house), asked)


@pytest.fixture
def quorate(capsys: pytest.CaptureFixture[str]) -> Call:
    def call(*arguments: object) -> tuple[int, str]:
        code = run(["verify", "--workers", "1", *map(str, arguments)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out + err

    return call


def test_a_chain_is_verified_with_the_pins_of_its_last_record(
    house: SmallBallot, all_members: SmallBallot, quorate: Call, tmp_path: Path
) -> None:
    pins = write_pins(tmp_path / "pins.json", all_members)
    code, out = quorate(house.record, all_members.record, "--pins", pins)
    assert code == 0
    assert "Stage 1: House of Delegates" in out
    assert "Stage 2: All members" in out
    assert out.count("  holds   C") == 6
    assert "VERIFIED: the last record is the pinned ballot, and it names those before." in out
    assert "Question dues of" in out
    assert "the chain says nothing about it" in out


def test_without_pins_it_never_says_verified(
    house: SmallBallot, all_members: SmallBallot, quorate: Call, tmp_path: Path
) -> None:
    """[13.1]"""
    code, out = quorate(house.record, all_members.record)
    assert code == 0
    assert "Origin not pinned." in out
    assert "VERIFIED" not in out
    both = [write_pins(tmp_path / f"{n}.json", one) for n, one in enumerate((house, all_members))]
    code, out = quorate(house.record, all_members.record, "--pins", both[0], "--pins", both[1])
    assert code == 0
    assert "VERIFIED" in out


def test_a_broken_chain_exits_with_1_and_names_the_link(
    house: SmallBallot, all_members: SmallBallot, quorate: Call
) -> None:
    code, out = quorate(all_members.record, house.record)
    assert code == 1
    assert "FAILED  C2" in out
    assert "stage 1 -> 2: expected previous.phi" in out
    assert "NOT VERIFIED: C2, C3" not in out
    assert "Do not rely on this chain." in out


def test_for_programs(house: SmallBallot, all_members: SmallBallot, quorate: Call) -> None:
    code, out = quorate(house.record, all_members.record, "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["ok"] is True
    assert answer["pinned"] is False
    assert answer["links"][0]["questions"] == [["strike", "strike"]]
    assert answer["links"][0]["others"] == ["dues"]
    assert [stage["body"] for stage in answer["stages"]] == ["House of Delegates", "All members"]
    assert all(len(stage["report"]["checked"]) >= 20 for stage in answer["stages"])
    code, out = quorate(all_members.record, house.record, "--json")
    assert code == 1
    assert {finding["check"] for finding in json.loads(out)["findings"]} >= {"C2", "C5"}


def test_what_cannot_be_read_and_what_is_used_wrongly(
    house: SmallBallot, all_members: SmallBallot, quorate: Call, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    code, out = quorate(house.record, empty)
    assert code == 2
    assert "There is no readable record" in out
    assert str(empty) in out
    receipt = tmp_path / "receipt"
    receipt.write_bytes(b"x")
    assert quorate(house.record, all_members.record, "--receipt", receipt)[0] == 64
    pins = write_pins(tmp_path / "pins.json", house)
    assert quorate(house.record, "--pins", pins, "--pins", pins)[0] == 64
    code, out = quorate(house.record, tmp_path / "none")
    assert code == 2


def test_the_published_chain_has_one_text() -> None:
    """The scenario of two bodies puts the identical question to both: its replay makes such a chain."""
    stages = load("ctu-2021-framework").stages
    assert len(stages) == 2
    assert len({stage.question for stage in stages}) == 1
    assert len({stage.body for stage in stages}) == 2
    assert stages[0].closes <= stages[1].opens
