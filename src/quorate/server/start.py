"""From a folder and settings to a server that is ready: key, database, tables, static files."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Final

from quorate.server.environment import Environment, EnvironmentProblem, read_environment
from quorate.server.postgres import Cluster

SETTINGS: Final = "quorate.server.settings"


def secret_key(environment: Environment) -> str:
    """The key that signs sessions.

    With an embedded database it is made on first use and kept beside it. An external database may serve
    more than one machine, and is backed up without this folder: there the operator says the key, else
    EnvironmentProblem.
    """
    if environment.secret_key is not None:
        return environment.secret_key
    if environment.database_url is not None:
        raise EnvironmentProblem(
            "QUORATE_SECRET_KEY is not set. With DATABASE_URL the key is yours to keep: make 50 random "
            "characters once (openssl rand -base64 48), and give the same ones to every start."
        )
    try:
        fresh = os.open(environment.key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return environment.key_file.read_text(encoding="ascii").strip()
    with os.fdopen(fresh, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    return environment.key_file.read_text(encoding="ascii").strip()


@contextmanager
def running(environment: Environment | None = None) -> Iterator[Environment]:
    """Django set up over a running database, until the block ends; the embedded one stops with its last user.

    Raises EnvironmentProblem and PostgresProblem, whose messages say what to do.
    """
    environment = environment or read_environment()
    try:
        # Others may pass through, not look: the database's account has its folder in here.
        environment.data.mkdir(mode=0o711, parents=True, exist_ok=True)
        for folder in (environment.boards, environment.booths, environment.data / "files"):
            folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"The data folder {environment.data} cannot be used ({error.strerror}). "
            "Set QUORATE_DATA_DIR to a folder that you may write to."
        ) from None
    with ExitStack() as ends:
        if environment.database_url is None:
            ends.enter_context(Cluster(environment.postgres))
        os.environ["QUORATE_SECRET_KEY"] = secret_key(environment)
        os.environ["QUORATE_DATA_DIR"] = str(environment.data)
        os.environ["QUORATE_ORIGIN"] = environment.origin
        os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS
        import django

        django.setup()
        from django.db import connections

        ends.callback(lambda: [connection.close_pool() for connection in connections.all()])  # type: ignore[attr-defined]  # of PostgreSQL's
        ends.callback(connections.close_all)
        yield environment


def migrate() -> None:
    """Bring the tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def collect_static() -> None:
    """Compress and fingerprint the static files, when they are not those of the last start."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    from quorate.apps.publication.booth import keep

    keep()
    state = hashlib.sha256(version("quorate").encode())
    for finder in get_finders():
        for name, storage in finder.list(_LEFT_OUT):
            file = Path(storage.path(name)).stat()
            state.update(f"{name} {file.st_size} {file.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".state"
    if stamp.exists() and stamp.read_text(encoding="ascii") == state.hexdigest():
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=_LEFT_OUT)
    stamp.write_text(state.hexdigest(), encoding="ascii")


_LEFT_OUT: Final = ["redoc*", "booth"]  # the API is described once; booths are served by their fingerprints
