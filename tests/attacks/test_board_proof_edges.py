"""L5: proofs at the edges of the format, and nodes passed off as leaves.

Attacker: a server that holds the log's key, or anyone who hands out a receipt.
Wish: a receipt that verifies for an entry which is not on the board, or at another place.
Stopped by: separate prefixes of leaves and nodes [08.1], the exact length of a proof for its index and size
[08.3] [08.4], and the size and root being those of the signed checkpoint, never the proof's [08.15].
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from quorate.board.checkpoint import NO_WITNESSES, Checkpoint
from quorate.board.consistency import prove_consistency, verify_consistency
from quorate.board.errors import BoardError, Malformed, ProofRefused
from quorate.board.inclusion import prove_inclusion, verify_inclusion
from quorate.board.keys import LogSigner
from quorate.board.note import Note
from quorate.board.proof import Receipt
from quorate.board.tree import Frontier, Node, leaf_hash, node_hash, root_of, stored_position

ORIGIN = "board.example/b"
SIGNER = LogSigner(ORIGIN, bytes(range(32)))
LEAVES = [leaf_hash(b"entry %d" % number) for number in range(66)]
HASHES = Frontier().extend(LEAVES)
EDGES = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65]


class Reader:
    def read_hashes(self, nodes: Sequence[Node]) -> list[bytes]:
        return [HASHES[stored_position(node)] for node in nodes]


READER = Reader()


def roots(size: int) -> bytes:
    return root_of(LEAVES[:size])


def checkpoint_note(size: int) -> bytes:
    text = Checkpoint(origin=ORIGIN, root=roots(size), size=size).text()
    return Note(text, (SIGNER.sign(text),)).encode()


def refused(receipt: Receipt, entry: bytes) -> bool:
    try:
        Receipt.parse(receipt.encode()).verify(entry, SIGNER.key, NO_WITNESSES)
    except BoardError:
        return True
    return False


@pytest.mark.parametrize("size", EDGES)
def test_a_proof_fits_one_index_only(size: int) -> None:
    """[08.3] And not a hash more or less."""
    root = roots(size)
    for index in range(size):
        proof = prove_inclusion(READER, index, size)
        verify_inclusion(LEAVES[index], index, size, proof, root)
        for other in (*range(-1, index), *range(index + 1, size + 1), size + index, 2 * size, 1 << 63):
            with pytest.raises(ProofRefused):
                verify_inclusion(LEAVES[index], other, size, proof, root)
        longer = [[*proof, root], [root, *proof], [*proof, *proof, LEAVES[0]]]
        shorter = [proof[:-1], proof[1:]] if proof else []
        for wrong in longer + shorter:
            with pytest.raises(ProofRefused):
                verify_inclusion(LEAVES[index], index, size, wrong, root)


@pytest.mark.parametrize("new", EDGES)
def test_a_consistency_proof_fits_one_pair_of_sizes_only(new: int) -> None:
    """[08.4]"""
    for old in range(1, new + 1):
        proof = prove_consistency(READER, old, new)
        verify_consistency(old, new, roots(old), roots(new), proof)
        for other in {0, old - 1, old + 1, new, new + 1} - {old}:
            with pytest.raises(ProofRefused):
                verify_consistency(other, new, roots(old), roots(new), proof)
        for wrong in (
            [*proof, roots(new)],
            [roots(old), *proof],
            *([proof[:-1], proof[1:]] if proof else []),
        ):
            with pytest.raises(ProofRefused):
                verify_consistency(old, new, roots(old), roots(new), wrong)
        for bad in (roots(new), LEAVES[-1], b""):
            if bad != roots(old):
                with pytest.raises(ProofRefused):
                    verify_consistency(old, new, bad, roots(new), proof)


def test_nothing_is_in_the_empty_tree() -> None:
    """[08.1] [08.3] [08.4] Its root is the hash of nothing, not of an empty entry, not 32 zeros."""
    for leaf in (leaf_hash(b""), bytes(32), roots(0)):
        with pytest.raises(ProofRefused):
            verify_inclusion(leaf, 0, 0, [], roots(0))
    assert roots(0) != leaf_hash(b"")
    for wrong in (bytes(32), leaf_hash(b"")):
        with pytest.raises(ProofRefused):
            verify_consistency(0, 5, wrong, roots(5), [])
    with pytest.raises(ProofRefused):
        verify_consistency(5, 0, roots(5), roots(0), [])


@pytest.mark.parametrize("size", [2, 3, 4, 7, 8, 13])
def test_a_node_is_no_leaf(size: int) -> None:
    """[08.1] [08.15] The preimage of an inner node as an entry, at every index with every tail of proof."""
    note = checkpoint_note(size)
    for level in range(1, size.bit_length()):
        for number in range(size >> level):
            left = HASHES[stored_position(Node(level - 1, 2 * number))]
            right = HASHES[stored_position(Node(level - 1, 2 * number + 1))]
            node = HASHES[stored_position(Node(level, number))]
            assert node == node_hash(left, right)
            full = prove_inclusion(READER, number << level, size)
            for entry in (left + right, b"\x01" + left + right, b"\x00" + left + right, node):
                assert leaf_hash(entry) != node
                for index in range(size):
                    for cut in range(len(full) + 1):
                        assert refused(Receipt(note, tuple(full[cut:]), index), entry)
            # Even the node's own hash in the place of a leaf hash: the length for this size gives it away.
            for index in range(size):
                with pytest.raises(ProofRefused):
                    verify_inclusion(node, index, size, full[level:], roots(size))


def test_the_size_is_the_checkpoints() -> None:
    """[08.15] A proof alone does not fix the size: some pairs of index and size walk the same path.

    Index 5 of 8 and index 5 of 7 do. So a verifier that took the size from the receipt could be told another
    one. Ours takes it from the checkpoint, where it is signed together with the root.
    """
    proof = prove_inclusion(READER, 5, 8)
    verify_inclusion(LEAVES[5], 5, 7, proof, roots(8))  # as RFC 9162 has it
    honest = Receipt(checkpoint_note(8), tuple(proof), 5)
    assert not refused(honest, b"entry 5")
    forged = checkpoint_note(8).replace(b"\n8\n", b"\n7\n")
    assert refused(Receipt(forged, tuple(proof), 5), b"entry 5")
    assert refused(Receipt(checkpoint_note(7), tuple(proof), 5), b"entry 5")


@pytest.mark.parametrize(
    "number", ["00", "01", "+1", "-1", "1 ", " 1", "1_0", "0x1", "", "\u0661", str(1 << 63)]
)
def test_numbers_are_plain(number: str) -> None:
    """[08.8] [08.14] In the index of a receipt, and in the size of a checkpoint."""
    receipt = f"c2sp.org/tlog-proof@v1\nindex {number}\n\n".encode() + checkpoint_note(2)
    with pytest.raises(Malformed):
        Receipt.parse(receipt)
    with pytest.raises(Malformed):
        Checkpoint.parse(
            checkpoint_note(2).decode().split("\n\n")[0].replace("\n2\n", f"\n{number}\n") + "\n"
        )
