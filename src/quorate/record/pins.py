"""What a verifier knows from elsewhere: the pins that tie a record to the ballot it claims to be [08.33],
[11.15]
(check V3).
"""

from __future__ import annotations

from quorate.board.checkpoint import WitnessPolicy
from quorate.record.canonical import Bytes32, Line, Reader, Struct


class Pins(Struct, frozen=True):
    """phi, the log key and the witness policy, as a paper notice or a trusted directory gives them."""

    log_key: Line
    organisation_key: Line | None
    origin: Line
    phi: Bytes32
    witnesses: WitnessPolicy


_reader = Reader(Pins)


def read_pins(data: bytes, where: str) -> Pins:
    """Parse a pins file (canonical JSON and one LF); RecordError names `where`."""
    return _reader.read(data.removesuffix(b"\n"), where)
