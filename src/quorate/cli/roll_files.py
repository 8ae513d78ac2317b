"""Roll files at the command line: read them, show what is wrong with them, take the voters from them."""

from __future__ import annotations

import secrets
from enum import StrEnum
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from quorate.cli.errors import CommandError
from quorate.election.registrar import Eligible
from quorate.roll import FaultyRoll, FrozenRoll, Problem, Roll, freeze, parse_frozen, read_roll
from quorate.roll.frozen import SALT_BYTES
from quorate.roll.problems import problems_csv
from quorate.text import _, ngettext, number

_SHOWN_PROBLEMS: Final = 40


class Encoding(StrEnum):
    """Encodings of a roll file that can be named."""

    AUTO = "auto"
    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    CP1252 = "cp1252"


class Units(StrEnum):
    """The column of the roll by which votes are counted in groups."""

    NONE = "none"
    UNIT = "unit"
    CATEGORY = "category"


def read(path: Path, encoding: Encoding, problems: Path | None) -> Roll:
    """The checked roll; CommandError after its problems were shown, and written to `problems` if given."""
    try:
        return read_roll(path.read_bytes(), encoding.value)
    except FaultyRoll as faulty:
        _show(path, faulty, problems)
        message = _("{faulty} Nothing was made; correct the roll and run the command again.")
        raise CommandError(message.format(faulty=faulty), 1) from None


def frozen(path: Path, encoding: Encoding, problems: Path | None) -> FrozenRoll:
    """A frozen roll as it is, or a CSV roll frozen now."""
    if path.read_bytes().startswith(b"{"):
        return parse_frozen(path.read_bytes())
    roll = read(path, encoding, problems)
    report(roll)
    return freeze(roll.members, secrets.token_bytes(SALT_BYTES))


def voters_of(roll: FrozenRoll, units: Units) -> tuple[list[str], list[Eligible]]:
    """The names of the units in index order, and the voters with their unit's index.

    CommandError when votes are counted by a column that some voters have empty.
    """
    if units is Units.NONE:
        return [], [Eligible(voter.member_number, voter.name) for voter in roll.voters]
    named = [(voter, voter.unit if units is Units.UNIT else voter.category) for voter in roll.voters]
    missing = [voter.member_number for voter, unit in named if not unit]
    if missing:
        message = ngettext(
            "{count} member has no {column} on the roll: number {first}. Fill it in.",
            "{count} members have no {column} on the roll, the first is number {first}. Fill them in.",
            len(missing),
        )
        raise CommandError(
            message.format(count=number(len(missing)), column=units.value, first=missing[0]), 1
        )
    names = sorted({unit for _voter, unit in named})
    index = {name: place for place, name in enumerate(names)}
    return names, [Eligible(voter.member_number, voter.name, index[unit]) for voter, unit in named]


def report(roll: Roll) -> None:
    """Say how the roll was read, and what is worth a second look."""
    console = Console(stderr=True)
    between = {",": _("commas"), ";": _("semicolons"), "\t": _("tabs")}[roll.delimiter]
    line = _("{count} members, read as {encoding} with {delimiter} between the cells.")
    count = number(len(roll.members))
    console.print(Text(line.format(count=count, encoding=roll.encoding.upper(), delimiter=between)))
    if roll.ignored:
        console.print(Text(_("Columns not used: {names}.").format(names=", ".join(roll.ignored))))
    for note in roll.notes[:_SHOWN_PROBLEMS]:
        line = _("Row {row}, {value}: {what} {fix}")
        console.print(Text(line.format(row=note.row, value=note.value, what=note.what, fix=note.fix)))
    if len(roll.notes) > _SHOWN_PROBLEMS:
        more = number(len(roll.notes) - _SHOWN_PROBLEMS)
        console.print(Text(_("And {more} more such rows.").format(more=more)))


def _show(path: Path, faulty: FaultyRoll, out: Path | None) -> None:
    console = Console(stderr=True)
    table = Table(title=Text(str(path)), title_justify="left")
    for heading in (_("Row"), _("Column"), _("Value"), _("Problem"), _("What to do")):
        table.add_column(heading, overflow="fold")
    for problem in faulty.problems[:_SHOWN_PROBLEMS]:
        table.add_row(*map(Text, _cells(problem)))
    console.print(table)
    more = len(faulty.problems) - _SHOWN_PROBLEMS
    if out is not None:
        out.write_bytes(problems_csv(faulty.problems))
        console.print(Text(_("All problems are in {path}.").format(path=out)))
    elif more > 0:
        line = ngettext(
            "{count} more problem is not shown; --problems FILE writes all.",
            "{count} more problems are not shown; --problems FILE writes all.",
            more,
        )
        console.print(Text(line.format(count=number(more))))


def _cells(problem: Problem) -> tuple[str, str, str, str, str]:
    return str(problem.row or ""), problem.column, problem.value, problem.what, problem.fix
