"""ristretto255, the only group of Quorate (docs/protocol/01-group.md).

The typed face of the native module: nothing else imports ``quorate._native``. Elements and scalars
come from bytes by canonical decoding alone; nothing here hashes, draws randomness or knows a proof.
"""

from __future__ import annotations

from typing import Final

from quorate._native import (
    Element,
    FixedBase,
    PointDecodeError,
    Points,
    Scalar,
    ScalarDecodeError,
    base_mul,
    compress_many,
)

L: Final = 2**252 + 27742317777372353535851937790883648493
"""The prime order of the group [01.1]; for exact scalar arithmetic on public integers."""

GENERATOR: Final = Element.generator()
"""The one generator G [01.2]."""

__all__ = [
    "GENERATOR",
    "Element",
    "FixedBase",
    "L",
    "PointDecodeError",
    "Points",
    "Scalar",
    "ScalarDecodeError",
    "base_mul",
    "compress_many",
]
