"""/api/ballots/<ballot>/: all that a booth, a voter's page and a newspaper need of a ballot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from ninja import Router

from quorate.apps.ballots.desk import Cast
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.reading import Figures
from quorate.apps.publication import selectors as publication
from quorate.apps.publication.selectors import RESULT_FILES
from quorate.apps.publication.services import bundle_record
from quorate.election.box import Refused
from quorate.record.canonical import Bytes32
from quorate.record.container import CEREMONY, CREDENTIALS, MANIFEST
from quorate.record.manifest import Manifest
from quorate.rules import blank_effect, plan, sentences
from quorate.text import _
from quorate.web.api import answers
from quorate.web.api.answers import IMMUTABLE, NO_STORE, answer, download, plain, refusal

router = Router(tags=["ballots"])

GET: Final = ["GET", "HEAD"]
JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
_LINE: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "The entry as it will stand on the board: canonical JSON without a line end",
        "content": {JSON: {"schema": {"type": "object"}}},
    }
}
_TAKEN: Final = {
    200: answers.Cast,
    403: answers.Reason,
    409: answers.Behind,
    413: answers.Reason,
    415: answers.Reason,
    422: answers.FailedCheck,
    503: answers.Reason,
}


def _asks(field: str, words: str) -> dict[str, Any]:
    member = {"type": "string", "description": words}
    schema = {"type": "object", "required": [field], "properties": {field: member}}
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema}}}}


class _AskCredential(msgspec.Struct, forbid_unknown_fields=True):
    credential: Bytes32


class _AskTracker(msgspec.Struct, forbid_unknown_fields=True):
    tracker: str


_credentials: Final = msgspec.json.Decoder(_AskCredential)
_trackers: Final = msgspec.json.Decoder(_AskTracker)


# What is fixed.


@router.api_operation(GET, "/{ballot}/manifest", summary="The manifest, whose SHA-256 without the LF is phi")
async def manifest(request: HttpRequest, ballot: str) -> HttpResponse:
    """The exact bytes of `manifest.json`: canonical JSON and one LF."""
    return plain((_record(ballot) / MANIFEST).read_bytes(), JSON, IMMUTABLE)


@router.api_operation(GET, "/{ballot}/pins", summary="What the paper notice says")
async def pins(request: HttpRequest, ballot: str) -> HttpResponse:
    """phi, the log key and the witness policy; compare them with the notice on paper."""
    return plain((_record(ballot).parent / "pins.json").read_bytes(), JSON, IMMUTABLE)


@router.api_operation(GET, "/{ballot}/credentials", summary="The list of credentials")
async def credentials(request: HttpRequest, ballot: str) -> HttpResponse:
    """`credentials.txt`: who may vote, as public keys, each with its counting unit."""
    return plain((_record(ballot) / CREDENTIALS).read_bytes(), TEXT, IMMUTABLE)


@router.api_operation(GET, "/{ballot}/ceremony", summary="The tellers' key ceremony")
async def ceremony(request: HttpRequest, ballot: str) -> HttpResponse:
    """`ceremony.json`: how the tellers made the ballot key."""
    return plain((_record(ballot) / CEREMONY).read_bytes(), JSON, IMMUTABLE)


@router.api_operation(GET, "/{ballot}/documents/{sha256}", summary="A document by its fingerprint")
async def document(request: HttpRequest, ballot: str, sha256: str) -> HttpResponse:
    """The bytes whose SHA-256, in hex, was asked for; the manifest names it."""
    data = publication.document(engine().desk(ballot).office, sha256)
    kind = "application/pdf" if data.startswith(b"%PDF-") else "application/octet-stream"
    return plain(data, kind, IMMUTABLE)


# While voting runs.


@router.api_operation(GET, "/{ballot}/status", response=answers.Status, summary="Where the ballot stands")
async def status(request: HttpRequest, ballot: str) -> HttpResponse:
    """Phase, times and how many; never how they voted."""
    return answer(_status(ballot, await engine().figures(ballot)))


@router.api_operation(GET, "/{ballot}/events", summary="The status as it changes, as server-sent events")
async def events(request: HttpRequest, ballot: str) -> StreamingHttpResponse:
    """One event `status` after each change, at most one a second; the first at once."""
    await engine().ready(ballot)  # refuse before anything is sent
    response = StreamingHttpResponse(_events(ballot), content_type="text/event-stream")
    response["Cache-Control"] = NO_STORE
    response["X-Accel-Buffering"] = "no"
    return response


@router.post(
    "/{ballot}/credential",
    response={200: answers.Holder, 422: answers.Reason},
    openapi_extra=_asks("credential", "base64, 32 bytes: the public half of a voting code"),
    summary="What the board says about a credential",
)
async def credential(request: HttpRequest, ballot: str) -> HttpResponse:
    """Nothing is consumed: asking changes nothing, however often."""
    refused = _not_json(request)
    if refused:
        return refused
    try:
        asked = _credentials.decode(request.body).credential
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return refusal(422, str(error))
    holder = await engine().holder(ballot, asked)
    return answer(
        {
            "known": holder.known,
            "active": holder.unit is not None,
            "unit": holder.unit or 0,
            "latest": holder.latest,
            "ballots": [
                {"tracker": one.tracker, "entry": one.index, "fate": one.fate} for one in holder.ballots
            ],
            "checkpoint": holder.checkpoint.decode(),
        }
    )


@router.post("/{ballot}/ballots", response=_TAKEN, openapi_extra=_LINE, summary="Cast a ballot")
async def cast(request: HttpRequest, ballot: str) -> HttpResponse:
    """Answers 200 only when the ballot is on the board, durably and under a signed checkpoint.

    403: voting is not open, or was not any more when the ballot was complete. 409: vote anew on top of
    `last`. 422: `check` says what it fails. 503, or no answer: not yet cast; send the same line again, it
    counts once.
    """
    return _not_json(request) or _taken(await engine().cast(ballot, request.body))


@router.post("/{ballot}/spoils", response=_TAKEN, openapi_extra=_LINE, summary="Say that a ballot was opened")
async def spoil(request: HttpRequest, ballot: str) -> HttpResponse:
    """A ballot that was opened to check the device can never be cast; one that was cast cannot be opened."""
    return _not_json(request) or _taken(await engine().spoil(ballot, request.body))


@router.post(
    "/{ballot}/tracker",
    response={200: answers.Tracked, 404: answers.Reason, 422: answers.Reason},
    openapi_extra=_asks("tracker", "32 letters and digits as shown to the voter, in any case"),
    summary="What became of a ballot",
)
async def tracker(request: HttpRequest, ballot: str) -> HttpResponse:
    """Does it count, or was it replaced, withdrawn or opened as a check? Never how it was voted."""
    refused = _not_json(request)
    if refused:
        return refused
    try:
        found = await engine().by_tracker(ballot, _trackers.decode(request.body).tracker)
    except (msgspec.DecodeError, ValueError) as error:
        return refusal(422, str(error))
    if found is None:
        return refusal(404, _("No ballot with this tracker is on the board."))
    return answer({"fate": found.fate, "entry": found.index})


# Afterwards.


@router.api_operation(GET, "/{ballot}/record.zip", summary="The record, for `quorate verify`")
async def record(request: HttpRequest, ballot: str) -> StreamingHttpResponse:
    """Everything that verifies the ballot; until release without shares and result."""
    path = await engine().at_desk(ballot, bundle_record)
    return download(path, "application/zip", f"quorate-{ballot[:8]}-record.zip")


def _result_operation(name: str, content_type: str, words: str) -> None:
    async def result(request: HttpRequest, ballot: str) -> HttpResponse:
        path = publication.result_file(engine().desk(ballot).office, name)
        return plain(path.read_bytes(), content_type, "public, max-age=300")

    router.api_operation(
        GET,
        f"/{{ballot}}/{name}",
        summary=words,
        description="404 before the result is released.",
        operation_id=name.replace(".", "_").replace("-", "_"),
    )(result)


for _name in RESULT_FILES:
    _kind = {"json": JSON, "pdf": "application/pdf", "txt": TEXT}[_name.rsplit(".")[1]]
    _result_operation(_name, _kind, f"{_name.rsplit('.')[0].capitalize()} of the released result")


# How answers are made.


def _record(ballot: str) -> Path:
    return engine().desk(ballot).office.record


def _not_json(request: HttpRequest) -> HttpResponse | None:
    if request.content_type == JSON:
        return None
    return refusal(415, _("Send application/json."))


def _taken(done: Cast | Refused) -> HttpResponse:
    if isinstance(done, Cast):
        return answer({"entry": done.entry, "tracker": done.tracker, "receipt": done.receipt.decode()})
    if done.check == "V6":
        return refusal(403, done.reason)
    if done.check == "V12":
        return refusal(409, done.reason, check=done.check, last=done.last)
    return refusal(422, done.reason, check=done.check)


def _status(ballot: str, figures: Figures) -> dict[str, Any]:
    desk = engine().desk(ballot)
    eligible = sum(figures.eligible)
    return {
        "phase": figures.phase,
        "opens": _instant(figures.opens),
        "closes": _instant(figures.closes),
        "now": _instant(desk.now()),
        "entries": figures.entries,
        "ballots": figures.ballots,
        "eligible": eligible,
        "counted_credentials": sum(figures.counted),
        "rules": _rules(desk.office.manifest, eligible),
    }


@lru_cache(maxsize=64)
def _rules(manifest: Manifest, eligible: int) -> list[dict[str, list[str]]]:
    return [
        {
            "needed": sentences(plan(question.rule, eligible)) if question.rule and question.yes_no else [],
            "blank": blank_effect(question.rule) if question.rule and question.blank else [],
        }
        for question in manifest.questions
    ]


async def _events(ballot: str) -> AsyncIterator[bytes]:
    async for figures in engine().watch(ballot):
        yield b"event: status\ndata: " + answers.encode(_status(ballot, figures)) + b"\n\n"


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
