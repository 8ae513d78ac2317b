"""What the officers' home page shows of ballots in preparation, and the rows of lists of ballots."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from quorate.apps.ballots import selectors
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.organisation.models import Organisation
from quorate.text import _
from quorate.web.officers.ballot_pages import MAY_DRAFT, status_of
from quorate.web.officers.visit import Need, Section, Visit


def ballots_section(visit: Visit) -> Section | None:
    """For the officers' home page: the newest ballots."""
    found = selectors.ballots_of(visit.organisation.slug)[:5]
    rows = [row_of(visit.organisation, one) for one in found]
    return Section(
        "officers/ballots/section.html",
        {"rows": rows, "slug": visit.organisation.slug, "may_draft": not visit.roles.isdisjoint(MAY_DRAFT)},
    )


def waiting_signatures(visit: Visit) -> list[Need]:
    """For the officers' home page: prepared ballots that this officer has not signed."""
    if "opener" not in visit.roles:
        return []
    waiting = [one for one in selectors.ballots_of(visit.organisation.slug) if one.stage == Stage.READY]
    return [
        Need(
            _("“{title}” waits for signatures.").format(title=one.title),
            reverse("officers:ballot_sign", args=[visit.organisation.slug, one.name]),
            _("Look and sign"),
            urgent=True,
        )
        for one in waiting
        if visit.account.pk not in {made.officer.pk for made in selectors.approvals(one, "open")}
    ]


def row_of(organisation: Organisation, one: Ballot) -> dict[str, Any]:
    """A ballot as a row of a list."""
    return {
        "title": one.title,
        "status": status_of(one),
        "link": reverse("officers:ballot", args=[organisation.slug, one.name]),
        "name": one.name,
    }
