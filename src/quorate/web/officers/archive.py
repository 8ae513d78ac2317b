"""What comes last: legal hold, retention and archive, corrections, a new vote in the place of a void one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from quorate.apps.ballots import after
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.events import step_words
from quorate.apps.ballots.life import corrections, life_of, now_of
from quorate.apps.ballots.models import JointStep
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.ballot import State
from quorate.text import _
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.ballot_pages import ballot_of
from quorate.web.officers.running_pages import MAY_ACT, MAY_WATCH, ReasonForm, begun_ballot, show, told

_KINDS = {
    kind.value: kind
    for kind in (
        JointStep.Kind.HOLD,
        JointStep.Kind.END_HOLD,
        JointStep.Kind.ARCHIVE,
        JointStep.Kind.CORRECT,
    )
}


class _Terms(forms.Form):
    protest_days = forms.IntegerField(
        min_value=0,
        max_value=365,
        label=_("Days for protests after closing"),
        help_text=_("Until they are over the result is not released. 0: none."),
    )
    retain_days = forms.IntegerField(
        min_value=0,
        max_value=3660,
        label=_("Days that everything is kept after closing"),
        help_text=_("One year is usual; a law or by-law may ask for more (three years in South Africa)."),
    )


@officer(*MAY_ACT)
def terms(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """Before opening: for how long members may protest, and for how long everything is kept."""
    found = ballot_of(organisation, ballot)
    initial = {"protest_days": found.protest_days, "retain_days": found.retain_days}
    form = _Terms(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            after.set_terms(ballot=found, by=account_of(request), **form.cleaned_data)
        except NotAllowed as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Kept. It is fixed once the ballot opens."))
        return redirect("officers:ballot", organisation.slug, found.name)
    context = {"here": "ballots", "ballot": found, "form": form}
    return render(request, "officers/running/terms.html", context, status=422 if form.errors else 200)


@officer(*MAY_WATCH)
def page(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """How long everything is kept, what is on hold, what can be done now."""
    found = begun_ballot(organisation, ballot)
    life, now = life_of(found), now_of(found)
    waiting = [
        {"step": step, "words": step_words(step), "mine": step.first_id == account_of(request).pk}
        for step in after.waiting(found).select_related("first").filter(protest=None)
    ]
    proposed = {row["step"].kind for row in waiting if isinstance(row["step"], JointStep)}
    final = life.state in {State.RELEASED, State.VOIDED}
    context = {
        "tab": "after",
        "life": life,
        "waiting": waiting,
        "corrections": corrections(found),
        "form": ReasonForm(),
        "may_hold": life.state is not State.ARCHIVED and not life.hold and "hold" not in proposed,
        "may_end_hold": life.hold and "end-hold" not in proposed,
        "may_archive": final and not life.hold and now >= life.retained_until and "archive" not in proposed,
        "may_correct": life.state in {State.RELEASED, State.ARCHIVED} and "correct" not in proposed,
        "may_rerun": life.state is State.VOIDED,
        "reruns": list(found.reruns.all()),
        "archived": life.state is State.ARCHIVED,
    }
    return show(request, "after", found, context)


@officer(*MAY_ACT)
@require_POST
@told
def propose(request: HttpRequest, organisation: Organisation, ballot: str, kind: str) -> HttpResponse:
    """Propose a step with its reason; a second officer confirms it."""
    found = begun_ballot(organisation, ballot)
    if kind not in _KINDS:
        raise Http404
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    after.propose_step(ballot=found, kind=_KINDS[kind], reason=reason, by=account_of(request))
    messages.success(request, _("Proposed. A second officer must confirm it."))
    return redirect("officers:after", organisation.slug, found.name)


@officer(*MAY_ACT)
@require_POST
@told
def decide(request: HttpRequest, organisation: Organisation, ballot: str, number: int) -> HttpResponse:
    """Confirm what another officer proposed, or withdraw it."""
    found = begun_ballot(organisation, ballot)
    step = found.steps.filter(pk=number).first()
    if step is None:
        raise Http404
    if request.POST.get("action") == "withdraw":
        after.withdraw_step(step=step, by=account_of(request))
        messages.success(request, _("Withdrawn. Nothing was done."))
    else:
        after.confirm_step(step=step, by=account_of(request))
        messages.success(request, _("Done, by two officers."))
    page = "officers:protests" if step.protest_id else "officers:after"
    return redirect(page, organisation.slug, found.name)


@officer(*MAY_ACT)
@require_POST
@told
def rerun(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """A new draft in the place of a void ballot."""
    found = begun_ballot(organisation, ballot)
    made = after.rerun(ballot=found, by=account_of(request))
    messages.success(request, _("A draft was made from the void ballot. Codes and the tellers' key are new."))
    return redirect("officers:ballot", organisation.slug, made.name)
