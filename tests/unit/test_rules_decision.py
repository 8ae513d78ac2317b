"""Verdicts, their headline and their sentences, word for word."""

from __future__ import annotations

import pytest

from quorate.rules import (
    Counts,
    CountsError,
    Outcome,
    blank_effect,
    decide,
    denominators,
    outcome_words,
    plan,
    preset,
    role_words,
    sentences,
    share_words,
    what_if,
)

CHICAGO_2012 = Counts(eligible=26502, cast=24756, yes=23780, no=482, spoiled=494)
STRIKE = preset("us-il-art34-strike")


# -- sentences --------------------------------------------------------------------------------------------


def test_carried_in_three_sentences() -> None:
    assert sentences(decide(STRIKE, CHICAGO_2012)) == [
        "Carried.",
        "23,780 members voted yes.",
        "19,877 were needed.",
        "3,903 more than needed.",
    ]


def test_not_carried_although_most_who_voted_said_yes() -> None:
    assert sentences(decide(STRIKE, Counts(eligible=25000, cast=19500, yes=18525, no=975))) == [
        "Not carried.",
        "18,525 members voted yes; 18,750 were needed: 225 short.",
        "Of the 19,500 ballots cast, 95.0% said yes.",
        "The rule counts all 25,000 members: 74.1% said yes.",
    ]


def test_exactly_enough_and_singular() -> None:
    assert sentences(decide(STRIKE, Counts(eligible=1, cast=1, yes=1))) == [
        "Carried.",
        "1 member voted yes.",
        "1 was needed: exactly enough.",
    ]


def test_a_turnout_that_fails_is_the_headline() -> None:
    decision = decide(preset("uk-ia-2017"), Counts(eligible=124710, cast=59452, yes=46352, no=12430))
    assert sentences(decision) == [
        "Not carried.",
        "59,452 ballots were cast; 62,355 were needed (at least half of all 124,710 members): 2,903 short.",
    ]


def test_a_rejection_that_fails() -> None:
    counts = Counts(eligible=209043, cast=92604, yes=42356, no=50248)
    assert sentences(decide(preset("us-ibt-final-offer"), counts)) == [
        "Carried.",
        (
            "50,248 members voted no; 61,736 were needed to reject (at least two thirds of 92,604 yes and no "
            "votes): 11,488 short."
        ),
        "92,604 ballots were cast: that is not at least half of all 209,043 members.",
        "The proposal was not rejected, so it takes effect.",
    ]


def test_a_rejection_that_succeeds() -> None:
    said = sentences(decide(preset("us-ibt-final-offer"), Counts(eligible=10, cast=10, yes=4, no=6)))
    assert said == [
        "Not carried.",
        "6 members voted no.",
        "6 were needed to reject (more than half of 10 yes and no votes): exactly enough.",
        "10 ballots were cast: that is at least half of all 10 members.",
        "The proposal was rejected.",
    ]


def test_a_tie_is_named_and_the_rule_says_where_it_falls() -> None:
    level = Counts(cast=10, yes=5, no=5)
    fails = decide(preset("ie-ia"), level)
    assert (fails.outcome, fails.carried, fails.tied) == (Outcome.TIE, False, True)
    assert sentences(fails) == [
        "Tie: not carried.",
        "It is a tie: 5 voted yes and as many voted no.",
        "5 members voted yes; 6 were needed (more than half of 10 ballots cast): 1 short.",
    ]
    carries = decide(preset("ie-ia").configured({"tie-carries": True}), level)
    assert (carries.outcome, carries.carried, carries.tied) == (Outcome.CARRIED, True, True)
    assert sentences(carries)[1:3] == [
        "It is a tie: 5 voted yes and as many voted no.",
        "Under this rule a tie carries.",
    ]


def test_a_tie_that_needs_a_figure_nobody_gave() -> None:
    """Half of the ballots are yes: whether the others are all no matters only if a tie carries."""
    half = Counts(cast=10, yes=5)
    assert decide(preset("ie-ia"), half).outcome is Outcome.NOT_CARRIED
    lenient = decide(preset("ie-ia").configured({"tie-carries": True}), half)
    assert (lenient.outcome, lenient.missing) == (Outcome.CANNOT_BE_DECIDED, ("no",))


