"""vectors/ceremony.json and ceremony-decryption.json: a ceremony from its seeds, files to judge, shares."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.crypto.ceremony import rehearsal, round1, round2, round3
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import Messages
from quorate.crypto.ceremony.context import Context
from quorate.crypto.decryption import TallyContext, combine, lagrange_at_zero, partial_decrypt, verify_partial
from quorate.crypto.fingerprint import spoken
from quorate.group import Element, Scalar, base_mul
from quorate.record.canonical import RecordError
from quorate.record.ceremony import (
    AbortedCeremony,
    check_ceremony,
    read_ceremony,
    write_aborted,
    write_complete,
)

FOLDER = Path(__file__).parents[2] / "vectors"


def cases(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))["cases"]
    return found


CEREMONY = cases("ceremony.json")
DECRYPTION = cases("ceremony-decryption.json")


def hold(given: dict[str, Any]) -> dict[str, Any]:
    """The ceremony of these seeds and random values, with all that a case expects of it."""
    context = Context(
        bytes.fromhex(given["ceremony_id"]),
        bytes.fromhex(given["ballot_id"]),
        given["threshold"],
        tuple(given["names"]),
    )
    fresh = given["fresh"]
    secrets = [
        round1.derive(context, i, bytes.fromhex(s))
        for i, s in zip(context.indices, given["seeds"], strict=True)
    ]
    commits = [
        round1.commit(context, s, bytes.fromhex(f)) for s, f in zip(secrets, fresh["commit"], strict=True)
    ]
    committed = round1.gather(context, commits)
    reveals = [
        round2.reveal(committed, s, bytes.fromhex(f)) for s, f in zip(secrets, fresh["reveal"], strict=True)
    ]
    revealed = round2.gather(committed, reveals)
    keys = [round3.open_shares(revealed, s) for s in secrets]
    confirms = [
        round3.confirm(revealed, k, bytes.fromhex(f)) for k, f in zip(keys, fresh["confirm"], strict=True)
    ]
    rehearsals = [
        rehearsal.rehearse(revealed, k, source, bytes.fromhex(f[source]))
        for k, f in zip(keys, fresh["rehearse"], strict=True)
        for source in rehearsal.SOURCES
    ]
    messages = Messages(tuple(commits), tuple(reveals), tuple(confirms), (), tuple(rehearsals))
    return {
        "ctx": context.ctx.hex(),
        "tellers": [
            {
                "signing": s.signing.to_bytes().hex(),
                "encryption": s.encryption.to_bytes().hex(),
                "coefficients": [a.to_bytes().hex() for a in s.coefficients],
                "share": k.share.to_bytes().hex(),
            }
            for s, k in zip(secrets, keys, strict=True)
        ],
        "gamma": committed.gamma.hex(),
        "gamma_spoken": spoken(committed.gamma),
        "delta": revealed.delta.hex(),
        "ballot_key": revealed.ballot_key.to_bytes().hex(),
        "verification_keys": [key.to_bytes().hex() for key in revealed.verification_keys],
        "rehearsal_points": [
            {source: rehearsal.point(revealed, i, source).to_bytes().hex() for source in rehearsal.SOURCES}
            for i in context.indices
        ],
        "file": write_complete(context, messages).decode(),
    }


@pytest.mark.parametrize("case", CEREMONY, ids=[case["name"] for case in CEREMONY])
def test_ceremony(case: dict[str, Any]) -> None:
    """[06.1] to [06.22]"""
    given = case["input"]
    if "seeds" in given:
        assert hold(given) == case["expected"]
        assert check_ceremony(case["expected"]["file"].encode()).ctx.hex() == case["expected"]["ctx"]
        return
    line = given["file"].encode()
    if "failure" in case:
        with pytest.raises((RecordError, CeremonyFailed)) as failed:
            check_ceremony(line)
        assert not isinstance(failed.value, AbortedCeremony)
        if isinstance(failed.value, CeremonyFailed):
            assert all(f"[{blame.clause}]" in case["failure"] for blame in failed.value.blames)
        return
    with pytest.raises(AbortedCeremony) as aborted:
        check_ceremony(line)
    assert [[blame.clause, blame.teller] for blame in aborted.value.blames] == case["expected"]["abort"]
    read = read_ceremony(line, "aborted.json")
    assert write_aborted(read.context, read.messages)[0] == line


def element(text: str) -> Element:
    return Element.from_canonical_bytes(bytes.fromhex(text))


def perform(given: dict[str, Any]) -> dict[str, Any]:
    if given["operation"] == "combine":
        partials = {int(teller): element(partial) for teller, partial in given["partials"].items()}
        point = combine(element(given["B"]), partials)
        weights = {str(i): w.to_bytes().hex() for i, w in lagrange_at_zero(partials).items()}
        return {"weights": weights, "point": point}
    context = TallyContext(
        bytes.fromhex(given["phi"]),
        given["closing_index"],
        bytes.fromhex(given["closing_root"]),
        given["teller"],
    )
    a, b = element(given["A"]), element(given["B"])
    where = (given["question"], given["group"], given["place"])
    if given["operation"] == "verify":
        partial, proof = bytes.fromhex(given["partial"]), bytes.fromhex(given["proof"])
        return {
            "D": verify_partial(context, element(given["verification_key"]), a, b, *where, partial, proof)
        }
    share = Scalar.from_canonical_bytes(bytes.fromhex(given["share"]))
    partial, proof = partial_decrypt(context, share, a, b, *where, bytes.fromhex(given["fresh"]))
    key = base_mul(share)
    assert verify_partial(context, key, a, b, *where, partial, proof) == share * a
    return {"verification_key": key.to_bytes().hex(), "partial": partial.hex(), "proof": proof.hex()}


@pytest.mark.parametrize("case", DECRYPTION, ids=[case["name"] for case in DECRYPTION])
def test_decryption(case: dict[str, Any]) -> None:
    """[09.3] [09.5] [03.8]"""
    if "failure" in case:
        with pytest.raises(ValueError, match="teller|ind"):
            perform(case["input"])
        return
    found, expected = perform(case["input"]), case["expected"]
    if "total" in expected:
        expected = {"weights": expected["weights"], "point": base_mul(Scalar.from_int(expected["total"]))}
    assert found == expected
