"""Towards opening: codes, the tellers' ceremony, fixing the manifest, signing, going back, opening."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_POST

from quorate.apps.ballots import codes, opening, selectors, services, tellers
from quorate.apps.ballots.errors import BallotError, NotAllowed
from quorate.apps.ballots.models import Stage
from quorate.apps.organisation.models import Organisation
from quorate.text import _, ngettext, number
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.ballot_pages import (
    MAY_DRAFT,
    MAY_HANDLE_CODES,
    MAY_OPEN,
    MAY_SEE,
    ballot_of,
    draft_of,
    overview_of,
    show,
)
from quorate.web.officers.signers import signing_officers

_SIGNATURES: Final = 2


@officer(*MAY_SEE)
def ballot_codes(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """The voting codes: how they are made, whether they are, whether they were handed over."""
    found = ballot_of(organisation, ballot)
    _number, draft = draft_of(found)
    context = {"draft": draft, "codes": codes.codes_of(found, draft)}
    return show(request, "codes", organisation, found, context)


@officer(*MAY_HANDLE_CODES)
@require_POST
def make_codes(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Hosted: make a code for everybody on the roll."""
    found = ballot_of(organisation, ballot)
    try:
        count = codes.make_hosted(ballot=found, by=account_of(request))
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        said = ngettext("{n} code made.", "{n} codes made.", count)
        messages.success(request, said.format(n=number(count)))
    return redirect("officers:ballot_codes", organisation.slug, found.name)


@officer(*MAY_HANDLE_CODES)
@require_POST
def hand_over_codes(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Hosted: the codes as a file, once."""
    found = ballot_of(organisation, ballot)
    try:
        data = codes.hand_over(ballot=found, by=account_of(request))
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("officers:ballot_codes", organisation.slug, found.name)
    return _file(data, "text/csv; charset=utf-8", f"codes-{found.name[:8]}-SECRET.csv")


@officer(*MAY_HANDLE_CODES)
@require_POST
def roll_file(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Offline: the frozen roll, for the registrar's own computer."""
    found = ballot_of(organisation, ballot)
    try:
        data = codes.roll_for_registrar(ballot=found, by=account_of(request))
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("officers:ballot_codes", organisation.slug, found.name)
    return _file(data, "application/x-ndjson", f"roll-{found.name[:8]}.jsonl")


@officer(*MAY_HANDLE_CODES)
@require_POST
def take_list(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Offline: the signed credential list comes back."""
    found = ballot_of(organisation, ballot)
    credentials, signed = request.FILES.get("credentials"), request.FILES.get("signed")
    try:
        if credentials is None or signed is None:
            raise NotAllowed(_("Choose both files: credentials.txt and credential-list.json."))
        if max(credentials.size or 0, signed.size or 0) > codes.MOST_BYTES:
            raise NotAllowed(_("That is too large for a credential list."))
        count = codes.take_list(
            ballot=found, credentials=credentials.read(), signed=signed.read(), by=account_of(request)
        )
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        said = ngettext("{n} credential taken.", "{n} credentials taken.", count)
        messages.success(request, said.format(n=number(count)))
    return redirect("officers:ballot_codes", organisation.slug, found.name)


@officer(*MAY_DRAFT)
@require_POST
def ceremony(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Begin the tellers' ceremony, end it, or make one teller's link anew. Links are shown once."""
    found = ballot_of(organisation, ballot)
    by, action = account_of(request), request.POST.get("action", "")
    try:
        if action == "begin":
            links = tellers.begin_ceremony(ballot=found, by=by)
        elif action == "renew":
            teller = request.POST.get("teller", "")
            links = (
                tellers.renew_link(ballot=found, number=int(teller) if teller.isdecimal() else 0, by=by),
            )
        else:
            messages.warning(
                request,
                _("The ceremony is over: {why}").format(why=tellers.abandon_ceremony(ballot=found, by=by)),
            )
            return redirect("officers:ballot_step", organisation.slug, found.name, "tellers")
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("officers:ballot_step", organisation.slug, found.name, "tellers")
    origin = f"{request.scheme}://{request.get_host()}"
    context = {
        "links": [{"number": one.number, "name": one.name, "link": origin + one.path} for one in links]
    }
    return show(request, "links", organisation, found, context)


@officer(*MAY_OPEN)
@require_POST
def prepare(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Fix the draft, so that two officers can sign it."""
    found = ballot_of(organisation, ballot)
    try:
        opening.prepare_ballot(ballot=found, officers=signing_officers(organisation), by=account_of(request))
    except BallotError as error:
        messages.error(request, str(error))
        return overview_of(organisation, found)
    return redirect("officers:ballot_sign", organisation.slug, found.name)


@officer(*MAY_SEE)
def sign(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """The three figures and the fingerprint; who has signed, and what is left to do."""
    found = ballot_of(organisation, ballot)
    if found.stage != Stage.READY:
        return overview_of(organisation, found)
    manifest = selectors.manifest_of(found)
    made = selectors.approvals(found, services.OPEN)
    context: dict[str, Any] = {
        "manifest": manifest,
        "approvals": made,
        "signed_by_me": account_of(request).pk in {one.officer.pk for one in made},
        "enough": len(made) >= _SIGNATURES,
        "left": max(0, _SIGNATURES - len(made)),
        "subject": services.OPEN,
    }
    return show(request, "sign", organisation, found, context)


@officer(*MAY_OPEN)
@require_POST
def back(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Discard what was fixed and change the draft again."""
    found = ballot_of(organisation, ballot)
    try:
        opening.back_to_draft(ballot=found, by=account_of(request))
    except NotAllowed as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("It is a draft again. Signatures are discarded; codes and key kept."))
    return overview_of(organisation, found)


@officer(*MAY_OPEN)
@require_POST
def open_ballot(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Begin the public board. Voting begins by itself at the opening time."""
    found = ballot_of(organisation, ballot)
    try:
        services.open_ballot(ballot=found, by=account_of(request))
    except BallotError as error:
        messages.error(request, str(error))
        return redirect("officers:ballot_sign", organisation.slug, found.name)
    messages.success(
        request, _("The public board has begun. Voting opens and closes by itself at the times signed.")
    )
    return overview_of(organisation, found)


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    add_never_cache_headers(response)
    return response
