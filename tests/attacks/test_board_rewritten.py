"""A server replaces an acknowledged entry, and hashes, signs and sequences all again with its own keys.

Attacker: the server, with the log's signing key and the whole directory.
Wish: another history that verifies.
Stopped by: the witness, whose consistency proof cannot exist [08.11], so that the new history never gets the
quorum [08.13]; and by the receipt in the voter's hand, which together with any checkpoint of the new
history is signed evidence of two faces [08.10] [08.15].
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from quorate.board.checkpoint import NO_WITNESSES, WitnessPolicy, open_checkpoint
from quorate.board.consistency import verify_consistency
from quorate.board.errors import CosignFailed, NotWitnessed, ProofRefused, QuorumMissing
from quorate.board.files import FileStorage
from quorate.board.keys import LogSigner, WitnessSigner
from quorate.board.log import Log
from quorate.board.proof import Receipt
from quorate.board.tree import EMPTY_ROOT

ORIGIN = "board.example/b"
SERVER = LogSigner(ORIGIN, bytes(range(32)))
WITNESS = WitnessSigner("w.example", bytes([1]) * 32)
POLICY = WitnessPolicy(quorum=1, witnesses=(str(WITNESS.key),))
HONEST = [b"ballot of A", b"ballot of B", b"ballot of C"]


class Witness:
    size, root = 0, EMPTY_ROOT

    def __call__(self, checkpoint: bytes, prove: Callable[[int], list[bytes]]) -> Sequence[str]:
        new = open_checkpoint(checkpoint, SERVER.key, NO_WITNESSES)
        seen = new.checkpoint
        try:
            verify_consistency(self.size, seen.size, self.root, seen.root, prove(self.size))
        except ProofRefused as error:
            raise CosignFailed(str(error)) from error
        self.size, self.root = seen.size, seen.root
        return [WITNESS.cosign(new.note.text, 1_700_000_000).line()]


@pytest.mark.parametrize("more", [0, 1, 5])
def test_a_rewritten_history_gets_no_quorum(tmp_path: Path, more: int) -> None:
    """[08.10] [08.11] [08.13] [08.15]"""
    witness = Witness()
    with FileStorage(tmp_path / "honest") as storage:
        log = Log.create(storage, SERVER, ORIGIN, (witness,), POLICY)
        log.append(HONEST)
        receipt = Receipt.parse(log.receipt(1))
    with FileStorage(tmp_path / "rewritten") as storage:
        forged = Log.create(storage, SERVER, ORIGIN, (witness,), POLICY)
        with pytest.raises(NotWitnessed):
            forged.append([b"ballot of A", b"ballot of the server", b"ballot of C", *[b"later"] * more])
        with pytest.raises(NotWitnessed):
            forged.receipt(1)
        claimed = storage.latest()
    assert claimed is not None
    with pytest.raises(QuorumMissing):
        open_checkpoint(claimed, SERVER.key, POLICY).require_quorum()
    # The voter's evidence: two checkpoints with valid signatures of one log, and no proof between them.
    mine = receipt.verify(b"ballot of B", SERVER.key, POLICY).signed.checkpoint
    theirs = open_checkpoint(claimed, SERVER.key, POLICY).checkpoint
    with FileStorage(tmp_path / "rewritten") as storage:
        proof = Log(storage, SERVER, ORIGIN, policy=POLICY).consistency_proof(mine.size, theirs.size)
    with pytest.raises(ProofRefused):
        verify_consistency(mine.size, theirs.size, mine.root, theirs.root, proof)
