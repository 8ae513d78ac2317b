"""``quorate rules`` as a person and as a program sees it, through the real entry."""

from __future__ import annotations

import json

import pytest

from quorate.cli.main import run
from quorate.rules import decode_rule, preset, presets

CARRIED = "us-il-art34-strike --eligible 26502 --cast 24756 --yes 23780 --no 482 --spoiled 494"


@pytest.fixture(autouse=True)
def eighty_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("FORCE_COLOR", raising=False)


def rules(line: str) -> int:
    return run(["rules", *line.split()])


def test_a_vote_that_carried_on_one_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(f"decide {CARRIED}") == 0
    assert (
        capsys.readouterr().out
        == """\
Strike authorisation, Chicago public schools
Rule us-il-art34-strike, version 1

Carried.
23,780 members voted yes. 19,877 were needed. 3,903 more than needed.

Number necessary  19,877
Margin            +3,903

Criterion                                  Number      Of  Needed  Margin  Met
yes votes are at least 75% of all members  23,780  26,502  19,877  +3,903  yes

89.7% of all 26,502 members said yes       decides, needs at least 75%
96.0% of 24,756 ballots cast said yes      does not decide
98.0% of 24,262 yes and no votes said yes  does not decide
turnout 93.4% of all 26,502 members        does not decide

Where   United States, Illinois
Source  Illinois Educational Labor Relations Act, 115 ILCS 5/13
Status  confirmed: the text was seen in a published copy
Mind    Three quarters of all members must vote yes, not three quarters of those
        who vote.
Mind    The vote is one of several steps: mediation, fact-finding and notice
        have their own dates.
"""
    )


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("us-il-art34-strike --eligible 25000 --cast 19500 --yes 18525 --no 975", 1, "Not carried."),
        ("us-il-art34-strike --eligible 27000 --yes 20250", 0, "exactly enough"),
        ("ie-ia --cast 10 --yes 5 --no 5", 1, "Tie: not carried."),
        ("ie-ia --cast 10 --yes 5 --no 5 --set tie-carries=yes", 0, "Under this rule a tie carries."),
        ("majority-of-votes --yes 69118 --no 68473 --challenged 1608", 2, "Undecided."),
        ("us-ctu-hod --yes 364 --no 242", 2, "Give --cast."),
        ("ronr-majority --yes 30 --no 20 --cast 60", 2, "Give --spoiled."),
        (
            "ronr-rescind --eligible 100 --cast 60 --yes 31 --no 29 --notice yes",
            0,
            "Notice of the motion was",
        ),
        ("ronr-rescind --eligible 100 --cast 60 --yes 31 --no 29 --notice no", 1, "40 were needed"),
        ("us-ctu-hod --cast 3 --yes 2 --no 1 --abstain 0 --blank 0 --present 1", 0, "Carried."),
        ("us-ctu-remote-2022 --yes 1", 2, "Not known: the formula of the rule."),
        ("us-lmrda-officer --yes 1", 2, "give --votes NAME=N for each candidate"),
        ("us-lmrda-officer --votes Stewart=6853 --votes Lewis=6336", 0, "Elected: Stewart (6,853)."),
        ("us-lmrda-officer --votes A=5 --votes B=5", 1, "A tie: A (5), B (5) are level"),
        ("us-lmrda-officer --votes A=6 --votes B=5 --challenged 1", 2, "Undecided"),
        ("us-lmrda-officer --votes A=6 --votes B=5 --votes C=1 --seats 2", 0, "Elected: A (6), B (5)."),
        ("us-union-officer-majority --votes A=4 --votes B=3 --votes C=2", 1, "A runoff follows between A"),
    ],
)
def test_verdicts_and_exit_codes(line: str, code: int, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(f"decide {line}") == code
    printed = capsys.readouterr()
    assert said in printed.out
    assert printed.err == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("us-il-art34-strike --eligible 10 --cast 20 --yes 1", "20 ballots were cast, but only 10 members"),
        ("us-ctu-ratify --yes -3", "yes is -3; a count is a whole number"),
        ("us-ctu-ratify --yes 3 --no 3 --cast 5", "3 yes + 3 no = 6 ballots, but only 5 were cast"),
        ("us-lmrda-officer --votes A=6 --cast 5", "A has 6 votes, but only 5 ballots were cast"),
    ],
)
def test_impossible_figures_exit_with_2(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(f"decide {line}") == 2
    printed = capsys.readouterr()
    assert printed.err.startswith("quorate: Impossible figures: ")
    assert said in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("decide us-il-art34-strik --yes 1", "Did you mean us-il-art34-strike"),
        ("decide zzzzzz --yes 1", "There is no rule zzzzzz. See quorate rules list."),
        ("decide", "Missing argument 'ID'"),
        ("decide us-ctu-hod --yes many", "'--yes'"),
        ("decide us-ctu-hod --yes 1.5", "'--yes'"),
        ("decide us-ctu-hod --yess 1", "--yes"),
        ("decide us-ctu-hod --yes 1 --notice maybe", "--notice is yes or no, not maybe"),
        ("decide ie-ia --set tie-carries", "write NAME=yes or NAME=no"),
        ("decide ie-ia --set tie-carries=1", "--set tie-carries is yes or no, not 1"),
        ("decide ie-ia --set ties=yes", "has no setting 'ties'; its settings: tie-carries"),
        ("decide us-ctu-hod --votes A=1", "decides between yes and no, not among candidates"),
        ("decide us-lmrda-officer --votes A", "write NAME=N"),
        ("list --on yesterday", "write a date such as 2026-02-18"),
        ("show", "Missing argument 'ID'"),
        ("lst", "Did you mean 'list'?"),
    ],
)
def test_wrong_usage_exits_with_64(line: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(line) == 64
    printed = capsys.readouterr()
    assert said in printed.err
    assert "Traceback" not in printed.err
    assert printed.out == ""


def test_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(f"decide {CARRIED} --json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["sentences"][0] == "Carried."
    assert (answer["decision"]["outcome"], answer["decision"]["needed"]) == ("carried", 19877)
    assert rules("decide us-lmrda-officer --votes A=2 --votes B=1 --json") == 0
    assert json.loads(capsys.readouterr().out)["decision"]["elected"] == ["A"]
    assert rules("decide us-ctu-ratify --yes 1 --no 1 --json") == 1
    assert json.loads(capsys.readouterr().out)["decision"]["outcome"] == "tie"


def test_show_prints_the_rule_as_it_is_embedded(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules("show uk-ia-2026 --set spoiled-counts-as-voting=no --json") == 0
    rule = decode_rule(capsys.readouterr().out.removesuffix("\n").encode())
    assert rule == preset("uk-ia-2026").configured({"spoiled-counts-as-voting": False})


def test_show_says_how_many_votes_it_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules("show us-il-art34-strike --eligible 27000") == 0
    page = capsys.readouterr().out
    for line in (
        "Carries when yes votes are at least 75% of all members.",
        "As computed: 4 x yes >= 3 x eligible",
        "With 27,000 eligible members",
        "- At least 20,250 of 27,000 members must vote yes.",
        "- Fails if 6,751 or more vote no, leave it blank or do not vote.",
    ):
        assert line in page.splitlines()
    assert rules("show us-il-art34-strike --eligible 0") == 2
    assert "a vote needs at least one" in capsys.readouterr().err


def test_list_names_every_rule_and_finds_by_word_and_day(capsys: pytest.CaptureFixture[str]) -> None:
    assert rules("list") == 0
    page = capsys.readouterr().out
    assert all(rule.id in page for rule in presets())
    assert "uk-ia-post-eballot" in page
    assert "(not in force)" in " ".join(page.split())
    assert rules("list britain --on 2026-02-18") == 0
    page = capsys.readouterr().out
    assert "uk-ia-2026" in page
    assert "uk-ia-2017" not in page
    assert rules("list --json") == 0
    assert [rule["id"] for rule in json.loads(capsys.readouterr().out)] == [rule.id for rule in presets()]
    assert rules("list nowhere") == 1
    assert "No rule fits" in capsys.readouterr().err


@pytest.mark.parametrize(
    "line",
    [
        "list",
        f"decide {CARRIED}",
        "--help",
        "decide --help",
        *(f"show {rule.id} --eligible 27000" for rule in presets()),
    ],
)
def test_pages_fit_eighty_columns_without_colour(line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert rules(line) == 0
    page = capsys.readouterr().out
    assert "\x1b" not in page
    assert max(map(len, page.splitlines())) <= 80
    assert all(one == one.rstrip() for one in page.splitlines())
