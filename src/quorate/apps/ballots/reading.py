"""What everybody may read of a ballot while a desk writes to its board: never more than is published.

Readers come from any thread. They look into indexes in memory that follow the board entry by entry, so an
answer takes the same time however large the board is.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from threading import Lock
from typing import Final

from quorate.apps.ballots.contents import Contents
from quorate.board.checkpoint import SignedCheckpoint
from quorate.board.log import Log
from quorate.board.note import Note
from quorate.board.tiles import NoSuchTile, Tile, entry_bundle, hash_tile, tile_nodes
from quorate.election.box import BallotBox
from quorate.election.directory import Directory, Electorate, Found, removed, tracker_of
from quorate.election.office import Office
from quorate.record.canonical import instant
from quorate.record.entries import Ballot, Entry, Reissue, Revoke, Spoil, is_ballot, read_ballot, read_entry
from quorate.text import _

_CHUNK: Final = 1024


class Phase(StrEnum):
    """Where a ballot stands for everybody."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    WITHHELD = "withheld"
    RELEASED = "released"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Figures:
    """What everybody may know while voting runs: how many, never how.

    `counted` is how many credentials have a ballot that stands, `eligible` how many may vote, both by unit
    (one number where the ballot has no units); `ballots` holds the replaced ones too.
    """

    phase: Phase
    opens: datetime
    closes: datetime
    entries: int
    ballots: int
    counted: tuple[int, ...]
    eligible: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """What a credential's holder may know: whether it votes, in which unit, and its ballots in order.

    `unit` is None for one that cannot vote. `latest` is what a new ballot must name [07.8].
    """

    known: bool
    unit: int | None
    latest: bytes
    ballots: tuple[Found, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry in a list: its number, its type, and the hash that people compare: of a ballot its tracker, of
    any other entry the SHA-256 of its bytes.
    """

    number: int
    kind: str
    mark: bytes


class Reading:
    """The readers' side of one desk."""

    def __init__(self, office: Office) -> None:
        window, units = office.manifest.window, max(1, len(office.manifest.units))
        self._office = office
        self._lock = Lock()  # for everything below
        self._log: Log | None = None
        self._directory = Directory()
        self._contents = Contents()
        self._seen: list[tuple[int, int]] = []  # size of a checkpoint, and when a witness had seen it
        self._electorate: Electorate | None = None
        self._checkpoint = b""
        self._figures = Figures(
            Phase.SCHEDULED, instant(window.opens), instant(window.closes), 0, 0, (0,) * units, (0,) * units
        )
        self._listeners: set[Callable[[], None]] = set()

    @property
    def complete(self) -> bool:
        """Whether the board has been read."""
        return self._log is not None

    # For readers.

    def figures(self, now: datetime) -> Figures:
        """Where the ballot stands at this time; time alone opens and ends voting."""
        with self._lock:
            figures = self._figures
        if figures.phase is Phase.OPEN and now < figures.opens:
            return replace(figures, phase=Phase.SCHEDULED)
        if figures.phase is Phase.OPEN and now >= figures.closes:
            return replace(figures, phase=Phase.CLOSED)
        return figures

    def holder(self, credential: bytes) -> Holder:
        """What a credential's holder may know."""
        with self._lock:
            people = self._electorate
            return Holder(
                people is not None and people.knows(credential),
                None if people is None else people.unit(credential),
                self._directory.latest(credential),
                tuple(self._directory.of_credential(credential)),
                self._checkpoint,
            )

    def by_tracker(self, typed: str) -> Found | None:
        """What became of the ballot with this tracker; ValueError when it is no tracker."""
        with self._lock:
            return self._directory.by_tracker(typed)

    def checkpoint(self) -> bytes:
        """The newest public checkpoint, empty before there is a board; until release that of `close`."""
        with self._lock:
            return self._checkpoint

    def tile(self, level: int, tile: Tile) -> bytes:
        """A tile of hashes of the public board. NoSuchTile past its end."""
        with self._lock:
            return hash_tile(self._board().hashes(tile_nodes(tile, level, self._figures.entries)))

    def bundle(self, tile: Tile) -> bytes:
        """A bundle of entries of the public board. NoSuchTile past its end."""
        with self._lock:
            items = tile.items(self._figures.entries)
            return entry_bundle(self._board().entries(items.start, items.stop))

    def statements(self) -> tuple[tuple[int, Entry], ...]:
        """What the public board says besides ballots and shares: opening, extensions, notices, close."""
        with self._lock:
            return self._contents.statements

    def counts(self) -> dict[str, int]:
        """How many entries of each type are public."""
        with self._lock:
            return self._contents.counts

    def listed(self, kind: str, start: int, most: int) -> list[Listed]:
        """Public entries of a type ('' for any), after the first `start` of them."""
        with self._lock:
            if self._log is None:
                return []
            found = [
                (number, self._contents.kind(number), self._log.entries(number, number + 1)[0])
                for number in self._contents.numbers(kind, start, most)
            ]
        return [Listed(number, name, _mark(line)) for number, name, line in found]

    def seen_at(self, number: int) -> int | None:
        """A time, in POSIX seconds, at which a witness had seen this entry; None where no witness has.

        Entries carry no time, cosignatures do [08.27]. It is the earliest that this process has met.
        """
        with self._lock:
            at = bisect_right(self._seen, number, key=lambda seen: seen[0])
            return self._seen[at][1] if at < len(self._seen) else None

    @contextmanager
    def listening(self, listener: Callable[[], None]) -> Iterator[None]:
        """Have `listener` called, from the desk's thread, after every change."""
        with self._lock:
            self._listeners.add(listener)
        try:
            yield
        finally:
            with self._lock:
                self._listeners.discard(listener)

    # For the desk.

    def follow(self, box: BallotBox) -> None:
        """Let readers see what is published by now, in the board's own order."""
        if self._electorate is None and box.state.credentials is not None:
            self._begin(Electorate(box.state.credentials.index))
        before = self._figures
        size, note = self._public(box)
        for start in range(before.entries, size, _CHUNK):
            end = min(start + _CHUNK, size)
            entries = [
                read_ballot(line, "") if is_ballot(line) else read_entry(line, "")
                for line in box.log.entries(start, end)
            ]
            with self._lock:
                for index, entry in enumerate(entries, start):
                    self._see(index, entry)
                self._figures = replace(self._figures, entries=end, ballots=self._directory.ballots)
        with self._lock:
            self._log, self._checkpoint = box.log, note
            self._witnessed(box.log.checkpoint())
            self._figures = replace(self._figures, phase=self._phase(box), closes=box.closes)
            listeners = tuple(self._listeners) if self._figures != before else ()
        for listener in listeners:
            listener()

    def leave(self, close: Callable[[], None]) -> None:
        """Close the board while nobody reads it."""
        with self._lock:
            self._log = None
            close()

    def _begin(self, people: Electorate) -> None:
        eligible = [0] * len(self._figures.eligible)
        for unit, count in people.index.unit_counts().items():
            eligible[min(unit, len(eligible) - 1)] += count
        with self._lock:
            self._electorate = people
            self._figures = replace(self._figures, eligible=tuple(eligible))

    def _see(self, index: int, entry: Entry) -> None:
        people, directory = self._electorate, self._directory
        if people is not None and isinstance(entry, Ballot | Reissue | Revoke):
            counted, eligible = list(self._figures.counted), list(self._figures.eligible)
            credential = entry.credential if isinstance(entry, Ballot) else removed(entry)
            unit = min(people.unit(credential) or 0, len(counted) - 1)
            voted = any(directory.latest(credential))
            if isinstance(entry, Ballot):
                counted[unit] += not voted
            else:
                counted[unit] -= voted
                eligible[unit] -= isinstance(entry, Revoke)
            people.add(entry)
            self._figures = replace(self._figures, counted=tuple(counted), eligible=tuple(eligible))
        directory.add(index, entry)
        self._contents.add(entry)

    def _witnessed(self, signed: SignedCheckpoint) -> None:
        size = signed.checkpoint.size
        newer = not self._seen or size > self._seen[-1][0]
        if signed.cosignatures and newer and size <= self._figures.entries:
            self._seen.append((size, min(one.time for one in signed.cosignatures)))

    def _phase(self, box: BallotBox) -> Phase:
        if box.phase == "void":
            return Phase.VOIDED
        if box.suspended:
            return Phase.SUSPENDED
        if self._office.released:
            return Phase.RELEASED
        phases = {"voting": Phase.OPEN, "closed": Phase.CLOSED, "ended": Phase.WITHHELD}
        return phases.get(box.phase, Phase.SCHEDULED)

    def _public(self, box: BallotBox) -> tuple[int, bytes]:
        """Size and note of the newest checkpoint that everybody may see."""
        signed = box.log.checkpoint()
        if box.phase != "ended" or self._office.released:
            return signed.checkpoint.size, signed.note.encode()
        closing = box.state.closed.index + 1
        notes = reversed(box.log.checkpoints())
        return closing, next(note for note in notes if int(Note.parse(note).text.split("\n")[1]) == closing)

    def _board(self) -> Log:
        if self._log is None:
            raise NoSuchTile(_("There is no board yet."))
        return self._log


def _mark(line: bytes) -> bytes:
    entry = read_ballot(line, "") if is_ballot(line) else read_entry(line, "")
    if isinstance(entry, Ballot):
        return tracker_of(entry)
    return entry.tracker if isinstance(entry, Spoil) else hashlib.sha256(line).digest()
