"""The wizard's forms: each shows its part of a draft and answers the draft with that part replaced."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from zoneinfo import available_timezones

from django import forms
from msgspec.structs import replace

from quorate.apps.ballots.drafting import option_ids, with_question
from quorate.apps.ballots.labels import LabelProblem, check_labels, clean_label
from quorate.apps.ballots.panel import rule_problem, rules_for, yes_no
from quorate.election.draft import (
    Draft,
    DraftDocument,
    DraftError,
    DraftOption,
    DraftQuestion,
    instant_of,
    zone_named,
)
from quorate.record.manifest import Blank
from quorate.rules.rule import Rule
from quorate.text import _, hidden_characters

NO_RULE: Final = "none"
_LONGEST_LINE: Final = 500
_LONGEST_TEXT: Final = 20_000
_MOST_OPTIONS: Final = 100
_MOST_TELLERS: Final = 20


class StepForm(forms.Form):
    """One step. `base` is the version that the officer saw."""

    base = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, draft: Draft, place: int, *args: Any, **kwargs: Any) -> None:
        self.draft, self.place = draft, place
        kwargs.setdefault("initial", {})
        kwargs["initial"] = {**self.start(), **kwargs["initial"]}
        super().__init__(*args, **kwargs)

    @property
    def question(self) -> DraftQuestion:
        """The question that the step is about."""
        return self.draft.question[self.place]

    def start(self) -> dict[str, Any]:
        """What the fields show at first."""
        raise NotImplementedError

    def apply(self, draft: Draft) -> Draft:
        """The draft with this step's part replaced; the form is valid."""
        raise NotImplementedError


class Details(StepForm):
    """Title and help contact."""

    title = forms.CharField(
        max_length=_LONGEST_LINE, label=_("Title"), help_text=_("As it stands on the ballot and certificate.")
    )
    contact = forms.CharField(
        max_length=_LONGEST_LINE,
        label=_("Whom voters call for help"),
        help_text=_("A telephone number that does not belong to an employer, and when somebody answers."),
    )

    def start(self) -> dict[str, Any]:
        return {"title": self.draft.title, "contact": self.draft.contact}

    def clean(self) -> dict[str, Any]:
        return _no_hidden(self, ("title", "contact"))

    def apply(self, draft: Draft) -> Draft:
        data = self.cleaned_data
        return replace(draft, title=data["title"], contact=data["contact"])


class QuestionText(StepForm):
    """The words of a question. Texts are attached beside it."""

    text = forms.CharField(
        max_length=_LONGEST_TEXT,
        label=_("Question and text"),
        widget=forms.Textarea({"rows": 8}),
        help_text=_(
            "A short first paragraph is the question itself. An empty line begins a new paragraph. The "
            "voting page shows plain paragraphs; public pages read Markdown. HTML does not work."
        ),
    )

    def start(self) -> dict[str, Any]:
        return {"text": self.question.text}

    def clean(self) -> dict[str, Any]:
        return _no_hidden(self, ("text",))

    def apply(self, draft: Draft) -> Draft:
        text = self.cleaned_data["text"].replace("\r\n", "\n").strip()
        return with_question(draft, self.place, replace(draft.question[self.place], text=text))


