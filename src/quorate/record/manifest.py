"""The manifest: everything that is fixed before the first ballot, named by one fingerprint phi [08.25].

phi is SHA-256 of the canonical bytes. Nothing in a manifest chooses cryptography: `suite` must be the
constant.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from typing import Literal

from quorate.board import ed25519
from quorate.board.checkpoint import WitnessPolicy
from quorate.board.keys import VerifierKey
from quorate.crypto import p256
from quorate.crypto.encoding import Encoding
from quorate.group import Element
from quorate.record.canonical import (
    Bytes32,
    Bytes64,
    Count,
    Identifier,
    Instant,
    Line,
    Reader,
    RecordError,
    Struct,
    Text,
    encode,
    instant,
)
from quorate.record.entries import (
    MAX_ENTRY_BYTES,
    Answer,
    Ballot,
    ClosingPoint,
    GroupResult,
    PartialShare,
    QuestionResult,
    Result,
    Share,
)
from quorate.rules import Rule
from quorate.rules.criteria import Choice
from quorate.text import hidden_characters

FORMAT = 1
MOST_CREDENTIALS = 2**21 - 1
"""With more, a total of [05.7] could exceed the numbers of JSON [02.4]."""


class Option(Struct, frozen=True):
    """One thing to choose; `id` is stable, `label` completes the sentence people read."""

    id: Identifier
    label: Line


class Blank(Struct, frozen=True):
    """The outcome of choosing nothing: counted as a blank ballot or as an abstention."""

    kind: Literal["abstain", "blank"]
    label: Line


class Document(Struct, frozen=True):
    """A text that voters decide on, by fingerprint."""

    name: Line
    sha256: Bytes32
    size: Count


class Facts(Struct, frozen=True):
    """What a rule may need besides ballots: whether notice was given, and how many were present."""

    notice: bool | None
    present: Count | None


class Question(Struct, frozen=True):
    """One question [11.3]. `electorate` lists the units that vote on it; null is all of them.

    `maximum` and `minimum` are null for single choice. A question decided by yes and no has the option ids
    `yes` and `no`, in this order.
    """

    blank: Blank | None
    documents: tuple[Document, ...]
    electorate: tuple[Count, ...] | None
    facts: Facts
    id: Identifier
    maximum: Count | None
    minimum: Count | None
    options: tuple[Option, ...]
    rule: Rule | None
    tally: Literal["all", "by-unit"]
    text: Text

    @property
    def encoding(self) -> Encoding:
        """How choices become integers [05.7] to [05.9]; ValueError for a question that cannot be asked."""
        return Encoding(len(self.options), self.blank is not None, self.minimum, self.maximum)

    @property
    def text_sha256(self) -> bytes:
        """The fingerprint by which stages and certificates refer to the text."""
        return hashlib.sha256(self.text.encode()).digest()

    @property
    def yes_no(self) -> bool:
        """Whether the question is decided by counts of yes and no [11.3]."""
        return tuple(option.id for option in self.options) == ("yes", "no") and self.minimum is None

    def votes(self, unit: int) -> bool:
        """Whether members of a unit vote on this question."""
        return self.electorate is None or unit in self.electorate


class Credentials(Struct, frozen=True):
    """The commitment to the credential list [07.5], signed by the registrar [07.6].

    `mode` is `hosted` when the server itself made the codes and could vote for anyone; certificates say so.
    """

    count: Count
    mode: Literal["hosted", "offline"]
    registrar_key: Bytes32
    root: Bytes32
    signature: Bytes64


class Officer(Struct, frozen=True):
    """Someone who signs openings and changes, with a key of their own or a passkey [08.28], [08.39]."""

    key: bytes
    name: Line
    scheme: Literal["ed25519", "webauthn-ed25519", "webauthn-es256"]


class Roll(Struct, frozen=True):
    """The frozen roll by count and salted fingerprint."""

    count: Count
    fingerprint: Bytes32


class Stage(Struct, frozen=True):
    """The earlier decision that this ballot stands on: its record and its certificate's fingerprint."""

    certificate: Bytes32
    phi: Bytes32


class Provenance(Struct, frozen=True):
    """What kind of ballot this is. A replay of a published vote says which figures were derived, and how."""

    derived: tuple[Line, ...]
    kind: Literal["live", "replay", "test"]
    note: Text


class Software(Struct, frozen=True):
    """Version, and the SHA-256 of the booth's bundle where one was served."""

    booth: Bytes32 | None
    version: Line


class Tellers(Struct, frozen=True):
    """The key ceremony by fingerprint, with its threshold and names in index order (1 to n)."""

    ceremony: Bytes32
    names: tuple[Line, ...]
    threshold: Count


