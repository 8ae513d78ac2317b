"""What changed between two texts, word by word, as data: pages draw it, nothing here does.

Read the parts in order: without the added ones they are the old text, without the removed ones the new one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final, Literal, TypeAlias

from quorate.lifecycle.forms import Form

Kind: TypeAlias = Literal["same", "removed", "added"]
_TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")
_SENTENCE: Final = re.compile(r".*?(?:[.;:!?]\s+|\n\s*)|.+\Z", re.DOTALL)
_PATIENCE: Final = 400
"""Above so many pieces the commonest are not used to find what stayed: no text takes hours."""


class Part(Form, frozen=True, kw_only=True):
    """A stretch of text that stayed, went or came. Never empty."""

    kind: Kind
    text: str


class Difference(Form, frozen=True, kw_only=True):
    """Two texts compared; parts of one kind never follow each other, removals stand before additions."""

    parts: tuple[Part, ...]

    @property
    def changed(self) -> bool:
        """Is there any difference?"""
        return any(part.kind != "same" for part in self.parts)

    @property
    def old(self) -> str:
        """The earlier text."""
        return "".join(part.text for part in self.parts if part.kind != "added")

    @property
    def new(self) -> str:
        """The later text."""
        return "".join(part.text for part in self.parts if part.kind != "removed")

    def words(self, kind: Kind) -> int:
        """How many words stayed, went or came."""
        return sum(len(re.findall(r"\w+", part.text)) for part in self.parts if part.kind == kind)


def difference(old: str, new: str) -> Difference:
    """Compare two texts: sentence by sentence, then word by word within those that changed."""
    parts: list[Part] = []
    before, after = _SENTENCE.findall(old), _SENTENCE.findall(new)
    for kind, i, j, k, m in _opcodes(before, after):
        if kind == "equal":
            parts.append(Part(kind="same", text="".join(before[i:j])))
        else:
            parts += _words("".join(before[i:j]), "".join(after[k:m]))
    return Difference(parts=tuple(_tidy(parts)))


def _opcodes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    patient = max(len(old), len(new)) <= _PATIENCE
    return list(SequenceMatcher(None, old, new, autojunk=not patient).get_opcodes())


def _words(old: str, new: str) -> Iterator[Part]:
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    for kind, i, j, k, m in _opcodes(before, after):
        if kind == "equal":
            yield Part(kind="same", text="".join(before[i:j]))
            continue
        yield Part(kind="removed", text="".join(before[i:j]))
        yield Part(kind="added", text="".join(after[k:m]))


def _tidy(parts: Iterable[Part]) -> Iterator[Part]:
    """One run of changes is one removal and one addition, also across a mere space between changed words."""
    todo = [part for part in parts if part.text]
    same, removed, added = "", "", ""
    for position, part in enumerate(todo):
        between = position + 1 < len(todo) and todo[position + 1].kind != "same"
        if part.kind == "same" and (removed or added) and between and part.text.isspace():
            removed, added = removed + part.text, added + part.text
        elif part.kind == "same":
            yield from _run(removed, added)
            removed, added, same = "", "", same + part.text
        else:
            yield from _run_same(same)
            same = ""
            removed += part.text if part.kind == "removed" else ""
            added += part.text if part.kind == "added" else ""
    yield from _run(removed, added)
    yield from _run_same(same)


def _run_same(text: str) -> Iterator[Part]:
    if text:
        yield Part(kind="same", text=text)


def _run(removed: str, added: str) -> Iterator[Part]:
    if removed:
        yield Part(kind="removed", text=removed)
    if added:
        yield Part(kind="added", text=added)
