"""The certificate: what a finished record proves, as data (docs/protocol/10-verification.md, [10.21]).

Every figure is derived from the record; `quorate.verify` derives it again and compares. Reports for people
are drawn from it.
"""

from __future__ import annotations

from typing import Literal

from quorate.record.canonical import Bytes32, Count, Instant, Line, Reader, Struct, Text
from quorate.record.manifest import Document, Provenance, Roll, Software
from quorate.rules import Decision
from quorate.rules.choice import ChoiceDecision


class Votes(Struct, frozen=True):
    """How many ballots chose one outcome; the blank outcome has the id `blank` or `abstain`."""

    id: Line
    label: Line
    votes: Count


class GroupVotes(Struct, frozen=True):
    """The counts of one counting group by the names of its units."""

    counted: Count
    eligible: Count
    units: tuple[Line, ...]
    votes: tuple[Count, ...]


class RuleName(Struct, frozen=True):
    """The rule that decides, with its source."""

    citation: Line
    id: Line
    status: Line
    title: Line
    version: Count


class CertifiedQuestion(Struct, frozen=True):
    """One question's outcome [11.17].

    `votes` is empty when the result is withheld; exactly one of `decision`, `choice` is set where a rule
    decides.
    """

    choice: ChoiceDecision | None
    counted: Count
    decision: Decision | None
    documents: tuple[Document, ...]
    eligible: Count
    groups: tuple[GroupVotes, ...]
    id: Line
    rule: RuleName | None
    text: Text
    text_sha256: Bytes32
    votes: tuple[Votes, ...]
    withheld: bool


class Reconciliation(Struct, frozen=True):
    """A sum that must hold [11.18]: `total` equals the sum of the figures of `parts`."""

    name: Line
    parts: tuple[tuple[Line, Count], ...]
    total: Count


class Board(Struct, frozen=True):
    """Where the record stands in public: final tree, closing tree, log key, number of witnesses asked for."""

    closing_root: Bytes32
    closing_size: Count
    log_key: Line
    root: Bytes32
    size: Count
    witness_quorum: Count
    witnesses: Count


class CertifiedTeller(Struct, frozen=True):
    """A teller, and whether their share was used."""

    name: Line
    used: bool


class CertifiedWindow(Struct, frozen=True):
    """The voting period as it came to be, with the number of extensions."""

    closed: Instant
    extensions: Count
    opened: Instant
    zone: Line


class Certificate(Struct, frozen=True):
    """The whole outcome of one ballot [11.16]."""

    ballot_id: Bytes32
    board: Board
    body: Line
    ceremony: Bytes32
    credentials_mode: Literal["hosted", "offline"]
    format: Literal[1]
    officers: tuple[Line, ...]
    organisation: Line
    origin: Line
    phi: Bytes32
    provenance: Provenance
    questions: tuple[CertifiedQuestion, ...]
    reconciliation: tuple[Reconciliation, ...]
    roll: Roll
    software: Software
    tellers: tuple[CertifiedTeller, ...]
    threshold: Count
    title: Line
    window: CertifiedWindow


class VoidBoard(Struct, frozen=True):
    """Where a void ballot's record stands in public, and the entry that made it void."""

    log_key: Line
    root: Bytes32
    size: Count
    void: Count
    witness_quorum: Count
    witnesses: Count


class VoidQuestion(Struct, frozen=True):
    """What was asked, and is not decided."""

    id: Line
    text: Text
    text_sha256: Bytes32


class VoidCertificate(Struct, frozen=True):
    """The certificate of a ballot that was declared void: it decides nothing, and has no figures but how
    many ballots were on the board [11.19].
    """

    ballot_id: Bytes32
    ballots: Count
    board: VoidBoard
    body: Line
    format: Literal[1]
    officers: tuple[Line, ...]
    organisation: Line
    origin: Line
    phi: Bytes32
    provenance: Provenance
    questions: tuple[VoidQuestion, ...]
    reason: Line
    roll: Roll
    software: Software
    title: Line
    verdict: Literal["void"]
    window: CertifiedWindow


_reader = Reader(Certificate)
_voids = Reader(VoidCertificate)
_VOID_FIELD = b',"verdict":"void","window":{'


def read_certificate(data: bytes, where: str = "certificate.json") -> Certificate:
    """Parse a certificate's canonical bytes; RecordError names `where`."""
    return _reader.read(data, where)


def read_void_certificate(data: bytes, where: str = "certificate.json") -> VoidCertificate:
    """Parse the canonical bytes of a void ballot's certificate; RecordError names `where`."""
    return _voids.read(data, where)


def read_any_certificate(data: bytes, where: str = "certificate.json") -> Certificate | VoidCertificate:
    """Parse a certificate of either kind; RecordError names `where`."""
    return read_void_certificate(data, where) if _VOID_FIELD in data else read_certificate(data, where)
