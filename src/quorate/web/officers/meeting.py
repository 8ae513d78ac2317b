"""Votes in a meeting on a motion: open one, enter who voted how or what was counted, agree, decide."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from quorate.apps.motions import meeting as services
from quorate.apps.motions import meeting_reading as reading
from quorate.apps.motions.errors import MotionError, UnknownMotion
from quorate.apps.motions.models import MeetingVote, MotionFile
from quorate.apps.motions.selectors import motion_of
from quorate.apps.organisation.errors import OrganisationError
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.permissions import EVERYBODY, OPENER, TELLER
from quorate.apps.organisation.selectors import roles_of
from quorate.lifecycle.motion import opening_blocked
from quorate.lifecycle.pipeline import method_words, quorum_words
from quorate.rules import MeetingError, RollCall, decide, preset, sentences
from quorate.rules.call_list import write_answers
from quorate.text import _
from quorate.web.officers import meeting_forms
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.motions import file_of

MAY_DECIDE: Final = (OPENER,)
MAY_COUNT: Final = (TELLER, OPENER)


@officer(*MAY_DECIDE)
def open_vote(request: HttpRequest, organisation: Organisation, motion: str, stage: int) -> HttpResponse:
    """Count who is present, and open the vote of a stage."""
    file = file_of(organisation, motion)
    now = motion_of(file)
    if blocked := opening_blocked(now, stage):
        messages.error(request, " ".join(blocked))
        return redirect("officers:motion", organisation.slug, file.slug)
    plan = now.stages[stage].plan
    try:
        lists = reading.electorates(file, stage)
    except OrganisationError as error:
        messages.error(request, str(error))
        return redirect("officers:motion", organisation.slug, file.slug)
    if plan.method == "secret" or not lists:
        messages.error(
            request,
            _("{body} votes in secret on this motion, with a ballot.").format(body=plan.name)
            if plan.method == "secret"
            else _("The list of {body} is empty. Enter its members first.").format(body=plan.name),
        )
        return redirect("officers:motion", organisation.slug, file.slug)
    form = meeting_forms.Opening(
        lists, reading.asked_of_the_meeting(plan.rule), plan.quorum is not None, request.POST or None
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_vote(
                motion=file, stage=stage, at=timezone.now(), by=account_of(request), **form.facts()
            )
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            return redirect("officers:meeting", organisation.slug, file.slug, made.number)
    context = {
        "here": "motions", "organisation": organisation, "file": file, "motion": now, "plan": plan,
        "stage": stage, "form": form, "method": method_words(plan.method), "rule": preset(plan.rule).title,
        "quorum": plan.quorum and quorum_words(plan.quorum, len(lists[0].people)),
    }  # fmt: skip
    status = 400 if form.errors else 200
    return render(request, "officers/motions/meeting_open.html", context, status=status)


@officer(*EVERYBODY)
def vote(request: HttpRequest, organisation: Organisation, motion: str, number: int) -> HttpResponse:
    """The vote as it stands: to enter, to agree to, to count; its minutes when it has ended."""
    found = _vote(file_of(organisation, motion), number)
    if found.ended is not None:
        return _away(organisation, found)
    return _page(request, organisation, found)


@officer(*MAY_COUNT)
@require_POST
def act(
    request: HttpRequest, organisation: Organisation, motion: str, number: int, action: str
) -> HttpResponse:
    """Look at a roll call, enter it, agree to it, take it back; count hands; end without a decision."""
    found = _vote(file_of(organisation, motion), number)
    account, at = account_of(request), timezone.now()
    if action != "count" and OPENER not in roles_of(account, organisation):
        messages.error(request, _("Only officers who open ballots may do this."))
        return redirect("officers:meeting", organisation.slug, motion, number)
    try:
        if action in {"look", "enter"}:
            return _enter(request, organisation, found, action)
        if action == "count":
            return _count(request, organisation, found)
        if action == "void":
            form = meeting_forms.Voiding(request.POST)
            if not form.is_valid():
                return _page(request, organisation, found, {"voiding": form}, 400)
            services.void(vote=found, reason=form.cleaned_data["reason"], at=at, by=account)
        elif action == "agree":
            services.agree(vote=found, seen=request.POST.get("seen", ""), at=at, by=account)
        elif action == "back":
            services.take_back(vote=found, by=account)
        else:
            raise Http404
    except MotionError as error:
        messages.error(request, str(error))
    return redirect("officers:meeting", organisation.slug, motion, number)


def _enter(request: HttpRequest, organisation: Organisation, vote: MeetingVote, action: str) -> HttpResponse:
    """The totals of what was entered, to be looked at; or keep it for the second officer."""
    form = meeting_forms.CallOfTheRoll(reading.roll_of(vote), request.POST, request.FILES)
    if form.is_valid():
        try:
            call = services.read_roll_call(vote, form.answers)
            if action == "enter":
                services.enter_roll_call(vote=vote, answers=form.answers, by=account_of(request))
                messages.success(request, _("Entered. Another officer agrees to it now."))
                return redirect("officers:meeting", organisation.slug, vote.motion.slug, vote.number)
        except MeetingError as error:
            for problem in error.problems:
                form.add_error(None, problem)
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            lines = write_answers({line.member: line.answer for line in call.lines})
            return _page(request, organisation, vote, {"look": _seen(vote, call), "lines": lines})
    return _page(request, organisation, vote, {"form": form}, 400)


def _count(request: HttpRequest, organisation: Organisation, vote: MeetingVote) -> HttpResponse:
    form = meeting_forms.Counted(request.POST)
    if form.is_valid():
        try:
            differ = services.count_hands(
                vote=vote, at=timezone.now(), by=account_of(request), **form.cleaned_data
            )
        except MotionError as error:
            form.add_error(None, str(error))
        else:
            for problem in differ:
                messages.error(request, problem)
            return redirect("officers:meeting", organisation.slug, vote.motion.slug, vote.number)
    return _page(request, organisation, vote, {"form": form}, 400)


def _page(
    request: HttpRequest,
    organisation: Organisation,
    vote: MeetingVote,
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    stage, account = reading.stage_of(vote), account_of(request)
    held = roles_of(account, organisation)
    context: dict[str, Any] = {
        "here": "motions", "organisation": organisation, "vote": vote, "file": vote.motion,
        "motion": motion_of(vote.motion), "plan": stage.plan, "eligible": len(vote.roll),
        "rule": preset(stage.plan.rule).title, "method": method_words(stage.plan.method),
        "may_decide": OPENER in held, "may_count": bool(held & {*MAY_COUNT}),
        "voiding": meeting_forms.Voiding(auto_id="id_void_%s"),
    }  # fmt: skip
    if stage.plan.method == "show-of-hands":
        counted = reading.counted_now(vote)
        context["counted"] = [one.teller for one in counted]
        context["mine"] = any(one.account_id == account.pk for one in counted)
        context["form"] = meeting_forms.Counted(initial={"teller": account.get_username()})
        template = "officers/motions/meeting_hands.html"
    else:
        if vote.entered is not None:
            context["waiting"] = _seen(vote, services.read_roll_call(vote, vote.entered))
            context["seen"] = services.entry_fingerprint(vote)
            context["mine"] = vote.entered_by_id == account.pk
        context["form"] = meeting_forms.CallOfTheRoll(reading.roll_of(vote))
        template = "officers/motions/meeting_roll_call.html"
    return render(request, template, context | (more or {}), status=status)


def _seen(vote: MeetingVote, call: RollCall) -> dict[str, Any]:
    """A roll call to look at: totals, everybody by their answer, and what it would decide."""
    words = {
        "yes": _("Yes"), "no": _("No"), "abstain": _("Abstaining"), "silent": _("Present, no vote"),
        "absent": _("Absent"),
    }  # fmt: skip
    decision = decide(preset(reading.stage_of(vote).plan.rule), call.counts(notice=vote.notice))
    answers = [(word, call.names(answer)) for answer, word in words.items()]  # type: ignore[arg-type]
    return {"answers": answers, "sentences": sentences(decision)}


def _vote(file: MotionFile, number: int) -> MeetingVote:
    try:
        return reading.vote_numbered(file, number)
    except UnknownMotion as unknown:
        raise Http404 from unknown


def _away(organisation: Organisation, vote: MeetingVote) -> HttpResponse:
    try:
        reading.published(vote.motion, vote.number)
    except UnknownMotion:
        return redirect("officers:motion", organisation.slug, vote.motion.slug)
    return redirect("public:minutes", organisation.slug, vote.motion.slug, vote.number)
