"""The real site inside the demo: its database, its boards, its officers, on a port of this machine.

The demo's process is the server, so it can tell the site the time of a past vote while that is replayed.
"""

from __future__ import annotations

import os
import secrets
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from quorate.cli.casting import voters_pool
from quorate.cli.errors import CommandError
from quorate.election.officer import OfficerKey
from quorate.text import _

if TYPE_CHECKING:
    from quorate.apps.organisation.accounts import NewAccount
    from quorate.apps.organisation.models import Account, Organisation
    from quorate.server.environment import Environment

LOG: Final = "server.log"
_ROLES: Final = ("drafter", "opener", "registrar", "observer")
_NOT_OURS: Final = ("DATABASE_URL", "QUORATE_SECRET_KEY", "QUORATE_ORIGIN", "QUORATE_DEVELOP")


class StoryClock:
    """The time of a past vote while it is replayed, and otherwise the time."""

    def __init__(self) -> None:
        self._at: datetime | None = None

    def __call__(self) -> datetime:
        return self._at or datetime.now(UTC)

    def set(self, at: datetime) -> None:
        """It is so late in the story."""
        self._at = at

    def back_to_now(self) -> None:
        """The story is over."""
        self._at = None


@dataclass(frozen=True)
class DemoOfficer:
    """An officer: the account, what its owner signs in with, and the key that signs openings."""

    new: NewAccount = field(repr=False)
    key: OfficerKey

    @property
    def account(self) -> Account:
        """The account, without its secrets."""
        return self.new.account


@dataclass
class DemoSite:
    """The running site."""

    environment: Environment
    port: int
    clock: StoryClock
    pool: ProcessPoolExecutor
    workers: int
    organisation: Organisation
    officers: tuple[DemoOfficer, DemoOfficer]

    @property
    def url(self) -> str:
        """How people on this machine reach it."""
        return self.environment.origin

    @property
    def host(self) -> str:
        """Host and port, as a ballot's origin has them."""
        return self.url.partition("://")[2]


@contextmanager
def demo_site(
    folder: Path, port: int, workers: int, organisation: str, zone: str, contact: str
) -> Iterator[DemoSite]:
    """Serve a new site from `folder` until the block ends. `port` 0 takes a free one.

    CommandError says in one line why it cannot start.
    """
    pool = voters_pool(workers)
    with ExitStack() as ends:
        ends.callback(pool.shutdown, cancel_futures=True)
        try:
            from quorate.server.environment import Environment, EnvironmentProblem
            from quorate.server.postgres import PostgresProblem
            from quorate.server.serve import listen
        except ModuleNotFoundError as missing:
            raise CommandError(
                _("The demo runs the server, and {name} is missing: pip install 'quorate[server]'").format(
                    name=missing.name
                )
            ) from None
        for name in _NOT_OURS:
            os.environ.pop(name, None)
        try:
            taken = ends.enter_context(listen("127.0.0.1", port))
            number = taken.getsockname()[1]
            environment = Environment(data=_data_folder(folder), origin=f"http://localhost:{number}")
            site = _start(ends, environment, taken, pool, workers, (organisation, zone, contact))
        except (EnvironmentProblem, PostgresProblem) as problem:
            raise CommandError(str(problem)) from None
        yield site


def _start(
    ends: ExitStack,
    environment: Environment,
    taken: socket.socket,
    pool: ProcessPoolExecutor,
    workers: int,
    about: tuple[str, str, str],
) -> DemoSite:
    from quorate.server.logs import start_logging
    from quorate.server.start import collect_static, migrate, running

    ends.enter_context(running(environment))
    log = ends.enter_context((environment.data / LOG).open("a", encoding="utf-8", buffering=1))
    start_logging(log.write)
    migrate()
    collect_static()

    from quorate.apps.ballots import live

    clock = StoryClock()
    live.start(clock)
    ends.callback(live.stop)
    ends.enter_context(_answering(taken))
    organisation, officers = _people(*about)
    return DemoSite(environment, taken.getsockname()[1], clock, pool, workers, organisation, officers)


@contextmanager
def _answering(taken: socket.socket) -> Iterator[None]:
    """The site's application in a thread of this process, as `quorate serve` runs it."""
    import uvicorn

    from quorate.server.asgi import application
    from quorate.server.serve import configuration

    server = uvicorn.Server(configuration(application))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, name="site", daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(30)


def _people(name: str, zone: str, contact: str) -> tuple[Organisation, tuple[DemoOfficer, DemoOfficer]]:
    """The organisation, and two officers who may do everything that takes two."""
    from django.utils.text import slugify

    from quorate.apps.organisation.accounts import create_account
    from quorate.apps.organisation.services import create_organisation, grant

    organisation = create_organisation(slug=slugify(name)[:50], name=name, zone=zone, help=contact)
    made = []
    for username, title in (("first-officer", _("First officer")), ("second-officer", _("Second officer"))):
        new = create_account(name=username)
        for role in _ROLES:
            grant(account=new.account, organisation=organisation, kind=role)
        made.append(DemoOfficer(new, OfficerKey(title, secrets.token_bytes(32))))
    return organisation, (made[0], made[1])


def _data_folder(folder: Path) -> Path:
    """The site's data: in the demo's folder, or elsewhere where the database's account cannot enter that."""
    from quorate.server.postgres import others_may_enter

    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    if os.geteuid() != 0 or others_may_enter(folder):
        return folder / "site"
    elsewhere = Path(tempfile.mkdtemp(prefix="quorate-demo-site-"))
    elsewhere.chmod(0o711)
    (folder / "site").symlink_to(elsewhere)
    return elsewhere
