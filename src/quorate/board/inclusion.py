"""Inclusion proofs (RFC 9162, section 2.1.3): this leaf is at this index of the tree with this root."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.board.errors import ProofRefused
from quorate.board.tree import HASH_SIZE, Hash, HashReader, node_hash, read_subtrees, split
from quorate.text import _


def prove_inclusion(reader: HashReader, index: int, size: int) -> list[Hash]:
    """The proof for leaf `index` in the tree of the first `size` leaves: from its sibling up [08.3].

    Raises ValueError if there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    siblings = []
    start, end = 0, size
    while end - start > 1:
        middle = start + split(end - start)
        if index < middle:
            siblings.append((middle, end))
            end = middle
        else:
            siblings.append((start, middle))
            start = middle
    siblings.reverse()
    return read_subtrees(reader, siblings)


def inclusion_length(index: int, size: int) -> int:
    """The one length that a proof for this index and size can have."""
    # Up to where the paths of this leaf and of the last one meet, each level has a sibling; above that, only
    # levels where the path is a right child do.
    shared = (index ^ (size - 1)).bit_length()
    return shared + (index >> shared).bit_count()


def verify_inclusion(leaf: Hash, index: int, size: int, proof: Sequence[Hash], root: Hash) -> None:
    """Check that `leaf` is the leaf hash at `index` of the tree of `size` leaves with this root [08.3].

    Raises ProofRefused if not; returns nothing.
    """
    if not 0 <= index < size:
        raise ProofRefused(
            _("Entry {index} is not in a tree of {size} entries.").format(index=index, size=size)
        )
    expected = inclusion_length(index, size)
    if len(proof) != expected or any(len(step) != HASH_SIZE for step in (leaf, *proof)):
        raise ProofRefused(
            _(
                "The inclusion proof of entry {index} in a tree of {size} must have {expected} hashes of 32"
                " bytes; it has {count}, or one of another length."
            ).format(index=index, size=size, expected=expected, count=len(proof))
        )
    # RFC 9162, 2.1.3.2; the length is already known to fit, so the steps cannot run out or be left over.
    position, last, current = index, size - 1, leaf
    for step in proof:
        if position & 1 or position == last:
            current = node_hash(step, current)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            current = node_hash(current, step)
        position, last = position >> 1, last >> 1
    if current != root:
        raise ProofRefused(
            _("The inclusion proof of entry {index} leads to another root than the checkpoint's.").format(
                index=index
            )
        )
