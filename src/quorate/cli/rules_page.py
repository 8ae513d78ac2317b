"""How ``quorate rules`` looks in a terminal: plain lines and borderless tables that fit 80 columns.

Nothing is said by colour; only headings and the deciding row are bold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

import typer
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from quorate.rules import (
    Counts,
    Decision,
    Outcome,
    Plan,
    Rule,
    arithmetic,
    clause,
    denominators,
    describe,
    plan,
    role_words,
    sentences,
    share_words,
)
from quorate.text import _, number


@contextmanager
def page() -> Iterator[Console]:
    """A console whose text is printed at the end, without the spaces that tables leave at line ends."""
    console = Console(highlight=False, markup=False, emoji=False)
    with console.capture() as capture:
        yield console
    typer.echo("\n".join(line.rstrip() for line in capture.get().splitlines()))


def print_list(rules: Sequence[Rule]) -> None:
    """The rules by jurisdiction: id, title, formula."""

    def place(rule: Rule) -> str:
        return rule.jurisdiction

    with page() as console:
        for jurisdiction, here in groupby(sorted(rules, key=lambda rule: (place(rule), rule.id)), place):
            console.print(Text(jurisdiction, style="bold"))
            table = Table.grid(padding=(0, 2))
            table.add_column(no_wrap=True, min_width=26)
            table.add_column()
            for rule in here:
                mark = "" if rule.status == "confirmed" else " *"
                title = rule.title if rule.in_force else _("{title} (not in force)").format(title=rule.title)
                table.add_row(Text(rule.id + mark), Text(f"{title}\n{arithmetic(rule.formula)}"))
            console.print(Padding(table, (0, 0, 1, 2)))
        console.print(
            _("* needs counsel: the text of the source was not seen; have it checked before you rely on it.")
        )
        console.print(_("quorate rules show ID tells more: source, words, open points, votes needed."))


def print_rule(rule: Rule, asked: Plan | None) -> None:
    """Everything about one rule, and what it asks of a roll."""
    with page() as console:
        _heading(console, rule)
        console.print()
        for line in describe(rule):
            console.print(Text(line))
        console.print(Text(_("As computed: {formula}").format(formula=arithmetic(rule.formula))))
        if asked is not None:
            title = _("With {n} eligible members").format(n=number(asked.eligible))
            _bullets(console, title, [line for line in sentences(asked) if line not in describe(rule)])
        if rule.settings:
            states = [(one, _("on") if one.value else _("off")) for one in rule.settings]
            _bullets(console, _("Open points"), [f"{one.name}: {state}. {one.note}" for one, state in states])
        _source(console, rule, with_note=True)


def print_decision(rule: Rule, decision: Decision) -> None:
    """The verdict and everything it rests on."""
    with page() as console:
        _heading(console, rule)
        _verdict(console, sentences(decision))
        options = [f"--{name}" for name in decision.missing if name in Counts.__struct_fields__]
        if options:
            console.print(Text(_("Give {options}.").format(options=", ".join(options))))
        if "candidates" in decision.missing:
            console.print(_("This rule elects: give --votes NAME=N for each candidate."))
        if decision.main is not None:
            console.print()
            facts = Table.grid(padding=(0, 2))
            facts.add_row(_("Number necessary"), number(decision.main.needed))
            facts.add_row(_("Margin"), _signed(decision.main.margin))
            console.print(facts)
        if decision.criteria:
            console.print()
            console.print(_criteria(decision))
        rows = denominators(decision)
        if rows:
            console.print()
            shares = Table.grid(padding=(0, 2))
            for row in rows:
                style = "bold" if row.decides else ""
                shares.add_row(Text(share_words(row), style=style), Text(role_words(row), style=style))
            console.print(shares)
        if decision.outcome is Outcome.CANNOT_BE_DECIDED and decision.counts.eligible:
            _bullets(console, _("What it takes"), sentences(plan(rule, decision.counts.eligible)))
        _source(console, rule)


def print_election(rule: Rule, said: list[str]) -> None:
    """Who is elected."""
    with page() as console:
        _heading(console, rule)
        _verdict(console, said)
        _source(console, rule)


def _criteria(decision: Decision) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(_("Criterion"))
    for title in (_("Number"), _("Of"), _("Needed"), _("Margin")):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column(_("Met"), no_wrap=True)
    for one in decision.criteria:
        figures = (number(one.number), number(one.base), number(one.needed), _signed(one.margin))
        table.add_row(clause(one.test), *figures, _("yes") if one.met else _("no"))
    return table


def _heading(console: Console, rule: Rule) -> None:
    console.print(Text(rule.title, style="bold"))
    console.print(Text(_("Rule {id}, version {version}").format(id=rule.id, version=rule.version)))


def _verdict(console: Console, said: list[str]) -> None:
    first, *rest = said
    console.print()
    console.print(Text(first, style="bold"))
    if rest:
        console.print(Text(" ".join(rest)))


def _source(console: Console, rule: Rule, *, with_note: bool = False) -> None:
    status = _("confirmed: the text was seen in a published copy")
    if rule.status == "needs-counsel":
        status = _(
            "needs counsel: the text of the source was not seen; have it checked before you rely on it"
        )
    dates = [
        _("from {day}").format(day=rule.effective_from) if rule.effective_from else "",
        _("to {day}").format(day=rule.effective_to) if rule.effective_to else "",
    ]
    lines = [
        (_("Where"), rule.jurisdiction),
        (_("Source"), rule.citation),
        (_("Status"), status),
        (_("Opened"), " ".join(day for day in dates if day)),
        (_("Note"), rule.note if with_note else ""),
        *((_("Mind"), statement) for statement in rule.statements),
    ]
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column()
    for name, text in lines:
        if text:
            table.add_row(name, Text(text))
    console.print()
    console.print(table)


def _bullets(console: Console, title: str, lines: list[str]) -> None:
    console.print()
    console.print(Text(title, style="bold"))
    for line in lines:
        table = Table.grid(padding=(0, 1))
        table.add_row("-" if line == line.lstrip() else " ", Text(line))
        console.print(table)


def _signed(margin: int) -> str:
    return f"-{number(-margin)}" if margin < 0 else f"+{number(margin)}"
