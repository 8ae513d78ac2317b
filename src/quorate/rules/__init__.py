"""When a vote carries: exact, dated, versioned rules over counts (docs/rules/README.md).

Start with ``decision.py``. Nothing here knows a database, a ciphertext, a clock or a fraction in floating
point.
"""

from __future__ import annotations

from quorate.rules.alternatives import (
    Alternative,
    Block,
    ByUnit,
    UnitCounts,
    alternatives,
    by_unit,
    delegates_and_members,
)
from quorate.rules.choice import ChoiceDecision, ChoiceOutcome, choice_sentences, decide_choice
from quorate.rules.composer import ByLaw, Collected, Limb, compose, explain, why_undecidable
from quorate.rules.counts import Counts, CountsError
from quorate.rules.criteria import RuleError
from quorate.rules.decision import Decision, Outcome, decide, what_if
from quorate.rules.denominators import Share, denominators, role_words, share_words
from quorate.rules.library import UnknownRule, all_presets, differs_from_preset, preset, presets
from quorate.rules.measure import CriterionResult
from quorate.rules.meeting import HandCount, MeetingError, RollCall, roll_call, show_of_hands
from quorate.rules.percent import percent
from quorate.rules.planner import Plan, PlannedTest, plan
from quorate.rules.rule import Rule, Setting, decode_rule, encode_rule
from quorate.rules.sentences import absence_effect, blank_effect, outcome_words, sentences
from quorate.rules.words import arithmetic, clause, describe

__all__ = [
    "Alternative",
    "Block",
    "ByLaw",
    "ByUnit",
    "ChoiceDecision",
    "ChoiceOutcome",
    "Collected",
    "Counts",
    "CountsError",
    "CriterionResult",
    "Decision",
    "HandCount",
    "Limb",
    "MeetingError",
    "Outcome",
    "Plan",
    "PlannedTest",
    "RollCall",
    "Rule",
    "RuleError",
    "Setting",
    "Share",
    "UnitCounts",
    "UnknownRule",
    "absence_effect",
    "all_presets",
    "alternatives",
    "arithmetic",
    "blank_effect",
    "by_unit",
    "choice_sentences",
    "clause",
    "compose",
    "decide",
    "decide_choice",
    "decode_rule",
    "delegates_and_members",
    "denominators",
    "describe",
    "differs_from_preset",
    "encode_rule",
    "explain",
    "outcome_words",
    "percent",
    "plan",
    "preset",
    "presets",
    "role_words",
    "roll_call",
    "sentences",
    "share_words",
    "show_of_hands",
    "what_if",
    "why_undecidable",
]
