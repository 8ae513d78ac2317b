"""One result, seen against every number it could be a share of, and which of them decides."""

from __future__ import annotations

import msgspec

from quorate.rules.criteria import Component, Threshold
from quorate.rules.decision import Decision
from quorate.rules.measure import total
from quorate.rules.percent import percent
from quorate.rules.words import share, together
from quorate.text import _, number

_USUAL: tuple[tuple[tuple[Component, ...], tuple[Component, ...]], ...] = (
    (("yes",), ("eligible",)),
    (("yes",), ("cast",)),
    (("yes",), ("no", "yes")),
    (("cast",), ("eligible",)),
)


class Share(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``number`` of ``base``: a row of the table of denominators.

    ``percent`` is truncated. ``tests`` are the criteria on this very share on which the verdict rests, and
    ``decides`` says whether there are any.
    """

    base: int
    decides: bool
    number: int
    numerator: tuple[Component, ...]
    of: tuple[Component, ...]
    percent: str
    tests: tuple[Threshold, ...]


def denominators(decision: Decision) -> tuple[Share, ...]:
    """Yes of all members, of ballots cast, of yes and no; turnout; then any other share the rule uses.

    A row is left out where a figure is not known or there is nothing to take a share of.
    """
    used = [(one.test.numerator, one.test.of) for one in decision.criteria]
    rows = []
    for numerator, of in dict.fromkeys([*_USUAL, *used]):
        count, base = total(decision.counts, numerator), total(decision.counts, of)
        if count is None or not base:
            continue
        deciding = dict.fromkeys(one.test for one in decision.criteria if one.decides)
        tests = tuple(test for test in deciding if (test.numerator, test.of) == (numerator, of))
        rows.append(
            Share(
                base=base,
                decides=bool(tests),
                number=count,
                numerator=numerator,
                of=of,
                percent=percent(count, base),
                tests=tests,
            )
        )
    return tuple(rows)


def share_words(row: Share) -> str:
    """``89.7% of all 26,502 members said yes``: never a percentage without "of which number"."""
    base = number(row.base)
    match row.numerator, row.of:
        case ("cast",), ("eligible",):
            return _("turnout {percent} of all {n} members").format(percent=row.percent, n=base)
        case ("yes",), ("eligible",):
            return _("{percent} of all {n} members said yes").format(percent=row.percent, n=base)
        case ("no",), ("eligible",):
            return _("{percent} of all {n} members said no").format(percent=row.percent, n=base)
        case ("yes",), of:
            return _("{percent} of {n} {what} said yes").format(
                percent=row.percent, n=base, what=together(of)
            )
        case ("no",), of:
            return _("{percent} of {n} {what} said no").format(percent=row.percent, n=base, what=together(of))
        case numerator, of:
            return _("{numerator}: {percent} of {n} {what}").format(
                numerator=together(numerator), percent=row.percent, n=base, what=together(of)
            )


def role_words(row: Share) -> str:
    """``decides, needs at least 75%``, or ``does not decide``."""
    if not row.decides:
        return _("does not decide")
    return _("decides, needs {shares}").format(shares=", ".join(share(test) for test in row.tests))
