"""What a certificate says besides, because a law or a manual asks for it: one part for each family of rules.

The family is read from the rule's id. Every figure and date is computed from the certificate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from quorate.record.canonical import instant
from quorate.record.certificate import Certificate, CertifiedQuestion
from quorate.report.question import Row
from quorate.report.words import day
from quorate.rules import CriterionResult
from quorate.text import _, number

Family = Literal["robert", "britain", "us-officer", "us", "south-africa", "other"]

_FAMILIES: Final[tuple[tuple[str, Family], ...]] = (
    ("ronr-", "robert"),
    ("uk-ia", "britain"),
    ("us-lmrda-officer", "us-officer"),
    ("us-union-officer", "us-officer"),
    ("us-", "us"),
    ("za-", "south-africa"),
)
_REPORT_DAYS: Final = 27
"""Four weeks that begin with the last day of voting end so many days after it."""
_NOTICE_DAYS: Final = 15


@dataclass(frozen=True)
class Part:
    """A part of a certificate: labelled figures, then sentences. `source` says who asks for it."""

    heading: str
    lines: tuple[str, ...]
    rows: tuple[Row, ...]
    source: str


def family_of(question: CertifiedQuestion) -> Family:
    """The family of the question's rule; `other` where none decides."""
    name = "" if question.rule is None else question.rule.id
    return next((family for start, family in _FAMILIES if name.startswith(start)), "other")


def parts(certificate: Certificate) -> tuple[Part, ...]:
    """What this certificate's rules ask for, in the current language: by question, then for the whole."""
    return (*_by_question(certificate), *_keeping(certificate))


def _by_question(certificate: Certificate) -> Iterator[Part]:
    several = len(certificate.questions) > 1
    replay = certificate.provenance.kind == "replay"
    for index, question in enumerate(certificate.questions, start=1):
        if question.decision is None or question.withheld:
            continue
        made = {"robert": _tellers_report, "britain": _told}.get(family_of(question))
        if made is None:
            continue
        part = made(question, replay)
        place = _("{heading}: question {index} of {of}").format(
            heading=part.heading, index=index, of=len(certificate.questions)
        )
        yield Part(place if several else part.heading, part.lines, part.rows, part.source)


def counted(question: CertifiedQuestion, *ids: str) -> int:
    """How many ballots chose one of these answers."""
    return sum(votes.votes for votes in question.votes if votes.id in ids)


def _tellers_report(question: CertifiedQuestion, replay: bool) -> Part:
    """The report of tellers: votes cast, needed, for each side, illegal; then what may be added."""
    yes, no = counted(question, "yes"), counted(question, "no")
    rows = [Row(_("Number of votes cast"), number(yes + no))]
    main = None if question.decision is None else question.decision.main
    if main is not None:
        rows.append(Row(_("Necessary for adoption"), number(main.needed)))
    rows += [
        Row(_("Votes for"), number(yes)),
        Row(_("Votes against"), number(no)),
        Row(_("Illegal votes"), number(0)),
        Row(_("Blank or abstaining, which are no votes"), number(counted(question, "blank", "abstain"))),
        Row(_("Eligible to vote"), number(question.eligible)),
    ]
    lines = (_illegal(replay),)
    return Part(_("Report of the tellers"), lines, tuple(rows), _("Robert's Rules of Order Newly Revised"))


def _told(question: CertifiedQuestion, replay: bool) -> Part:
    """What those entitled to vote, and their employers, must be told of a ballot on industrial action."""
    rows = [
        Row(_("Entitled to vote"), number(question.eligible)),
        Row(_("Votes cast"), number(question.counted)),
        Row(_("Answering yes"), number(counted(question, "yes"))),
        Row(_("Answering no"), number(counted(question, "no"))),
        Row(_("Left blank, among the votes cast"), number(counted(question, "blank", "abstain"))),
        Row(_("Spoiled or otherwise invalid"), number(0)),
    ]
    for test in thresholds(question):
        met = _("yes") if test.met else _("no")
        if test.test.numerator == ("cast",):
            rows.append(Row(_("Votes cast are at least half of those entitled"), met))
        else:
            rows.append(Row(_("Those answering yes are at least 40% of those entitled"), met))
    lines = (
        _illegal(replay),
        _(
            "All who were entitled to vote, and their employers, must be told as soon as reasonably"
            " practicable."
        ),
    )
    source = _("Sections 231 and 231A of the 1992 Act, in short.")
    return Part(_("What members and employers must be told"), lines, tuple(rows), source)


def thresholds(question: CertifiedQuestion) -> tuple[CriterionResult, ...]:
    """The tests of the rule that are shares of all who were entitled."""
    criteria = () if question.decision is None else question.decision.criteria
    return tuple(one for one in criteria if one.test.of == ("eligible",))


def _illegal(replay: bool) -> str:
    if replay:
        return _("Rejected papers of the published vote, if there were any, are counted as blank here.")
    return _("An electronic ballot cannot be illegal or spoiled: what is no valid choice is refused at once.")


def dates(certificate: Certificate) -> tuple[Row, ...]:
    """Until when a law asks for what, in the zone of the ballot."""
    families = {family_of(question) for question in certificate.questions}
    opened, closed = (
        _local(text, certificate) for text in (certificate.window.opened, certificate.window.closed)
    )
    rows = []
    if "britain" in families:
        rows.append(Row(_("Scrutineer's report not later than"), day(closed + timedelta(days=_REPORT_DAYS))))
    if "us-officer" in families:
        rows.append(Row(_("Notice in the post not later than"), day(opened - timedelta(days=_NOTICE_DAYS))))
    years = max(3 if "south-africa" in families else 0, 1 if families & {"us-officer", "us"} else 0)
    if years:
        rows.append(Row(_("Keep all records until"), day(_later(closed, years))))
    return tuple(rows)


def _keeping(certificate: Certificate) -> Iterator[Part]:
    rows = dates(certificate)
    if not rows:
        return
    families = {family_of(question) for question in certificate.questions}
    lines = []
    if "us-officer" in families:
        lines += [
            _(
                "Ballots and all other records of an election of officers are kept for one year"
                " (29 USC 481(e))."
            ),
            _(
                "Notice goes by post to each member's last known home address at least 15 days before the"
                " election. The record cannot show that it did: the officers answer for it."
            ),
        ]
    elif "us" in families:
        lines.append(_("One year is usual; a law or by-law may ask for more."))
    if "south-africa" in families:
        lines.append(_("The records of a ballot on a strike are kept for three years."))
    if "britain" in families:
        lines.append(_("The scrutineer reports within four weeks that begin with the last day of voting."))
    yield Part(_("Dates that follow from this ballot"), tuple(lines), rows, "")


def _local(text: str, certificate: Certificate) -> datetime:
    moment = instant(text)
    try:
        return moment.astimezone(ZoneInfo(certificate.window.zone))
    except (KeyError, ValueError, OSError):  # not a zone, or no table of zones here
        return moment


def _later(moment: datetime, years: int) -> datetime:
    """The same day so many years later; the first of March where there is none."""
    try:
        return moment.replace(year=moment.year + years)
    except ValueError:
        return moment.replace(year=moment.year + years, month=3, day=1)
