"""Taking over a member list: read, looked at, corrected in its columns, and only then put on the register.

`hand_in` keeps the rows aside, `look` says what is wrong or what taking them over would do, `take_over` does
it. While there is one problem nothing can be taken over.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import msgspec
from django.db import transaction
from django.utils import timezone

from quorate.apps.organisation.errors import ChangedMeanwhile, OrganisationError, UnknownOrganisation
from quorate.apps.organisation.events import log
from quorate.apps.organisation.import_plan import Plan, carry_out, plan_import
from quorate.apps.organisation.models import Account, Body, Organisation, RollImport
from quorate.roll import (
    FIELDS,
    Encoding,
    FaultyRoll,
    Field,
    Member,
    Problem,
    Row,
    Table,
    check_table,
    find_columns,
    read_csv,
    recognised,
)
from quorate.roll.xlsx import is_workbook, read_xlsx
from quorate.text import _

KEPT_FOR: Final = timedelta(hours=24)
"""How long a list that was handed in and not taken over is kept."""
SHOWN_ROWS: Final = 8
_DAMAGED: Final = re.compile("[\ud800-\udfff]")


class _Stored(msgspec.Struct, array_like=True):
    rows: list[tuple[int, list[str]]]
    problems: list[tuple[int, str, str, str, str, str]]
    delimiter: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Look:
    """What a list that was handed in looks like; `plan` is None while there is a problem."""

    headings: Sequence[str]
    places: Mapping[Field, int]
    sample: Sequence[Sequence[str]]
    count: int
    problems: Sequence[Problem]
    notes: Sequence[Problem]
    ignored: Sequence[str]
    encoding: str
    plan: Plan | None


@transaction.atomic
def hand_in(
    *, body: Body, by: Account, name: str, data: bytes, as_of: date, whole: bool, encoding: Encoding = "auto"
) -> RollImport:
    """Read a member list (CSV, pasted cells, or an Excel workbook) and keep its rows aside.

    `as_of` is the day that it describes; `whole` says that it lists the whole body. FaultyRoll when the file
    itself cannot be read; faults of rows are for `look`.
    """
    table = read_xlsx(data) if is_workbook(data) else read_csv(data, recognised, encoding)
    stored = _Stored(
        [(row.number, [_whole_text(cell) for cell in row.cells]) for row in table.rows],
        [_as_tuple(problem) for problem in table.problems],
        table.delimiter,
        table.encoding,
    )
    RollImport.objects.filter(created__lt=timezone.now() - KEPT_FOR).delete()
    return RollImport.objects.create(
        token=secrets.token_hex(16),
        body=body,
        by=by,
        name=name[:200],
        rows=msgspec.json.encode(stored),
        as_of=as_of,
        whole=whole,
    )


def handed_in(organisation: Organisation, token: str, by: Account) -> RollImport:
    """A list that this officer handed in; UnknownOrganisation when there is none, or no more."""
    found = (
        RollImport.objects.filter(body__organisation=organisation, token=token, by=by)
        .select_related("body__organisation")
        .first()
    )
    if found is None:
        raise UnknownOrganisation(_("This member list is no longer kept here: hand it in again."))
    return found


def choose_columns(*, handed: RollImport, places: Mapping[Field, int]) -> None:
    """Say which column holds which field, from 0; fields that are not named are not in the list."""
    handed.columns = {field: place for field, place in places.items() if field in FIELDS}
    handed.save(update_fields=["columns"])


def look(handed: RollImport) -> Look:
    """What is in the list, each problem by row, and without problems what taking it over would do."""
    table, places, members, problems, notes, ignored = _checked(handed)
    plan = None
    if not problems:
        rows = list(zip((row.number for row in table.rows[1:]), members, strict=True))
        plan, problems = plan_import(handed.body, rows, places, handed.as_of, whole=handed.whole)
    return Look(
        headings=[cell.strip() for cell in table.rows[0].cells] if table.rows else [],
        places=places,
        sample=[row.cells for row in table.rows[1 : SHOWN_ROWS + 1]],
        count=max(0, len(table.rows) - 1),
        problems=problems,
        notes=notes,
        ignored=ignored,
        encoding=table.encoding,
        plan=None if problems else plan,
    )


@transaction.atomic
def take_over(*, handed: RollImport, confirmed: Mapping[str, int], by: Account) -> Plan:
    """Put the list on the register, wholly. `confirmed` are the counts that the officer saw.

    ChangedMeanwhile when it would do something else by now; OrganisationError when it has problems.
    """
    body = Body.objects.select_for_update().get(pk=handed.body_id)
    table, places, members, problems, _notes, _ignored = _checked(handed)
    plan = None
    if not problems:
        rows = list(zip((row.number for row in table.rows[1:]), members, strict=True))
        plan, problems = plan_import(body, rows, places, handed.as_of, whole=handed.whole)
    if problems or plan is None:
        raise OrganisationError(_("The list has problems. Nothing was taken over."))
    if plan.counts() != dict(confirmed):
        raise ChangedMeanwhile(
            _("The register was changed since you looked. Nothing was taken over: look at the numbers again.")
        )
    carry_out(plan, body)
    handed.delete()
    log(body.organisation, by, "member list taken over", body=body.name, file=handed.name, **plan.counts())
    return plan


def discard(*, handed: RollImport) -> None:
    """Forget a list that was handed in."""
    handed.delete()


Checked = tuple[
    Table, Mapping[Field, int], Sequence[Member], Sequence[Problem], Sequence[Problem], Sequence[str]
]


def _checked(handed: RollImport) -> Checked:
    stored = msgspec.json.decode(bytes(handed.rows), type=_Stored)
    table = Table(
        [Row(number, cells) for number, cells in stored.rows],
        tuple(Problem(*problem) for problem in stored.problems),
        stored.delimiter,
        stored.encoding,
    )
    chosen: dict[Field, int] | None = handed.columns
    head = table.rows[0] if table.rows else Row(1, [])
    places = chosen if chosen is not None else find_columns(head.number, head.cells)[0].places
    try:
        roll = check_table(table, chosen)
    except FaultyRoll as faulty:
        return table, places, (), faulty.problems, (), ()
    return table, places, roll.members, (), roll.notes, roll.ignored


def _as_tuple(problem: Problem) -> tuple[int, str, str, str, str, str]:
    return problem.row, problem.column, problem.value, problem.kind, problem.what, problem.fix


def _whole_text(cell: str) -> str:
    """The cell with damaged bytes as U+FFFD, which the check names like them."""
    return cell if cell.isascii() else _DAMAGED.sub("\ufffd", cell)
