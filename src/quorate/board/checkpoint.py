"""Checkpoints (c2sp.org/tlog-checkpoint), and the policy that says which witnesses must have cosigned one."""

from __future__ import annotations

from functools import cached_property

import msgspec

from quorate.board.errors import Malformed, QuorumMissing, SignatureRefused
from quorate.board.keys import SignatureKind, VerifierKey, verify_signatures
from quorate.board.note import Note, check_key_name, decode_base64, decode_decimal, encode_base64
from quorate.board.tree import EMPTY_ROOT, HASH_SIZE, Hash
from quorate.text import _


class Checkpoint(msgspec.Struct, frozen=True):
    """What a log signs: its tree has `size` entries and this root."""

    origin: str
    root: Hash
    size: int

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Parse a note text of exactly three lines; extension lines are refused [08.8]. Raises Malformed."""
        lines = text.split("\n")
        if len(lines) != 4 or lines[3]:
            raise Malformed(_("A checkpoint here has exactly three lines: origin, size and root."))
        origin, size, root = lines[0], decode_decimal(lines[1]), decode_base64(lines[2])
        check_key_name(origin)
        if len(root) != HASH_SIZE or (size == 0 and root != EMPTY_ROOT):
            raise Malformed(
                _("The root of the checkpoint of {origin} at size {size} is not one.").format(
                    origin=origin, size=size
                )
            )
        return cls(origin=origin, root=root, size=size)

    def text(self) -> str:
        """The text to be signed."""
        return f"{self.origin}\n{self.size}\n{encode_base64(self.root)}\n"


class WitnessPolicy(msgspec.Struct, frozen=True, dict=True, forbid_unknown_fields=True):
    """Which witnesses must have cosigned: `quorum` of the verifier keys in `witnesses` [08.12].

    Stands in the manifest. More than half must be demanded: two quorums of half or fewer could be two sets of
    honest witnesses who each saw another board.
    """

    quorum: int
    witnesses: tuple[str, ...]

    def __post_init__(self) -> None:
        keys = [VerifierKey.parse(vkey) for vkey in self.witnesses]
        for key in keys:
            if key.kind is not SignatureKind.COSIGNATURE_V1:
                raise Malformed(_("The key of {name} is not the key of a witness.").format(name=key.name))
        if len({key.name for key in keys}) != len(keys) or len({key.public_key for key in keys}) != len(keys):
            raise Malformed(_("A witness stands twice in the policy, by its name or by its key."))
        smallest = len(keys) // 2 + 1 if keys else 0
        if not smallest <= self.quorum <= len(keys):
            raise Malformed(
                _(
                    "A quorum of {quorum} does not fit {count} witnesses:"
                    " it must be from {smallest} to {count}."
                ).format(quorum=self.quorum, count=len(keys), smallest=smallest)
            )

    @cached_property
    def keys(self) -> tuple[VerifierKey, ...]:
        """The witnesses' keys, in the order of the policy."""
        return tuple(VerifierKey.parse(vkey) for vkey in self.witnesses)

    @property
    def tolerated(self) -> int:
        """How many dishonest witnesses still cannot help to show two boards: fewer than 2k - n [08.13]."""
        return max(2 * self.quorum - len(self.witnesses) - 1, 0)

    def check_log_key(self, log_key: VerifierKey) -> None:
        """Refuse a log that is its own witness [08.12]. Raises Malformed."""
        if log_key.kind is not SignatureKind.LOG:
            raise Malformed(_("The key of {name} is not the key of a log.").format(name=log_key.name))
        if any(key.public_key == log_key.public_key or key.name == log_key.name for key in self.keys):
            raise Malformed(_("The log {name} cannot be its own witness.").format(name=log_key.name))


NO_WITNESSES = WitnessPolicy(quorum=0, witnesses=())
"""The policy of a board that nobody witnesses; every certificate of such a ballot says so."""


class Cosignature(msgspec.Struct, frozen=True):
    """A verified cosignature: this witness saw this checkpoint at this time (POSIX seconds)."""

    time: int
    witness: str


class SignedCheckpoint(msgspec.Struct, frozen=True):
    """A checkpoint whose signature by the log is verified, with the verified cosignatures of the policy.

    `quorum` is what that policy demands; whether it is there is a question of its own: `require_quorum`.
    """

    checkpoint: Checkpoint
    cosignatures: tuple[Cosignature, ...]
    note: Note
    quorum: int

    @property
    def has_quorum(self) -> bool:
        return len(self.cosignatures) >= self.quorum

    def require_quorum(self) -> tuple[int, ...]:
        """Return the times of all cosignatures in POSIX seconds, earliest first [08.13].

        Raises QuorumMissing.
        """
        if not self.has_quorum:
            raise QuorumMissing(
                _("The checkpoint at size {size} has {count} of the {quorum} cosignatures it needs.").format(
                    size=self.checkpoint.size, count=len(self.cosignatures), quorum=self.quorum
                )
            )
        return tuple(sorted(cosignature.time for cosignature in self.cosignatures))


def open_checkpoint(data: bytes, log_key: VerifierKey, policy: WitnessPolicy) -> SignedCheckpoint:
    """Parse a signed checkpoint and verify the signatures by the log and by the policy's witnesses.

    Raises Malformed, or SignatureRefused if the log did not sign or a known signature is bad [08.7] [08.9].
    """
    policy.check_log_key(log_key)
    note = Note.parse(data)
    checkpoint = Checkpoint.parse(note.text)
    if checkpoint.origin != log_key.name:
        raise SignatureRefused(
            _("The checkpoint is of the log {origin}, not of {name}.").format(
                origin=checkpoint.origin, name=log_key.name
            )
        )
    verified = verify_signatures(note, (log_key, *policy.keys))
    if not any(item.key == log_key for item in verified):
        raise SignatureRefused(
            _("The checkpoint at size {size} is not signed by the log {name}.").format(
                size=checkpoint.size, name=log_key.name
            )
        )
    cosignatures = tuple(
        Cosignature(time=item.time, witness=item.key.name) for item in verified if item.time is not None
    )
    return SignedCheckpoint(checkpoint, cosignatures, note, policy.quorum)
