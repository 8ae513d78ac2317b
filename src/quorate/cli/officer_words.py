"""Officers and what they sign, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from quorate.crypto.fingerprint import spoken
from quorate.record.entries import Event, ReleaseApproval
from quorate.record.manifest import Officer
from quorate.text import _


def officer_words(officer: Officer) -> str:
    """An officer and how they sign."""
    means = {"ed25519": _("key file")}.get(officer.scheme, _("passkey"))
    return f"{officer.name} ({means})"


def event_lines(event: Event | ReleaseApproval) -> Iterator[str]:
    """What an event says, a line for each of its fields but signatures and the ballot's fingerprint."""
    yield _("What: {kind}").format(kind=event.type)
    for name, value in msgspec.structs.asdict(event).items():
        if name not in {"officers", "phi", "registrar", "type"}:
            text = spoken(value) if isinstance(value, bytes) else "".join(filter(str.isprintable, str(value)))
            yield f"{name}: {text}"
