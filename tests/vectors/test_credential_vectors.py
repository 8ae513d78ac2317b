"""vectors/credential.json: codes, credentials, the list, the registrar ([07.1] to [07.6], [07.14])."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from quorate.crypto import schnorr
from quorate.crypto.credential import CodeError, CredentialError, derive, make_code, parse_code
from quorate.crypto.statements import registrar_transcript
from quorate.group import Element, Scalar
from quorate.record.canonical import RecordError
from quorate.record.credentials import CredentialIndex

VECTORS = Path(__file__).parents[2] / "vectors"
CASES: list[dict[str, Any]] = json.loads((VECTORS / "credential.json").read_text(encoding="utf-8"))["cases"]
REFUSALS = (CodeError, CredentialError, RecordError, schnorr.SignatureError)
# What the words of a failure in the file mean in messages for people.
MESSAGES = {
    "check sum": "wrong, or two are swapped",
    "alphabet": "codes never use",
    "length": "instead of 24|instead of 4|Type the voting code",
    "ballot id": "ballot id has 32 bytes",
}


def perform(given: dict[str, Any]) -> Any:
    match given["operation"]:
        case "make":  # [07.1] [07.2]
            return make_code(bytes.fromhex(given["fresh"]))
        case "read":  # [07.1] [07.2]
            return parse_code(given["text"])
        case "derive":  # [07.3]
            credential = derive(parse_code(given["code"]), bytes.fromhex(given["ballot_id"]))
            return {"secret": credential.secret.to_bytes().hex(), "credential": credential.public.hex()}
        case "list":  # [07.4] [07.5]
            index = CredentialIndex.parse([line.encode() for line in given["lines"]])
            return {"root": index.root.hex(), "count": len(index)}
        case "event":  # [07.6] [07.14]
            public = bytes.fromhex(given["registrar_key"])
            transcript = registrar_transcript(
                bytes.fromhex(given["ballot_id"]), public, given["event"].encode()
            )
            if "signature" in given:
                signature = bytes.fromhex(given["signature"])
            else:
                secret = Scalar.from_canonical_bytes(bytes.fromhex(given["secret"]))
                signature = schnorr.sign(secret, transcript, bytes.fromhex(given["fresh"]))
            schnorr.verify(Element.from_canonical_bytes(public), transcript, signature)
            return {"signature": signature.hex()}
    raise AssertionError(f"the vectors name an unknown operation: {given['operation']}")


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_vector(case: dict[str, Any]) -> None:
    if "failure" in case:
        with pytest.raises(REFUSALS, match=MESSAGES.get(case["failure"], case["failure"])):
            perform(case["input"])
    else:
        assert perform(case["input"]) == case["expected"]
