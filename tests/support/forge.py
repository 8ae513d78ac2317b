"""The server gone bad: a record rewritten with every key that the attack grants, and consistent again
after it.

A change that merely breaks a hash proves little. Here the log is signed anew, witnesses cosign, `close`
is counted again, tellers who ask no questions decrypt again, and the certificate is derived again. So
exactly the check that a test names stands in the way.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from quorate.board.checkpoint import Checkpoint
from quorate.board.keys import LogSigner
from quorate.board.note import Note
from quorate.board.tree import Frontier, leaf_hash
from quorate.crypto import schnorr
from quorate.crypto.statements import share_transcript
from quorate.election.tally import make_result, make_share, tally_context
from quorate.group import Scalar
from quorate.record.canonical import encode
from quorate.record.certificate import Certificate, VoidCertificate
from quorate.record.container import (
    CEREMONY,
    CERTIFICATE,
    CHECKPOINTS,
    CREDENTIALS,
    ENTRIES,
    MANIFEST,
    Container,
)
from quorate.record.entries import Close, Entry, Result, Share, read_entry, unsigned
from quorate.record.pins import Pins
from quorate.verify.checks import CHECKS
from quorate.verify.findings import Report
from quorate.verify.run import Verification, verify
from quorate.verify.state import State, Until
from support.ballots import Draws, SmallBallot

Edit = Callable[[Any], Any]


def unchanged(value: Any) -> Any:
    """The edit that edits nothing."""
    return value


@dataclass
class Forgery:
    """A record in the making. Change a field, `retally` where votes changed, then `report`.

    `entries` are the lines of the board; `manifest`, `ceremony` and `certificate` the bytes of the files
    without their LF; `credentials` the lines of the list. `signed` edits the sizes at which the log signs
    checkpoints, and `note` each signed note before it is written.
    """

    ballot: SmallBallot
    folder: Path
    manifest: bytes
    credentials: list[bytes]
    ceremony: bytes
    entries: list[bytes]
    certificate: bytes | None
    pins: Pins | None
    until: Until = "result"
    random: Draws = field(default_factory=lambda: Draws("forgery"))
    receipts: list[tuple[str, bytes]] = field(default_factory=list)
    signed: Callable[[list[int]], list[int]] = unchanged
    note: Callable[[int, Note], Note] = lambda _size, note: note
    cosign: Callable[[int, int], int] = lambda _witness, size: 1_450_000_000 + size
    """The time at which a witness cosigns a size."""

    @classmethod
    def of(cls, ballot: SmallBallot, folder: Path) -> Forgery:
        """Start from the record that this ballot published, finished or running."""
        record = ballot.record
        certificate = record / CERTIFICATE
        return cls(
            ballot,
            folder,
            (record / MANIFEST).read_bytes()[:-1],
            (record / CREDENTIALS).read_bytes().splitlines(),
            (record / CEREMONY).read_bytes()[:-1],
            (record / ENTRIES).read_bytes().splitlines(),
            certificate.read_bytes()[:-1] if certificate.exists() else None,
            ballot.pins,
        )

    def entry(self, index: int) -> Entry:
        """An entry of the board as it stands."""
        return read_entry(self.entries[index], f"entry {index}")

    def place(self, kind: type[Entry]) -> int:
        """The index of the first entry of a type."""
        return next(i for i in range(len(self.entries)) if isinstance(self.entry(i), kind))

    def edit(self, index: int, **changes: Any) -> None:
        """Replace fields of an entry."""
        self.entries[index] = encode(msgspec.structs.replace(self.entry(index), **changes))

    def exchange_credential(self, old: bytes, new: bytes) -> None:
        """Put another K into the list in the place of one, in the same unit [07.4]."""
        rows = [line.split(b" ") for line in self.credentials]
        rows = [[b64encode(new) if key == b64encode(old) else key, unit] for key, unit in rows]
        self.credentials = [b" ".join(row) for row in sorted(rows, key=lambda row: b64decode(row[0]))]

    def checkpoint(self, size: int, root: bytes | None = None, seed: bytes | None = None) -> Note:
        """A checkpoint signed by the log, or by whoever has `seed`, and cosigned; over any root."""
        if root is None:
            tree = Frontier()
            tree.extend(map(leaf_hash, self.entries[:size]))
            root = tree.root()
        text = Checkpoint(origin=self.ballot.origin, root=root, size=size).text()
        return self.signed_note(text, size, seed)

    def signed_note(self, text: str, size: int = 0, seed: bytes | None = None) -> Note:
        """Any text, signed by the log and cosigned by every witness at the time of a size."""
        signer = LogSigner(self.ballot.origin, seed or self.ballot.log_seed)
        cosigned = [w.signer.cosign(text, self.cosign(n, size)) for n, w in enumerate(self.ballot.witnesses)]
        return Note(text, (signer.sign(text), *cosigned))

    def edit_manifest(self, **changes: Any) -> None:
        """Replace fields of the manifest; phi then is another one."""
        manifest = msgspec.structs.replace(self.ballot.manifest, **changes)
        self.manifest = encode(manifest)

    def retally(
        self,
        tellers: Sequence[int] = (1, 3),
        close: Edit = unchanged,
        shares: Edit = unchanged,
        result: Edit = unchanged,
        certificate: Edit = unchanged,
    ) -> None:
        """Count, decrypt and certify again all that stands before `close`, by people who check nothing.

        Each edit gets the honest value (`shares`: the list of them) and returns the false one.
        """
        end = self.recount(close)
        state, keys, random = self._state("close"), self.ballot.tellers.keys, self.random
        honest = [make_share(state, t, keys[t - 1].share, keys[t - 1].signing, random) for t in tellers]
        made: list[Share] = shares(honest)
        self.entries += map(encode, made)
        outcome = make_result(state, list(enumerate(honest, end + 1)))
        self.entries.append(encode(result(outcome)))
        self.certify(certificate)

    def recount(self, edit: Edit = unchanged) -> int:
        """Close over all that stands before `close`, and drop what comes after; the index of `close`."""
        end = next((i for i, line in enumerate(self.entries) if b'"type":"close"' in line), len(self.entries))
        self.entries, phi = self.entries[:end], self.ballot.manifest.phi
        self.entries.append(encode(Close(0, 0, 0, bytes(32), phi, 0, 0, "close", 0)))
        truth = self._state("close").closed
        names = ("active", "ballots", "counted", "last_root", "spoiled", "superseded", "withdrawn")
        counts = {name: getattr(truth, name) for name in names}
        self.entries[-1] = encode(edit(Close(phi=phi, type="close", **counts)))
        return end

    def resign(self, share: Share, by: Scalar | None = None) -> Share:
        """The share as its teller signs it after a change, over the state that is closed now; or as
        somebody else does, `by` another secret.
        """
        context = tally_context(self._state("close"), share.teller)
        key = self.ballot.tellers.keys[share.teller - 1]
        statement = share_transcript(context, key.signing_key, unsigned(share))
        signature = schnorr.sign(by or key.signing, statement, self.random(32))
        return msgspec.structs.replace(share, signature=signature)

    def edit_result(self, edit: Callable[[Result], Result]) -> None:
        """Put another result on the board, with the certificate that follows from it."""
        index = self.place(Result)
        found = self.entry(index)
        if not isinstance(found, Result):
            raise TypeError("this entry is no result")
        self.entries[index] = encode(edit(found))
        self.certify()

    def certify(self, edit: Edit = unchanged) -> None:
        """Derive the certificate from the board as it stands, then edit it."""
        self.write()
        with Container(self.folder) as container:
            run = Verification(container, checks={})
            report = run.run()
        derived = report.certificate or report.void
        if derived is None:
            raise AssertionError("no certificate follows from this board")
        claimed: Certificate | VoidCertificate = edit(derived)
        self.certificate = encode(claimed)

    def write(self) -> Path:
        """Write the record, with a new tree and new checkpoints."""
        self.folder.mkdir(parents=True, exist_ok=True)
        files = {
            MANIFEST: self.manifest,
            CREDENTIALS: b"\n".join(self.credentials),
            CEREMONY: self.ceremony,
            ENTRIES: b"\n".join(self.entries),
            CHECKPOINTS: b"\n".join(self._notes()),
        }
        if self.certificate is not None:
            files[CERTIFICATE] = self.certificate
        for name, data in files.items():
            (self.folder / name).write_bytes(data + b"\n" * bool(data))
        return self.folder

    def report(self, *without: str) -> Report:
        """Write the record and verify it, with some checks switched off."""
        checks = {number: check for number, check in CHECKS.items() if number not in without}
        with Container(self.write()) as container:
            return verify(container, pins=self.pins, receipts=self.receipts, until=self.until, checks=checks)

    def _state(self, until: Until) -> State:
        self.write()
        with Container(self.folder) as container:
            run = Verification(container, until=until, checks={})
            run.run()
        return run.state

    def _notes(self) -> list[bytes]:
        """One checkpoint after every entry, unless `signed` says otherwise."""
        tree = Frontier()
        roots = [tree.root()]
        for line in self.entries:
            tree.append(leaf_hash(line))
            roots.append(tree.root())
        sizes = self.signed(list(range(len(roots))))
        notes = [self.note(size, self.checkpoint(size, roots[min(size, len(roots) - 1)])) for size in sizes]
        return [encode(note.encode().decode()) for note in notes]


Forge = Callable[[SmallBallot], Forgery]
"""The fixture `forge` of the attacks: a forgery of a ballot in a folder of its own."""


def assert_stopped(forgery: Forgery, *checks: str, where: str = "", expected: str = "") -> Report:
    """Exactly these checks fire, at this place, for this reason; with them switched off the false record
    passes.
    """
    report = forgery.report()
    assert {finding.check for finding in report.findings} == set(checks), list(map(str, report.findings))
    assert any(where in finding.where for finding in report.findings), list(map(str, report.findings))
    assert any(expected in finding.expected for finding in report.findings), list(map(str, report.findings))
    blind = forgery.report(*checks)
    assert blind.findings == [], "the record has another fault than the one under test"
    return report
