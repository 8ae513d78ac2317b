"""How many have voted, as officers may see it while voting runs: never a group so small that it shows people.

Over time: points are kept only when at least as many more have voted as the ballot's small-group limit, so
that no two points show less than a group. By unit: units that are too small are shown together, and only
groups in which enough have voted and enough have not.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from quorate.record.canonical import instant, instant_text

FILE: Final = "turnout.jsonl"
_APART: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Point:
    """So many members had a ballot that stands at this time."""

    at: datetime
    counted: int


@dataclass(frozen=True, slots=True)
class Group:
    """Units that are shown together: their names, how many voted, of how many."""

    units: tuple[str, ...]
    counted: int
    eligible: int


class Diary:
    """The points of one ballot's turnout, in a file beside its board. The desk's thread alone writes."""

    def __init__(self, folder: Path, limit: int) -> None:
        self._path, self._limit = folder / FILE, limit
        self._points = _read(self._path)

    @property
    def points(self) -> tuple[Point, ...]:
        """All points, the oldest first."""
        return tuple(self._points)

    def note(self, now: datetime, counted: int, *, last: bool = False) -> None:
        """Keep a point if enough more have voted since the one before; `last`: voting has ended."""
        before = self._points[-1] if self._points else None
        more = counted - (before.counted if before else 0)
        soon = before is not None and now < before.at + _APART and not last
        if more < self._limit or soon:
            return
        point = Point(now, counted)
        with suppress(OSError), self._path.open("a", encoding="utf-8") as file:  # a chart: not worth an error
            file.write(json.dumps({"at": instant_text(now), "counted": counted}) + "\n")
        self._points.append(point)


def by_unit(
    names: Sequence[str], counted: Sequence[int], eligible: Sequence[int], limit: int
) -> tuple[Group, ...]:
    """Turnout by units, small ones joined; empty where that leaves one group, which is the total.

    In each group at least `limit` have voted and at least `limit` have not. As the total is public, what is
    left over joins the last group: no figure is the difference of two that are shown.
    """
    if len(names) < 2:
        return ()
    groups: list[Group] = []
    open_group = Group((), 0, 0)
    for name, voted, all_ in zip(names, counted, eligible, strict=True):
        open_group = Group((*open_group.units, name), open_group.counted + voted, open_group.eligible + all_)
        if _large(open_group, limit):
            groups.append(open_group)
            open_group = Group((), 0, 0)
    if open_group.units and groups:
        last = groups.pop()
        groups.append(
            Group(
                last.units + open_group.units,
                last.counted + open_group.counted,
                last.eligible + open_group.eligible,
            )
        )
    return tuple(groups) if len(groups) > 1 and all(_large(group, limit) for group in groups) else ()


def _large(group: Group, limit: int) -> bool:
    return group.counted >= limit and group.eligible - group.counted >= limit


def _read(path: Path) -> list[Point]:
    points: list[Point] = []
    with suppress(OSError, ValueError, KeyError):  # what is damaged ends the list: it is a chart
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            points.append(Point(instant(row["at"]), int(row["counted"])))
    return points
