"""Whose ballots are on a board, by credential and by tracker, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from quorate.crypto.ballot import NO_PREVIOUS, Body
from quorate.crypto.fingerprint import read_spoken
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import Ballot, Entry, Reissue, Revoke, Spoil


class Fate(StrEnum):
    """What became of a ballot."""

    COUNTS = "counts"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    SPOILED = "spoiled"


@dataclass(frozen=True, slots=True)
class Found:
    """A ballot (or a spoiled one) on the board, by entry number."""

    index: int
    tracker: bytes
    credential: bytes
    fate: Fate


class Directory:
    """The ballots of each credential. Every entry is added once, in the order of the board; each look-up and
    each addition takes the same time however many there are.
    """

    def __init__(self) -> None:
        self._own: dict[bytes, list[Found]] = {}
        self._last: dict[bytes, int] = {}  # where in its list a credential's latest cast ballot is
        self._places: dict[bytes, tuple[bytes, int]] = {}  # by the part of a tracker that people see
        self.ballots = 0
        """Ballots on the board, replaced and withdrawn ones too; spoiled ones were never cast."""

    def add(self, index: int, entry: Entry) -> None:
        """Let an entry take effect."""
        if isinstance(entry, Ballot):
            self._change_last(entry.credential, Fate.REPLACED)
            self._append(Found(index, tracker_of(entry), entry.credential, Fate.COUNTS))
            self._last[entry.credential] = len(self._own[entry.credential]) - 1
            self.ballots += 1
        elif isinstance(entry, Spoil):
            self._append(Found(index, entry.tracker, entry.credential, Fate.SPOILED))
        elif isinstance(entry, Reissue | Revoke):
            self._change_last(removed(entry), Fate.WITHDRAWN)

    def of_credential(self, credential: bytes) -> list[Found]:
        """All ballots of a credential in order; the last one cast counts unless it was withdrawn."""
        return list(self._own.get(credential, ()))

    def latest(self, credential: bytes) -> bytes:
        """The tracker that a new ballot of this credential must name: its latest, or 32 zero bytes [07.8]."""
        last = self._last.get(credential)
        return NO_PREVIOUS if last is None else self._own[credential][last].tracker

    def by_tracker(self, typed: str) -> Found | None:
        """What became of the ballot whose tracker a person typed, or None; ValueError when it is no
        tracker.
        """
        place = self._places.get(read_spoken(typed))
        return None if place is None else self._own[place[0]][place[1]]

    def _append(self, found: Found) -> None:
        own = self._own.setdefault(found.credential, [])
        self._places.setdefault(found.tracker[:20], (found.credential, len(own)))
        own.append(found)

    def _change_last(self, credential: bytes, fate: Fate) -> None:
        last = self._last.get(credential)
        if last is not None and self._own[credential][last].fate is Fate.COUNTS:
            old = self._own[credential][last]
            self._own[credential][last] = Found(old.index, old.tracker, old.credential, fate)


class Electorate:
    """Who may vote now: the credential list as re-issues and revocations have changed it [07.14]."""

    def __init__(self, index: CredentialIndex) -> None:
        self.index = index
        self._changed: dict[bytes, int | None] = {}

    def add(self, entry: Entry) -> None:
        """Let an entry take effect."""
        if isinstance(entry, Reissue | Revoke):
            unit = self.unit(removed(entry))
            self._changed[removed(entry)] = None
            if isinstance(entry, Reissue):
                self._changed[entry.new] = unit

    def knows(self, credential: bytes) -> bool:
        """Whether this credential was ever listed or issued."""
        return credential in self._changed or credential in self.index

    def unit(self, credential: bytes) -> int | None:
        """The counting unit of a credential that may vote now; None for one that is unknown or was
        replaced.
        """
        if credential in self._changed:
            return self._changed[credential]
        row = self.index.find(credential)
        return None if row is None else self.index.unit(row)


def tracker_of(ballot: Ballot) -> bytes:
    """The tracker of a ballot entry [07.8]."""
    return Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers).tracker()


def removed(entry: Reissue | Revoke) -> bytes:
    """The credential that an event takes out of use."""
    return entry.old if isinstance(entry, Reissue) else entry.credential
