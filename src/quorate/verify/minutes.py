"""Verification of minutes: the count follows from the lines, the verdict from the rule, two officers signed.

Read [13.7] to [13.9] beside this file: each M-number there is one function here.
"""

from __future__ import annotations

from collections.abc import Iterator

from quorate.crypto.statements import officer_statement
from quorate.record.minutes import Minutes
from quorate.rules import Counts, CountsError, RollCall, decide, differs_from_preset, show_of_hands
from quorate.verify.findings import Finding, Report
from quorate.verify.officers import signature_problems

MINUTES_CHECKS = ("M1", "M2", "M3")


def verify_minutes(minutes: Minutes, *, without: tuple[str, ...] = ()) -> Report:
    """All checks of minutes; the report has no certificate, as the minutes are their own."""
    due = {"M1": _figures, "M2": _verdict, "M3": _signatures}
    findings = [finding for name in MINUTES_CHECKS if name not in without for finding in due[name](minutes)]
    return Report(findings=findings, checked=list(MINUTES_CHECKS), complete=True)


def counted(minutes: Minutes) -> Counts:
    """The figures that follow from the lines of the roll call, or from the tellers' counts.

    Raises `CountsError` where there are none: tellers who differ, a member called twice, more than all.
    """
    notice = minutes.question.facts.notice
    if minutes.hands is not None:
        first, second = minutes.hands
        return show_of_hands(first, second, present=minutes.present, eligible=minutes.eligible, notice=notice)
    lines = minutes.called or ()
    if len({line.member for line in lines}) != len(lines):
        raise CountsError("somebody was called twice")
    return RollCall(lines=lines).counts(notice=notice)


def _figures(minutes: Minutes) -> Iterator[Finding]:
    """M1 [13.7]: a count that is possible, of as many as were entitled and present."""
    try:
        counts = counted(minutes)
    except CountsError as error:
        yield Finding("M1", "minutes.json", "a possible count", str(error))
        return
    for name in ("eligible", "present"):
        if getattr(counts, name) != getattr(minutes, name):
            yield Finding(
                "M1", f"minutes.json {name}", str(getattr(counts, name)), str(getattr(minutes, name))
            )


def _verdict(minutes: Minutes) -> Iterator[Finding]:
    """M2 [13.8]: the decision is the rule's, and the rule is the one that its id names."""
    rule = minutes.question.rule
    try:
        counts = counted(minutes)
    except CountsError:
        return  # M1 says so
    if rule is None or decide(rule, counts) != minutes.decision:
        yield Finding("M2", "minutes.json decision", "the verdict of the rule", str(minutes.decision.outcome))
    elif differs_from_preset(rule):
        yield Finding("M2", "minutes.json rule", f"the published rule {rule.id}", "another one of that name")


def _signatures(minutes: Minutes) -> Iterator[Finding]:
    """M3 [13.9]: two different officers of the minutes signed them."""
    statement = officer_statement(minutes.phi, minutes.unsigned())
    signers = [made.officer for made in minutes.signatures]
    if signers != sorted(set(signers)) or len(signers) < 2 or signers[-1] >= len(minutes.officers):
        yield Finding("M3", "minutes.json signatures", "two officers, in order", str(signers))
        return
    for made in minutes.signatures:
        for expected, got in signature_problems(minutes, minutes.officers[made.officer], made, statement):
            yield Finding("M3", "minutes.json signatures", expected, str(got))
