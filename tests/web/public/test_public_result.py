"""The page of a result says what the certificate says: every figure, in the chart and in words."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import msgspec
import pytest
from django.test import Client
from playwright.sync_api import Page

from quorate.record.certificate import read_certificate
from quorate.record.container import Container
from quorate.record.manifest import Blank, Option, Question
from quorate.report.readback import read_back
from quorate.rules import percent, preset
from quorate.text import number
from quorate.verify.run import verify
from support.ballots import NOON, strike_question
from support.certificates import (
    CASES,
    by_unit,
    certificate,
    chicago,
    three_questions,
    withheld,
    yes_no,
)
from support.examples_public import civil_service, scotrail, undecided
from support.publics import BLANK, NO, YES, Shown

Maker = Callable[..., Shown]


RESULTS = {
    **CASES,
    "undecided": undecided(),
    "three": three_questions(),
    "units": by_unit(),
    "two-questions-uk": scotrail(),
    "turnout-missed-uk": civil_service(),
    "too-few": certificate(withheld(40, 1)),
}


class Reader(HTMLParser):
    """What a page shows: texts outside of pictures, figures of pictures, rows of tables."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.drawn: list[int] = []
        self.rows: list[list[str]] = []
        self._pictures = 0
        self._cell = False
        start, end = page.index("<main"), page.index("</main>")
        self.feed(page[start:end])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._pictures += tag == "svg"
        of = dict(attrs)
        if of.get("data-count"):
            self.drawn.append(int(of["data-count"] or ""))
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self._cell = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        self._pictures -= tag == "svg"
        if tag in {"td", "th"}:
            self._cell = False

    def handle_data(self, data: str) -> None:
        if not self._pictures:
            self.said.append(data)
        if self._cell:
            self.rows[-1][-1] += data.strip()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.said).split())


