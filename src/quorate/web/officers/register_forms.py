"""Forms of the register: a resolution that takes effect, what ends it, and the facts that come in."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Any, Final

from django import forms
from django.utils.text import slugify

from quorate.apps.motions.selectors import Carried, carried
from quorate.apps.organisation.models import Organisation
from quorate.apps.organisation.selectors import bodies_of
from quorate.lifecycle.condition import (
    AgreementAdopted,
    AllOf,
    AnyOf,
    Condition,
    DateReached,
    EventAttested,
    Leaf,
    MetricHolds,
)
from quorate.lifecycle.moment import LocalMoment, MomentError
from quorate.lifecycle.resolution import AgreementVoted, Effect, Ended, Reading, Resolution, Resolved
from quorate.text import _
from quorate.web.officers.motion_forms import Prose, Words

_EFFECTS: Final = (1, 2, 3)


def slug(words: str) -> str:
    """A short name made of words."""
    return re.sub(r"-+", "-", slugify(words))[:80].strip("-") or "it"


class _OfMotion(forms.Form):
    """Something that rests on a stage that carried."""

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.organisation = organisation
        self.choices = {one.key: one for one in carried(organisation)}
        self.fields["decision"] = forms.ChoiceField(
            label=_("By which decision?"),
            choices=[
                (key, f"{one.motion.title}: {one.stage.plan.name}") for key, one in self.choices.items()
            ],
        )
        self.order_fields(["decision"])

    @property
    def decision(self) -> Carried:
        """The stage that was chosen; the form is valid."""
        return self.choices[self.cleaned_data["decision"]]


class NewResolution(_OfMotion):
    """From when a carried resolution holds for whom, and until what."""

    how = forms.ChoiceField(
        label=_("When does it end?"),
        widget=forms.RadioSelect,
        choices=[
            ("any", _("When one of these is met")),
            ("all", _("When all of these are met")),
        ],
        initial="any",
        help_text=_("Fill in what applies. With none of them it holds until a later decision."),
    )
    until_date = forms.DateField(
        label=_("On this day"), required=False, widget=forms.DateInput({"type": "date"})
    )
    until_event = Words(
        label=_("When this happens"),
        required=False,
        help_text=_(
            "Completes “Until ...”, such as “the surge has substantially subsided”. Two officers attest it."
        ),
    )
    until_metric = Words(
        label=_("When this figure is low or high enough"),
        required=False,
        help_text=_("Such as “the share of positive tests”."),
    )
    until_side = forms.ChoiceField(
        label=_("Under or over?"), required=False, choices=[("under", _("under")), ("over", _("over"))]
    )
    until_value = forms.DecimalField(label=_("Which value?"), required=False, max_digits=18)
    until_unit = forms.CharField(label=_("Unit of the value"), required=False, max_length=20)
    until_days = forms.IntegerField(
        label=_("On how many days in a row?"), required=False, min_value=1, max_value=366
    )
    until_agreement = Words(
        label=_("When this agreement is approved"),
        required=False,
        help_text=_("Its name, such as “Agreement on a safe return”."),
    )
    until_body = forms.ChoiceField(label=_("Which body approves it?"), required=False)

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(organisation, *args, **more)
        self.bodies = {body.slug: body.name for body in bodies_of(organisation)}
        body: Any = self.fields["until_body"]
        body.choices = list(self.bodies.items())
        for n in _EFFECTS:
            self.fields[f"group_{n}"] = Words(
                label=_("For whom? ({n})").format(n=n),
                required=False,
                help_text=_("Such as “Teachers”. Empty: everybody.") if n == 1 else "",
            )
            self.fields[f"day_{n}"] = forms.DateField(
                label=_("From which day? ({n})").format(n=n), required=n == 1,
                widget=forms.DateInput({"type": "date"}),
            )  # fmt: skip
            self.fields[f"time_{n}"] = forms.TimeField(
                label=_("From which time? ({n})").format(n=n), required=False,
                widget=forms.TimeInput({"type": "time"}),
            )  # fmt: skip
        groups = [f"{part}_{n}" for n in _EFFECTS for part in ("group", "day", "time")]
        self.order_fields(["decision", *groups])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        figure = [data.get(f"until_{part}") for part in ("metric", "value", "days")]
        if any(one not in (None, "") for one in figure) and any(one in (None, "") for one in figure):
            self.add_error("until_metric", _("A figure needs its name, a value and a number of days."))
        for n in _EFFECTS:
            if not data.get(f"day_{n}"):
                continue
            try:
                self._moment(data[f"day_{n}"], data.get(f"time_{n}"))
            except MomentError as error:
                self.add_error(f"time_{n}", str(error))
        return data

    def fact(self, at: datetime, by: str) -> Resolved:
        """The fact; ValueError for groups that are named twice."""
        chosen = self.decision
        data = self.cleaned_data
        effects = tuple(
            Effect(
                group=data[f"group_{n}"] or None,
                starts=self._moment(data[f"day_{n}"], data[f"time_{n}"]),
            )
            for n in _EFFECTS
            if data[f"day_{n}"]
        )
        return Resolved(
            by=by,
            recorded=at,
            resolution=Resolution(
                body=chosen.stage.plan.body, certificate=chosen.stage.certificate or "",
                decided=chosen.stage.decided or at, effects=effects, id=chosen.motion.id,
                text=chosen.stage.text or "", title=chosen.motion.title, until=self._until(),
            ),
        )  # fmt: skip

    def _moment(self, day: date, at: time | None) -> LocalMoment:
        return LocalMoment(day=day, time=at or time(0, 0), zone=self.organisation.zone)

    def _until(self) -> Condition | None:
        data, found = self.cleaned_data, list[Leaf]()
        if data["until_date"]:
            found.append(DateReached(moment=self._moment(data["until_date"], None)))
        if data["until_event"]:
            found.append(EventAttested(event=slug(data["until_event"]), words=data["until_event"]))
        if data["until_metric"]:
            found.append(
                MetricHolds(
                    days=data["until_days"], metric=slug(data["until_metric"]), relation=data["until_side"],
                    unit=data["until_unit"], value=data["until_value"], words=data["until_metric"],
                    zone=self.organisation.zone,
                )
            )  # fmt: skip
        if data["until_agreement"]:
            words = _("{body} has approved “{agreement}”").format(
                body=self.bodies[data["until_body"]], agreement=data["until_agreement"]
            )
            name = slug(data["until_agreement"])
            found.append(AgreementAdopted(agreement=name, body=data["until_body"], words=words))
        if len(found) < 2:
            return found[0] if found else None
        return AllOf(terms=tuple(found)) if data["how"] == "all" else AnyOf(terms=tuple(found))


class Adopted(_OfMotion):
    """A body approved an agreement."""

    agreement = Words(label=_("Which agreement?"), help_text=_("By the name that the resolution uses."))

    def fact(self, at: datetime, by: str) -> AgreementVoted:
        stage = self.decision.stage
        return AgreementVoted(
            agreement=slug(self.cleaned_data["agreement"]), at=stage.decided or at, body=stage.plan.body,
            by=by, certificate=stage.certificate or "", recorded=at, version=stage.text or "",
        )  # fmt: skip


class Rescinded(_OfMotion):
    """A later decision ends a resolution."""

    resolution = forms.CharField(widget=forms.HiddenInput)

    def fact(self, at: datetime, by: str) -> Ended:
        stage = self.decision.stage
        return Ended(
            by=by, certificate=stage.certificate or "", effective=stage.decided or at, recorded=at,
            resolution=self.cleaned_data["resolution"],
        )  # fmt: skip


class Attesting(forms.Form):
    """An officer attests that something happened, with the file that shows it."""

    event = forms.CharField(widget=forms.HiddenInput)
    happened = forms.DateTimeField(
        label=_("When did it happen?"),
        widget=forms.DateTimeInput({"type": "datetime-local"}),
    )
    evidence = forms.FileField(
        label=_("Evidence"), help_text=_("The file that shows it, up to 10 MB. Everybody can read it.")
    )


class NewReading(forms.Form):
    """The value of a figure on one day."""

    metric = forms.CharField(widget=forms.HiddenInput)
    day = forms.DateField(label=_("Day"), widget=forms.DateInput({"type": "date"}))
    value = forms.DecimalField(label=_("Value"), max_digits=18)
    source = Words(label=_("Source"), help_text=_("Who published it, where."))
    batch = Words(label=_("Batch"), required=False, help_text=_("If several readings share their fate."))

    def fact(self, at: datetime, by: str) -> Reading:
        data = self.cleaned_data
        return Reading(
            batch=data["batch"] or None, by=by, day=data["day"], metric=data["metric"], recorded=at,
            id=f"{data['metric']}-{data['day'].isoformat()}", source=data["source"], value=data["value"],
        )  # fmt: skip


class Correcting(forms.Form):
    """A reading is wrong."""

    reading = forms.CharField(widget=forms.HiddenInput)
    value = forms.DecimalField(
        label=_("The right value"), required=False, max_digits=18,
        help_text=_("Empty: there is none, the data cannot be used."),
    )  # fmt: skip
    reason = Prose(rows=3, label=_("Why?"))
