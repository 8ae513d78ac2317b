"""V7 and V8: the tellers' key, and who may vote."""

from __future__ import annotations

from itertools import islice

from quorate.crypto import schnorr
from quorate.crypto.statements import registrar_transcript
from quorate.group import Element
from quorate.record.canonical import RecordError
from quorate.record.credentials import list_event
from quorate.record.entries import Entry, Reissue, Revoke, unsigned
from quorate.verify.check import Check, Findings, short
from quorate.verify.state import State


class V7Ceremony(Check):
    """The whole key ceremony, the rehearsals, Y and every V_j [10.7]."""

    number, title = "V7", "the tellers' key ceremony is complete and made this ballot's key"

    def start(self, state: State) -> Findings:
        manifest, ceremony = state.manifest, state.ceremony
        for problem in state.ceremony_problems:
            yield self.find("ceremony.json", "a complete ceremony", problem)
        if ceremony is None:
            return
        if state.ceremony_hash != manifest.tellers.ceremony:
            yield self.find("ceremony.json", short(manifest.tellers.ceremony), short(state.ceremony_hash))
        facts = (
            ("ballot_key", ceremony.ballot_key.to_bytes().hex(), manifest.ballot_key.hex()),
            ("ballot_id", ceremony.ballot_id.hex(), manifest.ballot_id.hex()),
            ("tellers.names", ceremony.names, manifest.tellers.names),
            ("tellers.threshold", ceremony.threshold, manifest.tellers.threshold),
        )
        for name, expected, got in facts:
            if expected != got:
                yield self.find(f"manifest.json {name}", f"{expected}, as in the ceremony", got)


class V8Credentials(Check):
    """The credential list, its counts, every change to it, and the registrar's signatures [10.8]."""

    number, title = "V8", "the credential list is the registrar's and matches the roll"

    def start(self, state: State) -> Findings:
        manifest, people = state.manifest, state.credentials
        if people is None:
            yield self.find("credentials.txt", "a readable credential list", "none")
            return
        claim, index = manifest.credentials, people.index
        if len(index) != claim.count:
            yield self.find("credentials.txt", f"{claim.count} credentials", len(index))
        if index.root != claim.root:
            yield self.find("credentials.txt", f"root {short(claim.root)}", short(index.root))
        for unit in index.unit_counts():
            if unit >= max(1, len(manifest.units)):
                yield self.find("credentials.txt", "units of the manifest", f"unit {unit}")
        event = list_event(claim.count, claim.root)
        yield from self._registrar(state, "manifest.json credentials", event, claim.signature)

    def entry(self, state: State, index: int, entry: Entry) -> Findings:
        people = state.credentials
        if not isinstance(entry, Reissue | Revoke) or people is None:
            return
        where = state.where(index)
        yield from self._registrar(state, where, unsigned(entry), entry.registrar)
        old = entry.old if isinstance(entry, Reissue) else entry.credential
        slot = people.slot(old)
        if slot is None or not people.active[slot]:
            yield self.find(where, "an active credential to replace or revoke", short(old))
        if isinstance(entry, Reissue):
            if people.slot(entry.new) is not None:
                yield self.find(where, "a credential never used before", short(entry.new))
            try:
                good = not Element.from_canonical_bytes(entry.new).is_identity()
            except ValueError:
                good = False
            if not good:
                yield self.find(where, "a canonical element", short(entry.new))

    def end(self, state: State) -> Findings:
        """A verified ballot has shown that its credential is an element; the others are decoded here."""
        people = state.credentials
        if people is None:
            return
        entries = islice(people.entry, len(people.index))
        unseen = (row for row, entry in enumerate(entries) if not entry or entry in state.faulty)
        try:
            people.index.check_elements(unseen)
        except RecordError as error:
            yield self.find(error.where, "a credential that is an element", error.message)

    def _registrar(self, state: State, where: str, event: bytes, signature: bytes) -> Findings:
        manifest = state.manifest
        key = manifest.credentials.registrar_key
        try:
            statement = registrar_transcript(manifest.ballot_id, key, event)
            schnorr.verify(Element.from_canonical_bytes(key), statement, signature)
        except ValueError as error:
            yield self.find(where, "the registrar's signature", error)
