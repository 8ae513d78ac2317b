"""Figures of the ballot desks for /metrics: how many, how long, and why not; never by choice or by voter."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Final

from prometheus_client import REGISTRY, Counter
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from quorate.apps.ballots.errors import TryAgain
from quorate.election.box import Refused

if TYPE_CHECKING:
    from quorate.apps.ballots.desk import Answer, Desk

_casts: Final = Counter("quorate_casts", "Casts acknowledged, each durable by then; a repeat counts again.")
_refused: Final = Counter("quorate_refused", "Casts refused, by the check that they fail.", ("check",))
_put_off: Final = Counter("quorate_put_off", "Casts told to come again: nothing was stored.")


def answered(answers: Iterable[Answer]) -> None:
    """Count what voters were told."""
    for answer in answers:
        if isinstance(answer, Refused):
            _refused.labels(answer.check).inc()
        elif isinstance(answer, TryAgain):
            _put_off.inc()
        else:
            _casts.inc()


class Desks(Collector):
    """The desks in use, looked at when somebody asks."""

    def __init__(self, desks: Callable[[], Mapping[str, Desk]]) -> None:
        self._desks = desks

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """How many jobs wait at each desk, and how old its newest checkpoint is."""
        waiting = GaugeMetricFamily("quorate_desk_waiting", "Jobs that wait at a desk.", labels=("ballot",))
        age = GaugeMetricFamily(
            "quorate_checkpoint_age_seconds", "Age of the newest checkpoint of a board.", labels=("ballot",)
        )
        for name, desk in self._desks().items():
            waiting.add_metric((name[:8],), desk.waiting)
            checkpoint = desk.office.folder / "board" / "checkpoint"
            if checkpoint.exists():
                age.add_metric((name[:8],), max(0.0, time.time() - checkpoint.stat().st_mtime))
        return waiting, age


def watch(desks: Callable[[], Mapping[str, Desk]]) -> None:
    """Have /metrics show these desks."""
    REGISTRY.register(Desks(desks))
