"""The rules that ship with Quorate: one dated, versioned file each under ``presets/``.

A file is never changed once released: a new reading of a law is a new version in a new file, so that an
old ballot can be compared with the preset it cited.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib import resources

import msgspec

from quorate.rules.rule import Rule


class UnknownRule(LookupError):
    """No preset has this id; ``near`` are ids that look like it."""

    def __init__(self, rule_id: str, near: tuple[str, ...]) -> None:
        super().__init__(f"no rule {rule_id!r}")
        self.rule_id = rule_id
        self.near = near


@cache
def _shelf() -> dict[tuple[str, int], Rule]:
    folder = resources.files("quorate.rules").joinpath("presets")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".json")), key=lambda one: one.name)
    rules = [msgspec.json.decode(one.read_bytes(), type=Rule) for one in files]
    return {(rule.id, rule.version): rule for rule in rules}


def all_presets() -> tuple[Rule, ...]:
    """Every version of every preset, by id and version."""
    return tuple(rule for _key, rule in sorted(_shelf().items()))


def presets() -> tuple[Rule, ...]:
    """The newest version of every preset, by id."""
    return tuple({rule.id: rule for rule in all_presets()}.values())


def preset(rule_id: str, version: int | None = None) -> Rule:
    """A preset by its id, the newest version unless one is named. Raises :class:`UnknownRule`."""
    found = [rule for rule in all_presets() if rule.id == rule_id and version in (None, rule.version)]
    if not found:
        ids = [rule.id for rule in presets()]
        parts = [one for one in ids if rule_id and (rule_id.lower() in one or one in rule_id.lower())]
        near = dict.fromkeys([*get_close_matches(rule_id.lower(), ids), *parts])
        raise UnknownRule(rule_id, tuple(near)[:5])
    return found[-1]


def differs_from_preset(rule: Rule) -> bool:
    """Does the rule carry the id and version of a preset without being it (settings apart)?

    A verifier says so: a rule that cites a statute but counts otherwise must not pass for the statute's.
    """
    shipped = _shelf().get((rule.id, rule.version))
    if shipped is None:
        return False
    if [one.name for one in rule.settings] != [one.name for one in shipped.settings]:
        return True
    return shipped.configured({one.name: one.value for one in rule.settings}) != rule
