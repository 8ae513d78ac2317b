"""Named figures: medians over repetitions, the machine they were measured on, and how they are shown."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final

from bench import ROOT

FORMAT: Final = "quorate-bench/1"
_PACKAGES: Final = ("quorate", "cryptography", "msgspec")


@dataclass(frozen=True)
class Target:
    """A bound that a figure is meant to keep."""

    kind: str
    """`at least` or `at most`."""
    bound: float

    def met(self, value: float) -> bool:
        """Whether a value keeps the bound."""
        return value >= self.bound if self.kind == "at least" else value <= self.bound


@dataclass(frozen=True)
class Figure:
    """One measured quantity: the median of `runs`."""

    name: str
    unit: str
    what: str
    runs: tuple[float, ...]
    target: Target | None = None

    @property
    def value(self) -> float:
        """The median."""
        return median(self.runs)

    def as_json(self) -> dict[str, Any]:
        """The figure for the results file; numbers have four significant digits."""
        shown: dict[str, Any] = {
            "runs": [_digits(run) for run in self.runs],
            "unit": self.unit,
            "value": _digits(self.value),
            "what": self.what,
        }
        if self.target:
            shown |= {
                "target": f"{self.target.kind} {self.target.bound:g}",
                "met": self.target.met(self.value),
            }
        return shown

    def line(self) -> str:
        """The figure for a terminal."""
        spread = f" ({_text(min(self.runs))} to {_text(max(self.runs))})" if len(self.runs) > 1 else ""
        verdict = ""
        if self.target:
            met = "met" if self.target.met(self.value) else "MISSED"
            verdict = f"   target {self.target.kind} {self.target.bound:g}: {met}"
        return f"  {self.name:<42} {_text(self.value):>10} {self.unit}{spread}{verdict}"


def at_least(bound: float) -> Target:
    """The figure is meant to be this or more."""
    return Target("at least", bound)


def at_most(bound: float) -> Target:
    """The figure is meant to be this or less."""
    return Target("at most", bound)


@dataclass
class Results:
    """The figures of one run, what was left out and why, and the load of the machine as it went on."""

    say: Callable[[str], None]
    figures: dict[str, Figure] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    load: list[tuple[str, float]] = field(default_factory=list)

    def add(
        self, name: str, unit: str, runs: Sequence[float] | float, what: str, target: Target | None = None
    ) -> Figure:
        """Take in a figure and show it."""
        values = (float(runs),) if isinstance(runs, float | int) else tuple(map(float, runs))
        figure = self.figures[name] = Figure(name, unit, what, values, target)
        self.say(figure.line())
        return figure

    def skip(self, name: str, why: str) -> None:
        """Something cannot be measured here."""
        self.skipped[name] = why
        self.say(f"  {name:<42} skipped: {why}")

    def begin(self, section: str) -> None:
        """A section begins: note how busy the machine is."""
        self.load.append((section, os.getloadavg()[0]))
        self.say(f"{section} (load {self.load[-1][1]:.1f})")

    @property
    def missed(self) -> list[str]:
        """The names of figures that do not keep their target."""
        return [f.name for f in self.figures.values() if f.target and not f.target.met(f.value)]

    def as_json(self, sizes: Mapping[str, Any], versions: Mapping[str, str]) -> dict[str, Any]:
        """The whole results file."""
        return {
            "figures": {name: figure.as_json() for name, figure in self.figures.items()},
            "format": FORMAT,
            "load_before": {name: round(load, 2) for name, load in self.load},
            "machine": machine(),
            "measured": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "sizes": dict(sizes),
            "skipped": self.skipped,
            "versions": {"python": platform.python_version(), **_versions(), **versions},
        }


def write(path: Path, results: Mapping[str, Any]) -> None:
    """Write a results file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")


def table(results: Mapping[str, Any]) -> str:
    """The figures of a results file as a Markdown table, such as that of docs/performance.md."""
    rows = ["| figure | median | range of the runs | target | what was measured |", "|---|---|---|---|---|"]
    for name, figure in results["figures"].items():
        low, high = (_text(end(figure["runs"])) for end in (min, max))
        spread = f"{low} to {high}" if len(figure["runs"]) > 1 else ""
        target = (
            f"{figure['target']}: {'met' if figure['met'] else '**missed**'}" if "target" in figure else ""
        )
        value = f"{_text(figure['value'])} {figure['unit']}".strip()
        rows.append(f"| `{name}` | {value} | {spread} | {target} | {figure['what']} |")
    return "\n".join(rows) + "\n"


def cpu_seconds(work: Callable[[], object]) -> float:
    """Processor time of this process for one call: what one core needs, whatever else the machine does."""
    start = process_time()
    work()
    return process_time() - start


def machine() -> dict[str, Any]:
    """The processor, cores and memory of this machine."""
    cpu = Path("/proc/cpuinfo")
    names = [
        line.partition(":")[2].strip()
        for line in (cpu.read_text().splitlines() if cpu.exists() else [])
        if line.startswith("model name")
    ]
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(pages / 2**30, 1),
        "processor": names[0] if names else platform.machine(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def _versions() -> dict[str, str]:
    found = {name: version(name) for name in _PACKAGES}
    lock = (ROOT / "native" / "Cargo.lock").read_text(encoding="utf-8")
    _before, _name, after = lock.partition('name = "curve25519-dalek"\nversion = "')
    found["curve25519-dalek"] = after.partition('"')[0]
    return found


def _digits(value: float) -> float | int:
    shown = float(f"{value:.4g}")
    return int(shown) if shown == int(shown) else shown


def _text(value: float) -> str:
    return f"{_digits(value):,}"