class Window(Struct, frozen=True):
    """When ballots are taken, in UTC, and the zone in which people read it."""

    closes: Instant
    opens: Instant
    zone: Line


class Manifest(Struct, frozen=True):
    """All that is fixed before opening [08.25], [11.2]."""

    ballot_id: Bytes32
    ballot_key: Bytes32
    body: Line
    contact: Line
    credentials: Credentials
    format: Literal[1]
    group_limit: Count
    log_key: Line
    officers: tuple[Officer, ...]
    organisation: Line
    organisation_key: Line | None
    origin: Line
    previous: Stage | None
    provenance: Provenance
    questions: tuple[Question, ...]
    roll: Roll
    software: Software
    suite: Line
    tellers: Tellers
    title: Line
    units: tuple[Line, ...]
    window: Window
    witnesses: WitnessPolicy

    @property
    def phi(self) -> bytes:
        """SHA-256 of the canonical manifest."""
        return hashlib.sha256(encode(self)).digest()

    @property
    def encodings(self) -> tuple[Encoding, ...]:
        """One encoding for each question."""
        return tuple(question.encoding for question in self.questions)

    def questions_of(self, unit: int) -> tuple[int, ...]:
        """Indices of the questions on which a unit votes, in order."""
        return tuple(i for i, question in enumerate(self.questions) if question.votes(unit))


_reader = Reader(Manifest)


def read_manifest(data: bytes, where: str = "manifest.json") -> Manifest:
    """Parse and check a manifest on its own; RecordError says which field is wrong and what it must be.

    The suite is not checked here but by V2, so that a record with a foreign suite is a finding and not
    unreadable.
    """
    manifest = _reader.read(data, where)
    problem = manifest_problem(manifest)
    if problem:
        raise RecordError(where, problem)
    return manifest


def manifest_problem(manifest: Manifest) -> str | None:
    """Why a manifest contradicts itself [08.26], or None. The same rules serve the draft and the verifier."""
    m = manifest
    bad = next((text for text in _texts(m) if hidden_characters(text)), None)
    if bad is not None:
        return f"{bad!r} holds hidden or direction-changing characters; remove them"
    try:
        opens, closes = instant(m.window.opens), instant(m.window.closes)
    except ValueError as error:
        return f"window: {error}"
    n = len(m.tellers.names)
    checks = [
        (opens < closes, "window: voting must close after it opens"),
        (
            1 <= m.tellers.threshold <= n <= 255,
            f"tellers: a threshold of {m.tellers.threshold} of {n} is not possible",
        ),
        (len(set(m.tellers.names)) == n, "tellers: two have the same name"),
        (len(m.officers) >= 2, "officers: at least two must be named"),
        (len({officer.key for officer in m.officers}) == len(m.officers), "officers: two have the same key"),
        (
            len({officer.name for officer in m.officers}) == len(m.officers),
            "officers: two have the same name",
        ),
        (m.credentials.count == m.roll.count, "credentials: their count differs from the roll's"),
        (
            1 <= m.credentials.count <= MOST_CREDENTIALS,
            f"credentials: there are from 1 to {MOST_CREDENTIALS}",
        ),
        (m.group_limit >= 2, "group_limit: a count of fewer than 2 ballots would show a vote"),
        (len(set(m.units)) == len(m.units), "units: two have the same name"),
        (bool(m.questions), "questions: there is none"),
        (len({q.id for q in m.questions}) == len(m.questions), "questions: two have the same id"),
    ]
    return (
        next((message for good, message in checks if not good), None)
        or next(
            (f"question {q.id}: {problem}" for q in m.questions if (problem := _question_problem(q, m))), None
        )
        or _key_problem(m)
        or _size_problem(m)
    )


def _texts(m: Manifest) -> list[str]:
    """What people read."""
    texts = [m.organisation, m.body, m.title, m.contact, *m.units, *m.tellers.names]
    texts += [m.window.zone, m.provenance.note, *m.provenance.derived]
    texts += [officer.name for officer in m.officers]
    for q in m.questions:
        texts += [q.id, q.text, *(option.label for option in q.options), *(option.id for option in q.options)]
        texts += [document.name for document in q.documents]
        texts += [q.blank.label] if q.blank else []
    return texts


def check_officer_key(officer: Officer) -> None:
    """ValueError unless the key is one of the officer's scheme [08.35], [08.38]."""
    if officer.scheme == "webauthn-es256":
        p256.check_public_key(officer.key)
    else:
        ed25519.check_public_key(officer.key)


