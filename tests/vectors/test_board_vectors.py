"""The board against vectors that other implementations made ([08.1] to [08.15])."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from quorate.board.checkpoint import WitnessPolicy, open_checkpoint
from quorate.board.consistency import verify_consistency
from quorate.board.errors import BoardError
from quorate.board.inclusion import verify_inclusion
from quorate.board.keys import LogSigner, VerifierKey, WitnessSigner, verify_signatures
from quorate.board.note import Note
from quorate.board.proof import Receipt
from quorate.board.tree import leaf_hash, root_of

FOLDER = Path(__file__).parents[2] / "vectors"


def cases(topic: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))["cases"]
    return found


def unhex(values: list[str]) -> list[bytes]:
    return [bytes.fromhex(value) for value in values]


def policy_of(given: dict[str, Any]) -> WitnessPolicy:
    return WitnessPolicy(quorum=given["quorum"], witnesses=tuple(given["witnesses"]))


def run_tree(given: dict[str, Any]) -> object:
    return root_of(map(leaf_hash, unhex(given["entries"]))).hex()


def run_inclusion(given: dict[str, Any]) -> object:
    leaf, root = unhex([given["leaf"], given["root"]])
    verify_inclusion(leaf, given["index"], given["size"], unhex(given["proof"]), root)
    return "included"


def run_consistency(given: dict[str, Any]) -> object:
    old_root, new_root = unhex([given["old_root"], given["new_root"]])
    verify_consistency(given["old"], given["new"], old_root, new_root, unhex(given["proof"]))
    return "consistent"


def run_note(given: dict[str, Any]) -> object:
    data = bytes.fromhex(given["note"])
    note = Note.parse(data)
    assert note.encode() == data
    return [item.key.name for item in verify_signatures(note, map(VerifierKey.parse, given["known"]))]


def run_key(given: dict[str, Any]) -> object:
    key = VerifierKey.parse(given["vkey"])
    assert str(key) == given["vkey"]
    return {"kind": key.kind, "name": key.name, "public_key": key.public_key.hex()}


def run_checkpoint(given: dict[str, Any]) -> object:
    key, policy = VerifierKey.parse(given["log_key"]), policy_of(given["policy"])
    signed = open_checkpoint(bytes.fromhex(given["note"]), key, policy)
    found = signed.checkpoint
    times = list(signed.require_quorum())
    return {"origin": found.origin, "size": found.size, "root": found.root.hex(), "times": times}


def run_receipt(given: dict[str, Any]) -> object:
    data = bytes.fromhex(given["receipt"])
    receipt = Receipt.parse(data)
    assert receipt.encode() == data
    key, policy = VerifierKey.parse(given["log_key"]), policy_of(given["policy"])
    verified = receipt.verify(bytes.fromhex(given["entry"]), key, policy)
    return {"index": verified.index, "size": verified.signed.checkpoint.size}


RUNNERS: dict[str, Callable[[dict[str, Any]], object]] = {
    "tree": run_tree,
    "tree-inclusion": run_inclusion,
    "tree-consistency": run_consistency,
    "note": run_note,
    "note-keys": run_key,
    "checkpoint": run_checkpoint,
    "tlog-proof": run_receipt,
}


@pytest.mark.parametrize(
    ("topic", "case"),
    [pytest.param(topic, case, id=f"{topic}: {case['name']}") for topic in RUNNERS for case in cases(topic)],
)
def test_vector(topic: str, case: dict[str, Any]) -> None:
    """[08.1] [08.3] [08.4] [08.5] [08.6] [08.7] [08.8] [08.9] [08.11] [08.12] [08.13] [08.14] [08.15]

    Accepted with this result, or refused with a typed error.
    """
    if "failure" in case:
        with pytest.raises(BoardError):
            RUNNERS[topic](case["input"])
    else:
        assert RUNNERS[topic](case["input"]) == case["expected"]


def test_our_signatures_are_the_same_bytes() -> None:
    """[08.5] [08.6] [08.11] Ed25519 is deterministic: with the vectors' keys we write the vectors' notes."""
    by_name = {case["name"]: case for case in cases("checkpoint")}
    case = by_name["three of three"]
    theirs = Note.parse(bytes.fromhex(case["input"]["note"]))
    log = LogSigner("board.example/ballot-1", bytes([1]) * 32)
    witnesses = [WitnessSigner(f"witness-{i}.example", bytes([16 + i]) * 32) for i in range(3)]
    times = {item.name: int.from_bytes(item.signature[:8], "big") for item in theirs.signatures[1:]}
    ours = Note(
        theirs.text,
        (
            log.sign(theirs.text),
            *(witness.cosign(theirs.text, times[witness.key.name]) for witness in witnesses),
        ),
    )
    assert ours.encode() == theirs.encode()
    assert str(log.key) == case["input"]["log_key"]
    assert [str(witness.key) for witness in witnesses] == case["input"]["policy"]["witnesses"]


def test_policies_decode_from_canonical_json() -> None:
    """[08.12] As it stands in the manifest: keys in order, and a bad policy is refused with its path."""
    good, bad = (
        {case["name"]: case for case in cases("checkpoint")}[name]
        for name in ("two of three", "quorum of half")
    )
    encoded = msgspec.json.encode(good["input"]["policy"])
    policy = msgspec.json.decode(encoded, type=WitnessPolicy)
    assert msgspec.json.encode(policy) == encoded
    with pytest.raises(msgspec.ValidationError, match="quorum of 1"):
        msgspec.json.decode(msgspec.json.encode(bad["input"]["policy"]), type=WitnessPolicy)
