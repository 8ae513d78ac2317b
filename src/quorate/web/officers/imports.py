"""Taking over a member list: hand it in, look at it, correct the columns, confirm."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from quorate.apps.organisation import importing
from quorate.apps.organisation.errors import OrganisationError, UnknownOrganisation
from quorate.apps.organisation.models import Organisation, RollImport
from quorate.apps.organisation.permissions import may
from quorate.roll import FaultyRoll, problems_csv
from quorate.text import _, number
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.organisation_forms import FIELD_NAMES, ColumnsForm, ImportForm, today_in

SHOWN: Final = 200
_COUNTS: Final = ("added", "updated", "unchanged", "ended")


@officer(*may("roll.import"))
def hand_in(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """A file or pasted cells, and what the list is."""
    initial = {"as_of": today_in(organisation.zone, timezone.now()), "whole": "yes"}
    form = ImportForm(organisation.bodies.all(), request.POST or None, request.FILES or None, initial=initial)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            handed = importing.hand_in(
                body=form.cleaned_data["body"],
                by=account_of(request),
                name=file.name if file else _("pasted cells"),
                data=file.read() if file else form.cleaned_data["paste"].encode("utf-8", "replace"),
                as_of=form.cleaned_data["as_of"],
                whole=form.cleaned_data["whole"] == "yes",
                encoding=form.cleaned_data["encoding"] or "auto",
            )
        except FaultyRoll as faulty:
            for problem in faulty.problems:
                form.add_error("file" if file else "paste", f"{problem.what} {problem.fix}")
        else:
            return redirect("officers:import-look", organisation=organisation.slug, token=handed.token)
    context = {"here": "members", "form": form, "bodies": organisation.bodies.exists()}
    return render(request, "officers/organisation/import.html", context, status=422 if form.errors else 200)


@officer(*may("roll.import"))
def look(request: HttpRequest, organisation: Organisation, token: str) -> HttpResponse:
    """What is in the list, what is wrong with it, what taking it over will do."""
    handed = _handed(request, organisation, token)
    action = request.POST.get("action", "") if request.method == "POST" else ""
    if action == "discard":
        importing.discard(handed=handed)
        messages.info(request, _("The list was discarded. Nothing was taken over."))
        return redirect("officers:members", organisation=organisation.slug)
    if action == "take" and (done := _take(request, organisation, handed)) is not None:
        return done
    seen = importing.look(handed)
    columns = ColumnsForm(seen.headings, dict(seen.places), request.POST if action == "columns" else None)
    if action == "columns" and columns.is_valid():
        importing.choose_columns(handed=handed, places=columns.places())
        return redirect("officers:import-look", organisation=organisation.slug, token=token)
    context = {
        "here": "members",
        "handed": handed,
        "look": seen,
        "columns": columns,
        "shown": seen.problems[:SHOWN],
        "more": max(0, len(seen.problems) - SHOWN),
        "counts": seen.plan.counts() if seen.plan else None,
        "heads": [_meaning(seen.places, at, heading) for at, heading in enumerate(seen.headings)],
        "columns_open": any(
            p.kind in {"missing-column", "column-twice", "heading-twice"} for p in seen.problems
        ),
    }
    return render(request, "officers/organisation/import_look.html", context)


@officer(*may("roll.import"))
@require_safe
def problems(request: HttpRequest, organisation: Organisation, token: str) -> HttpResponse:
    """All problems as a CSV file."""
    data = problems_csv(importing.look(_handed(request, organisation, token)).problems)
    headers = {"Content-Disposition": 'attachment; filename="problems.csv"'}
    return HttpResponse(data, content_type="text/csv; charset=utf-8", headers=headers)


def _take(request: HttpRequest, organisation: Organisation, handed: RollImport) -> HttpResponse | None:
    try:
        confirmed = {name: int(request.POST.get(name, "")) for name in _COUNTS}
    except ValueError:
        confirmed = {}
    try:
        plan = importing.take_over(handed=handed, confirmed=confirmed, by=account_of(request))
    except OrganisationError as problem:
        messages.error(request, str(problem))
        return None
    counts = {name: number(count) for name, count in plan.counts().items()}
    words = _("Taken over: {added} added, {updated} changed, {unchanged} as before, {ended} left.")
    messages.success(request, words.format(**counts))
    return redirect("officers:members", organisation=organisation.slug)


def _handed(request: HttpRequest, organisation: Organisation, token: str) -> RollImport:
    try:
        return importing.handed_in(organisation, token, account_of(request))
    except UnknownOrganisation as unknown:
        raise Http404 from unknown


def _meaning(places: object, at: int, heading: str) -> tuple[str, object]:
    """A heading of the list, and what it is taken for."""
    taken = [FIELD_NAMES[field] for field, place in dict(places).items() if place == at]  # type: ignore[call-overload]  # a mapping
    return heading, taken[0] if taken else ""
