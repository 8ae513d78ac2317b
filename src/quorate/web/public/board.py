"""/b/<ballot>/board/ and /b/<ballot>/verify/: the public board to leaf through, and how to check it all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse

from quorate.apps.ballots.public import PublicBallot
from quorate.lifecycle.ballot import State
from quorate.text import _
from quorate.web.public.pages import ballot_page, find, for_everybody
from quorate.web.public.result import record_file

PAGE: Final = 50


@dataclass(frozen=True)
class EntryRow:
    """An entry of the board: number, type in words, when a witness had seen it, tracker or fingerprint."""

    number: int
    kind: str
    seen: datetime | None
    mark: bytes


@dataclass(frozen=True)
class KindLink:
    """A type that stands on the board: its name, its words, how many there are."""

    name: str
    words: str
    count: int


@for_everybody
def board(request: HttpRequest, name: str) -> HttpResponse:
    """What is on the board, by type, page by page."""
    found = find(name)
    counts = found.reading.counts()
    kind = request.GET.get("type", "")
    kind = kind if kind in counts else ""
    total = counts.get(kind, 0) if kind else sum(counts.values())
    pages = max(1, -(-total // PAGE))
    asked = request.GET.get("page", "1")
    page = min(max(int(asked), 1), pages) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    context = {
        "checkpoint": found.reading.checkpoint().decode(),
        "kinds": [KindLink(one, kind_words(one), count) for one, count in counts.items()],
        "kind": kind,
        "total": total,
        "rows": _rows(found, kind, (page - 1) * PAGE),
        "page": page,
        "pages": pages,
        "witnesses": len(found.manifest.witnesses.witnesses),
    }
    return ballot_page(request, "public/board.html", found, context)


@for_everybody
def verify(request: HttpRequest, name: str) -> HttpResponse:
    """The exact commands and pins for this ballot."""
    found = find(name)
    context = {"record_file": record_file(found.name), "complete": found.state is State.RELEASED}
    return ballot_page(request, "public/verify.html", found, context)


def kind_words(kind: str) -> str:
    """A type of entry as people call it."""
    return {
        "open": _("Opening"),
        "ballot": _("Sealed ballot"),
        "spoil": _("Ballot opened as a check"),
        "credential-reissue": _("Code replaced"),
        "credential-revoke": _("Code withdrawn"),
        "extend": _("Extension"),
        "notice": _("Notice"),
        "suspend": _("Suspension"),
        "resume": _("Resumption"),
        "void": _("Declaration void"),
        "close": _("Close"),
        "share": _("Teller's share"),
        "result": _("Result"),
    }.get(kind, kind)


def _rows(found: PublicBallot, kind: str, start: int) -> list[EntryRow]:
    reading, rows = found.reading, []
    for entry in reading.listed(kind, start, PAGE):
        seen = reading.seen_at(entry.number)
        at = None if seen is None else datetime.fromtimestamp(seen, UTC)
        rows.append(EntryRow(entry.number, kind_words(entry.kind), at, entry.mark))
    return rows
