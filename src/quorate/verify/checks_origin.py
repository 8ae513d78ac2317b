"""V1 to V6: is this a record, is it the one that was meant, is the board one history in the right order?"""

from __future__ import annotations

from quorate.crypto.statements import officer_statement
from quorate.crypto.transcript import SUITE
from quorate.record.entries import (
    Ballot,
    Close,
    Entry,
    Event,
    Extend,
    Notice,
    Open,
    Reissue,
    Reserved,
    Result,
    Resume,
    Revoke,
    Share,
    Spoil,
    Suspend,
    Void,
    unsigned,
)
from quorate.verify.check import Check, Findings, short
from quorate.verify.chunk import Summary
from quorate.verify.officers import signature_problems
from quorate.verify.state import State


class V1Form(Check):
    """Container, canonical bytes, shapes [10.1]."""

    number, title = "V1", "every file and line is readable and in canonical form"

    def fault(self, state: State, index: int, kind: str, message: str) -> Findings:
        if kind == "form":
            yield self.find(state.where(index), "a canonical entry", message)

    def end(self, state: State) -> Findings:
        for error in state.malformed:
            yield self.find(error.where, "a canonical file", error.message)


class V2Suite(Check):
    """The suite is the compiled-in constant [10.2]; a manifest cannot choose its cryptography."""

    number, title = "V2", "the cryptographic suite is the constant"

    def start(self, state: State) -> Findings:
        if state.manifest.suite != SUITE.decode():
            yield self.find("manifest.json suite", SUITE.decode(), state.manifest.suite)


class V3Pins(Check):
    """The record is the one that the pins name [10.3]."""

    number, title = "V3", "the record is the pinned one"

    def start(self, state: State) -> Findings:
        pins, manifest = state.pins, state.manifest
        if pins is None:
            return
        if pins.phi != state.phi:
            yield self.find("manifest.json", f"fingerprint {pins.phi.hex()}", state.phi.hex())
        for name in ("origin", "log_key", "organisation_key", "witnesses"):
            if getattr(pins, name) != getattr(manifest, name):
                yield self.find(f"manifest.json {name}", getattr(pins, name), getattr(manifest, name))


class V4Tree(Check):
    """The root is recomputed, and every checkpoint is one of this tree [10.4]."""

    number, title = "V4", "every checkpoint is a prefix of the same tree"

    def checkpoint(self, state: State, where: str, root: bytes) -> Findings:
        signed = state.last_checkpoint
        if signed is not None and signed.checkpoint.root != root:
            yield self.find(where, f"root {short(root)}", short(signed.checkpoint.root))

    def end(self, state: State) -> Findings:
        for error in state.foreign:
            yield self.find(error.where, "a checkpoint of this board, signed by its log", error.message)
        last = state.last_checkpoint
        if last is None:
            yield self.find("checkpoints.jsonl", "at least one checkpoint", "none that could be read")
        elif last.checkpoint.size != state.tree.size:
            yield self.find(
                "checkpoints.jsonl", f"a last checkpoint of size {state.tree.size}", last.checkpoint.size
            )
        elif last.checkpoint.root != state.tree.root():
            yield self.find("checkpoints.jsonl", short(state.tree.root()), short(last.checkpoint.root))


class V5Quorum(Check):
    """Enough witnesses cosigned, in monotone time, at open, close and end [10.5]."""

    number, title = "V5", "witnesses cosigned as the policy demands, in order of time"

    def checkpoint(self, state: State, where: str, root: bytes) -> Findings:
        signed = state.last_checkpoint
        if signed is None:
            return
        before = state.times
        for cosignature in signed.cosignatures:
            if cosignature.time < before.get(cosignature.witness, 0):
                yield self.find(where, f"{cosignature.witness} not to go back in time", cosignature.time)

    def end(self, state: State) -> Findings:
        missing = state.milestones.keys() - state.covered
        for index in sorted(missing):
            yield self.find(
                "checkpoints.jsonl",
                f"a checkpoint with its quorum right after {state.milestones[index]}",
                "none",
            )


def _phases(entry: Entry) -> tuple[str, ...]:
    """The phases in which an entry may stand."""
    if isinstance(entry, Open):
        return ("start",)
    if isinstance(entry, Share | Result):
        return ("closed",)
    if isinstance(entry, Void):
        return ("voting", "closed", "ended")
    return ("voting",)


class V6Order(Check):
    """Entries stand in order; two officers sign what changes a ballot; an end only moves later [10.6]."""

    number, title = "V6", "entries are in order and signed by two officers where they must be"

    def ballot(self, state: State, index: int, ballot: Summary) -> Findings:
        if state.phase != "voting":
            yield self.find(
                state.where(index), "ballots between open and close only", f"one when {state.phase}"
            )
        if state.suspended:
            yield self.find(state.where(index), "no ballot while voting is suspended", "a ballot")

    def entry(self, state: State, index: int, entry: Entry) -> Findings:
        where = state.where(index)
        if state.phase not in _phases(entry):
            yield self.find(where, f"no {entry.type} when {state.phase}", f"a {entry.type} entry")
        if entry.phi != state.phi and not isinstance(entry, Ballot):
            yield self.find(f"{where} phi", state.phi.hex(), entry.phi.hex())
        if isinstance(entry, Reserved):
            yield self.find(where, "entry types that this version can check", entry.type)
        if isinstance(entry, Open | Reissue | Revoke | Extend | Notice | Suspend | Resume | Void | Reserved):
            yield from self._officers(state, where, entry)
        later = entry.closes if isinstance(entry, Extend | Resume) else None
        if later is not None and later <= state.closes:
            yield self.find(where, f"a closing time after {state.closes}", later)
        if isinstance(entry, Suspend | Spoil | Close) and state.suspended:
            yield self.find(where, f"no {entry.type} while voting is suspended", f"a {entry.type} entry")
        if isinstance(entry, Resume) and not state.suspended:
            yield self.find(where, "voting that was suspended", "a resume entry")

    def end(self, state: State) -> Findings:
        if state.phase == "void":
            return
        order = ("start", "voting", "closed", "ended")
        due = {"open": 1, "close": 2, "tally": 3, "result": 3}[state.until]
        if order.index(state.phase) < due:
            yield self.find("entries.jsonl", f"a board up to its {state.until}", f"one that is {state.phase}")

    def _officers(self, state: State, where: str, event: Event) -> Findings:
        officers, named = state.manifest.officers, [signature.officer for signature in event.officers]
        if named != sorted(set(named)):
            yield self.find(where, "officers in the order of the manifest, each once", named)
        message = officer_statement(state.phi, unsigned(event))
        signed: set[int] = set()
        for signature in event.officers:
            if signature.officer >= len(officers):
                yield self.find(where, f"one of {len(officers)} officers", f"officer {signature.officer}")
                continue
            officer = officers[signature.officer]
            problems = list(signature_problems(state.manifest, officer, signature, message))
            if not problems:
                signed.add(signature.officer)
            for expected, got in problems:
                yield self.find(where, expected, got)
        needed = 1 if isinstance(event, Notice) else 2
        if len(signed) < needed:
            yield self.find(where, f"{needed} distinct officers' signatures", len(signed))
