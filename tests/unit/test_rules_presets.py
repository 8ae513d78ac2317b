"""The shipped rules: all there, well formed, dated, and not to be confused with altered copies."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

import quorate.rules
from quorate.rules import UnknownRule, all_presets, differs_from_preset, encode_rule, preset, presets
from quorate.rules.criteria import Threshold
from quorate.rules.library import _shelf

FILES = sorted((Path(quorate.rules.__file__).parent / "presets").iterdir())

# Formulas that practitioners know by heart, written out again as integers (factors and names).
EXPECTED: dict[str, tuple[int, str, str, int, str]] = {
    "us-il-art34-strike": (4, "yes", ">=", 3, "eligible"),
    "us-ctu-hod": (2, "yes", ">", 1, "cast"),
    "us-ctu-ratify": (2, "yes", ">", 1, "no+yes"),
    "us-ctu-remote-2021": (5, "yes", ">=", 3, "eligible"),
    "us-lmrda-dues": (2, "yes", ">", 1, "no+yes"),
    "us-iam-strike": (3, "yes", ">=", 2, "no+yes"),
    "us-iam-contract": (2, "yes", ">", 1, "no+yes"),
    "de-igm-strike": (4, "yes", ">=", 3, "eligible"),
    "de-igm-accept": (4, "yes", ">=", 1, "eligible"),
    "de-participants-75": (4, "yes", ">=", 3, "no+yes"),
    "ronr-majority": (2, "yes", ">", 1, "no+spoiled+yes"),
    "ronr-two-thirds": (3, "yes", ">=", 2, "no+spoiled+yes"),
    "ronr-entire": (2, "yes", ">", 1, "eligible"),
    "kr-strike": (2, "yes", ">", 1, "eligible"),
}
CONFIRMED = {
    "au-pab",
    "ca-bc-strike",
    "ca-on-strike",
    "ca-qc-strike",
    "de-igm-accept",
    "de-igm-strike",
    "ie-ia",
    "nz-strike",
    "ronr-entire",
    "ronr-majority",
    "ronr-rescind",
    "ronr-two-thirds",
    "uk-ia-2017",
    "uk-ia-2026",
    "uk-ia-ips-2017",
    "uk-ia-post-eballot",
    "us-ctu-ratify",
    "us-il-art34-strike",
    "us-lmrda-officer",
    "za-strike",
}


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert len({name for name, _ in pairs}) == len(pairs)
    return dict(pairs)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_one_whole_rule(path: Path) -> None:
    """Nothing unknown, doubled or left to a default, so that the file says everything."""
    data = json.loads(path.read_text("utf-8"), object_pairs_hook=once)
    rule = msgspec.convert(data, quorate.rules.Rule)
    assert json.loads(encode_rule(rule)) == data
    assert path.name == f"{rule.id}.v{rule.version}.json"
    assert path.read_text("utf-8").endswith("}\n")


def test_all_are_there_and_no_other() -> None:
    assert len(FILES) == len(all_presets()) == 48
    assert {rule.id for rule in presets() if rule.status == "confirmed"} == CONFIRMED


@pytest.mark.parametrize("rule_id", EXPECTED)
def test_formulas_known_by_heart(rule_id: str) -> None:
    test = preset(rule_id).formula
    assert isinstance(test, Threshold)
    sign = {"at_least": ">=", "more_than": ">"}[test.relation]
    part, whole = test.share
    assert (whole, "+".join(test.numerator), sign, part, "+".join(test.of)) == EXPECTED[rule_id]


def test_exactly_one_ordinary_british_rule_on_any_day() -> None:
    ordinary = [
        rule for rule in presets() if re.fullmatch(r"uk-ia-(pre-2017|2017|2026|post-eballot)", rule.id)
    ]
    for day in (date(2016, 1, 1), date(2017, 2, 28), date(2017, 3, 1), date(2026, 2, 17), date(2026, 2, 18)):
        assert sum(rule.in_force_on(day) for rule in ordinary) == 1, day


def test_the_dated_setting_has_its_date() -> None:
    (setting,) = preset("uk-ia-2026").settings
    assert (setting.name, setting.since, setting.value) == (
        "spoiled-counts-as-voting",
        date(2026, 2, 18),
        True,
    )


def test_every_rule_without_a_seen_text_says_so() -> None:
    assert all(rule.citation and rule.title for rule in presets())
    assert {rule.status for rule in presets()} == {"confirmed", "needs-counsel"}


def test_near_ids_are_offered() -> None:
    for typed, near in (
        ("us-il-art34-strik", "us-il-art34-strike"),
        ("ronr", "ronr-majority"),
        ("two-thirds", "two-thirds-of-ballots"),
        ("UK-IA-2026", "uk-ia-2026"),
    ):
        with pytest.raises(UnknownRule) as unknown:
            preset(typed)
        assert near in unknown.value.near
    with pytest.raises(UnknownRule) as unknown:
        preset("")
    assert unknown.value.near == ()
    with pytest.raises(UnknownRule):
        preset("us-il-art34-strike", 2)


def test_an_altered_copy_of_a_preset_is_noticed() -> None:
    rule = preset("uk-ia-2017")
    replace = msgspec.structs.replace
    assert not differs_from_preset(rule)
    assert not differs_from_preset(rule.configured({"spoiled-counts-as-voting": False}))
    assert not differs_from_preset(replace(rule, id="our-by-law"))
    assert differs_from_preset(replace(rule, title="Something else"))
    assert differs_from_preset(replace(preset("us-il-art34-strike"), expression=preset("us-ctu-hod").formula))
    assert differs_from_preset(replace(rule, expression=preset("us-ctu-ratify").formula, settings=()))


def test_the_shelf_is_read_once() -> None:
    assert _shelf() is _shelf()
