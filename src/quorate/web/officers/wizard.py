"""The wizard: a page for each part of a draft. Every save is a version; the later officer is told."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from quorate.apps.ballots import drafting, services, workplace
from quorate.apps.ballots.ceremony_state import ceremony_state
from quorate.apps.ballots.differences import differences
from quorate.apps.ballots.electorate import Electorate, electorate_of, rolls_to_choose, small_units
from quorate.apps.ballots.errors import EditConflict, NotAllowed
from quorate.apps.ballots.messages import messages_of
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.panel import panel_of
from quorate.apps.organisation.models import Organisation
from quorate.election.draft import Draft, DraftDocument
from quorate.record.canonical import instant_text
from quorate.report.words import status_words, when
from quorate.rules import UnknownRule, describe, preset
from quorate.text import _
from quorate.web.officers import wizard_forms
from quorate.web.officers.access import account_of, officer
from quorate.web.officers.ballot_pages import (
    MAY_DRAFT,
    OF_A_QUESTION,
    STEPS,
    ballot_of,
    draft_of,
    overview_of,
    show,
    step_words,
    wizard_steps,
)
from quorate.web.officers.voters_form import Voters
from quorate.web.officers.wizard_forms import StepForm
from quorate.web.templatetags.words import paragraphs

MOST_BYTES: Final = 20 * 2**20
KINDS: Final = (".pdf", ".txt", ".md")
_FORMS: Final = {
    "details": wizard_forms.Details,
    "question": wizard_forms.QuestionText,
    "answers": wizard_forms.Answers,
    "window": wizard_forms.Window,
    "tellers": wizard_forms.Tellers,
}


@officer(*MAY_DRAFT)
def step(
    request: HttpRequest, organisation: Organisation, ballot: str, step: str, question: int = 1
) -> HttpResponse:
    """One step: show it, or save it and go on."""
    found = ballot_of(organisation, ballot)
    if step not in STEPS:
        raise Http404
    if found.stage != Stage.DRAFT:
        messages.info(request, _("This ballot is no draft any more."))
        return overview_of(organisation, found)
    number, draft = draft_of(found)
    if not 1 <= question <= len(draft.question):
        raise Http404
    if step in {"messages", "preview"}:
        return _show(request, organisation, found, draft, step, question, None)
    electorate = electorate_of(draft)
    if request.method != "POST":
        form = _form(step, draft, question, organisation, electorate, initial={"base": number})
        return _show(request, organisation, found, draft, step, question, form)
    form = _form(step, draft, question, organisation, electorate, data=request.POST)
    if not form.is_valid():
        return _show(request, organisation, found, draft, step, question, form, status=422)
    if request.POST.get("action") == "look":
        return _show(request, organisation, found, form.apply(draft), step, question, form)
    content = form.apply(draft)
    if content == draft and form.cleaned_data["base"] == number:
        return _next(request, organisation, found, step, question)
    try:
        services.save_draft(
            ballot=found, content=content, base=form.cleaned_data["base"], by=account_of(request)
        )
    except EditConflict as error:
        conflict = {"said": str(error), "differences": differences(content, draft), "newest": number}
        return _show(request, organisation, found, draft, step, question, form, conflict, status=409)
    return _next(request, organisation, found, step, question)


@officer(*MAY_DRAFT)
@require_POST
def add_question(request: HttpRequest, organisation: Organisation, ballot: str) -> HttpResponse:
    """One more question."""
    found = ballot_of(organisation, ballot)
    number, draft = draft_of(found)
    content = drafting.add_question(draft)
    return _saved(request, organisation, found, number, content, "question", len(content.question))


@officer(*MAY_DRAFT)
@require_POST
def remove_question(
    request: HttpRequest, organisation: Organisation, ballot: str, question: int
) -> HttpResponse:
    """Take a question away; earlier versions keep it."""
    found = ballot_of(organisation, ballot)
    number, draft = draft_of(found)
    try:
        content = drafting.remove_question(draft, question - 1)
    except NotAllowed as error:
        messages.error(request, str(error))
        return redirect("officers:ballot_step", organisation.slug, found.name, "question")
    return _saved(request, organisation, found, number, content, "question", 1)


@officer(*MAY_DRAFT)
@require_POST
def attach(request: HttpRequest, organisation: Organisation, ballot: str, question: int) -> HttpResponse:
    """Attach a text to a question, or take one away."""
    found = ballot_of(organisation, ballot)
    number, draft = draft_of(found)
    if not 1 <= question <= len(draft.question):
        raise Http404
    asked = draft.question[question - 1]
    if "drop" in request.POST:
        changed = wizard_forms.drop_document(asked, request.POST["drop"])
    else:
        file = request.FILES.get("file")
        problem = _file_problem(file)
        if file is None or problem:
            messages.error(request, problem)
            return redirect(
                "officers:ballot_question_step", organisation.slug, found.name, "question", question
            )
        data = file.read()
        name = " ".join((file.name or _("Text")).split())[:200]
        document = DraftDocument(name, workplace.keep_text(found, data), len(data))
        changed = wizard_forms.add_document(asked, document)
    content = drafting.with_question(draft, question - 1, changed)
    return _saved(request, organisation, found, number, content, "question", question)


@officer(*MAY_DRAFT)
def document(request: HttpRequest, organisation: Organisation, ballot: str, fingerprint: str) -> HttpResponse:
    """An attached text, as a download."""
    data = workplace.kept_text(ballot_of(organisation, ballot), fingerprint)
    if data is None:
        raise Http404
    return HttpResponse(
        data,
        content_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{fingerprint[:16]}"'},
    )


def _file_problem(file: Any) -> str:
    if file is None or not file.size:
        return _("Choose a file that is not empty.")
    if file.size > MOST_BYTES:
        return _("The file is larger than 20 MB. Voters read it on telephones: make it smaller.")
    if not str(file.name).lower().endswith(KINDS):
        return _("Attach a PDF or a plain text: everybody can open those.")
    return ""


def _saved(
    request: HttpRequest,
    organisation: Organisation,
    found: Ballot,
    number: int,
    content: Draft,
    step: str,
    question: int,
) -> HttpResponse:
    try:
        services.save_draft(ballot=found, content=content, base=number, by=account_of(request))
    except (EditConflict, NotAllowed) as error:
        messages.error(request, str(error))
    return redirect("officers:ballot_question_step", organisation.slug, found.name, step, question)


def _form(
    step: str,
    draft: Draft,
    question: int,
    organisation: Organisation,
    electorate: Electorate | None,
    **more: Any,
) -> StepForm:
    place = question - 1
    if step == "voters":
        return Voters(draft, place, rolls=rolls_to_choose(organisation), electorate=electorate, **more)
    if step == "rule":
        eligible = electorate.eligible(draft.question[place]) if electorate else 1
        return wizard_forms.RuleStep(draft, place, eligible=eligible, units=_units(electorate), **more)
    return _FORMS[step](draft, place, **more)


def _units(electorate: Electorate | None) -> tuple[str, ...]:
    return tuple(name for name, _n in electorate.units) if electorate else ()


def _next(
    request: HttpRequest, organisation: Organisation, found: Ballot, step: str, question: int
) -> HttpResponse:
    """After a save: the next step of the same question, the next step, or the same page again to stay."""
    if request.POST.get("action") == "stay":
        messages.success(request, _("Saved."))
        if step in OF_A_QUESTION:
            return redirect("officers:ballot_question_step", organisation.slug, found.name, step, question)
        return redirect("officers:ballot_step", organisation.slug, found.name, step)
    following = STEPS[STEPS.index(step) + 1]
    if following in OF_A_QUESTION:
        return redirect("officers:ballot_question_step", organisation.slug, found.name, following, question)
    return redirect("officers:ballot_step", organisation.slug, found.name, following)


def _show(
    request: HttpRequest,
    organisation: Organisation,
    found: Ballot,
    draft: Draft,
    step: str,
    question: int,
    form: StepForm | None,
    conflict: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    electorate = electorate_of(draft)
    here = STEPS.index(step)
    before = STEPS[here - 1] if here else None
    context = {
        "step": step,
        "step_title": step_words(step),
        "step_number": here + 1,
        "step_total": len(STEPS),
        "steps_around": wizard_steps(step),
        "before": before,
        "draft": draft,
        "form": form,
        "conflict": conflict,
        "question_number": question,
        "of_a_question": step in OF_A_QUESTION,
        "questions": range(1, len(draft.question) + 1),
        "asked": draft.question[question - 1],
        "panels": _panels(draft, electorate, step, question),
        "electorate": electorate,
        "extra": f"officers/ballots/steps/{step}.html",
        **_extras(step, found, draft, question, electorate, organisation),
    }
    return show(request, "step", organisation, found, context, status)


def _panels(draft: Draft, electorate: Electorate | None, step: str, question: int) -> list[dict[str, Any]]:
    """What each question's rule asks: of the question at hand, or of all."""
    places = [question] if step in OF_A_QUESTION else range(1, len(draft.question) + 1)
    found = []
    for place in places:
        asked = draft.question[place - 1]
        eligible = electorate.eligible(asked) if electorate else 0
        panel = panel_of(asked, eligible, _units(electorate) or (asked.electorate or ()))
        if panel is not None:
            found.append({"number": place, "panel": panel})
    return found


