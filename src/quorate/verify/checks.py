"""All checks, in order. Read docs/protocol/10-verification.md beside this list: each V-number has one class.

A check is a class with hooks (`check.Check`); verification (`run.verify`) reads a record once and calls them.
What a check compares against is recomputed in `state` and `derive`, never taken from the record.
"""

from __future__ import annotations

from quorate.verify.check import Check
from quorate.verify.checks_ballots import V9Binding, V10Signature, V11Proofs, V12Chain, V13Distinct, V14Close
from quorate.verify.checks_origin import V1Form, V2Suite, V3Pins, V4Tree, V5Quorum, V6Order
from quorate.verify.checks_people import V7Ceremony, V8Credentials
from quorate.verify.checks_result import (
    V15Aggregates,
    V16Shares,
    V17Result,
    V18Groups,
    V19Reconciliation,
    V20Rule,
    V21Certificate,
    V22Receipts,
)

_ALL: tuple[type[Check], ...] = (
    V1Form,
    V2Suite,
    V3Pins,
    V4Tree,
    V5Quorum,
    V6Order,
    V7Ceremony,
    V8Credentials,
    V9Binding,
    V10Signature,
    V11Proofs,
    V12Chain,
    V13Distinct,
    V14Close,
    V15Aggregates,
    V16Shares,
    V17Result,
    V18Groups,
    V19Reconciliation,
    V20Rule,
    V21Certificate,
    V22Receipts,
)

CHECKS: dict[str, Check] = {check.number: check() for check in _ALL}
"""Every check by its V-number, in order."""
