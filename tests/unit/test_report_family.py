"""What laws and manuals ask for besides the result: derived, complete, and read back from the paper."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from quorate.record.certificate import Certificate
from quorate.report.family import Part, dates, parts
from quorate.report.pdf import pdf_report
from quorate.report.question import Row
from quorate.report.readback import FigureDiffers, read_back
from quorate.report.sheet import DoesNotAddUp, draw
from quorate.report.text import text_report
from support.certificates import CASES, certificate, verified, yes_no

changed = msgspec.structs.replace


def rows(part: Part) -> dict[str, str]:
    return {row.label: row.value for row in part.rows}


@pytest.mark.parametrize("name", CASES)
def test_the_paper_of_every_family_says_what_the_record_says(name: str) -> None:
    found = read_back(pdf_report(draw(verified(CASES[name]))), CASES[name])
    headings = {part.heading for part in parts(CASES[name])}
    told = {label for one in found for label in headings if one.name.startswith(f"{label}: ")}
    dated = {row.label for row in dates(CASES[name])} & {one.name for one in found}
    assert told | ({"Dates that follow from this ballot"} if dated else set()) == headings


def test_roberts_rules_report_of_tellers() -> None:
    """Votes cast without blanks, the number necessary, each side, illegal ones; then what may be added."""
    (part,) = parts(CASES["two-thirds-ronr"])
    assert part.rows == (
        Row("Number of votes cast", "32"),
        Row("Necessary for adoption", "22"),
        Row("Votes for", "22"),
        Row("Votes against", "10"),
        Row("Illegal votes", "0"),
        Row("Blank or abstaining, which are no votes", "3"),
        Row("Eligible to vote", "60"),
    )


def test_each_question_of_a_british_paper_is_told_apart() -> None:
    strike, short, follows = parts(CASES["two-questions-uk-ips"])
    assert strike.heading == "What members and employers must be told: question 1 of 2"
    assert rows(strike)["Votes cast are at least half of those entitled"] == "yes"
    assert rows(strike)["Those answering yes are at least 40% of those entitled"] == "yes"
    assert rows(short)["Those answering yes are at least 40% of those entitled"] == "no"
    assert rows(short)["Answering yes"] == "20,000"
    # four weeks that begin on the last day of voting, Friday 11 December
    assert rows(follows) == {"Scrutineer's report not later than": "Thu 7 Jan 2016"}


def test_a_rule_without_thresholds_names_none() -> None:
    before_2017 = certificate(yes_no(56, 52, 4, rule="uk-ia-pre-2017"))
    assert not any("at least" in label for label in rows(parts(before_2017)[0]))


def test_the_scrutineer_marks_each_statement_and_is_not_spoken_for() -> None:
    sheet = draw(verified(CASES["turnout-failed-uk-2026"]))
    assert len(sheet.scrutineer) == 3
    assert text_report(sheet).count("[ ] Yes  [ ] No") == 3


def test_how_long_records_are_kept() -> None:
    assert rows(parts(CASES["choice-of-four"])[0]) == {
        "Notice in the post not later than": "Tue 24 Nov 2015",
        "Keep all records until": "Sun 11 Dec 2016",
    }
    assert rows(parts(CASES["strike-za"])[0]) == {"Keep all records until": "Tue 11 Dec 2018"}
    assert parts(certificate(yes_no(10, 6, 4, rule="de-igm-strike"))) == ()


def test_a_year_after_the_29th_of_february() -> None:
    of = CASES["choice-of-four"]
    window = changed(of.window, opened="2016-02-27T14:00:00Z", closed="2016-02-29T18:00:00Z")
    assert rows(parts(changed(of, window=window))[0])["Keep all records until"] == "Wed 1 Mar 2017"


def wrong_sum(of: Certificate) -> Certificate:
    first, *others = of.reconciliation
    return changed(of, reconciliation=(changed(first, total=first.total + 1), *others))


@pytest.mark.parametrize("name", ["strike-carried", "two-questions-uk-ips"])
def test_no_certificate_while_a_sum_is_wrong_and_the_line_is_named(name: str) -> None:
    with pytest.raises(
        DoesNotAddUp, match=r"do not add up: [\d,]+ credentials issued, but [\d,]+ still active"
    ):
        draw(verified(wrong_sum(CASES[name])))


@pytest.mark.parametrize("name", ["two-thirds-ronr", "turnout-failed-uk-2026", "choice-of-four"])
def test_a_part_that_says_something_else_is_found_on_the_paper(name: str) -> None:
    sheet = draw(verified(CASES[name]))
    for index, row in enumerate(sheet.parts[0].rows):
        false = list(sheet.parts[0].rows)
        false[index] = Row(row.label, "Mon 1 Jan 2018" if "20" in row.value[-4:] else "1")
        drawn = pdf_report(
            replace(sheet, parts=(replace(sheet.parts[0], rows=tuple(false)), *sheet.parts[1:]))
        )
        with pytest.raises(FigureDiffers, match=row.label):
            read_back(drawn, CASES[name])


def test_a_rule_says_for_which_ballots_it_is() -> None:
    drawn = draw(verified(CASES["two-questions-uk-ips"])).questions[0]
    rule = {row.label: row.value for row in drawn.rule}
    assert rule["For"] == "ballots opened from 1 Mar 2017 to 17 Feb 2026"
