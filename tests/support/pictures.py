"""Pictures of pages for whoever reviews them: written where QUORATE_PICTURES names a folder, else nothing.

Each page at 320 and 1280 px, light and dark, in the order in which a test asked.
"""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path

from playwright.sync_api import Page

_NUMBERS = count(1)


def take_pictures(page: Page, name: str) -> None:
    """Take them, and leave the page as it was."""
    folder = os.environ.get("QUORATE_PICTURES")
    if not folder:
        return
    Path(folder).mkdir(parents=True, exist_ok=True)
    number, before = next(_NUMBERS), page.viewport_size
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            path = Path(folder) / f"{number:02}-{name}-{width}-{scheme}.png"
            page.screenshot(path=path, full_page=True)
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    if before is not None:
        page.set_viewport_size(before)
