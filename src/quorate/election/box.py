"""The ballot box: takes ballots and events, refuses what the verifier would refuse, and closes.

It applies the verifier's own checks before it sequences anything, so there is one set of rules. Nothing is
acknowledged before the log has made it durable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from quorate.board.log import Log
from quorate.crypto.ballot import Body
from quorate.record.canonical import RecordError, encode, instant
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import (
    Close,
    Entry,
    Extend,
    Notice,
    Open,
    Reissue,
    Resume,
    Revoke,
    Spoil,
    Suspend,
    Void,
    is_ballot,
    read_ballot,
    read_entry,
)
from quorate.record.manifest import Manifest
from quorate.text import _
from quorate.verify.check import Check
from quorate.verify.checks import CHECKS
from quorate.verify.chunk import Outcome, Setup, Summary, check_chunk
from quorate.verify.findings import Finding
from quorate.verify.state import Credentials, State

Change = Extend | Notice | Reissue | Resume | Revoke | Spoil | Suspend | Void
"""Events of a board that has begun."""

_ON_BALLOT = tuple(CHECKS[number] for number in ("V6", "V9", "V12", "V13"))
_ON_ENTRY = tuple(CHECKS[number] for number in ("V6", "V8", "V13"))


@dataclass(frozen=True, slots=True)
class Accepted:
    """A ballot on the board: its entry number and tracker. The receipt is the log's to give."""

    index: int
    tracker: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A ballot that is not on the board, with the check it failed and why.

    `last` is the tracker of the credential's latest ballot when the chain was the reason: vote anew on top of
    it.
    """

    check: str
    reason: str
    last: bytes | None = None


class BoxError(ValueError):
    """The box cannot do this now; the message says why and what to do."""


def check_opening(manifest: Manifest, entry: Open) -> None:
    """Refuse an opening that the verifier would not accept; BoxError says what is missing [08.28]."""
    findings = _refusals(_ON_ENTRY, State(None, manifest, manifest.phi), 0, entry)
    if findings:
        raise BoxError("; ".join(map(_words, findings)))


class BallotBox:
    """One ballot's box over its log. Not safe for several threads: one writer drives it."""

    def __init__(self, log: Log, manifest: Manifest, credentials: CredentialIndex) -> None:
        """Take up a board where it stands: entries that are there take effect, in order."""
        self.log, self.manifest = log, manifest
        self._setup = Setup(manifest.phi, manifest.ballot_key, manifest.encodings)
        self.state = State(None, manifest, manifest.phi)
        self.state.closes = manifest.window.closes
        self._opens = instant(manifest.window.opens)
        self.state.credentials = Credentials(credentials)
        self._firsts: set[bytes] = set()
        self._index: dict[bytes, int] = {}
        self._size = 0
        self._refresh()

    @property
    def phase(self) -> str:
        """start, voting, closed, ended or void."""
        return self.state.phase

    @property
    def suspended(self) -> bool:
        """Whether voting rests: no ballot is taken until it is resumed [08.36]."""
        return self.state.phase == "voting" and self.state.suspended

    @property
    def taking(self) -> bool:
        """Whether the board takes ballots, as far as the clock allows."""
        return self.state.phase == "voting" and not self.state.suspended

    @property
    def opens(self) -> datetime:
        """From when ballots are taken."""
        return instant(self.manifest.window.opens)

    @property
    def closes(self) -> datetime:
        """The closing time as it stands, extensions included."""
        return instant(self.state.closes)

    def open(self, entry: Open) -> int:
        """Begin: the entry must be signed by two officers."""
        return self._event(entry)

    def change(self, entry: Change, now: datetime) -> int:
        """Put a signed event on the board; BoxError when a check refuses it or voting is over.

        A ballot may be declared void until its board has ended; while voting is suspended the closing time
        passes without effect.
        """
        self._refresh()
        if not isinstance(entry, Void):
            self._must_be_voting(now)
        later = entry.closes if isinstance(entry, Extend | Resume) else None
        if later is not None and self.closes < instant(later) <= now:  # what is not later, V6 refuses
            raise BoxError(_("The new closing time is past already: choose a later one."))
        if isinstance(entry, Spoil) and entry.tracker in self._index:
            raise BoxError(_("That ballot was cast; a ballot that was cast cannot be opened."))
        return self._event(entry)

    def submit(
        self, lines: Sequence[bytes], now: datetime, checked: Outcome | None = None
    ) -> list[Accepted | Refused]:
        """Take ballots in this order: verified together, sequenced together, durable when this returns.

        `now` is when the last of them was complete; outside the voting time new ones are refused. `checked`
        may bring the outcome of `check_chunk` over the same lines from another process. A ballot that is on
        the board already is accepted again with the same number, at any time: an answer may have been lost.
        Raises the log's errors; nothing was acknowledged then.
        """
        self._refresh()
        if not self.taking or not self._opens <= now < self.closes:
            late = [self._answer_again(line) for line in lines]
            if any(isinstance(answer, Accepted) for answer in late):
                self.log.publish()
            return late
        outcome = checked or check_chunk(self._setup, lines)
        answers: list[Accepted | Refused | None] = [None] * len(lines)
        for position, kind, message in outcome.faults:
            number = {"form": "V1", "binding": "V9", "signature": "V10", "proof": "V11"}[kind]
            answers[position] = Refused(number, message)
        start = self._size
        taken: list[bytes] = []
        undo = _Undo(self.state)
        for position, summary in enumerate(outcome.summaries):
            if answers[position] is not None or summary is None:
                continue
            if summary.tracker in self._index:
                answers[position] = Accepted(self._index[summary.tracker], summary.tracker)
                continue
            refusal = self._refusal(start + len(taken), summary)
            if refusal:
                answers[position] = refusal
                continue
            answers[position] = Accepted(start + len(taken), summary.tracker)
            undo.remember(summary)
            self._count(start + len(taken), summary)
            taken.append(lines[position])
        if taken:
            try:
                self._append(taken)
            except BaseException:
                self._forget(undo)
                raise
        elif any(isinstance(answer, Accepted) for answer in answers):
            self.log.publish()  # [08.16] on the board already, but perhaps its quorum was missing
        return [answer for answer in answers if answer is not None]

    def _answer_again(self, line: bytes) -> Accepted | Refused:
        """What to say to a ballot outside the voting time: it counts if it is on the board."""
        try:
            ballot = read_ballot(line, "")
        except RecordError as error:
            return Refused("V1", error.message)
        tracker = Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers).tracker()
        index = self._index.get(tracker)
        if index is not None:
            return Accepted(index, tracker)
        return Refused("V6", _("Voting is suspended.") if self.suspended else _("Voting is not open."))

    def receipt(self, index: int) -> bytes:
        """The receipt for an entry, as the log gives it."""
        return self.log.receipt(index)

    def close(self, now: datetime) -> int:
        """End voting once the closing time has passed; returns the entry number of `close`."""
        self._refresh()
        if self.state.phase != "voting":
            raise BoxError(_("There is no voting to close."))
        if self.suspended:
            raise BoxError(_("Voting is suspended: two officers resume it, or declare the ballot void."))
        if now < self.closes:
            raise BoxError(
                _("Voting runs until {time}; it cannot end earlier.").format(time=self.state.closes)
            )
        index = self._size
        blank = Close(0, 0, 0, bytes(32), self.manifest.phi, 0, 0, "close", 0)
        self.state.apply_close(index, blank)
        truth = self.state.closed
        entry = Close(
            active=truth.active,
            ballots=truth.ballots,
            counted=truth.counted,
            last_root=truth.last_root,
            phi=self.manifest.phi,
            spoiled=truth.spoiled,
            superseded=truth.superseded,
            type="close",
            withdrawn=truth.withdrawn,
        )
        try:
            self._append([encode(entry)])
        except BaseException:
            self.state.phase, self.state.close, self.state.closing = "voting", None, None
            raise
        self.state.close = entry
        return index

    def append(self, entries: Iterable[Entry]) -> None:
        """Put shares and the result on the board after close; `election.tally` has checked them."""
        self._refresh()
        if self.state.phase != "closed":
            raise BoxError(_("Shares and results come after voting has closed."))
        lines = [_readable(entry) for entry in entries]
        start = self._size
        self._append(lines)
        self._replay(start, lines)

    def _append(self, lines: Sequence[bytes]) -> None:
        """Sequence durably; when it fails, the next call looks at what the log really holds [08.16]."""
        size, self._size = self._size, -self._size - 1  # negative: unknown until `_refresh`
        self.log.append(lines)
        self._size = size + len(lines)

    def _refresh(self) -> None:
        """Let entries take effect that are on the board but not yet counted here."""
        if self._size < 0:
            self.log.recover()
            self._size = -self._size - 1
        while self._size < self.log.size:
            end = min(self._size + 1024, self.log.size)
            self._replay(self._size, self.log.entries(self._size, end))
            self._size = end

    def _refusal(self, index: int, summary: Summary) -> Refused | None:
        for check in _ON_BALLOT:
            for finding in check.ballot(self.state, index, summary):
                last = None
                if check.number == "V12" and self.state.credentials:
                    slot = self.state.credentials.slot(summary.credential)
                    last = None if slot is None else self.state.credentials.tracker(slot)
                return Refused(check.number, _words(finding), last)
        repeated = len(set(summary.firsts)) < len(summary.firsts)
        if repeated or any(first in self._firsts for first in summary.firsts):
            return Refused("V13", _("It repeats a ciphertext."))
        return None

    def _count(self, index: int, summary: Summary) -> None:
        self.state.apply_ballot(index, summary)
        self._index[summary.tracker] = index
        self._firsts.update(summary.firsts)

    def _forget(self, undo: _Undo) -> None:
        for summary in undo.summaries:
            del self._index[summary.tracker]
            self._firsts.difference_update(summary.firsts)
        undo.apply()

    def _event(self, entry: Entry) -> int:
        self._refresh()
        index = self._size
        findings = _refusals(_ON_ENTRY, self.state, index, entry)
        if findings:
            raise BoxError("; ".join(map(_words, findings)))
        self._append([_readable(entry)])
        self._take_effect(index, entry)
        return index

    def _must_be_voting(self, now: datetime) -> None:
        if not self.suspended and (self.state.phase != "voting" or now >= self.closes):
            raise BoxError(_("Voting is not open."))

    def _take_effect(self, index: int, entry: Entry) -> None:
        if isinstance(entry, Open):
            self.state.phase = "voting"
        elif isinstance(entry, Extend | Reissue | Revoke | Spoil | Suspend | Resume | Void):
            self.state.apply_event(index, entry)
        elif isinstance(entry, Close):
            self.state.apply_close(index, entry)
        elif entry.type == "result":
            self.state.phase = "ended"

    def _replay(self, start: int, lines: Sequence[bytes]) -> None:
        ballots = [line for line in lines if is_ballot(line)]
        summaries = iter(check_chunk(self._setup, ballots).summaries) if ballots else iter(())
        for index, line in enumerate(lines, start):
            if is_ballot(line):
                summary = next(summaries)
                if summary is None:
                    raise RecordError(self.state.where(index), "a stored ballot is damaged")
                self._count(index, summary)
            else:
                self._take_effect(index, read_entry(line, self.state.where(index)))


