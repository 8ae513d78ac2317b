"""After closing: who is awaited, the count, protests, the exact preview, the release by two officers."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.apps.ballots import after, selectors, services
from quorate.apps.ballots.dashboard import dashboard, tellers_awaited
from quorate.apps.ballots.errors import BallotError, NotAllowed
from quorate.apps.ballots.life import life_of, shares_needed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, JointStep, Protest
from quorate.apps.ballots.preview import withheld_report
from quorate.apps.ballots.public import public_ballot
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.ballot import BEGUN, OFFICERS, OVER, State
from quorate.report.sheet import draw
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.running_pages import MAY_ACT, MAY_WATCH, ReasonForm, begun_ballot, show, told
from quorate.web.public.result import result_context, statements

_SETTLE = {"dismiss": JointStep.Kind.DISMISS, "uphold": JointStep.Kind.UPHOLD}


class _Protest(forms.Form):
    text = forms.CharField(
        max_length=5000,
        label=_("What is objected to"),
        help_text=_("Only officers can read it. It is erased when the ballot is archived."),
        widget=forms.Textarea({"rows": 5}),
    )


@officer(*MAY_WATCH)
def closing(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """The tellers who are awaited, by name, and the count once enough have sent their shares."""
    found = begun_ballot(organisation, ballot)
    shown = dashboard(found)
    desk = engine().desk(found.name)
    tellers, state = tellers_awaited(found), shown.life.state
    needed = shares_needed(desk.office, desk.figures())
    sent = sum(one.sent for one in tellers)
    context = {
        "tab": "closing",
        "shown": shown,
        "before": state in BEGUN,
        "working": state in {State.CLOSED, State.DECRYPTING},
        "counted": state in {State.WITHHELD, State.RELEASED, State.ARCHIVED},
        "tellers": tellers,
        "sent": sent,
        "needed": needed,
        "missing": max(0, needed - sent),
        "spare": len(tellers) - shown.manifest.tellers.threshold,
        "enough": sent >= needed,
        "closing_fingerprint": selectors.closing_fingerprint(found) if state in OVER else "",
    }
    return show(request, "closing", found, context)


@officer(*MAY_ACT)
@require_POST
@told
def count(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Make the result from the tellers' shares; it is withheld."""
    found = begun_ballot(organisation, ballot)
    services.count(ballot=found, by=account_of(request))
    messages.success(
        request, _("The votes are counted. The result is withheld until two officers release it.")
    )
    return redirect("officers:result", organisation.slug, found.name)


@officer(*MAY_ACT)
def result(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """The result exactly as it will be public, and what still stands in the way."""
    found = begun_ballot(organisation, ballot)
    life = life_of(found)
    if life.state is not State.WITHHELD:
        return show(request, "no_result", found, {"tab": "result", "life": life})
    report, public = withheld_report(found), public_ballot(found.name)
    if report.certificate is None or not report.ok:
        return show(request, "broken_result", found, {"tab": "result", "report": report}, 500)
    certificate = services.fingerprint(report.certificate)
    made = selectors.approvals(found, services.RELEASE)
    approved = [one for one in made if one.fingerprint == certificate]
    body = result_context(draw(report), found.name, None, statements(public))
    context = {
        **body,
        "tab": "result",
        "life": life,
        "waits": public.now < life.protests_until,
        "protests": found.protests.count(),
        "missing": max(0, OFFICERS - len(approved)),
    }
    return show(request, "result", found, context)


@officer(*MAY_ACT)
@require_POST
@told
def release(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Publish the result."""
    found = begun_ballot(organisation, ballot)
    services.release(ballot=found, by=account_of(request))
    messages.success(request, _("The result is public."))
    return redirect("officers:after", organisation.slug, found.name)


# Protests.


@officer(*MAY_WATCH)
def protests(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """What members objected to, until when they may, and how each protest was decided."""
    found = begun_ballot(organisation, ballot)
    return show(request, "protests", found, _protests(request, found, _Protest()))


@officer(*MAY_ACT)
@require_POST
def record(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Write down a protest."""
    found = begun_ballot(organisation, ballot)
    form = _Protest(request.POST)
    if form.is_valid():
        try:
            made = after.record_protest(ballot=found, text=form.cleaned_data["text"], by=account_of(request))
        except BallotError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded as protest {n}.").format(n=made.number))
            return redirect("officers:protests", organisation.slug, found.name)
    return show(request, "protests", found, _protests(request, found, form), 422)


@officer(*MAY_ACT)
@require_POST
@told
def settle(request: HttpRequest, organisation: Organisation, ballot: str, number: int) -> HttpResponse:
    """Propose how a protest is decided; a second officer confirms it."""
    found = begun_ballot(organisation, ballot)
    protest = found.protests.filter(number=number).first()
    kind = _SETTLE.get(request.POST.get("decision", ""))
    if protest is None:
        raise Http404
    if kind is None:
        raise NotAllowed(_("Choose whether the protest is dismissed or upheld."))
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    after.propose_step(ballot=found, kind=kind, reason=reason, by=account_of(request), protest=protest)
    messages.success(request, _("Proposed. A second officer must confirm it."))
    return redirect("officers:protests", organisation.slug, found.name)


def _protests(request: HttpRequest, found: Ballot, form: forms.Form) -> dict[str, object]:
    life = life_of(found)
    waiting = {step.protest_id: step for step in after.waiting(found) if step.protest_id}
    rows = [
        {
            "protest": one,
            "open": one.state == Protest.State.OPEN,
            "waiting": waiting.get(one.pk),
            "mine": one.pk in waiting and waiting[one.pk].first_id == account_of(request).pk,
            "decided": one.steps.filter(done__isnull=False).last(),
        }
        for one in found.protests.all()
    ]
    return {
        "tab": "protests",
        "life": life,
        "rows": rows,
        "form": form,
        "reason": ReasonForm(),
        "possible": life.state in BEGUN | OVER,
    }
