"""Roll files: read, check, freeze, fingerprint. Pure: bytes in, values or named problems out."""

from __future__ import annotations

from quorate.roll.check import Member, Roll, check_table, read_roll
from quorate.roll.frozen import FrozenRoll, FrozenRollError, Voter, freeze, parse_frozen
from quorate.roll.problems import FaultyRoll, Problem
from quorate.roll.table import Encoding, Row, Table, read_csv

__all__ = [
    "Encoding",
    "FaultyRoll",
    "FrozenRoll",
    "FrozenRollError",
    "Member",
    "Problem",
    "Roll",
    "Row",
    "Table",
    "Voter",
    "check_table",
    "freeze",
    "parse_frozen",
    "read_csv",
    "read_roll",
]
