"""The verifier's trusted state while it reads a board: a pure ledger that entries are applied to in order.

It draws no conclusions: checks (`checks*.py`) compare what it holds with what the record claims. Memory is
about 85 bytes for each credential and 24 for each ballot of one ciphertext.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from quorate.board.checkpoint import SignedCheckpoint
from quorate.board.tree import Frontier, leaf_hash, root_of
from quorate.crypto.ballot import NO_PREVIOUS, Body
from quorate.crypto.ceremony.conclusion import VerifiedCeremony
from quorate.crypto.elgamal import Ciphertext
from quorate.record.canonical import RecordError
from quorate.record.certificate import Certificate, VoidCertificate
from quorate.record.container import ENTRIES, Container
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import (
    Close,
    Extend,
    Reissue,
    Result,
    Resume,
    Revoke,
    Share,
    Spoil,
    Suspend,
    Void,
    read_ballot,
)
from quorate.record.manifest import Manifest
from quorate.record.pins import Pins
from quorate.verify.chunk import Summary

Until = Literal["open", "close", "tally", "result"]
"""How far a record is expected to reach: `tally` is a result without its certificate."""


class Credentials:
    """Who may vote, and each one's latest ballot. A slot is a row of the list, or a re-issued credential."""

    def __init__(self, index: CredentialIndex) -> None:
        self.index = index
        rows = len(index)
        self.active = bytearray(b"\x01") * rows
        self.last = bytearray(32 * rows)
        self.entry = array("Q", bytes(8 * rows))
        self.issued: dict[bytes, int] = {}
        self.issued_keys: list[bytes] = []
        self.units: list[int] = []
        self._asked, self._found = b"", self._find(b"")

    def slot(self, key: bytes) -> int | None:
        """The slot of a credential that was ever listed or issued."""
        if key is not self._asked:  # several checks ask for the credential of the same ballot
            self._asked, self._found = key, self._find(key)
        return self._found

    def _find(self, key: bytes) -> int | None:
        row = self.index.find(key)
        return row if row is not None else self.issued.get(key)

    def key(self, slot: int) -> bytes:
        """K of a slot."""
        rows = len(self.index)
        return self.index.key(slot) if slot < rows else self.issued_keys[slot - rows]

    def unit(self, slot: int) -> int:
        """The counting unit of a slot."""
        rows = len(self.index)
        return self.index.unit(slot) if slot < rows else self.units[slot - rows]

    def tracker(self, slot: int) -> bytes:
        """The tracker of the slot's latest ballot, or 32 zero bytes."""
        return bytes(self.last[32 * slot : 32 * slot + 32])

    def issue(self, key: bytes, unit: int) -> None:
        """Add a re-issued credential."""
        self.issued[key] = self._found = len(self.active)
        self._asked = key
        self.issued_keys.append(key)
        self.units.append(unit)
        self.active.append(1)
        self.last += NO_PREVIOUS
        self.entry.append(0)

    def ordered(self) -> Iterator[int]:
        """Active slots in the order of their keys."""
        rows = len(self.index)
        listed: Iterator[int] = iter(range(rows))
        if self.issued:
            extra = sorted(self.issued.values(), key=self.key)
            listed = heapq.merge(listed, extra, key=self.key)
        return (slot for slot in listed if self.active[slot])

    def last_root(self) -> bytes:
        """The root over (K, tracker of the last ballot or zeros) of every active credential [08.30]."""
        return root_of(leaf_hash(self.key(slot) + self.tracker(slot)) for slot in self.ordered())


@dataclass(frozen=True, slots=True)
class ClosingState:
    """What was so when `close` was reached; everything is recomputed here."""

    index: int
    active: int
    ballots: int
    counted: int
    superseded: int
    withdrawn: int
    spoiled: int
    last_root: bytes
    counted_by_unit: tuple[int, ...]
    eligible_by_unit: tuple[int, ...]


