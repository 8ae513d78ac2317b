"""The server's log: one JSON object on each line of standard error, without addresses or codes.

What a request asked for is logged as the pattern of its route, never as the path with its values, and
without query, body, cookie or peer. What is left is scrubbed once more of all that looks like a voting
code, an e-mail address or a network address: a second wall, not the first.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

_SYMBOL = "[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]"
_HIDDEN: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(rf"(?<![0-9A-Za-z])(?:{_SYMBOL}{{4}}[-\s]?){{5}}{_SYMBOL}{{4}}(?![0-9A-Za-z])"), "[code]"),
    (re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"), "[address]"),
    (re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])"), "[address]"),
    (re.compile(r"(?<![\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\w:])"), "[address]"),
    (re.compile(r"(?<![\w:])[0-9a-fA-F:]*::[0-9a-fA-F:.]*"), "[address]"),
)
_OURS: Final = str(Path(__file__).parents[1])
_CAUSES: Final = 5
_FIELDS: Final = ("method", "route", "status", "milliseconds", "reference", "ballot", "count")


def scrub(words: str) -> str:
    """The words without what looks like a code or an address."""
    for pattern, instead in _HIDDEN:
        words = pattern.sub(instead, words)
    return words


class JsonFormatter(logging.Formatter):
    """A record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        # Django's own records about a request carry its path: the route is said by RequestRecord.
        about_request = hasattr(record, "request")
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": "request failed" if about_request else scrub(record.getMessage()),
        }
        line |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None}
        if about_request and (reference := getattr(record.request, "reference", None)):  # type: ignore[attr-defined]  # just asked
            line["reference"] = reference
        if record.exc_info and record.exc_info[1] is not None:
            line |= _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def _fault(error: BaseException) -> dict[str, Any]:
    """What was raised, and where: the calls of our own code and the innermost one."""
    frames = traceback.extract_tb(error.__traceback__)
    where = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for number, frame in enumerate(frames, start=1)
        if _OURS in frame.filename or number == len(frames)
    ]
    causes = [f"{type(error).__name__}: {scrub(str(error))}"]
    while (cause := error.__cause__ or error.__context__) and len(causes) < _CAUSES:
        error = cause
        causes.append(f"{type(error).__name__}: {scrub(str(error))}")
    return {"error": causes, "where": where}


def start_logging(write: Callable[[str], object] | None = None, level: int = logging.INFO) -> None:
    """Send everything that is logged in this process through the formatter, and nowhere else."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if write is not None:
        handler = _Written(write)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "django", "django.server", "django.request"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
    logging.getLogger("django.request").setLevel(
        logging.ERROR
    )  # refusals are counted and said by RequestRecord
    logging.getLogger("django.security").setLevel(logging.CRITICAL)  # they quote what was sent
    logging.getLogger("uvicorn.access").setLevel(logging.CRITICAL)
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    logging.captureWarnings(True)


class _Written(logging.Handler):
    def __init__(self, write: Callable[[str], object]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        self._write(self.format(record) + "\n")
