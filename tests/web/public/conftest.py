"""Ballots in all states that everybody can see, over the running site."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from quorate.record.manifest import Manifest
from support.ballots import SmallBallot
from support.offices import SetClock, serve_boards
from support.publics import Shown, organisation, titled

Maker = Callable[..., Shown]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """The server's clock: noon of the second day of voting."""
    clock = SetClock()
    serve_boards(settings.ENVIRONMENT.boards, clock, monkeypatch)
    return clock


@pytest.fixture
def shown(tmp_path: Path, clock: SetClock, transactional_db: None) -> Maker:
    """Make a ballot of a few members; it is announced until the test opens it."""
    organisation()
    numbers = count()

    def make(
        title: str = "Strike authorisation",
        voters: int = 6,
        then: Callable[[Manifest], Manifest] = lambda manifest: manifest,
        **more: Any,
    ) -> Shown:
        seed = f"{tmp_path} {next(numbers)}"
        small = SmallBallot(tmp_path / seed[-1], voters, seed=seed, change=titled(title, then), **more)
        return Shown(small, settings.ENVIRONMENT.boards)

    return make
