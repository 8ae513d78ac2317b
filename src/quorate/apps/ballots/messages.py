"""The messages that go with a ballot, with its figures filled in. Sending them is another part's work."""

from __future__ import annotations

from dataclasses import dataclass

from quorate.apps.ballots.drafting import moments
from quorate.apps.ballots.electorate import Electorate
from quorate.apps.ballots.panel import yes_no
from quorate.election.draft import Draft
from quorate.record.canonical import instant_text
from quorate.report.words import when
from quorate.rules import UnknownRule, plan, preset, sentences
from quorate.text import _


@dataclass(frozen=True, slots=True)
class Message:
    """A message as a member would get it; what differs from member to member stands in square brackets."""

    kind: str
    subject: str
    text: str


def messages_of(draft: Draft, address: str, electorate: Electorate | None) -> tuple[Message, ...]:
    """Invitation and reminder. `address` is the voting page's, without a code."""
    window = moments(draft)
    opens = closes = _("[not chosen yet]")
    if window is not None:
        opens, closes = (when(instant_text(moment), window.zone) for moment in (window.opens, window.closes))
    facts = {
        "organisation": draft.organisation,
        "title": draft.title,
        "opens": opens,
        "closes": closes,
        "contact": draft.contact,
        "link": f"{address}#[code]",
        "questions": "\n\n".join(question.text.strip() for question in draft.question),
        "needed": "\n".join(_needed(draft, electorate)),
    }
    return (
        Message(
            _("Invitation"),
            _("Your vote: {title}").format(title=draft.title),
            _invitation().format(**facts),
        ),
        Message(
            _("Reminder, to those who have not voted"),
            _("Still open: {title}").format(title=draft.title),
            _reminder().format(**facts),
        ),
    )


def _invitation() -> str:
    return "\n\n".join(
        (
            _("Dear [name],"),
            _("{organisation} asks for your vote: {title}."),
            "{questions}",
            "{needed}",
            _("Voting opens {opens} and closes {closes}."),
            _("Your voting page: {link}") + "\n" + _("Your code: [code]"),
            _(
                "Your vote is secret. You can vote again until voting closes; your last ballot counts. Do "
                "not pass this message on: the code votes in your name."
            ),
            _("Questions, or no code? Call {contact}."),
        )
    )


def _reminder() -> str:
    return "\n\n".join(
        (
            _("Dear [name],"),
            _("no ballot is registered for your code yet. Voting on “{title}” closes {closes}."),
            _(
                "Your voting page is the one in your invitation. If you cannot find it, call {contact}: a "
                "new code replaces the old one."
            ),
            _("If you do not want to vote you need do nothing."),
            "{organisation}",
        )
    )


def _needed(draft: Draft, electorate: Electorate | None) -> list[str]:
    said: list[str] = []
    for question in draft.question:
        if question.rule is None or electorate is None or not yes_no(question):
            continue
        try:
            said += sentences(plan(preset(question.rule), max(1, electorate.eligible(question))))
        except UnknownRule:
            continue
    return said
