"""What the operator says about this server, by environment variables; read once, here.

DATABASE_URL          an external PostgreSQL; without it, an embedded one lives in the data folder
QUORATE_DATA_DIR      database, boards and files
QUORATE_SECRET_KEY    signs sessions; made and kept in the data folder when the database is embedded
QUORATE_ORIGIN        how people reach the site, such as https://votes.example.org
QUORATE_SMTP_URL      the mail server (see `quorate.server.mail`); without it messages are only printed
QUORATE_DEVELOP       1: pages for developers (the style guide, errors in full); loopback only
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from quorate.server.mail import Mail, read_mail

DEFAULT_PORT: Final = 8000
_ROOT_DATA: Final = Path("/var/lib/quorate")  # PostgreSQL does not run as root and cannot enter root's home


class EnvironmentProblem(ValueError):
    """The server cannot start with these settings; the message says which and what to set instead."""


@dataclass(frozen=True)
class Environment:
    """The operator's settings."""

    data: Path
    database_url: str | None = field(default=None, repr=False)  # holds a password
    secret_key: str | None = field(default=None, repr=False)
    origin: str = f"http://localhost:{DEFAULT_PORT}"
    develop: bool = False
    mail: Mail | None = None

    @property
    def scheme(self) -> str:
        return urlsplit(self.origin).scheme

    @property
    def host(self) -> str:
        """The host of the origin, without port and brackets."""
        return urlsplit(self.origin).hostname or ""

    @property
    def postgres(self) -> Path:
        """Where the embedded database lives."""
        return self.data / "postgres"

    @property
    def boards(self) -> Path:
        """One folder for each ballot, laid out as `election.office.Office` does."""
        return self.data / "boards"

    @property
    def booths(self) -> Path:
        """The programs of voting pages, each in a folder named by its SHA-256."""
        return self.data / "booths"

    @property
    def static(self) -> Path:
        """Compressed, fingerprinted static files, made at start."""
        return self.data / "static"

    @property
    def key_file(self) -> Path:
        return self.data / "secret.key"


def default_data_folder(environ: Mapping[str, str], uid: int) -> Path:
    """The user's data folder; a system folder for root."""
    if uid == 0:
        return _ROOT_DATA
    base = environ.get("XDG_DATA_HOME") or str(
        Path(environ.get("HOME", "~")).expanduser() / ".local" / "share"
    )
    return Path(base) / "quorate"


def read_environment(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the settings; EnvironmentProblem for one that cannot be used."""
    environ = os.environ if environ is None else environ
    data = environ.get("QUORATE_DATA_DIR")
    return Environment(
        data=Path(data).absolute() if data else default_data_folder(environ, os.geteuid()),
        database_url=_database_url(environ.get("DATABASE_URL") or None),
        secret_key=_secret_key(environ.get("QUORATE_SECRET_KEY") or None),
        origin=_origin(environ.get("QUORATE_ORIGIN") or Environment.origin),
        develop=environ.get("QUORATE_DEVELOP") == "1",
        mail=_mail(environ.get("QUORATE_SMTP_URL") or None),
    )


def _database_url(url: str | None) -> str | None:
    if url is not None and urlsplit(url).scheme not in {"postgresql", "postgres"}:
        raise EnvironmentProblem(
            "DATABASE_URL must begin with postgresql:// (Quorate uses PostgreSQL only). "
            "Leave it unset to use the embedded one."
        )
    return url


def _mail(url: str | None) -> Mail | None:
    try:
        return None if url is None else read_mail(url)
    except ValueError as error:
        raise EnvironmentProblem(str(error)) from None


def _secret_key(key: str | None) -> str | None:
    if key is not None and len(key) < 32:
        raise EnvironmentProblem("QUORATE_SECRET_KEY is too short: use 50 random characters or more.")
    return key


def _origin(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise EnvironmentProblem(
            f"QUORATE_ORIGIN is {origin!r}: write scheme and host only, such as https://votes.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}"
