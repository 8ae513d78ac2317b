"""/o/<organisation>/motions/: what is proposed, where it stands, in which words."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quorate.apps.motions import stage_ballots
from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.selectors import motion_named, motions_of, standing
from quorate.apps.organisation.selectors import organisation_named
from quorate.web.motion_words import stage_rows, state_chip
from quorate.web.public.pages import FRESH, for_everybody


@for_everybody
def motions(request: HttpRequest, slug: str) -> HttpResponse:
    """All motions of an organisation, the newest first."""
    found = organisation_named(slug)
    rows = [
        {"standing": one, "chip": state_chip(one.motion), "stages": stage_rows(one)}
        for one in motions_of(found)
    ]
    context = {
        "organisation": found, "organisation_name": found.name, "organisation_help": found.help, "rows": rows
    }  # fmt: skip
    return _fresh(render(request, "public/motions.html", context))


@for_everybody
def motion(request: HttpRequest, slug: str, motion: str) -> HttpResponse:
    """One motion: who decides, the text, every version with what changed, the history."""
    found = organisation_named(slug)
    try:
        file = motion_named(found, motion)
    except UnknownMotion as unknown:
        raise Http404 from unknown
    stage_ballots.follow(motion=file)
    now = standing(file)
    versions = [
        {
            "version": one,
            "changes": now.motion.changes(one.number - 1, one.number).parts if one.number > 1 else (),
        }
        for one in reversed(now.motion.versions)
    ]
    context = {
        "organisation": found, "organisation_name": found.name, "organisation_help": found.help,
        "file": file, "motion": now.motion, "chip": state_chip(now.motion), "stages": stage_rows(now),
        "versions": versions, "agreement_slug": now.agreement,
    }  # fmt: skip
    return _fresh(render(request, "public/motion.html", context))


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FRESH
    return response
