"""The same votes under other rules: what decided here, and what would have been elsewhere.

None of these verdicts counts. Votes are often reported against a number that their own rule does not use;
this shows, from the rules engine, what each number would have meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from quorate.record.certificate import CertifiedQuestion
from quorate.rules import Outcome, describe, outcome_words, preset, what_if

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
    """What the same votes would have been under this rule; `counts` says what it counts, line by line."""

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
    rules = [preset(name) for name in _COMMON]
    own = {one.test for one in decision.criteria}
    others = [rule for rule in rules if rule.id != decision.rule and set(rule.thresholds) != own]
    return tuple(
        OtherRule(
            counts=tuple(line.strip() for line in describe(rule)),
            title=rule.title,
            verdict=outcome_words(made.outcome),
        )
        for rule, made in zip(others, what_if(decision.counts, others), strict=True)
        if made.outcome is not Outcome.CANNOT_BE_DECIDED
    )
