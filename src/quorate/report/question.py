"""One question of a certificate, in words and figures ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from quorate.record.certificate import CertifiedQuestion, GroupVotes, RuleName
from quorate.report.bars import Bar, Pattern, bars
from quorate.report.words import capital, date_words, signed, status_words
from quorate.rules import (
    ChoiceDecision,
    UnknownRule,
    choice_sentences,
    clause,
    denominators,
    outcome_words,
    percent,
    preset,
    role_words,
    sentences,
    share_words,
)
from quorate.rules.choice import ChoiceOutcome
from quorate.rules.words import together
from quorate.text import _, number


@dataclass(frozen=True)
class Row:
    """A label and what stands behind it."""

    label: str
    value: str


@dataclass(frozen=True)
class CountRow:
    """A row of the count. ``shares`` stand under the columns of the table; a sum is ``strong``.

    ``pattern`` is how the bar of votes draws it.
    """

    label: str
    pattern: Pattern | None
    shares: tuple[str, ...]
    strong: bool
    votes: str


@dataclass(frozen=True)
class ShareRow:
    """The result as a share of one of the numbers it could be a share of."""

    decides: bool
    role: str
    words: str


@dataclass(frozen=True)
class CriterionRow:
    """A test of the rule with its figures."""

    base: str
    decides: bool
    margin: str
    met: str
    needed: str
    number: str
    words: str


@dataclass(frozen=True)
class UnitRow:
    """The counts of one counting group, under the labels of the answers."""

    figures: tuple[str, ...]
    units: str


@dataclass(frozen=True)
class QuestionSheet:
    """Everything about one question. `place` says which of several it is."""

    bars: tuple[Bar, ...]
    columns: tuple[str, ...]
    counts: tuple[CountRow, ...]
    criteria: tuple[CriterionRow, ...]
    necessary: tuple[Row, ...]
    notes: tuple[str, ...]
    place: str
    rule: tuple[Row, ...]
    sentences: tuple[str, ...]
    shares: tuple[ShareRow, ...]
    text: str
    unit_columns: tuple[str, ...]
    units: tuple[UnitRow, ...]
    verdict: str


def question_sheet(
    question: CertifiedQuestion, index: int = 0, of: int = 1, *, replay: bool = False
) -> QuestionSheet:
    """Draw up a question; ``index`` is its number where there are several, else 0."""
    verdict, said = _verdict(question)
    decision = question.decision
    drawn = bars(question)
    place = _("Question {index} of {of}").format(index=index, of=of) if index else _("Question")
    grouped = any(group.units for group in question.groups)
    return QuestionSheet(
        bars=drawn,
        columns=_columns(question),
        counts=_counts(question, drawn),
        criteria=()
        if decision is None
        else tuple(
            CriterionRow(
                base=number(one.base),
                decides=one.decides,
                margin=signed(one.margin),
                met=_("yes") if one.met else _("no"),
                needed=number(one.needed),
                number=number(one.number),
                words=capital(clause(one.test)),
            )
            for one in decision.criteria
        ),
        necessary=_necessary(question),
        notes=_notes(question, replay),
        place=place,
        rule=_rule(question),
        sentences=tuple(said),
        shares=()
        if decision is None
        else tuple(
            ShareRow(row.decides, role_words(row), capital(share_words(row)))
            for row in denominators(decision)
        ),
        text=question.text.strip(),
        unit_columns=(
            (_("Members"), _("Ballots"), *(votes.label for votes in question.votes)) if grouped else ()
        ),
        units=tuple(_unit(group) for group in question.groups) if grouped else (),
        verdict=verdict,
    )


def by_label(question: CertifiedQuestion, choice: ChoiceDecision) -> ChoiceDecision:
    """The decision with the answers' labels for their ids: its sentences then name what people voted for."""
    labels = {votes.id: votes.label for votes in question.votes}
    replace = msgspec.structs.replace
    return replace(
        choice,
        candidates=tuple(replace(one, id=labels[one.id]) for one in choice.candidates),
        elected=tuple(labels[name] for name in choice.elected),
        tied=tuple(labels[name] for name in choice.tied),
    )


