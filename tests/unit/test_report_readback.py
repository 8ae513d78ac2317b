"""A PDF that says anything else than the record is found out, and the figure is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec
import pytest

from quorate.record.certificate import Certificate
from quorate.record.manifest import Document, Roll, Software
from quorate.report.pdf import pdf_report
from quorate.report.question import CountRow
from quorate.report.readback import FigureDiffers, read_back
from quorate.report.sheet import Sheet, draw
from quorate.rules import Outcome
from support.certificates import STRIKE, certificate, chicago, digest, three_questions, verified, yes_no

changed = msgspec.structs.replace


def question(of: Certificate, **changes: object) -> Certificate:
    """The certificate with its first question changed."""
    first, *others = of.questions
    return changed(of, questions=(changed(first, **changes), *others))


def votes(of: Certificate, index: int, n: int) -> Certificate:
    rows = list(of.questions[0].votes)
    rows[index] = changed(rows[index], votes=rows[index].votes + n)
    return question(of, votes=tuple(rows))


def criterion(of: Certificate, **changes: object) -> Certificate:
    decided = of.questions[0].decision
    assert decided is not None
    return decision(of, criteria=(changed(decided.criteria[0], **changes),))


def part(of: Certificate, line: int, index: int, n: int) -> Certificate:
    """One figure more, another one less: a certificate whose sums are wrong is not drawn at all."""
    lines = list(of.reconciliation)
    parts = list(lines[line].parts)
    for place, more in ((index, n), ((index + 1) % len(parts), -n)):
        parts[place] = (parts[place][0], parts[place][1] + more)
    lines[line] = changed(lines[line], parts=tuple(parts))
    return changed(of, reconciliation=tuple(lines))


def board(of: Certificate, **changes: object) -> Certificate:
    return changed(of, board=changed(of.board, **changes))


def decision(of: Certificate, **changes: object) -> Certificate:
    decided = of.questions[0].decision
    assert decided is not None
    return question(of, decision=changed(decided, **changes))


def rule(of: Certificate, **changes: object) -> Certificate:
    named = of.questions[0].rule
    assert named is not None
    return question(of, rule=changed(named, **changes))


def window(of: Certificate, **changes: object) -> Certificate:
    return changed(of, window=changed(of.window, **changes))


def second_teller_took_part(of: Certificate) -> Certificate:
    return changed(of, tellers=(of.tellers[0], changed(of.tellers[1], used=True), *of.tellers[2:]))


OTHER = digest("other")
Forge = Callable[[Certificate], Certificate]
FORGERIES: dict[str, tuple[Forge, str, str, str]] = {
    "yes": (lambda of: votes(of, 0, 1), "strike: Yes, authorise a strike", "23,781", "23,780"),
    "no": (lambda of: votes(of, 1, -1), "strike: No, do not authorise a strike", "481", "482"),
    "blank": (lambda of: votes(of, 2, 4_446), "strike: Blank or invalid", "4,940", "494"),
    "cast": (lambda of: question(of, counted=24_757), "strike: Ballots cast", "24,757", "24,756"),
    "eligible": (lambda of: question(of, eligible=26_501), "strike: Did not vote", "1,745", "1,746"),
    "verdict": (lambda of: decision(of, outcome=Outcome.NOT_CARRIED), "strike: verdict", "Not", "Carried"),
    "needed": (lambda of: criterion(of, needed=19_876), "strike: number necessary", "19,876", "19,877"),
    "margin": (lambda of: criterion(of, margin=3_904), "strike: margin", "+3,904", "+3,903"),
    "rule": (lambda of: rule(of, id="majority"), "strike: rule", "majority", "us-il-art34-strike, version 1"),
    "question": (lambda of: question(of, text="Dissolve?"), "strike: text", "Dissolve?", STRIKE),
    "text": (lambda of: question(of, text_sha256=OTHER), "Text of question strike", "d9298a10", ""),
    "replaced": (
        lambda of: part(of, 2, 1, 1),
        "Ballots on the board: replaced by a later one",
        "1",
        "0",
    ),
    "returned": (
        lambda of: part(of, 1, 0, -1),
        "Active credentials: returned a counted ballot",
        "24,755",
        "24,756",
    ),
    "phi": (lambda of: changed(of, phi=OTHER), "Ballot, fixed before opening (phi)", "V4MR", ""),
    "root": (lambda of: board(of, root=OTHER), "Board at the end, 24,762 entries", "V4MR", ""),
    "closing root": (
        lambda of: board(of, closing_root=OTHER),
        "Board at closing, 24,758 entries",
        "d9298a10",
        "",
    ),
    "roll": (lambda of: changed(of, roll=Roll(26_502, OTHER)), "Roll of 26,502 members", "d9298a10", ""),
    "ceremony": (lambda of: changed(of, ceremony=OTHER), "Key ceremony of the tellers", "d9298a10", ""),
    "booth": (lambda of: changed(of, software=Software(OTHER, "1.0")), "Bundle of the booth", "d9298a10", ""),
    "closed": (lambda of: window(of, closed="2015-12-12T23:00:00Z"), "Closed", "Sat", ""),
    "zone": (lambda of: window(of, zone="America/New_York"), "Opened", "Wed", ""),
    "teller": (second_teller_took_part, "Teller two", "helped", "did not take part"),
    "origin": (lambda of: changed(of, origin="vote.example/ff"), "Origin", "vote.example/ff", ""),
    "title": (lambda of: changed(of, title="Motion 9"), "title", "Motion", "Strike authorisation"),
    "union": (lambda of: changed(of, organisation="Forgers"), "organisation", "Forgers", ""),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_a_changed_figure_is_named(name: str) -> None:
    forge, figure, printed, recorded = FORGERIES[name]
    true = chicago()
    pdf = pdf_report(draw(verified(forge(true))))
    with pytest.raises(FigureDiffers) as caught:
        read_back(pdf, true)
    found = {one.name: one for one in caught.value.figures}
    assert found[figure].printed == printed
    assert found[figure].recorded == recorded or not recorded
    assert all(one.printed != one.recorded for one in caught.value.figures)


@pytest.mark.parametrize(
    ("forge", "figure"),
    [
        (lambda of: board(of, size=24_763), "Board at the end, 24,762 entries"),
        (lambda of: board(of, closing_size=24_759), "Board at closing, 24,758 entries"),
        (lambda of: changed(of, roll=Roll(26_503, digest("roll"))), "Roll of 26,502 members"),
    ],
)
def test_a_changed_figure_in_a_label_is_named_too(forge: Forge, figure: str) -> None:
    with pytest.raises(FigureDiffers) as caught:
        read_back(pdf_report(draw(verified(forge(chicago())))), chicago())
    assert f"nothing here beginning with '{figure}'" in {one.printed for one in caught.value.figures}


def test_a_document_that_the_record_does_not_have_is_found() -> None:
    pdf = pdf_report(draw(verified(question(chicago(), documents=(Document("Agreement", OTHER, 9),)))))
    with pytest.raises(FigureDiffers, match="Bundle of the booth: printed nothing here"):
        read_back(pdf, chicago())


def shown(sheet: Sheet, counts: Sequence[CountRow]) -> bytes:
    """A PDF whose first question shows other counts than the sheet."""
    first, *others = sheet.questions
    return pdf_report(replace(sheet, questions=(replace(first, counts=tuple(counts)), *others)))


def test_a_percentage_that_was_rounded_up_is_named() -> None:
    sheet = draw(verified(certificate(yes_no(25_000, 18_749, 700, 275))))
    row = sheet.questions[0].counts[0]
    assert row.shares[1] == "74.9%"
    pdf = shown(sheet, counts=(replace(row, shares=(row.shares[0], "75.0%")), *sheet.questions[0].counts[1:]))
    with pytest.raises(FigureDiffers) as caught:
        read_back(pdf, sheet.certificate)
    assert [str(figure) for figure in caught.value.figures] == [
        "strike: Yes, authorise a strike, % / 25,000: printed 75.0%, the record says 74.9%",
        "a percentage: printed 75.0%, the record says none such",
    ]


def test_a_percentage_anywhere_else_is_named() -> None:
    sheet = draw(verified(chicago()))
    pdf = pdf_report(replace(sheet, statement="A triumph: 99.9% said yes."))
    with pytest.raises(FigureDiffers, match=r"a percentage: printed 99\.9%, the record says none such"):
        read_back(pdf, sheet.certificate)


def test_a_percentage_in_the_question_itself_is_no_figure_of_the_result() -> None:
    asked = certificate(yes_no(100, 80, 10, text="Shall the dues rise by 3.5%?"))
    read_back(pdf_report(draw(verified(asked))), asked)


def test_a_digit_more_is_not_overlooked() -> None:
    sheet = draw(verified(chicago()))
    row = sheet.questions[0].counts[1]
    pdf = shown(
        sheet,
        counts=(sheet.questions[0].counts[0], replace(row, votes="4827"), *sheet.questions[0].counts[2:]),
    )
    with pytest.raises(
        FigureDiffers, match="No, do not authorise a strike: printed 4827, the record says 482"
    ):
        read_back(pdf, sheet.certificate)


def test_a_row_that_is_left_out_is_named() -> None:
    sheet = draw(verified(chicago()))
    rows = sheet.questions[0].counts
    with pytest.raises(FigureDiffers, match="strike: Did not vote: printed nothing here"):
        read_back(shown(sheet, counts=(*rows[:4], *rows[5:])), sheet.certificate)


def test_the_certificate_of_another_ballot_is_found_out() -> None:
    pdf = pdf_report(draw(verified(three_questions())))
    with pytest.raises(FigureDiffers) as caught:
        read_back(pdf, chicago())
    assert len(caught.value.figures) > 20


def test_a_file_that_is_no_pdf_is_refused() -> None:
    with pytest.raises(FigureDiffers, match="the file: printed"):
        read_back(b"not a PDF at all", chicago())


def test_figures_are_in_reading_order_with_their_names() -> None:
    figures = read_back(pdf_report(draw(verified(chicago()))), chicago())
    names = [figure.name for figure in figures]
    assert names[:6] == [
        "organisation",
        "title",
        "strike: text",
        "strike: verdict",
        "strike: verdict in words",
        "strike: number necessary",
    ]
    assert names[-1] == "Data of this certificate"
