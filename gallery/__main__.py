"""``python -m gallery [--review DIR]``"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, sync_playwright

from gallery import ROOT
from gallery.site import site

SHOWN: Final = ROOT / "docs" / "screenshots"
CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")
PIECE: Final = 1600
MOST_BYTES: Final = 2_000_000


@dataclass(frozen=True)
class Shot:
    """A picture: which page, how wide and high, light or dark."""

    name: str
    page: str
    width: int
    height: int
    dark: bool = False


SHOTS: Final = (
    Shot("result", "carried", 1280, 1180),
    Shot("result-phone", "not-carried", 375, 900),
    Shot("result-dark", "two-questions", 1280, 1180, dark=True),
    Shot("open-phone", "open", 375, 900),
    Shot("organisation", "organisation", 1280, 900),
    Shot("board", "small/board", 1280, 1180),
)
"""Those that are kept in docs/screenshots."""


def main() -> None:
    """Shoot, and say where the pictures are."""
    parser = argparse.ArgumentParser(prog="python -m gallery", description=__doc__)
    parser.add_argument("--review", type=Path, metavar="DIR", help="every page and state, into this folder")
    parser.add_argument("--only", default="", metavar="NAME", help="with --review: these pages")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="quorate-gallery-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # the database's account passes through
        with site(Path(folder)) as (url, pages), _browser() as browser:
            pages |= {
                f"{name}/{part}": f"{pages[name]}{part}/"
                for name in ("announced", "open", "small", "carried")
                for part in ("board", "verify")
            }
            if given.review:
                _review(browser, url, {n: p for n, p in pages.items() if given.only in n}, given.review)
                return
            SHOWN.mkdir(exist_ok=True)
            for shot in SHOTS:
                with _page(browser, url, shot.width, shot.height, dark=shot.dark) as page:
                    page.goto(pages[shot.page])
                    page.wait_for_timeout(300)
                    page.screenshot(path=SHOWN / f"{shot.name}.png")
    taken = sum(path.stat().st_size for path in SHOWN.glob("*.png"))
    if taken > MOST_BYTES:
        raise SystemExit(f"The pictures take {taken} bytes; {MOST_BYTES} is the most.")
    print(f"{len(SHOTS)} pictures in {SHOWN.relative_to(ROOT)}, {taken} bytes")


def _review(browser: Browser, url: str, pages: dict[str, str], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, path in pages.items():
        for width in (320, 375, 1280):
            for dark in (False, True):
                with _page(browser, url, width, 800, dark=dark) as page:
                    page.goto(path)
                    page.wait_for_timeout(200)
                    base = f"{name.replace('/', '-')}-{width}-{'dark' if dark else 'light'}"
                    _pieces(page, folder / base)
                    if width == 1280 and not dark:
                        _grey(page, folder / f"{base}-grey.png")
                        page.emulate_media(media="print")
                        page.screenshot(path=folder / f"{base}-print.png", full_page=True)


def _pieces(page: Page, base: Path) -> None:
    """The whole page, in pieces that can be looked at."""
    width, height = page.evaluate("[innerWidth, document.documentElement.scrollHeight]")
    for number, top in enumerate(range(0, height, PIECE), start=1):
        clip = {"x": 0, "y": top, "width": width, "height": min(PIECE, height - top)}
        page.screenshot(path=f"{base}-{number}.png", full_page=True, clip=clip)  # type: ignore[arg-type]  # a rectangle


def _grey(page: Page, path: Path) -> None:
    """As somebody sees it who sees no colour."""
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "achromatopsia"})
    page.screenshot(path=path)
    session.send("Emulation.setEmulatedVisionDeficiency", {"type": "none"})


@contextmanager
def _browser() -> Iterator[Browser]:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None:
        raise SystemExit("There is no Chromium: sh .ci/prerequisites says how to install it.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def _page(browser: Browser, url: str, width: int, height: int, *, dark: bool) -> Iterator[Page]:
    context = browser.new_context(
        base_url=url,
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


if __name__ == "__main__":
    main()
