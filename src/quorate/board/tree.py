"""The Merkle tree of RFC 9162, section 2.1: leaf and node hashes, compact ranges, stored subtree hashes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import islice
from typing import NamedTuple, Protocol

HASH_SIZE = 32

# [08.1] The first byte keeps leaves and nodes apart: without it an inner node could be shown as an entry.
_LEAF = b"\x00"
_NODE = b"\x01"

EMPTY_ROOT = sha256(b"").digest()
"""Root of the tree without entries (RFC 9162, 2.1.1)."""

Hash = bytes
"""32 bytes of SHA-256."""


def leaf_hash(entry: bytes) -> Hash:
    """Hash of an entry as a leaf [08.1]."""
    return sha256(_LEAF + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Hash of the node above two subtrees [08.1]."""
    return sha256(_NODE + left + right).digest()


class Node(NamedTuple):
    """A complete subtree: the 2^level leaves from `number << level` on. Level 0 is a leaf."""

    level: int
    number: int


class HashReader(Protocol):
    """Source of the hashes of complete subtrees; what proofs are made from."""

    def read_hashes(self, nodes: Sequence[Node]) -> list[Hash]:
        """Return the hash of each node, in order. Raises the store's error for a node it does not hold."""
        ...


class Frontier:
    """A growing tree, reduced to the roots of its largest complete subtrees: O(log n) memory.

    Recomputes the roots of a record read as a stream: append leaf hashes, ask for the root at checkpoints.
    """

    __slots__ = ("_peaks", "_size")

    def __init__(self) -> None:
        self._size = 0
        self._peaks: list[Hash] = []  # one for each set bit of the size, largest subtree first

    @classmethod
    def of_peaks(cls, size: int, peaks: Sequence[Hash]) -> Frontier:
        """Continue from `size` leaves whose largest complete subtrees, left to right, have these roots."""
        if size < 0 or len(peaks) != size.bit_count() or any(len(peak) != HASH_SIZE for peak in peaks):
            raise ValueError(f"{len(peaks)} peaks do not describe a tree of {size} leaves")
        frontier = cls()
        frontier._size = size
        frontier._peaks = list(peaks)
        return frontier

    @property
    def size(self) -> int:
        """Number of leaves."""
        return self._size

    @property
    def peaks(self) -> tuple[Hash, ...]:
        """Roots of the largest complete subtrees, left to right: with the size, all of the state."""
        return tuple(self._peaks)

    def copy(self) -> Frontier:
        return Frontier.of_peaks(self._size, self._peaks)

    def append(self, leaf: Hash) -> None:
        """Append one leaf hash."""
        self.extend((leaf,))

    def extend(self, leaves: Iterable[Hash]) -> list[Hash]:
        """Append leaf hashes; return every hash that became known, in the order of `stored_position`."""
        size, peaks, stored = self._size, self._peaks, []
        for current in leaves:
            stored.append(current)
            carry = size
            while carry & 1:  # as in binary addition: two complete subtrees of one size make the next
                current = sha256(_NODE + peaks.pop() + current).digest()
                stored.append(current)
                carry >>= 1
            peaks.append(current)
            size += 1
        self._size = size
        return stored

    def root(self) -> Hash:
        """Root of the tree over all leaves so far."""
        return _fold(self._peaks) if self._peaks else EMPTY_ROOT


def root_of(leaves: Iterable[Hash]) -> Hash:
    """Root of the tree over these leaf hashes, of which only a few are held at a time."""
    frontier, waiting = Frontier(), iter(leaves)
    while some := list(islice(waiting, 4096)):
        frontier.extend(some)
    return frontier.root()


def stored_count(size: int) -> int:
    """How many hashes of complete subtrees a tree of `size` leaves has."""
    return 2 * size - size.bit_count()


def stored_position(node: Node) -> int:
    """Place of a node in the sequence of all subtree hashes, each written once its last leaf is known.

    Appending a leaf then appends a run of hashes, so one append-only file holds every level.
    """
    last_leaf = ((node.number + 1) << node.level) - 1
    return stored_count(last_leaf) + node.level


def split(size: int) -> int:
    """The largest power of two below `size` (size >= 2): where RFC 9162 divides a tree."""
    return 1 << ((size - 1).bit_length() - 1)


def complete_subtrees(start: int, end: int) -> list[Node]:
    """The largest complete subtrees that make up the leaves [start, end) of a subtree of RFC 9162."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        nodes.append(Node(level, start >> level))
        start += 1 << level
    return nodes


def read_subtrees(reader: HashReader, ranges: Sequence[tuple[int, int]]) -> list[Hash]:
    """Roots of subtrees given as ranges of leaves [start, end), with one call to the reader."""
    parts = [complete_subtrees(start, end) for start, end in ranges]
    hashes = iter(reader.read_hashes([node for part in parts for node in part]))
    return [_fold([next(hashes) for _ in part]) for part in parts]


def _fold(peaks: Sequence[Hash]) -> Hash:
    """Root of a tree from its complete subtrees, left to right; at least one."""
    root = peaks[-1]
    for peak in reversed(peaks[:-1]):
        root = sha256(_NODE + peak + root).digest()
    return root
