"""Pictures of the site, made from the running site: ``make screenshots``.

``python -m gallery`` writes the few that the documentation shows into ``docs/screenshots``;
``python -m gallery --review DIR`` shoots every page and state at 320, 375 and 1280 px, light and dark, in
grey and on paper, for the review that ``docs/screens.md`` describes.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))  # support: small ballots made with the real parts
