"""The bar of a running ballot: how many voted, never how, and only those lines that turnout can reach."""

from __future__ import annotations

from collections.abc import Iterable

from quorate.report.bars import Bar, Mark, Segment
from quorate.rules import Rule, plan
from quorate.rules.words import share, together
from quorate.text import _, number


def turnout_bar(cast: int, eligible: int, rules: Iterable[Rule], *, over: bool) -> Bar | None:
    """Ballots cast of all members; None where nobody may vote. ``over``: voting has ended.

    A line stands at what a rule needs of turnout alone. What it needs of yes votes is no line here: how the
    ballots were voted is not known. The words of the picture hold no figure, as it changes while it is looked
    at; the figures stand under it.
    """
    if not eligible:
        return None
    rest = _("Did not vote") if over else _("Votes still possible")
    return Bar(
        alt=_("Bar of all members: ballots cast, and the rest. The figures stand below."),
        brackets=(),
        marks=tuple(sorted(_marks(cast, eligible, rules), key=lambda mark: mark.at)),
        scale=eligible,
        segments=(
            Segment(cast, _("Ballots cast; nobody knows how"), "other", number(cast)),
            Segment(eligible - cast, rest, "none", number(eligible - cast)),
        ),
        title="",
    )


def _marks(cast: int, eligible: int, rules: Iterable[Rule]) -> set[Mark]:
    label = _("needed: {n} ballots ({share} of {base})")
    return {
        Mark(
            test.needed,
            label.format(n=number(test.needed), share=share(test.test), base=together(test.test.of)),
            cast >= test.needed,
        )
        for rule in rules
        for test in plan(rule, eligible).tests
        if test.test.numerator == ("cast",) and test.needed is not None
    }
