"""A decision rule with everything that must still be readable years later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

import msgspec

from quorate.rules.criteria import (
    Choice,
    Formula,
    RuleError,
    SettingIs,
    Threshold,
    Unavailable,
    UnlessRejected,
    check_size,
    leaves,
    resolved,
)

_IDENTIFIER: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
TIE_SETTING: Final = "tie-carries"


class Setting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A point that the law or the by-laws leave open, and how it is taken here.

    ``note`` says what the setting means and why it has this ``value``; ``since`` dates the reading.
    """

    name: str
    note: str
    since: date | None = None
    value: bool


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a vote carries: dated, versioned data with its source [11.4].

    Embedded whole in the manifest of a ballot, so a record needs nothing else to be decided again.
    ``status`` is ``confirmed`` when the text of the source was seen and ``needs-counsel`` otherwise.
    ``in_force`` is false for a rule that is enacted but has no starting date yet. ``tie`` says what an
    equal vote does under a "more than half" test: it fails, it carries, or the setting ``tie-carries``
    says so. ``statements`` are warnings that officers and voters must see with the rule.
    Raises :class:`~quorate.rules.criteria.RuleError` for a rule that contradicts itself.
    """

    citation: str
    effective_from: date | None = None
    effective_to: date | None = None
    expression: Formula
    format: Literal[1] = 1
    id: str
    in_force: bool = True
    jurisdiction: str
    note: str = ""
    settings: tuple[Setting, ...] = ()
    statements: tuple[str, ...] = ()
    status: Literal["confirmed", "needs-counsel"]
    tie: Literal["carries", "fails", "setting"] = "fails"
    title: str
    version: int = 1

    def __post_init__(self) -> None:
        if not _IDENTIFIER.fullmatch(self.id):
            raise RuleError(f"{self.id!r} is not an identifier: lower-case words joined by hyphens")
        if self.version < 1:
            raise RuleError(f"rule {self.id}: versions count from 1")
        if not self.citation or not self.title or not self.jurisdiction:
            raise RuleError(f"rule {self.id}: title, jurisdiction and citation are required")
        if self.effective_from and self.effective_to and self.effective_to < self.effective_from:
            raise RuleError(f"rule {self.id} ends before it begins")
        check_size(self.expression)
        names = [setting.name for setting in self.settings]
        used = {leaf.name for leaf in leaves(self.expression) if isinstance(leaf, SettingIs)}
        if self.tie == "setting":
            used.add(TIE_SETTING)
        if names != sorted(used):
            raise RuleError(f"rule {self.id}: its settings and those that its formula names are not the same")

    def setting(self, name: str) -> bool:
        """The value of a setting."""
        return next(setting.value for setting in self.settings if setting.name == name)

    @property
    def tie_carries(self) -> bool:
        """Does an equal vote carry?"""
        return self.setting(TIE_SETTING) if self.tie == "setting" else self.tie == "carries"

    @property
    def formula(self) -> Formula:
        """The expression as the settings leave it: branches that a setting rules out are gone [12.1]."""
        match self.expression:
            case UnlessRejected(rejection=rejection):
                return UnlessRejected(rejection=resolved(rejection, self.setting))
            case Choice() | Unavailable():
                return self.expression
            case expression:
                return resolved(expression, self.setting)

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Every share that the formula names, once each, from left to right."""
        found = (leaf for leaf in leaves(self.formula) if isinstance(leaf, Threshold))
        return tuple(dict.fromkeys(found))

    def in_force_on(self, day: date) -> bool:
        """Does the rule apply to a ballot that opens on this day?"""
        return (
            self.in_force
            and (self.effective_from is None or self.effective_from <= day)
            and (self.effective_to is None or day <= self.effective_to)
        )

    def configured(self, values: Mapping[str, bool]) -> Rule:
        """The same rule with these settings. Raises ``RuleError`` for a setting it does not have."""
        names = [setting.name for setting in self.settings]
        for name in values:
            if name not in names:
                has = ", ".join(names) or "none"
                raise RuleError(f"rule {self.id} has no setting {name!r}; its settings: {has}")
        replace = msgspec.structs.replace
        changed = [replace(one, value=values.get(one.name, one.value)) for one in self.settings]
        return replace(self, settings=tuple(changed))


def encode_rule(rule: Rule) -> bytes:
    """The one canonical JSON form (RFC 8785) of a rule."""
    return msgspec.json.encode(rule)


def decode_rule(data: bytes) -> Rule:
    """A rule from its canonical JSON and from nothing else. Raises ``RuleError``."""
    try:
        rule = msgspec.json.decode(data, type=Rule)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise RuleError(f"not a rule: {error}") from error
    if encode_rule(rule) != data:
        raise RuleError("not the canonical form of a rule: spaces, order, duplicate or missing fields")
    return rule
