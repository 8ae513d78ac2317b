"""What is wrong with a roll file, said so that the person who keeps the file can put it right."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from quorate.text import ngettext

_LONGEST_VALUE = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of a roll file.

    `row` counts as a spreadsheet does, the first row being 1; it is 0 for the file as a whole. `column` is
    the heading as the file writes it, empty where no one column is meant. `value` is what stands there,
    made safe to show. `kind` is a stable name of the fault for programs, `what` and `fix` are for people.
    """

    row: int
    column: str
    value: str
    kind: str
    what: str
    fix: str


class FaultyRoll(Exception):
    """A roll file with faults: nothing was read from it. `problems` holds all of them in row order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.row))
        count = len(self.problems)
        super().__init__(
            ngettext("The roll has {n} problem.", "The roll has {n} problems.", count).format(n=count)
        )


def problems_csv(problems: Iterable[Problem]) -> bytes:
    """All problems as a CSV file that spreadsheets open; what the roll says is quoted, so no formula runs."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("row", "column", "value", "problem", "what to do"))
    for problem in problems:
        quoted = (f"“{problem.column}”", f"“{problem.value}”")
        rows.writerow((problem.row or "", *quoted, problem.what, problem.fix))
    return text.getvalue().encode("utf-8-sig")


def shown(value: str) -> str:
    """The value cut to a readable length, invisible signs spelled out as <U+200B>, damaged ones as U+FFFD."""
    return "".join(map(_shown_sign, value[:_LONGEST_VALUE])) + ("..." if len(value) > _LONGEST_VALUE else "")


def _shown_sign(sign: str) -> str:
    if sign.isprintable():
        return sign
    return "\ufffd" if "\ud800" <= sign <= "\udfff" else f"<U+{ord(sign):04X}>"
