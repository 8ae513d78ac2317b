"""A small ballot, made with the real parts in one process: ceremony, codes, manifest, box, tally, record.

Nothing is simplified: the same functions serve 27,000 voters. Randomness is drawn from a seed so that a
failing test can be repeated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal, TypeVar

from msgspec import structs

from quorate.board.checkpoint import SignedCheckpoint, WitnessPolicy, open_checkpoint
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner, VerifierKey, WitnessSigner
from quorate.board.log import Log
from quorate.board.note import Note
from quorate.board.tree import Hash
from quorate.crypto import ballot as ballots
from quorate.crypto import schnorr
from quorate.crypto.ceremony import rehearsal, round1, round2, round3
from quorate.crypto.ceremony.conclusion import Messages
from quorate.crypto.ceremony.context import Context
from quorate.crypto.credential import CODE_FRESH_BYTES, Credential, derive, make_code, parse_code
from quorate.crypto.statements import registrar_transcript
from quorate.election.box import BallotBox
from quorate.election.credential_book import Change, CurrentBook
from quorate.election.folder import pins_of, write_base, write_board, write_certificate
from quorate.election.officer import OfficerKey, add_signature, sign_event
from quorate.election.registrar import (
    Eligible,
    Issue,
    RegistrarKey,
    ReissueReason,
    RevokeReason,
    issue_codes,
    new_key,
    reissue,
    revoke,
)
from quorate.election.tally import make_result, make_share
from quorate.group import Element, FixedBase, Scalar
from quorate.record.canonical import encode, instant
from quorate.record.ceremony import write_complete
from quorate.record.container import Container
from quorate.record.credentials import CredentialIndex
from quorate.record.entries import (
    Answer,
    Ballot,
    Event,
    Extend,
    Notice,
    Open,
    Reissue,
    Resume,
    Revoke,
    Share,
    Spoil,
    Suspend,
    Void,
    unsigned,
)
from quorate.record.manifest import (
    Blank,
    Credentials,
    Facts,
    Manifest,
    Option,
    Provenance,
    Question,
    Roll,
    Software,
    Window,
)
from quorate.record.manifest import Tellers as ManifestTellers
from quorate.record.pins import Pins
from quorate.rules import Rule, preset
from quorate.verify.findings import Report
from quorate.verify.run import Verification, verify
from support.passkeys import Passkey

E = TypeVar("E", bound=Event)
R = TypeVar("R", Reissue, Revoke)

OPENS, CLOSES = "2015-12-09T14:00:00Z", "2015-12-11T23:00:00Z"
NOON = instant("2015-12-10T18:00:00Z")
AFTER = instant(CLOSES) + timedelta(seconds=1)


class Draws:
    """Bytes that look random and repeat with the seed: the `random` parameter of tests."""

    def __init__(self, seed: str) -> None:
        self._seed, self._count = seed.encode(), 0

    def __call__(self, n: int) -> bytes:
        self._count += 1
        return hashlib.shake_256(self._seed + self._count.to_bytes(8, "big")).digest(n)


class Witness:
    """A witness that cosigns every checkpoint it is shown, one second later each time."""

    def __init__(self, name: str, seed: bytes, start: datetime) -> None:
        self.signer = WitnessSigner(name, seed)
        self._time = int(start.timestamp())

    def set_back(self, seconds: int) -> None:
        """Let the clock jump."""
        self._time -= seconds

    def __call__(self, checkpoint: bytes, prove: Callable[[int], list[Hash]]) -> Sequence[str]:
        """Cosign, as `quorate.board.log.Cosigner` asks."""
        self._time += 1
        return [self.signer.cosign(Note.parse(checkpoint).text, self._time).line()]


def strike_question(rule: Rule | None = None, tally: Literal["all", "by-unit"] = "all") -> Question:
    """Yes, no or blank, decided by three quarters of all members."""
    return Question(
        blank=Blank("blank", "Leave it blank"),
        documents=(),
        electorate=None,
        facts=Facts(None, None),
        id="strike",
        maximum=None,
        minimum=None,
        options=(Option("yes", "Yes, authorise a strike"), Option("no", "No, do not authorise a strike")),
        rule=rule or preset("us-il-art34-strike"),
        tally=tally,
        text="Shall the union be authorised to call a strike?",
    )


@dataclass
class Tellers:
    """A finished ceremony with every teller's secrets."""

    context: Context
    file: bytes
    ballot_key: Element
    secrets: tuple[round1.SecretPackage, ...]
    keys: tuple[round3.KeyPackage, ...]

    @classmethod
    def meet(cls, ballot_id: bytes, names: Sequence[str], threshold: int, random: Draws) -> Tellers:
        """Run all rounds and both rehearsals [06]."""
        context = Context(random(32), ballot_id, threshold, tuple(names))
        secrets = tuple(round1.derive(context, i, random(32)) for i in context.indices)
        commits = tuple(round1.commit(context, secret, random(32)) for secret in secrets)
        committed = round1.gather(context, commits)
        reveals = tuple(round2.reveal(committed, secret, random(32)) for secret in secrets)
        revealed = round2.gather(committed, reveals)
        keys = tuple(round3.open_shares(revealed, secret) for secret in secrets)
        confirms = tuple(round3.confirm(revealed, key, random(32)) for key in keys)
        rehearsals = tuple(
            rehearsal.rehearse(revealed, key, source, random(32))
            for key in keys
            for source in rehearsal.SOURCES
        )
        messages = Messages(commits, reveals, confirms, (), rehearsals)
        return cls(context, write_complete(context, messages), revealed.ballot_key, secrets, keys)


