"""The certificate of a ballot that was declared void: who asked what, that nothing is decided, and why."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Final

from quorate.record.canonical import encode
from quorate.record.certificate import VoidCertificate
from quorate.report.lines import WIDTH, wrap
from quorate.report.pdf import Paper, compiled
from quorate.report.question import Row
from quorate.report.sheet import NotVerified, Print, checked, made, notices, period, titles, trouble
from quorate.report.words import groups, hexadecimal
from quorate.text import _, language, ngettext, number
from quorate.verify.findings import Report

_NARROW: Final = 72


@dataclass(frozen=True)
class VoidSheet:
    """All that the certificate of a void ballot says, in words."""

    body: str
    checked: str
    document: str
    fingerprints: tuple[Print, ...]
    language: str
    made: str
    notices: tuple[str, ...]
    organisation: str
    origin: str
    questions: tuple[str, ...]
    reason: str
    sentences: tuple[str, ...]
    title: str
    titles: dict[str, str]
    verdict: str
    verify: tuple[str, ...]
    window: tuple[Row, ...]


def draw_void(report: Report, code: str = "en") -> VoidSheet:
    """The sheet of a verified record of a void ballot; NotVerified for any other report."""
    void = report.void
    if report.findings or void is None or not report.complete:
        raise NotVerified(
            _("This is no verified record of a void ballot. quorate verify says what is wrong with it.")
        )
    with language(code):
        entries = ngettext("{n} entry", "{n} entries", void.board.size).format(n=number(void.board.size))
        prints: list[tuple[str, bytes, bool]] = [
            (_("Ballot, fixed before opening (phi)"), void.phi, True),
            (_("Board at the end, {entries}").format(entries=entries), void.board.root, True),
            (_("Roll of {n} members").format(n=number(void.roll.count)), void.roll.fingerprint, False),
            *(
                (_("Text of question {id}").format(id=question.id), question.text_sha256, False)
                for question in void.questions
            ),
            (_("Data of this certificate"), hashlib.sha256(encode(void)).digest(), False),
        ]
        return VoidSheet(
            body=void.body,
            checked=checked(report),
            document=f"{titles()['certificate']}: {void.title}",
            fingerprints=tuple(
                Print(groups(digest) if spoken else "", label, hexadecimal(digest))
                for label, digest, spoken in prints
            ),
            language=code,
            made=made(void),
            notices=notices(void),
            organisation=void.organisation,
            origin=void.origin,
            questions=tuple(question.text.strip() for question in void.questions),
            reason=void.reason,
            sentences=tuple(_sentences(void)),
            title=void.title,
            titles=titles() | {"reason": _("Reason"), "asked": _("What was asked"), "origin": _("Origin")},
            verdict=_("Void"),
            verify=(
                _("Get the record of {origin} from the organisation or from anyone who kept it.").format(
                    origin=void.origin
                ),
                _("On your own machine run: quorate verify RECORD --pins PINS"),
                _("It must say VERIFIED, and that the ballot was declared void."),
            ),
            window=period(void),
        )


def _sentences(void: VoidCertificate) -> Iterator[str]:
    yield _("Two officers declared this ballot void. It decides nothing, and no figure of it is a result.")
    yield ngettext(
        "{n} ballot was on the board, counting those that were replaced.",
        "{n} ballots were on the board, counting those that were replaced.",
        void.ballots,
    ).format(n=number(void.ballots))
    yield _("The declaration is entry {n} of the public board.").format(n=number(void.board.void))


def void_text(sheet: VoidSheet) -> str:
    """The certificate as text: 80 columns at most."""
    heads = sheet.titles
    lines = [*wrap(sheet.organisation, WIDTH), *wrap(sheet.body, WIDTH), "=" * WIDTH]
    lines += wrap(sheet.document, WIDTH)
    lines += [line for notice in sheet.notices for line in wrap(f"! {notice}", WIDTH)]
    lines += ["", f"  {sheet.verdict.upper()}", *_indented(" ".join(sheet.sentences))]
    for heading, texts in (
        (heads["reason"], [sheet.reason]),
        (heads["asked"], [*sheet.questions]),
        (heads["period"], [f"{row.label}: {row.value}" for row in sheet.window]),
        (heads["rests_on"], [sheet.checked]),
    ):
        lines += ["", heading.upper(), *(line for text in texts for line in _indented(text))]
    lines += ["", heads["fingerprints"].upper(), *_indented(f"{heads['origin']}: {sheet.origin}")]
    for one in sheet.fingerprints:
        lines += [*_indented(one.label), *([f"    {one.groups}"] if one.groups else []), f"    {one.whole}"]
    lines += ["", heads["verify"].upper()]
    lines += [line for n, step in enumerate(sheet.verify, start=1) for line in _indented(f"{n}. {step}")]
    return "".join(f"{line}\n" for line in lines)


def void_announcement(sheet: VoidSheet) -> str:
    """A short text to send out: to members, press or employer, as it says the same to all."""
    with language(sheet.language):
        reason = _("The reason that they gave: {reason}").format(reason=sheet.reason)
        record = _("The record: {origin}. The fingerprint of the ballot: {groups}.").format(
            origin=sheet.origin, groups=sheet.fingerprints[0].groups
        )
    said = [f"{sheet.organisation}: {sheet.title}", *sheet.notices, *sheet.questions]
    said += [f"{sheet.verdict}. {' '.join(sheet.sentences)}", reason, record]
    return "\n\n".join("\n".join(wrap(text, _NARROW)) for text in said) + "\n"


def void_pdf(sheet: VoidSheet, closed: str, paper: Paper = "a4") -> bytes:
    """The certificate on one page or more, PDF/UA-1; `closed` is the certificate's time of closing.

    Raises :class:`~quorate.report.pdf.DrawingFailed`.
    """
    data = asdict(sheet) | {"lang": re.split("[-_]", sheet.language)[0], "paper": paper, "trouble": ""}
    return compiled("void.typ", data, closed, trouble())


def _indented(text: str) -> list[str]:
    return [f"  {line}" for line in wrap(text, WIDTH - 2)]
