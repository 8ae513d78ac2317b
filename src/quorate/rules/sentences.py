"""What a verdict, and a rule before opening, say in sentences: written here and nowhere else.

Pages, certificates, messages and the terminal print these; none of them words a verdict itself.
"""

from __future__ import annotations

from quorate.rules.criteria import Choice, Threshold, Unavailable
from quorate.rules.decision import CANDIDATES, FORMULA, Decision, Outcome
from quorate.rules.measure import CriterionResult
from quorate.rules.percent import percent
from quorate.rules.planner import Plan, PlannedTest
from quorate.rules.rule import Rule
from quorate.rules.words import clause, describe, share, together
from quorate.text import _, ngettext, number


def sentences(subject: Decision | Plan) -> list[str]:
    """One sentence for each item: the verdict first, then what it rests on, the closest criterion first."""
    return _plan(subject) if isinstance(subject, Plan) else _decision(subject)


def outcome_words(outcome: Outcome) -> str:
    """The verdict in one or two words, as a heading: ``Carried``, ``Not carried``, ``Tie: not carried``."""
    return {
        Outcome.CARRIED: _("Carried"),
        Outcome.NOT_CARRIED: _("Not carried"),
        Outcome.TIE: _("Tie: not carried"),
        Outcome.UNDECIDED: _("Undecided"),
        Outcome.CANNOT_BE_DECIDED: _("Cannot be decided"),
    }[outcome]


def figure(name: str) -> str:
    """A figure as a thing that can be missing: ``the number of spoiled ballots``."""
    return {
        "abstain": _("the number of abstentions"),
        "blank": _("the number of blank ballots"),
        "cast": _("the number of ballots cast"),
        "eligible": _("the number of eligible members"),
        "no": _("the number of no votes"),
        "notice": _("whether notice of the motion was given"),
        "present": _("the number of members present"),
        "spoiled": _("the number of spoiled ballots"),
        "yes": _("the number of yes votes"),
        FORMULA: _("the formula of the rule"),
        CANDIDATES: _("the votes of each candidate"),
    }[name]


def _decision(decision: Decision) -> list[str]:
    said = [_("{outcome}.").format(outcome=outcome_words(decision.outcome))]
    if decision.missing:
        wanted = ", ".join(figure(name) for name in decision.missing)
        said.append(_("Not known: {figures}.").format(figures=wanted))
    if decision.outcome is Outcome.UNDECIDED:
        said += _challenged(decision)
    deciding = [one for one in decision.criteria if one.decides]
    main = decision.main
    if decision.tied and main is not None:
        said.append(
            _("It is a tie: {yes} voted yes and as many voted no.").format(
                yes=number(decision.counts.yes or 0)
            )
        )
        if any(one.tied and one.met for one in deciding):
            said.append(_("Under this rule a tie carries."))
    ordered = sorted(deciding, key=lambda one: one is not main)
    for one in ordered:
        said += _criterion(one)
    if decision.outcome in (Outcome.NOT_CARRIED, Outcome.TIE) and main is not None and not main.met:
        said += _among_voters(decision, main)
    if decision.rests_on_notice:
        given = decision.counts.notice
        said.append(
            _("Notice of the motion was given.") if given else _("Notice of the motion was not given.")
        )
    if decision.rejects and decision.outcome is Outcome.CARRIED:
        said.append(_("The proposal was not rejected, so it takes effect."))
    if decision.rejects and decision.outcome is Outcome.NOT_CARRIED:
        said.append(_("The proposal was rejected."))
    return said


def _challenged(decision: Decision) -> list[str]:
    open_ballots = decision.counts.challenged
    return [
        ngettext(
            "{n} challenged ballot is open and could change the verdict.",
            "{n} challenged ballots are open and could change the verdict.",
            open_ballots,
        ).format(n=number(open_ballots)),
        _("Without them it would be: {outcome}.").format(outcome=outcome_words(decision.so_far).lower()),
    ]


def _voted(test: Threshold, n: int) -> str:
    """``23,780 members voted yes``: what the numerator counts, as a fact, without a full stop."""
    shown = number(n)
    match test.numerator:
        case ("yes",):
            return ngettext("{n} member voted yes", "{n} members voted yes", n).format(n=shown)
        case ("no",):
            return ngettext("{n} member voted no", "{n} members voted no", n).format(n=shown)
        case ("cast",):
            return ngettext("{n} ballot was cast", "{n} ballots were cast", n).format(n=shown)
        case ("present",):
            return ngettext("{n} member was present", "{n} members were present", n).format(n=shown)
        case other:
            return f"{shown} {together(other)}"


def _base(one: CriterionResult) -> str:
    """``all 27,000 members`` or ``608 ballots cast``."""
    if one.test.of == ("eligible",):
        return _("all {n} members").format(n=number(one.base))
    return f"{number(one.base)} {together(one.test.of)}"


