"""Attacker: anybody. Wish: a point that is none, or the identity, where programs compute with it: it voids a
proof, or makes two programs disagree (RFC 9496's bad encodings; Belenios' missing membership checks of 2022).

Stopped by: canonical decoding and refusal of the identity in every field ([01.3], [01.6], [02.3]): V9 for the
credential, V10 for the signature, V11 for ciphertexts and commitments, V16 in shares, V8 for a new
credential.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.crypto.ballot import Answer
from quorate.record.canonical import RecordError, encode
from quorate.record.entries import Ballot, Reissue, Share
from quorate.record.manifest import read_manifest
from quorate.verify.run import NoManifest
from support.ballots import Draws, SmallBallot
from support.crafted import resigned
from support.forge import Forge, Forgery
from support.polls import HONEST, Polls

VECTORS = Path(__file__).parents[2] / "vectors" / "ristretto255.json"


def bad_encodings() -> dict[str, bytes]:
    """One of each reason why RFC 9496 refuses 32 bytes, and the identity."""
    found = {"the identity": bytes(32)}
    for case in json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]:
        data = bytes.fromhex(case["input"].get("bytes", ""))
        if case["input"]["operation"] == "decode-element" and "failure" in case and len(data) == 32:
            found.setdefault(case["failure"], data)
    assert len(found) >= 6
    return found


BAD = bad_encodings()


def with_bytes(ballot: Ballot, question: int, kind: str, index: int, start: int, data: bytes) -> list[Answer]:
    """The answers of a ballot with 32 bytes of one ciphertext or proof replaced."""
    answers = []
    for answer in ballot.answers:
        parts = {"ciphertexts": list(answer.ciphertexts), "proofs": list(answer.proofs)}
        if answer.question == question:
            old = parts[kind][index]
            parts[kind][index] = old[:start] + data + old[start + 32 :]
        answers.append(Answer(answer.question, tuple(parts["ciphertexts"]), tuple(parts["proofs"])))
    return answers


@pytest.mark.parametrize("name", BAD)
def test_in_every_point_of_a_ballot(hostile_polls: Polls, name: str) -> None:
    """Each ballot is signed again by its voter, so that no signature gives the change away."""
    ballot, random = hostile_polls.ballot, Draws(name)
    honest, me = ballot.vote(1, HONEST), ballot.credential(1)
    places = []
    for answer in honest.answers:
        q, shapes = answer.question, ballot.election.encodings[answer.question].proofs
        places += [(q, "ciphertexts", 0, start) for start in (0, 32)]
        places += [(q, "proofs", len(shapes) - 1, 32 * i) for i in range(2 * len(shapes[-1].values))]
    for question, kind, index, start in places:
        answers = with_bytes(honest, question, kind, index, start, BAD[name])
        assert hostile_polls.refusal(resigned(ballot.election, honest, me, random, answers)) == "V11"
    assert len(places) == 3 * 2 + 6 + 8 + 4
    assert hostile_polls.refusal(replace(honest, signature=BAD[name] + honest.signature[32:])) == "V10"
    expected = "V10" if name == "the identity" else "V9"  # the identity decodes, but signs nothing
    assert hostile_polls.refusal(replace(honest, credential=BAD[name])) == expected


@pytest.mark.parametrize("name", BAD)
def test_in_every_point_of_a_share(plain: SmallBallot, forge: Forge, name: str) -> None:
    for field, start in (("partial", 0), ("proof", 0), ("proof", 32)):
        forgery = forge(plain)

        def spoil(
            shares: list[Share], field: str = field, start: int = start, forgery: Forgery = forgery
        ) -> list[Share]:
            part = shares[0].shares[0]
            old = getattr(part, field)
            part = replace(part, **{field: old[:start] + BAD[name] + old[start + 32 :]})
            return [forgery.resign(replace(shares[0], shares=(part,))), *shares[1:]]

        forgery.retally(shares=spoil)
        fired = {finding.check for finding in forgery.report().findings}
        assert fired == ({"V16", "V17"} if field == "partial" else {"V16"})


@pytest.mark.parametrize("name", BAD)
def test_in_a_new_credential(rich: SmallBallot, forge: Forge, name: str) -> None:
    """A re-issue to a point that is none, signed by registrar and officers."""
    forgery = forge(rich)
    index = forgery.place(Reissue)
    entry = forgery.entry(index)
    assert isinstance(entry, Reissue)
    forgery.entries[index] = encode(rich.registered(replace(entry, new=BAD[name])))
    findings = forgery.report().findings
    assert {f.check for f in findings if f.where.startswith(f"entry {index} ")} == {"V8"}


@pytest.mark.parametrize("name", BAD)
def test_in_the_manifest(plain: SmallBallot, forge: Forge, name: str) -> None:
    """[08.26] The key that ballots are encrypted under, and the registrar's: there is no such ballot at
    all.
    """
    manifest = plain.manifest
    for false in (
        replace(manifest, ballot_key=BAD[name]),
        replace(manifest, credentials=replace(manifest.credentials, registrar_key=BAD[name])),
    ):
        with pytest.raises(RecordError, match="key"):
            read_manifest(encode(false))
        forgery = forge(plain)
        forgery.manifest = encode(false)
        with pytest.raises(NoManifest):
            forgery.report()


@pytest.mark.parametrize("name", BAD)
def test_in_the_credential_list(plain: SmallBallot, forge: Forge, name: str) -> None:
    forgery = forge(plain)
    forgery.exchange_credential(plain.credential(4).public, BAD[name])
    assert "V8" in {finding.check for finding in forgery.report().findings}
