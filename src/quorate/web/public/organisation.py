"""/ and /o/<organisation>/: what is open now, what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from quorate.apps.ballots.public import PublicBallot, public_ballots
from quorate.apps.motions.ratification import agreements_of
from quorate.apps.motions.selectors import motions_of, resolutions
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import organisation_named, organisations
from quorate.apps.publication.errors import NotReleased
from quorate.lifecycle.ballot import State
from quorate.record.certificate import CertifiedQuestion
from quorate.report.sheet import draw
from quorate.rules import percent
from quorate.text import _, number
from quorate.web.public.pages import FRESH, for_everybody
from quorate.web.register_words import rows_of

RUNNING: Final = frozenset({State.OPEN, State.SUSPENDED})
COMING: Final = frozenset({State.READY, State.SCHEDULED})
WAITING: Final = frozenset({State.CLOSED, State.DECRYPTING, State.WITHHELD})


@dataclass(frozen=True)
class Decided:
    """A decision in a list: what was asked, what was decided, how many of all members said yes."""

    question: str
    verdict: str
    yes_of_all: str


@dataclass(frozen=True)
class DecidedBallot:
    """A ballot with a public result."""

    ballot: PublicBallot
    decisions: tuple[Decided, ...]
    mark: str
    """What kind of ballot it was, where it was no real one."""


@for_everybody
def home(request: HttpRequest) -> HttpResponse:
    """The one organisation of this site, or a list of them."""
    found = organisations()
    if len(found) == 1:
        return _page(request, found[0])
    return _fresh(render(request, "public/home.html", {"organisations": found}))


@for_everybody
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """What an organisation has open, and what it decided."""
    return _page(request, organisation_named(slug))


def decided(ballots: Sequence[PublicBallot]) -> list[DecidedBallot]:
    """Those with a public result, the latest first."""
    found = []
    for ballot in ballots:
        try:
            sheet = draw(ballot.report())
        except NotReleased:
            continue
        pairs = zip(sheet.certificate.questions, sheet.questions, strict=True)
        found.append(
            DecidedBallot(
                ballot,
                tuple(Decided(drawn.text, drawn.verdict, _yes_of_all(of)) for of, drawn in pairs),
                _mark(sheet.certificate.provenance.kind),
            )
        )
    return sorted(found, key=lambda one: one.ballot.released or one.ballot.figures.closes, reverse=True)


def _page(request: HttpRequest, found: Organisation) -> HttpResponse:
    ballots = public_ballots(found.slug)
    context: dict[str, Any] = {
        "organisation": found,
        "organisation_name": found.name,
        "organisation_help": found.help,
        "open_now": [one for one in ballots if one.state in RUNNING],
        "coming": [one for one in ballots if one.state in COMING],
        "waiting": [one for one in ballots if one.state in WAITING],
        "decided": decided(ballots),
        "in_force": [
            row for row in rows_of(resolutions(found, timezone.now())) if row.status.state == "in force"
        ],
        "motions": bool(motions_of(found)),
        "agreements": bool(agreements_of(found)),
        "void": [one for one in ballots if one.void_reason],
        "zone": found.zone,
    }
    return _fresh(render(request, "public/organisation.html", context))


def _yes_of_all(question: CertifiedQuestion) -> str:
    """``89.7% of all 26,502 members``; '' where a question is not decided by yes and no."""
    yes = next((votes.votes for votes in question.votes if votes.id == "yes"), None)
    if yes is None or not question.eligible:
        return ""
    return _("{percent} of all {n} members").format(
        percent=percent(yes, question.eligible), n=number(question.eligible)
    )


def _mark(kind: str) -> str:
    """In lists too, nothing looks like a decision that is none."""
    return {"replay": _("replay of a published vote"), "test": _("test ballot")}.get(kind, "")


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FRESH
    return response