def _key_problem(m: Manifest) -> str | None:
    """Keys that are none, or a log that is another one than the origin names [08.9], [08.12],
    [08.35], [08.38]."""
    for officer in m.officers:
        try:
            check_officer_key(officer)
        except ValueError as error:
            return f"officers: the key of {officer.name} cannot be used: {error}"
    for name, data in (("ballot_key", m.ballot_key), ("registrar_key", m.credentials.registrar_key)):
        try:
            if Element.from_canonical_bytes(data).is_identity():
                return f"{name}: the identity is no key"
        except ValueError:
            return f"{name}: not an element of the group"
    try:
        log = VerifierKey.parse(m.log_key)
        m.witnesses.check_log_key(log)
        if m.organisation_key is not None:
            VerifierKey.parse(m.organisation_key)
    except ValueError as error:
        return f"log_key, organisation_key or witnesses: {error}"
    if log.name != m.origin:
        return f"origin: {m.origin!r} is not the name of the log's key, {log.name!r}"
    return None


def _size_problem(m: Manifest) -> str | None:
    """Questions whose ballot, share or result would not fit into an entry of the board [08.2]."""
    for questions in {m.questions_of(unit) for unit in range(max(1, len(m.units)))}:
        size = len(encode(_largest_ballot(m, questions)))
        if size > MAX_ENTRY_BYTES:
            return f"questions: a ballot would have {size} bytes, above {MAX_ENTRY_BYTES}; ask less at once"
    totals = sum(len(_groups(m, q)) * q.encoding.places for q in m.questions)
    if totals > 1000 or max(map(len, map(encode, _largest_tally(m)))) > MAX_ENTRY_BYTES:
        return (
            f"questions: {totals} totals would be decrypted, and a share of that many would have more than"
            f" {MAX_ENTRY_BYTES} bytes; count by fewer units, or ask less at once"
        )
    return None


def _largest_ballot(m: Manifest, questions: Sequence[int]) -> Ballot:
    answers = []
    for q in questions:
        encoding = m.questions[q].encoding
        proofs = tuple(bytes(shape.proof_bytes) for shape in encoding.proofs)
        answers.append(Answer((bytes(64),) * encoding.places, proofs, q))
    return Ballot(tuple(answers), bytes(32), bytes(32), bytes(32), bytes(64), "ballot")


def _groups(m: Manifest, question: Question) -> tuple[tuple[int, ...], ...]:
    """The most counting groups that there can be [09.2]: each unit by itself."""
    if question.tally == "all":
        return ((),)
    return tuple((unit,) for unit in range(len(m.units)) if question.votes(unit))


def _largest_tally(m: Manifest) -> tuple[Share, Result]:
    """A share and a result with the most groups and the longest numbers."""
    most = 2**53 - 1
    parts = tuple(
        PartialShare(group, bytes(32), place, bytes(96), q)
        for q, question in enumerate(m.questions)
        for group in range(len(_groups(m, question)))
        for place in range(question.encoding.places)
    )
    share = Share(ClosingPoint(bytes(32), most), bytes(32), parts, bytes(64), 255, "share")
    results = tuple(
        QuestionResult(
            tuple(GroupResult(most, (most,) * q.encoding.places, units) for units in _groups(m, q)), False
        )
        for q in m.questions
    )
    return share, Result(bytes(32), results, (most,) * m.tellers.threshold, "result")


def _question_problem(question: Question, manifest: Manifest) -> str | None:
    ids = [option.id for option in question.options]
    labels = [_looks(option.label) for option in question.options]
    labels += [_looks(question.blank.label)] if question.blank else []
    if len(set(ids)) != len(ids) or len(set(labels)) != len(labels):
        return "two options have the same id or label"
    try:
        Encoding(len(question.options), question.blank is not None, question.minimum, question.maximum)
    except ValueError as error:
        return str(error)
    if question.electorate is not None:
        units = question.electorate
        if not units or list(units) != sorted(set(units)) or units[-1] >= len(manifest.units):
            return "electorate must list units of the manifest in order, each once"
    if question.tally == "by-unit" and not manifest.units:
        return "a tally by unit needs units"
    if (question.facts.present or 0) > manifest.credentials.count:
        return "more members were present than are eligible"
    rule = question.rule
    if rule and (max(map(len, (rule.id, rule.title, rule.citation))) > 500 or rule.version > 2**53 - 1):
        return "its rule has an id, title or citation of more than 500 characters, or too large a version"
    formula = rule.formula if rule else None
    if isinstance(formula, Choice) and question.yes_no:
        return "its rule chooses among candidates, but it is decided by yes and no"
    if formula and not isinstance(formula, Choice) and not question.yes_no:
        return "its rule decides between yes and no, but its options are others"
    if isinstance(formula, Choice) and formula.majority and (question.maximum or 1) > 1:
        return "its rule asks for a majority, which fills one seat, but more can be chosen"
    return None


def _looks(label: str) -> str:
    """Labels that a hasty reader could take for one another give the same text."""
    return " ".join(unicodedata.normalize("NFKC", label).casefold().split())