def _verdict(question: CertifiedQuestion) -> tuple[str, list[str]]:
    """The verdict as a heading, and the sentences of the rules engine that give it."""
    if question.withheld:
        return _("Withheld"), [
            _("So few ballots were cast that counting them would show how members voted."),
            _("Nothing was opened, so nothing is decided."),
        ]
    if question.choice is not None:
        named = by_label(question, question.choice)
        headings = {
            ChoiceOutcome.ELECTED: _("Elected"),
            ChoiceOutcome.TIE: _("Tie"),
            ChoiceOutcome.RUNOFF: _("Runoff"),
            ChoiceOutcome.UNDECIDED: _("Undecided"),
        }
        return headings[named.outcome], choice_sentences(named)
    if question.decision is not None:
        return outcome_words(question.decision.outcome), sentences(question.decision)[1:]
    return _("No rule"), [_("The ballot names no rule for this question: the figures decide nothing.")]


def _columns(question: CertifiedQuestion) -> tuple[str, ...]:
    """The heads of the columns of percentages: each names its whole."""
    heads = []
    if question.counted and question.votes:
        heads.append(_("of {n} cast").format(n=number(question.counted)))
    if question.eligible:
        heads.append(_("of all {n}").format(n=number(question.eligible)))
    return tuple(heads)


def _counts(question: CertifiedQuestion, drawn: tuple[Bar, ...]) -> tuple[CountRow, ...]:
    patterns = {part.label: part.pattern for bar in drawn if not bar.title for part in bar.segments}

    def row(label: str, n: int, *, strong: bool = False, of_cast: bool = True) -> CountRow:
        shares = []
        if question.counted and question.votes:
            shares.append(percent(n, question.counted) if of_cast else "")
        if question.eligible:
            shares.append(percent(n, question.eligible))
        return CountRow(label, patterns.get(label), tuple(shares), strong, number(n))

    return (
        *(row(votes.label, votes.votes) for votes in question.votes),
        row(_("Ballots cast"), question.counted, strong=True, of_cast=False),
        row(_("Did not vote"), question.eligible - question.counted, of_cast=False),
        row(_("All members entitled to vote"), question.eligible, strong=True, of_cast=False),
    )


def _notes(question: CertifiedQuestion, replay: bool) -> tuple[str, ...]:
    said = []
    if question.withheld:
        return ()
    if sum(votes.votes for votes in question.votes) != question.counted:
        said.append(_("A ballot could choose several answers, so the votes do not add up to the ballots."))
    if replay:
        said.append(_("Rejected papers of the published vote, if there were any, are counted as blank here."))
    else:
        said.append(_("Invalid: none, as an electronic ballot cannot be spoiled. Challenged: none."))
    return tuple(said)


def _necessary(question: CertifiedQuestion) -> tuple[Row, ...]:
    decision, choice = question.decision, question.choice
    main = None if decision is None else decision.main
    if main is not None:
        return (
            Row(_("Number necessary"), f"{number(main.needed)} {together(main.test.numerator)}"),
            Row(_("Margin"), signed(main.margin)),
        )
    if choice is not None and choice.needed is not None:
        return (Row(_("Number necessary"), number(choice.needed)),)
    return ()


def _rule(question: CertifiedQuestion) -> tuple[Row, ...]:
    rule = question.rule
    if rule is None:
        return ()
    return (
        Row(
            _("Decided by"),
            _("{title} ({id}, version {version})").format(title=rule.title, id=rule.id, version=rule.version),
        ),
        Row(_("Source"), rule.citation),
        *_in_force(rule),
        Row(_("Status"), status_words(rule.status)),
    )


def _in_force(rule: RuleName) -> tuple[Row, ...]:
    """For which ballots the rule is meant, where the preset of this name and version says so."""
    try:
        preset_of = preset(rule.id, rule.version)
    except UnknownRule:
        return ()
    start, end = preset_of.effective_from, preset_of.effective_to
    if start and end:
        said = _("ballots opened from {start} to {end}").format(start=date_words(start), end=date_words(end))
    elif start:
        said = _("ballots opened from {start}").format(start=date_words(start))
    elif end:
        said = _("ballots opened until {end}").format(end=date_words(end))
    else:
        return ()
    return (Row(_("For"), said),)


def _unit(group: GroupVotes) -> UnitRow:
    figures = (number(group.eligible), number(group.counted), *(number(n) for n in group.votes))
    return UnitRow(figures, ", ".join(group.units) or _("All"))
