"""Figures: what is impossible is refused by name, what follows is filled in, nothing is guessed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from quorate.rules import Counts, CountsError


@pytest.mark.parametrize(
    ("figures", "message"),
    [
        (
            {"cast": 1000, "yes": 600, "no": 500},
            "600 yes + 500 no = 1,100 ballots, but only 1,000 were cast",
        ),
        ({"cast": 20, "yes": 30}, "30 yes ballots, but only 20 were cast"),
        ({"eligible": 10, "cast": 11}, "11 ballots were cast, but only 10 members are eligible"),
        ({"eligible": 10, "yes": 6, "no": 6}, "6 yes + 6 no = 12 ballots, but only 10 members are eligible"),
        ({"eligible": 10, "present": 12}, "12 members were present, but only 10 are eligible"),
        (
            {"cast": 10, "yes": 5, "no": 2, "abstain": 0, "blank": 0, "spoiled": 0},
            "5 yes + 2 no = 7 ballots, but 10 were cast: 3 are not accounted for",
        ),
        (
            {"cast": 3, "yes": 0, "no": 0, "abstain": 0, "blank": 0, "spoiled": 0},
            "0 ballots, but 3 were cast: 3 are not accounted for",
        ),
        ({"yes": -1}, "yes is -1; a count is a whole number from 0 to 4,294,967,295"),
        ({"challenged": -1}, "challenged is -1; a count is a whole number from 0 to 4,294,967,295"),
        ({"eligible": 2**32}, "eligible is 4294967296; a count is a whole number from 0 to 4,294,967,295"),
    ],
)
def test_impossible_figures_are_named(figures: dict[str, Any], message: str) -> None:
    with pytest.raises(CountsError) as refused:
        Counts(**figures)
    assert str(refused.value) == message


def test_impossible_figures_are_refused_on_reading_too() -> None:
    good = msgspec.json.encode(Counts(cast=3, yes=2, no=1))
    assert msgspec.json.decode(good, type=Counts) == Counts(cast=3, yes=2, no=1)
    for bad in (
        good.replace(b'"cast":3', b'"cast":2'),
        good.replace(b'"cast":3', b'"cast":3.0'),
        good.replace(b'"cast":3', b'"cast":"3"'),
        good.replace(b'"cast":3', b'"cast":true'),
        good.replace(b'"cast":3', b'"cast":3,"casts":3'),
    ):
        assert bad != good
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(bad, type=Counts)


def test_challenged_ballots_are_in_none_of_the_other_figures() -> None:
    """They may even exceed the members left: somebody who is not on the roll can be challenged."""
    counts = Counts(eligible=10, cast=10, yes=10, challenged=5)
    assert counts.completed().challenged == 5


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        # All five parts: their sum was cast.
        (
            {"yes": 5, "no": 2, "abstain": 1, "blank": 0, "spoiled": 1},
            {"cast": 9},
        ),
        # The known parts make up all that was cast: the others are zero.
        ({"cast": 7, "yes": 5, "no": 2}, {"abstain": 0, "blank": 0, "spoiled": 0}),
        # One part is left.
        ({"cast": 9, "yes": 5, "no": 2, "abstain": 0, "blank": 0}, {"spoiled": 2}),
        # Two parts are left: which of them is not known.
        ({"cast": 9, "yes": 5, "no": 2, "abstain": 0}, {}),
        # Not even how many were cast.
        ({"yes": 5, "no": 2}, {}),
        ({}, {}),
    ],
)
def test_only_what_follows_is_filled_in(given: dict[str, int], filled: dict[str, int]) -> None:
    counts: Any = {**given}
    assert Counts(**counts).completed() == Counts(**{**counts, **filled})
    assert Counts(**counts).completed().completed() == Counts(**counts).completed()