class Answers(StepForm):
    """What can be chosen."""

    kind = forms.ChoiceField(
        label=_("Kind of answers"),
        widget=forms.RadioSelect,
        choices=[
            ("yes-no", _("Yes or no")),
            ("one", _("Choose one of several")),
            ("several", _("Choose several")),
        ],
    )
    yes = forms.CharField(
        max_length=_LONGEST_LINE,
        required=False,
        label=_("Label of yes"),
        help_text=_("Completes the sentence, such as “Yes, authorise a strike”."),
    )
    no = forms.CharField(max_length=_LONGEST_LINE, required=False, label=_("Label of no"))
    options = forms.CharField(
        required=False,
        label=_("Options"),
        widget=forms.Textarea({"rows": 6}),
        help_text=_("For several options: one on each line, in the order of the ballot."),
    )
    minimum = forms.IntegerField(required=False, min_value=0, label=_("Fewest to choose"))
    maximum = forms.IntegerField(required=False, min_value=1, label=_("Most to choose"))
    blank = forms.ChoiceField(
        label=_("Choosing nothing"),
        widget=forms.RadioSelect,
        choices=[
            ("blank", _("A blank ballot can be cast")),
            ("abstain", _("Members can abstain")),
            ("none", _("An answer must be chosen")),
        ],
    )
    blank_label = forms.CharField(max_length=_LONGEST_LINE, required=False, label=_("Label of that"))

    def start(self) -> dict[str, Any]:
        question = self.question
        labels = {option.id: option.label for option in question.options}
        simple = not question.options or yes_no(question)
        return {
            "kind": "yes-no" if simple else "one" if question.minimum is None else "several",
            "yes": labels.get("yes", _("Yes")) if simple else "",
            "no": labels.get("no", _("No")) if simple else "",
            "options": "" if simple else "\n".join(labels.values()),
            "minimum": question.minimum,
            "maximum": question.maximum,
            "blank": question.blank.kind if question.blank else "none" if question.options else "blank",
            "blank_label": question.blank.label if question.blank else _("Blank: neither yes nor no"),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        several = data.get("kind") != "yes-no"
        lines = data.get("options", "").splitlines() if several else [data.get("yes", ""), data.get("no", "")]
        where = "options" if several else "yes"
        try:
            labels = [clean_label(line) for line in lines if line.strip()]
            blank = clean_label(data.get("blank_label", "")) if data.get("blank") != "none" else ""
            check_labels([*labels, blank] if blank else labels)
        except LabelProblem as problem:
            self.add_error(where, str(problem))
            return data
        if len(labels) < 2 or len(labels) > _MOST_OPTIONS or any(len(one) > _LONGEST_LINE for one in labels):
            self.add_error(where, _("There are from 2 to {n} answers.").format(n=_MOST_OPTIONS))
        if data.get("blank") != "none" and not blank:
            self.add_error("blank_label", _("Say what choosing nothing is called."))
        if data.get("kind") == "several":
            least, most = data.get("minimum"), data.get("maximum")
            if least is None or most is None or not least <= most <= len(labels):
                self.add_error(
                    "maximum", _("From how many to how many can be chosen, of {n}?").format(n=len(labels))
                )
        data["labels"], data["blank_said"] = labels, blank
        return data

    def apply(self, draft: Draft) -> Draft:
        data, labels = self.cleaned_data, self.cleaned_data["labels"]
        ids = ("yes", "no") if data["kind"] == "yes-no" else option_ids(labels)
        several = data["kind"] == "several"
        question = replace(
            draft.question[self.place],
            options=tuple(DraftOption(*pair) for pair in zip(ids, labels, strict=True)),
            blank=None if data["blank"] == "none" else Blank(data["blank"], data["blank_said"]),
            minimum=data["minimum"] if several else None,
            maximum=data["maximum"] if several else None,
        )
        if question.rule is not None and question.rule not in {rule.id for rule in rules_for(question)}:
            question = replace(question, rule=None)
        return with_question(draft, self.place, question)


class RuleStep(StepForm):
    """When the question carries."""

    rule = forms.ChoiceField(
        label=_("Rule"), help_text=_("The law or by-law that says when this question carries.")
    )
    notice = forms.ChoiceField(
        required=False,
        label=_("Notice of the motion"),
        choices=[("", _("does not matter")), ("yes", _("was given")), ("no", _("was not given"))],
        help_text=_("For rules that ask whether notice was given before the meeting."),
    )
    present = forms.IntegerField(
        required=False,
        min_value=0,
        label=_("Members present"),
        help_text=_("For rules that count those present at a meeting."),
    )

    def __init__(self, *args: Any, eligible: int, units: tuple[str, ...], **kwargs: Any) -> None:
        self.eligible, self.units = eligible, units
        super().__init__(*args, **kwargs)
        field = self.fields["rule"]
        if isinstance(field, forms.ChoiceField):
            field.choices = _rule_choices(rules_for(self.question))

    def start(self) -> dict[str, Any]:
        question = self.question
        return {
            "rule": question.rule or NO_RULE,
            "notice": {None: "", True: "yes", False: "no"}[question.notice],
            "present": question.present,
        }

    def chosen(self) -> DraftQuestion:
        """The question as this form would leave it."""
        data = self.cleaned_data
        return replace(
            self.question,
            rule=None if data["rule"] == NO_RULE else data["rule"],
            notice={"yes": True, "no": False}.get(data.get("notice", "")),
            present=data.get("present"),
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if "rule" in data and self.question.options:
            problem = rule_problem(self.chosen(), self.eligible, self.units)
            if problem:
                self.add_error("rule", problem)
        return data

    def apply(self, draft: Draft) -> Draft:
        chosen = self.chosen()
        question = replace(
            draft.question[self.place], rule=chosen.rule, notice=chosen.notice, present=chosen.present
        )
        return with_question(draft, self.place, question)


class Window(StepForm):
    """When voting opens and closes."""

    zone = forms.ChoiceField(label=_("Time zone"), help_text=_("The zone in which members read the times."))
    opens = forms.CharField(
        label=_("Opens"),
        widget=forms.DateTimeInput({"type": "datetime-local", "placeholder": "2026-12-09T08:00"}),
    )
    closes = forms.CharField(
        label=_("Closes"),
        widget=forms.DateTimeInput({"type": "datetime-local", "placeholder": "2026-12-11T17:00"}),
        help_text=_(
            "A ballot counts if it was complete before this moment. Later the end can only be extended."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["zone"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(name, name) for name in sorted(available_timezones())]

    def start(self) -> dict[str, Any]:
        return {"zone": self.draft.zone, "opens": self.draft.opens, "closes": self.draft.closes}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        found = {}
        for field in ("opens", "closes"):
            data[field] = str(data.get(field, ""))[:16]
            if not data[field] or "zone" not in data:
                continue
            try:
                found[field] = instant_of(field, data[field], zone_named(data["zone"]))
            except DraftError as error:
                self.add_error(field, str(error).removeprefix(f"{field}: "))
        if len(found) == 2 and found["closes"] <= found["opens"]:
            self.add_error("closes", _("Voting must close after it opens."))
        return data

    def apply(self, draft: Draft) -> Draft:
        data = self.cleaned_data
        return replace(draft, zone=data["zone"], opens=data["opens"], closes=data["closes"])


class Tellers(StepForm):
    """Who holds the key together."""

    names = forms.CharField(
        label=_("Tellers"),
        widget=forms.Textarea({"rows": 5}),
        help_text=_(
            "One name on each line. They stand on the certificate. Choose people who would not collude."
        ),
    )
    threshold = forms.IntegerField(
        min_value=1,
        label=_("How many suffice"),
        help_text=_(
            "That many together can open the totals; one fewer learns nothing, and one more may be lost."
        ),
    )

    def start(self) -> dict[str, Any]:
        return {"names": "\n".join(self.draft.tellers), "threshold": self.draft.threshold or None}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        try:
            names = [clean_label(line) for line in data.get("names", "").splitlines() if line.strip()]
            check_labels(names)
        except LabelProblem as problem:
            self.add_error("names", str(problem))
            return data
        if not 1 <= len(names) <= _MOST_TELLERS or any(len(name) > 200 for name in names):
            self.add_error("names", _("Name from 1 to {n} tellers.").format(n=_MOST_TELLERS))
        elif data.get("threshold") and data["threshold"] > len(names):
            self.add_error("threshold", _("There are only {n} tellers.").format(n=len(names)))
        data["list"] = tuple(names)
        return data

    def apply(self, draft: Draft) -> Draft:
        return replace(draft, tellers=self.cleaned_data["list"], threshold=self.cleaned_data["threshold"])


def add_document(question: DraftQuestion, document: DraftDocument) -> DraftQuestion:
    """The question with one more text; the same text again changes its name only."""
    kept = tuple(one for one in question.documents if one.sha256 != document.sha256)
    return replace(question, documents=(*kept, document))


def drop_document(question: DraftQuestion, fingerprint: str) -> DraftQuestion:
    """The question without a text."""
    return replace(question, documents=tuple(one for one in question.documents if one.sha256 != fingerprint))


def _rule_choices(rules: tuple[Rule, ...]) -> list[Any]:
    """The rules by jurisdiction, each by its title; those that need counsel say so."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for rule in rules:
        title = (
            rule.title
            if rule.status == "confirmed"
            else _("{title} (needs counsel)").format(title=rule.title)
        )
        groups.setdefault(rule.jurisdiction, []).append((rule.id, title))
    return [*groups.items(), (NO_RULE, _("No rule: only the counts are published"))]


def _no_hidden(form: forms.Form, fields: tuple[str, ...]) -> dict[str, Any]:
    for field in fields:
        if hidden_characters(str(form.cleaned_data.get(field, ""))):
            form.add_error(field, _("It holds hidden or direction-changing characters: type it again."))
    return form.cleaned_data


Make = Callable[..., StepForm]
