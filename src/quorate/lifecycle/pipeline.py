"""The way of a motion as data: which bodies decide, one after the other, how and by which rule."""

from __future__ import annotations

from math import gcd
from typing import Annotated, Literal, TypeAlias

import msgspec

from quorate.lifecycle.forms import Form, Name
from quorate.text import _, ngettext, number

Method: TypeAlias = Literal["secret", "recorded", "show-of-hands"]
"""``secret``: the ballot protocol. ``recorded``: a roll call, names published. ``show-of-hands``: counted and
entered by two tellers."""

Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\Z", max_length=100)]


class PipelineError(ValueError):
    """A pipeline that no motion could go through; the message says why."""


class Quorum(Form, frozen=True, kw_only=True):
    """How many must be present before a body may decide: a number, or a share of those entitled.

    ``share`` [1, 2] with ``relation`` ``more_than`` is more than half. Exactly one of ``members`` and
    ``share`` is given; else :class:`PipelineError`.
    """

    members: int | None = None
    relation: Literal["at_least", "more_than"] = "at_least"
    share: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        if (self.members is None) == (self.share is None):
            raise PipelineError(_("A quorum is a number of members or a share of them."))
        if self.members is not None and self.members < 1:
            raise PipelineError(_("A quorum is at least one member."))
        if self.share is not None:
            part, whole = self.share
            if not 1 <= part <= whole or gcd(part, whole) != 1:
                raise PipelineError(
                    _("{part}/{whole} is not a share in lowest terms.").format(part=part, whole=whole)
                )
            if part == whole and self.relation == "more_than":
                raise PipelineError(_("Nobody is more than all."))

    def needed(self, eligible: int) -> int:
        """The least number of members present that is enough."""
        if self.members is not None:
            return self.members
        part, whole = self.share or (1, 1)
        exact, rest = divmod(part * eligible, whole)
        return max(1, exact + (1 if rest or self.relation == "more_than" else 0))


class StagePlan(Form, frozen=True, kw_only=True):
    """One step: ``body`` decides by ``method`` under the rule ``rule``, if ``quorum`` is met.

    ``body`` is the body's short name, ``name`` what people read. All is fixed before the step opens.
    """

    body: Identifier
    method: Method
    name: Name
    quorum: Quorum | None = None
    rule: Identifier


class Pipeline(Form, frozen=True, kw_only=True):
    """The stages of a motion in order, such as delegates, then members.

    A stage opens only when the one before carried on the identical text. ``seconded``: a motion needs a
    seconder before anything else. Raises :class:`PipelineError` without a stage, or where a body decides
    twice.
    """

    seconded: bool = True
    stages: tuple[StagePlan, ...]

    def __post_init__(self) -> None:
        if not self.stages:
            raise PipelineError(_("A pipeline has at least one stage."))
        bodies = [stage.body for stage in self.stages]
        if len(set(bodies)) != len(bodies):
            raise PipelineError(_("A body decides once in a pipeline."))

    def __str__(self) -> str:
        return " -> ".join(stage.body for stage in self.stages)


def method_words(method: Method) -> str:
    """How a body votes, for people."""
    return {
        "secret": _("secret ballot"),
        "recorded": _("roll call; names and votes are published"),
        "show-of-hands": _("show of hands, counted by two tellers"),
    }[method]


def quorum_words(quorum: Quorum, eligible: int) -> str:
    """``At least 311 of 620 must be present.``"""
    needed = quorum.needed(eligible)
    return ngettext(
        "At least {n} of {all} must be present.", "At least {n} of {all} must be present.", needed
    ).format(n=number(needed), all=number(eligible))
