"""What a certificate says, ready to be drawn: every sentence and figure once, from a verified record.

Terminal, text file, PDF and announcements draw a `Sheet` and add no fact of their own.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from quorate.record.canonical import encode
from quorate.record.certificate import Certificate, VoidCertificate
from quorate.report.family import Part, family_of, parts
from quorate.report.question import QuestionSheet, Row, question_sheet
from quorate.report.words import capital, groups, hexadecimal, when
from quorate.text import _, language, ngettext, number
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report

OPTIONAL = ("V3", "V22")
"""Checks that run only where pins and receipts are supplied; without pins the sheet says so."""


class NotVerified(ValueError):
    """No certificate is drawn from this report; the message says why and what to do."""


class DoesNotAddUp(NotVerified):
    """A certificate with a sum that is wrong; the message names the line."""


@dataclass(frozen=True)
class Sum:
    """A line of the reconciliation: ``total`` is the sum of ``parts``."""

    name: str
    parts: tuple[Row, ...]
    total: str


@dataclass(frozen=True)
class Print:
    """A fingerprint: ``groups`` to compare by eye (may be empty), ``whole`` in full."""

    groups: str
    label: str
    whole: str


@dataclass(frozen=True)
class Sheet:
    """All that a certificate says. `signers` are the tellers who took part."""

    certificate: Certificate
    checked: str
    fingerprints: tuple[Print, ...]
    language: str
    made: str
    notices: tuple[str, ...]
    origin: Row
    parts: tuple[Part, ...]
    qr_alt: str
    questions: tuple[QuestionSheet, ...]
    reconciliation: tuple[Sum, ...]
    rests_on: tuple[str, ...]
    scrutineer: tuple[str, ...]
    signers: tuple[str, ...]
    statement: str
    tellers: tuple[Row, ...]
    titles: dict[str, str]
    trouble: str
    verify: tuple[str, ...]
    window: tuple[Row, ...]


def draw(report: Report, code: str = "en") -> Sheet:
    """The sheet of a verified record, in the language ``code``.

    Raises :class:`NotVerified` for a report with findings, one that stopped before the result, one that
    skipped a check, or one without a certificate; :class:`DoesNotAddUp` for one with a sum that is wrong.
    """
    certificate = _verified(report)
    check_sums(certificate)
    with language(code):
        several = len(certificate.questions) > 1
        return Sheet(
            certificate=certificate,
            checked=checked(report),
            fingerprints=fingerprints(certificate),
            language=code,
            made=made(certificate),
            notices=notices(certificate),
            origin=Row(_("Origin"), certificate.origin),
            parts=parts(certificate),
            qr_alt=_("QR code with the origin and the fingerprints of the record"),
            questions=tuple(
                question_sheet(
                    question,
                    index if several else 0,
                    len(certificate.questions),
                    replay=certificate.provenance.kind == "replay",
                )
                for index, question in enumerate(certificate.questions, start=1)
            ),
            reconciliation=tuple(
                Sum(
                    capital(_(line.name)),
                    tuple(Row(_(name), number(figure)) for name, figure in line.parts),
                    number(line.total),
                )
                for line in certificate.reconciliation
            ),
            rests_on=_rests_on(certificate),
            scrutineer=_scrutineer(certificate),
            signers=tuple(teller.name for teller in certificate.tellers if teller.used),
            statement=_("I verified the record on my own machine, and it proves the figures above."),
            tellers=tuple(
                Row(teller.name, _("helped to open the result") if teller.used else _("did not take part"))
                for teller in certificate.tellers
            ),
            titles=titles(),
            trouble=trouble(),
            verify=_how_to_verify(certificate),
            window=period(certificate),
        )


def _verified(report: Report) -> Certificate:
    if report.findings:
        failed = sorted({finding.check for finding in report.findings}, key=lambda name: int(name[1:]))
        raise NotVerified(
            _("The record fails {checks}: no certificate is drawn from it. quorate verify says more.").format(
                checks=", ".join(failed)
            )
        )
    if report.certificate is None or not report.complete:
        raise NotVerified(_("The record has no result yet: a certificate is drawn when it has one."))
    skipped = [name for name in CHECKS if name not in report.checked and name not in OPTIONAL]
    if skipped:
        raise NotVerified(
            _("{checks} did not run: verify the whole record before a certificate is drawn from it.").format(
                checks=", ".join(skipped)
            )
        )
    return report.certificate


def trouble() -> str:
    """What a PDF says whose maker had no font for some characters."""
    return _(
        "This copy was made where no font has some of its characters; they are printed as numbers"
        " such as [U+4E2D]. The certificate as text has them."
    )


def check_sums(certificate: Certificate) -> None:
    """Raise DoesNotAddUp for a line of the reconciliation whose parts are not its total."""
    for line in certificate.reconciliation:
        said = " + ".join(f"{number(figure)} {_(name)}" for name, figure in line.parts)
        if sum(figure for _name, figure in line.parts) != line.total:
            raise DoesNotAddUp(
                _(
                    "No certificate is drawn while its figures do not add up: {total} {name}, but {parts}."
                ).format(total=number(line.total), name=_(line.name), parts=said)
            )


def checked(report: Report) -> str:
    """How many checks held, and whether it is the pinned ballot."""
    ran = len(report.checked)
    held = ngettext("{n} check of the record held", "{n} checks of the record held", ran).format(n=ran)
    if report.pinned:
        return _("{held}; it is the pinned ballot.").format(held=held)
    return _(
        "{held}. Consistent, origin not pinned: whether it is the ballot you mean, only pins can tell."
    ).format(held=held)


def notices(certificate: Certificate | VoidCertificate) -> tuple[str, ...]:
    """What must be read before any figure: that it is a replay or a test, and what was derived."""
    provenance = certificate.provenance
    kinds = {
        "live": "",
        "replay": _("Replay of a published vote: nobody voted here."),
        "test": _("Test ballot: it decides nothing."),
    }
    lead = " ".join(text for text in (kinds[provenance.kind], provenance.note.strip()) if text)
    said = [lead] if lead else []
    if provenance.derived:
        said.append(_("Derived figures: {list}.").format(list="; ".join(provenance.derived)))
    return tuple(said)


def period(certificate: Certificate | VoidCertificate) -> tuple[Row, ...]:
    """When voting was open, and who opened it."""
    window = certificate.window
    rows = [
        Row(_("Opened"), when(window.opened, window.zone)),
        Row(_("Closed"), when(window.closed, window.zone)),
    ]
    if window.extensions:
        rows.append(
            Row(
                _("Extended"),
                ngettext("{n} time", "{n} times", window.extensions).format(n=number(window.extensions)),
            )
        )
    return (*rows, Row(_("Opened by"), ", ".join(certificate.officers)))


def fingerprints(certificate: Certificate) -> tuple[Print, ...]:
    """Every fingerprint of a certificate; those of the ballot and of the board at its end also as groups."""
    board = certificate.board
    entries = ngettext("{n} entry", "{n} entries", board.size)
    closing = ngettext("{n} entry", "{n} entries", board.closing_size)
    entries, closing = entries.format(n=number(board.size)), closing.format(n=number(board.closing_size))
    roll = certificate.roll
    rows: list[tuple[str, bytes, bool]] = [
        (_("Ballot, fixed before opening (phi)"), certificate.phi, True),
        (_("Board at the end, {entries}").format(entries=entries), board.root, True),
        (_("Board at closing, {entries}").format(entries=closing), board.closing_root, False),
        (_("Roll of {n} members").format(n=number(roll.count)), roll.fingerprint, False),
        (_("Key ceremony of the tellers"), certificate.ceremony, False),
    ]
    for question in certificate.questions:
        rows.append((_("Text of question {id}").format(id=question.id), question.text_sha256, False))
        rows += [
            (_("Document: {name}").format(name=document.name), document.sha256, False)
            for document in question.documents
        ]
    if certificate.software.booth is not None:
        rows.append((_("Bundle of the booth"), certificate.software.booth, False))
    rows.append((_("Data of this certificate"), hashlib.sha256(encode(certificate)).digest(), False))
    return tuple(
        Print(groups(digest) if spoken else "", label, hexadecimal(digest)) for label, digest, spoken in rows
    )


def made(certificate: Certificate | VoidCertificate) -> str:
    """The line at the foot of a page."""
    return _("Made with Quorate {version}").format(version=certificate.software.version)


def _rests_on(certificate: Certificate) -> tuple[str, ...]:
    """What a reader should know, said plainly."""
    board, said = certificate.board, []
    if board.witnesses:
        said.append(
            _(
                "Witnesses: at least {quorum} of {n} cosigned the board when it opened, closed and ended."
            ).format(quorum=number(board.witness_quorum), n=number(board.witnesses))
        )
    if not board.witness_quorum:
        said.append(
            _(
                "No witnesses had to cosign the board. That everybody sees the same board rests on comparing"
                " the fingerprints below."
            )
        )
    if certificate.credentials_mode == "hosted":
        said.append(
            _(
                "Hosted codes: the server made the voting codes itself, so whoever ran it could have voted"
                " for members."
            )
        )
    else:
        said.append(_("The registrar made the voting codes apart from the server that took the ballots."))
    names = len(certificate.tellers)
    said.append(
        _("Any {t} of {n} tellers together could open the result; fewer could open nothing.").format(
            t=number(certificate.threshold), n=number(names)
        )
    )
    said.append(_("Ballots that were not complete before closing are not on the board and are not counted."))
    said.append(_("Percentages are cut off, never rounded up, so they may add up to less than 100%."))
    if certificate.software.booth is None:
        said.append(_("The record names no bundle of a booth."))
    return tuple(said)


def _scrutineer(certificate: Certificate) -> tuple[str, ...]:
    """What the scrutineer of a ballot on industrial action in Great Britain must report on, in our words."""
    if all(family_of(question) != "britain" for question in certificate.questions):
        return ()
    return (
        _("There are no reasonable grounds to believe that a requirement of any enactment was contravened."),
        _(
            "Making, storing, sending, returning and handling the voting papers, and counting, had all"
            " security that was reasonably practicable against unfairness or malpractice."
        ),
        _("The scrutineer worked without interference from the union, its members, officials or employees."),
    )


def _how_to_verify(certificate: Certificate) -> tuple[str, ...]:
    return (
        _("Get the record of {origin} from the organisation or from anyone who kept it.").format(
            origin=certificate.origin
        ),
        _(
            "Get the pins from somewhere else: the paper notice, the organisation's directory, or what you"
            " kept from before the vote. The ballot's fingerprint must be the first one here."
        ),
        _("On your own machine run: quorate verify RECORD --pins PINS"),
        _("It must say VERIFIED and print the same counts and verdict. Nobody's permission is needed."),
    )


def titles() -> dict[str, str]:
    """The headings and column heads of a certificate."""
    return {
        "certificate": _("Certificate of a ballot"),
        "count": _("Count"),
        "criteria": _("What the rule asked"),
        "criterion": _("Criterion"),
        "date": _("Date"),
        "fingerprints": _("Fingerprints"),
        "groups": _("By unit"),
        "legend": _("To scale. The full width is all members."),
        "margin": _("Margin"),
        "met": _("Met"),
        "needed": _("Needed"),
        "number": _("Number"),
        "of": _("Of"),
        "period": _("Voting period"),
        "reconciliation": _("Reconciliation"),
        "rests_on": _("What this rests on"),
        "rule": _("Rule"),
        "scrutineer": _("Statements of the scrutineer"),
        "scrutineer_source": _(
            "Section 231B of the 1992 Act, in short; the words of the Act govern. The scrutineer marks each,"
            " and gives the reasons where it is not so."
        ),
        "scrutineer_line": _("Scrutineer"),
        "shares": _("Which number decides"),
        "signature": _("Signature"),
        "signatures": _("Signatures of the tellers"),
        "tellers": _("Tellers"),
        "too_small": _("too few to draw"),
        "verify": _("How to verify"),
        "yes": _("Yes"),
        "no": _("No"),
    }
