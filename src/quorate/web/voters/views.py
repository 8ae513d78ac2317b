"""Pages for voters. They need no database, set no cookie, and looking at them changes nothing."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from quorate.apps.ballots.errors import TryAgain, UnknownBallot
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.reading import Phase
from quorate.apps.publication.booth import SERVED, NoBooth, booth_of
from quorate.apps.publication.booth import single_file as kept_file
from quorate.election.directory import Fate, Found
from quorate.record.canonical import instant_text
from quorate.record.manifest import Manifest
from quorate.report.words import groups, when
from quorate.text import _
from quorate.web.api.answers import IMMUTABLE

View = Callable[[HttpRequest, str], Coroutine[Any, Any, HttpResponse]]


def _of_a_ballot(view: View) -> View:
    """Turn what an address may lack, or the server at this moment, into a page. Nothing of it is kept."""

    async def answered(request: HttpRequest, ballot: str) -> HttpResponse:
        try:
            response = await view(request, ballot)
        except UnknownBallot as error:
            raise Http404 from error
        except (NoBooth, TryAgain):
            response = render(request, "voters/not_now.html", status=503)
            response["Retry-After"] = "5"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return answered


@require_safe
@_of_a_ballot
async def vote(request: HttpRequest, ballot: str) -> HttpResponse:
    """The booth of a ballot: a page with one program, that this ballot's manifest names.

    The page is the same for everybody and asking for it consumes nothing. A voting code stands in the
    fragment of a link, which no browser sends.
    """
    manifest = engine().desk(ballot).office.manifest
    return render(request, "voters/booth.html", _about(manifest, ballot))


@require_safe
@_of_a_ballot
async def program(request: HttpRequest, ballot: str) -> HttpResponse:
    """What the voting page runs, and how to compare it with the paper notice."""
    manifest = engine().desk(ballot).office.manifest
    return render(request, "voters/program.html", _about(manifest, ballot))


@require_safe
@_of_a_ballot
async def single_file(request: HttpRequest, ballot: str) -> HttpResponse:
    """The booth in one file, to save or to put on another site."""
    booth = booth_of(engine().desk(ballot).office.manifest)
    response = HttpResponse(kept_file(booth).read_bytes(), content_type="text/html; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="quorate-booth.html"'
    response["Cache-Control"] = IMMUTABLE if booth.named == booth.served else "no-store"
    return response


@require_safe
@_of_a_ballot
async def notice(request: HttpRequest, ballot: str) -> HttpResponse:
    """The notice to print: question, times, address, and the pins that a verifier compares."""
    manifest = engine().desk(ballot).office.manifest
    return render(request, "voters/notice.html", _about(manifest, ballot))


class _TrackerForm(forms.Form):
    tracker = forms.CharField(
        label=_("Tracker"),
        help_text=_("Eight groups of four, as your confirmation shows them. Small letters are fine."),
        max_length=80,
        error_messages={"required": _("Type the tracker that your confirmation shows.")},
        widget=forms.Textarea(
            {"rows": 3, "class": "code-field", "autocomplete": "off", "spellcheck": "false"}
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_of_a_ballot
async def tracker(request: HttpRequest, ballot: str) -> HttpResponse:
    """What became of a ballot, for people without the booth. The tracker is posted, never in an address."""
    desk = await engine().ready(ballot)
    form = _TrackerForm(request.POST or None)
    about = _about(desk.office.manifest, ballot) | {"form": form}
    if request.method == "POST" and form.is_valid():
        try:
            found = await engine().by_tracker(ballot, form.cleaned_data["tracker"])
        except ValueError:
            form.add_error("tracker", _("A tracker has eight groups of four letters and digits, and no U."))
        else:
            zone = desk.office.manifest.window.zone
            about |= {
                "asked": True,
                "found": found,
                "fate": found and _fate_words(found, desk.figures().phase),
                "shown": found and groups(found.tracker),
                "at": when(instant_text(desk.now()), zone),
            }
    return render(request, "voters/tracker.html", about, status=422 if form.errors else 200)


def _fate_words(found: Found, phase: Phase) -> str:
    match found.fate:
        case Fate.COUNTS if phase is Phase.OPEN:
            return _("This ballot counts, unless it is replaced by a later one.")
        case Fate.COUNTS:
            return _("This ballot counts.")
        case Fate.REPLACED:
            return _("This ballot was replaced by a later one. It does not count; the later one does.")
        case Fate.WITHDRAWN:
            return _("This ballot does not count: the code that cast it was replaced.")
        case Fate.SPOILED:
            return _("This ballot was opened to check a device. It was never cast and is not counted.")


def _about(manifest: Manifest, ballot: str) -> dict[str, Any]:
    """What the templates say of a ballot: only what is in its manifest, so that it needs no database."""
    booth = booth_of(manifest)
    return {
        "organisation_name": manifest.organisation,
        "organisation_help": manifest.contact,
        "ballot": ballot,
        "manifest": manifest,
        "opens": when(manifest.window.opens, manifest.window.zone),
        "closes": when(manifest.window.closes, manifest.window.zone),
        "phi": manifest.phi.hex(),
        "phi_groups": groups(manifest.phi),
        "booth": booth,
        "booth_files": f"{SERVED}/{booth.served}",
        "program_groups": groups(bytes.fromhex(booth.named)),
        "site": settings.ENVIRONMENT.origin,
    }