def test_undecided_says_how_it_stands() -> None:
    decision = decide(preset("majority-of-votes"), Counts(yes=69118, no=68473, challenged=1608))
    assert (decision.outcome, decision.so_far) == (Outcome.UNDECIDED, Outcome.CARRIED)
    assert sentences(decision)[:3] == [
        "Undecided.",
        "1,608 challenged ballots are open and could change the verdict.",
        "Without them it would be: carried.",
    ]


def test_what_is_missing_is_named() -> None:
    decision = decide(preset("ronr-rescind"), Counts(eligible=100, cast=60, yes=31, no=29))
    assert decision.missing == ("notice",)
    assert sentences(decision) == [
        "Cannot be decided.",
        "Not known: whether notice of the motion was given.",
    ]
    assert decide(STRIKE, Counts()).missing == ("eligible", "yes")
    assert decide(preset("us-il-other-strike"), CHICAGO_2012).missing == ("formula",)
    assert decide(preset("us-lmrda-officer"), CHICAGO_2012).missing == ("candidates",)


def test_notice_is_part_of_the_verdict() -> None:
    counts = Counts(eligible=100, cast=60, yes=31, no=29, notice=True)
    assert sentences(decide(preset("ronr-rescind"), counts))[-1] == "Notice of the motion was given."
    without = Counts(eligible=100, cast=60, yes=31, no=29, notice=False)
    assert sentences(decide(preset("ronr-rescind"), without))[-1] == "Notice of the motion was not given."


def test_every_outcome_has_a_heading() -> None:
    assert [outcome_words(one) for one in Outcome] == [
        "Carried",
        "Not carried",
        "Tie: not carried",
        "Undecided",
        "Cannot be decided",
    ]


# -- criteria ---------------------------------------------------------------------------------------------


def test_the_headline_is_the_criterion_that_turns_the_verdict() -> None:
    """Without notice a plain majority is no way to rescind: two thirds is what is short."""
    decision = decide(preset("ronr-rescind"), Counts(eligible=100, cast=60, yes=30, no=30, notice=False))
    assert decision.main is not None
    assert decision.main.test.share == (2, 3)
    assert (decision.needed, decision.margin) == (40, -10)


def test_only_what_the_verdict_rests_on_decides() -> None:
    """A turnout that fails decides; the majority that was reached does not."""
    decision = decide(preset("uk-ia-ips-2017"), Counts(eligible=171, cast=74, yes=71, no=3))
    assert [(one.test.numerator, one.met, one.decides) for one in decision.criteria] == [
        (("yes",), True, False),
        (("yes",), True, False),
        (("cast",), False, True),
    ]


def test_a_branch_not_taken_is_not_shown() -> None:
    decision = decide(preset("us-ibt-final-offer"), Counts(eligible=100, cast=40, yes=20, no=20))
    assert [(one.role, one.test.share) for one in decision.criteria] == [
        ("condition", (1, 2)),
        ("rejection", (2, 3)),
    ]


def test_nobody_meets_no_share() -> None:
    """Two thirds of nothing is not a majority, and nobody rejects nothing."""
    nobody = Counts(eligible=10, cast=0)
    for name in ("two-thirds-of-votes", "ronr-two-thirds", "majority-of-ballots", "de-participants-75"):
        assert decide(preset(name), nobody).outcome is Outcome.NOT_CARRIED, name
    assert decide(preset("is-mediation"), nobody).outcome is Outcome.CARRIED


def test_denominators_and_the_one_that_decides() -> None:
    rows = denominators(decide(STRIKE, CHICAGO_2012))
    assert [f"{share_words(row)}: {role_words(row)}" for row in rows] == [
        "89.7% of all 26,502 members said yes: decides, needs at least 75%",
        "96.0% of 24,756 ballots cast said yes: does not decide",
        "98.0% of 24,262 yes and no votes said yes: does not decide",
        "turnout 93.4% of all 26,502 members: does not decide",
    ]


