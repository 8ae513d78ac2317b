"""The certificate in a terminal: the lines of the text report with weight and colour, no other facts.

Colour only repeats what patterns and words say. For comparison it can also tell what the same figures would
come to under other rules, which no certificate does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rich.console import Group
from rich.text import Text

from quorate.report.lines import Line, Style, paragraph, table
from quorate.report.sheet import Sheet
from quorate.report.text import report_lines
from quorate.rules import Rule, outcome_words, what_if
from quorate.text import _, language

_STYLES: Final[dict[Style, str]] = {
    "plain": "",
    "faint": "dim",
    "name": "bold",
    "heading": "bold",
    "verdict": "bold",
    "strong": "bold",
    "bar": "",
}
_COLOURS: Final = {"█+": "cyan", "//+|(?<=[█│])/": "yellow"}
"""Of a bar's slices, yes and no."""


def rich_report(sheet: Sheet, other_rules: Iterable[Rule] = ()) -> Group:
    """What Rich prints; its console needs 80 columns. ``other_rules`` are those to compare with."""
    rules = tuple(other_rules)
    lines = [*report_lines(sheet), *(_under_other_rules(sheet, rules) if rules else ())]
    return Group(*(_drawn(line) for line in lines))


def _drawn(line: Line) -> Text:
    text = Text(line.text, style=_STYLES[line.style], no_wrap=True, overflow="ignore")
    if line.style == "bar":
        for slices, colour in _COLOURS.items():
            text.highlight_regex(slices, colour)
    return text


def _under_other_rules(sheet: Sheet, rules: tuple[Rule, ...]) -> Iterator[Line]:
    with language(sheet.language):
        for question in sheet.certificate.questions:
            if question.decision is None:
                continue
            yield Line("")
            yield Line(_("The same figures under other rules").upper(), "heading")
            yield from paragraph(_("For comparison only: the rule above decides."), 2, "faint")
            decisions = what_if(question.decision.counts, rules)
            yield from table(
                [
                    ((rule.title, outcome_words(decision.outcome)), "plain")
                    for rule, decision in zip(rules, decisions, strict=True)
                ],
                texts=2,
            )
