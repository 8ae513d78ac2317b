"""``{% load signing %}{% sign_here ballot subject %}``: where an officer signs, and who has."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import RequestContext

from quorate.apps.ballots.models import Ballot
from quorate.web.officers.access import account_of
from quorate.web.officers.ballot_pages import MAY_OPEN
from quorate.web.officers.signing import card_of

register = template.Library()
OPENING_ROLES = frozenset(MAY_OPEN)


@register.inclusion_tag("components/sign.html", takes_context=True)
def sign_here(context: RequestContext, ballot: Ballot, subject: str) -> dict[str, Any]:
    """The card for the signed-in officer; nothing when nothing of this name waits for signatures."""
    request, organisation = context["request"], context["organisation"]
    card = card_of(organisation, ballot, subject, account_of(request))
    return {
        "card": card,
        "csrf_token": context.get("csrf_token"),
        "back": request.path,
        "may_sign": not OPENING_ROLES.isdisjoint(context.get("officer_roles") or ()),
    }
