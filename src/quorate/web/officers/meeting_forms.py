"""Forms of votes in meetings: who is present, who voted how, what a teller counted."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from quorate.apps.motions.meeting_reading import Electorate, Entitled
from quorate.rules import MeetingError
from quorate.rules.call_list import read_answers, read_members
from quorate.rules.meeting import Answer
from quorate.text import _, number
from quorate.web.officers.motion_forms import Prose, Words

MOST_LINES: Final = 900
"""A longer roll is called by a list only: no page has so many fields."""
_MOST_BYTES: Final = 2_000_000


class Opening(forms.Form):
    """Who may vote, and who is present."""

    def __init__(
        self, lists: list[Electorate], asks: frozenset[str], quorum: bool, *args: Any, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.lists = {one.source: one for one in lists}
        self.counts = quorum or "present" in asks
        self.fields["electorate"] = forms.ChoiceField(
            label=_("Who may vote?"),
            widget=forms.RadioSelect,
            choices=[(one.source, f"{one.words}: {number(len(one.people))}") for one in lists],
            initial=lists[0].source if lists else None,
        )
        if self.counts:
            self.fields["checked_in"] = forms.CharField(
                label=_("Who is present: member numbers from the list at the door"),
                help_text=_("One in each line. What follows the number in a line is not read."),
                required=False,
                widget=forms.Textarea({"rows": 8}),
            )
            self.fields["present"] = forms.IntegerField(
                label=_("Or how many were counted"), min_value=0, required=False
            )
        if "notice" in asks:
            self.fields["notice"] = forms.ChoiceField(
                label=_("Was notice of the motion given before the meeting?"),
                widget=forms.RadioSelect,
                choices=[("yes", _("Yes")), ("no", _("No"))],
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        listed, counted = data.get("checked_in"), data.get("present")
        if not self.counts or "electorate" not in data or "present" in self.errors:
            return data
        if not listed and counted is None:
            raise forms.ValidationError(
                _("Count those present first: enter their numbers, or how many they are.")
            )
        if listed and counted is not None:
            raise forms.ValidationError(
                _("Enter the numbers of those present or how many they are, not both.")
            )
        if listed:
            try:
                data["members"] = read_members(listed, [one.member for one in self.people])
            except MeetingError as error:
                for problem in error.problems:
                    self.add_error("checked_in", problem)
        return data

    @property
    def people(self) -> tuple[Entitled, ...]:
        """Who may vote; the form is valid."""
        return self.lists[self.cleaned_data["electorate"]].people

    def facts(self) -> dict[str, Any]:
        """What the service asks for beside the motion; the form is valid."""
        data, notice = self.cleaned_data, self.cleaned_data.get("notice")
        return {
            "people": self.people,
            "checked_in": data.get("members"),
            "present": data.get("present"),
            "notice": None if not notice else notice == "yes",
        }


class CallOfTheRoll(forms.Form):
    """The answers of everybody, one field for each; or a list of them in their place."""

    lines = forms.CharField(
        label=_("A list of answers"),
        help_text=_(
            "One member in each line: number, vote. Such as “1041, yes”. Also no, abstain, silent, absent."
        ),
        required=False,
        widget=forms.Textarea({"rows": 8}),
    )
    file = forms.FileField(label=_("Or the list as a CSV file"), required=False)
    rest_absent = forms.BooleanField(label=_("Everybody without an answer was absent"), required=False)

    def __init__(self, people: tuple[Entitled, ...], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.people = people
        self.answers: dict[str, Answer] = {}
        choices = [
            ("", "–"),
            ("yes", _("Yes")),
            ("no", _("No")),
            ("abstain", _("Abstains")),
            ("silent", _("Present, no vote")),
            ("absent", _("Absent")),
        ]
        for at, one in enumerate(people[:MOST_LINES] if len(people) <= MOST_LINES else ()):
            seat = f", {one.seat}" if one.seat else ""
            self.fields[f"answer_{at}"] = forms.ChoiceField(
                label=f"{one.name}{seat} ({one.member})", choices=choices, required=False
            )

    @property
    def list_fields(self) -> list[forms.BoundField]:
        """The list in place of the fields, and what of those whom it does not name."""
        return [self[name] for name in ("lines", "file")]

    @property
    def people_fields(self) -> list[forms.BoundField]:
        """One for each member."""
        return [self[name] for name in self.fields if name.startswith("answer_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        text, file = data.get("lines") or "", data.get("file")
        if file is not None:
            if text:
                raise forms.ValidationError(_("Paste a list or choose a file, not both."))
            text = self._text(file)
        answers: dict[str, Answer] = {
            self.people[int(name.removeprefix("answer_"))].member: value
            for name, value in data.items()
            if name.startswith("answer_") and value
        }
        if text:
            where = "file" if file is not None else "lines"
            if answers:
                raise forms.ValidationError(_("Answer in the fields or by a list, not both."))
            try:
                answers = read_answers(text, [one.member for one in self.people])
            except MeetingError as error:
                for problem in error.problems:
                    self.add_error(where, problem)
                return data
        if data.get("rest_absent"):
            answers = {one.member: answers.get(one.member, "absent") for one in self.people}
        self.answers = answers
        return data

    def _text(self, file: Any) -> str:
        raw: bytes = file.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise forms.ValidationError(_("The file has more than 2 MB: add a smaller one."))
        try:
            return raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(
                _("The file is not text in UTF-8. Save it as “CSV UTF-8”.")
            ) from error


class Counted(forms.Form):
    """What one teller counted."""

    teller = Words(label=_("Your name, as the minutes say it"))
    yes = forms.IntegerField(label=_("Yes"), min_value=0, max_value=1_000_000)
    no = forms.IntegerField(label=_("No"), min_value=0, max_value=1_000_000)
    abstain = forms.IntegerField(label=_("Abstaining"), min_value=0, max_value=1_000_000, initial=0)


class Voiding(forms.Form):
    """Why a vote ends without a decision."""

    reason = Prose(rows=3, label=_("Why does this vote not count?"))
