"""Scenarios: published votes as data, replayed by ``quorate demo``. Adding one is adding a file."""

from __future__ import annotations

from importlib import resources
from typing import Literal

import msgspec

from quorate.rules import Rule, preset
from quorate.text import _


class ScenarioError(ValueError):
    """A scenario does not exist or contradicts itself."""


class BlankAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a ballot that says neither yes nor no is counted as, and how it is labelled."""

    kind: Literal["abstain", "blank"]
    label: str


class Figures(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The published integer counts; `blank` is what is cast beside yes and no."""

    eligible: int
    yes: int
    no: int
    blank: int = 0

    @property
    def cast(self) -> int:
        """All ballots cast."""
        return self.yes + self.no + self.blank


class StageData(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ballot of a scenario. `also` names rules whose verdict is told for comparison."""

    id: str
    body: str
    title: str
    question: str
    yes: str
    no: str
    blank: BlankAnswer | None
    rule: str
    figures: Figures
    opens: str
    closes: str
    derived: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A published vote, in one stage or several; each stage opens only if the one before carried."""

    id: str
    title: str
    story: tuple[str, ...]
    organisation: str
    source: str
    zone: str
    stages: tuple[StageData, ...]

    def rule(self, stage: StageData) -> Rule:
        """The preset that decides a stage."""
        return preset(stage.rule)


def names() -> list[str]:
    """The ids of all scenarios, the default first."""
    found = sorted(
        entry.name.removesuffix(".json")
        for entry in resources.files("quorate.cli").joinpath("scenarios").iterdir()
        if entry.name.endswith(".json")
    )
    return sorted(found, key=lambda name: name != "strike-2015")


def load(name: str) -> Scenario:
    """A scenario by id; ScenarioError lists what there is."""
    if name not in names():
        known = ", ".join(names())
        raise ScenarioError(
            _("There is no scenario {name}; there are: {known}.").format(name=name, known=known)
        )
    data = resources.files("quorate.cli").joinpath("scenarios", f"{name}.json").read_bytes()
    try:
        scenario = msgspec.json.decode(data, type=Scenario)
    except msgspec.DecodeError as error:
        raise ScenarioError(
            _("The scenario {name} is damaged: {error}").format(name=name, error=error)
        ) from None
    for stage in scenario.stages:
        if stage.figures.cast > stage.figures.eligible or (stage.figures.blank and stage.blank is None):
            raise ScenarioError(_("The figures of {name} are impossible.").format(name=stage.id))
    return scenario


def scale(figures: Figures, voters: int, largest: int) -> Figures:
    """The figures in proportion `voters` to `largest`, by largest remainder, so that they still add up.

    `largest` is the number of eligible voters of the largest stage, which gets exactly `voters`.
    """
    eligible = max(1, (figures.eligible * voters + largest // 2) // largest)
    parts = (figures.yes, figures.no, figures.blank, figures.eligible - figures.cast)
    shares = [divmod(part * eligible, figures.eligible) for part in parts]
    counts = [whole for whole, _rest in shares]
    order = sorted(range(4), key=lambda i: (-shares[i][1], i))
    for i in order[: eligible - sum(counts)]:
        counts[i] += 1
    return Figures(eligible, *counts[:3])
