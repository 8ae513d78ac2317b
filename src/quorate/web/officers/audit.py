"""The audit trail: everything that was done, by whom and when; filtered, by pages, or as a file."""

from __future__ import annotations

import csv
import io
import json
from typing import Final

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from quorate.apps.ballots.trail import entry, kinds_and_people, trail
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import may
from quorate.web.officers.access import officer

_PAGE: Final = 100


@officer(*may("audit.see"))
@require_safe
def audit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """A hundred at a time, the newest first."""
    kinds, people = kinds_and_people(organisation)
    kind, who = _chosen(request, "kind", kinds), _chosen(request, "who", people)
    page = Paginator(trail(organisation, kind=kind, who=who), _PAGE).get_page(request.GET.get("page"))
    context = {
        "here": "audit",
        "page": page,
        "entries": [entry(row) for row in page],
        "kinds": kinds,
        "people": people,
        "kind": kind,
        "who": who,
    }
    return render(request, "officers/organisation/audit.html", context)


@officer(*may("audit.see"))
@require_safe
def download(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """All of it as CSV. Cells that a spreadsheet would run are quoted."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("at", "account", "what", "about", "detail"))
    for one in map(entry, trail(organisation).iterator()):
        detail = json.dumps(one.detail, ensure_ascii=False, sort_keys=True)
        rows.writerow((one.at.isoformat(), one.who, one.kind, f"“{one.about}”" if one.about else "", detail))
    headers = {"Content-Disposition": f'attachment; filename="audit-{organisation.slug}.csv"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _chosen(request: HttpRequest, name: str, known: list[str]) -> str:
    chosen = request.GET.get(name, "")
    return chosen if chosen in known else ""
