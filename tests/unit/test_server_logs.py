"""Log lines: JSON, without codes and addresses even where somebody put one into a message."""

from __future__ import annotations

import json
import logging

import pytest

from quorate.server.logs import JsonFormatter, scrub

CODE = "7Q4K-M2XD-9F3H-B0TR-WZ68-C5NJ"


@pytest.mark.parametrize(
    "words",
    [
        f"no credential for {CODE}",
        f"no credential for {CODE.lower()}",
        f"#code={CODE.replace('-', '')}.",
        f"code {CODE.replace('-', ' ')} is unknown",
        "could not reach ada.lovelace+votes@union.example.org",
        "connection from 192.0.2.17:51234",
        "connection from 2001:db8::17",
        "connection from ::ffff:192.0.2.17",
    ],
)
def test_scrubbed(words: str) -> None:
    left = scrub(words)
    assert "[code]" in left or "[address]" in left
    for secret in ("M2XD", "m2xd", "lovelace", "192.0", "db8"):
        assert secret not in left


@pytest.mark.parametrize(
    "words",
    [
        "PostgreSQL 18.4 is ready",
        "2026-11-21T21:31:05.447+00:00",
        "12:31:05",
        "ballot 5f0a4c6b1d7e93c8a2b4d6f8091a3c5e",
        "tracker 7Q4K-M2XD",
    ],
)
def test_left_alone(words: str) -> None:
    assert scrub(words) == words


def logged(**more: object) -> dict[str, object]:
    record = logging.LogRecord("quorate.test", logging.ERROR, __file__, 1, "it %s", ("failed",), None)
    record.__dict__.update(more)
    line: dict[str, object] = json.loads(JsonFormatter().format(record))
    return line


def test_a_line() -> None:
    line = logged(route="/b/<ballot>/", status=500, other="not a field")
    assert line["event"] == "it failed"
    assert line["level"] == "error"
    assert line["route"] == "/b/<ballot>/"
    assert "other" not in line


def test_a_fault_says_where_without_what_was_typed() -> None:
    try:
        try:
            raise KeyError(CODE)
        except KeyError as inner:
            raise ValueError(f"no credential for {CODE}") from inner
    except ValueError as fault:
        line = logged(exc_info=(ValueError, fault, fault.__traceback__))
    assert line["error"] == ["ValueError: no credential for [code]", "KeyError: '[code]'"]
    where = line["where"]
    assert isinstance(where, list)
    assert where[0].startswith("test_server_logs.py:")


def test_what_django_says_of_a_request_is_not_repeated() -> None:
    """Its message holds the path as it was asked for, which may hold a personal link."""

    class Request:
        reference = "01234567"

    line = logged(request=Request(), msg="Not Found: /teller/%s", args=("very-secret-link",))
    assert line["event"] == "request failed"
    assert line["reference"] == "01234567"
    assert "very-secret-link" not in json.dumps(line)
