"""From rows to members: every fault of a roll is found and named, and a faulty roll gives no member."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from quorate.roll.columns import FIELDS, Columns, Field, chosen_columns, find_columns, recognised
from quorate.roll.problems import FaultyRoll, Problem, shown
from quorate.roll.signs import TextFault, check_text, tidy
from quorate.roll.table import Encoding, Row, Table, read_csv
from quorate.text import _, ngettext

_LONGEST: Final[dict[Field, int]] = {"member_number": 40, "email": 254, "phone": 40, "address": 400}
_LONGEST_OTHER: Final = 120
_SPREADSHEET_ERROR: Final = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|NULL!|NUM!|DIV/0!|#+)", re.IGNORECASE)
_ROUNDED: Final = re.compile(r"\d+([.,]\d+)?E\+?\d+", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\".]+(\.[^\s@,;<>\".]+)+")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_FORMULA: Final[dict[Field, str]] = {"email": "=@", "phone": "=@", "address": "=@"}
_ROWS_NAMED: Final = 5


class Member(msgspec.Struct, frozen=True, gc=False):
    """One person on the roll, identified by `member_number`; empty where the file has nothing."""

    member_number: str
    name: str
    email: str = ""
    category: str = ""
    unit: str = ""
    phone: str = ""
    address: str = ""
    seat: str = ""
    joined: str = ""
    """A date such as 2026-11-25, like `left`."""
    left: str = ""


class Roll(msgspec.Struct, frozen=True):
    """A roll without faults, in the order of the file.

    `notes` are not faults but worth a look: the same name and address under two member numbers. `ignored`
    are headings that mean nothing here. `encoding` and `delimiter` say how the file was read.
    """

    members: tuple[Member, ...]
    notes: tuple[Problem, ...]
    ignored: tuple[str, ...]
    encoding: str
    delimiter: str


def read_roll(data: bytes, encoding: Encoding = "auto") -> Roll:
    """Read and check the bytes of a CSV roll; FaultyRoll with every problem when there is one."""
    return check_table(read_csv(data, recognised, encoding))


def check_table(table: Table, places: Mapping[Field, int] | None = None) -> Roll:
    """Check rows from any source, the first being the headings; FaultyRoll with every problem.

    `places` says which column holds which field (from 0), for headings that are not recognised.
    """
    if not table.rows:
        raise FaultyRoll([*table.problems, _empty()])
    head, *rows = table.rows
    if places is None:
        columns, problems = find_columns(head.number, head.cells)
    else:
        columns, problems = chosen_columns(head.number, head.cells, places)
    if problems:
        raise FaultyRoll([*problems, *table.problems])
    problems = list(table.problems)
    numbered: list[tuple[int, Member]] = []
    for row in rows:
        if len(row.cells) != len(head.cells):
            problems.append(_wrong_width(row, len(head.cells)))
        else:
            numbered.append((row.number, _member(row, columns, problems)))
    if not rows and not problems:
        problems.append(_empty())
    problems += _duplicates(numbered, columns.heading("member_number"))
    if problems:
        raise FaultyRoll(problems)
    return Roll(
        members=tuple(member for _number, member in numbered),
        notes=tuple(_same_person(numbered)),
        ignored=columns.ignored,
        encoding=table.encoding,
        delimiter=table.delimiter,
    )


def _empty() -> Problem:
    what = _("The file holds no member below the headings.")
    return Problem(0, "", "", "empty", what, _("Choose the file that holds the roll."))


def _wrong_width(row: Row, expected: int) -> Problem:
    what = _("Number of cells: {count}; the headings have {expected}.")
    what = what.format(count=len(row.cells), expected=expected)
    fix = _("Put a text that contains the delimiter in quotation marks, and give every row all cells.")
    return Problem(row.number, "", shown(", ".join(row.cells)), "wrong-width", what, fix)


def _member(row: Row, columns: Columns, problems: list[Problem]) -> Member:
    """The member of one row; faults are added to `problems`."""
    values = dict.fromkeys(FIELDS, "")
    for field, place in columns.places.items():
        cell = row.cells[place]
        if not cell:
            continue
        if field == "address":
            cell = ", ".join(filter(None, map(str.strip, cell.splitlines())))
        values[field] = value = tidy(cell)
        try:
            check_value(field, value)
        except TextFault as fault:
            heading = columns.heading(field)
            problems.append(Problem(row.number, heading, shown(value), fault.kind, str(fault), fault.fix))
    if not values["member_number"]:
        what = _("The member number is empty.")
        fix = _("Fill it in, or delete the row if it is not a member.")
        problems.append(Problem(row.number, columns.heading("member_number"), "", "empty-number", what, fix))
    name = values["name"] or f"{values['given_name']} {values['family_name']}".strip()
    if not name:
        heading = columns.heading("name" if "name" in columns.places else "family_name")
        what = _("The name is empty.")
        problems.append(Problem(row.number, heading, "", "empty-name", what, _("Fill in the name.")))
    if values["joined"] and values["left"] and values["left"] <= values["joined"]:
        what = _("The member left before joining, or on the same day.")
        fix = _("Correct one of the two dates.")
        problems.append(Problem(row.number, columns.heading("left"), values["left"], "left-early", what, fix))
    del values["name"], values["given_name"], values["family_name"]
    return Member(name=name, **values)


def check_value(field: Field, value: str) -> None:
    """TextFault when the (tidied) value cannot stand in that field."""
    check_text(value)
    longest = _LONGEST.get(field, _LONGEST_OTHER)
    if len(value) > longest:
        what = _("It has {count} signs; at most {longest} are allowed.").format(
            count=len(value), longest=longest
        )
        raise TextFault("too-long", what, _("Shorten it, or check that the columns are not shifted."))
    if value[:1] in _FORMULA.get(field, "=@+-") and value:
        what = _("It begins with “{sign}”, which spreadsheets run as a formula.").format(sign=value[0])
        raise TextFault("formula", what, _("Enter the text itself."))
    if value.startswith("#") and _SPREADSHEET_ERROR.fullmatch(value):
        what = _("It is an error value of the spreadsheet, not a text.")
        raise TextFault(
            "spreadsheet-error", what, _("Correct the formula or the column width, and export again.")
        )
    if field == "member_number" and _ROUNDED.fullmatch(value):
        what = _("The spreadsheet turned the number into a rounded one; its last digits are lost.")
        raise TextFault(
            "rounded", what, _("Format the column as text, fill in the numbers again and export.")
        )
    if field == "email" and value and not _EMAIL.fullmatch(value):
        what = _("It is not an e-mail address.")
        raise TextFault("email", what, _("Correct it, or leave the cell empty for a member without e-mail."))
    if field in ("joined", "left") and value and not _is_date(value):
        what = _("It is not a date that can be read in one way only.")
        raise TextFault("date", what, _("Write year, month and day, such as 2026-11-25."))


def _is_date(value: str) -> bool:
    try:
        return bool(_DATE.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False


def _duplicates(numbered: Sequence[tuple[int, Member]], heading: str) -> Iterable[Problem]:
    """A problem for each row whose member number stands in another row too; case makes no difference."""
    rows_of: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, member in numbered:
        if member.member_number:
            rows_of[member.member_number.casefold()].append((row, member.member_number))
    for same in rows_of.values():
        if len(same) == 1:
            continue
        for row, number in same:
            others = [str(other) for other, _number in same if other != row]
            what = ngettext(
                "Row {rows} has the same member number.",
                "Rows {rows} have the same member number.",
                len(others),
            ).format(rows=_listed(others))
            fix = _("Delete one row if it is one person; otherwise give each person a number of their own.")
            yield Problem(row, heading, shown(number), "duplicate-number", what, fix)


def _same_person(numbered: Sequence[tuple[int, Member]]) -> Iterable[Problem]:
    """Notes on one name and one e-mail address under two member numbers: perhaps one person, listed twice."""
    rows_of: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for row, member in numbered:
        if member.email:
            rows_of[member.name.casefold(), member.email.casefold()].append(row)
    for (_name, email), rows in rows_of.items():
        if len(rows) > 1:
            what = _("Same name and e-mail address as row {rows}, under another member number.").format(
                rows=_listed([str(row) for row in rows[:-1]])
            )
            fix = _("Make sure that these are different people: each member number has one vote.")
            yield Problem(rows[-1], "", shown(email), "same-person", what, fix)


def _listed(rows: Sequence[str]) -> str:
    more = len(rows) - _ROWS_NAMED
    named = ", ".join(rows[:_ROWS_NAMED])
    return named if more <= 0 else _("{rows} and {more} more").format(rows=named, more=more)
