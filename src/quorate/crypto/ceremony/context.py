"""Which ceremony this is: its parties, its ballot, its hash [06.1], [06.2]."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, field

from quorate.crypto.transcript import SUITE, Transcript
from quorate.text import hidden_characters

MOST_TELLERS = 255
LONGEST_NAME = 100
NO_HASH = bytes(32)  # what stands for `previous` before there is one [06.4]


class ContextError(ValueError):
    """The definition of a ceremony, or an index in it, is not allowed [06.1]."""


@dataclass(frozen=True, slots=True)
class Context:
    """The definition of a ceremony [06.2].

    `ceremony_id` and `ballot_id` are 32 random bytes each; `names` are the tellers' in index order, so that
    teller i is `names[i - 1]`; `threshold` tellers decrypt. ContextError for all that [06.1] does not allow.
    """

    ceremony_id: bytes
    ballot_id: bytes
    threshold: int
    names: tuple[str, ...]
    ctx: bytes = field(init=False)

    def __post_init__(self) -> None:
        if len(self.ceremony_id) != 32 or len(self.ballot_id) != 32:
            raise ContextError("a ceremony id and a ballot id have 32 bytes each")
        if not 1 <= self.tellers <= MOST_TELLERS:
            raise ContextError(f"a ceremony has from 1 to {MOST_TELLERS} tellers, not {self.tellers}")
        if not 1 <= self.threshold <= self.tellers:
            raise ContextError(f"the threshold is from 1 to {self.tellers}, not {self.threshold}")
        for name in self.names:
            _check_name(name)
        if len(set(self.names)) != self.tellers:
            raise ContextError("two tellers have the same name")
        transcript = (
            Transcript("ceremony-context")
            .add_bytes("suite", SUITE)
            .add_bytes("ceremony_id", self.ceremony_id)
            .add_bytes("ballot_id", self.ballot_id)
            .add_number("tellers", self.tellers)
            .add_number("threshold", self.threshold)
            .add_list("names", [name.encode() for name in self.names])
        )
        object.__setattr__(self, "ctx", hashlib.sha256(transcript.to_bytes()).digest())

    @property
    def tellers(self) -> int:
        """The number n of tellers."""
        return len(self.names)

    @property
    def indices(self) -> range:
        """The indices 1..n."""
        return range(1, self.tellers + 1)

    def name(self, teller: int) -> str:
        """The name of a teller; ContextError for an index outside 1..n [06.1]."""
        if teller not in self.indices:
            raise ContextError(f"there is no teller {teller}: the indices are 1 to {self.tellers}")
        return self.names[teller - 1]

    def transcript(self, kind: str, round_hash: bytes, teller: int) -> Transcript:
        """A transcript of a kind, opened with the ceremony context [03.7]."""
        return (
            Transcript(kind)
            .add_bytes("suite", SUITE)
            .add_bytes("ceremony", self.ctx)
            .add_bytes("round_hash", round_hash)
            .add_number("teller", teller)
        )

    def warnings(self) -> tuple[str, ...]:
        """What is allowed but not recommended [06.1], in words for the officer."""
        found = []
        if self.threshold == 1:
            found.append("with a threshold of 1, any one teller can read every ballot")
        if self.threshold == self.tellers:
            found.append("with a threshold of all tellers, one lost key makes the ballots unreadable")
        return tuple(found)


def _check_name(name: str) -> None:
    if not name or len(name.encode()) > LONGEST_NAME:
        raise ContextError(f"a teller's name has from 1 to {LONGEST_NAME} bytes")
    if name != unicodedata.normalize("NFC", name) or name != name.strip():
        raise ContextError("a teller's name is in Unicode normal form C, without white space at its ends")
    if hidden_characters(name) or "\t" in name or "\n" in name:
        raise ContextError("a teller's name has no hidden or direction-changing characters [02.9]")
