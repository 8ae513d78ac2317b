"""Tags of pages about motions and the register: ``{% load motions %}``.

{% difference parts %}   what was added is underlined, what was removed struck through, and each says so aloud
{% event_words event motion %}   one line of a motion's history
"""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from quorate.lifecycle.difference import Part
from quorate.lifecycle.motion_events import (
    DecideAmendment,
    DecideStage,
    MotionEvent,
    OfferAmendment,
    OpenStage,
    Propose,
    Refer,
    ReportBack,
    Second,
    VoidStage,
    Withdraw,
)
from quorate.lifecycle.motion_state import Motion
from quorate.lifecycle.register import Change
from quorate.lifecycle.resolution import (
    AgreementVoted,
    AttestationWithdrawn,
    Attested,
    Ended,
    Reading,
    ReadingCorrected,
    ResolutionCorrected,
    Resolved,
)
from quorate.text import _

register = template.Library()


@register.simple_tag
def difference(parts: Iterable[Part]) -> SafeString:
    """Two texts as one, with what changed marked for eyes and for screen readers."""
    marks = {"added": ("ins", _("added:"), _("end of what was added")),
             "removed": ("del", _("removed:"), _("end of what was removed"))}  # fmt: skip
    drawn = [
        format_html("{}", part.text)
        if part.kind == "same"
        else format_html(
            "<{0}>{1}{2}{3}</{0}>",
            marks[part.kind][0],
            _aloud(marks[part.kind][1] + " "),
            part.text,
            _aloud(f" ({marks[part.kind][2]})"),
        )
        for part in parts
    ]
    return format_html('<p class="difference">{}</p>', format_html_join("", "{}", ((one,) for one in drawn)))


def _aloud(words: str) -> SafeString:
    return format_html('<span class="visually-hidden">{}</span>', words)


@register.filter
def amendment_name(name: str) -> str:
    """``Amendment 1`` for ``amendment-1``."""
    return _("Amendment {n}").format(n=name.removeprefix("amendment-"))


@register.simple_tag
def amendment_state(state: str) -> str:
    """What became of an amendment, in a word."""
    return {
        "open": _("Not decided yet"),
        "adopted": _("Adopted"),
        "rejected": _("Rejected"),
        "withdrawn": _("Taken back"),
    }[state]


@register.simple_tag
def event_words(event: MotionEvent, motion: Motion) -> str:
    """What happened, in one sentence."""
    match event:
        case Propose(mover=mover):
            return _("{name} proposed it.").format(name=mover)
        case Second(seconder=seconder):
            return _("{name} seconded it.").format(name=seconder)
        case OfferAmendment(id=name, mover=mover):
            return _("{name} offered {amendment}.").format(name=mover, amendment=amendment_name(name))
        case DecideAmendment(amendment=name, decision=decision):
            words = {"adopted": _("adopted"), "rejected": _("rejected"), "withdrawn": _("taken back")}
            return _("{amendment} was {decision}.").format(
                amendment=amendment_name(name), decision=words[decision]
            )
        case Refer(to=to, reason=reason):
            return _("It was referred to {name}: {reason}").format(name=to, reason=reason)
        case ReportBack(advice=advice):
            return _("It came back with this advice: {advice}").format(advice=advice)
        case Withdraw(reason=reason):
            return _("The mover withdrew it: {reason}").format(reason=reason)
        case OpenStage(stage=stage):
            return _("{body} began to vote.").format(body=motion.stages[stage].plan.name)
        case DecideStage(stage=stage, outcome=outcome):
            return _("{body} decided: {outcome}.").format(
                body=motion.stages[stage].plan.name, outcome=_(outcome)
            )
        case VoidStage(stage=stage, reason=reason):
            return _("The vote of {body} does not count: {reason}").format(
                body=motion.stages[stage].plan.name, reason=reason
            )


@register.simple_tag
def fact_words(change: Change) -> str:
    """What became known about a resolution, in one sentence, and whether that began or ended it."""
    words = _fact(change)
    before = change.before
    if before is not None and (before.ended is None) != (change.after.ended is None):
        words += " " + (_("That ended it.") if change.after.ended else _("So it has not ended after all."))
    return words


def _fact(change: Change) -> str:
    match change.fact:
        case Resolved(by=by):
            return _("Entered by {name}.").format(name=by)
        case ResolutionCorrected(by=by, second=second, reason=reason):
            return _("Its entry was corrected by {first} and {second}: {reason}").format(
                first=by, second=second, reason=reason
            )
        case Ended(replaced_by=replaced):
            return _("A later decision replaced it.") if replaced else _("A later decision rescinded it.")
        case Reading(metric=metric, value=value, source=source, day=day):
            return _("{metric} on {day}: {value} ({source}).").format(
                metric=metric, day=day.isoformat(), value=value, source=source
            )
        case ReadingCorrected(by=by, second=second, reading=reading, value=value, reason=reason):
            right = _("it cannot be used") if value is None else str(value)
            return _("{reading} was corrected by {first} and {second} to: {value}. {reason}").format(
                reading=reading, first=by, second=second, value=right, reason=reason
            )
        case Attested(by=by, evidence_name=name):
            return _("{officer} attested that it happened, by {file}.").format(officer=by, file=name)
        case AttestationWithdrawn(by=by, reason=reason):
            return _("{officer} took the attestation back: {reason}").format(officer=by, reason=reason)
        case AgreementVoted(agreement=agreement):
            return _("The agreement {name} was approved.").format(name=agreement)
