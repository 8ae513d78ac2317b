"""The heavy part of verification: a chunk of ballot lines, checked anywhere an executor runs it.

Everything here is picklable and depends on nothing but its arguments, so a process pool and a cluster give
the same findings.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import msgspec

from quorate.board.tree import leaf_hash
from quorate.crypto.batch import BatchVerifier
from quorate.crypto.elgamal import Ciphertext
from quorate.crypto.encoding import Encoding
from quorate.group import Element
from quorate.record.canonical import RecordError
from quorate.record.entries import Ballot, read_ballot

CHUNK = 1024

Sums = dict[tuple[int, int], bytes]
"""(question, place) to the sum of ciphertexts, 64 bytes."""


@dataclass(frozen=True)
class Setup:
    """What a worker must know of the manifest."""

    phi: bytes
    key: bytes
    encodings: tuple[Encoding, ...]


class Summary(msgspec.Struct, frozen=True, gc=False):
    """What is left of a ballot once its proofs are checked: its place in the chain, its questions, each A."""

    credential: bytes
    prev: bytes
    tracker: bytes
    questions: tuple[int, ...]
    firsts: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A checked chunk. `summaries[i]` is None for a line that is no ballot of an exact shape.

    `faults` are (index in the chunk, kind, message); kinds: form, binding, signature, proof.
    """

    leaves: list[bytes]
    summaries: list[Summary | None]
    faults: list[tuple[int, str, str]]
    sums: Sums


@lru_cache(maxsize=4)
def _verifier(setup: Setup) -> BatchVerifier:
    # The C library raises its threshold for giving memory back to the largest block ever freed. Without this
    # one, each chunk's megabytes would be fetched from the system anew, page by page: 3% of the time.
    bytearray(16 * 2**20)
    return BatchVerifier(setup.phi, setup.key, setup.encodings)


def check_chunk(setup: Setup, lines: Sequence[bytes]) -> Outcome:
    """Check the ballots on these lines: form (V1), binding (V9), signature (V10), proofs (V11)."""
    ballots: list[Ballot] = []
    where: list[int] = []
    faults: list[tuple[int, str, str]] = []
    for index, line in enumerate(lines):
        try:
            ballots.append(read_ballot(line, ""))
            where.append(index)
        except RecordError as error:
            faults.append((index, "form", error.message))
    verified = _verifier(setup).verify(ballots, os.urandom)
    faults += [(where[fault.index], fault.kind, fault.message) for fault in verified.faults]
    summaries: list[Summary | None] = [None] * len(lines)
    for index, ballot, tracker in zip(where, ballots, verified.trackers, strict=True):
        if tracker:
            summaries[index] = Summary(
                ballot.credential,
                ballot.prev,
                tracker,
                tuple([answer.question for answer in ballot.answers]),
                tuple([text[:32] for answer in ballot.answers for text in answer.ciphertexts]),
            )
    sums = {key: value.to_bytes() for key, value in verified.sums.items()}
    return Outcome([leaf_hash(line) for line in lines], summaries, sorted(faults), sums)


def sum_lines(path: Path, offsets: Sequence[int]) -> Sums:
    """Add the ciphertexts of the ballots that start at these offsets; lines that are no ballots add
    nothing.
    """
    sums: dict[tuple[int, int], Ciphertext] = {}
    with path.open("rb") as file:
        for offset in offsets:
            file.seek(offset)
            try:
                ballot = read_ballot(file.readline()[:-1], "")
                for answer in ballot.answers:
                    for place, data in enumerate(answer.ciphertexts):
                        key = (answer.question, place)
                        sums[key] = sums.get(key, Ciphertext.zero()) + Ciphertext.from_canonical_bytes(data)
            except ValueError:  # already a finding of the first pass
                continue
    return {key: value.to_bytes() for key, value in sums.items()}


def read_sum(data: bytes) -> Ciphertext:
    """A sum from another process: unlike a transmitted ciphertext it may hold the identity [02.3]."""
    return Ciphertext(Element.from_canonical_bytes(data[:32]), Element.from_canonical_bytes(data[32:]))