def test_denominators_of_other_rules_are_added() -> None:
    counts = Counts(eligible=100, cast=85, yes=41, no=30, blank=4, spoiled=10)
    assert [share_words(row) for row in denominators(decide(preset("ronr-majority"), counts))] == [
        "41.0% of all 100 members said yes",
        "48.2% of 85 ballots cast said yes",
        "57.7% of 71 yes and no votes said yes",
        "turnout 85.0% of all 100 members",
        "50.6% of 81 yes, no and spoiled votes said yes",
    ]
    offer = decide(preset("us-ibt-final-offer"), Counts(eligible=100, cast=80, yes=41, no=39))
    assert share_words(denominators(offer)[-1]) == "48.7% of 80 yes and no votes said no"


def test_no_row_without_its_figures() -> None:
    rows = denominators(decide(preset("majority-of-votes"), Counts(yes=2, no=1)))
    assert [share_words(row) for row in rows] == ["66.6% of 3 yes and no votes said yes"]
    assert denominators(decide(preset("majority-of-votes"), Counts(eligible=5, cast=0)))[0].percent == "0.0%"


def test_what_if_the_rule_had_been_another() -> None:
    """60% of all members carried in 2021; three quarters or two thirds of them would not have."""
    counts = Counts(eligible=25000, cast=21500, yes=15265, no=6235)
    rules = [preset(name) for name in ("us-ctu-remote-2021", "us-il-art34-strike", "two-thirds-of-members")]
    assert [one.outcome for one in what_if(counts, rules)] == ["carried", "not carried", "not carried"]


# -- before opening ---------------------------------------------------------------------------------------


def test_how_many_votes_it_takes() -> None:
    asked = plan(STRIKE, 27000)
    assert asked.needed == 20250
    assert sentences(asked) == [
        "At least 20,250 of 27,000 members must vote yes.",
        "Fails if 6,751 or more vote no, leave it blank or do not vote.",
        "A blank ballot counts as voting, but not as yes or no.",
        "Under this rule it works like a no.",
    ]


def test_a_base_that_moves_is_explained() -> None:
    asked = plan(preset("us-ctu-ratify"), 27000)
    assert asked.needed is None
    assert sentences(asked) == [
        (
            "Yes votes are more than half of the yes and no votes: 13,501 if there are 27,000, fewer if "
            "there are fewer."
        ),
        "A blank ballot counts as voting, but not as yes or no.",
        "Under this rule it does not weigh between yes and no.",
    ]


def test_several_tests_before_opening() -> None:
    assert sentences(plan(preset("uk-ia-ips-2017"), 27000)) == [
        "Carries when all of these hold:",
        "  yes votes are more than half of the ballots cast",
        "  yes votes are at least 40% of all members",
        "  ballots cast are at least half of all members",
        (
            "Yes votes are more than half of the ballots cast: 13,501 if there are 27,000, fewer if "
            "there are fewer."
        ),
        "At least 10,800 of 27,000 members must vote yes.",
        "Fails if 16,201 or more vote no, leave it blank or do not vote.",
        "At least 13,500 of 27,000 members must return a ballot.",
        "A blank ballot counts as voting, but not as yes or no.",
        "Under this rule it works like a no.",
        "It counts towards turnout.",
    ]


def test_no_number_is_called_necessary_that_is_not() -> None:
    """A majority of all members is one of three ways to rescind: falling short of it fails nothing."""
    asked = plan(preset("ronr-rescind"), 100)
    assert [one.fails_at for one in asked.tests] == [None, None, None]
    assert not any(line.startswith(("Fails", "At least")) for line in sentences(asked))


def test_a_rule_without_a_formula_says_so_before_opening() -> None:
    said = sentences(plan(preset("us-ctu-remote-2022"), 25000))
    assert said[0] == "How many votes it takes cannot be said."
    assert "Supply the formula" in said[1]
    assert sentences(plan(preset("us-lmrda-officer"), 5)) == ["Elected is who has the most votes."]


def test_nobody_eligible_is_no_vote() -> None:
    with pytest.raises(CountsError, match="0 members are eligible"):
        plan(STRIKE, 0)


def test_what_a_blank_does_comes_from_the_rule() -> None:
    assert blank_effect(preset("ronr-majority"))[1] == "Under this rule it does not weigh between yes and no."
    assert blank_effect(preset("us-ctu-hod"))[1] == "Under this rule it works like a no."
    assert blank_effect(preset("au-pab"))[2] == "It counts towards turnout."
