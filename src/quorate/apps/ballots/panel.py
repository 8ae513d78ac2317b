"""What a question's rule asks of this roll, for the panel beside the wizard: derived, never typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quorate.election.draft import DraftError, DraftQuestion, question_of
from quorate.record.manifest import Question
from quorate.rules import Outcome, Rule, UnknownRule, describe, plan, preset, presets, sentences
from quorate.rules.criteria import Choice, Unavailable
from quorate.rules.sentences import figure
from quorate.text import _, number
from quorate.verify.derive import verdict

# Outcomes to try a rule with, of 100 members: yes, no, cast. Between them every test that presets have is met
# by some and missed by others, one at a time.
_TRIALS: Final = tuple(
    (cast * share // 100, cast - cast * share // 100 - blank, cast)
    for cast in (1, 8, 30, 45, 52, 70, 85, 100)
    for share in (0, 20, 40, 50, 55, 60, 65, 70, 80, 100)
    for blank in ((0, cast // 10) if share <= 80 else (0,))
)


@dataclass(frozen=True, slots=True)
class Panel:
    """`needed` is the one number of yes votes that decides, where there is one; `lines` say the rest.
    `said` is all of it in sentences, as voters read it.

    `problem` says why the rule can never decide this question, as it is drafted.
    """

    needed: str
    of: str
    lines: tuple[str, ...]
    problem: str
    said: tuple[str, ...]


def rules_for(question: DraftQuestion) -> tuple[Rule, ...]:
    """The presets that fit the kind of answers of a question and have a formula."""
    return tuple(
        rule
        for rule in presets()
        if rule.in_force
        and not isinstance(rule.formula, Unavailable)
        and isinstance(rule.formula, Choice) is not yes_no(question)
    )


def yes_no(question: DraftQuestion) -> bool:
    """Whether the question is answered by yes and no."""
    return tuple(option.id for option in question.options) == ("yes", "no") and question.minimum is None


def panel_of(question: DraftQuestion, eligible: int, units: tuple[str, ...] = ()) -> Panel | None:
    """The panel of a question with a rule; None without one."""
    if question.rule is None:
        return None
    try:
        rule = preset(question.rule)
    except UnknownRule as error:
        return Panel("", "", (), str(error), ())
    problem = rule_problem(question, eligible, units)
    if eligible < 1:
        return Panel("", "", tuple(describe(rule)), problem, tuple(describe(rule)))
    planned = plan(rule, eligible)
    said = tuple(sentences(planned))
    if planned.needed is not None:
        return Panel(number(planned.needed), number(eligible), said[1:], problem, said)
    return Panel("", number(eligible), said, problem, said)


def rule_problem(question: DraftQuestion, eligible: int, units: tuple[str, ...] = ()) -> str:
    """Why the rule of a question cannot be decided from what this ballot collects; empty when it can."""
    try:
        made = question_of(question, units, max(1, eligible))
    except DraftError as error:
        return str(error)
    if made.rule is None or not made.yes_no:
        return ""
    missing = sorted({name for trial in _TRIALS for name in _missing(made, *trial)})
    if not missing:
        return ""
    return _(
        "This rule cannot be decided from what the ballot collects: it needs {figures}. State it with the "
        "rule where you can, or choose another rule."
    ).format(figures=", ".join(figure(name) for name in missing))


def _missing(question: Question, yes: int, no: int, cast: int) -> tuple[str, ...]:
    blank = (cast - yes - no,) if question.blank else ()
    decision, _choice = verdict(question, 100, cast if blank else yes + no, (yes, no, *blank))
    if decision is None or decision.outcome is not Outcome.CANNOT_BE_DECIDED:
        return ()
    return decision.missing