def _criterion(one: CriterionResult) -> list[str]:
    voted, part = _voted(one.test, one.number), share(one.test)
    if one.role == "condition":
        fact = (
            _("{voted}: that is {share} of {base}.")
            if one.met
            else _("{voted}: that is not {share} of {base}.")
        )
        return [fact.format(voted=voted, share=part, base=_base(one))]
    of_what = " " + _("({share} of {base})").format(share=part, base=_base(one))
    if (one.test.numerator, one.test.of) == (("yes",), ("eligible",)):
        of_what = ""  # members who vote yes, of the members: nothing to add
    needed = ngettext("{n} was needed", "{n} were needed", one.needed).format(n=number(one.needed))
    if one.role == "rejection":
        needed = ngettext("{n} was needed to reject", "{n} were needed to reject", one.needed).format(
            n=number(one.needed)
        )
    if one.met and one.margin == 0:
        return [f"{voted}.", _("{needed}{of_what}: exactly enough.").format(needed=needed, of_what=of_what)]
    if one.met:
        return [
            f"{voted}.",
            f"{needed}{of_what}.",
            _("{over} more than needed.").format(over=number(one.margin)),
        ]
    return [
        _("{voted}; {needed}{of_what}: {short} short.").format(
            voted=voted, needed=needed, of_what=of_what, short=number(-one.margin)
        )
    ]


def _among_voters(decision: Decision, main: CriterionResult) -> list[str]:
    """Why a large share of the ballots cast was not enough: the rule counts everyone."""
    cast = decision.counts.cast
    if main.test.of != ("eligible",) or main.test.numerator != ("yes",) or not cast:
        return []
    return [
        ngettext(
            "Of the {n} ballot cast, {percent} said yes.",
            "Of the {n} ballots cast, {percent} said yes.",
            cast,
        ).format(n=number(cast), percent=percent(main.number, cast)),
        _("The rule counts all {n} members: {percent} said yes.").format(
            n=number(main.base), percent=percent(main.number, main.base)
        ),
    ]


def _plan(plan: Plan) -> list[str]:
    formula = plan.rule.formula
    if isinstance(formula, Unavailable):
        return [_("How many votes it takes cannot be said."), formula.reason]
    if isinstance(formula, Choice):
        return describe(plan.rule)
    said = [] if isinstance(formula, Threshold) else describe(plan.rule)
    for one in plan.tests:
        said.append(_planned(one, plan.eligible))
        if one.fails_at is not None:
            said.append(
                _("Fails if {n} or more vote no, leave it blank or do not vote.").format(
                    n=number(one.fails_at)
                )
            )
    return said + blank_effect(plan.rule)


def _planned(one: PlannedTest, eligible: int) -> str:
    figures = {"n": number(one.at_most), "all": number(eligible)}
    if one.necessary and one.needed is not None and one.test.numerator == ("yes",):
        return _("At least {n} of {all} members must vote yes.").format(**figures)
    if one.necessary and one.needed is not None and one.test.numerator == ("cast",):
        return _("At least {n} of {all} members must return a ballot.").format(**figures)
    said = clause(one.test)
    said = said[0].upper() + said[1:]
    if one.needed is not None:
        return _("{clause}: {n} of {all}.").format(clause=said, **figures)
    return _("{clause}: {n} if there are {all}, fewer if there are fewer.").format(clause=said, **figures)


def blank_effect(rule: Rule) -> list[str]:
    """What a blank ballot does under this rule: for the booth and for officers."""
    tests = rule.thresholds
    weighs = [
        bool({"blank", "cast", "eligible"} & {*test.of}) for test in tests if test.numerator == ("yes",)
    ]
    said = [_("A blank ballot counts as voting, but not as yes or no.")]
    if weighs and all(weighs):
        said.append(_("Under this rule it works like a no."))
    elif weighs and not any(weighs):
        said.append(_("Under this rule it does not weigh between yes and no."))
    if any("cast" in test.numerator for test in tests):
        said.append(_("It counts towards turnout."))
    return said


def absence_effect(rule: Rule) -> list[str]:
    """What a member does to the result who does not vote at all."""
    tests = rule.thresholds
    if not tests:
        return []
    if any("eligible" in test.of and test.numerator == ("yes",) for test in tests):
        return [_("Not voting counts like a no: the rule counts all members.")]
    if any("cast" in test.numerator for test in tests):
        return [_("Not voting lowers the turnout that the rule asks for.")]
    if any(test.numerator == ("no",) and "eligible" in test.of for test in tests):
        return [_("Not voting does not help to reject: the rule counts all members.")]
    return [_("Not voting changes nothing between yes and no.")]
