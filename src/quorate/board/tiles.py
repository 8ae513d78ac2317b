"""A board as static resources: tiles of tree hashes and bundles of entries (c2sp.org/tlog-tiles)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from quorate.board.tree import HASH_SIZE, Hash, Node
from quorate.text import _

TILE_WIDTH: Final = 256
_HEIGHT: Final = 8
_MOST_LEVELS: Final = 64
_PATH = re.compile(r"((?:x[0-9]{3}/)*[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII)
_LEVEL = re.compile(r"0|[1-9][0-9]?", re.ASCII)


class NoSuchTile(LookupError):
    """The address is not in its one form, or the board is not that large yet."""


class Tile(NamedTuple):
    """`width` items from number * 256 on; a full tile has 256, and a partial one is named by its width."""

    number: int
    width: int

    @property
    def full(self) -> bool:
        """Whether there will never be more in it."""
        return self.width == TILE_WIDTH

    @classmethod
    def parse(cls, path: str) -> Tile:
        """Read `x001/x234/067` or `x001/x234/067.p/8`. NoSuchTile for anything else."""
        match = _PATH.fullmatch(path)
        width = int(match[2]) if match and match[2] else TILE_WIDTH
        if match is None or (match[2] and width >= TILE_WIDTH):
            raise NoSuchTile(_("That is not the address of a tile."))
        digits = re.sub("[x/]", "", match[1])
        if len(digits) > 3 and digits.startswith("000"):
            raise NoSuchTile(_("That is not the address of a tile."))
        return cls(int(digits), width)

    def items(self, count: int) -> range:
        """The numbers of its items out of `count`. NoSuchTile when there are not so many."""
        start = self.number * TILE_WIDTH
        if start + self.width > count:
            raise NoSuchTile(_("The board is not that large yet."))
        return range(start, start + self.width)


def parse_level(text: str) -> int:
    """Read a level from 0 to 63. NoSuchTile for anything else."""
    if not _LEVEL.fullmatch(text) or int(text) >= _MOST_LEVELS:
        raise NoSuchTile(_("That is not the level of a tile."))
    return int(text)


def tile_nodes(tile: Tile, level: int, size: int) -> list[Node]:
    """The subtrees whose hashes make a tile of a board with `size` entries. NoSuchTile past its end."""
    height = _HEIGHT * level
    return [Node(height, number) for number in tile.items(size >> height)]


def hash_tile(hashes: Sequence[Hash]) -> bytes:
    """The content of a tile: its hashes, one after the other."""
    if any(len(one) != HASH_SIZE for one in hashes):
        raise ValueError("a hash has 32 bytes")
    return b"".join(hashes)


def entry_bundle(entries: Sequence[bytes]) -> bytes:
    """The content of a bundle: each entry after its length as two bytes, big-endian [08.2]."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
