"""Consistency proofs (RFC 9162, section 2.1.4): the larger tree begins with the smaller one's entries."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.board.errors import ProofRefused
from quorate.board.tree import EMPTY_ROOT, HASH_SIZE, Hash, HashReader, node_hash, read_subtrees, split
from quorate.text import _


def prove_consistency(reader: HashReader, old: int, new: int) -> list[Hash]:
    """The proof that the tree of `old` leaves is a beginning of the tree of `new` leaves [08.4].

    Empty where nothing has to be shown: the sizes are equal, or the old tree is empty.
    Raises ValueError unless 0 <= old <= new.
    """
    return read_subtrees(reader, _ranges(old, new))


def _ranges(old: int, new: int) -> list[tuple[int, int]]:
    """The subtrees, as leaf ranges, whose roots make up the proof (SUBPROOF of the RFC, unrolled)."""
    if not 0 <= old <= new:
        raise ValueError(f"no consistency proof from size {old} to size {new}")
    if old in (0, new):
        return []
    ranges = []
    start, end = 0, new
    while end != old:
        middle = start + split(end - start)
        if old <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    if start:  # else this subtree is the whole old tree, whose root the verifier has
        ranges.append((start, end))
    ranges.reverse()
    return ranges


def verify_consistency(old: int, new: int, old_root: Hash, new_root: Hash, proof: Sequence[Hash]) -> None:
    """Check that the tree (new, new_root) begins with the tree (old, old_root) [08.4].

    Raises ProofRefused if not; returns nothing.
    """
    if not 0 <= old <= new:
        raise ProofRefused(
            _("A tree of {new} entries cannot continue one of {old}.").format(old=old, new=new)
        )
    expected = len(_ranges(old, new))
    if len(proof) != expected or any(len(step) != HASH_SIZE for step in proof):
        raise ProofRefused(
            _(
                "The consistency proof from size {old} to {new} must have {expected} hashes of 32 bytes;"
                " it has {count}, or one of another length."
            ).format(old=old, new=new, expected=expected, count=len(proof))
        )
    for size, root in ((old, old_root), (new, new_root)):
        if size == 0 and root != EMPTY_ROOT:
            raise ProofRefused(_("The root given for an empty tree is not the root of an empty tree."))
    if old == 0:
        return
    if old == new:
        _require_root(old_root, new_root, new)
        return
    # RFC 9162, 2.1.4.2; the length is already known to fit.
    steps = list(proof) if old.bit_count() > 1 else [old_root, *proof]
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if position & 1 or position == last:
            old_found = node_hash(step, old_found)
            new_found = node_hash(step, new_found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            new_found = node_hash(new_found, step)
        position, last = position >> 1, last >> 1
    _require_root(old_found, old_root, old)
    _require_root(new_found, new_root, new)


def _require_root(found: Hash, root: Hash, size: int) -> None:
    if found != root:
        raise ProofRefused(
            _("The trees are not consistent: the proof leads to another root for size {size}.").format(
                size=size
            )
        )
