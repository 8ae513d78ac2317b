"""``quorate rules``: read the decision rules, ask what they need, apply them to figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final

import msgspec
import typer

from quorate.cli.errors import CommandError, WrongUsage
from quorate.cli.rules_page import print_decision, print_election, print_list, print_rule
from quorate.rules import (
    ChoiceDecision,
    ChoiceOutcome,
    Counts,
    CountsError,
    Outcome,
    Rule,
    RuleError,
    UnknownRule,
    choice_sentences,
    decide,
    decide_choice,
    encode_rule,
    plan,
    preset,
    presets,
    sentences,
)
from quorate.text import _

EXIT: Final = {
    Outcome.CARRIED: 0,
    Outcome.NOT_CARRIED: 1,
    Outcome.TIE: 1,
    Outcome.UNDECIDED: 2,
    Outcome.CANNOT_BE_DECIDED: 2,
}
EXIT_ELECTION: Final = {
    ChoiceOutcome.ELECTED: 0,
    ChoiceOutcome.TIE: 1,
    ChoiceOutcome.RUNOFF: 1,
    ChoiceOutcome.UNDECIDED: 2,
}

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="When does a vote carry? List, read and apply the decision rules.",
    epilog="Try: quorate rules show us-il-art34-strike --eligible 27000",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _option(name: str, metavar: str, words: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=words, show_default=False)
    return option


RuleId = Annotated[str, typer.Argument(metavar="ID", help="A rule; see quorate rules list.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text.")]
Settings = Annotated[
    list[str] | None, _option("--set", "NAME=yes|no", "Take an open point of the rule this way.")
]


@app.command("list")
def list_rules(
    word: Annotated[
        str | None, typer.Argument(metavar="WORD", help="Only rules with this word: us, germany, strike.")
    ] = None,
    on: Annotated[
        str | None, _option("--on", "DATE", "Only rules for a ballot that opens on a day such as 2026-02-18.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the rules: who uses them, when a vote carries."""
    day = _day(on)
    chosen = [
        rule
        for rule in presets()
        if (day is None or rule.in_force_on(day)) and (word is None or _mentions(rule, word))
    ]
    if as_json:
        typer.echo(msgspec.json.encode(chosen))
    elif chosen:
        print_list(chosen)
    else:
        raise CommandError(_("No rule fits. Leave out the word or the date to see all of them."), 1)


