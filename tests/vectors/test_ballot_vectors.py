"""Ballots against vectors: this implementation's own, and those of the booth, which was written from
docs/protocol alone ([05], [07]). Both must give the same bytes, and refuse the same forgeries.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from support.vector_makers import FOLDER, MAKERS, Refused, accept_entry, describe_ballot, document


def cases(topic: str) -> list[Any]:
    found = json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))["cases"]
    return [pytest.param(case, id=case["name"]) for case in found]


@pytest.mark.parametrize("case", [*cases("ballots"), *cases("booth-ballots")])
def test_a_ballot_is_the_same_in_every_byte(case: dict[str, Any]) -> None:
    """[05.3] to [05.9], [07.3], [07.7] to [07.11]: from code, rho and choices to the entry on the board."""
    assert describe_ballot(case["input"]) == case["expected"]


@pytest.mark.parametrize("case", [*cases("ballots"), *cases("booth-ballots")])
def test_each_of_them_is_accepted(case: dict[str, Any]) -> None:
    given = case["input"]
    form = {name: given[name] for name in ("ballot_key", "phi", "questions")}
    assert accept_entry(form | {"entry": case["expected"]["entry"]}) == "accepted"


@pytest.mark.parametrize("case", cases("booth-refused-ballots"))
def test_what_the_booth_refuses_is_refused_here(case: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        accept_entry(case["input"])


@pytest.mark.parametrize("topic", MAKERS)
def test_the_vectors_of_this_implementation_can_be_made_again(topic: str) -> None:
    assert (FOLDER / f"{topic}.json").read_text(encoding="utf-8") == document(topic)
