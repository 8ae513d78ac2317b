"""What an officer signs, in words: each figure is ticked by itself before anything is signed."""

from __future__ import annotations

from dataclasses import dataclass

from quorate.record.entries import (
    Event,
    Extend,
    Notice,
    Open,
    Reissue,
    ReleaseApproval,
    Resume,
    Revoke,
    Suspend,
    Void,
)
from quorate.record.manifest import Manifest, Question
from quorate.report.words import when
from quorate.rules import plan
from quorate.text import _, number


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that is signed: what it is, its value, and what more there is to know."""

    key: str
    label: str
    value: str
    detail: str = ""


def heading_of(event: Event | ReleaseApproval) -> str:
    """What the signature does."""
    match event:
        case Open():
            return _("Signatures")
        case Extend():
            return _("Sign the later end")
        case Notice():
            return _("Sign the notice")
        case Suspend():
            return _("Sign that voting rests")
        case Resume():
            return _("Sign that voting goes on")
        case Void():
            return _("Sign that this ballot is void")
        case Reissue() | Revoke():
            return _("Sign the change of a voting code")
        case ReleaseApproval():
            return _("Sign the release of the result")
    return _("Sign")


def needed_signatures(event: Event | ReleaseApproval) -> int:
    """How many officers must sign [08.28]."""
    return 1 if isinstance(event, Notice) else 2


def figures_of(manifest: Manifest, event: Event | ReleaseApproval) -> tuple[Figure, ...]:
    """What stands in what would be signed, never what stands elsewhere."""
    zone = manifest.window.zone
    reason = getattr(event, "reason", "")
    match event:
        case Open():
            return _opening(manifest)
        case Extend():
            return (Figure("closes", _("Voting then closes"), when(event.closes, zone)), _reason(reason))
        case Resume() if event.closes is not None:
            return (Figure("closes", _("Voting then closes"), when(event.closes, zone)), _reason(reason))
        case Resume():
            return (Figure("closes", _("Voting closes"), _("as before")), _reason(reason))
        case Suspend():
            return (_reason(reason, _("No ballot is taken until voting goes on.")),)
        case Void():
            return (_reason(reason, _("The ballot then decides nothing. This cannot be undone.")),)
        case Notice():
            return (Figure("text", _("Everybody will read"), event.text),)
        case Reissue():
            return (_reason(reason, _("One voting code is replaced by a new one.")),)
        case Revoke():
            return (_reason(reason, _("One voting code ends, and no new one is made.")),)
        case ReleaseApproval():
            certificate = event.certificate.hex()
            groups = " ".join(certificate[at : at + 4] for at in range(0, len(certificate), 4))
            return (
                Figure(
                    "certificate",
                    _("I have looked at the result as it will be published"),
                    "",
                    _("Fingerprint of the certificate: {fingerprint}").format(fingerprint=groups),
                ),
            )
    return (Figure("event", _("Event"), event.type),)


def _opening(manifest: Manifest) -> tuple[Figure, ...]:
    window = manifest.window
    needed = [_needed(question, manifest, n) for n, question in enumerate(manifest.questions, 1)]
    return (
        Figure("members", _("Members who may vote"), number(manifest.roll.count)),
        *needed,
        Figure(
            "closes",
            _("Voting closes"),
            when(window.closes, window.zone),
            _("It opens {time}.").format(time=when(window.opens, window.zone)),
        ),
    )


def _needed(question: Question, manifest: Manifest, n: int) -> Figure:
    label = _("Yes votes needed")
    if len(manifest.questions) > 1:
        label = _("Yes votes needed, question {n}").format(n=n)
    value = _("No rule: only the counts are published")
    if question.rule is not None:
        asked = plan(question.rule, manifest.credentials.count).needed if question.yes_no else None
        value = number(asked) if asked is not None else question.rule.title
    return Figure(f"needed-{n}", label, value, question.text)


def _reason(reason: str, detail: str = "") -> Figure:
    return Figure("reason", _("Reason, on the public board"), reason, detail)
