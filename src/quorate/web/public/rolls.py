"""/o/<organisation>/rolls/: what everybody may know of rolls; and the question of a member, am I on one?"""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from quorate.apps.organisation.errors import UnknownOrganisation
from quorate.apps.organisation.inspection import ask
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import bodies_of, organisation_named, public_rolls
from quorate.web.public.pages import FRESH, for_everybody


class QuestionForm(forms.Form):
    number = forms.CharField(
        max_length=40,
        label=gettext_lazy("Member number"),
        help_text=gettext_lazy("It is on your membership card."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    email = forms.EmailField(
        max_length=254,
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The one that the organisation has of you."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )


@for_everybody
def rolls(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts, fingerprints, dates and numbers of corrections; never a name."""
    organisation = organisation_named(slug)
    bodies = [(body, public_rolls(body)) for body in bodies_of(organisation)]
    context = _about(organisation) | {"bodies": bodies, "now": timezone.now()}
    response = render(request, "public/rolls.html", context)
    response["Cache-Control"] = FRESH
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def on_the_roll(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the question. What is answered here depends on nothing but the form."""
    try:
        organisation = organisation_named(slug)
    except UnknownOrganisation as unknown:
        raise Http404 from unknown
    form = QuestionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        ask(
            organisation=organisation,
            member_number=form.cleaned_data["number"],
            email=form.cleaned_data["email"],
        )
        return redirect(reverse("public:on-the-roll", args=[slug]) + "?asked")
    context = _about(organisation) | {"form": form, "asked": "asked" in request.GET and not form.errors}
    response = render(request, "public/on_the_roll.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "no-store"
    return response


def _about(organisation: Organisation) -> dict[str, object]:
    return {
        "organisation": organisation,
        "organisation_name": organisation.name,
        "organisation_help": organisation.help,
        "organisation_url": reverse("public:organisation", args=[organisation.slug]),
        "zone": organisation.zone,
    }
