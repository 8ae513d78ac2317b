"""Forms of the pages of agreements: a first version, a new one, and which bodies ratify it."""

from __future__ import annotations

from typing import Any

from django import forms

from quorate.apps.motions.agreements import MOST_LETTERS
from quorate.apps.motions.ratification import awaited
from quorate.apps.organisation.models import Organisation
from quorate.text import _, hidden_characters
from quorate.web.officers.motion_forms import Bodies, Prose, Words
from quorate.web.officers.register_forms import slug

_MOST_BYTES = 4 * MOST_LETTERS


class NewVersion(forms.Form):
    """The text, pasted or as a file, and what it means in plain words."""

    summary = Prose(
        rows=5,
        label=_("What it means, in plain words"),
        help_text=_("Members read this first. The text itself is what counts."),
    )
    text = Prose(rows=12, longest=MOST_LETTERS, required=False, label=_("Text of the agreement"))
    file = forms.FileField(
        required=False, label=_("Or a text file"), help_text=_("Plain text (.txt or .md), in UTF-8.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        file = data.get("file")
        if file and data.get("text"):
            self.add_error("file", _("Paste the text or choose a file, not both."))
        elif file:
            data["text"] = self._read(file)
        elif not data.get("text") and "text" not in self.errors and "file" not in self.errors:
            self.add_error("text", _("Paste the text, or choose a file."))
        return data

    def _read(self, file: Any) -> str:
        if file.size > _MOST_BYTES:
            self.add_error("file", _("The file is too large for a text: leave annexes out."))
            return ""
        try:
            text: str = file.read().decode("utf-8-sig").replace("\r\n", "\n").strip()
        except UnicodeDecodeError:
            self.add_error("file", _("This is no plain text in UTF-8. Save it as plain text, or paste it."))
            return ""
        if not text:
            self.add_error("file", _("The file is empty."))
        elif hidden_characters(text):
            self.add_error(
                "file", _("The file holds hidden or direction-changing characters. Save it without them.")
            )
        return text


class NewAgreement(NewVersion):
    """An agreement and its first version."""

    title = Words(label=_("Title"), help_text=_("Such as “Agreement on a safe return”."))
    parties = forms.CharField(
        label=_("Parties"),
        max_length=2_000,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One on each line: your organisation, and with whom it agrees."),
    )

    def __init__(self, organisation: Organisation, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        waiting = awaited(organisation)
        self.fields["awaited"] = forms.ChoiceField(
            label=_("Does a resolution wait for it?"),
            required=False,
            choices=[("", _("No")), *waiting],
            help_text=_("That resolution ends by itself when its body has approved the agreement."),
        )
        self.order_fields(["title", "parties", "awaited", "summary", "text", "file"])
        title: Any = self.fields["title"]
        title.max_length = 150
        title.widget.attrs["maxlength"] = "150"

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if len(title) > 150:
            raise forms.ValidationError(_("Choose a title of at most 150 characters."))
        return title

    def clean_parties(self) -> tuple[str, ...]:
        lines = self.cleaned_data["parties"].splitlines()
        names = tuple(" ".join(line.split()) for line in lines if line.strip())
        if any(hidden_characters(name) or len(name) > 500 for name in names):
            raise forms.ValidationError(_("A name is too long, or holds hidden characters. Type it again."))
        return names

    @property
    def name(self) -> str:
        """The agreement's name in addresses and in resolutions; the form is valid."""
        return self.cleaned_data["awaited"] or slug(self.cleaned_data["title"])


class PuttingToBodies(Bodies):
    """Which bodies adopt or reject the newest version, one after the other."""

    mover = Words(label=_("Who puts it to them?"), help_text=_("As the minutes name them."))
    version = forms.IntegerField(widget=forms.HiddenInput)