def page_of(client: Client, ballot: Shown) -> str:
    answer = client.get(ballot.path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("case", RESULTS)
def test_the_page_says_what_the_certificate_says(client: Client, shown: Maker, case: str) -> None:
    """O6: each count, share, sum and sentence, computed here from the record's numbers."""
    of = RESULTS[case]
    page = Reader(page_of(client, shown(title=of.title).open().show(of)))
    for question in of.questions:
        for votes in question.votes:
            expected = [votes.label, number(votes.votes)]
            if question.counted:
                expected.append(percent(votes.votes, question.counted))
            expected.append(percent(votes.votes, question.eligible))
            assert expected in page.rows
        assert ["Ballots cast", number(question.counted)] in [row[:2] for row in page.rows]
        assert ["Did not vote", number(question.eligible - question.counted)] in [
            row[:2] for row in page.rows
        ]
        for group in question.groups if len(question.groups) > 1 else ():
            figures = [group.eligible, group.counted, *group.votes]
            assert [", ".join(group.units), *map(number, figures)] in page.rows
    for line in of.reconciliation:
        assert number(line.total) in next(row for row in page.rows if row[0].lower() == line.name.lower())


@pytest.mark.parametrize("case", RESULTS)
def test_chart_and_text_say_the_same(client: Client, shown: Maker, case: str) -> None:
    """Cover the chart: every number in it stands in the text; and every answer's count is drawn."""
    of = RESULTS[case]
    page = Reader(page_of(client, shown(title=of.title).open().show(of)))
    said = set(re.findall(r"(?<![\d,])\d{1,3}(?:,\d{3})*(?![\d,])", page.text))
    assert {number(n) for n in page.drawn} <= said
    drawn = set(page.drawn) | {0}
    for question in of.questions:
        for n in (votes.votes for votes in question.votes):
            assert n in drawn
        if question.votes and question.eligible and question.decision:
            assert {question.eligible - question.counted, question.eligible, question.counted} <= drawn


@pytest.mark.parametrize(
    ("case", "verdict", "words"),
    [
        (
            "strike-carried",
            "Carried",
            "23,780 members voted yes. 19,877 were needed. 3,903 more than needed.",
        ),
        ("strike-not-carried", "Not carried", "18,525 members voted yes; 18,750 were needed: 225 short."),
        ("tie-ronr-majority", "Tie: not carried", "It is a tie: 250 voted yes and as many voted no."),
        ("undecided", "Undecided", "80 challenged ballots are open and could change the verdict."),
        ("turnout-missed-uk", "Not carried", "59,452 ballots were cast; 62,355 were needed"),
        ("too-few", "Withheld", "Nothing was opened, so nothing is decided."),
        ("choice-of-four", "Elected", "Candidate A"),
        ("final-offer-ibt", "Carried", "The proposal was not rejected, so it takes effect."),
    ],
)
def test_verdicts(client: Client, shown: Maker, case: str, verdict: str, words: str) -> None:
    of = RESULTS[case]
    page = page_of(client, shown(title=of.title).open().show(of))
    assert f'<h2 class="figure" id="verdict-1">{verdict}</h2>' in page
    assert words in Reader(page).text


def test_which_number_decides(client: Client, shown: Maker) -> None:
    page = page_of(client, shown().open().show(chicago()))
    decides = re.findall(r'<tr role="row" class="decides">(.*?)</tr>', page)
    assert len(decides) == 1
    assert "89.7% of all 26,502 members said yes" in decides[0]
    assert "decides, needs at least 75%" in decides[0]
    text = Reader(page).text
    assert "96.0% of 24,756 ballots cast said yes does not decide" in text
    assert "98.0% of 24,262 yes and no votes said yes does not decide" in text
    assert "all members 26,502: the rule counts these" in text
    assert "Replay of a published vote: nobody voted here." in text


def test_both_limbs_and_both_questions(client: Client, shown: Maker) -> None:
    """Great Britain: turnout has a bar and a row of its own; each question has its verdict."""
    page = page_of(client, shown().open().show(scotrail()))
    assert len(re.findall(r'<h2 class="figure" id="verdict-\d">Carried</h2>', page)) == 2
    assert page.count('<figcaption class="label">Turnout</figcaption>') == 2
    verdicts = page[page.index('<ol class="verdicts">') : page.index("</ol>")]
    assert verdicts.count("<strong>Carried</strong>") == 2
    rows = Reader(page).rows
    assert ["Ballots cast are at least half of all members", "1,374", "2,415", "1,208", "+166", "yes"] in rows
    assert [
        "Yes votes are more than half of the ballots cast",
        "1,159",
        "1,374",
        "688",
        "+471",
        "yes",
    ] in rows
    assert "Section 231B of the 1992 Act" in page


def test_other_rules(client: Client, shown: Maker) -> None:
    """What carries by the votes cast is not carried by all members: each said with what it counts."""
    page = page_of(client, shown().open().show(RESULTS["strike-not-carried"]))
    others = {row[0]: row[2] for row in Reader(page).rows if len(row) == 3}
    assert others["Simple majority of the yes and no votes"] == "Carried"
    assert others["Two thirds of all members"] == "Carried"
    assert "Strike authorisation, Chicago public schools" not in others
    assert "These rules do not decide here." in page


def test_a_real_ballot_through_all_its_forms(client: Client, shown: Maker, tmp_path: Path) -> None:
    """O6: page, CSV, JSON and PDF of a ballot that was really cast, against its record."""
    second = Question(
        **{
            **msgspec.structs.asdict(strike_question(preset("uk-ia-2017"))),
            "id": "levy",
            "text": "Shall every member pay a levy?",
            "options": (Option("yes", "Yes"), Option("no", "No")),
            "blank": Blank("blank", "Blank"),
        }
    )
    ballot = shown(voters=8, questions=(strike_question(), second)).open()
    ballot.vote([(YES, NO), (YES, YES), (NO, NO), (YES, BLANK), (YES, YES), (YES, YES), (YES, NO)], NOON)
    ballot.close().count(tmp_path).release()
    api = f"/api/ballots/{ballot.name}"
    archive = tmp_path / "record.zip"
    with Container(ballot.office.record) as container:
        report = verify(container, pins=ballot.small.pins)
    proved = report.certificate
    assert report.ok
    assert proved is not None
    assert read_certificate(client.get(f"{api}/certificate.json").content[:-1]) == proved
    archive.write_bytes(client.get(f"{api}/certificate.pdf").content)
    assert read_back(archive, proved)
    text = client.get(f"{ballot.path}result.csv").content.decode()
    table = list(csv.DictReader(StringIO(text, newline="")))
    assert [(row["question"], row["answer"], int(row["votes"])) for row in table] == [
        ("strike", "yes", 6),
        ("strike", "no", 1),
        ("strike", "blank", 0),
        ("levy", "yes", 3),
        ("levy", "no", 3),
        ("levy", "blank", 1),
    ]
    page = Reader(page_of(client, ballot))
    expected = [votes.votes for question in proved.questions for votes in question.votes]
    assert [int(row["votes"]) for row in table] == expected
    for question in proved.questions:
        for votes in question.votes:
            shares = [percent(votes.votes, question.counted), percent(votes.votes, question.eligible)]
            assert [votes.label, number(votes.votes), *shares] in page.rows
    assert "Carried 6 members voted yes." in page.text
    assert "Not carried 3 members voted yes; 4 were needed" in page.text


def test_a_formula_in_a_label_is_text_in_a_spreadsheet(client: Client, shown: Maker) -> None:
    of = certificate(yes_no(100, 60, 20, labels=("=1+1", "@no", "-")))
    text = client.get(shown().open().show(of).path + "result.csv").content.decode()
    assert [row[2] for row in csv.reader(StringIO(text, newline=""))] == ["label", "'=1+1", "'@no", "'-"]


def test_no_table_before_the_release(client: Client, shown: Maker) -> None:
    assert client.get(shown().open().vote([YES], NOON).path + "result.csv").status_code == 404


@pytest.mark.parametrize("case", ["strike-carried", "three", "two-questions-uk"])
def test_a_first_visit_takes_less_than_100_kb(page: Page, shown: Maker, case: str) -> None:
    """Everything that the network carried, headers too: page, styles, fonts, scripts, signs."""
    of = RESULTS[case]
    ballot = shown(title=of.title).open().show(of)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    taken: list[int] = []
    session.on("Network.loadingFinished", lambda event: taken.append(int(event["encodedDataLength"])))
    page.goto(ballot.path)
    page.wait_for_load_state("networkidle")
    assert len(taken) > 3
    assert sum(taken) < 100_000, taken


def test_search_engines_and_links_get_the_same_facts(page: Page, shown: Maker) -> None:
    ballot = shown().open().show(chicago())
    page.goto(ballot.path)
    said: dict[str, Any] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("meta[content]")]
             .map(meta => [meta.name || meta.getAttribute("property"), meta.content]))"""
    )
    assert said["description"].startswith("Carried. 23,780 members voted yes. 19,877 were needed.")
    assert said["og:description"] == said["description"]
    assert page.title() == "Strike authorisation: Carried"
    picture = page.request.get(said["og:image"])
    assert picture.headers["content-type"] == "image/png"
    assert picture.body() == (ballot.office.folder / "public" / "preview.png").read_bytes()
    width, height = (int.from_bytes(picture.body()[at : at + 4]) for at in (16, 20))
    assert (width, height) == (1200, 630)


def test_the_picture_of_a_running_ballot_has_no_figure(client: Client, shown: Maker) -> None:
    ballot = shown().open()
    before = client.get(ballot.path + "preview.png").content
    ballot.vote([YES, NO], NOON)
    assert client.get(ballot.path + "preview.png").content == before


def test_carried_and_not_carried_look_alike(page: Page, shown: Maker) -> None:
    """Same size, same weight, same ink, same place."""
    looks = []
    for case in ("strike-carried", "strike-not-carried"):
        page.goto(shown(title="Strike authorisation").open().show(RESULTS[case]).path)
        looks.append(
            page.locator(".question-result .figure").evaluate(
                "one => {const s = getComputedStyle(one); return [s.fontSize, s.fontWeight, s.color]}"
            )
        )
    assert looks[0] == looks[1]


def test_on_paper(page: Page, shown: Maker) -> None:
    """No navigation, patterns survive, what was folded away is not half there."""
    page.goto(shown().open().show(chicago()).path)
    page.emulate_media(media="print")
    for gone in (".skip", ".site-header nav", ".site-footer nav"):
        assert not page.locator(gone).first.is_visible()
    patterns = page.locator(".votes rect.slice[data-count]").evaluate_all(
        "all => all.map(one => getComputedStyle(one).fill)"
    )
    assert patterns[1:3] == ['url("#pattern-no")', 'url("#pattern-blank")']
    assert page.locator(".votes").evaluate("one => getComputedStyle(one).printColorAdjust") == "exact"
