"""A chain of stages: each body decided on the same text, after the one before had carried it.

Read docs/protocol/13-chains.md beside this file: each C-number there is one function here. Everything is
taken from the records; they are tied by fingerprints, so pins of the last one pin all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from itertools import pairwise

from quorate.record.canonical import RecordError, encode
from quorate.record.certificate import Certificate
from quorate.record.container import MANIFEST, Container
from quorate.record.manifest import Manifest, Question, read_manifest
from quorate.record.minutes import Minutes, read_minutes
from quorate.record.pins import Pins
from quorate.rules import Decision, Outcome
from quorate.verify.check import short
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report
from quorate.verify.minutes import verify_minutes
from quorate.verify.run import NoManifest, Progress, verify

CHAIN_CHECKS = ("C1", "C2", "C3", "C4", "C5", "C6")
"""The checks of a chain, in order."""


@dataclass(frozen=True, slots=True)
class ChainFinding:
    """Something about a chain that is not as it must be.

    `link` is a stage, counted from 1, or two: `2`, `1 -> 2`.
    """

    check: str
    link: str
    expected: str
    got: str

    def __str__(self) -> str:
        return f"{self.check} {self.link}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class VerifiedStage:
    """One record of a chain with what its verification found. `name` is how it was handed in.

    `manifest` holds what was fixed and asked: of a vote in a meeting the minutes, which are their own
    certificate.
    """

    name: str
    manifest: Manifest | Minutes
    report: Report

    @property
    def fingerprint(self) -> bytes | None:
        """SHA-256 of the certificate that follows from the record; None where none does."""
        if isinstance(self.manifest, Minutes):
            return hashlib.sha256(encode(self.manifest)).digest()
        certificate = self.report.certificate or self.report.void
        return hashlib.sha256(encode(certificate)).digest() if certificate else None

    def decision(self, question: Question) -> Decision | None:
        """The verdict on a question, where there is one."""
        if isinstance(self.manifest, Minutes):
            return self.manifest.decision
        certificate = self.report.certificate
        questions = () if certificate is None else certificate.questions
        return next((one.decision for one in questions if one.id == question.id), None)


@dataclass(frozen=True, slots=True)
class Link:
    """Two stages that follow each other: `questions` are the pairs (earlier id, later id) on one text;
    `others` are ids of the later ballot that no earlier stage decided: the chain says nothing about them.
    """

    earlier: str
    later: str
    questions: tuple[tuple[str, str], ...]
    others: tuple[str, ...]


@dataclass(slots=True)
class ChainReport:
    """The outcome: the stages with their own reports, the links, and what is wrong with the chain."""

    stages: list[VerifiedStage] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    findings: list[ChainFinding] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every record and every link holds."""
        return not self.findings

    @property
    def pinned(self) -> bool:
        """Whether the last record was pinned, and by its links every other one [13.1]."""
        return bool(self.stages) and self.stages[-1].report.pinned

    @property
    def complete(self) -> bool:
        """Whether the last stage has its result."""
        return bool(self.stages) and self.stages[-1].report.complete


def verify_chain(
    records: Sequence[tuple[str, Container | bytes]],
    *,
    pins: Sequence[Pins] = (),
    ongoing: bool = False,
    executor: Executor | None = None,
    in_flight: int = 8,
    progress: Progress | None = None,
    without: Sequence[str] = (),
) -> ChainReport:
    """Verify records in the order of their stages, each with all its checks, then the links between them.

    A record is a ballot's container, or the bytes of minutes.
    ``pins`` belong to the record whose phi they name. ``ongoing``: the last stage may still be voting.
    ``without`` leaves checks out, V- or C-numbers; tests use it. Raises `NoManifest` for a record that cannot
    be read at all.
    """
    made = ChainReport()
    checks = {number: check for number, check in CHECKS.items() if number not in without}
    for position, (name, container) in enumerate(records):
        if isinstance(container, bytes):
            made.stages.append(_meeting(name, container, without))
            continue
        try:
            manifest = read_manifest(container.read(MANIFEST))
        except RecordError as error:
            raise NoManifest(f"{name}: {error.where}", error.message) from None
        own = next((one for one in pins if one.phi == manifest.phi), None)
        last = position == len(records) - 1
        report = verify(
            container,
            pins=own,
            until="open" if ongoing and last else "result",
            executor=executor,
            in_flight=in_flight,
            progress=progress,
            checks=checks,
        )
        made.stages.append(VerifiedStage(name, manifest, report))
    made.links = [_link(one, two) for one, two in _pairs(made.stages)]
    due: Mapping[str, Callable[[ChainReport, Sequence[Pins]], Iterator[ChainFinding]]] = {
        "C1": _records,
        "C2": _named,
        "C3": _same_text,
        "C4": _carried,
        "C5": _in_time,
        "C6": _one_organisation,
    }
    for number in CHAIN_CHECKS:
        if number not in without:
            made.findings.extend(due[number](made, pins))
    return made


def _meeting(name: str, data: bytes, without: Sequence[str]) -> VerifiedStage:
    try:
        minutes = read_minutes(data)
    except RecordError as error:
        raise NoManifest(f"{name}: {error.where}", error.message) from None
    return VerifiedStage(name, minutes, verify_minutes(minutes, without=tuple(without)))


def _pairs(stages: Sequence[VerifiedStage]) -> list[tuple[VerifiedStage, VerifiedStage]]:
    return list(pairwise(stages))


