"""A ballot's office on disk: the public record, the log, signatures that are being collected, ballots
handed in.

public/record/          what everybody sees; public/pins.json, what the paper notice says
board/                  the log's own files
withheld/               the record with its result, from the count until it is released
log.key                 the log's signing key
events/NAME.json        an event, and the officers' signatures so far
shares/share-N.json     the tellers' shares that were handed in and checked
incoming/*.json         sealed ballots that voters handed in
receipts/TRACKER        the receipt for each ballot that is on the board
refused/                ballots that were refused, each with the reason
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from quorate.board.errors import BoardError
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner
from quorate.board.log import Log
from quorate.crypto.statements import officer_statement
from quorate.election.box import Accepted, BallotBox, Refused, check_opening
from quorate.election.folder import pins_of, write, write_base, write_board, write_certificate
from quorate.election.officer import OfficerKey, add_signature, sign_event
from quorate.election.tally import check_share, make_result
from quorate.election.teller_files import read_line, write_line
from quorate.election.teller_tally import verify_through_close
from quorate.record.canonical import RecordError, encode
from quorate.record.certificate import Certificate, VoidCertificate, read_any_certificate
from quorate.record.container import CERTIFICATE, CREDENTIALS, MANIFEST, Container
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import (
    Event,
    OfficerSignature,
    Open,
    ReleaseApproval,
    Share,
    Spoil,
    Void,
    read_entry,
    unsigned,
)
from quorate.record.manifest import Manifest, read_manifest
from quorate.text import _
from quorate.verify.findings import Report
from quorate.verify.officers import signature_problems
from quorate.verify.run import verify
from quorate.verify.state import State

_EVENT_LIMIT = 1000


class OfficeError(ValueError):
    """The office cannot do this now; the message says why and what to do."""


def check_signature(manifest: Manifest, event: Event | ReleaseApproval, signature: OfficerSignature) -> None:
    """OfficeError unless an officer of the manifest signed the event so that every verifier agrees [10.6]."""
    if signature.officer >= len(manifest.officers):
        raise OfficeError(_("Officer {n} is not among this ballot's.").format(n=signature.officer))
    statement = officer_statement(manifest.phi, unsigned(event))
    officer = manifest.officers[signature.officer]
    for expected, got in signature_problems(manifest, officer, signature, statement):
        raise OfficeError(
            _("The signature does not hold: expected {expected}, got {got}").format(
                expected=expected, got=got
            )
        )


class Office:
    """One ballot's office folder."""

    def __init__(self, folder: Path) -> None:
        """Use an office that `create` made; RecordError or OSError when it is not one."""
        self.folder = folder
        self.record = folder / "public" / "record"
        self._held: BallotBox | None = None
        self._closed: State | None = None
        self.manifest: Manifest = read_manifest(
            read_line(self.record / MANIFEST), str(self.record / MANIFEST)
        )

    @classmethod
    def create(
        cls, folder: Path, manifest: Manifest, credentials: Sequence[bytes], ceremony: bytes, seed: bytes
    ) -> Office:
        """Set up the folder of a drafted ballot; OfficeError when there is something already."""
        if folder.exists() and any(folder.iterdir()):
            raise OfficeError(_("{folder} is not empty: choose a new folder.").format(folder=folder))
        for name in ("incoming", "receipts", "refused", "events"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        write_line(folder / "log.key", seed.hex().encode(), private=True)
        write_base(folder / "public" / "record", manifest, credentials, ceremony)
        write(folder / "public" / "pins.json", encode(pins_of(manifest)))
        office = cls(folder)
        office.propose("open", Open((), manifest.phi, "open"))
        return office

    # Events: proposed, signed by officers one after the other, posted.

    def propose(self, name: str, event: Event | Spoil) -> Path:
        """Keep an event for signing; OfficeError when there is one of this name with other content."""
        path = self.folder / "events" / f"{name}.json"
        if path.exists() and read_line(path) != encode(event):
            raise OfficeError(_("There is an event {name} already.").format(name=name))
        write_line(path, encode(event))
        return path

    def new_name(self, kind: str) -> str:
        """A name for one more event of this kind."""
        taken = {path.stem for path in (self.folder / "events").glob("*.json")}
        return next(f"{kind}-{n}" for n in range(1, _EVENT_LIMIT) if f"{kind}-{n}" not in taken)

    def event(self, name: str) -> Event:
        """An event with its signatures so far; RecordError when there is none."""
        path = self.folder / "events" / f"{name}.json"
        entry = read_entry(read_line(path), str(path))
        if not hasattr(entry, "officers"):
            raise OfficeError(_("{path} is not an event that officers sign.").format(path=path))
        return entry  # type: ignore[return-value]  # every entry with officers is an Event

    def sign(self, name: str, key: OfficerKey) -> int:
        """Add an officer's signature; returns how many there are now."""
        try:
            signed = sign_event(self.event(name), self.manifest.officers, [key])
        except ValueError as error:
            raise OfficeError(str(error)) from None
        write_line(self.folder / "events" / f"{name}.json", encode(signed))
        return len(signed.officers)

    def add_signature(self, name: str, signature: OfficerSignature) -> int:
        """Add a signature that was made elsewhere; returns how many there are. OfficeError if it is false.

        An officer who has signed already has: a second signature changes nothing.
        """
        event = self.event(name)
        check_signature(self.manifest, event, signature)
        if all(made.officer != signature.officer for made in event.officers):
            event = add_signature(event, signature)
            write_line(self.folder / "events" / f"{name}.json", encode(event))
        return len(event.officers)

    def open(self) -> None:
        """Begin the board with the signed opening."""
        opening = self.event("open")
        if not isinstance(opening, Open):
            raise OfficeError(_("events/open.json is not an opening."))
        check_opening(self.manifest, opening)  # before there is a board, which is made once only
        signer = LogSigner(self.manifest.origin, self._seed())
        try:
            with FileStorage(self.folder / "board") as storage:
                log = Log.create(storage, signer, self.manifest.origin, policy=self.manifest.witnesses)
                BallotBox(log, self.manifest, self._credentials()).open(opening)
        except BoardError as error:
            raise OfficeError(str(error)) from None
        self.publish()

    def post(self, name: str, now: datetime) -> int:
        """Put a signed event on the board; returns its entry number. A void ballot gets its certificate."""
        event = self.event(name)
        with self.box() as box:
            if isinstance(event, Open):
                raise OfficeError(_("The board is open already."))
            index = box.change(event, now)  # type: ignore[arg-type]  # a reserved type is refused by V6
        self.publish()
        if isinstance(event, Void):
            self.certify_void()
        return index

    def certify_void(self) -> None:
        """Write the certificate of a ballot whose board ends with `void`; OfficeError for any other."""
        with Container(self.record) as container:
            report = verify(container, pins=pins_of(self.manifest), until="tally")
        if report.void is None or not report.ok:
            raise OfficeError(_("The record does not verify: {why}").format(why=report.findings[:1]))
        write_certificate(self.record, report.void)
        shutil.rmtree(self.folder / "withheld", ignore_errors=True)

    # Voting.

    def take(self, now: datetime) -> list[tuple[Path, Accepted | Refused]]:
        """Sequence the ballots that were handed in, oldest first, and write receipts; durable when
        it returns.
        """
        files = sorted((self.folder / "incoming").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
        lines = []
        for path in files:
            try:
                lines.append(read_line(path))
            except RecordError:
                lines.append(b"")
        with self.box() as box:
            answers = [answer for line in lines for answer in box.submit([line], now)]
            for path, line, answer in zip(files, lines, answers, strict=True):
                if isinstance(answer, Accepted):
                    target = self.folder / "receipts" / answer.tracker.hex()
                    target.with_suffix(".tlog-proof").write_bytes(box.receipt(answer.index))
                    write_line(target.with_suffix(".json"), line)
                    path.unlink()
                else:
                    path.rename(self.folder / "refused" / path.name)
                    reason = f"{answer.check}: {answer.reason}"
                    write_line((self.folder / "refused" / path.name).with_suffix(".txt"), reason.encode())
        self.publish()
        return list(zip(files, answers, strict=True))

    def close(self, now: datetime) -> None:
        """End voting, once its time has passed."""
        with self.box() as box:
            box.close(now)
        self.publish()

    # The result.

    def take_share(self, line: bytes) -> int:
        """Check a teller's share and keep it; returns the teller. A repeat of the same share is taken again.

        TallyRefused names what is wrong with it, RecordError when it is none; OfficeError when voting has not
        closed, or the teller handed in another one before.
        """
        with self.box() as box:
            if box.phase != "closed":
                raise OfficeError(_("Shares are taken once voting has closed and until the result is made."))
        share = self._share(line, _("the share"))
        check_share(self._verified(), share)
        path = self.folder / "shares" / f"share-{share.teller}.json"
        path.parent.mkdir(exist_ok=True)
        if path.exists() and read_line(path) != line:
            raise OfficeError(_("Teller {n} has handed in another share already.").format(n=share.teller))
        write_line(path, line)
        return share.teller

    def shares(self) -> list[Path]:
        """The shares that were handed in."""
        return sorted((self.folder / "shares").glob("share-*.json"))

    def count(self, shares: Sequence[Path]) -> Report:
        """Check the tellers' shares, add the result to the board, derive the certificate; all of it withheld.

        Once counted, the same result comes again whatever the shares.
        """
        with self.box() as box:
            if box.phase != "ended":
                self._add_result(box, shares)
        record = self.folder / "withheld"
        shutil.rmtree(record, ignore_errors=True)
        shutil.copytree(self.record, record)
        write_board(record, self.folder / "board")
        with Container(record) as container:
            report = verify(container, pins=pins_of(self.manifest), until="tally")
        if report.certificate is None or not report.ok:
            raise OfficeError(_("The result does not verify: {why}").format(why=report.findings[:1]))
        write_certificate(record, report.certificate)
        return report

    def release(self) -> None:
        """Publish the counted result; OfficeError when there is none."""
        certificate = self.folder / "withheld" / CERTIFICATE
        if self.released:
            return
        if not certificate.exists():
            raise OfficeError(_("There is no result to release: the tellers' shares come first."))
        write_board(self.record, self.folder / "board")
        write(self.record / CERTIFICATE, read_line(certificate))  # last: with it, the ballot is released
        shutil.rmtree(self.folder / "withheld")

    def finish(self, shares: Sequence[Path]) -> Report:
        """Count and release at once."""
        report = self.count(shares)
        self.release()
        return report

    def certificate(self) -> Certificate | None:
        """The certificate, withheld or released; None before the count, and for a void ballot."""
        found = self._certificate(self.record, self.folder / "withheld")
        return found if isinstance(found, Certificate) else None

    def void(self) -> VoidCertificate | None:
        """The certificate of a void ballot; None for any other."""
        found = self._certificate(self.record)
        return found if isinstance(found, VoidCertificate) else None

    def _certificate(self, *folders: Path) -> Certificate | VoidCertificate | None:
        for folder in folders:
            if (folder / CERTIFICATE).exists():
                return read_any_certificate(read_line(folder / CERTIFICATE), CERTIFICATE)
        return None

    @property
    def begun(self) -> bool:
        """Whether there is a board."""
        return (self.folder / "board" / "checkpoint").exists()

    @property
    def counted(self) -> bool:
        """Whether there is a certificate, released or withheld."""
        return self.released or (self.folder / "withheld" / CERTIFICATE).exists()

    @property
    def released(self) -> bool:
        """Whether everybody sees the result."""
        return (self.record / CERTIFICATE).exists()

    def publish(self) -> None:
        """Bring the public record up to the board."""
        write_board(self.record, self.folder / "board")

    @contextmanager
    def box(self) -> Iterator[BallotBox]:
        """The ballot box over the log, for one writer at a time."""
        try:
            if self._held is not None:
                yield self._held
                return
            with FileStorage(self.folder / "board") as storage:
                signer = LogSigner(self.manifest.origin, self._seed())
                log = Log(storage, signer, self.manifest.origin, policy=self.manifest.witnesses)
                yield BallotBox(log, self.manifest, self._credentials())
        except BoardError as error:
            raise OfficeError(str(error)) from error

    @contextmanager
    def hold(self) -> Iterator[BallotBox]:
        """Keep the box open: until this ends, everything that the office does goes through it."""
        with self.box() as box:
            self._held = box
            try:
                yield box
            finally:
                self._held = None

    def _add_result(self, box: BallotBox, shares: Sequence[Path]) -> None:
        state = self._verified()
        entries = [self._share(read_line(path), str(path)) for path in shares]
        for share in entries:
            check_share(state, share)
        result = make_result(state, list(enumerate(entries, state.closed.index + 1)))
        box.append([*entries, result])

    def _credentials(self) -> CredentialIndex:
        with Container(self.record) as container:
            return CredentialIndex.parse(line for _offset, line in container.lines(CREDENTIALS))

    def _seed(self) -> bytes:
        return bytes.fromhex(read_line(self.folder / "log.key").decode())

    def _verified(self) -> State:
        """What the closed public record says, verified once."""
        if self._closed is None:
            self.publish()
            with Container(self.record) as container:
                self._closed = verify_through_close(container, pins_of(self.manifest), None)
        return self._closed

    def _share(self, line: bytes, where: str) -> Share:
        entry = read_entry(line, where)
        if not isinstance(entry, Share):
            raise OfficeError(_("{where} is not a teller's share.").format(where=where))
        return entry
