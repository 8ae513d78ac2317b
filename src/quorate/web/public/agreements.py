"""/o/<organisation>/agreements/: what was negotiated, in which versions, who ratified it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quorate.apps.motions import stage_ballots
from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.models import AgreementFile
from quorate.apps.motions.ratification import agreement_named, agreements_of, ratification_of, version_text
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import organisation_named
from quorate.web.agreement_words import agreement_context, list_rows
from quorate.web.public.pages import FRESH, for_everybody


@for_everybody
def agreements(request: HttpRequest, slug: str) -> HttpResponse:
    """All agreements of an organisation, the newest first."""
    found = organisation_named(slug)
    rows = list_rows(list(agreements_of(found)))
    return _fresh(render(request, "public/agreements.html", _about(found) | {"rows": rows}))


@for_everybody
def agreement(request: HttpRequest, slug: str, agreement: str) -> HttpResponse:
    """One agreement: summary beside the text, ratification, versions; two of them compared."""
    found = organisation_named(slug)
    file = _file(found, agreement)
    motion = ratification_of(file)
    if motion is not None:
        stage_ballots.follow(motion=motion)
    context = _about(found) | agreement_context(file, request.GET)
    return _fresh(render(request, "public/agreement.html", context))


@for_everybody
def version(request: HttpRequest, slug: str, agreement: str, sha256: str) -> HttpResponse:
    """The bytes of a version, whose SHA-256 is in the address; a download, never shown as a page."""
    file = _file(organisation_named(slug), agreement)
    try:
        data = version_text(file, sha256)
    except UnknownMotion as unknown:
        raise Http404 from unknown
    response = HttpResponse(data, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file.slug}-{sha256[:12]}.txt"'
    return response


def _file(organisation: Organisation, name: str) -> AgreementFile:
    try:
        return agreement_named(organisation, name)
    except UnknownMotion as unknown:
        raise Http404 from unknown


def _about(found: Organisation) -> dict[str, object]:
    return {"organisation": found, "organisation_name": found.name, "organisation_help": found.help}


def _fresh(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = FRESH
    return response
