"""Published votes of real unions come out as published; tests/data/votes/README.md states the policy."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from quorate.rules import Counts, Outcome, Rule, decide, decide_choice, preset
from quorate.rules.criteria import Choice, Component, Threshold, Unavailable, value
from quorate.rules.measure import Measured

VOTES = Path(__file__).parents[1] / "data" / "votes"
PARTS: frozenset[Component] = frozenset({"abstain", "blank", "no", "spoiled", "yes"})


def read(name: str) -> list[dict[str, str]]:
    with (VOTES / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


CORPUS = {row["id"]: row for row in read("corpus.csv")}
PRESETS = {row["id"]: row for row in read("presets.csv")}
MAPPED = [row for row in PRESETS.values() if row["preset"]]
TESTED = [row for row in PRESETS.values() if row["use"]]


@dataclass(frozen=True)
class Published:
    """The published percentages of a row as half-open intervals of true values."""

    turnout: tuple[Fraction, Fraction] | None
    of_cast: tuple[Fraction, Fraction] | None
    of_eligible: tuple[Fraction, Fraction] | None

    @classmethod
    def of(cls, row: dict[str, str]) -> Published:
        named = re.findall(r"\[computed here: ([^\]]*)\]", row["note"])
        computed = {name.partition("~")[0].strip() for names in named for name in names.split(",")}

        def interval(column: str) -> tuple[Fraction, Fraction] | None:
            printed = row[f"{column}_pct"]
            if not printed or column in computed:
                return None
            unit = Fraction(1, 10 ** len(printed.partition(".")[2]))
            low, high = Fraction(printed) - unit / 2, Fraction(printed) + unit
            return low / 100, high / 100

        return cls(interval("turnout"), interval("yes_of_cast"), interval("yes_of_eligible"))

    def answers(self, test: Threshold) -> bool | None:
        """Does the share hold for every true value that the percentage may stand for?"""
        share = Fraction(*test.share)
        match test.numerator, test.of:
            case ("yes",), ("cast",):
                return compare(self.of_cast, test, share)
            case ("yes",), of if set(of) <= PARTS:
                return True if compare(self.of_cast, test, share) else None
            case ("yes",), ("eligible",):
                return compare(self.of_eligible, test, share)
            case ("cast",), ("eligible",):
                return compare(self.turnout, test, share)
            case parts, ("eligible",) if set(parts) <= PARTS:
                return False if compare(self.turnout, test, share) is False else None
            case _:
                return None


def compare(interval: tuple[Fraction, Fraction] | None, test: Threshold, share: Fraction) -> bool | None:
    if interval is None:
        return None
    low, high = interval
    if low > share or (low == share and test.relation == "at_least"):
        return True
    return False if high <= share else None


@dataclass(frozen=True)
class Known:
    """Counts where they are published, percentages where they are not."""

    measured: Measured
    published: Published

    def threshold(self, test: Threshold) -> bool | None:
        counted = self.measured.threshold(test)
        return self.published.answers(test) if counted is None else counted

    def notice(self) -> bool | None:
        return None

    def setting(self, name: str) -> bool:
        return self.measured.setting(name)


def counts_of(row: dict[str, str], other: str) -> Counts:
    figures: dict[str, Any] = {
        name: int(row[name]) for name in ("eligible", "cast", "yes", "no") if row[name] != ""
    }
    if other and row["other"]:
        figures[other] = int(row["other"])
    if other == "challenged":
        figures.pop("cast")
    return Counts(**figures)


def outcome(rule: Rule, row: dict[str, str], other: str) -> tuple[str, str]:
    """How the row is decided ("counts", "shares", "" for not at all), and what comes out."""
    if isinstance(rule.expression, Choice):
        votes = [
            (name, int(figure.replace(",", "")))
            for name, figure in re.findall(r"(\w+) \(\w+\) ([\d,]+)", row["question"])
        ]
        assert sum(figure for _, figure in votes) == int(row["cast"])
        return "counts", decide_choice(rule, None, int(row["cast"]), votes).outcome
    counts = counts_of(row, other)
    decision = decide(rule, counts)
    if decision.outcome is not Outcome.CANNOT_BE_DECIDED:
        return "counts", decision.outcome
    if isinstance(rule.formula, Unavailable | Choice):
        return "", decision.outcome
    known = Known(Measured(rule, counts.completed()), Published.of(row))
    carried = value(rule.formula, known)
    return ("", decision.outcome) if carried is None else ("shares", "carried" if carried else "not carried")


@pytest.mark.parametrize("row", TESTED, ids=lambda row: row["id"])
def test_a_published_vote_comes_out_as_published(row: dict[str, str]) -> None:
    rule = preset(row["preset"])
    assert outcome(rule, CORPUS[row["id"]], row["other"]) == (row["use"], row["expected"])


@pytest.mark.parametrize("row", [row for row in MAPPED if not row["use"]], ids=lambda row: row["id"])
def test_a_row_left_out_is_open_or_set_aside(row: dict[str, str]) -> None:
    how, came_out = outcome(preset(row["preset"]), CORPUS[row["id"]], row["other"])
    if row["reason"].startswith("set aside: "):
        assert (bool(how), came_out) == (True, row["expected"])
    else:
        assert how == ""


def test_every_row_is_mapped_to_a_rule_or_a_reason() -> None:
    assert list(PRESETS) == list(CORPUS)
    for row in PRESETS.values():
        assert bool(row["preset"]) == bool(row["expected"]), row["id"]
        assert bool(row["reason"]) == (not row["use"]), row["id"]
        assert row["preset"] or not row["use"], row["id"]


def test_how_many_votes_are_tested() -> None:
    assert len(CORPUS) == 154
    assert Counter(row["use"] for row in PRESETS.values()) == {"counts": 55, "shares": 46, "": 53}


def test_one_published_figure_that_is_wrong_is_noticed() -> None:
    """A page printed 59,296 yes, which with its other figures exceeds the ballots cast."""
    row = {**CORPUS["pcs-2019-asos"], "yes": "59296"}
    with pytest.raises(
        ValueError, match=r"59,296 yes \+ 5,092 no \+ 1,064 spoiled = 65,452 ballots, but only"
    ):
        counts_of(row, "spoiled")