def _extras(
    step: str,
    found: Ballot,
    draft: Draft,
    question: int,
    electorate: Electorate | None,
    organisation: Organisation,
) -> dict[str, Any]:
    """What one step shows besides its form."""
    if step == "rule":
        asked = draft.question[question - 1]
        try:
            rule = preset(asked.rule) if asked.rule else None
        except UnknownRule:
            rule = None
        said = describe(rule) if rule else []
        return {"rule": rule, "rule_said": said, "rule_status": status_words(rule.status) if rule else ""}
    if step == "voters":
        return {"small": small_units(draft, electorate) if electorate else ()}
    if step == "window":
        window = drafting.moments(draft)
        shown = (
            [when(instant_text(one), draft.zone) for one in (window.opens, window.closes)] if window else []
        )
        return {"moments": shown}
    if step == "tellers":
        return {"state": ceremony_state(found)}
    address = f"{settings.ENVIRONMENT.origin}/b/{found.name}/vote"
    if step == "messages":
        return {"sample": messages_of(draft, address, electorate)}
    if step == "preview":
        window = drafting.moments(draft)
        shown = (
            [when(instant_text(one), draft.zone) for one in (window.opens, window.closes)] if window else []
        )
        return {"moments": shown, "papers": [_paper(one, draft) for one in draft.question]}
    return {}


def _paper(question: Any, draft: Draft) -> dict[str, Any]:
    """A question as the voting page words it: a short first paragraph is the heading."""
    said = paragraphs(question.text)
    head, rest = (said[0], said[1:]) if said and len(said[0]) <= 160 else (draft.title, said)
    rows = [option.label for option in question.options]
    rows += [question.blank.label] if question.blank and question.minimum is None else []
    return {"head": head, "rest": rest, "rows": rows, "asked": question, "single": question.minimum is None}
