"""Receipts: offline proofs that an entry is on a board (c2sp.org/tlog-proof)."""

from __future__ import annotations

import msgspec

from quorate.board.checkpoint import SignedCheckpoint, WitnessPolicy, open_checkpoint
from quorate.board.errors import Malformed
from quorate.board.inclusion import verify_inclusion
from quorate.board.keys import VerifierKey
from quorate.board.note import MAX_NOTE_SIZE, decode_base64, decode_decimal, encode_base64
from quorate.board.tree import HASH_SIZE, Hash, leaf_hash
from quorate.text import _

HEADER = "c2sp.org/tlog-proof@v1"

_MOST_HASHES = 63  # the depth of a tree of 2^63 leaves


class VerifiedReceipt(msgspec.Struct, frozen=True):
    """What a receipt proved: the entry is at `index` of the tree of `signed`, cosigned at `times` (POSIX)."""

    index: int
    signed: SignedCheckpoint
    times: tuple[int, ...]


class Receipt(msgspec.Struct, frozen=True):
    """An inclusion proof with the checkpoint it leads to, not verified yet.

    `checkpoint` is the signed note as bytes. `unauthenticated_extra` travels along, signed by nobody; None if
    there is none.
    """

    checkpoint: bytes
    hashes: tuple[Hash, ...]
    index: int
    unauthenticated_extra: bytes | None = None

    @classmethod
    def parse(cls, data: bytes) -> Receipt:
        """Parse strictly: what is accepted encodes to the same bytes again [08.14]. Raises Malformed."""
        head, separator, checkpoint = data.partition(b"\n\n")
        if not separator or len(data) > 2 * MAX_NOTE_SIZE:
            raise Malformed(_("The receipt has no checkpoint after an empty line, or is too long."))
        try:
            lines = head.decode("ascii").split("\n")
        except UnicodeDecodeError as error:
            raise Malformed(_("The receipt is not ASCII before its checkpoint.")) from error
        if lines.pop(0) != HEADER:
            raise Malformed(_("A receipt starts with the line {header}.").format(header=HEADER))
        extra = None
        if lines and lines[0].startswith("extra "):
            extra = decode_base64(lines.pop(0).removeprefix("extra "))
        if not lines or not lines[0].startswith("index "):
            raise Malformed(_("The receipt does not say the index of its entry."))
        index = decode_decimal(lines.pop(0).removeprefix("index "))
        hashes = tuple(decode_base64(line) for line in lines)
        if len(hashes) > _MOST_HASHES or any(len(step) != HASH_SIZE for step in hashes):
            raise Malformed(_("The receipt has too many hashes, or one that does not have 32 bytes."))
        receipt = cls(checkpoint=checkpoint, hashes=hashes, index=index, unauthenticated_extra=extra)
        if extra == b"" or receipt.encode() != data:
            raise Malformed(_("The receipt is not in canonical form."))
        return receipt

    def encode(self) -> bytes:
        """The receipt as bytes, to be kept as a file that ends with `.tlog-proof`."""
        lines = [HEADER]
        if self.unauthenticated_extra is not None:
            lines.append(f"extra {encode_base64(self.unauthenticated_extra)}")
        lines.append(f"index {self.index}")
        lines.extend(map(encode_base64, self.hashes))
        return "\n".join(lines).encode() + b"\n\n" + self.checkpoint

    def verify(self, entry: bytes, log_key: VerifierKey, policy: WitnessPolicy) -> VerifiedReceipt:
        """Check that `entry` is on the board of this log, cosigned by the policy's quorum [08.15].

        Raises Malformed, SignatureRefused, QuorumMissing or ProofRefused.
        """
        signed = open_checkpoint(self.checkpoint, log_key, policy)
        times = signed.require_quorum()
        checkpoint = signed.checkpoint
        verify_inclusion(leaf_hash(entry), self.index, checkpoint.size, self.hashes, checkpoint.root)
        return VerifiedReceipt(index=self.index, signed=signed, times=times)
