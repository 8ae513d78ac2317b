"""What pages of a ballot in preparation share: the ballot of an address, states in words, the steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from quorate.apps.ballots import selectors
from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import DRAFTER, EVERYBODY, OPENER, REGISTRAR
from quorate.election.draft import Draft
from quorate.text import _

MAY_DRAFT: Final = (DRAFTER, OPENER)
MAY_OPEN: Final = (OPENER,)
MAY_HANDLE_CODES: Final = (REGISTRAR,)
MAY_SEE: Final = EVERYBODY

STEPS: Final = (
    "details", "question", "answers", "rule", "voters", "window", "tellers", "messages", "preview",
)  # fmt: skip
OF_A_QUESTION: Final = ("question", "answers", "rule")


def step_words(step: str) -> str:
    """A step of the wizard as its heading says it."""
    return {
        "details": _("Details"),
        "question": _("Question and text"),
        "answers": _("Answers"),
        "rule": _("Rule"),
        "voters": _("Voters"),
        "window": _("Voting time"),
        "tellers": _("Tellers"),
        "messages": _("Messages"),
        "preview": _("Preview"),
    }[step]


@dataclass(frozen=True, slots=True)
class Status:
    """A ballot's state for a chip: its kind, the word."""

    kind: str
    word: str


def ballot_of(organisation: Organisation, name: str) -> Ballot:
    """The ballot of an address; a page that there is none also for one of another organisation."""
    try:
        ballot = selectors.ballot_named(name)
    except UnknownBallot as unknown:
        raise Http404 from unknown
    if ballot.organisation != organisation.slug:
        raise Http404
    return ballot


def draft_of(ballot: Ballot) -> tuple[int, Draft]:
    """The newest version of a ballot's draft and its number; a page that there is none when it has none."""
    found = selectors.latest_draft(ballot)
    if found is None:
        raise Http404
    return found


def status_of(ballot: Ballot) -> Status:
    """Where a ballot stands, in a word."""
    try:
        state = selectors.standing(ballot).state
    except (TryAgain, UnknownBallot):
        return Status("warn", _("Cannot be read now"))
    words = {
        "draft": Status("", _("Draft")),
        "ready": Status("waiting", _("Waits for signatures")),
        "scheduled": Status("waiting", _("Scheduled")),
        "open": Status("open", _("Open")),
        "suspended": Status("warn", _("Suspended")),
        "closed": Status("waiting", _("Closed, not counted")),
        "decrypting": Status("waiting", _("Closed, tellers at work")),
        "withheld": Status("warn", _("Counted, withheld")),
        "released": Status("ok", _("Result released")),
        "voided": Status("error", _("Voided")),
        "archived": Status("", _("Archived")),
    }
    return words.get(state, Status("", state))


def wizard_steps(here: str) -> list[dict[str, Any]]:
    """The steps for the way around."""
    return [{"name": step, "words": step_words(step), "here": step == here} for step in STEPS]


def show(
    request: HttpRequest,
    template: str,
    organisation: Organisation,
    ballot: Ballot,
    context: dict[str, Any],
    status: int = 200,
) -> HttpResponse:
    """A page of one ballot."""
    common = {
        "here": "ballots",
        "organisation": organisation,
        "ballot": ballot,
        "status": status_of(ballot),
        "drafted": ballot.stage == Stage.DRAFT,
    }
    return render(request, f"officers/ballots/{template}.html", {**common, **context}, status=status)


def overview_of(organisation: Organisation, ballot: Ballot) -> HttpResponse:
    """Go to the ballot's own page."""
    return redirect("officers:ballot", organisation.slug, ballot.name)
