"""Minutes as vectors: true ones, and false ones that two officers signed all the same.

To write them again: ``PYTHONPATH=tests python -m support.write_minutes``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from quorate.record.canonical import encode
from quorate.record.minutes import Minutes
from quorate.rules import decide, preset
from quorate.verify.minutes import counted
from support.meetings import HANDS, drafted, signed, stage_of_minutes

PATH = Path(__file__).parents[2] / "vectors" / "minutes.json"
PROVENANCE = (
    "Made by tests/support/write_minutes.py from the meetings of tests/support/meetings.py; officers sign"
    " with Ed25519 seeds of 32 times the character 1, and 32 times 2."
)


def _true(name: str, minutes: Minutes) -> dict[str, Any]:
    named = stage_of_minutes(minutes)
    expected = {"certificate": named.certificate.hex(), "phi": named.phi.hex()}
    return {"name": name, "input": encode(minutes).decode(), "expected": expected}


def _false(name: str, why: str, minutes: Minutes) -> dict[str, Any]:
    return {"name": name, "input": encode(minutes).decode(), "failure": why}


def cases() -> list[dict[str, Any]]:
    """Each with the canonical minutes, and the fingerprints or the check that must fire."""
    roll, hands = signed(drafted()), signed(drafted(HANDS))
    other = decide(preset("us-il-art34-strike"), counted(roll))
    changed = (hands.hands or HANDS)[1]
    return [
        _true("roll call", roll),
        _true("show of hands", hands),
        _false("one more present", "M1: all but the absent are present", signed(replace(roll, present=6))),
        _false(
            "tellers who differ",
            "M1: two tellers have the same counts",
            signed(replace(hands, hands=(HANDS[0], replace(changed, no=3)))),
        ),
        _false(
            "another verdict", "M2: the verdict is that of the rule", signed(replace(roll, decision=other))
        ),
        _false("one signature", "M3: two officers sign", replace(roll, signatures=roll.signatures[:1])),
        _false("changed later", "M3: signatures are over these minutes", replace(roll, title="Another")),
    ]


def document() -> str:
    """The file."""
    made = {
        "format": "quorate-vectors/1",
        "topic": "minutes",
        "provenance": PROVENANCE,
        "clause": ["13.7", "13.8", "13.9"],
        "cases": cases(),
    }
    return json.dumps(made, indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(document(), encoding="utf-8")
