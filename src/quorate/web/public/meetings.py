"""/o/<organisation>/motions/<motion>/minutes/<n>: how a meeting voted, and the file to check it by."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.meeting_reading import Published, published
from quorate.apps.motions.selectors import motion_named
from quorate.apps.organisation.selectors import organisation_named
from quorate.rules import outcome_words, preset, sentences
from quorate.text import _
from quorate.web.public.pages import FRESH, for_everybody


@for_everybody
def minutes(request: HttpRequest, slug: str, motion: str, number: int) -> HttpResponse:
    """The verdict, why, who was there, who voted how or what two tellers counted, and the fingerprint."""
    found, shown = organisation_named(slug), _published(slug, motion, number)
    kept = shown.minutes
    words = {
        "yes": _("Yes"), "no": _("No"), "abstain": _("Abstained"), "silent": _("Present, no vote"),
        "absent": _("Absent"),
    }  # fmt: skip
    context = {
        "organisation": found, "organisation_name": found.name, "organisation_help": found.help,
        "shown": shown, "minutes": kept, "slug": motion, "rule": preset(kept.rule).title,
        "outcome": outcome_words(kept.decision.outcome), "sentences": sentences(kept.decision)[1:],
        "answers": [
            (word, [vote for vote in kept.votes if vote.answer == answer]) for answer, word in words.items()
        ] if kept.votes else [],
    }  # fmt: skip
    response = render(request, "public/minutes.html", context)
    response["Cache-Control"] = FRESH
    return response


@for_everybody
def file(request: HttpRequest, slug: str, motion: str, number: int) -> HttpResponse:
    """The minutes as canonical JSON; the SHA-256 of this file is their fingerprint."""
    shown = _published(slug, motion, number)
    response = HttpResponse(shown.data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="minutes-{motion}-{number}.json"'
    response["Cache-Control"] = FRESH
    return response


def _published(slug: str, motion: str, number: int) -> Published:
    try:
        return published(motion_named(organisation_named(slug), motion), number)
    except UnknownMotion as unknown:
        raise Http404 from unknown
