"""The same votes under other rules: what decided here, and what would have been elsewhere.

None of these verdicts counts. Votes are often reported against a number that their own rule does not use;
this shows, from the rules engine, what each number would have meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quorate.record.certificate import CertifiedQuestion
from quorate.report.words import capital
from quorate.rules import alternatives, outcome_words, preset

_COMMON: Final = (
    "majority-of-votes",
    "majority-of-ballots",
    "majority-of-members",
    "two-thirds-of-votes",
    "two-thirds-of-members",
    "us-il-art34-strike",
    "uk-ia-ips-2017",
)
"""They differ in what they count: yes and no votes, ballots cast, all members, turnout."""


@dataclass(frozen=True)
class OtherRule:
    """What the same votes would have been under this rule; `counts` are its tests, each with its figures."""

    counts: tuple[str, ...]
    title: str
    verdict: str


def other_rules(question: CertifiedQuestion) -> tuple[OtherRule, ...]:
    """The verdicts of common rules on a question decided by yes and no; none for any other, and none that
    lacks a figure.
    """
    decision = question.decision
    if decision is None:
        return ()
    own = {one.test for one in decision.criteria}
    rules = (preset(name) for name in _COMMON if name != decision.rule)
    return tuple(
        OtherRule(
            counts=tuple(capital(row.words) for row in made.rows),
            title=made.rule.title,
            verdict=outcome_words(made.outcome),
        )
        for made in alternatives(decision.counts, (rule for rule in rules if set(rule.thresholds) != own))
    )
