"""What an operator may say by environment variables, and what is refused with words that help."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from quorate.server.environment import Environment, EnvironmentProblem, default_data_folder, read_environment
from quorate.server.start import secret_key


def test_nothing_said() -> None:
    environment = read_environment({"HOME": "/somewhere"})
    assert environment.database_url is None
    assert environment.origin == "http://localhost:8000"
    assert not environment.develop


def test_the_data_folder() -> None:
    assert default_data_folder({"HOME": "/somewhere"}, 1000) == Path("/somewhere/.local/share/quorate")
    assert default_data_folder({"XDG_DATA_HOME": "/data"}, 1000) == Path("/data/quorate")
    assert default_data_folder({"XDG_DATA_HOME": "/data"}, 0) == Path("/var/lib/quorate")
    assert read_environment({"QUORATE_DATA_DIR": "here"}).data == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("DATABASE_URL", "mysql://server/quorate", "must begin with postgresql://"),
        ("QUORATE_SECRET_KEY", "short", "QUORATE_SECRET_KEY is too short"),
        ("QUORATE_ORIGIN", "votes.example.org", "scheme and host only"),
        ("QUORATE_ORIGIN", "https://votes.example.org/quorate", "scheme and host only"),
        ("QUORATE_ORIGIN", "ftp://votes.example.org", "scheme and host only"),
        ("QUORATE_SMTP_URL", "mail.example.org", "cannot be read"),
        ("QUORATE_SMTP_URL", "smtp://mail.example.org:port?from=a@b.org", "cannot be read"),
        ("QUORATE_SMTP_URL", "smtp://mail.example.org?from=a@b.org&retry=3", "cannot be read"),
        ("QUORATE_SMTP_URL", "smtp://mail.example.org", "names no sender"),
        ("QUORATE_SMTP_URL", "smtp://mail.example.org?from=a@b.org%0ABcc:c@d.org", "names no sender"),
        (
            "QUORATE_SMTP_URL",
            "smtp://mail.example.org?from=a@b.org&tls=none",
            "only for a mail server on this",
        ),
    ],
)
def test_refused(name: str, value: str, words: str) -> None:
    with pytest.raises(EnvironmentProblem, match=words):
        read_environment({name: value})


def test_the_mail_server() -> None:
    mail = read_environment({"QUORATE_SMTP_URL": "smtps://ann%40x:p%2Fw@mail.example.org?from=v@x.org"}).mail
    assert mail is not None
    assert (mail.user, mail.password, mail.port, mail.tls) == ("ann@x", "p/w", 465, "tls")
    assert mail.settings()["EMAIL_USE_SSL"]
    assert "p/w" not in repr(mail)
    local = read_environment({"QUORATE_SMTP_URL": "smtp://localhost:25?from=v@x.org&tls=none"}).mail
    assert local is not None
    assert not local.settings()["EMAIL_USE_TLS"]
    usual = read_environment({"QUORATE_SMTP_URL": "smtp://mail.example.org?from=v@x.org"}).mail
    assert usual is not None
    assert usual.settings()["EMAIL_USE_TLS"]
    assert read_environment({}).mail is None


def test_a_password_is_not_shown() -> None:
    environment = read_environment(
        {"DATABASE_URL": "postgresql://quorate:hunter2@db/quorate", "QUORATE_SECRET_KEY": "s" * 50}
    )
    assert "hunter2" not in repr(environment)
    assert "sss" not in repr(environment)


def test_the_origin_gives_scheme_and_host() -> None:
    environment = read_environment({"QUORATE_ORIGIN": "https://votes.example.org:8443/"})
    assert (environment.scheme, environment.host) == ("https", "votes.example.org")
    assert environment.origin == "https://votes.example.org:8443"


def test_the_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    environment = Environment(tmp_path)
    key = secret_key(environment)
    assert len(key) >= 50
    assert secret_key(environment) == key
    assert stat.S_IMODE(environment.key_file.stat().st_mode) == 0o600
    assert secret_key(Environment(tmp_path, secret_key="k" * 50)) == "k" * 50


def test_an_external_database_demands_a_key(tmp_path: Path) -> None:
    environment = Environment(tmp_path, database_url="postgresql://db/quorate")
    with pytest.raises(EnvironmentProblem, match="QUORATE_SECRET_KEY is not set"):
        secret_key(environment)
    assert list(tmp_path.iterdir()) == []
