"""Forms for organisation, members and rolls. What a value may be is decided by the services."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from quorate.apps.organisation.errors import FieldProblem, OrganisationError
from quorate.apps.organisation.models import Body
from quorate.election.draft import DraftError, instant_of
from quorate.record.canonical import instant
from quorate.roll import FIELDS, Field

FIELD_NAMES: Final[dict[Field, Any]] = {
    "member_number": _("Member number"),
    "name": _("Full name"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("E-mail"),
    "category": _("Category"),
    "unit": _("Workplace"),
    "phone": _("Phone"),
    "address": _("Postal address"),
    "seat": _("Seat"),
    "joined": _("Joined on"),
    "left": _("Left on"),
}
_KINDS: Final = [
    (Body.Kind.MEMBERSHIP, _("Membership: everybody who belongs")),
    (Body.Kind.DELEGATES, _("Delegates: elected to decide for others")),
    (Body.Kind.BOARD, _("Board: the executive")),
    (Body.Kind.UNIT, _("Unit: a bargaining unit or workplace")),
]


def refuse(form: forms.Form, problem: OrganisationError) -> None:
    """Say in the form what a service refused, at the field that it names."""
    field = problem.field if isinstance(problem, FieldProblem) else None
    form.add_error(field if field in form.fields else None, str(problem))


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class OrganisationForm(forms.Form):
    name = forms.CharField(max_length=200, label=_("Name of the organisation"))
    zone = forms.CharField(
        max_length=64,
        label=_("Time zone"),
        help_text=_("In which members read times, such as America/Chicago."),
    )
    help = forms.CharField(
        max_length=200,
        label=_("Help for members"),
        help_text=_("Whom they call and when, such as “312-555-0100, weekdays 8 to 20”."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def clean_zone(self) -> str:
        zone: str = self.cleaned_data["zone"].strip()
        same = [known for known in available_timezones() if known.casefold() == zone.casefold()]
        return same[0] if same else zone


class NewOrganisationForm(OrganisationForm):
    slug = forms.SlugField(
        max_length=50,
        label=_("Short name for addresses"),
        help_text=_("Letters, digits and hyphens, such as chicago-teachers. It cannot be changed later."),
    )
    field_order = ("name", "slug", "zone", "help")


class BodyForm(forms.Form):
    name = forms.CharField(max_length=200, label=_("Name"), help_text=_("Such as House of Delegates."))
    kind = forms.ChoiceField(choices=_KINDS, label=_("Kind"), widget=forms.RadioSelect)
    seats = forms.IntegerField(
        min_value=1,
        max_value=1_000_000,
        required=False,
        label=_("Nominal seats"),
        help_text=_("If the rules fix a number. Its roll may hold fewer or more."),
    )


class ContactForm(forms.Form):
    name = forms.CharField(max_length=120, label=_("Full name"))
    email = forms.CharField(
        max_length=254, required=False, label=_("E-mail"), help_text=_("Families may share one.")
    )
    phone = forms.CharField(max_length=40, required=False, label=_("Phone"))
    address = forms.CharField(max_length=400, required=False, label=_("Postal address"))
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NewMemberForm(ContactForm):
    number = forms.CharField(
        max_length=40, label=_("Member number"), help_text=_("It cannot be changed later.")
    )
    field_order = ("number", "name", "email", "phone", "address")


class MembershipForm(forms.Form):
    joined = forms.DateField(widget=DateInput, label=_("Joined on"))
    left = forms.DateField(
        widget=DateInput,
        required=False,
        label=_("Left on"),
        help_text=_("The first day on which they belong no more."),
    )
    category = forms.CharField(
        max_length=120,
        required=False,
        label=_("Category"),
        help_text=_("Such as teacher, support staff, retiree."),
    )
    unit = forms.CharField(
        max_length=120,
        required=False,
        label=_("Workplace"),
        help_text=_("The group in which votes may be counted."),
    )
    seat = forms.CharField(
        max_length=120, required=False, label=_("Seat"), help_text=_("For delegates and boards.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class JoinForm(MembershipForm):
    body: forms.ModelChoiceField[Body] = forms.ModelChoiceField(
        queryset=None, label=_("Body"), empty_label=None
    )
    field_order = ("body", "joined", "left", "category", "unit", "seat")

    def __init__(self, bodies: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]  # of a ModelChoiceField


class ImportForm(forms.Form):
    body: forms.ModelChoiceField[Body] = forms.ModelChoiceField(
        queryset=None, label=_("Who is on the list?"), empty_label=None
    )
    file = forms.FileField(
        required=False,
        label=_("File"),
        help_text=_("CSV or Excel workbook (.xlsx), with the names of the columns in its first row."),
    )
    paste = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 5, "spellcheck": "false"}),
        label=_("Or paste the cells here"),
        help_text=_("Copied from a spreadsheet, with the names of the columns. Longer lists go as a file."),
    )
    as_of = forms.DateField(
        widget=DateInput,
        label=_("The list is true for"),
        help_text=_("New members join on this day unless the list has a date of joining."),
    )
    whole = forms.ChoiceField(
        widget=forms.RadioSelect,
        label=_("Those who are not on the list"),
        choices=[
            ("yes", _("have left: the list names everybody")),
            ("no", _("stay: the list only adds and changes")),
        ],
    )
    encoding = forms.ChoiceField(
        required=False,
        label=_("Encoding of a CSV file"),
        choices=[("auto", _("Unicode (usual)")), ("cp1252", _("Windows-1252 (old programs)"))],
    )

    def __init__(self, bodies: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]  # of a ModelChoiceField

    def clean(self) -> dict[str, Any]:
        if not self.cleaned_data.get("file") and not self.cleaned_data.get("paste", "").strip():
            self.add_error("file", _("Choose a file, or paste the cells below."))
        return self.cleaned_data


class ColumnsForm(forms.Form):
    """Which column holds what: one choice for each field."""

    def __init__(self, headings: Sequence[str], places: dict[Field, int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("not in this list"))]
        choices += [(str(at), heading or f"({at + 1})") for at, heading in enumerate(headings)]
        for field in FIELDS:
            self.fields[field] = forms.ChoiceField(
                choices=choices, required=False, label=FIELD_NAMES[field], initial=str(places.get(field, ""))
            )

    def places(self) -> dict[Field, int]:
        """The chosen columns, from 0."""
        return {field: int(self.cleaned_data[field]) for field in FIELDS if self.cleaned_data[field]}


class FreezeForm(forms.Form):
    body: forms.ModelChoiceField[Body] = forms.ModelChoiceField(
        queryset=None, label=_("Whose roll?"), empty_label=None
    )
    as_of = forms.DateField(
        widget=DateInput, label=_("As of"), help_text=_("Who belongs on this day may vote.")
    )
    challenge_until = forms.CharField(
        widget=forms.DateTimeInput({"type": "datetime-local"}), label=_("Corrections until")
    )
    confirmed = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, bodies: Any, zone: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)
        self.fields["body"].queryset = bodies  # type: ignore[attr-defined]  # of a ModelChoiceField
        self.fields["challenge_until"].help_text = _(
            "Members may ask whether they are on it, and officers correct it, until then. Time of %(zone)s."
        ) % {"zone": zone}

    def clean_challenge_until(self) -> Any:
        try:
            return instant(instant_of("", self.cleaned_data["challenge_until"], self.zone))
        except DraftError as error:
            raise ValidationError(str(error).removeprefix(": ")) from None


class CorrectionForm(forms.Form):
    member_number = forms.CharField(max_length=40, label=_("Member number"))
    reason = forms.CharField(
        max_length=500,
        label=_("Reason"),
        help_text=_("Officers and auditors can read it. Do not write what is nobody's business."),
    )


def today_in(zone: str, now: Any) -> date:
    """The day that it is in a zone."""
    return now.astimezone(ZoneInfo(zone)).date()  # type: ignore[no-any-return]  # of a datetime
