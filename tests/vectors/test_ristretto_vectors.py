"""vectors/ristretto255.json: RFC 9496 appendix A, and scalars that must be refused ([01.1] to [01.7])."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate import group

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "ristretto255.json").read_text(encoding="utf-8")
)["cases"]


def perform(operation: str, data: bytes) -> str:
    match operation:
        case "multiply-generator":  # [01.1] [01.2]
            return group.base_mul(group.Scalar.from_canonical_bytes(data)).to_bytes().hex()
        case "decode-element":  # [01.3]
            return group.Element.from_canonical_bytes(data).to_bytes().hex()
        case "decode-scalar":  # [01.4]
            return str(group.Scalar.from_canonical_bytes(data).to_int())
        case "reduce-wide":  # [01.5]
            return group.Scalar.from_wide_bytes(data).to_bytes().hex()
        case "derive-element":  # [01.7]
            return group.Element.from_uniform_bytes(data).to_bytes().hex()
    raise AssertionError(f"the vectors name an unknown operation: {operation}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    given = case["input"]
    data = bytes.fromhex(given.get("bytes", given.get("scalar")))
    if "failure" in case:
        with pytest.raises(ValueError, match="canonical|bytes"):
            perform(given["operation"], data)
    else:
        assert perform(given["operation"], data) == case["expected"]


def test_multiples_are_sums() -> None:
    """[01.1] B[i + 1] = B[i] + G, and every multiple decodes to itself."""
    multiples = [case["expected"] for case in CASES if case["input"]["operation"] == "multiply-generator"]
    assert len(multiples) == 16
    running = group.Element.identity()
    for encoded in multiples:
        assert running.to_bytes().hex() == encoded
        assert group.Element.from_canonical_bytes(bytes.fromhex(encoded)) == running
        running = running + group.GENERATOR


BAD_ROWS = [
    case
    for case in CASES
    if case["input"]["operation"] == "decode-element" and len(case["input"]["bytes"]) == 64
]


@pytest.mark.parametrize("case", BAD_ROWS, ids=[case["name"] for case in BAD_ROWS])
def test_a_bad_row_among_many_is_named(case: dict[str, Any]) -> None:
    """[01.3] Decoding many at once names the first bad row."""
    bad = bytes.fromhex(case["input"]["bytes"])
    good = group.GENERATOR.to_bytes()
    with pytest.raises(group.PointDecodeError, match="element 2 is not a canonical") as refused:
        group.Points.from_canonical_bytes(good + good + bad + bad)
    assert refused.value.index == 2
