"""Short texts to send out, for members, for the press, and for the employer.

Every figure is the certificate's, and each percentage names its whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from quorate.record.certificate import CertifiedQuestion
from quorate.report.lines import wrap
from quorate.report.question import QuestionSheet
from quorate.report.sheet import Sheet
from quorate.report.words import groups, when
from quorate.text import _, language, number

_WIDTH: Final = 72


def for_members(sheet: Sheet) -> str:
    """The result for the members: what was decided, how many voted, how to check."""
    certificate = sheet.certificate
    with language(sheet.language):
        said = [certificate.title, *sheet.notices, *_results(sheet)]
        if certificate.provenance.kind == "live":
            said.append(
                _(
                    "Every ballot that was cast in time is in the public record. Your tracker finds yours"
                    " there; it does not show how you voted."
                )
            )
        return _text([*said, _record(sheet), certificate.organisation])


def for_press(sheet: Sheet) -> str:
    """The result for the press: with the rule and its source, the period, and how anyone can check."""
    certificate = sheet.certificate
    window = certificate.window
    with language(sheet.language):
        lead = _("{organisation}: {title}").format(
            organisation=certificate.organisation, title=certificate.title
        )
        rules = [
            _("The rule: {title}. Source: {source}.").format(title=rule.title, source=rule.citation)
            for rule in dict.fromkeys(question.rule for question in certificate.questions)
            if rule is not None
        ]
        period = _("Voting was open from {opened} to {closed}.").format(
            opened=when(window.opened, window.zone), closed=when(window.closed, window.zone)
        )
        again = _(
            "Anyone can compute the result again from its public record, on their own machine (quorate"
            " verify): nobody's word has to be taken for it."
        )
        return _text([lead, *sheet.notices, *_results(sheet), *rules, period, again, _record(sheet)])


def for_employer(sheet: Sheet) -> str:
    """The result for the employer: the figures that a law asks for where one does, and how to check.

    It tells a result. It is no notice of action, which has a form and a time of its own.
    """
    certificate = sheet.certificate
    window = certificate.window
    with language(sheet.language):
        lead = _("Notice to the employer: result of a ballot of {organisation}").format(
            organisation=certificate.organisation
        )
        about = _("{title}. Body: {body}. Voting was open from {opened} to {closed}.").format(
            title=certificate.title,
            body=certificate.body,
            opened=when(window.opened, window.zone),
            closed=when(window.closed, window.zone),
        )
        asked = [
            "\n".join([part.heading, part.source, *(f"- {row.label}: {row.value}" for row in part.rows)])
            for part in sheet.parts
            if part.source
        ]
        no_notice = _("This tells the result of a ballot. It is not a notice of action.")
        again = _(
            "You can compute the result again from its public record, on your own machine (quorate verify)."
        )
        said = [lead, about, *sheet.notices, *_results(sheet), *asked, no_notice, again, _record(sheet)]
        return _text([*said, certificate.organisation])


def _results(sheet: Sheet) -> Iterator[str]:
    for question, drawn in zip(sheet.certificate.questions, sheet.questions, strict=True):
        yield f"{drawn.place}: {drawn.text}" if len(sheet.questions) > 1 else drawn.text
        lead = [] if question.choice else [f"{drawn.verdict}."]  # an election's sentences begin with it
        yield " ".join([*lead, *drawn.sentences])
        yield from _figures(question, drawn)


def _figures(question: CertifiedQuestion, drawn: QuestionSheet) -> Iterator[str]:
    """The counts, and the shares with what each is a share of."""
    voted = _("{cast} of {all} members voted.").format(
        cast=number(question.counted), all=number(question.eligible)
    )
    yield "\n".join([voted, *(f"- {votes.label}: {number(votes.votes)}" for votes in question.votes)])
    shares = [f"{row.words} ({row.role})." if row.decides else f"{row.words}." for row in drawn.shares]
    if shares:
        yield " ".join(shares)


def _record(sheet: Sheet) -> str:
    certificate = sheet.certificate
    return _("The record: {origin}. The fingerprint of the ballot: {groups}.").format(
        origin=certificate.origin, groups=groups(certificate.phi)
    )


def _text(paragraphs: Iterable[str]) -> str:
    return "\n\n".join("\n".join(wrap(text, _WIDTH)) for text in paragraphs) + "\n"
