"""Every component on one page, for whoever builds or reviews a screen."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from quorate.report.bars import Bar, Bracket, Mark, Segment

_CARRIED = Bar(
    alt=(
        "Carried. 23,780 members voted yes; 19,877 were needed. Of 26,502 members 482 said no, "
        "494 ballots were blank or invalid, 1,746 did not vote."
    ),
    brackets=(
        Bracket(26_502, "all members 26,502", "the rule counts these"),
        Bracket(24_756, "ballots cast 24,756", ""),
        Bracket(24_262, "yes and no 24,262", ""),
    ),
    marks=(Mark(19_877, "needed: 19,877 (75% of all members)", met=True),),
    scale=26_502,
    segments=(
        Segment(23_780, "Yes", "yes", "23,780"),
        Segment(482, "No", "no", "482"),
        Segment(494, "Blank or invalid", "blank", "494"),
        Segment(1_746, "Did not vote", "none", "1,746"),
    ),
    title="",
)
_TURNOUT = Bar(
    alt="Turnout so far: 14,210 of 26,502 members. A line marks 13,252, the quorum.",
    brackets=(),
    marks=(Mark(13_252, "quorum: 13,252 (more than half of all members)", met=True),),
    scale=26_502,
    segments=(
        Segment(14_210, "Ballots cast; nobody knows how", "other", "14,210"),
        Segment(12_292, "Not yet", "none", "12,292"),
    ),
    title="Turnout so far",
)


class _Example(forms.Form):
    title = forms.CharField(help_text="As it stands on the ballot and on the certificate.")
    closes = forms.DateTimeField(help_text="In the organisation's zone, America/Chicago.")
    note = forms.CharField(widget=forms.Textarea({"rows": 4}), required=False)
    body = forms.ChoiceField(
        choices=[("all", "All members"), ("house", "House of Delegates")],
        widget=forms.RadioSelect,
        label="Who votes?",
    )
    test = forms.BooleanField(required=False, label="Hold a test ballot first")


def page(request: HttpRequest) -> HttpResponse:
    """For officers, and for anybody while developing."""
    user = getattr(request, "user", None)
    if not settings.DEBUG and not (user and user.is_authenticated):
        raise Http404
    context = {
        "bars": [_CARRIED, _TURNOUT],
        "form": _Example(initial={"title": "Strike authorisation"}),
        "wrong": _Example({"title": "", "closes": "tomorrow", "body": "all"}, prefix="wrong"),
        "fingerprint": "5f0a4c6b1d7e93c8a2b4d6f8091a3c5e7f92b4d6a8c0e1f32547698badcfe013",
    }
    return render(request, "styleguide.html", context)
