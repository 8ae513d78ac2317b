"""What stands on a public board, by type: for the page on which people leaf through it."""

from __future__ import annotations

from typing import Final

from quorate.record.entries import Entry

_MANY: Final = frozenset({"ballot", "spoil", "credential-reissue", "credential-revoke", "share"})
"""Types that are counted; each entry of the others is a public statement, and kept."""


class Contents:
    """The types of all entries in the board's order, a byte for each, and the statements whole."""

    def __init__(self) -> None:
        self._kinds = bytearray()
        self._names: list[str] = []
        self._statements: list[tuple[int, Entry]] = []

    def add(self, entry: Entry) -> None:
        """Note the next entry."""
        if entry.type not in self._names:
            self._names.append(entry.type)
        if entry.type not in _MANY:
            self._statements.append((len(self._kinds), entry))
        self._kinds.append(self._names.index(entry.type))

    @property
    def statements(self) -> tuple[tuple[int, Entry], ...]:
        """Openings, extensions, notices, the close, the result and the like, each with its number."""
        return tuple(self._statements)

    @property
    def counts(self) -> dict[str, int]:
        """How many entries there are of each type."""
        return {name: self._kinds.count(code) for code, name in enumerate(self._names)}

    def kind(self, index: int) -> str:
        """The type of an entry."""
        return self._names[self._kinds[index]]

    def numbers(self, kind: str, start: int, most: int) -> list[int]:
        """Up to `most` numbers of entries of this type ('' for any), without the first `start` of them."""
        if not kind:
            return list(range(start, min(start + most, len(self._kinds))))
        if kind not in self._names:
            return []
        code, at = self._names.index(kind), -1
        found: list[int] = []
        while len(found) < start + most and (at := self._kinds.find(code, at + 1)) >= 0:
            found.append(at)
        return found[start:]
