"""One ballot's desk: the one thread that writes to its board.

A caller hands in work and gets a future; the thread takes ballots together for up to 20 ms or 64 of them, has
the box verify and sequence them, and answers only what is durable [08.16].
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, Final, TypeVar

from quorate.apps.ballots import metrics
from quorate.apps.ballots.errors import TryAgain
from quorate.apps.ballots.reading import Figures, Reading
from quorate.apps.ballots.turnout import Diary
from quorate.board.errors import BoardError
from quorate.election.box import BallotBox, BoxError, Refused
from quorate.election.directory import Fate
from quorate.election.office import Office, OfficeError
from quorate.record.canonical import RecordError
from quorate.record.entries import Spoil, read_entry
from quorate.text import _

T = TypeVar("T")
Clock = Callable[[], datetime]

MOST_TOGETHER: Final = 64
LINGER: Final = 0.02
"""Seconds that a ballot waits for others to be sequenced with."""
GRACE: Final = timedelta(seconds=1)
"""How long after the closing time `close` waits for ballots that were complete before it."""
_MOST_WAITING: Final = 20_000
_TICK: Final = 5.0

_log = logging.getLogger("quorate.ballots")


@dataclass(frozen=True, slots=True)
class Cast:
    """An entry that is on the board for good: its number, tracker and receipt [08.14]."""

    entry: int
    tracker: bytes
    receipt: bytes


Answer = Cast | Refused | TryAgain


@dataclass(frozen=True, slots=True)
class _Line:
    """A ballot handed in, and when it was complete."""

    line: bytes
    complete: datetime
    answer: Future[Answer] = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Work:
    """Anything else to be done at the desk."""

    do: Callable[[], Any]
    answer: Future[Any] = field(default_factory=Future)


class Desk:
    """The desk of one office. Its methods may be called from any thread."""

    def __init__(self, office: Office, clock: Clock) -> None:
        """Take over an office; its board is opened with the first work."""
        self.office, self.reading = office, Reading(office)
        self.turnout = Diary(office.folder, office.manifest.group_limit)
        self._clock, self._latest, self._ticking = clock, datetime.min.replace(tzinfo=UTC), Lock()
        self._jobs: SimpleQueue[_Line | _Work | None] = SimpleQueue()
        self._box: BallotBox | None = None
        self._passed = self._latest  # when the latest ballot that was looked at was complete
        self._stack = ExitStack()
        self._stopped = False
        self._thread = Thread(target=self._run, name=f"desk-{self._name}", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        """The clock, which at a desk never goes back: what has closed stays closed."""
        with self._ticking:
            self._latest = max(self._latest, self._clock())
            return self._latest

    @property
    def waiting(self) -> int:
        """How many jobs wait."""
        return self._jobs.qsize()

    def figures(self) -> Figures:
        """Where the ballot stands now."""
        return self.reading.figures(self.now())

    def cast(self, line: bytes) -> Future[Answer]:
        """Hand in a ballot that is complete now."""
        job = _Line(line, self.now())
        if self._stopped or self._jobs.qsize() > _MOST_WAITING:
            job.answer.set_result(TryAgain(_("Too many are voting at this moment.")))
        else:
            self._jobs.put(job)
        return job.answer

    def spoil(self, line: bytes) -> Future[Cast | Refused]:
        """Hand in the notice that a ballot was opened to check the device."""
        complete = self.now()
        return self.ask(lambda _office: self._spoil(line, complete))

    def ask(self, work: Callable[[Office], T]) -> Future[T]:
        """Have `work` done at the desk, with the office's box held open; the future brings what it raises."""
        job = _Work(lambda: self._with_office(work))
        if self._stopped:
            job.answer.set_exception(_stopping())
        else:
            self._jobs.put(job)
        return job.answer

    def ready(self) -> Future[None]:
        """Resolves once look-ups answer, at once where there is no board yet; TryAgain for one unreadable."""
        if self.reading.complete or not (self.office.begun or self._stopped):
            done: Future[None] = Future()
            done.set_result(None)
            return done
        return self.ask(lambda _office: None)

    def tick(self) -> Future[None]:
        """Look at the clock, and close if it is time."""
        return self.ask(lambda _office: self._close_if_due())

    def stop(self) -> None:
        """Finish what is in hand, release the board, and end the thread."""
        self._stopped = True
        self._jobs.put(None)
        self._thread.join()

    # The thread.

    @property
    def _name(self) -> str:
        return self.office.folder.name[:8]

    def _run(self) -> None:
        kept: _Line | _Work | None = None
        running = True
        while running:
            try:
                job = kept or self._jobs.get(timeout=self._patience())
            except Empty:
                self._close_if_due()
                continue
            kept = None
            if isinstance(job, _Line):
                lines, kept, running = self._gather(job)
                self._take(lines)
            elif isinstance(job, _Work):
                _settle(job)
            else:
                running = False
            self._close_if_due()
        self._leave()

    def _gather(self, first: _Line) -> tuple[list[_Line], _Work | None, bool]:
        """The ballots to take together, other work that came in between, and whether to go on after them."""
        lines, end = [first], monotonic() + LINGER
        while len(lines) < MOST_TOGETHER:
            try:
                job = self._jobs.get(timeout=max(0.0, end - monotonic()))
            except Empty:
                break
            if not isinstance(job, _Line):
                return lines, job, job is not None
            lines.append(job)
        return lines, None, True

    def _take(self, jobs: Sequence[_Line]) -> None:
        """Have ballots sequenced, and answer all; after a failed write nobody hears "cast" [08.22]."""
        answers: dict[int, Answer] = {}
        self._passed = jobs[-1].complete
        try:
            box = self._open()
            for group in _by_window(jobs, box):
                found = box.submit([job.line for job in group], max(job.complete for job in group))
                for job, answer in zip(group, found, strict=True):
                    answers[id(job)] = (
                        answer
                        if isinstance(answer, Refused)
                        else Cast(answer.index, answer.tracker, box.receipt(answer.index))
                    )
            self.reading.follow(box)
            self.turnout.note(jobs[-1].complete, sum(self.figures().counted))
        except Exception as error:  # noqa: BLE001 - whatever it is, voters are told, and the desk goes on
            failure = self._failure(error)
            answers = dict.fromkeys(map(id, jobs), failure)
        metrics.answered(answers.values())
        for job in jobs:
            job.answer.set_result(answers[id(job)])

    def _failure(self, error: Exception) -> Answer:
        if isinstance(error, _NotBegun):
            return _not_open()
        if isinstance(error, TryAgain | BoardError | OSError):
            _log.warning("desk %s: %s", self._name, error)
        else:
            _log.error("desk %s: a fault", self._name, exc_info=error)
        return TryAgain(_("The ballot box cannot write at this moment."))

    def _spoil(self, line: bytes, complete: datetime) -> Cast | Refused:
        if not self.office.begun:
            return _not_open()
        box = self._open()
        try:
            entry = read_entry(line, "")
        except RecordError as error:
            return Refused("V1", error.message)
        if not isinstance(entry, Spoil):
            return Refused("V1", _("That is not the opening of a ballot."))
        for found in self.reading.holder(entry.credential).ballots:
            if found.tracker == entry.tracker and found.fate is Fate.SPOILED:
                return Cast(found.index, found.tracker, box.receipt(found.index))
        if not box.taking or not box.opens <= complete < box.closes:
            return _not_open()
        try:
            index = box.change(entry, complete)
        except BoxError as error:
            return Refused("V13", str(error))
        return Cast(index, entry.tracker, box.receipt(index))

    def _with_office(self, work: Callable[[Office], T]) -> T:
        try:
            if self.office.begun:
                self._open()
            result = work(self.office)
            if self.office.begun:
                self._follow(self._open())
        except (BoardError, OSError) as error:
            raise TryAgain(str(error)) from error
        return result

    def _follow(self, box: BallotBox) -> None:
        """Let readers see what happened; whoever closed voting, its turnout ends with the last figure."""
        self.reading.follow(box)
        if box.phase == "closed":
            self.turnout.note(box.closes, sum(self.figures().counted), last=True)

    def _open(self) -> BallotBox:
        """The box, opened at first; TryAgain while another process has the board or it cannot be read."""
        if self._box is None:
            if not self.office.begun:
                raise _NotBegun
            try:
                box = self._stack.enter_context(self.office.hold())
                self.reading.follow(box)
            except (OfficeError, OSError, RecordError) as error:
                raise TryAgain(str(error)) from error
            self._publish_again(box)
            self._box = box
        return self._box

    def _publish_again(self, box: BallotBox) -> None:
        """The last process may have died between the board and its public copy."""
        try:
            if box.phase in {"voting", "closed", "void"}:
                self.office.publish()
            if box.phase == "void" and self.office.void() is None:
                self.office.certify_void()
        except (OSError, OfficeError) as error:
            _log.warning("desk %s cannot publish yet: %s", self._name, error)

    def _patience(self) -> float | None:
        """How long to wait for work before looking at the clock."""
        if self._box is None or not self._box.taking:
            return None
        left = (self._box.closes + GRACE - self.now()).total_seconds()
        return min(max(left, LINGER), _TICK)

    def _close_if_due(self) -> None:
        """Close once the time has passed and nothing that was complete before it is waiting [08.30]."""
        box = self._box
        if box is None or not box.taking or self.now() < box.closes + GRACE:
            return
        if self._jobs.qsize() and self._passed < box.closes:
            return
        try:
            self.office.close(self.now())
            self._follow(box)
        except (BoxError, OfficeError, BoardError, OSError) as error:
            _log.warning("desk %s cannot close yet: %s", self._name, error)

    def _leave(self) -> None:
        self._box = None
        self.reading.leave(self._stack.close)
        while not self._jobs.empty():
            job = self._jobs.get()
            if isinstance(job, _Line):
                job.answer.set_result(_stopping())
            elif job is not None:
                job.answer.set_exception(_stopping())


class _NotBegun(TryAgain):
    """There is no board yet."""


def _stopping() -> TryAgain:
    return TryAgain(_("The server is being restarted."))


def _not_open() -> Refused:
    return Refused("V6", _("Voting is not open."))


def _settle(job: _Work) -> None:
    """Do it, and bring what comes of it to whoever waits."""
    try:
        result = job.do()
    except BaseException as error:  # noqa: BLE001 - it is raised again where the result is awaited
        job.answer.set_exception(error)
    else:
        job.answer.set_result(result)


def _by_window(jobs: Sequence[_Line], box: BallotBox) -> list[list[_Line]]:
    """Those that were complete in the voting time, then the others; each in the order they came."""
    opens, closes = box.opens, box.closes
    inside = [job for job in jobs if opens <= job.complete < closes]
    outside = [job for job in jobs if not opens <= job.complete < closes]
    return [group for group in (inside, outside) if group]
