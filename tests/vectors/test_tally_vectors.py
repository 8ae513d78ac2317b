"""Transcripts, decryptions, counts and groups against vectors ([03], [09])."""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.vector_makers import FOLDER, describe_transcript, tally_operation


def cases(topic: str) -> list[Any]:
    found = json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", cases("transcript"))
def test_transcript(case: dict[str, Any]) -> None:
    """[03.1] to [03.4]"""
    assert describe_transcript(case["input"]) == case["expected"]


def test_no_two_transcripts_of_the_vectors_agree() -> None:
    """[03.3]"""
    made = [case.values[0]["expected"]["transcript"] for case in cases("transcript")]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("case", cases("tally"))
def test_tally(case: dict[str, Any]) -> None:
    """[03.8], [09.2], [09.3], [09.5] to [09.7]"""
    if "failure" in case:
        with pytest.raises(ValueError, match="."):
            tally_operation(case["input"])
    else:
        assert tally_operation(case["input"]) == case["expected"]
