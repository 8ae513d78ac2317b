"""Rules from by-laws: what an officer fills in, what it means, and what is refused at draft time."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from quorate.rules import (
    ByLaw,
    Collected,
    Counts,
    Limb,
    Outcome,
    Rule,
    RuleError,
    Setting,
    compose,
    decide,
    explain,
    preset,
    presets,
    why_undecidable,
)
from quorate.rules.composer import MEETING, SECRET, headline
from quorate.rules.criteria import Choice, Component, Notice, Relation, Threshold, Unavailable


def limb(
    of: tuple[Component, ...], share: tuple[int, int] = (1, 2), relation: Relation = "more_than"
) -> Limb:
    return Limb(test=Threshold(numerator=("yes",), of=of, relation=relation, share=share))


def by_law(*limbs: Limb, **more: object) -> ByLaw:
    return ByLaw(citation="By-laws, article 7", id="article-7", limbs=limbs, title="Article 7", **more)  # type: ignore[arg-type]


THREE_QUARTERS = limb(("eligible",), (3, 4), "at_least")
OF_BALLOTS = limb(("cast",))
OF_VOTES = limb(("no", "yes"))
MOST_OF_100 = (
    "Yes votes are more than half of the yes and no votes: 51 if there are 100, fewer if there are fewer."
)
MOST_OF_10 = (
    "Yes votes are more than half of the yes, no and abstain votes: "
    "6 if there are 10, fewer if there are fewer."
)


@pytest.mark.parametrize(
    ("made", "formula"),
    [
        (by_law(THREE_QUARTERS), preset("us-il-art34-strike").formula),
        (by_law(OF_VOTES), preset("majority-of-votes").formula),
        (by_law(OF_BALLOTS, turnout=(1, 2)), preset("uk-ia-2026").formula),
        (
            by_law(OF_BALLOTS, limb(("eligible",), (2, 5), "at_least"), turnout=(1, 2)),
            preset("uk-ia-ips-2017").formula,
        ),
        (
            by_law(
                Limb(notice=True, test=limb(("no", "spoiled", "yes")).test),
                limb(("no", "spoiled", "yes"), (2, 3), "at_least"),
                limb(("eligible",)),
                join="any",
            ),
            preset("ronr-rescind").formula,
        ),
        (
            by_law(OF_BALLOTS, quorum=(1, 2), quorum_more=True),
            preset("us-ctu-hod").configured({"quorum-majority-of-members": True}).formula,
        ),
    ],
    ids=["strike", "votes", "uk", "uk-important", "rescind", "house"],
)
def test_the_composer_can_say_what_published_rules_say(made: ByLaw, formula: object) -> None:
    terms = getattr(formula, "terms", None)
    mine = compose(made).formula
    if terms is None:
        assert mine == formula
    else:
        assert set(getattr(mine, "terms", ())) == set(terms)


@pytest.mark.parametrize(
    ("made", "eligible", "said"),
    [
        (
            by_law(THREE_QUARTERS),
            27000,
            [
                "At least 20,250 of 27,000 members must vote yes.",
                "Fails if 6,751 or more vote no, leave it blank or do not vote.",
                "Not voting counts like no.",
                "A blank ballot counts as voting, but not as yes or no.",
                "Under this rule it works like a no.",
            ],
        ),
        (
            by_law(OF_VOTES, turnout=(1, 2)),
            100,
            [
                "Carries when all of these hold:",
                "  yes votes are more than half of the yes and no votes",
                "  ballots cast are at least half of all members",
                MOST_OF_100,
                "At least 50 of 100 members must return a ballot.",
                "Not voting lowers the turnout, which can make it fail.",
                "A blank ballot counts as voting, but not as yes or no.",
                "Under this rule it does not weigh between yes and no.",
                "It counts towards turnout.",
            ],
        ),
        (
            by_law(limb(("abstain", "no", "yes"))),
            10,
            [
                MOST_OF_10,
                "Not voting does not count.",
                "A blank ballot counts as voting, but not as yes or no.",
                "Under this rule it does not weigh between yes and no.",
                "An abstention works like a no.",
            ],
        ),
    ],
    ids=["of all", "turnout", "abstain"],
)
def test_what_a_rule_means_is_said_at_once(made: ByLaw, eligible: int, said: list[str]) -> None:
    assert explain(compose(made), eligible) == said


def test_not_voting_in_other_rules() -> None:
    mixed = explain(compose(by_law(OF_BALLOTS, THREE_QUARTERS)), 100)
    assert "Not voting counts like no in the test that counts all members." in mixed
    assert "Not voting does not help to reject it." in explain(preset("us-ibt-final-offer"), 100)
    assert "Not voting does not count." in explain(preset("us-lmrda-officer"), 100)


def test_the_one_number() -> None:
    assert headline(compose(by_law(THREE_QUARTERS)), 27000) == "20,250 yes votes needed of 27,000"
    assert headline(compose(by_law(OF_BALLOTS, turnout=(1, 2))), 100) == "Carries when all of these hold:"


@pytest.mark.parametrize(
    "wrong",
    [
        by_law(),
        by_law(Limb(test=Threshold(numerator=("no",), of=("cast",), relation="at_least", share=(1, 2)))),
        by_law(OF_VOTES, OF_VOTES),
        replace(by_law(OF_VOTES), id="Article 7"),
        replace(by_law(OF_VOTES), citation=""),
        by_law(OF_VOTES, turnout=(2, 4)),
        by_law(OF_VOTES, quorum=(1, 1), quorum_more=True),
    ],
    ids=["nothing", "no votes", "twice", "id", "no source", "share", "more than all"],
)
def test_by_laws_that_make_no_rule(wrong: ByLaw) -> None:
    with pytest.raises(RuleError):
        compose(wrong)


def test_notice_is_asked_for_once() -> None:
    with_notice = Limb(notice=True, test=OF_VOTES.test)
    assert compose(by_law(with_notice, notice=True)) == compose(by_law(with_notice))
    assert set(compose(by_law(OF_VOTES, notice=True)).formula.terms) == {Notice(), OF_VOTES.test}  # type: ignore[union-attr]  # it is "all"


SECRET_BALLOT = Collected(figures=SECRET)


def test_a_rule_that_the_vote_could_not_decide_is_refused_when_it_is_drafted() -> None:
    present = compose(by_law(OF_BALLOTS, quorum=(1, 2)))
    assert why_undecidable(present, SECRET_BALLOT) == (
        "The rule asks for the number of members present, which this vote does not collect.",
    )
    assert why_undecidable(present, Collected(figures=MEETING)) == ()
    notice = compose(by_law(OF_BALLOTS, notice=True))
    assert why_undecidable(notice, SECRET_BALLOT) == (
        "The rule asks for whether notice of the motion was given, which this vote does not collect.",
    )
    assert why_undecidable(notice, Collected(figures=(*SECRET, "notice"))) == ()
    hands = Collected(figures=("cast", "eligible", "no", "yes"))
    assert len(why_undecidable(preset("ronr-majority"), hands)) == 1
    assert why_undecidable(preset("us-il-art34-strike"), hands) == ()


def test_rules_of_another_kind() -> None:
    candidates = Collected(candidates=True, figures=SECRET)
    assert "chooses among candidates" in why_undecidable(preset("us-lmrda-officer"), SECRET_BALLOT)[0]
    assert why_undecidable(preset("us-lmrda-officer"), candidates) == ()
    assert "between yes and no" in why_undecidable(preset("majority-of-votes"), candidates)[0]
    assert "no formula" in why_undecidable(preset("us-il-other-strike"), SECRET_BALLOT)[0]


def test_what_is_said_to_be_decidable_is_decided() -> None:
    """Of every preset, with its settings both ways: no sentence means that no figure is ever missing."""
    full = Counts(
        abstain=2, blank=3, cast=60, eligible=100, no=20, notice=True, present=70, spoiled=5, yes=30
    )
    seen = 0
    for rule in presets():
        for value in (False, True):
            one = rule.configured({setting.name: value for setting in rule.settings})
            if isinstance(one.formula, Choice | Unavailable):
                continue
            reasons = why_undecidable(one, SECRET_BALLOT)
            counts = replace(full, notice=None, present=None)
            if not reasons:
                assert decide(one, counts).outcome is not Outcome.CANNOT_BE_DECIDED, one.id
                seen += 1
            assert not why_undecidable(one, Collected(figures=(*MEETING, "notice")))
    assert seen > 50


def test_settings_that_rule_a_branch_out_ask_for_nothing() -> None:
    rule: Rule = preset("us-ctu-hod")
    assert [type(one) for one in rule.settings] == [Setting]
    assert why_undecidable(rule, SECRET_BALLOT) == ()
    assert why_undecidable(rule.configured({"quorum-majority-of-members": True}), SECRET_BALLOT)