@dataclass
class SmallBallot:
    """Everything about one small ballot, secrets included, in a folder of its own."""

    folder: Path
    voters: int = 3
    questions: tuple[Question, ...] = field(default_factory=lambda: (strike_question(),))
    units: tuple[str, ...] = ()
    group_limit: int = 2
    names: tuple[str, ...] = ("Teller one", "Teller two", "Teller three")
    threshold: int = 2
    seed: str = "small"
    witness_count: int = 0
    passkeys: tuple[Passkey, ...] = ()
    """Two officers who sign with these instead of key files."""
    change: Callable[[Manifest], Manifest] = lambda manifest: manifest
    """What an organiser alters in the manifest before anybody sees it."""

    def __post_init__(self) -> None:
        self.random = Draws(self.seed)
        self.ballot_id = self.random(32)
        self.origin = f"vote.example/{self.ballot_id.hex()[:16]}"
        self.log_seed = self.random(32)
        self.officers = (
            OfficerKey("First officer", self.random(32)),
            OfficerKey("Second officer", self.random(32)),
        )
        self.tellers = Tellers.meet(self.ballot_id, self.names, self.threshold, self.random)
        self.registrar: RegistrarKey = new_key(self.random)
        self.roll = hashlib.sha256(b"roll" + self.random(32)).digest()
        people = [
            Eligible(f"{n:05}", f"Member {n}", (n - 1) % max(1, len(self.units)))
            for n in range(1, self.voters + 1)
        ]
        self.issue: Issue = issue_codes(self.registrar, self.ballot_id, self.roll, people, self.random)
        self.changes: list[Change] = []
        self.witnesses = [
            Witness(f"witness-{n}.example", self.random(32), instant(OPENS))
            for n in range(self.witness_count)
        ]
        self.board = self.folder / "board"
        self.record = self.folder / "record"
        self.log: Log | None = None

    @cached_property
    def manifest(self) -> Manifest:
        """The manifest, fixed on first use."""
        signed = self.issue.signed
        manifest = Manifest(
            ballot_id=self.ballot_id,
            ballot_key=self.tellers.ballot_key.to_bytes(),
            body="Members",
            contact="Call the office",
            credentials=Credentials(
                signed.count, "offline", signed.registrar_key, signed.root, signed.signature
            ),
            format=1,
            group_limit=self.group_limit,
            log_key=str(LogSigner(self.origin, self.log_seed).key),
            officers=tuple(officer.public for officer in self.passkeys or self.officers),
            organisation="Example Union",
            organisation_key=None,
            origin=self.origin,
            previous=None,
            provenance=Provenance((), "test", "Made for a test."),
            questions=self.questions,
            roll=Roll(self.voters, self.roll),
            software=Software(None, "0"),
            suite="quorate/1 ristretto255 sha512",
            tellers=_manifest_tellers(self.tellers, self.threshold),
            title="Strike authorisation",
            units=self.units,
            window=Window(CLOSES, OPENS, "America/Chicago"),
            witnesses=WitnessPolicy(
                quorum=self.witness_count, witnesses=tuple(str(w.signer.key) for w in self.witnesses)
            ),
        )
        return self.change(manifest)

    @property
    def pins(self) -> Pins:
        """The pins of this ballot."""
        return pins_of(self.manifest)

    @cached_property
    def election(self) -> ballots.Election:
        """What a voter's program takes from the manifest."""
        manifest = self.manifest
        key = FixedBase(Element.from_canonical_bytes(manifest.ballot_key))
        return ballots.Election(manifest.phi, key, manifest.ballot_key, manifest.encodings)

    def credential(self, voter: int) -> Credential:
        """The credential of a voter, counted from 1, from the code that was delivered."""
        return derive(parse_code(self.issue.deliveries[voter - 1].code), self.ballot_id)

    def vote(
        self, voter: int, choices: Sequence[tuple[int, Sequence[int]]], prev: bytes = ballots.NO_PREVIOUS
    ) -> Ballot:
        """A signed ballot: (question, chosen outcomes) for each question; 0 is yes, 1 no, 2 blank."""
        return self.vote_as(self.credential(voter), choices, prev)

    def vote_as(
        self,
        credential: Credential,
        choices: Sequence[tuple[int, Sequence[int]]],
        prev: bytes = ballots.NO_PREVIOUS,
    ) -> Ballot:
        """A signed ballot of whoever holds this credential."""
        body = ballots.make_body(self.election, credential.public, prev, choices, self.random(32))
        return sealed(self.election, body, credential.secret, self.random(32))

    def open_box(self) -> BallotBox:
        """A new board with its opening signed by two officers."""
        storage = FileStorage(self.board)
        signer, policy = LogSigner(self.origin, self.log_seed), self.manifest.witnesses
        self.log = Log.create(storage, signer, self.origin, self.witnesses, policy)
        index = CredentialIndex.parse(self.issue.lines)
        box = BallotBox(self.log, self.manifest, index)
        box.open(self.opening())
        return box

    def opening(self) -> Open:
        """The signed opening."""
        return self.signed(Open((), self.manifest.phi, "open"))

    def opened(self, note: bytes) -> SignedCheckpoint:
        """A checkpoint of this ballot's board, verified."""
        return open_checkpoint(note, VerifierKey.parse(self.manifest.log_key), self.manifest.witnesses)

    def signed(self, event: E, officers: int = 2) -> E:
        """An event with the signatures of both officers, or of the first."""
        for passkey in self.passkeys[:officers]:
            event = add_signature(event, passkey.sign(self.manifest, event))
        return event if self.passkeys else sign_event(event, self.manifest.officers, self.officers[:officers])

    def extension(self, closes: str, reason: str = "The post was late") -> Extend:
        """A signed later closing time [08.29]."""
        return self.signed(Extend(closes, (), self.manifest.phi, reason, "extend"))

    def suspension(self, reason: str = "A court stayed the vote") -> Suspend:
        """A signed suspension [08.36]."""
        return self.signed(Suspend((), self.manifest.phi, reason, "suspend"))

    def resumption(self, closes: str | None = None, reason: str = "The stay was lifted") -> Resume:
        """A signed resumption, perhaps with a later closing time [08.36]."""
        return self.signed(Resume(closes, (), self.manifest.phi, reason, "resume"))

    def voiding(self, reason: str = "The roll was wrong") -> Void:
        """A signed declaration that the ballot is void [08.37]."""
        return self.signed(Void((), self.manifest.phi, reason, "void"))

    def notice(self, text: str) -> Notice:
        """A notice, which one officer signs."""
        return self.signed(Notice((), self.manifest.phi, text, "notice"), officers=1)

    def reissue(self, voter: int) -> tuple[Reissue, Credential]:
        """A signed re-issue of the code of a voter, counted from 1, and the new credential [07.14]."""
        book, phi = CurrentBook(self.issue.book, self.changes), self.manifest.phi
        made = reissue(self.registrar, book, phi, f"{voter:05}", ReissueReason.LOST, self.random)
        self.changes.append(made.change)
        return self.signed(made.entry), derive(parse_code(made.delivery.code), self.ballot_id)

    def fresh_key(self) -> bytes:
        """A credential K that nobody was given."""
        return derive(parse_code(make_code(self.random(CODE_FRESH_BYTES))), self.ballot_id).public

    def registered(self, entry: R) -> R:
        """An entry of the registrar as the registrar and both officers sign it, whatever it says."""
        statement = registrar_transcript(self.ballot_id, self.registrar.public, unsigned(entry))
        signature = schnorr.sign(self.registrar.secret, statement, self.random(32))
        return self.signed(structs.replace(entry, registrar=signature))

    def revocation(self, voter: int) -> Revoke:
        """A signed revocation of the code of a voter, counted from 1 [07.14]."""
        book, phi = CurrentBook(self.issue.book, self.changes), self.manifest.phi
        made = revoke(self.registrar, book, phi, f"{voter:05}", RevokeReason.VOTES_ON_PAPER, self.random)
        self.changes.append(made.change)
        return self.signed(made.entry)

    def spoiled(self, credential: Credential, tracker: bytes) -> Spoil:
        """The entry by which a credential opens a ballot that it did not cast [07.13]."""
        manifest, public = self.manifest, credential.public
        statement = ballots.spoil_transcript(manifest.phi, manifest.ballot_key, public, tracker)
        signature = schnorr.sign(credential.secret, statement, self.random(32))
        return Spoil(public, manifest.phi, signature, tracker, "spoil")

    def publish(self) -> Path:
        """Write the record as far as the board has come."""
        write_base(self.record, self.manifest, self.issue.lines, self.tellers.file)
        write_board(self.record, self.board)
        return self.record

    def shares(self, tellers: Iterable[int]) -> list[Share]:
        """The shares of these tellers, each over its own verification of the published record."""
        made = []
        for teller in tellers:
            with Container(self.record) as container:
                check = Verification(container, self.pins, until="close")
                report = check.run()
                if not report.ok:
                    raise AssertionError(list(map(str, report.findings)))
                key = self.tellers.keys[teller - 1]
                made.append(make_share(check.state, teller, key.share, key.signing, self.random))
        return made

    def finish(self, box: BallotBox, tellers: Sequence[int] = (1, 3)) -> Report:
        """Close, decrypt, publish the result and its certificate; the report of the last verification."""
        box.close(max(AFTER, box.closes))
        self.publish()
        shares = self.shares(tellers)
        first = box.state.closed.index + 1
        box.append(shares)
        with Container(self.record) as container:
            check = Verification(container, self.pins, until="close")
            check.run()
            box.append([make_result(check.state, list(enumerate(shares, first)))])
        self.publish()
        certificate = self.verify(until="open").certificate
        if certificate is None:
            raise AssertionError("no certificate could be derived")
        write_certificate(self.record, certificate)
        return self.verify()

    def verify(self, **options: object) -> Report:
        """Verify the published record against the pins."""
        with Container(self.record) as container:
            return verify(container, pins=self.pins, **options)  # type: ignore[arg-type]  # passed through


def tracker(ballot: Ballot) -> bytes:
    """The tracker of a ballot [07.8]."""
    return ballots.Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers).tracker()


def sealed(election: ballots.Election, body: ballots.Body, secret: Scalar, fresh: bytes) -> Ballot:
    """Sign a body and make the board's entry of it."""
    signature = ballots.sign(election, body, secret, fresh)
    answers = tuple(Answer(a.ciphertexts, a.proofs, a.question) for a in body.answers)
    return Ballot(answers, body.credential, body.phi, body.prev, signature, "ballot")


def line(ballot: Ballot) -> bytes:
    """The entry's canonical bytes."""
    return encode(ballot)


def _manifest_tellers(tellers: Tellers, threshold: int) -> ManifestTellers:
    return ManifestTellers(hashlib.sha256(tellers.file).digest(), tellers.context.names, threshold)