class _Undo:
    """What a batch changed, so that a failed append leaves the box as it was."""

    def __init__(self, state: State) -> None:
        self._state, self.summaries = state, list[Summary]()
        self._before: list[tuple[int, int, bytes]] = []
        self._sizes = (state.ballots, len(state.superseded), len(state.trackers), len(state.firsts))

    def remember(self, summary: Summary) -> None:
        people = self._state.credentials
        slot = people.slot(summary.credential) if people else None
        if people and slot is not None:
            self._before.append((slot, people.entry[slot], people.tracker(slot)))
        self.summaries.append(summary)

    def apply(self) -> None:
        state, people = self._state, self._state.credentials
        state.ballots, superseded, trackers, firsts = self._sizes
        del state.superseded[superseded:], state.trackers[trackers:], state.firsts[firsts:]
        for slot, entry, tracker in reversed(self._before):
            if people:
                people.entry[slot] = entry
                people.last[32 * slot : 32 * slot + 32] = tracker


def _readable(entry: Entry) -> bytes:
    """The entry's bytes, if a verifier will read them (check V1); BoxError says which field it refuses."""
    try:
        data = encode(entry)
        read_entry(data, entry.type)
    except ValueError as error:  # a RecordError, or text that is no Unicode
        raise BoxError(str(error)) from None
    return data


def _refusals(checks: Iterable[Check], state: State, index: int, entry: Entry) -> list[Finding]:
    return [finding for check in checks for finding in check.entry(state, index, entry)]


def _words(finding: Finding) -> str:
    return _("{check}: expected {expected}, got {got}").format(
        check=finding.check, expected=finding.expected, got=finding.got
    )
