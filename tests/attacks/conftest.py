"""Finished ballots to attack. Each is made once for a session; an attack works on a copy of its record."""

from __future__ import annotations

from pathlib import Path

import pytest

from support import examples
from support.ballots import SmallBallot
from support.forge import Forge, Forgery
from support.polls import Polls


@pytest.fixture(scope="session")
def plain(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """One question, two yes, one blank, a re-vote, and one who did not vote."""
    return examples.plain(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="session")
def rich(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Every kind of entry, two questions, two witnesses."""
    return examples.rich(tmp_path_factory.mktemp("rich"))


@pytest.fixture(scope="session")
def by_unit(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Three units, counted in two groups."""
    return examples.by_unit(tmp_path_factory.mktemp("by-unit"))


@pytest.fixture(scope="session")
def rested(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Voting was suspended and resumed with a later end."""
    return examples.rested(tmp_path_factory.mktemp("rested"))


@pytest.fixture(scope="session")
def void(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Counted, then declared void."""
    return examples.void(tmp_path_factory.mktemp("void"))


@pytest.fixture(scope="session")
def signed_by_passkeys(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Two officers who sign with passkeys, of both kinds."""
    return examples.signed_by_passkeys(tmp_path_factory.mktemp("passkeys"))


@pytest.fixture
def forge(tmp_path: Path) -> Forge:
    """Start a forgery from a ballot's record; several in one test do not disturb each other."""
    made: list[Forgery] = []

    def start(ballot: SmallBallot) -> Forgery:
        made.append(Forgery.of(ballot, tmp_path / f"forged-{len(made)}"))
        return made[-1]

    return start


@pytest.fixture
def polls(tmp_path: Path) -> Polls:
    """A fresh running ballot."""
    return Polls.open(tmp_path / "polls")


@pytest.fixture(scope="session")
def hostile_polls(tmp_path_factory: pytest.TempPathFactory) -> Polls:
    """A running ballot for the whole session: only for ballots that are refused."""
    return Polls.open(tmp_path_factory.mktemp("polls"))
