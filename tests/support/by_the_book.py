"""Document 12 a second time, written from its text over plain JSON values, for the tests to compare with.

It knows nothing of `quorate.rules`: a rule is a dict, as it stands in a manifest.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

Json = dict[str, Any]


class Book:
    """One rule with its figures."""

    def __init__(self, rule: Json, figures: Json) -> None:
        self.rule, self.figures = rule, figures
        self.settings = {one["name"]: one["value"] for one in rule["settings"]}
        self.formula = self.chosen(rule["expression"])
        self.turned: Json | None = None
        self.ties_met = False

    def chosen(self, node: Json) -> Json:
        """[12.1]"""
        if node["kind"] == "cases" and node["when"]["kind"] == "setting":
            return self.chosen(node["then" if self.settings[node["when"]["name"]] else "otherwise"])
        below: Json = {key: self.chosen(term) for key, term in node.items() if isinstance(term, dict)}
        if "terms" in node:
            below["terms"] = [self.chosen(term) for term in node["terms"]]
        return node | below

    def sum(self, names: list[str]) -> int | None:
        """[12.3]"""
        parts = [self.figures[name] for name in names]
        return None if None in parts else sum(parts)

    def needed(self, test: Json, base: int) -> int:
        """[12.3]"""
        exact = Fraction(*test["share"]) * base
        return max(1, ceil(exact)) if test["relation"] == "at_least" else floor(exact) + 1

    def tied(self, test: Json) -> bool:
        """[12.3]"""
        n, b = self.sum(test["numerator"]), self.sum(test["of"])
        asks = test["share"] == [1, 2] and test["relation"] == "more_than"
        asks = asks and test["numerator"] in (["yes"], ["no"])
        return asks and bool(n) and n is not None and 2 * n == b and self.figures["yes"] == self.figures["no"]

    def met(self, test: Json) -> bool | None:
        """[12.3]"""
        n, b = self.sum(test["numerator"]), self.sum(test["of"])
        if n is None or b is None:
            return None
        if n >= self.needed(test, b):
            return True
        carries = self.rule["tie"] == "carries" or (
            self.rule["tie"] == "setting" and self.settings["tie-carries"]
        )
        return self.tied(test) and (self.ties_met or (carries and test["numerator"] == ["yes"]))

    def value(self, node: Json) -> bool | None:
        """[12.5]"""
        match node["kind"]:
            case "threshold":
                held = self.met(node)
                return held if node != self.turned or held is None else not held
            case "notice":
                notice: bool | None = self.figures["notice"]
                return notice
            case "setting":
                return bool(self.settings[node["name"]])
            case "not" | "unless_rejected":
                held = self.value(node["term"] if "term" in node else node["rejection"])
                return None if held is None else not held
            case "all" | "any" as kind:
                values = [self.value(term) for term in node["terms"]]
                decisive = kind == "any"
                return decisive if decisive in values else None if None in values else not decisive
            case "cases":
                when, then, otherwise = (self.value(node[part]) for part in ("when", "then", "otherwise"))
                if when is None:
                    return then if then == otherwise else None
                return then if when else otherwise
        raise AssertionError(node)

    def walk(self, node: Json, role: str, decides: bool) -> list[list[Any]]:
        match node["kind"]:
            case "threshold" | "notice":
                return [[node, role, decides and self.value(node) is not None]]
            case "not":
                return self.walk(node["term"], "condition", decides)
            case "unless_rejected":
                return self.walk(node["rejection"], "rejection", decides)
            case "all" | "any":
                whole = self.value(node)
                return [
                    step
                    for term in node["terms"]
                    for step in self.walk(term, role, decides and self.value(term) == whole)
                ]
            case "cases":
                when = self.value(node["when"])
                steps = self.walk(node["when"], "condition", decides)
                if when is not False:
                    steps += self.walk(node["then"], role, decides)
                if when is not True:
                    steps += self.walk(node["otherwise"], role, decides)
                return steps
        return []

    def steps(self) -> list[list[Any]]:
        """[12.6]"""
        merged: list[list[Any]] = []
        for node, role, decides in self.walk(self.formula, "test", True):
            same = [step for step in merged if step[:2] == [node, role]]
            if same:
                same[0][2] = same[0][2] or decides
            else:
                merged.append([node, role, decides])
        return merged

    def criteria(self) -> list[Json]:
        """[12.6]"""
        found = []
        for test, role, decides in self.steps():
            if test["kind"] != "threshold":
                continue
            n, b, met, tied = (
                self.sum(test["numerator"]),
                self.sum(test["of"]),
                self.met(test),
                self.tied(test),
            )
            if n is None or b is None:
                continue
            needed = n if tied and met else self.needed(test, b)
            found.append(
                {
                    "base": b,
                    "decides": decides,
                    "margin": n - needed,
                    "met": met,
                    "needed": needed,
                    "number": n,
                }
                | {"role": role, "test": test, "tied": tied}
            )
        return found

    def decision(self) -> Json:
        """[12.4] [12.5]"""
        kind = self.formula["kind"]
        named = {"rule": self.rule["id"], "rule_version": self.rule["version"], "format": 1}
        given = {"counts": self.figures, "rejects": kind == "unless_rejected"}
        if kind == "unavailable":
            return (
                given
                | named
                | {
                    "criteria": [],
                    "headline": None,
                    "margin": None,
                    "missing": ["formula"],
                    "needed": None,
                    "outcome": "cannot be decided",
                    "rests_on_notice": False,
                    "so_far": "cannot be decided",
                    "tied": False,
                }
            )
        steps, criteria, held = self.steps(), self.criteria(), self.value(self.formula)
        tied = any(one["tied"] and one["decides"] for one in criteria)
        outcome = {True: "carried", False: "not carried", None: "cannot be decided"}[held]
        if held is False and tied:
            self.ties_met = True
            outcome = "tie" if self.value(self.formula) else outcome
            self.ties_met = False
        headline = self.headline(criteria, held)
        return (
            given
            | named
            | {
                "criteria": criteria,
                "headline": headline,
                "margin": None if headline is None else criteria[headline]["margin"],
                "missing": [] if held is not None else self.missing(steps),
                "needed": None if headline is None else criteria[headline]["needed"],
                "outcome": outcome,
                "rests_on_notice": any(node["kind"] == "notice" and decides for node, _, decides in steps),
                "so_far": outcome,
                "tied": tied,
            }
        )

    def headline(self, criteria: list[Json], held: bool | None) -> int | None:
        """[12.7]"""
        ranks = []
        for index, one in enumerate(criteria):
            self.turned = one["test"]
            alone = self.value(self.formula) != held
            self.turned = None
            votes = one["test"]["numerator"] in (["yes"], ["no"])
            if one["decides"]:
                ranks.append((one["role"] == "condition", not alone, not votes, abs(one["margin"]), index))
        return min(ranks)[-1] if ranks else None

    def missing(self, steps: list[list[Any]]) -> list[str]:
        """[12.7]"""
        names = set()
        for node, _, _ in steps:
            if self.value(node) is None:
                used = ["notice"] if node["kind"] == "notice" else [*node["numerator"], *node["of"]]
                names |= {name for name in used if self.figures[name] is None}
        return sorted(names)


def choice(rule: Json, votes: dict[str, int], seats: int) -> Json:
    """[12.8]"""
    ranked = sorted(votes, key=lambda name: (-votes[name], name))
    of = [votes[name] for name in ranked]
    elected, tied, margin = ranked, list[str](), None
    if len(ranked) > seats:
        v, w = of[seats - 1], of[seats]
        margin = v - w
        elected = ranked[:seats] if w < v else [name for name in ranked if votes[name] > v]
        tied = [] if w < v else [name for name in ranked if votes[name] == v]
    outcome = "tie" if tied else "elected"
    needed = sum(of) // 2 + 1 if rule["expression"]["majority"] else None
    if needed is not None and of[0] < needed and len(ranked) > 2:
        outcome, elected, tied = "runoff", [], [name for name in ranked if votes[name] >= of[1]]
    return {
        "candidates": [{"id": name, "votes": votes[name]} for name in ranked],
        "elected": elected,
        "format": 1,
        "margin": margin,
        "needed": needed,
        "outcome": outcome,
        "rule": rule["id"],
        "rule_version": rule["version"],
        "seats": seats,
        "tied": tied,
    }