def _numbered(report: ChainReport) -> Iterator[tuple[str, VerifiedStage, VerifiedStage]]:
    for n, (earlier, later) in enumerate(_pairs(report.stages), start=1):
        yield f"{n} -> {n + 1}", earlier, later


def _link(earlier: VerifiedStage, later: VerifiedStage) -> Link:
    """The questions that both put to the vote: the same text with the same documents [13.3]."""
    before = {_subject(question): question.id for question in earlier.manifest.questions}
    pairs = tuple(
        (before[_subject(question)], question.id)
        for question in later.manifest.questions
        if _subject(question) in before
    )
    linked = {after for _before, after in pairs}
    others = tuple(question.id for question in later.manifest.questions if question.id not in linked)
    return Link(earlier.name, later.name, pairs, others)


def _subject(question: Question) -> tuple[bytes, tuple[bytes, ...]]:
    return question.text_sha256, tuple(sorted(document.sha256 for document in question.documents))


def _records(report: ChainReport, pins: Sequence[Pins]) -> Iterator[ChainFinding]:
    """C1 [13.1]: each record holds by itself, and all pins belong to this chain."""
    for n, stage in enumerate(report.stages, start=1):
        for finding in stage.report.findings:
            yield ChainFinding(
                "C1", str(n), f"{finding.expected} ({finding.check} {finding.where})", finding.got
            )
    phis = {stage.manifest.phi for stage in report.stages}
    for one in pins:
        if one.phi not in phis:
            yield ChainFinding("C1", "all", "pins of a record of this chain", f"pins of phi {short(one.phi)}")


def _named(report: ChainReport, _pins: Sequence[Pins]) -> Iterator[ChainFinding]:
    """C2 [13.2]: each later manifest names the record and the certificate before it; the first names none."""
    first = report.stages[0].manifest if report.stages else None
    if first is not None and first.previous is not None:
        phi = short(first.previous.phi)
        yield ChainFinding("C2", "1", "the first stage", f"one that stands on an earlier record, phi {phi}")
    for where, earlier, later in _numbered(report):
        named = later.manifest.previous
        if named is None:
            yield ChainFinding(
                "C2", where, f"previous.phi {short(earlier.manifest.phi)}", "no earlier record"
            )
            continue
        if named.phi != earlier.manifest.phi:
            yield ChainFinding("C2", where, f"previous.phi {short(earlier.manifest.phi)}", short(named.phi))
        if earlier.fingerprint is None or named.certificate != earlier.fingerprint:
            follows = "no certificate" if earlier.fingerprint is None else short(earlier.fingerprint)
            yield ChainFinding("C2", where, f"previous.certificate {follows}", short(named.certificate))


def _same_text(report: ChainReport, _pins: Sequence[Pins]) -> Iterator[ChainFinding]:
    """C3 [13.3]: a question with the identical text and documents stands in both, and none nearly so."""
    for (where, earlier, later), link in zip(_numbered(report), report.links, strict=True):
        if not link.questions:
            texts = ", ".join(short(question.text_sha256) for question in earlier.manifest.questions)
            yield ChainFinding("C3", where, f"a question on the text {texts} and its documents", "none")
        texts_before = {question.text_sha256 for question in earlier.manifest.questions}
        for question in later.manifest.questions:
            if question.id in link.others and question.text_sha256 in texts_before:
                yield ChainFinding(
                    "C3",
                    where,
                    f"question {question.id} with the documents of the earlier stage",
                    "other ones",
                )


def _carried(report: ChainReport, _pins: Sequence[Pins]) -> Iterator[ChainFinding]:
    """C4 [13.4]: what the later stage votes on had carried in the earlier one."""
    for (where, earlier, _later), link in zip(_numbered(report), report.links, strict=True):
        ids = {before for before, _after in link.questions}
        for question in earlier.manifest.questions:
            if question.id not in ids:
                continue
            decision = earlier.decision(question)
            if decision is not None and decision.outcome is Outcome.CARRIED:
                continue
            if earlier.report.void is not None:
                got = "void"
            else:
                got = "no verdict" if decision is None else str(decision.outcome)
            yield ChainFinding("C4", where, f"question {question.id} carried by {earlier.manifest.body}", got)


def _in_time(report: ChainReport, _pins: Sequence[Pins]) -> Iterator[ChainFinding]:
    """C5 [13.5]: the earlier stage had closed when the later one opened."""
    for where, earlier, later in _numbered(report):
        certificate: Certificate | None = earlier.report.certificate
        closed = earlier.manifest.window.closes if certificate is None else certificate.window.closed
        opened = later.manifest.window.opens
        if opened < closed:
            yield ChainFinding("C5", where, f"opening at {closed} or later", opened)


def _one_organisation(report: ChainReport, _pins: Sequence[Pins]) -> Iterator[ChainFinding]:
    """C6 [13.6]: all stages are of one organisation, and each of another body."""
    for where, earlier, later in _numbered(report):
        one, two = earlier.manifest, later.manifest
        if (one.organisation, one.organisation_key) != (two.organisation, two.organisation_key):
            yield ChainFinding(
                "C6", where, f"{one.organisation} and its key", f"{two.organisation} and its key"
            )
    bodies: dict[str, int] = {}
    for n, stage in enumerate(report.stages, start=1):
        if stage.manifest.body in bodies:
            yield ChainFinding("C6", str(n), "another body than before", f"{stage.manifest.body} again")
        bodies.setdefault(stage.manifest.body, n)
