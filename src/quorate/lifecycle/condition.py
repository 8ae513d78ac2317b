"""Until when a resolution holds, as data: a date, an event, a metric, an agreement, joined by and/or.

A condition is met once and stays met. ``standing.py`` says of each part whether it is met, not yet, or
cannot be known, and why.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Final, Literal, TypeAlias

import msgspec

from quorate.lifecycle.forms import Fingerprint, Name
from quorate.lifecycle.moment import LocalMoment, zone_of
from quorate.lifecycle.pipeline import Identifier
from quorate.text import _, ngettext

MOST_PARTS: Final = 40
Days = Annotated[int, msgspec.Meta(ge=1, le=366)]


class ConditionError(ValueError):
    """A condition that nobody could check; the message says why."""


class Node(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of all parts of a condition."""


class DateReached(Node, frozen=True, kw_only=True, tag="date"):
    """A moment has come."""

    moment: LocalMoment


class EventAttested(Node, frozen=True, kw_only=True, tag="event"):
    """Two officers attested that something happened, each with the fingerprint of the evidence.

    ``event`` names it in attestations, ``words`` complete the sentence "Ends when ...".
    """

    event: Identifier
    words: Name


class MetricHolds(Node, frozen=True, kw_only=True, tag="metric"):
    """A published figure was ``under`` or ``over`` a value on so many days in a row, counted in ``zone``.

    Days before the resolution took effect do not count. Raises :class:`ConditionError` for a value that is
    no number, or a zone that there is not.
    """

    days: Days
    metric: Identifier
    relation: Literal["over", "under"]
    unit: str = ""
    value: Decimal
    words: Name
    zone: str

    def __post_init__(self) -> None:
        if not self.value.is_finite():
            raise ConditionError(_("The value of a metric is a number."))
        zone_of(self.zone)

    def holds(self, reading: Decimal) -> bool:
        """Is this reading on the side that the condition asks for? The value itself is on neither."""
        return reading < self.value if self.relation == "under" else reading > self.value


class AgreementAdopted(Node, frozen=True, kw_only=True, tag="agreement"):
    """A body adopted an agreement; ``version`` names its text, null is any version."""

    agreement: Identifier
    body: Identifier
    version: Fingerprint | None = None
    words: Name


class LaterDecision(Node, frozen=True, kw_only=True, tag="later-decision"):
    """A later decision replaces or rescinds it: that ends a resolution even where no condition says so."""


class AllOf(Node, frozen=True, kw_only=True, tag="all"):
    """Every part is met."""

    terms: tuple[Condition, ...]

    def __post_init__(self) -> None:
        _check(self.terms)


class AnyOf(Node, frozen=True, kw_only=True, tag="any"):
    """One part is met."""

    terms: tuple[Condition, ...]

    def __post_init__(self) -> None:
        _check(self.terms)


Leaf: TypeAlias = DateReached | EventAttested | MetricHolds | AgreementAdopted | LaterDecision
Condition: TypeAlias = Leaf | AllOf | AnyOf


def _check(terms: tuple[Condition, ...]) -> None:
    if len(terms) < 2:
        raise ConditionError(_("'And' and 'or' join at least two conditions."))
    if sum(1 for term in terms for _leaf in leaves(term)) > MOST_PARTS:
        raise ConditionError(_("A condition has at most {n} parts.").format(n=MOST_PARTS))


def leaves(condition: Condition) -> Iterator[Leaf]:
    """The parts that are no and/or, from left to right."""
    if isinstance(condition, AllOf | AnyOf):
        for term in condition.terms:
            yield from leaves(term)
    else:
        yield condition


def condition_words(condition: Condition) -> str:
    """The condition as the end of "Until ...", without a full stop."""
    match condition:
        case DateReached(moment=moment):
            return str(moment)
        case EventAttested(words=words) | AgreementAdopted(words=words):
            return words
        case MetricHolds():
            return metric_words(condition)
        case LaterDecision():
            return _("a later decision ends it")
        case AllOf(terms=terms):
            return _(", and ").join(_enclosed(term) for term in terms)
        case AnyOf(terms=terms):
            return _(", or ").join(_enclosed(term) for term in terms)


def _enclosed(condition: Condition) -> str:
    words = condition_words(condition)
    return f"({words})" if isinstance(condition, AllOf | AnyOf) else words


def metric_words(condition: MetricHolds) -> str:
    """``the share of positive tests is under 5% on 7 days in a row``."""
    value = f"{condition.value}{condition.unit}"
    side = (
        ngettext(
            "{metric} is under {value} on {n} day",
            "{metric} is under {value} on {n} days in a row",
            condition.days,
        )
        if condition.relation == "under"
        else ngettext(
            "{metric} is over {value} on {n} day",
            "{metric} is over {value} on {n} days in a row",
            condition.days,
        )
    )
    return side.format(metric=condition.words, value=value, n=condition.days)
