"""What waits for an officer in ballots that run or are over, for the home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from quorate.apps.ballots import after, selectors
from quorate.apps.ballots.dashboard import proposals, tellers_awaited
from quorate.apps.ballots.errors import TryAgain
from quorate.apps.ballots.life import life_of
from quorate.apps.ballots.models import Ballot, Stage
from quorate.lifecycle.ballot import State
from quorate.text import _
from quorate.web.officers.visit import Need, Visit


def running_needs(visit: Visit) -> list[Need]:
    """Signatures, second officers, the count, the release."""
    if "opener" not in visit.roles:
        return []
    return [
        need
        for ballot in selectors.ballots_of(visit.organisation.slug)
        if ballot.stage in {Stage.OPENED, Stage.RELEASED, Stage.VOIDED}
        for need in _needs(visit, ballot)
    ]


def _needs(visit: Visit, ballot: Ballot) -> Iterator[Need]:
    def link(page: str, *more: str) -> str:
        return reverse(f"officers:{page}", args=[visit.organisation.slug, ballot.name, *more])

    title = {"title": ballot.title}
    for step in after.waiting(ballot).exclude(first=visit.account).select_related("protest"):
        page = "protests" if step.protest_id else "after"
        what = _("“{title}”: something waits for a second officer.").format(**title)
        yield Need(what, link(page), _("Look and confirm"), urgent=True)
    if ballot.stage != Stage.OPENED:
        return
    try:
        for one in proposals(ballot):
            what = _("“{title}”: an event waits for signatures, or to be put on the board.").format(**title)
            yield Need(what, link("running_event", one.name), _("Look and sign"), urgent=True)
        life = life_of(ballot)
    except TryAgain:
        return
    if life.state in {State.CLOSED, State.DECRYPTING}:
        if life.shares >= life.threshold:
            what = _("“{title}” has closed, and can be counted.").format(**title)
            yield Need(what, link("closing"), _("Count the votes"), urgent=True)
        else:
            names = ", ".join(one.name for one in tellers_awaited(ballot) if not one.sent)
            what = _("“{title}” has closed. Shares are awaited from: {names}.").format(names=names, **title)
            yield Need(what, link("closing"), _("Look"))
    elif life.state is State.WITHHELD:
        what = _("“{title}” is counted and waits for its release.").format(**title)
        yield Need(what, link("result"), _("Look at the result"), urgent=True)
