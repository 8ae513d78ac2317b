"""Candidates: who is elected, when there are more than two answers."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Literal

import msgspec

from quorate.rules.counts import MOST, CountsError
from quorate.rules.criteria import Choice, RuleError
from quorate.rules.rule import Rule
from quorate.text import _, ngettext, number


class ChoiceOutcome(StrEnum):
    """What an election among candidates came to."""

    ELECTED = "elected"
    TIE = "tie"
    """Candidates with equal votes compete for the last seat: they are named, nobody is chosen among them."""
    RUNOFF = "runoff"
    """The rule asks for more than half, and nobody has it: the first two go on."""
    UNDECIDED = "undecided"
    """Challenged ballots are open that could change who is elected."""


class Tally(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A candidate and the votes for it."""

    id: str
    votes: int


class ChoiceDecision(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who is elected to ``seats`` seats.

    ``candidates`` stand by votes, then by id, so that the order does not depend on the input. ``elected``
    have a seat for certain, ``tied`` compete for what is left (in a tie or a runoff). ``margin`` is what
    separates the last seat from the first candidate without one, ``None`` if everyone is elected.
    ``needed`` is the majority asked for, if any.
    """

    candidates: tuple[Tally, ...]
    elected: tuple[str, ...]
    format: Literal[1] = 1
    margin: int | None
    needed: int | None
    outcome: ChoiceOutcome
    rule: str
    rule_version: int
    seats: int
    tied: tuple[str, ...]


def decide_choice(
    rule: Rule,
    eligible: int | None,
    cast: int | None,
    votes: Sequence[tuple[str, int]],
    seats: int = 1,
    challenged: int = 0,
) -> ChoiceDecision:
    """Apply a rule of kind ``choice`` to the votes of each candidate [12.8].

    A ballot gives at most one vote to a candidate and at most ``seats`` votes in all. Challenged ballots
    make the outcome undecided while they could change who is elected: each could go to any candidates.
    Raises ``RuleError`` for a rule of another kind, ``CountsError`` for impossible figures.
    """
    formula = rule.formula
    if not isinstance(formula, Choice):
        raise RuleError(f"rule {rule.id} decides between yes and no, not among candidates")
    if formula.majority and seats != 1:
        raise RuleError(f"rule {rule.id} asks for a majority, which fills one seat, not {seats}")
    _check(eligible, cast, votes, seats, challenged)
    ranked = sorted(
        (Tally(id=name, votes=count) for name, count in votes), key=lambda one: (-one.votes, one.id)
    )
    total = sum(one.votes for one in ranked)
    needed = total // 2 + 1 if formula.majority else None
    elected, tied = _seat(ranked, seats)
    margin = ranked[seats - 1].votes - ranked[seats].votes if seats < len(ranked) else None
    outcome = ChoiceOutcome.TIE if tied else ChoiceOutcome.ELECTED
    if needed is not None and ranked[0].votes < needed and len(ranked) > 2:
        outcome, elected = ChoiceOutcome.RUNOFF, ()
        tied = tuple(one.id for one in ranked if one.votes >= ranked[1].votes)
    if cast is not None and eligible is not None:
        challenged = min(challenged, eligible - cast)
    if challenged and _open(ranked, seats, total, formula.majority, challenged):
        outcome = ChoiceOutcome.UNDECIDED
    return ChoiceDecision(
        candidates=tuple(ranked),
        elected=elected,
        margin=margin,
        needed=needed,
        outcome=outcome,
        rule=rule.id,
        rule_version=rule.version,
        seats=seats,
        tied=tied,
    )


def _seat(ranked: list[Tally], seats: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Those who have a seat for certain, and those level with each other for what is left."""
    if len(ranked) <= seats:
        return tuple(one.id for one in ranked), ()
    last = ranked[seats - 1].votes
    if ranked[seats].votes < last:
        return tuple(one.id for one in ranked[:seats]), ()
    return tuple(one.id for one in ranked if one.votes > last), tuple(
        one.id for one in ranked if one.votes == last
    )


def _open(ranked: list[Tally], seats: int, total: int, majority: bool, challenged: int) -> bool:
    """Could ``challenged`` more ballots, given to any candidates, change who is elected or goes on?"""
    if len(ranked) <= seats:
        return False
    if not majority:
        return ranked[seats - 1].votes - ranked[seats].votes <= challenged
    first, second = ranked[0].votes, ranked[1].votes
    if 2 * first > total:
        return 2 * first <= total + challenged
    level = sum(one.votes >= second for one in ranked)
    someone_wins = 2 * first + challenged > total
    another_joins = level < len(ranked) and second - ranked[level].votes <= challenged
    one_leaves = level > 2 and challenged >= (1 if first > second else 2)
    return someone_wins or another_joins or one_leaves


def _check(
    eligible: int | None, cast: int | None, votes: Sequence[tuple[str, int]], seats: int, challenged: int
) -> None:
    names = [name for name, _votes in votes]
    if not names or len(set(names)) != len(names) or "" in names:
        raise CountsError(_("each candidate is named once, and there is at least one"))
    if seats < 1:
        raise CountsError(_("there is at least one seat"))
    for name, figure in [*votes, ("cast", cast), ("challenged", challenged), ("eligible", eligible)]:
        if figure is not None and not 0 <= figure <= MOST:
            raise CountsError(
                _("{name} is {figure}; a count is a whole number from 0 to {most}").format(
                    name=name, figure=figure, most=number(MOST)
                )
            )
    if cast is None:
        return
    if eligible is not None and cast > eligible:
        raise CountsError(
            _("{cast} ballots were cast, but only {eligible} members are eligible").format(
                cast=number(cast), eligible=number(eligible)
            )
        )
    for name, figure in votes:
        if figure > cast:
            raise CountsError(
                _("{name} has {votes} votes, but only {cast} ballots were cast").format(
                    name=name, votes=number(figure), cast=number(cast)
                )
            )
    total = sum(figure for _name, figure in votes)
    if total > seats * cast:
        raise CountsError(
            ngettext(
                "{votes} votes for {seats} seat, but only {cast} ballots were cast",
                "{votes} votes for {seats} seats, but only {cast} ballots were cast",
                seats,
            ).format(votes=number(total), seats=seats, cast=number(cast))
        )


def choice_sentences(decision: ChoiceDecision) -> list[str]:
    """What an election says in sentences: the verdict first, then the figures it rests on."""
    by_votes = {one.id: number(one.votes) for one in decision.candidates}
    level = ", ".join(f"{name} ({by_votes[name]})" for name in decision.tied)
    elected = ", ".join(f"{name} ({by_votes[name]})" for name in decision.elected)
    said: list[str] = []
    if decision.outcome is ChoiceOutcome.UNDECIDED:
        said.append(_("Undecided: challenged ballots could change who is elected."))
    if elected:
        word = (
            _("Elected so far: {names}.")
            if decision.outcome is ChoiceOutcome.UNDECIDED
            else _("Elected: {names}.")
        )
        said.append(word.format(names=elected))
    runoff = decision.needed is not None and len(decision.candidates) > 2
    if decision.tied and runoff:
        said.append(_("Nobody has a majority. A runoff follows between {names}.").format(names=level))
    elif decision.tied:
        said.append(
            _("A tie: {names} are level, and the count does not choose among them.").format(names=level)
        )
    if decision.needed is not None:
        said.append(
            ngettext("{n} vote was needed.", "{n} votes were needed.", decision.needed).format(
                n=number(decision.needed)
            )
        )
    if decision.margin:
        said.append(
            ngettext(
                "The last seat is decided by {n} vote.",
                "The last seat is decided by {n} votes.",
                decision.margin,
            ).format(n=number(decision.margin))
            if decision.elected
            else _("The first two are {n} votes apart.").format(n=number(decision.margin))
        )
    return said
