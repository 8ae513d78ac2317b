"""What a check is: one V-number, with hooks that verification calls as it reads a record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from quorate.record.entries import Close, Entry
from quorate.verify.chunk import Summary
from quorate.verify.findings import Finding
from quorate.verify.state import State, Until

Findings = Iterator[Finding]


class Check:
    """One check of docs/protocol/10-verification.md. Every hook yields findings and changes nothing."""

    number: ClassVar[str]
    title: ClassVar[str]
    needs: ClassVar[Until] = "open"
    """How far a record is read when the check is due: checks of later phases are left out of earlier
    readings.
    """

    def start(self, state: State) -> Findings:
        """Before the first entry; manifest, pins, ceremony and credentials are loaded."""
        yield from ()

    def fault(self, state: State, index: int, kind: str, message: str) -> Findings:
        """A worker's complaint about the ballot at this entry."""
        yield from ()

    def ballot(self, state: State, index: int, ballot: Summary) -> Findings:
        """A ballot, before it is counted in."""
        yield from ()

    def entry(self, state: State, index: int, entry: Entry) -> Findings:
        """Any entry that is no ballot, before it takes effect."""
        yield from ()

    def closed(self, state: State, index: int, close: Close) -> Findings:
        """The count is frozen: `state.closing` is there."""
        yield from ()

    def checkpoint(self, state: State, where: str, root: bytes) -> Findings:
        """A signed checkpoint (`state.last_checkpoint`) whose size has been reached; `root` is recomputed."""
        yield from ()

    def end(self, state: State) -> Findings:
        """After the last entry."""
        yield from ()

    def find(self, where: str, expected: object, got: object) -> Finding:
        """A finding of this check."""
        return Finding(self.number, where, str(expected), str(got))


def short(value: bytes) -> str:
    """The beginning of a fingerprint, for people."""
    return value[:8].hex() + "..." if len(value) > 8 else value.hex()
