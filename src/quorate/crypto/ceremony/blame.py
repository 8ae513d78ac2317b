"""Findings of a ceremony: who broke which clause, and the errors that carry them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from quorate.crypto.ceremony.context import Context


@dataclass(frozen=True, slots=True, order=True)
class Blame:
    """One finding. `teller` is 0 where the messages convict nobody; `clause` is a label of document 06."""

    clause: str
    teller: int
    name: str
    what: str

    @classmethod
    def on(cls, context: Context, teller: int, clause: str, what: str) -> Blame:
        """A finding about one teller of the ceremony."""
        return cls(clause, teller, context.name(teller), what)

    @classmethod
    def on_nobody(cls, clause: str, what: str) -> Blame:
        """A finding that ends the ceremony and names no culprit."""
        return cls(clause, 0, "", what)

    def __str__(self) -> str:
        who = f"teller {self.teller} ({self.name}): " if self.teller else ""
        return f"{who}{self.what} [{self.clause}]"


class CeremonyFailed(ValueError):
    """There is no key; `blames` says why, sorted and never empty [06.18]."""

    def __init__(self, blames: Iterable[Blame]) -> None:
        self.blames = tuple(sorted(set(blames)))
        super().__init__("; ".join(map(str, self.blames)))

    @property
    def culprits(self) -> frozenset[int]:
        """The indices of all tellers that are named."""
        return frozenset(blame.teller for blame in self.blames if blame.teller)
