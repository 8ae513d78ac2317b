"""The rules by the language-neutral vectors: whole decisions, and rules that must be refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from quorate.rules import Counts, RuleError, decide, decode_rule

VECTORS = Path(__file__).parents[2] / "vectors"


def cases(topic: str) -> list[Any]:
    document = json.loads((VECTORS / f"{topic}.json").read_text("utf-8"))
    assert (document["format"], document["topic"]) == ("quorate-vectors/1", topic)
    return [pytest.param(case, id=case["name"]) for case in document["cases"]]


def canonical(value: Any) -> bytes:
    return msgspec.json.encode(value, order="sorted")


@pytest.mark.parametrize("case", cases("rules-decisions"))
def test_decisions(case: dict[str, Any]) -> None:
    rule = decode_rule(canonical(case["input"]["rule"]))
    counts = msgspec.json.decode(canonical(case["input"]["counts"]), type=Counts)
    assert msgspec.json.encode(decide(rule, counts)) == canonical(case["expected"])


@pytest.mark.parametrize("case", cases("rules-refused"))
def test_refused(case: dict[str, Any]) -> None:
    data = case["input"]["rule"].encode()
    if "failure" in case:
        with pytest.raises(RuleError):
            decode_rule(data)
    else:
        rule = decode_rule(data)
        assert {"id": rule.id, "version": rule.version} == case["expected"]
