"""The site for tests: real PostgreSQL, real server, real browser; each started once, when asked for.

db                      pytest-django's: the test is rolled back (its own threads and the site do not see it)
transactional_db        data that the site and other threads see; emptied after the test
site                    the running server (`site.url`), with transactional_db
page                    a browser page of 1280 px; `new_page(width=320, dark=True, ...)` makes others. A test
                        that asks the database itself names one of them before `site`
assert_accessible(page) axe-core finds nothing

The database, the server and the browser are one for each test process. Tests here may use loopback.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

DATA = Path(tempfile.gettempdir()) / f"quorate-tests-{os.getpid()}"
os.environ["QUORATE_DATA_DIR"] = str(DATA)
os.environ["QUORATE_SECRET_KEY"] = "only for tests: " + "0" * 50
os.environ["DJANGO_SETTINGS_MODULE"] = "quorate.server.settings"
os.environ.pop("DATABASE_URL", None)
os.environ.pop("QUORATE_ORIGIN", None)
# Playwright's synchronous interface keeps an event loop in the test's thread; Django would take a query
# there for one that blocks a server.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

import django  # noqa: E402  # after the environment that its settings read

django.setup()
for name in ("QUORATE_DATA_DIR", "QUORATE_SECRET_KEY", "DJANGO_SETTINGS_MODULE"):
    del os.environ[name]  # read by now; pytest-xdist would hand them on to workers, which have their own

AXE = Path(__file__).parents[2] / "booth" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1", "::1"]))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Any]:
    """The embedded PostgreSQL of this test process; it need not survive a power cut."""
    from quorate.server.postgres import Cluster

    DATA.mkdir(mode=0o711)
    for folder in ("boards", "booths", "files"):
        (DATA / folder).mkdir()
    with Cluster(DATA / "postgres", {"fsync": "off", "full_page_writes": "off"}) as running:
        yield running
    shutil.rmtree(DATA)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Nobody drops the test database: it goes with its cluster, whoever is still connected."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(cluster: Any) -> None:
    """pytest-django makes the test database in this cluster."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The audit trail refuses to be emptied; tests that leave an empty database behind must be able to."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ballots_auditevent DISABLE TRIGGER ballots_audit_no_truncate")
        cursor.execute("ALTER TABLE organisation_event DISABLE TRIGGER organisation_event_no_truncate")
        cursor.execute("ALTER TABLE motions_motionentry DISABLE TRIGGER motions_entry_no_truncate")
        cursor.execute("ALTER TABLE motions_registerentry DISABLE TRIGGER motions_register_no_truncate")
        cursor.execute("ALTER TABLE motions_agreementfile DISABLE TRIGGER motions_agreement_no_truncate")
        cursor.execute("ALTER TABLE motions_agreemententry DISABLE TRIGGER motions_version_no_truncate")
        cursor.execute("ALTER TABLE motions_agreementround DISABLE TRIGGER motions_round_no_truncate")
        cursor.execute("ALTER TABLE motions_minutes DISABLE TRIGGER motions_minutes_no_truncate")
        cursor.execute("ALTER TABLE motions_hands DISABLE TRIGGER motions_hands_no_truncate")


@pytest.fixture(scope="session")
def static_files(cluster: Any) -> None:
    """Compressed, fingerprinted files, as `quorate serve` makes them."""
    from quorate.server.start import collect_static

    collect_static()


@pytest.fixture(autouse=True)
def _pages_have_their_files(static_files: None) -> None:
    """A page names its files by fingerprint: they are collected before the first one is rendered."""


@dataclass
class Site:
    """The running server."""

    url: str
    log: list[str] = field(default_factory=list)  # every line it logged


@pytest.fixture(scope="session")
def _server(static_files: None) -> Iterator[Site]:
    import uvicorn

    from quorate.server.asgi import Site as Application
    from quorate.server.logs import start_logging

    lines: list[str] = []
    start_logging(lines.append)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            Application(), log_config=None, access_log=False, lifespan="off", server_header=False
        )  # fmt: skip
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, name="site")
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield Site(f"http://localhost:{taken.getsockname()[1]}", lines)
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive(), "the server did not stop"


@pytest.fixture
def site(_server: Site, transactional_db: None) -> Site:
    """The running server, over a database that starts empty."""
    _server.log.clear()
    return _server


class Chromium:
    """The system's Chromium, and the event loop that Playwright keeps running in the tests' thread.

    While no test uses the browser the loop is not this thread's running one: other tests call asyncio.run.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self._loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)

    @contextmanager
    def in_use(self) -> Iterator[Browser]:
        asyncio._set_running_loop(self._loop)
        try:
            yield self.browser
        finally:
            django.db.connections.close_all()  # of this loop: nobody else could close them
            asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def _chromium() -> Iterator[Chromium]:
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program, "no Chromium: sh .ci/prerequisites says how to install it"
    playwright = sync_playwright().start()
    chromium = Chromium(playwright.chromium.launch(executable_path=program, args=QUIET))
    yield chromium
    with chromium.in_use() as browser:
        browser.close()
        playwright.stop()


@pytest.fixture
def browser(_chromium: Chromium) -> Iterator[Browser]:
    """The browser; most tests want `page` or `new_page`."""
    with _chromium.in_use() as browser:
        yield browser


@pytest.fixture
def new_page(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Make a page: ``width``, ``height``, ``dark``, ``calm`` (reduced motion), ``language``.

    A request to any other host than the site fails the test.
    """
    contexts: list[BrowserContext] = []
    foreign: list[str] = []

    def watch(request: Request) -> None:
        if not request.url.startswith((site.url + "/", "data:", "blob:", "about:")):
            foreign.append(request.url)

    def make(
        width: int = 1280,
        height: int = 800,
        dark: bool = False,
        calm: bool = True,
        language: str = "en-US",
        **more: Any,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce" if calm else "no-preference",
            locale=language,
            **more,
        )
        contexts.append(context)
        context.on("request", watch)
        return context.new_page()

    yield make
    for context in contexts:
        context.close()
    assert foreign == [], "the page asked other hosts"


@pytest.fixture
def page(new_page: Callable[..., Page]) -> Page:
    """A page of 1280 px, light."""
    return new_page()


@pytest.fixture(scope="session")
def assert_accessible() -> Callable[[Page], None]:
    """axe-core, every rule of WCAG 2.2 AA and of good practice, finds nothing on the page as it is now."""
    script = AXE.read_text(encoding="utf-8")

    def check(page: Page) -> None:
        page.evaluate(script)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        problems = [
            f"{rule['id']} ({rule['help']}): {node['html']}"
            for rule in found["violations"]
            for node in rule["nodes"]
        ]
        assert problems == [], "\n".join(problems)

    return check
