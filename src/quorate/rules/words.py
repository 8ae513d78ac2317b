"""The sentences of a rule, of a plan and of a verdict: the only place where they are written.

Pages, certificates, messages and the terminal print these; none of them words a verdict itself.
"""

from __future__ import annotations

from quorate.rules.criteria import (
    AllOf,
    AnyOf,
    Cases,
    Choice,
    Component,
    Expression,
    Formula,
    Not,
    Notice,
    SettingIs,
    Threshold,
    Unavailable,
    UnlessRejected,
)
from quorate.rules.percent import percent
from quorate.rules.rule import Rule
from quorate.text import _


def component(name: Component) -> str:
    """A figure by its name, as it stands in a formula."""
    names: dict[Component, str] = {
        "abstain": _("abstentions"),
        "blank": _("blank ballots"),
        "cast": _("ballots cast"),
        "eligible": _("all members"),
        "no": _("no votes"),
        "present": _("members present"),
        "spoiled": _("spoiled ballots"),
        "yes": _("yes votes"),
    }
    return names[name]


def together(components: tuple[Component, ...]) -> str:
    """What several figures count together: ``yes and no votes``."""
    match components:
        case ("no", "yes"):
            return _("yes and no votes")
        case ("no", "spoiled", "yes"):
            return _("yes, no and spoiled votes")
        case ("abstain", "no", "yes"):
            return _("yes, no and abstain votes")
        case ("abstain", "blank", "no", "yes"):
            return _("ballots cast that are not spoiled")
        case (only,):
            return component(only)
        case _:
            return ", ".join(component(name) for name in components)


def whole(components: tuple[Component, ...]) -> str:
    """What a share is taken of, with its article: ``the ballots cast``, ``all members``."""
    if components == ("eligible",):
        return together(components)
    return _("the {figures}").format(figures=together(components))


def share(test: Threshold) -> str:
    """``at least 75%``, ``more than half``, ``at least two thirds``: exact, so thirds stay words."""
    part, parts = test.share
    if test.share == (1, 2):
        amount = _("half")
    elif test.share == (2, 3):
        amount = _("two thirds")
    elif 100 % parts == 0:
        amount = percent(part, parts, 0)
    else:
        amount = f"{part}/{parts}"
    return (_("more than {share}") if test.relation == "more_than" else _("at least {share}")).format(
        share=amount
    )


def clause(test: Threshold) -> str:
    """``yes votes are at least 75% of all members``."""
    return _("{numerator} are {share} of {base}").format(
        numerator=together(test.numerator), share=share(test), base=whole(test.of)
    )


def arithmetic(node: Formula) -> str:
    """The formula as it is computed: ``4 x yes >= 3 x eligible``, ``2 x yes > cast and notice``."""
    match node:
        case Threshold(numerator=numerator, of=of, share=(part, parts)):
            sign = ">" if node.relation == "more_than" else ">="
            return f"{_scaled(parts, numerator)} {sign} {_scaled(part, of)}"
        case AllOf(terms=terms):
            return " and ".join(_enclosed(term) for term in terms)
        case AnyOf(terms=terms):
            return " or ".join(_enclosed(term) for term in terms)
        case Not(term=term):
            return f"not {_enclosed(term)}"
        case Cases(when=when, then=then, otherwise=otherwise):
            return f"if {arithmetic(when)} then {_enclosed(then)} else {_enclosed(otherwise)}"
        case UnlessRejected(rejection=rejection):
            return f"unless {arithmetic(rejection)}"
        case Notice():
            return "notice"
        case SettingIs(name=name):
            return name
        case Choice(majority=majority):
            return "more than half of the votes" if majority else "most votes"
        case Unavailable():
            return "no formula until one is supplied"


def _enclosed(node: Expression) -> str:
    said = arithmetic(node)
    return f"({said})" if isinstance(node, (AllOf, AnyOf, Cases)) else said


def _scaled(factor: int, components: tuple[Component, ...]) -> str:
    summed = " + ".join(components)
    if len(components) > 1:
        summed = f"({summed})"
    return summed if factor == 1 else f"{factor} x {summed}"


def describe(rule: Rule) -> list[str]:
    """When the proposal carries, one line for each step of the formula, indented by two spaces a level."""
    match rule.formula:
        case Unavailable(reason=reason):
            return [reason]
        case Choice(majority=True):
            return [
                _("Elected is who has more than half of the votes; else there is a runoff of the first two.")
            ]
        case Choice():
            return [_("Elected is who has the most votes.")]
        case UnlessRejected(rejection=rejection):
            return _lines(_("Takes effect unless"), rejection)
        case formula:
            return _lines(_("Carries when"), formula)


def _lines(lead: str, node: Expression) -> list[str]:
    """``lead`` and what follows it: on one line where that is possible."""
    match node:
        case AllOf(terms=terms):
            return [_("{lead} all of these hold:").format(lead=lead), *_indented(terms)]
        case AnyOf(terms=terms):
            return [_("{lead} at least one of these holds:").format(lead=lead), *_indented(terms)]
        case Not(term=term):
            return [_("{lead} this does not hold:").format(lead=lead), *_indented((term,))]
        case Cases():
            return [f"{lead}:", *_indented((node,))]
        case _:
            return [f"{lead} {_leaf(node)}."]


def _indented(terms: tuple[Expression, ...]) -> list[str]:
    return ["  " + line for term in terms for line in _bare(term)]


def _bare(node: Expression) -> list[str]:
    match node:
        case AllOf(terms=terms):
            return [_("all of these hold:"), *_indented(terms)]
        case AnyOf(terms=terms):
            return [_("at least one of these holds:"), *_indented(terms)]
        case Not(term=term):
            return [_("this does not hold:"), *_indented((term,))]
        case Cases(when=when, then=then, otherwise=otherwise):
            return [
                *_prefixed(_("if"), when),
                *_prefixed("  " + _("then"), then),
                *_prefixed("  " + _("otherwise"), otherwise),
            ]
        case _:
            return [_leaf(node)]


def _prefixed(word: str, node: Expression) -> list[str]:
    first, *rest = _bare(node)
    return [f"{word} {first}", *("  " + line for line in rest)]


def _leaf(node: Formula) -> str:
    match node:
        case Threshold():
            return clause(node)
        case Notice():
            return _("notice of the motion was given")
        case SettingIs(name=name):
            return _("the setting {name} is on").format(name=name)
        case _:
            raise TypeError(f"not a leaf of a formula: {node!r}")