@dataclass
class State:
    """Everything verification knows so far. Fields are None until the record has shown them."""

    container: Container | None
    manifest: Manifest
    phi: bytes
    pins: Pins | None = None
    until: Until = "result"
    receipts: Sequence[tuple[str, bytes]] = ()
    malformed: list[RecordError] = field(default_factory=list)
    foreign: list[RecordError] = field(default_factory=list)
    """Checkpoints that are not this log's, or not of this board."""
    roots: dict[int, bytes] = field(default_factory=dict)
    """Recomputed roots at the sizes that receipts speak of; empty for one that was not reached."""
    ceremony: VerifiedCeremony | None = None
    ceremony_hash: bytes = b""
    ceremony_problems: tuple[str, ...] = ()
    credentials: Credentials | None = None
    tree: Frontier = field(default_factory=Frontier)
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    phase: str = "start"
    closes: str = ""
    extensions: int = 0
    suspended: bool = False
    void: Void | None = None
    void_index: int = 0
    ballots: int = 0
    revoked: int = 0
    faulty: set[int] = field(default_factory=set)
    superseded: array[int] = field(default_factory=lambda: array("Q"))
    trackers: array[int] = field(default_factory=lambda: array("Q"))
    firsts: array[int] = field(default_factory=lambda: array("Q"))
    spoiled: dict[bytes, int] = field(default_factory=dict)
    sums: dict[tuple[int, int], Ciphertext] = field(default_factory=dict)
    closing: ClosingState | None = None
    close: Close | None = None
    closing_root: bytes = b""
    aggregates: dict[tuple[int, int, int], Ciphertext] | None = None
    groups: tuple[tuple[tuple[int, ...], ...] | None, ...] = ()
    shares: dict[int, Share] = field(default_factory=dict)
    result: Result | None = None
    result_index: int = 0
    last_checkpoint: SignedCheckpoint | None = None
    times: dict[str, int] = field(default_factory=dict)
    milestones: dict[int, str] = field(default_factory=dict)
    covered: set[int] = field(default_factory=set)
    derived: Certificate | None = None
    claimed: Certificate | None = None
    derived_void: VoidCertificate | None = None
    claimed_void: VoidCertificate | None = None

    def __post_init__(self) -> None:
        units = range(max(1, len(self.manifest.units)))
        self._questions_of = tuple(self.manifest.questions_of(unit) for unit in units)

    def apply_ballot(self, index: int, summary: Summary) -> None:
        """Count a ballot in: it becomes its credential's last, whatever checks say about it."""
        self.ballots += 1
        self.trackers.append(int.from_bytes(summary.tracker[:8], "big"))
        for first in summary.firsts:
            self.firsts.append(int.from_bytes(first[:8], "big"))
        people = self.credentials
        if people is None:
            return
        slot = people.slot(summary.credential)
        if slot is None:
            self.superseded.append(index)
            return
        if people.entry[slot]:
            self.superseded.append(people.entry[slot])
        people.entry[slot] = index
        people.last[32 * slot : 32 * slot + 32] = summary.tracker

    def apply_event(
        self, index: int, entry: Extend | Reissue | Revoke | Spoil | Suspend | Resume | Void
    ) -> None:
        """Let an event take effect."""
        if isinstance(entry, Suspend | Resume):
            self.suspended = isinstance(entry, Suspend)
        if isinstance(entry, Void):
            self.phase, self.void, self.void_index = "void", entry, index
        elif isinstance(entry, Suspend):
            pass
        elif isinstance(entry, Extend | Resume):
            if entry.closes is not None:
                self.closes, self.extensions = entry.closes, self.extensions + 1
        elif isinstance(entry, Spoil):
            self.spoiled.setdefault(entry.tracker, index)
        elif self.credentials is not None:
            old = self.credentials.slot(entry.old if isinstance(entry, Reissue) else entry.credential)
            if old is not None:
                if isinstance(entry, Revoke):
                    self.revoked += self.credentials.active[old]
                self.credentials.active[old] = 0
                if isinstance(entry, Reissue) and self.credentials.slot(entry.new) is None:
                    self.credentials.issue(entry.new, self.credentials.unit(old))

    def apply_close(self, index: int, close: Close) -> None:
        """Freeze the count."""
        self.phase, self.close = "closed", close
        people = self.credentials
        if people is None:
            return
        by_unit, eligible = [0] * len(self._questions_of), [0] * len(self._questions_of)
        counted = withdrawn = 0
        most = len(by_unit) - 1
        for slot, (entry, active) in enumerate(zip(people.entry, people.active, strict=True)):
            unit = min(people.unit(slot), most) if most else 0
            eligible[unit] += active
            if entry and active:
                counted += 1
                by_unit[unit] += 1
            elif entry:
                withdrawn += 1
        self.closing = ClosingState(
            index,
            sum(people.active),
            self.ballots,
            counted,
            len(self.superseded),
            withdrawn,
            len(self.spoiled),
            people.last_root(),
            tuple(by_unit),
            tuple(eligible),
        )

    @property
    def closed(self) -> ClosingState:
        """The frozen count of a board that has been closed; RuntimeError before."""
        if self.closing is None:
            raise RuntimeError("the board has not been closed, or its credentials cannot be read")
        return self.closing

    @property
    def totals(self) -> dict[tuple[int, int, int], Ciphertext]:
        """The aggregate for each (question, group, place) of a closed board; RuntimeError before."""
        if self.aggregates is None:
            raise RuntimeError("the board has not been closed, or its ballots cannot be read")
        return self.aggregates

    def questions_of(self, unit: int) -> tuple[int, ...]:
        """Indices of the questions on which a unit votes."""
        return self._questions_of[unit] if unit < len(self._questions_of) else ()

    def line(self, index: int) -> bytes:
        """The bytes of an entry that was read; LookupError for one that does not exist."""
        if self.container is None or not 0 <= index < len(self.offsets):
            raise LookupError(f"the board has no entry {index}")
        with self.container.path(ENTRIES).open("rb") as file:
            file.seek(self.offsets[index])
            return file.readline()[:-1]

    def reread(self) -> Iterator[tuple[int, bytes, tuple[bytes, ...]]]:
        """Tracker and every A of each ballot again; only for the rare case that two seem to agree."""
        for index in range(len(self.offsets)):
            try:
                ballot = read_ballot(self.line(index), "")
            except ValueError:
                continue
            body = Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers)
            firsts = tuple(text[:32] for answer in ballot.answers for text in answer.ciphertexts)
            yield index, body.tracker(), firsts

    def where(self, index: int) -> str:
        """How a finding names an entry."""
        return f"entry {index} (entries.jsonl line {index + 1})"
