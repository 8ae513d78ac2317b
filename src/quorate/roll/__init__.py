"""Roll files: read, check, freeze, fingerprint. Pure: bytes in, values or named problems out."""

from __future__ import annotations

from quorate.roll.check import Member, Roll, check_table, check_value, read_roll
from quorate.roll.columns import FIELDS, Columns, Field, chosen_columns, find_columns, recognised
from quorate.roll.frozen import FrozenRoll, FrozenRollError, Voter, freeze, parse_frozen
from quorate.roll.problems import FaultyRoll, Problem, problems_csv
from quorate.roll.signs import TextFault, tidy
from quorate.roll.table import Encoding, Row, Table, read_csv

__all__ = [
    "FIELDS",
    "Columns",
    "Encoding",
    "FaultyRoll",
    "Field",
    "FrozenRoll",
    "FrozenRollError",
    "Member",
    "Problem",
    "Roll",
    "Row",
    "Table",
    "TextFault",
    "Voter",
    "check_table",
    "check_value",
    "chosen_columns",
    "find_columns",
    "freeze",
    "parse_frozen",
    "problems_csv",
    "read_csv",
    "read_roll",
    "recognised",
    "tidy",
]
