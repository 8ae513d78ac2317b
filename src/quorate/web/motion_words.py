"""How pages say where a motion stands, and where its stages do: for officers and for everybody."""

from __future__ import annotations

from dataclasses import dataclass

from quorate.apps.motions.selectors import Standing
from quorate.lifecycle.motion_state import Motion, Stage
from quorate.lifecycle.pipeline import Quorum, method_words
from quorate.rules import preset
from quorate.text import _, number


@dataclass(frozen=True, slots=True)
class Chip:
    """A state: the kind of its sign, and the word."""

    kind: str
    word: str


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage as a line of a list."""

    number: int
    stage: Stage
    chip: Chip
    method: str
    rule: str
    ballot: str
    """The name of its ballot in addresses, where there is one."""
    minutes: int | None
    """The number of its published minutes, where it was decided in a meeting."""
    quorum: str
    """How many must be present, where it asks for that."""


def state_chip(motion: Motion) -> Chip:
    """A motion's state in a word. Carried and not carried look alike: a colour would argue."""
    return {
        "proposed": Chip("waiting", _("Waits for a seconder")),
        "ready": Chip("waiting", _("Waits for its next step")),
        "referred": Chip("waiting", _("Referred")),
        "voting": Chip("open", _("Being voted on")),
        "carried": Chip("", _("Carried")),
        "not carried": Chip("", _("Not carried")),
        "withdrawn": Chip("", _("Withdrawn")),
    }[motion.state]


def stage_rows(standing: Standing) -> list[StageRow]:
    """The stages in order."""
    words = {
        "waiting": Chip("waiting", _("Waiting")),
        "open": Chip("open", _("Open")),
        "undecided": Chip("warn", _("Undecided")),
        "carried": Chip("", _("Carried")),
        "not carried": Chip("", _("Not carried")),
    }
    return [
        StageRow(
            number=number,
            stage=stage,
            chip=words[stage.state],
            method=method_words(stage.plan.method),
            rule=preset(stage.plan.rule).title,
            ballot=(stage.ballot or "") if stage.plan.method == "secret" else "",
            minutes=standing.minutes.get(stage.ballot or ""),
            quorum=_quorum(stage.plan.quorum),
        )
        for number, stage in enumerate(standing.motion.stages)
    ]


def _quorum(quorum: Quorum | None) -> str:
    """``more than half must be present``; the form of a motion offers these two kinds only."""
    if quorum is None:
        return ""
    if quorum.members is not None:
        return _("at least {n} must be present").format(n=number(quorum.members))
    part, whole = quorum.share or (1, 1)
    if (part, whole, quorum.relation) == (1, 2, "more_than"):
        return _("more than half must be present")
    return _("{part}/{whole} must be present").format(part=part, whole=whole)
