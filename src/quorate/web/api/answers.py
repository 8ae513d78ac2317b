"""Answers of the API: their bytes, and their form for the description at /api/docs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
from asgiref.sync import sync_to_async
from django.http import HttpResponse, StreamingHttpResponse
from ninja import Schema
from pydantic import Field

encode: Final = msgspec.json.Encoder().encode
IMMUTABLE: Final = "public, max-age=31536000, immutable"
NO_STORE: Final = "no-store"
_CHUNK: Final = 1 << 18

Fate = Literal["counts", "replaced", "withdrawn", "spoiled"]


def answer(value: Any, status: int = 200, **headers: str) -> HttpResponse:
    """JSON; bytes become base64. Nothing of it may be kept."""
    response = HttpResponse(encode(value), status=status, content_type="application/json")
    response["Cache-Control"] = NO_STORE
    for name, text in headers.items():
        response[name.replace("_", "-")] = text
    return response


def refusal(status: int, reason: str, **more: Any) -> HttpResponse:
    """Why something is not done."""
    return answer({"reason": reason, **more}, status, **({"Retry_After": "2"} if status == 503 else {}))


def plain(data: bytes, content_type: str, cache: str = NO_STORE) -> HttpResponse:
    """Bytes as they are."""
    return HttpResponse(data, content_type=content_type, headers={"Cache-Control": cache})


def download(path: Path, content_type: str, name: str) -> StreamingHttpResponse:
    """A file that the browser saves, read in pieces."""
    response = StreamingHttpResponse(_pieces(path), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Length"] = str(path.stat().st_size)
    response["Cache-Control"] = NO_STORE
    return response


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(_CHUNK):
            yield piece


class Reason(Schema):
    """Why something was not done, in words for people."""

    reason: str


class FailedCheck(Reason):
    """Refused; nothing is on the board. `check` is the number of a check of document 10."""

    check: str = Field(examples=["V11"])


class Behind(FailedCheck):
    """The credential has another ballot by now: vote anew on top of `last`."""

    last: str | None = Field(description="base64 of the tracker of the latest ballot, or 32 zero bytes")


class Cast(Schema):
    """On the board for good. Sending the same line again gives the same entry."""

    entry: int
    tracker: str = Field(description="base64, 32 bytes")
    receipt: str = Field(description="tlog-proof; proves the entry against the log key of the manifest")


class RuleWords(Schema):
    """What it takes to carry, and what a blank ballot does, in sentences of the rules engine."""

    needed: list[str]
    blank: list[str]


class Status(Schema):
    """How many, never how. Times are UTC."""

    phase: Literal["scheduled", "open", "suspended", "closed", "withheld", "released", "voided"]
    opens: str
    closes: str
    now: str
    entries: int = Field(description="on the public board")
    ballots: int = Field(description="on the board, replaced ones too")
    eligible: int
    counted_credentials: int = Field(description="members with a ballot that stands")
    rules: list[RuleWords] = Field(description="one for each question of the manifest")


class OwnBallot(Schema):
    """A ballot of a credential."""

    tracker: str = Field(description="base64, 32 bytes")
    entry: int
    fate: Fate


class Holder(Schema):
    """What the board says about a credential, as of `checkpoint`."""

    known: bool
    active: bool
    unit: int
    latest: str = Field(description="base64; a new ballot must name it. 32 zero bytes: none yet")
    ballots: list[OwnBallot]
    checkpoint: str = Field(description="signed note")


class Tracked(Schema):
    """What became of a ballot."""

    fate: Fate
    entry: int
