"""The text certificate: its lines, its columns, and what it says plainly."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from quorate.record.certificate import Certificate
from quorate.record.manifest import Document, Provenance
from quorate.report.lines import Line, table, wrap
from quorate.report.sheet import draw
from quorate.report.terminal import rich_report
from quorate.report.text import text_report
from quorate.report.words import when
from quorate.rules import preset
from support.certificates import (
    CASES,
    by_unit,
    certificate,
    choice,
    digest,
    three_questions,
    verified,
    withheld,
    yes_no,
)

LONG = certificate(
    yes_no(
        25_000,
        18_525,
        700,
        275,
        text="Shall the union be authorised to call a strike of all members? " * 32,
        labels=("Yes, " + "authorise it and " * 25, "No-" + "x" * 300, "Blank"),
        documents=(Document("The agreement " * 30, digest("agreement"), 12_345),),
    ),
    organisation="The Union of " + "Very " * 30 + "Many",
)
CHINESE = certificate(
    yes_no(
        100,
        80,
        10,
        5,
        text="是否授權工會發動罷工？" * 30,
        labels=("是，授權罷工", "否，不授權", "空白"),
    ),
    organisation="教師工會",
    tellers=[("甲", True), ("乙", True), ("丙", False)],
)
ODD = {
    "three questions": three_questions(),
    "long": LONG,
    "chinese": CHINESE,
    "nobody voted": certificate(yes_no(25_000, 0, 0)),
    "withheld": certificate(withheld(30, 1)),
    "no rule": certificate(yes_no(100, 50, 20, 5, rule=None)),
    "no formula": certificate(yes_no(1_000, 350, 200, 10, rule="us-il-other-strike")),
    "four lines": certificate(yes_no(1_000, 350, 200, 10, rule="ronr-rescind")),
    "by unit": by_unit(),
    "nobody entitled": certificate(yes_no(0, 0, 0, rule=None)),
}


def text(of: Certificate, *, pinned: bool = True) -> str:
    return text_report(draw(verified(of, pinned=pinned)))


@pytest.mark.parametrize("case", [*CASES.values(), *ODD.values()], ids=[*CASES, *ODD])
def test_every_line_fits_and_has_no_space_at_its_end(case: Certificate) -> None:
    drawn = text(case)
    assert drawn.endswith("\n")
    for line in drawn.splitlines():
        assert cell_len(line) <= 80, line
        assert line == line.rstrip()


@pytest.mark.parametrize("case", [*CASES.values(), *ODD.values()], ids=[*CASES, *ODD])
def test_the_terminal_shows_the_same_lines(case: Certificate) -> None:
    sheet = draw(verified(case))
    out = io.StringIO()
    Console(file=out, width=80, color_system=None, legacy_windows=False).print(rich_report(sheet))
    assert [line.rstrip() for line in out.getvalue().splitlines()] == text_report(sheet).splitlines()


def test_colour_is_only_on_slices_of_bars() -> None:
    out = io.StringIO()
    sheet = draw(verified(CASES["strike-carried"]))
    Console(file=out, width=80, force_terminal=True, color_system="standard").print(rich_report(sheet))
    coloured = [part.split("\x1b[0m")[0] for part in out.getvalue().split("\x1b[36m")[1:]]
    assert coloured
    assert {char for part in coloured for char in part} == {"█"}


def test_other_rules_are_told_apart_from_the_one_that_decides() -> None:
    out = io.StringIO()
    sheet = draw(verified(CASES["strike-not-carried"]))
    others = [preset("majority-of-votes"), preset("us-il-art34-strike")]
    Console(file=out, width=80, color_system=None).print(rich_report(sheet, others))
    *certificate_lines, heading, note, majority, same = [line.strip() for line in out.getvalue().splitlines()]
    assert "\n".join(certificate_lines).strip().endswith("permission is needed.")
    assert heading == "THE SAME FIGURES UNDER OTHER RULES"
    assert note == "For comparison only: the rule above decides."
    assert re.split("  +", majority) == ["Simple majority of the yes and no votes", "Carried"]
    assert re.split("  +", same) == ["Strike authorisation, Chicago public schools", "Not carried"]


def test_a_slice_too_thin_to_draw_is_named() -> None:
    drawn = text(certificate(yes_no(26_502, 23_780, 30, 0)))
    assert "[//] No, do not authorise a strike (too few to draw)" in drawn


def test_the_reconciliation_adds_up_as_printed() -> None:
    for case in CASES.values():
        drawn = text(case)
        section = drawn.split("RECONCILIATION\n")[1].split("\n\n")[0]
        figures = [(line[2], int(line.split()[-1].replace(",", ""))) for line in section.splitlines()]
        totals: list[list[int]] = []
        for sign, figure in figures:
            if sign in "=+":
                totals[-1].append(figure)
            else:
                totals.append([figure])
        assert len(totals) == 3 + len(case.questions)
        assert all(total == sum(parts) for total, *parts in totals)


def said(drawn: str) -> str:
    """Lines joined, so that a sentence is found however it is broken."""
    return " ".join(drawn.split())


def test_what_it_rests_on_is_said_plainly() -> None:
    plain = said(text(CASES["strike-not-carried"]))
    assert "No witnesses had to cosign the board." in plain
    assert "The registrar made the voting codes apart from the server" in plain
    assert "Any 3 of 5 tellers together could open the result; fewer could open nothing." in plain
    hosted = said(text(three_questions()))
    assert "at least 2 of 3 cosigned the board" in hosted
    assert "No witnesses" not in hosted
    assert (
        "Hosted codes: the server made the voting codes itself, so whoever ran it could have voted" in hosted
    )


def test_without_pins_it_never_says_that_it_is_the_ballot() -> None:
    """[10.3]"""
    plain = said(text(CASES["strike-carried"], pinned=False))
    assert "20 checks of the record held. Consistent, origin not pinned" in plain
    assert "it is the pinned ballot" not in plain
    assert "21 checks of the record held; it is the pinned ballot." in said(text(CASES["strike-carried"]))


def test_the_kind_of_ballot_stands_at_the_top() -> None:
    replay = text(CASES["strike-carried"]).split("QUESTION")[0]
    assert "! Replay of a published vote: nobody voted here. Chicago, June 2012" in replay
    assert "! Derived figures: no: 482" in replay
    assert "!" not in text(CASES["strike-not-carried"]).split("QUESTION")[0]
    test = text(certificate(yes_no(3, 1, 1), provenance=Provenance((), "test", "")))
    assert "! Test ballot: it decides nothing.\n" in test


def test_a_result_that_is_withheld_gives_no_count() -> None:
    drawn = text(certificate(withheld(30, 1)))
    assert "WITHHELD\n  So few ballots were cast" in drawn
    assert "Yes, authorise" not in drawn
    assert "[" not in drawn.split("VOTING PERIOD")[0], "no bar"


def test_an_election_names_people_and_not_ids() -> None:
    drawn = said(text(certificate(choice(100, 90, [("Candidate A", 45), ("Candidate B", 45)]))))
    assert "TIE A tie: Candidate A (45), Candidate B (45) are level" in drawn
    assert "option-1" not in drawn


def test_the_scrutineer_states_what_the_act_asks_in_great_britain_only() -> None:
    assert "STATEMENTS OF THE SCRUTINEER" in text(CASES["turnout-failed-uk-2026"])
    assert "SCRUTINEER" not in text(CASES["strike-carried"])


def test_units_have_a_table_of_their_own() -> None:
    drawn = text(by_unit()).splitlines()
    at = next(n for n, line in enumerate(drawn) if line.startswith("  By unit"))
    assert [re.split("  +", line.strip()) for line in drawn[at : at + 3]] == [
        ["By unit", "Members", "Ballots", "Yes", "No", "Blank"],
        ["North", "60", "50", "40", "8", "2"],
        ["South, West", "40", "35", "20", "12", "3"],
    ]


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        ("2015-12-11T23:00:00Z", "America/Chicago", "Fri 11 Dec 2015, 17:00 Chicago (23:00 UTC)"),
        (
            "2015-12-12T03:30:15Z",
            "America/New_York",
            "Fri 11 Dec 2015, 22:30:15 New York (Sat 12 Dec 2015, 03:30:15 UTC)",
        ),
        ("2015-12-11T23:00:00Z", "UTC", "Fri 11 Dec 2015, 23:00 UTC"),
        (
            "2015-12-11T23:00:00Z",
            "Moon/Base",
            "Fri 11 Dec 2015, 23:00 UTC (the zone Moon/Base is not known here)",
        ),
        (
            "2015-12-11T23:00:00Z",
            "../../etc/passwd",
            "Fri 11 Dec 2015, 23:00 UTC (the zone ../../etc/passwd is not known here)",
        ),
    ],
)
def test_every_time_names_its_zone(moment: str, zone: str, words: str) -> None:
    assert when(moment, zone) == words


def test_wrapping_keeps_breaks_and_indents_and_cuts_what_is_too_long() -> None:
    assert wrap("one two three", 7) == ["one two", "three"]
    assert wrap("  indented text", 40) == ["  indented text"]
    assert wrap("a\n\nb", 40) == ["a", "", "b"]
    assert wrap("abcdefgh", 3) == ["abc", "def", "gh"]
    assert wrap("授權罷工", 5) == ["授權", "罷工"]


def test_a_table_that_has_no_room_becomes_a_list() -> None:
    heads = ("Unit", *("a very long name of an answer",) * 3)
    drawn = list(table([(heads, "strong"), (("North", "1", "2", "3"), "plain")]))
    assert drawn[0] == Line("  North", "plain")
    assert [line.text for line in drawn[1:]] == [f"    a very long name of an answer: {n}" for n in "123"]
