"""V9 to V14: every ballot, its chain, and the closing of the count."""

from __future__ import annotations

import itertools
from array import array

from quorate.crypto import ballot as ballots
from quorate.crypto import schnorr
from quorate.crypto.ballot import NO_PREVIOUS
from quorate.group import Element
from quorate.record.entries import Close, Entry, Spoil
from quorate.verify.check import Check, Findings, short
from quorate.verify.chunk import Summary
from quorate.verify.state import State


class V9Binding(Check):
    """A ballot is for this phi, by an active credential, and has exactly the arrays of its questions
    [10.9].
    """

    number, title = "V9", "each ballot is for this ballot, by an active credential, on its questions"

    def fault(self, state: State, index: int, kind: str, message: str) -> Findings:
        if kind == "binding":
            yield self.find(state.where(index), "a ballot bound to this record", message)

    def ballot(self, state: State, index: int, ballot: Summary) -> Findings:
        people = state.credentials
        if people is None:
            return
        slot = people.slot(ballot.credential)
        if slot is None or not people.active[slot]:
            yield self.find(state.where(index), "an active credential", short(ballot.credential))
            return
        due = state.questions_of(people.unit(slot))
        if ballot.questions != due:
            yield self.find(state.where(index), f"answers to questions {due}", ballot.questions)


class V10Signature(Check):
    """The credential signed the body [10.10]."""

    number, title = "V10", "each ballot is signed by its credential"

    def fault(self, state: State, index: int, kind: str, message: str) -> Findings:
        if kind == "signature":
            yield self.find(state.where(index), "a signature that verifies", message)


class V11Proofs(Check):
    """Each value-set proof holds [10.11]."""

    number, title = "V11", "each ballot holds a valid choice"

    def fault(self, state: State, index: int, kind: str, message: str) -> Findings:
        if kind == "proof":
            yield self.find(state.where(index), "proofs that verify", message)


class V12Chain(Check):
    """The ballots of a credential are a chain without gaps or forks [10.12], [07.12]."""

    number, title = "V12", "each credential's ballots form one chain"

    def ballot(self, state: State, index: int, ballot: Summary) -> Findings:
        people = state.credentials
        slot = people.slot(ballot.credential) if people else None
        last = NO_PREVIOUS if people is None or slot is None else people.tracker(slot)
        if ballot.prev != last:
            yield self.find(f"{state.where(index)} prev", short(last), short(ballot.prev))


class V13Distinct(Check):
    """No tracker and no A occurs twice; a spoiled ballot was never cast [10.13].

    Eight bytes of each are kept; where two agree, the entries themselves are compared.
    """

    number, title = "V13", "no ballot or ciphertext occurs twice, and no spoiled ballot was cast"

    def ballot(self, state: State, index: int, ballot: Summary) -> Findings:
        if ballot.tracker in state.spoiled:
            spoil = state.spoiled[ballot.tracker]
            yield self.find(state.where(index), f"no ballot spoiled by entry {spoil}", short(ballot.tracker))

    def entry(self, state: State, index: int, entry: Entry) -> Findings:
        if not isinstance(entry, Spoil):
            return
        where, people = state.where(index), state.credentials
        slot = people.slot(entry.credential) if people else None
        if people is None or slot is None or not people.active[slot]:
            yield self.find(where, "an active credential", short(entry.credential))
        if entry.tracker in state.spoiled:
            yield self.find(where, "a tracker spoiled once", short(entry.tracker))
        try:
            statement = ballots.spoil_transcript(
                state.phi, state.manifest.ballot_key, entry.credential, entry.tracker
            )
            schnorr.verify(Element.from_canonical_bytes(entry.credential), statement, entry.signature)
        except ValueError as error:
            yield self.find(where, "the credential's signature", error)

    def end(self, state: State) -> Findings:
        suspects = _repeated(state.trackers) | {int.from_bytes(t[:8], "big") for t in state.spoiled}
        if not suspects.isdisjoint(state.trackers):
            seen: dict[bytes, int] = dict.fromkeys(state.spoiled, -1)
            for index, tracker, _ in state.reread():
                if seen.setdefault(tracker, index) != index:
                    yield self.find(state.where(index), "a tracker that occurs once", short(tracker))
        if _repeated(state.firsts):
            firsts: dict[bytes, int] = {}
            for index, _, own in state.reread():
                for first in own:
                    if firsts.setdefault(first, index) != index or own.count(first) > 1:
                        yield self.find(state.where(index), "an A that occurs once", short(first))


def _repeated(prefixes: array[int]) -> set[int]:
    """The values that occur more than once.

    An eighth at a time: as a list, a number takes five times what it takes in the array.
    """
    found: set[int] = set()
    for part in range(8):
        ordered = sorted([value for value in prefixes if value >> 61 == part])
        found.update(a for a, b in itertools.pairwise(ordered) if a == b)
    return found


class V14Close(Check):
    """The close entry states the counts, and commits to every credential's last ballot [10.14]."""

    number, title, needs = "V14", "closing states the right counts and last ballots", "close"

    def closed(self, state: State, index: int, close: Close) -> Findings:
        truth = state.closing
        if truth is None:
            yield self.find(state.where(index), "counts that can be recomputed", "no credential list")
            return
        for name in ("active", "ballots", "counted", "superseded", "withdrawn", "spoiled"):
            if getattr(close, name) != getattr(truth, name):
                yield self.find(f"{state.where(index)} {name}", getattr(truth, name), getattr(close, name))
        if close.last_root != truth.last_root:
            yield self.find(f"{state.where(index)} last_root", short(truth.last_root), short(close.last_root))
