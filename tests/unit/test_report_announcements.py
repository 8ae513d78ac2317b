"""Announcements: short, every figure derived, each percentage with its whole."""

from __future__ import annotations

import re

import pytest

from quorate.report.announcements import for_employer, for_members, for_press
from quorate.report.sheet import draw
from support.certificates import CASES, certificate, three_questions, verified, withheld, yes_no


def test_members_read_what_was_decided() -> None:
    assert for_members(draw(verified(CASES["strike-not-carried"]))) == (
        """\
Strike authorisation

Shall the union be authorised to call a strike?

Not carried. 18,525 members voted yes; 18,750 were needed: 225 short. Of
the 19,500 ballots cast, 95.0% said yes. The rule counts all 25,000
members: 74.1% said yes.

19,500 of 25,000 members voted.
- Yes, authorise a strike: 18,525
- No, do not authorise a strike: 700
- Leave it blank: 275

74.1% of all 25,000 members said yes (decides, needs at least 75%).
95.0% of 19,500 ballots cast said yes. 96.3% of 19,225 yes and no votes
said yes. Turnout 78.0% of all 25,000 members.

Every ballot that was cast in time is in the public record. Your tracker
finds yours there; it does not show how you voted.

The record: vote.example/1a2b3c4d5e6f7a8b. The fingerprint of the
ballot: FXTM TFDY YBWW HFM6 M22X A1ES QYA3 X2MX.

Example Union
"""
    )


def test_the_press_reads_the_rule_the_period_and_how_to_check() -> None:
    said = " ".join(for_press(draw(verified(CASES["strike-not-carried"]))).split())
    assert said.startswith("Example Union: Strike authorisation Shall the union")
    assert "The rule: Strike authorisation, Chicago public schools. Source: Illinois" in said
    assert "open from Wed 9 Dec 2015, 08:00 Chicago (14:00 UTC) to Fri 11 Dec 2015, 17:00 Chicago" in said
    assert "(quorate verify): nobody's word has to be taken for it." in said


def test_a_replay_is_called_one_before_any_figure() -> None:
    sheet = draw(verified(CASES["strike-carried"]))
    for said in (for_members(sheet), for_press(sheet)):
        assert said.index("Replay of a published vote: nobody voted here.") < said.index("23,780")
        assert "tracker" not in said


@pytest.mark.parametrize("name", CASES)
def test_no_percentage_stands_without_its_whole(name: str) -> None:
    sheet = draw(verified(CASES[name]))
    for said in (for_members(sheet), for_press(sheet)):
        for sentence in re.split(r"[.:] ", " ".join(said.split())):
            if re.search(r"\d%", sentence):
                context = said if "said yes" in sentence else sentence
                assert re.search(r"(of|Of) (all )?(the )?\d|all \d", context), sentence


def test_withheld_and_elections() -> None:
    said = for_members(draw(verified(certificate(withheld(30, 1)))))
    assert "Withheld. So few ballots were cast" in said
    assert "1 of 30 members voted.\n\n" in said
    several = for_press(draw(verified(three_questions())))
    assert "Question 3 of 3: Who shall be president?\n\nElected: Candidate A (1,625)." in several
    assert several.count("The rule: Strike authorisation, Chicago") == 1
    assert "No rule. The ballot names no rule" in for_members(
        draw(verified(certificate(yes_no(100, 50, 20, 5, rule=None))))
    )


def test_the_employer_reads_what_the_act_asks_for_and_that_it_is_no_notice_of_action() -> None:
    said = for_employer(draw(verified(CASES["turnout-failed-uk-2026"])))
    assert said.startswith("Notice to the employer: result of a ballot of Example Union\n")
    assert "- Entitled to vote: 10,000\n- Votes cast: 4,550\n- Answering yes: 4,000\n" in said
    assert "- Votes cast are at least half of those entitled: no\n" in said
    assert "It is not a notice of action." in said
    assert "Sections 231" not in for_employer(draw(verified(CASES["strike-carried"])))
