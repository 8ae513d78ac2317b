"""The booth in a real browser on a slow device: from "Cast my vote" to the proof that it is on the board.

The browser's own slowing-down would hold back the page's thread only, and the booth seals in another one. So
all processes of the browser share a control group that gets a quarter of a core; the server has the rest.

The booth seals as it shows the review, while people read. The voter here reads nothing.
"""

from __future__ import annotations

import gzip
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, sync_playwright

from bench import ROOT
from bench.casts import serving
from bench.elections import prepare
from bench.figures import Results, Target, at_most
from support.offices import name_of, open_office, running_from

BUNDLE: Final = ROOT / "src" / "quorate" / "web" / "static" / "booth"
QUARTER: Final = 0.25
_PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
_PERIOD: Final = 100_000
_TIMED: Final = """() => new Promise((resolve) => {
  const button = (label) => [...document.querySelectorAll("button")].find((one) => one.textContent === label);
  const started = performance.now();
  let pressed = 0;
  new MutationObserver(() => {
    const now = performance.now(), cast = button("Cast my vote");
    if (!pressed && cast) { pressed = now; cast.click(); }
    if (document.querySelector("h1")?.textContent !== "Your vote is cast.") return;
    resolve([now - started, now - pressed]);
  }).observe(document, { childList: true, subtree: true, characterData: true });
  button("Review").click();
})"""
"""Press Review, and Cast at the instant it is there: milliseconds from each to the confirmation."""


class NoQuota(RuntimeError):
    """This machine lets nobody hold processes back; the message says why."""


@contextmanager
def control_group(cores: float) -> Iterator[Path]:
    """A control group with so much of a core, in either version of the interface, to move processes into.

    Raises NoQuota. The group is removed at the end, when all of its processes have ended.
    """
    if os.geteuid() != 0:
        raise NoQuota("only root can hold processes back by a control group")
    quota, root = int(cores * _PERIOD), Path("/sys/fs/cgroup")
    newer = (root / "cgroup.controllers").exists()
    group = (root if newer else root / "cpu") / f"quorate-bench-{os.getpid()}"
    try:
        if newer:
            (root / "cgroup.subtree_control").write_text("+cpu")
        group.mkdir()
        if newer:
            (group / "cpu.max").write_text(f"{quota} {_PERIOD}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(_PERIOD))
            (group / "cpu.cfs_quota_us").write_text(str(quota))
    except OSError as error:
        if group.is_dir():
            group.rmdir()
        raise NoQuota(f"no control group with a quota can be made: {error.strerror}") from None
    try:
        yield group
    finally:
        group.rmdir()


def descendants(process: int) -> list[int]:
    """The processes below a process, at any depth."""
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                stat = (folder / "stat").read_text()
            except OSError:  # it has ended
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(folder.name))
    found, waiting = list[int](), [process]
    while waiting:
        below = parents.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def measure(results: Results, casts: int) -> None:
    """The size of the bundle; casts without and with the quota."""
    parts = ("booth.js", "booth.css", "index.html")
    size = sum(len(gzip.compress((BUNDLE / name).read_bytes(), mtime=0)) for name in parts)
    results.add(
        "booth_gzip_bytes", "bytes", size, f"the booth: {', '.join(parts)}, each compressed", at_most(120_000)
    )
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if program is None:
        results.skip("booth_cast_ms", "no Chromium is installed")
        return
    with tempfile.TemporaryDirectory(prefix="quorate-booth-") as name:
        Path(name).chmod(0o711)  # the database's account passes through
        _measure(results, Path(name), program, casts)


def _measure(results: Results, folder: Path, program: str, casts: int) -> None:
    (folder / "data" / "boards").mkdir(parents=True)
    election = prepare(folder, 2 * casts)
    election.change = running_from(datetime.now(UTC), timedelta(hours=2))
    open_office(election, folder / "data" / "boards")
    codes = [sent.code for sent in election.issue.deliveries]
    with serving(folder / "data") as port:
        address = f"http://localhost:{port}/b/{name_of(election)}/vote"
        with _browser(program) as browser:
            took = [_cast(browser, f"{address}#{code}") for code in codes[:casts]]
        _add(results, "", took, "server on the same cores", at_most(1_500))
        try:
            with control_group(QUARTER) as group, _browser(program) as browser:
                _confine(group)
                took = [_cast(browser, f"{address}#{code}") for code in codes[casts:]]
        except NoQuota as error:
            results.skip("booth_cast_quarter_core_ms", str(error))
            return
        _add(results, "_quarter_core", took, "all its processes on a quarter of a core", at_most(1_500))


def _add(results: Results, which: str, took: list[tuple[float, float]], how: str, target: Target) -> None:
    what = f"to the confirmation that the board proved; Chromium, {how}"
    results.add(f"booth_cast{which}_ms", "ms", [cast for _review, cast in took], f"from Cast {what}", target)
    said = f"from Review, which seals, with Cast pressed as soon as it is there, {what}"
    results.add(f"booth_review_and_cast{which}_ms", "ms", [review for review, _cast in took], said)


def _confine(group: Path) -> None:
    """Move the browser into the group; the processes that it starts later are born there."""
    confined = [
        process for process in descendants(os.getpid()) if _name(process) in ("chromium", "chrome", "exe")
    ]
    for process in confined:
        (group / "cgroup.procs").write_text(str(process))
    if not confined:
        raise NoQuota("the browser's processes were not found")


def _name(process: int) -> str:
    try:
        return (Path("/proc") / str(process) / "comm").read_text().strip()
    except OSError:  # it has ended
        return ""


@contextmanager
def _browser(program: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def _cast(browser: Browser, link: str) -> tuple[float, float]:
    """One voter with a fresh browser profile; milliseconds from Review and from Cast to the confirmation."""
    context = browser.new_context(viewport={"width": 320, "height": 640}, locale="en-GB")
    try:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(link)
        page.get_by_role("button", name="Start voting", exact=True).click()
        page.get_by_label("Yes, authorise a strike", exact=True).check()
        page.get_by_role("button", name="Review", exact=True).wait_for()
        review, cast = page.evaluate(_TIMED)
        return float(review), float(cast)
    finally:
        context.close()


def main() -> None:
    """`python -m bench.booth`: these figures alone."""
    measure(Results(print), 5)


if __name__ == "__main__":
    main()
