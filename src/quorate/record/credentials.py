"""The credential list, `credentials.txt`: who may vote, as public keys [07.4] to [07.6]."""

from __future__ import annotations

import re
from array import array
from base64 import b64encode
from binascii import a2b_base64
from bisect import bisect_left
from collections.abc import Iterable
from io import BytesIO
from itertools import islice, pairwise
from operator import itemgetter
from sys import byteorder
from typing import Final, Literal

from quorate.board.tree import Frontier, leaf_hash, root_of
from quorate.group import PointDecodeError, Points
from quorate.record.canonical import Bytes32, Count, RecordError, Struct, encode
from quorate.record.container import CREDENTIALS

MAX_UNIT: Final = 2**32 - 1

_KEY = 32
_CHUNK = 4096  # rows decoded at once: bounds memory, not results
# Base64 of 32 bytes ends in a sign whose two low bits are zero [02.6].
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
_LINE = re.compile(rb"(%b) (0|[1-9][0-9]{0,9})" % _BASE64.pattern)


class CredentialListEvent(Struct, frozen=True):
    """What the registrar signs about the list before the manifest exists [07.6]."""

    count: Count
    root: Bytes32
    type: Literal["credential-list"]


def list_event(count: int, root: bytes) -> bytes:
    """The canonical event of a list of `count` lines with this root [07.6]."""
    return encode(CredentialListEvent(count, root, "credential-list"))


def credential_lines(rows: Iterable[tuple[bytes, int]]) -> list[bytes]:
    """The lines of the list, without LF, for rows of K (32 bytes) and counting unit in any order [07.4].

    ValueError when a K occurs twice, since two voters would then share one vote; or when a unit is out of
    range.
    """
    ordered = sorted(rows, key=itemgetter(0))
    if any(before[0] == after[0] for before, after in pairwise(ordered)):
        raise ValueError("two voters have the same credential; make the codes again")
    if any(len(key) != _KEY or not 0 <= unit <= MAX_UNIT for key, unit in ordered):
        raise ValueError(f"a row is 32 bytes of credential and a unit from 0 to {MAX_UNIT}")
    return [b"%b %d" % (b64encode(key), unit) for key, unit in ordered]


def list_root(lines: Iterable[bytes]) -> bytes:
    """The RFC 9162 root over the lines without LF [07.5]."""
    return root_of(map(leaf_hash, lines))


class CredentialIndex:
    """A whole list in memory, 44 bytes a row, for looking up credentials by their key.

    Rows are numbered from 0 in the order of the list, which is the order of the keys. `root` is the root
    over the lines that were read [07.5].
    """

    __slots__ = ("_keys", "_prefixes", "_units", "root")

    def __init__(self, keys: bytes, units: array[int], root: bytes) -> None:
        """Use `parse`. `keys` is the sorted K of all rows, 32 bytes each; `units` has one number a row."""
        self._keys = keys
        self._prefixes = array("Q", memoryview(keys).cast("Q")[:: _KEY // 8])
        if byteorder == "little":
            self._prefixes.byteswap()  # the order of numbers is then the order of bytes
        self._units = units
        self.root = root

    @classmethod
    def parse(
        cls, lines: Iterable[bytes], where: str = CREDENTIALS, *, elements: bool = True
    ) -> CredentialIndex:
        """Read the lines, without LF, from any stream [07.4].

        RecordError names `where` and the line that is not in canonical form, out of order, a repetition, the
        identity or no element at all. The last two take nearly all the time: with `elements=False` they are
        left to a call of `check_elements`.
        """
        keys = BytesIO()  # which hands its buffer over without a copy
        units = array("I")
        tree, leaves = Frontier(), list[bytes]()
        before = b""
        match = _LINE.fullmatch
        for number, line in enumerate(lines, start=1):
            form = match(line)
            if form is None:
                raise RecordError(f"{where} line {number}", _fault(line))
            key, unit = a2b_base64(form[1]), int(form[2])
            if key <= before:
                why = "the credential occurs twice" if key == before else "lines are not sorted by credential"
                raise RecordError(f"{where} line {number}", why)
            if unit > MAX_UNIT:
                raise RecordError(f"{where} line {number}", f"the unit is above {MAX_UNIT}")
            keys.write(key)
            units.append(unit)
            leaves.append(leaf_hash(line))
            if len(leaves) == _CHUNK:
                tree.extend(leaves)
                leaves.clear()
            before = key
        tree.extend(leaves)
        index = cls(keys.getvalue(), units, tree.root())
        if elements:
            index.check_elements(range(len(index)), where)
        return index

    def check_elements(self, rows: Iterable[int], where: str = CREDENTIALS) -> None:
        """Decode the credentials of these rows; RecordError for the identity or no element at all [07.4]."""
        waiting = iter(rows)
        while chunk := list(islice(waiting, _CHUNK)):
            try:
                Points.from_canonical_bytes(b"".join(map(self.key, chunk)), refuse_identity=True)
            except PointDecodeError as error:
                why = f"the credential {str(error).split(' ', 2)[2]}"
                raise RecordError(f"{where} line {chunk[error.index] + 1}", why) from None

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, bytes) and self.find(key) is not None

    def find(self, key: bytes) -> int | None:
        """The row of a credential (32 bytes), or None when the list does not have it."""
        if len(key) != _KEY:
            return None
        prefix = int.from_bytes(key[:8], "big")
        row = bisect_left(self._prefixes, prefix)
        while row < len(self._prefixes) and self._prefixes[row] == prefix:
            if self._keys[_KEY * row : _KEY * row + _KEY] == key:
                return row
            row += 1
        return None

    def key(self, row: int) -> bytes:
        """K of a row; IndexError outside the list."""
        if not 0 <= row < len(self):
            raise IndexError(f"the list has no row {row}")
        return self._keys[_KEY * row : _KEY * row + _KEY]

    def unit(self, row: int) -> int:
        """The counting unit of a row; IndexError outside the list."""
        if not 0 <= row < len(self):
            raise IndexError(f"the list has no row {row}")
        return self._units[row]

    def unit_counts(self) -> dict[int, int]:
        """How many rows each unit has, by unit in rising order."""
        counts: dict[int, int] = {}
        for unit in self._units:
            counts[unit] = counts.get(unit, 0) + 1
        return dict(sorted(counts.items()))


def _fault(line: bytes) -> str:
    """Why a line does not have the form of a row."""
    key, space, unit = line.partition(b" ")
    if not space or b" " in unit:
        return "a line is a credential, one space and a unit"
    if not _BASE64.fullmatch(key):
        return "the credential is not the canonical base64 of 32 bytes"
    return "the unit is not a decimal number without leading zeros"
