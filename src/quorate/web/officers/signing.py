"""Signing as an officer: the card that pages include, the steps of a passkey, and files for key files.

Pages write `{% load signing %}{% sign_here ballot subject %}`; see templates/components/sign.html.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from quorate.apps.ballots import officer_keys, selectors, signing
from quorate.apps.ballots.errors import BallotError, NotAllowed
from quorate.apps.ballots.models import Ballot
from quorate.apps.organisation.models import Account, Organisation
from quorate.text import _, ngettext
from quorate.web.officers.access import account_of, officer, signed_in
from quorate.web.officers.ballot_pages import MAY_OPEN, ballot_of
from quorate.web.officers.signing_words import Figure, figures_of, heading_of, needed_signatures

_LARGEST_ANSWER: Final = 16_384
_LARGEST_FILE: Final = 10_000


@dataclass(frozen=True)
class Card:
    """What the component shows: what is signed, by whom it was, and how this officer can."""

    ballot: Ballot
    organisation: Organisation
    subject: str
    heading: str
    figures: tuple[Figure, ...]
    seen: str
    phi: str
    signed_by: tuple[str, ...]
    missing: int
    mine: bool
    """Whether this officer has signed."""
    means: str
    """passkey, file, or empty where this officer cannot sign."""
    why_not: str
    key: str
    """Under which name the key is kept."""


def card_of(organisation: Organisation, ballot: Ballot, subject: str, account: Account) -> Card | None:
    """The card for this officer; None when there is nothing of this name to sign now."""
    try:
        manifest, event = signing.subject_of(ballot, subject)
        seen = signing.challenge_of(ballot, subject)
    except BallotError:
        return None
    made = selectors.approvals(ballot, subject)
    means, why_not, key = "", "", ""
    try:
        _index, found = signing.own_key(ballot, manifest, account)
        means, key = found.means, found.label
    except NotAllowed as error:
        why_not = str(error)
    return Card(
        ballot=ballot,
        organisation=organisation,
        subject=subject,
        heading=heading_of(event),
        figures=figures_of(manifest, event),
        seen=seen,
        phi=manifest.phi.hex(),
        signed_by=tuple(one.officer.get_full_name() or one.officer.get_username() for one in made),
        missing=max(0, needed_signatures(event) - len(made)),
        mine=any(one.officer.pk == account.pk for one in made),
        means=means,
        why_not=why_not,
        key=key,
    )


@officer(*MAY_OPEN)
@require_POST
def begin(request: HttpRequest, organisation: Organisation, ballot: str, subject: str) -> HttpResponse:
    """The options with which the browser asks the passkey."""
    found, said = ballot_of(organisation, ballot), _said(request)
    if said is None:
        return _problem(_("This page is not up to date: load it again."))
    account = account_of(request)
    try:
        _check_ticks(found, subject, said.get("agreed"))
        options = signing.begin_signing(
            ballot=found, subject=subject, seen=str(said.get("seen")), account=account
        )
    except BallotError as error:
        return _problem(str(error))
    return JsonResponse({"publicKey": options})


@officer(*MAY_OPEN)
@require_POST
def finish(request: HttpRequest, organisation: Organisation, ballot: str, subject: str) -> HttpResponse:
    """Take what the passkey signed."""
    found, said = ballot_of(organisation, ballot), _said(request)
    if said is None or not isinstance(said.get("answer"), dict):
        return _problem(_("This page is not up to date: load it again."))
    try:
        _check_ticks(found, subject, said.get("agreed"))
        count = signing.finish_signing(
            ballot=found,
            subject=subject,
            seen=str(said.get("seen")),
            account=account_of(request),
            response=said["answer"],
        )
    except BallotError as error:
        return _problem(str(error))
    messages.success(request, _signed_words(count))
    return JsonResponse({"signed": count})


@officer(*MAY_OPEN)
@require_GET
def take_file(request: HttpRequest, organisation: Organisation, ballot: str, subject: str) -> HttpResponse:
    """The file that an officer takes away to sign with a key file."""
    found = ballot_of(organisation, ballot)
    try:
        data = signing.sign_file(ballot=found, subject=subject, account=account_of(request))
    except BallotError as error:
        messages.error(request, str(error))
        return redirect("officers:ballot", organisation.slug, found.name)
    response = HttpResponse(data, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="{subject}-{found.name[:8]}-to-sign.json"'
    return response


@officer(*MAY_OPEN)
@require_POST
def upload(request: HttpRequest, organisation: Organisation, ballot: str, subject: str) -> HttpResponse:
    """Take the signature that a key file made."""
    found, given = ballot_of(organisation, ballot), request.FILES.get("signature")
    try:
        _check_ticks(found, subject, request.POST.getlist("agreed"))
        if given is None or (given.size or 0) > _LARGEST_FILE:
            raise NotAllowed(_("Choose the file that `quorate officer sign` wrote."))
        count = signing.take_signature(
            ballot=found,
            subject=subject,
            seen=request.POST.get("seen", ""),
            account=account_of(request),
            data=given.read(),
        )
    except BallotError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _signed_words(count))
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("officers:ballot", args=[organisation.slug, found.name])
    return redirect(back)


@signed_in
def keys(request: HttpRequest) -> HttpResponse:
    """With which key this account signs; register the public half of a key file, or stop using it."""
    account = account_of(request)
    if request.method == "POST":
        given = request.FILES.get("key")
        try:
            if "retire" in request.POST:
                officer_keys.retire_key(account=account)
                messages.success(request, _("You sign with a passkey from now on."))
            elif given is None or (given.size or 0) > _LARGEST_FILE:
                raise NotAllowed(_("Choose the file NAME.pub that `quorate officer key` made."))
            else:
                officer_keys.register_key(account=account, data=given.read())
                messages.success(request, _("Registered. You sign with this key file from now on."))
        except NotAllowed as error:
            messages.error(request, str(error))
        return redirect("officers:signing_keys")
    found = officer_keys.signing_keys(account)
    return render(request, "officers/signing_keys.html", {"here": "signing", "keys": found})


def _said(request: HttpRequest) -> dict[str, Any] | None:
    """The JSON object that the page's script sent, or None."""
    if request.content_type != "application/json" or len(request.body) > _LARGEST_ANSWER:
        return None
    try:
        said = json.loads(request.body)
    except ValueError:
        return None
    return said if isinstance(said, dict) else None


def _check_ticks(ballot: Ballot, subject: str, agreed: object) -> None:
    """NotAllowed unless each figure was ticked."""
    manifest, event = signing.subject_of(ballot, subject)
    due = [figure.key for figure in figures_of(manifest, event)]
    if not isinstance(agreed, list) or sorted(map(str, agreed)) != sorted(due):
        raise NotAllowed(_("Compare every figure and tick it first."))


def _problem(words: str) -> HttpResponse:
    response = HttpResponseBadRequest(json.dumps({"problem": words}), content_type="application/json")
    response.status_code = 409
    return response


def _signed_words(count: int) -> str:
    said = ngettext("Signed. {n} officer has signed.", "Signed. {n} officers have signed.", count)
    return said.format(n=count)
