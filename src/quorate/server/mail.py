"""How e-mail leaves the server: QUORATE_SMTP_URL, such as smtp://user:password@mail.example.org?from=vote@example.org

smtp:// speaks TLS from STARTTLS on (port 587), smtps:// from the start (465). ?tls=none is for a relay on
this machine only. Without the variable, messages are written to standard output, and nobody gets one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS: Final = {"smtp": 587, "smtps": 465}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_HINT: Final = "write it like smtp://user:password@mail.example.org:587?from=vote@example.org"


@dataclass(frozen=True)
class Mail:
    """A mail server and the address that messages come from."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    tls: str = "starttls"

    def settings(self) -> dict[str, Any]:
        """Django's settings for it."""
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_HOST": self.host,
            "EMAIL_PORT": self.port,
            "EMAIL_HOST_USER": self.user,
            "EMAIL_HOST_PASSWORD": self.password,
            "EMAIL_USE_TLS": self.tls == "starttls",
            "EMAIL_USE_SSL": self.tls == "tls",
            "EMAIL_TIMEOUT": 20,
            "DEFAULT_FROM_EMAIL": self.sender,
        }


CONSOLE: Final[Mapping[str, Any]] = {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}


def read_mail(url: str) -> Mail:
    """Read the variable; ValueError whose message says what to write instead."""
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    sender = query.pop("from", "")
    tls = query.pop("tls", "tls" if parts.scheme == "smtps" else "starttls")
    try:
        port = parts.port or _PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not port or not parts.hostname or parts.path.strip("/") or query:
        raise ValueError(f"QUORATE_SMTP_URL cannot be read: {_HINT}")
    if "@" not in sender or any(sign.isspace() for sign in sender):
        raise ValueError(f"QUORATE_SMTP_URL names no sender: {_HINT}")
    if tls not in {"starttls", "tls"} and not (tls == "none" and parts.hostname in _LOOPBACK):
        raise ValueError("QUORATE_SMTP_URL: ?tls=none is only for a mail server on this machine.")
    return Mail(
        parts.hostname, port, sender, unquote(parts.username or ""), unquote(parts.password or ""), tls
    )
