"""Verification of one record: read it once, in order, and collect what every check finds."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from itertools import chain, islice

from quorate.board.checkpoint import Checkpoint, SignedCheckpoint, open_checkpoint
from quorate.board.errors import BoardError, Malformed, SignatureRefused
from quorate.board.keys import VerifierKey
from quorate.board.note import Note
from quorate.board.proof import Receipt
from quorate.board.tree import leaf_hash
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.elgamal import Ciphertext
from quorate.record.canonical import RecordError
from quorate.record.ceremony import check_ceremony
from quorate.record.certificate import Certificate, read_any_certificate
from quorate.record.container import (
    CEREMONY,
    CERTIFICATE,
    CHECKPOINTS,
    CREDENTIALS,
    ENTRIES,
    MANIFEST,
    Container,
    read_note,
)
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import (
    Ballot,
    Close,
    Entry,
    Extend,
    Open,
    Reissue,
    Result,
    Resume,
    Revoke,
    Share,
    Spoil,
    Suspend,
    Void,
    is_ballot,
    read_entry,
)
from quorate.record.manifest import read_manifest
from quorate.record.pins import Pins
from quorate.verify.check import Check
from quorate.verify.checks import CHECKS
from quorate.verify.chunk import CHUNK, Outcome, Setup, Sums, check_chunk, read_sum, sum_lines
from quorate.verify.derive import certificate, group_counted, groups_of, void_certificate
from quorate.verify.findings import Finding, Report
from quorate.verify.state import Credentials, State, Until

Progress = Callable[[int], None]
"""Told the number of entries that were checked so far."""


class NoManifest(RecordError):
    """There is nothing to verify: the record has no readable manifest."""


def verify(
    container: Container,
    *,
    pins: Pins | None = None,
    receipts: Sequence[tuple[str, bytes]] = (),
    until: Until = "result",
    executor: Executor | None = None,
    in_flight: int = 8,
    progress: Progress | None = None,
    checks: Mapping[str, Check] = CHECKS,
) -> Report:
    """Verify a record; NoManifest when it has none that can be read.

    `executor` runs the heavy part, chunk by chunk, with at most `in_flight` chunks waiting; without one
    everything runs here. `until` says how far the record must reach. The findings do not depend on the
    executor.
    """
    return Verification(container, pins, receipts, until, executor, in_flight, progress, checks).run()


class Verification:
    """One run. After `run`, `state` holds what was recomputed; a teller's tool takes the aggregates
    from it.
    """

    def __init__(
        self,
        container: Container,
        pins: Pins | None = None,
        receipts: Sequence[tuple[str, bytes]] = (),
        until: Until = "result",
        executor: Executor | None = None,
        in_flight: int = 8,
        progress: Progress | None = None,
        checks: Mapping[str, Check] = CHECKS,
    ) -> None:
        try:
            manifest = read_manifest(container.read(MANIFEST))
        except RecordError as error:
            raise NoManifest(error.where, error.message) from None
        self._container = container
        self.state = State(container, manifest, manifest.phi, pins, until, receipts)
        self.state.closes = manifest.window.closes
        self.state.roots = dict.fromkeys(_sizes(receipts), b"")
        order = ("open", "close", "tally", "result")
        due = order[: order.index(until) + 1]
        self._checks = [check for check in checks.values() if check.needs in due]
        self._on_ballot = [check for check in self._checks if type(check).ballot is not Check.ballot]
        self._executor, self._in_flight, self._progress = executor, max(1, in_flight), progress
        self._setup = Setup(self.state.phi, manifest.ballot_key, manifest.encodings)
        self._findings: list[Finding] = []
        self._checkpoints: Iterator[tuple[str, SignedCheckpoint]] = iter(())
        self._next: tuple[str, SignedCheckpoint] | None = None

    def run(self) -> Report:
        """Read everything, in the order of docs/protocol/10-verification.md."""
        state = self.state
        jobs, ahead = self._jobs(), deque[Callable[[], None]]()
        if self._executor is not None:  # workers start, and begin, while this process reads the small files
            ahead.extend(islice(jobs, self._in_flight))
        self._load()
        self._hook(lambda check: check.start(state))
        self._pass_checkpoints(0)
        for job in jobs:
            ahead.append(job)
            if len(ahead) > self._in_flight:
                ahead.popleft()()
        for job in ahead:
            job()
        self._drain_checkpoints()
        if state.phase in {"ended", "void"}:
            state.milestones[len(state.offsets) - 1] = "the end"
        self._claim()
        self._hook(lambda check: check.end(state))
        number = {name: position for position, name in enumerate(CHECKS)}
        self._findings.sort(key=lambda finding: number[finding.check])
        not_due = {} if state.pins else {"V3": "no pins given"}
        if not state.receipts:
            not_due["V22"] = "no receipts given"
        return Report(
            findings=self._findings,
            checked=[check.number for check in self._checks if check.number not in not_due],
            not_due=not_due,
            pinned=state.pins is not None,
            complete=state.phase in {"ended", "void"},
            certificate=state.derived,
            void=state.derived_void,
        )

    def read_closing(self) -> State:
        """Only find the closing tree, checking nothing: what tellers read aloud to each other [09.8].

        RecordError when the record cannot be read or has no `close`.
        """
        for index, (_offset, line) in enumerate(self._container.lines(ENTRIES)):
            self.state.tree.append(leaf_hash(line))
            if not is_ballot(line) and isinstance(read_entry(line, self.state.where(index)), Close):
                self.state.closing_root = self.state.tree.root()
                return self.state
        raise RecordError(ENTRIES, "has no close entry: voting has not ended")

    def _hook(self, call: Callable[[Check], Iterable[Finding]]) -> None:
        for check in self._checks:
            self._findings.extend(call(check))

    def _load(self) -> None:
        """The small files; what cannot be read is a finding of V1, and of each check that needs it."""
        state, container = self.state, self._container
        try:
            data = container.read(CEREMONY)
            state.ceremony_hash = hashlib.sha256(data).digest()
            state.ceremony = check_ceremony(data, CEREMONY)
        except RecordError as error:
            state.malformed.append(error)
            state.ceremony_problems = ("one that cannot be read",)
        except CeremonyFailed as failure:
            state.ceremony_problems = tuple(str(blame) for blame in failure.blames)
        try:
            lines = (line for _, line in container.lines(CREDENTIALS))
            # that each is an element, V8 checks at the end, for those whose ballots do not show it
            state.credentials = Credentials(CredentialIndex.parse(lines, elements=False))
        except RecordError as error:
            state.malformed.append(error)
        self._checkpoints = self._read_checkpoints()
        self._next = next(self._checkpoints, None)

    def _read_checkpoints(self) -> Iterator[tuple[str, SignedCheckpoint]]:
        state, key = self.state, VerifierKey.parse(self.state.manifest.log_key)
        try:
            for number, (_, line) in enumerate(self._container.lines(CHECKPOINTS), start=1):
                where = f"{CHECKPOINTS} line {number}"
                try:
                    yield where, open_checkpoint(read_note(line, where), key, state.manifest.witnesses)
                except SignatureRefused as error:
                    state.foreign.append(RecordError(where, str(error)))
                except Malformed as error:
                    state.malformed.append(RecordError(where, str(error)))
                except RecordError as error:
                    state.malformed.append(error)
        except RecordError as error:
            state.malformed.append(error)

    # Reading the board: heavy chunks go to the executor, results are applied in the order of entries.

    def _jobs(self) -> Iterator[Callable[[], None]]:
        """What to apply, in order; where the file cannot be read on, everything before that still counts."""
        lines: list[bytes] = []
        first = 0
        broken: RecordError | None = None
        try:
            for index, (offset, line) in enumerate(self._container.lines(ENTRIES)):
                self.state.offsets.append(offset)
                ballot = is_ballot(line)
                if ballot:
                    first = first if lines else index
                    lines.append(line)
                if lines and (len(lines) == CHUNK or not ballot):
                    yield self._ballots(first, lines)
                    lines = []
                if not ballot:
                    yield self._event(index, line)
        except RecordError as error:
            broken = error
        if lines:
            yield self._ballots(first, lines)
        if broken is not None:
            yield partial(self.state.malformed.append, broken)

    def _ballots(self, first: int, lines: list[bytes]) -> Callable[[], None]:
        if self._executor is None:
            return lambda: self._apply_ballots(first, check_chunk(self._setup, lines))
        future: Future[Outcome] = self._executor.submit(check_chunk, self._setup, lines)
        return lambda: self._apply_ballots(first, future.result())

    def _event(self, index: int, line: bytes) -> Callable[[], None]:
        return lambda: self._apply_event(index, line)

    def _apply_ballots(self, first: int, outcome: Outcome) -> None:
        state = self.state
        for position, kind, message in outcome.faults:
            state.faulty.add(first + position)
            for check in self._checks:
                self._findings.extend(check.fault(state, first + position, kind, message))
        for place, data in outcome.sums.items():
            state.sums[place] = state.sums.get(place, Ciphertext.zero()) + read_sum(data)
        self._grow(outcome.leaves)
        for index, summary in enumerate(outcome.summaries, first):
            if summary is not None:
                for check in self._on_ballot:
                    self._findings.extend(check.ballot(state, index, summary))
                state.apply_ballot(index, summary)
        if self._progress:
            self._progress(first + len(outcome.leaves))

    def _apply_event(self, index: int, line: bytes) -> None:
        state = self.state
        try:
            entry: Entry = read_entry(line, state.where(index))
        except RecordError as error:
            state.malformed.append(error)
            self._grow([leaf_hash(line)])
            return
        if isinstance(entry, Share):
            state.shares[index] = entry
        if isinstance(entry, Result):
            state.result, state.result_index = entry, index
        if not isinstance(entry, Ballot):
            self._hook(lambda check: check.entry(state, index, entry))
        self._grow([leaf_hash(line)])
        self._take_effect(index, entry)

    def _take_effect(self, index: int, entry: Entry) -> None:
        state = self.state
        if isinstance(entry, Open):
            state.phase = "voting" if state.phase == "start" else state.phase
            state.milestones[index] = "open"
        elif isinstance(entry, Extend | Reissue | Revoke | Spoil | Suspend | Resume | Void):
            state.apply_event(index, entry)
        elif isinstance(entry, Close) and state.close is None:
            state.closing_root = state.tree.root()
            state.milestones[index] = "close"
            state.apply_close(index, entry)
            self._aggregate()
            self._hook(lambda check: check.closed(state, index, entry))
        elif isinstance(entry, Result):
            state.phase = "ended"

    def _grow(self, leaves: Sequence[bytes]) -> None:
        """Add entries to the tree, with a stop at each size that a checkpoint or a receipt speaks of."""
        tree, roots, start = self.state.tree, self.state.roots, 0
        while start < len(leaves):
            stops = [size for size in roots if size > tree.size]
            if self._next is not None:
                stops.append(self._next[1].checkpoint.size)
            end = min([start + stop - tree.size for stop in stops], default=len(leaves))
            tree.extend(leaves[start:end])
            start = end
            if tree.size in roots:
                roots[tree.size] = tree.root()
            self._pass_checkpoints(tree.size)

    def _pass_checkpoints(self, size: int) -> None:
        """Hand each checkpoint of the size just reached to the checks; one of a passed size is out
        of order.
        """
        state = self.state
        while self._next is not None and self._next[1].checkpoint.size <= size:
            where, signed = self._next
            state.last_checkpoint = signed
            root = state.tree.root() if signed.checkpoint.size == state.tree.size else b""
            for check in self._checks:
                self._findings.extend(check.checkpoint(state, where, root))
            if signed.has_quorum:
                state.covered.add(signed.checkpoint.size - 1)
            state.times.update((c.witness, c.time) for c in signed.cosignatures)
            self._next = next(self._checkpoints, None)

    def _drain_checkpoints(self) -> None:
        """Checkpoints beyond the last entry: the record was cut, or they are another board's."""
        while self._next is not None:
            where, signed = self._next
            sizes = f"{signed.checkpoint.size}, but the board has {self.state.tree.size} entries"
            self.state.foreign.append(RecordError(where, f"a checkpoint of size {sizes}"))
            self._next = next(self._checkpoints, None)

    # The tally.

    def _aggregate(self) -> None:
        """Sum the counted ballots, group by group [09.1]; leaves None when the ledger is incomplete."""
        state, closing = self.state, self.state.closing
        if closing is None or state.credentials is None:
            return
        manifest, people = state.manifest, state.credentials
        state.groups = tuple(groups_of(manifest, q, closing.counted_by_unit) for q in manifest.questions)
        not_counted = [state.offsets[index] for index in state.superseded]
        not_counted += [
            state.offsets[entry]
            for slot, entry in enumerate(people.entry)
            if entry and not people.active[slot]
        ]
        total = dict(state.sums)
        for key, value in self._sums(not_counted).items():
            total[key] = total.get(key, Ciphertext.zero()) - value
        units: dict[int, dict[tuple[int, int], Ciphertext]] = {}
        if any(question.tally == "by-unit" for question in manifest.questions):
            by_unit: dict[int, list[int]] = {}
            for slot, entry in enumerate(people.entry):
                if entry and people.active[slot]:
                    by_unit.setdefault(people.unit(slot), []).append(state.offsets[entry])
            units = {unit: self._sums(offsets) for unit, offsets in by_unit.items()}
        aggregates: dict[tuple[int, int, int], Ciphertext] = {}
        for q, (question, groups) in enumerate(zip(manifest.questions, state.groups, strict=True)):
            for g, group in enumerate(groups or ()):
                if not group_counted(manifest, question, group, closing.counted_by_unit):
                    continue
                for place in range(question.encoding.places):
                    parts = [units.get(unit, {}) for unit in group] if group else [total]
                    zero = Ciphertext.zero()
                    aggregates[q, g, place] = sum((part.get((q, place), zero) for part in parts), zero)
        state.aggregates = aggregates

    def _sums(self, offsets: Sequence[int]) -> dict[tuple[int, int], Ciphertext]:
        path = self._container.path(ENTRIES)
        ordered = sorted(offsets)
        parts = [ordered[i : i + 8 * CHUNK] for i in range(0, len(ordered), 8 * CHUNK)]
        results: Iterable[Sums] = (sum_lines(path, part) for part in parts)
        total: dict[tuple[int, int], Ciphertext] = {}
        for key, data in chain.from_iterable(result.items() for result in results):
            total[key] = total.get(key, Ciphertext.zero()) + read_sum(data)
        return total

    def _claim(self) -> None:
        """Derive the certificate, and read the one that the record claims."""
        state = self.state
        state.derived_void = void_certificate(state)
        try:
            state.derived = certificate(state)
        except ValueError:  # impossible totals or groups: V17 and V18 name them
            state.derived = None
        if state.until == "result":
            try:
                claimed = read_any_certificate(self._container.read(CERTIFICATE))
            except RecordError as error:
                state.malformed.append(error)
            else:
                if isinstance(claimed, Certificate):
                    state.claimed = claimed
                else:
                    state.claimed_void = claimed


def _sizes(receipts: Iterable[tuple[str, bytes]]) -> Iterator[int]:
    """The sizes of the checkpoints in receipts; V22 says which receipt cannot be read."""
    for _name, data in receipts:
        with suppress(BoardError):
            yield Checkpoint.parse(Note.parse(Receipt.parse(data).checkpoint).text).size
