"""The audit trail as officers and auditors read it: an organisation's own and that of its ballots, as one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import CharField, F, QuerySet, Value

from quorate.apps.ballots.models import AuditEvent
from quorate.apps.organisation.models import Event, Organisation

_COLUMNS = ("at", "who", "kind", "detail", "about")


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was done: when, by whom (empty: by the server), to what."""

    at: datetime
    who: str
    kind: str
    detail: dict[str, Any]
    about: str
    """The ballot's title; empty for what is about the organisation."""


def trail(organisation: Organisation, *, kind: str = "", who: str = "") -> QuerySet[Any, tuple[Any, ...]]:
    """Rows for `entry`, the newest first, lazily; of one kind, or by one account."""
    own = Event.objects.filter(organisation=organisation)
    ballots = AuditEvent.objects.filter(ballot__organisation=organisation.slug)
    chosen = {name: value for name, value in (("kind", kind), ("account__username", who)) if value}
    text: CharField[str, str] = CharField()
    rows = own.filter(**chosen).annotate(who=F("account__username"), about=Value("", text)).order_by()
    others = (
        ballots.filter(**chosen).annotate(who=F("account__username"), about=F("ballot__title")).order_by()
    )
    return rows.values_list(*_COLUMNS).union(others.values_list(*_COLUMNS), all=True).order_by("-at")


def entry(row: tuple[Any, ...]) -> Entry:
    """A row of `trail` as an Entry."""
    at, who, kind, detail, about = row
    return Entry(at, who or "", kind, detail, about)


def kinds_and_people(organisation: Organisation) -> tuple[list[str], list[str]]:
    """What was done there at all, and by whom: what can be chosen from."""
    own = Event.objects.filter(organisation=organisation).order_by()
    ballots = AuditEvent.objects.filter(ballot__organisation=organisation.slug).order_by()
    pairs = {*own.values_list("kind", "account__username").distinct()}
    pairs |= {*ballots.values_list("kind", "account__username").distinct()}
    return sorted({kind for kind, _who in pairs}), sorted({who for _kind, who in pairs if who})
