"""Forms of the pages of motions: each makes one event, or says by field what is missing."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.text import slugify

from quorate.apps.motions.selectors import Standing
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import bodies_of
from quorate.lifecycle.forms import fingerprint
from quorate.lifecycle.motion_events import (
    DecideAmendment,
    OfferAmendment,
    Propose,
    Refer,
    ReportBack,
    Second,
    Withdraw,
)
from quorate.lifecycle.pipeline import Method, Pipeline, Quorum, StagePlan, method_words
from quorate.rules import presets
from quorate.rules.criteria import Choice, Unavailable
from quorate.text import _, hidden_characters

_LONGEST: Final = 20_000
_STAGES: Final = (1, 2, 3)
_METHODS: Final[tuple[Method, ...]] = ("secret", "recorded", "show-of-hands")


class Prose(forms.CharField):
    """A text of several lines, with one kind of line end and no hidden characters."""

    def __init__(self, rows: int = 8, longest: int = _LONGEST, **more: Any) -> None:
        super().__init__(max_length=longest, widget=forms.Textarea({"rows": rows}), **more)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value).replace("\r\n", "\n").strip()
        if hidden_characters(text):
            raise forms.ValidationError(
                _("This holds hidden or direction-changing characters. Type it again.")
            )
        return text


class Words(forms.CharField):
    """A line of text."""

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=500, **more)

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if hidden_characters(text):
            raise forms.ValidationError(
                _("This holds hidden or direction-changing characters. Type it again.")
            )
        return text


class Bodies(forms.Form):
    """The bodies that decide one after the other, each how and under which rule."""

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.bodies = {body.slug: body.name for body in bodies_of(organisation)}
        rules = [
            (rule.id, rule.title)
            for rule in presets()
            if not isinstance(rule.expression, Choice | Unavailable)
        ]
        nobody = [("", _("Nobody"))]
        for n in _STAGES:
            optional = n > 1
            self.fields[f"body_{n}"] = forms.ChoiceField(
                label=_("Who decides first?") if n == 1 else _("Who decides after that? ({n})").format(n=n),
                choices=[*(nobody if optional else []), *self.bodies.items()],
                required=not optional,
            )
            self.fields[f"method_{n}"] = forms.ChoiceField(
                label=_("How? ({n})").format(n=n),
                choices=[(method, method_words(method)) for method in _METHODS],
                required=False,
            )
            self.fields[f"rule_{n}"] = forms.ChoiceField(
                label=_("Under which rule? ({n})").format(n=n), choices=rules, required=False
            )
            self.fields[f"quorum_{n}"] = forms.ChoiceField(
                label=_("How many must be present? ({n})").format(n=n),
                choices=[
                    ("", _("Nobody counts")),
                    ("half", _("More than half of the body")),
                    ("number", _("A number")),
                ],
                required=False,
            )
            self.fields[f"least_{n}"] = forms.IntegerField(
                label=_("At least this many, if it is a number ({n})").format(n=n),
                min_value=1,
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        chosen = [data.get(f"body_{n}") for n in _STAGES if data.get(f"body_{n}")]
        if len(set(chosen)) != len(chosen):
            raise forms.ValidationError(_("A body decides once: choose each body for one step only."))
        for n in _STAGES:
            if data.get(f"quorum_{n}") == "number" and f"least_{n}" in data and not data[f"least_{n}"]:
                self.add_error(f"least_{n}", _("Enter how many must be present."))
        return data

    def _quorum(self, n: int) -> Quorum | None:
        kind = self.cleaned_data[f"quorum_{n}"]
        if kind == "half":
            return Quorum(relation="more_than", share=(1, 2))
        return Quorum(members=self.cleaned_data[f"least_{n}"]) if kind == "number" else None

    def pipeline(self, *, seconded: bool) -> Pipeline:
        """The steps that were chosen; the form is valid."""
        data = self.cleaned_data
        stages = tuple(
            StagePlan(
                body=data[f"body_{n}"],
                method=data[f"method_{n}"] or "secret",
                name=self.bodies[data[f"body_{n}"]],
                quorum=self._quorum(n),
                rule=data[f"rule_{n}"],
            )
            for n in _STAGES
            if data.get(f"body_{n}")
        )
        return Pipeline(seconded=seconded, stages=stages)


class NewMotion(Bodies):
    """A motion: its words, and the bodies that decide it one after the other."""

    title = Words(label=_("Title"), help_text=_("Such as “Remote work until conditions are safe”."))
    mover = Words(label=_("Mover"), help_text=_("Who proposes it, as the minutes name them."))
    text = Prose(
        label=_("Text"),
        help_text=_("Exactly what is decided. Every body that follows votes on these very words."),
    )
    seconded = forms.BooleanField(required=False, initial=True, label=_("It needs a seconder"))

    def event(self, at: datetime, by: str) -> Propose:
        """The motion as its first event; the form is valid."""
        data = self.cleaned_data
        name = re.sub(r"-+", "-", slugify(data["title"]))[:80].strip("-") or "motion"
        return Propose(
            at=at, by=by, id=name, mover=data["mover"], text=data["text"], title=data["title"],
            pipeline=self.pipeline(seconded=data["seconded"]),
        )  # fmt: skip


class Seconding(forms.Form):
    """Who seconds it."""

    seconder = Words(label=_("Seconder"))

    def event(self, standing: Standing, at: datetime, by: str) -> Second:
        return Second(at=at, by=by, seconder=self.cleaned_data["seconder"])


class Amending(forms.Form):
    """A change of the text, as a whole new text."""

    mover = Words(label=_("Who proposes the change?"))
    reason = Prose(rows=3, label=_("Why?"))
    text = Prose(label=_("The whole text as it would read"))

    def event(self, standing: Standing, at: datetime, by: str) -> OfferAmendment:
        return OfferAmendment(
            amends=standing.motion.text.fingerprint, at=at, by=by,
            id=f"amendment-{len(standing.motion.amendments) + 1}", mover=self.cleaned_data["mover"],
            reason=self.cleaned_data["reason"], text=self.cleaned_data["text"],
        )  # fmt: skip


class AmendmentDecision(forms.Form):
    """What became of an amendment."""

    amendment = forms.CharField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("What was decided?"),
        choices=[
            ("adopted", _("Adopted: it is the text from now on")),
            ("rejected", _("Rejected")),
            ("withdrawn", _("Taken back by who proposed it")),
        ],
    )

    def event(self, standing: Standing, at: datetime, by: str) -> DecideAmendment:
        if self.cleaned_data["seen"] != standing.motion.text.fingerprint:
            raise forms.ValidationError(_("The text has changed since you looked at it. Look at it again."))
        return DecideAmendment(
            at=at, by=by, amendment=self.cleaned_data["amendment"], decision=self.cleaned_data["decision"]
        )


class Referring(forms.Form):
    """To whom it goes for advice."""

    to = Words(label=_("To whom?"))
    reason = Prose(rows=3, label=_("Why?"))

    def event(self, standing: Standing, at: datetime, by: str) -> Refer:
        return Refer(at=at, by=by, reason=self.cleaned_data["reason"], to=self.cleaned_data["to"])


class Returning(forms.Form):
    """It is back, with advice."""

    advice = Prose(rows=4, label=_("What do they advise?"))

    def event(self, standing: Standing, at: datetime, by: str) -> ReportBack:
        return ReportBack(at=at, by=by, advice=self.cleaned_data["advice"])


class Withdrawing(forms.Form):
    """The mover takes it back."""

    reason = Prose(rows=3, label=_("Why?"))

    def event(self, standing: Standing, at: datetime, by: str) -> Withdraw:
        return Withdraw(at=at, by=by, reason=self.cleaned_data["reason"])


def text_of(standing: Standing) -> dict[str, str]:
    """What the form of a change begins with."""
    return {"text": standing.motion.text.text}


def seen(standing: Standing) -> str:
    """The fingerprint of the text that an officer looks at."""
    return fingerprint(standing.motion.text.text)
