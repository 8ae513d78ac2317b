"""Certificates of published votes and of rare outcomes, for pages that show them."""

from __future__ import annotations

import msgspec

from quorate.record.certificate import Certificate
from quorate.rules import Counts, decide, preset
from support.certificates import PLAIN, certificate, named, yes_no


def undecided() -> Certificate:
    """Challenged ballots that could turn the verdict."""
    rule = preset("us-il-art34-strike")
    question = yes_no(25_000, 18_700, 700, 100)
    counts = Counts(
        abstain=0, blank=100, cast=19_500, challenged=80, eligible=25_000, no=700, spoiled=0, yes=18_700
    )
    return certificate(
        msgspec.structs.replace(question, decision=decide(rule, counts), rule=named(rule)),
        title="Undecided strike vote",
    )


def published(title: str, rule: str, *rows: tuple[str, int, int, int, int]) -> Certificate:
    """Questions of the published corpus: text, eligible, cast, yes, no."""
    return certificate(
        *(
            yes_no(eligible, yes, no, cast - yes - no, rule=rule, labels=PLAIN, text=text, name=f"q{at}")
            for at, (text, eligible, cast, yes, no) in enumerate(rows, start=1)
        ),
        title=title,
    )


def scotrail() -> Certificate:
    """Two questions on one paper, each with its verdict and turnout: Great Britain, 2021, as published."""
    return published(
        "Industrial action at a railway, 2021",
        "uk-ia-2017",
        ("Are you prepared to take part in a strike?", 2_415, 1_374, 1_159, 213),
        ("Are you prepared to take part in action short of a strike?", 2_415, 1_374, 1_282, 92),
    )


def civil_service() -> Certificate:
    """77.9% of those voting said yes, and turnout was missed: Great Britain, 2019, as published."""
    return published(
        "National ballot, 2019",
        "uk-ia-2017",
        ("Are you prepared to take part in a strike?", 124_710, 59_452, 46_352, 12_430),
    )
