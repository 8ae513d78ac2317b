"""Attacker: an organiser who has seen the result, with server, officers and tellers at its side. Wish:
keep it back, show a part of it, or write another one around the same decryption.

Stopped by: what is counted together, and what is withheld, follows from the numbers of ballots alone
([09.2], V18); the totals are the decryption (V17), of that many ballots (V15); the verdict is the rule's
(V20), and the certificate says nothing else (V19, V21).
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from quorate.record.certificate import Certificate
from quorate.record.entries import GroupResult, QuestionResult, Result
from quorate.rules import Outcome
from support.ballots import SmallBallot
from support.forge import Forge, Forgery, assert_stopped


def with_question(result: Result, q: int, question: QuestionResult) -> Result:
    return replace(result, questions=(*result.questions[:q], question, *result.questions[q + 1 :]))


def the_result(forgery: Forgery) -> tuple[int, Result]:
    index = forgery.place(Result)
    result = forgery.entry(index)
    assert isinstance(result, Result)
    return index, result


@pytest.mark.parametrize("question", [0, 1])
def test_withheld_as_if_too_few_had_voted(by_unit: SmallBallot, forge: Forge, question: int) -> None:
    forgery = forge(by_unit)
    forgery.edit_result(lambda result: with_question(result, question, QuestionResult((), withheld=True)))
    assert_stopped(forgery, "V18", where="question")


def test_published_although_too_few_voted(by_unit: SmallBallot, forge: Forge) -> None:
    """Withheld and shown at once, which says neither."""
    forgery = forge(by_unit)
    forgery.edit_result(lambda result: with_question(result, 0, replace(result.questions[0], withheld=True)))
    assert_stopped(forgery, "V18", where="question strike")


def test_units_renamed(by_unit: SmallBallot, forge: Forge) -> None:
    """The totals of North are shown as those of South and West, and the reverse: the numbers tell."""
    forgery = forge(by_unit)

    def swap(result: Result) -> Result:
        one, two = result.questions[0].groups
        groups = (replace(one, units=two.units), replace(two, units=one.units))
        return with_question(result, 0, replace(result.questions[0], groups=groups))

    forgery.edit_result(swap)
    assert {"V15", "V18"} <= {finding.check for finding in forgery.report().findings}


def test_a_group_left_out(by_unit: SmallBallot, forge: Forge) -> None:
    """The result of the unit that said no is not shown. The figures of the rest decide nothing (V20, V21)."""
    forgery = forge(by_unit)
    index, result = the_result(forgery)
    first = result.questions[0]
    forgery.edit(index, questions=(replace(first, groups=first.groups[:1]), *result.questions[1:]))
    assert {finding.check for finding in forgery.report().findings} == {"V18", "V20", "V21"}


def test_a_group_invented(by_unit: SmallBallot, forge: Forge) -> None:
    """Four more votes of a unit that nobody is in: no aggregate has them."""
    forgery = forge(by_unit)
    index, result = the_result(forgery)
    first, ghost = result.questions[0], GroupResult(4, (4,), (7,))
    forgery.edit(index, questions=(replace(first, groups=(*first.groups, ghost)), *result.questions[1:]))
    assert {"V15", "V17", "V18"} <= {finding.check for finding in forgery.report().findings}


def test_votes_moved_between_units(by_unit: SmallBallot, forge: Forge) -> None:
    """The sum stays: a yes of North and the no of the others change places."""
    forgery = forge(by_unit)

    def move(result: Result) -> Result:
        one, two = result.questions[0].groups
        groups = (replace(one, totals=(2 + 2**32,)), replace(two, totals=(2,)))
        return with_question(result, 0, replace(result.questions[0], groups=groups))

    forgery.edit_result(move)
    report = assert_stopped(forgery, "V17", where="question strike")
    assert len(report.findings) == 2


def test_votes_moved_between_options(by_unit: SmallBallot, forge: Forge) -> None:
    forgery = forge(by_unit)

    def move(result: Result) -> Result:
        group = result.questions[1].groups[0]
        oak, elm, ash = group.totals
        group = replace(group, totals=(oak + 1, elm - 1, ash))
        return with_question(result, 1, replace(result.questions[1], groups=(group,)))

    forgery.edit_result(move)
    assert_stopped(forgery, "V17", where="question hall group 0 total")


def test_totals_that_cannot_be(plain: SmallBallot, forge: Forge) -> None:
    """[09.7] More votes than ballots, in any of the ways to write them; also sums that come around."""
    for totals in ((4,), (4 * 2**32,), (2 + 2 * 2**32,), (2**53 - 1,), (), (2, 0)):
        forgery = forge(plain)
        index, result = the_result(forgery)
        group = replace(result.questions[0].groups[0], totals=totals)
        forgery.edit(index, questions=(replace(result.questions[0], groups=(group,)),))
        fired = {finding.check for finding in forgery.report().findings}
        assert "V17" in fired, totals


@pytest.mark.parametrize("count", [0, 2])
def test_another_number_of_questions(plain: SmallBallot, forge: Forge, count: int) -> None:
    """The certificate cannot be derived then, and V15 says why."""
    forgery = forge(plain)
    index, result = the_result(forgery)
    forgery.edit(index, questions=result.questions * count)
    assert {"V15", "V20", "V21"} <= {finding.check for finding in forgery.report().findings}


def outcome(certificate: Certificate) -> Certificate:
    """The verdict turned round."""
    question = certificate.questions[0]
    assert question.decision is not None
    lost = replace(question.decision, outcome=Outcome.NOT_CARRIED, so_far=Outcome.NOT_CARRIED)
    return replace(certificate, questions=(replace(question, decision=lost), *certificate.questions[1:]))


CERTIFICATES: dict[str, tuple[Callable[[Certificate], Certificate], str]] = {
    "not carried": (outcome, "V20"),
    "no verdict": (
        lambda c: replace(c, questions=(replace(c.questions[0], decision=None), *c.questions[1:])),
        "V20",
    ),
    "another body": (lambda c: replace(c, body="The board"), "V21"),
    "another title": (lambda c: replace(c, title="Strike carried"), "V21"),
    "other officers": (lambda c: replace(c, officers=("A judge", "A notary")), "V21"),
    "live": (lambda c: replace(c, provenance=replace(c.provenance, kind="live")), "V21"),
    "witnesses that were none": (lambda c: replace(c, board=replace(c.board, witnesses=5)), "V21"),
    "codes made elsewhere": (lambda c: replace(c, credentials_mode="hosted"), "V21"),
    "a longer vote": (lambda c: replace(c, window=replace(c.window, closed="2016-01-01T00:00:00Z")), "V21"),
    "another teller": (
        lambda c: replace(c, tellers=tuple(replace(t, used=not t.used) for t in c.tellers)),
        "V21",
    ),
    "one more yes": (
        lambda c: replace(
            c,
            questions=(
                replace(
                    c.questions[0],
                    votes=(replace(c.questions[0].votes[0], votes=3), *c.questions[0].votes[1:]),
                ),
                *c.questions[1:],
            ),
        ),
        "V21",
    ),
    "another text": (
        lambda c: replace(c, questions=(replace(c.questions[0], text="Shall we accept?"), *c.questions[1:])),
        "V21",
    ),
    "a question less": (lambda c: replace(c, questions=c.questions[:-1]), "V21"),
    "nobody withdrawn": (lambda c: replace(c, reconciliation=c.reconciliation[:2]), "V19"),
}


@pytest.mark.parametrize("name", CERTIFICATES)
def test_a_certificate_that_says_something_else(rich: SmallBallot, forge: Forge, name: str) -> None:
    edit, check = CERTIFICATES[name]
    forgery = forge(rich)
    forgery.certify(edit)
    assert_stopped(forgery, check, where="certificate.json")


def test_the_certificate_of_another_ballot(plain: SmallBallot, rich: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.certificate = (rich.record / "certificate.json").read_bytes()[:-1]
    assert {finding.check for finding in forgery.report().findings} == {"V19", "V20", "V21"}


def test_a_certificate_before_the_result(plain: SmallBallot, forge: Forge) -> None:
    """While voting runs there is nothing to certify; such a file is not believed."""
    forgery = forge(plain)
    del forgery.entries[5:]
    forgery.until = "open"
    report = forgery.report()
    assert report.certificate is None
    assert not report.complete
