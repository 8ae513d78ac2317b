"""A teller's page: what to do now, the commands, the hand-in of round files, how far the others are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from quorate.apps.ballots import selectors, shares, tellers
from quorate.apps.ballots.ceremony_state import CeremonyState, ceremony_state, round_words
from quorate.apps.ballots.errors import AlreadySent, NotAllowed, TryAgain, UnknownBallot, UnknownTeller
from quorate.apps.ballots.models import Ballot, Stage, TellerSeat
from quorate.text import _

_MOST_FILES: Final = 4


@never_cache
@sensitive_post_parameters("token")
def page(request: HttpRequest, ballot: str) -> HttpResponse:
    """Without the link's secret a page that takes it; with it, in the body of a POST, the teller's own."""
    try:
        found = selectors.ballot_named(ballot)
    except UnknownBallot as unknown:
        raise Http404 from unknown
    if request.method != "POST":
        return render(request, "tellers/enter.html", {"ballot": found})
    token = request.POST.get("token", "").strip()
    try:
        seat = tellers.teller_of(found, token)
    except UnknownTeller as error:
        return render(request, "tellers/enter.html", {"ballot": found, "problem": str(error)}, status=403)
    action = request.POST.get("action", "")
    if action == "download":
        return _download(request, found, seat, token)
    if action == "upload":
        return _upload(request, found, seat, token)
    if action == "share":
        return _share(request, found, seat, token)
    return _show(request, found, seat, token)


def _download(request: HttpRequest, ballot: Ballot, seat: TellerSeat, token: str) -> HttpResponse:
    try:
        data = tellers.ceremony_zip(ballot)
    except NotAllowed as error:
        return _show(request, ballot, seat, token, {"problem": str(error)}, 404)
    name = f'attachment; filename="ceremony-{ballot.name[:8]}.zip"'
    return HttpResponse(data, content_type="application/zip", headers={"Content-Disposition": name})


def _upload(request: HttpRequest, ballot: Ballot, seat: TellerSeat, token: str) -> HttpResponse:
    files = request.FILES.getlist("files")
    if len(files) > _MOST_FILES or any((file.size or 0) > tellers.MOST_BYTES for file in files):
        problem = _("That is more than a step of the ceremony has. Nothing was kept.")
        return _show(request, ballot, seat, token, {"problem": problem}, 413)
    try:
        taken = tellers.take_messages(ballot=ballot, seat=seat, files=[file.read() for file in files])
    except AlreadySent as error:
        return _show(request, ballot, seat, token, {"problem": str(error)}, 409)
    except NotAllowed as error:
        return _show(request, ballot, seat, token, {"problem": str(error)}, 422)
    return _show(request, ballot, seat, token, {"taken": taken})


def _share(request: HttpRequest, ballot: Ballot, seat: TellerSeat, token: str) -> HttpResponse:
    file = request.FILES.get("share")
    if file is None:
        problem = _("Choose the file that decrypt wrote.")
        return _show(request, ballot, seat, token, {"problem": problem}, 422)
    if (file.size or 0) > shares.MOST_BYTES:
        problem = _("The file is too large to be a share. Nothing was kept.")
        return _show(request, ballot, seat, token, {"problem": problem}, 413)
    try:
        shares.hand_in(ballot=ballot, seat=seat, data=file.read())
    except NotAllowed as error:
        return _show(request, ballot, seat, token, {"problem": str(error)}, 422)
    except TryAgain as error:
        return _show(request, ballot, seat, token, {"problem": str(error)}, 503)
    return _show(request, ballot, seat, token, {"taken": (_("your share"),)})


def _show(
    request: HttpRequest,
    ballot: Ballot,
    seat: TellerSeat,
    token: str,
    more: Mapping[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    state = ceremony_state(ballot)
    own = state.teller(seat.number) if state is not None else None
    context = {
        "ballot": ballot,
        "seat": seat,
        "number": str(seat.number),
        "token": token,
        "state": state,
        "own": own,
        "drafted": ballot.stage == Stage.DRAFT,
        "desk": shares.share_desk(ballot, seat),
        "others": _others(state, seat.number),
        **(more or {}),
    }
    return render(request, "tellers/page.html", context, status=status)


def _others(state: CeremonyState | None, own: int) -> list[dict[str, Any]]:
    """Each teller with what is done and awaited, in words."""
    if state is None:
        return []
    return [
        {
            "number": teller.number,
            "name": teller.name,
            "own": teller.number == own,
            "finished": teller.finished,
            "done": [round_words(name) for name in teller.done],
            "now": round_words(teller.now) if teller.now else "",
        }
        for teller in state.tellers
    ]
