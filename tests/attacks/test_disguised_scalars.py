"""Attacker: anybody who passes a ballot or a share on. Wish: the same scalar in other bytes, so that one
ballot has two trackers, or two programs disagree (CVE-2024-48949; signature malleability).

Stopped by: scalars of L or more are refused in every field ([01.4], [02.2]): V11 in proofs, V10 in
signatures, V16 in shares, V13 in spoils, V8 in the registrar's events. 31 or 33 bytes change an exact
length: V9.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from quorate.crypto.ballot import Answer
from quorate.group import L
from quorate.record.canonical import encode
from quorate.record.entries import Ballot, Reissue, Revoke, Share, Spoil
from support.ballots import Draws, SmallBallot
from support.crafted import resigned
from support.forge import Forge
from support.polls import HONEST, Polls

DISGUISES: dict[str, Callable[[int], int]] = {
    "s + L": lambda s: s + L,
    "s + 2L": lambda s: s + 2 * L,
    "s + 8L": lambda s: s + 8 * L,
    "2L": lambda s: 2 * L,
    "all ones": lambda s: 2**256 - 1,
    "high bit": lambda s: s | 1 << 255,
}


def disguise(scalar: bytes, name: str) -> bytes:
    return DISGUISES[name](int.from_bytes(scalar, "little")).to_bytes(32, "little")


def with_proof(ballot: Ballot, question: int, proof: int, data: bytes) -> tuple[Answer, ...]:
    """The answers of a ballot with one proof replaced."""
    answers = []
    for q, answer in enumerate(ballot.answers):
        proofs = list(answer.proofs)
        if q == question:
            proofs[proof] = data
        answers.append(Answer(answer.question, answer.ciphertexts, tuple(proofs)))
    return tuple(answers)


@pytest.mark.parametrize("name", DISGUISES)
def test_in_every_scalar_of_every_proof(hostile_polls: Polls, name: str) -> None:
    """The voter signs the disguised proof: V11 alone is left to refuse it."""
    ballot, random = hostile_polls.ballot, Draws(name)
    honest, me = ballot.vote(1, HONEST), ballot.credential(1)
    fields = 0
    for q, answer in enumerate(honest.answers):
        for p, proof in enumerate(answer.proofs[-2:], start=max(0, len(answer.proofs) - 2)):
            points = 64 * len(ballot.election.encodings[q].proofs[p].values)
            for start in range(points, len(proof), 32):
                scalar = disguise(proof[start : start + 32], name)
                answers = with_proof(honest, q, p, proof[:start] + scalar + proof[start + 32 :])
                assert hostile_polls.refusal(resigned(ballot.election, honest, me, random, answers)) == "V11"
                fields += 1
    assert fields == 5 + (3 + 7) + (3 + 3)


@pytest.mark.parametrize("name", DISGUISES)
def test_in_the_signature(hostile_polls: Polls, name: str) -> None:
    honest = hostile_polls.ballot.vote(1, HONEST)
    signature = honest.signature[:32] + disguise(honest.signature[32:], name)
    assert hostile_polls.refusal(replace(honest, signature=signature)) == "V10"


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_other_lengths(hostile_polls: Polls, size: int) -> None:
    ballot = hostile_polls.ballot
    honest = ballot.vote(1, HONEST)
    proof = honest.answers[0].proofs[0][:-32] + bytes(size)
    answers = with_proof(honest, 0, 0, proof)
    stretched = resigned(ballot.election, honest, ballot.credential(1), Draws("length"), answers)
    assert hostile_polls.refusal(stretched) == "V9"
    signature = honest.signature[:32] + bytes(size)
    assert hostile_polls.refusal(replace(honest, signature=signature)) == "V10"


@pytest.mark.parametrize("name", DISGUISES)
def test_in_events_and_shares_of_a_record(rich: SmallBallot, forge: Forge, name: str) -> None:
    forgery = forge(rich)
    found = {}
    for kind, field, check in (
        (Spoil, "signature", "V13"),
        (Reissue, "registrar", "V8"),
        (Revoke, "registrar", "V8"),
    ):
        index = forgery.place(kind)
        old = getattr(forgery.entry(index), field)
        forgery.edit(index, **{field: old[:32] + disguise(old[32:], name)})
        found[f"entry {index} "] = check

    def shares(honest: list[Share]) -> list[Share]:
        first, second = honest
        part = first.shares[0]
        part = replace(part, proof=part.proof[:64] + disguise(part.proof[64:], name))
        first = forgery.resign(replace(first, shares=(part, *first.shares[1:])))
        second = replace(second, signature=second.signature[:32] + disguise(second.signature[32:], name))
        return [first, second]

    forgery.retally(shares=shares)
    found |= {f"entry {forgery.place(Share) + i} ": "V16" for i in (0, 1)}
    findings = forgery.report().findings
    for place, check in found.items():
        assert [f.check for f in findings if f.where.startswith(place)] == [check]
    assert len(findings) == len(found)


def test_in_the_signature_of_the_credential_list(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    old = plain.manifest.credentials
    signature = old.signature[:32] + disguise(old.signature[32:], "s + L")
    forgery.manifest = encode(replace(plain.manifest, credentials=replace(old, signature=signature)))
    forgery.pins = None
    assert [f.check for f in forgery.report().findings if f.check == "V8"] == ["V8"]
