"""What Quorate costs, measured: `make bench`, or `python -m bench --help`.

Every figure has a name, a unit and a sentence that says what was measured; docs/performance.md explains
them and docs/scale.md calculates with them. The ballots are made by the same functions that the tests use.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent

sys.path.insert(0, str(ROOT / "tests"))  # support.ballots
