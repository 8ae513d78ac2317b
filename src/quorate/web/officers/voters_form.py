"""The wizard's step on voters: which roll, which groups, who votes on what, who makes the codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from msgspec.structs import replace

from quorate.apps.ballots.electorate import Electorate
from quorate.apps.organisation.models import Roll
from quorate.election.draft import Draft
from quorate.text import _, ngettext, number
from quorate.web.officers.wizard_forms import StepForm


class Voters(StepForm):
    """Fields for each question appear once a roll with units is chosen."""

    roll = forms.ChoiceField(label=_("Frozen roll"), widget=forms.RadioSelect)
    units = forms.ChoiceField(
        label=_("Count votes in groups"),
        widget=forms.RadioSelect,
        choices=[
            ("none", _("No groups")),
            ("category", _("By category, such as teacher or support staff")),
            ("unit", _("By unit, such as a workplace")),
        ],
        help_text=_("Groups are needed for totals by group, and for questions on which only some vote."),
    )
    group_limit = forms.IntegerField(
        min_value=2,
        label=_("Smallest group that is counted by itself"),
        help_text=_("A smaller one is counted together with others, so that its total shows nobody's vote."),
    )
    registrar = forms.ChoiceField(
        label=_("Who makes the voting codes"),
        widget=forms.RadioSelect,
        choices=[
            ("hosted", _("This server. The certificate says so: who runs it could vote for members.")),
            ("offline", _("A registrar, on a computer apart, with quorate registrar codes.")),
        ],
    )

    def __init__(
        self, *args: Any, rolls: Sequence[Roll], electorate: Electorate | None, **kwargs: Any
    ) -> None:
        self.rolls, self.electorate = {roll.fingerprint: roll for roll in rolls}, electorate
        super().__init__(*args, **kwargs)
        field = self.fields["roll"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(roll.fingerprint, _roll_words(roll)) for roll in rolls]
        if electorate is None or not electorate.units:
            return
        for place, question in enumerate(self.draft.question, start=1):
            self.fields[f"electorate_{place}"] = forms.MultipleChoiceField(
                label=_("Who votes on question {n}").format(n=place),
                widget=forms.CheckboxSelectMultiple,
                choices=[
                    (
                        name,
                        ngettext("{name}: {n} member", "{name}: {n} members", n).format(
                            name=name, n=number(n)
                        ),
                    )
                    for name, n in electorate.units
                ],
                initial=question.electorate or [name for name, _n in electorate.units],
                error_messages={"required": _("Choose at least one group.")},
            )
            self.fields[f"by_unit_{place}"] = forms.BooleanField(
                required=False,
                label=_("Publish the totals of question {n} by group").format(n=place),
                initial=question.tally == "by-unit",
            )

    def start(self) -> dict[str, Any]:
        draft = self.draft
        return {
            "roll": draft.roll_fingerprint,
            "units": draft.units,
            "group_limit": draft.group_limit,
            "registrar": draft.registrar,
        }

    def apply(self, draft: Draft) -> Draft:
        data = self.cleaned_data
        roll = self.rolls[data["roll"]]
        same = data["units"] == self.draft.units and data["roll"] == self.draft.roll_fingerprint
        every = tuple(name for name, _n in self.electorate.units) if self.electorate else ()
        questions = []
        for place, question in enumerate(draft.question, start=1):
            chosen = tuple(name for name in every if name in data.get(f"electorate_{place}", ()))
            keep = same and bool(chosen)
            questions.append(
                replace(
                    question,
                    electorate=chosen if keep and chosen != every else None,
                    tally="by-unit" if keep and data.get(f"by_unit_{place}") else "all",
                )
            )
        return replace(
            draft,
            body=roll.body.name,
            roll_fingerprint=roll.fingerprint,
            units=data["units"],
            group_limit=data["group_limit"],
            registrar=data["registrar"],
            question=tuple(questions),
        )


def _roll_words(roll: Roll) -> str:
    return ngettext(
        "{body}: {n} member, as of {day}, roll {number}",
        "{body}: {n} members, as of {day}, roll {number}",
        roll.count,
    ).format(body=roll.body.name, n=number(roll.count), day=roll.as_of.isoformat(), number=roll.number)
