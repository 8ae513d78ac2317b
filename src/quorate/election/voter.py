"""A voter's program: seal a choice under a code, and check the receipt. It needs the manifest and
nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from quorate.board.keys import VerifierKey
from quorate.board.proof import Receipt
from quorate.crypto import ballot as ballots
from quorate.crypto.credential import derive, parse_code
from quorate.group import Element, FixedBase
from quorate.record.canonical import encode
from quorate.record.entries import Answer, Ballot
from quorate.record.manifest import Manifest

Choices = Sequence[tuple[int, Sequence[int]]]
"""(question, indices of the chosen outcomes) for each question of the voter's unit, in order."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A ballot ready to be cast: its line on the board, and the tracker to look it up."""

    line: bytes
    tracker: bytes


class VoterProgram:
    """Seals ballots for one manifest; keeps a table for Y, so make it once."""

    def __init__(self, manifest: Manifest) -> None:
        self.manifest = manifest
        key = FixedBase(Element.from_canonical_bytes(manifest.ballot_key))
        self._election = ballots.Election(manifest.phi, key, manifest.ballot_key, manifest.encodings)
        self._log_key = VerifierKey.parse(manifest.log_key)

    def credential(self, code: str) -> bytes:
        """The public credential K of a code; ValueError when it is mistyped."""
        return derive(parse_code(code), self.manifest.ballot_id).public

    def seal(self, code: str, choices: Choices, prev: bytes, random: Callable[[int], bytes]) -> Sealed:
        """Encrypt, prove and sign; `prev` is the tracker of this code's latest ballot, or 32 zero bytes.

        ValueError for a mistyped code or a choice that the question does not allow.
        """
        credential = derive(parse_code(code), self.manifest.ballot_id)
        body = ballots.make_body(self._election, credential.public, prev, choices, random(32))
        signature = ballots.sign(self._election, body, credential.secret, random(32))
        answers = tuple(Answer(a.ciphertexts, a.proofs, a.question) for a in body.answers)
        entry = Ballot(answers, body.credential, body.phi, body.prev, signature, "ballot")
        return Sealed(encode(entry), body.tracker())

    def check_receipt(self, line: bytes, receipt: bytes) -> int:
        """Prove that the ballot is on the board; returns its entry number. BoardError when it is not."""
        return Receipt.parse(receipt).verify(line, self._log_key, self.manifest.witnesses).index
