"""When a vote carries: exact, dated, versioned rules over counts (docs/rules/README.md).

Start with ``decision.py``. Nothing here knows a database, a ciphertext, a clock or a fraction in floating
point.
"""

from __future__ import annotations

from quorate.rules.choice import ChoiceDecision, ChoiceOutcome, choice_sentences, decide_choice
from quorate.rules.counts import Counts, CountsError
from quorate.rules.criteria import RuleError
from quorate.rules.decision import Decision, Outcome, decide, what_if
from quorate.rules.denominators import Share, denominators, role_words, share_words
from quorate.rules.library import UnknownRule, all_presets, differs_from_preset, preset, presets
from quorate.rules.measure import CriterionResult
from quorate.rules.percent import percent
from quorate.rules.planner import Plan, PlannedTest, plan
from quorate.rules.rule import Rule, Setting, decode_rule, encode_rule
from quorate.rules.sentences import absence_effect, blank_effect, outcome_words, sentences
from quorate.rules.words import arithmetic, clause, describe

__all__ = [
    "ChoiceDecision",
    "ChoiceOutcome",
    "Counts",
    "CountsError",
    "CriterionResult",
    "Decision",
    "Outcome",
    "Plan",
    "PlannedTest",
    "Rule",
    "RuleError",
    "Setting",
    "Share",
    "UnknownRule",
    "absence_effect",
    "all_presets",
    "arithmetic",
    "blank_effect",
    "choice_sentences",
    "clause",
    "decide",
    "decide_choice",
    "decode_rule",
    "denominators",
    "describe",
    "differs_from_preset",
    "encode_rule",
    "outcome_words",
    "percent",
    "plan",
    "preset",
    "presets",
    "role_words",
    "sentences",
    "share_words",
    "what_if",
]
