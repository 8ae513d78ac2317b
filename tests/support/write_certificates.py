"""Writes the texts that test_certificate_texts.py compares with.

Run it as `PYTHONPATH=tests python -m support.write_certificates`.
"""

from __future__ import annotations

from pathlib import Path

from quorate.report.sheet import draw
from quorate.report.text import text_report
from support.certificates import CASES, verified

KEPT = Path(__file__).parents[1] / "scenarios" / "certificates"


def write() -> None:
    """Write every case anew."""
    for name, case in CASES.items():
        (KEPT / f"{name}.txt").write_text(text_report(draw(verified(case))), encoding="utf-8")


if __name__ == "__main__":
    write()