@app.command()
def show(
    rule_id: RuleId,
    eligible: Annotated[
        int | None, _option("--eligible", "N", "Members who may vote: say how many votes it takes.")
    ] = None,
    settings: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Show one rule: source, words, open points, votes needed."""
    rule = _rule(rule_id, settings)
    if as_json:
        typer.echo(encode_rule(rule))
        return
    try:
        asked = None if eligible is None else plan(rule, eligible)
    except CountsError as impossible:
        raise _impossible(impossible) from None
    print_rule(rule, asked)


@app.command("decide")
def decide_figures(
    rule_id: RuleId,
    eligible: Annotated[int | None, _option("--eligible", "N", "Members who may vote.")] = None,
    cast: Annotated[
        int | None,
        _option("--cast", "N", "Ballots they returned: yes, no, abstain, blank and spoiled together."),
    ] = None,
    yes: Annotated[int | None, _option("--yes", "N", "Yes votes.")] = None,
    no: Annotated[int | None, _option("--no", "N", "No votes.")] = None,
    abstain: Annotated[int | None, _option("--abstain", "N", "Explicit abstentions.")] = None,
    blank: Annotated[int | None, _option("--blank", "N", "Blank ballots.")] = None,
    spoiled: Annotated[
        int | None, _option("--spoiled", "N", "Spoiled or illegal ballots of entitled voters.")
    ] = None,
    challenged: Annotated[
        int, _option("--challenged", "N", "Ballots set apart until resolved; in none of the other figures.")
    ] = 0,
    present: Annotated[
        int | None, _option("--present", "N", "Members present, where a quorum is tested.")
    ] = None,
    notice: Annotated[str | None, _option("--notice", "yes|no", "Notice of the motion was given.")] = None,
    votes: Annotated[
        list[str] | None, _option("--votes", "NAME=N", "Elections: votes of one candidate; repeat it.")
    ] = None,
    seats: Annotated[int, _option("--seats", "N", "Elections: seats to fill.")] = 1,
    settings: Settings = None,
    as_json: AsJson = False,
) -> None:
    """Apply a rule to figures: verdict, number necessary, margin.

    Leave out what you do not know: it is asked for only if the rule needs it. Exits with 0 if the vote
    carried, 1 if it did not (a tie included), 2 if it cannot be decided yet or the figures are impossible.
    """
    rule = _rule(rule_id, settings)
    try:
        if votes:
            election = decide_choice(
                rule, eligible, cast, [_candidate(one) for one in votes], seats, challenged
            )
            raise typer.Exit(_report_election(rule, election, as_json))
        counts = Counts(
            abstain=abstain,
            blank=blank,
            cast=cast,
            challenged=challenged,
            eligible=eligible,
            no=no,
            notice=None if notice is None else _yes("--notice", notice),
            present=present,
            spoiled=spoiled,
            yes=yes,
        )
    except CountsError as impossible:
        raise _impossible(impossible) from None
    except RuleError as wrong:
        raise WrongUsage(str(wrong)) from None
    decision = decide(rule, counts)
    if as_json:
        typer.echo(msgspec.json.encode({"decision": decision, "sentences": sentences(decision)}))
    else:
        print_decision(rule, decision)
    raise typer.Exit(EXIT[decision.outcome])


def _report_election(rule: Rule, election: ChoiceDecision, as_json: bool) -> int:
    said = choice_sentences(election)
    if as_json:
        typer.echo(msgspec.json.encode({"decision": election, "sentences": said}))
    else:
        print_election(rule, said)
    return EXIT_ELECTION[election.outcome]


def _candidate(given: str) -> tuple[str, int]:
    name, _equals, figure = given.rpartition("=")
    if not name or not figure.isdecimal():
        raise WrongUsage(_("--votes {given}: write NAME=N, such as --votes Lewis=6336").format(given=given))
    return name, int(figure)


def _rule(rule_id: str, settings: list[str] | None) -> Rule:
    try:
        rule = preset(rule_id)
    except UnknownRule as unknown:
        hint = _("See quorate rules list.")
        if unknown.near:
            hint = _("Did you mean {ids}?").format(ids=", ".join(unknown.near))
        raise WrongUsage(_("There is no rule {id}. {hint}").format(id=rule_id, hint=hint)) from None
    values: dict[str, bool] = {}
    for one in settings or []:
        name, equals, value = one.partition("=")
        if not equals:
            raise WrongUsage(_("--set {given}: write NAME=yes or NAME=no").format(given=one))
        values[name] = _yes(f"--set {name}", value)
    try:
        return rule.configured(values)
    except RuleError as wrong:
        raise WrongUsage(str(wrong)) from None


def _yes(option: str, given: str) -> bool:
    if given.lower() not in ("yes", "no"):
        raise WrongUsage(_("{option} is yes or no, not {given}").format(option=option, given=given))
    return given.lower() == "yes"


def _day(given: str | None) -> date | None:
    try:
        return None if given is None else date.fromisoformat(given)
    except ValueError:
        raise WrongUsage(_("--on {given}: write a date such as 2026-02-18").format(given=given)) from None


def _impossible(error: CountsError) -> CommandError:
    return CommandError(_("Impossible figures: {why}.").format(why=error))


def _mentions(rule: Rule, word: str) -> bool:
    return word.lower() in f"{rule.id} {rule.title} {rule.jurisdiction} {rule.citation}".lower()
