"""What the vectors of ballots, transcripts and tallies state, computed by this implementation.

The tests compare each published case with what these functions give. To write the cases of this
implementation again: ``PYTHONPATH=tests python -m support.vector_makers``. A vector that changes is a
change of the protocol.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from quorate.crypto import ballot as ballots
from quorate.crypto import decryption, value_set
from quorate.crypto.credential import derive, parse_code
from quorate.crypto.decryption import TallyContext
from quorate.crypto.encoding import Encoding
from quorate.crypto.fingerprint import spoken
from quorate.crypto.tally import find_totals, partition
from quorate.crypto.transcript import Transcript
from quorate.group import Element, FixedBase, L, Scalar, base_mul
from quorate.record.canonical import encode
from quorate.record.entries import Answer, Ballot, read_ballot
from quorate.verify.chunk import Setup, check_chunk

FOLDER = Path(__file__).parents[2] / "vectors"
Json = dict[str, Any]


class Refused(ValueError):
    """The input of a vector is refused."""


def encoding_of(given: Json) -> Encoding:
    """An encoding as vectors name it: single with a number of outcomes, or min to max of options."""
    if given["type"] == "single":
        return Encoding(given["outcomes"], blank=False)
    return Encoding(given["options"], given["blank"], given["min"], given["max"])


def encodings_of(questions: Sequence[Json]) -> tuple[Encoding, ...]:
    """One encoding for each question number up to the last; numbers that nobody asks get any."""
    unused = Encoding(2, blank=False)
    by_number = {given["question"]: encoding_of(given["encoding"]) for given in questions}
    return tuple(by_number.get(number, unused) for number in range(max(by_number) + 1))


def chosen_of(encoding: Encoding, choice: Any) -> list[int]:
    """The outcomes that a choice names."""
    if choice == "blank":
        return [encoding.options]
    return list(choice["options"]) if "options" in choice else [choice["outcome"]]


def describe_ballot(given: Json) -> Json:
    """A ballot with every intermediate value of documents 05 and 07, from its inputs alone."""
    phi, key, prev = (bytes.fromhex(given[name]) for name in ("phi", "ballot_key", "prev"))
    encodings = encodings_of(given["questions"])
    numbers = [question["question"] for question in given["questions"]]
    choices = [
        (q, chosen_of(encodings[q], choice)) for q, choice in zip(numbers, given["choices"], strict=True)
    ]
    credential = derive(parse_code(given["code"]), bytes.fromhex(given["ballot_id"]))
    election = ballots.Election(phi, FixedBase(Element.from_canonical_bytes(key)), key, encodings)
    body = ballots.make_body(election, credential.public, prev, choices, bytes.fromhex(given["rho"]))
    hashed = ballots.ciphertexts_hash([(a.question, a.ciphertexts) for a in body.answers])
    about = ballots.context(phi, key, credential.public, prev, hashed)
    unsigned = ballots.signature_transcript(about, hashlib.sha512(body.to_bytes()).digest())
    k = Scalar.from_canonical_bytes(bytes.fromhex(given["nonce"]))
    commitment = base_mul(k).to_bytes()
    transcript = unsigned.add_bytes("commitment", commitment)
    signature = commitment + (k + transcript.challenge() * credential.secret).to_bytes()
    plaintexts = [encodings[q].plaintexts(picked) for q, picked in choices]
    first, shape = body.answers[0], encodings[numbers[0]].proofs[0]
    size = 64 * len(shape.values)
    commitments = [first.proofs[0][i : i + 32] for i in range(0, size, 32)]
    proof = value_set.transcript(shape, about, numbers[0], 0, first.ciphertexts, commitments)
    answers = tuple(Answer(a.ciphertexts, a.proofs, a.question) for a in body.answers)
    entry = Ballot(answers, credential.public, phi, prev, signature, "ballot")
    return {
        "body": body.to_bytes().hex(),
        "ciphertexts": [[c.hex() for c in a.ciphertexts] for a in body.answers],
        "ciphertexts_hash": hashed.hex(),
        "credential": credential.public.hex(),
        "derived": _derived(given, credential.public, encodings, plaintexts),
        "entry": encode(entry).decode(),
        "plaintexts": [list(values) for values in plaintexts],
        "proof_0_transcript": proof.to_bytes().hex(),
        "proof_0_challenge": proof.challenge().to_bytes().hex(),
        "proofs": [[p.hex() for p in a.proofs] for a in body.answers],
        "secret": credential.secret.to_bytes().hex(),
        "shown_tracker": spoken(body.tracker()).replace(" ", "-"),
        "signature": signature.hex(),
        "signature_transcript": transcript.to_bytes().hex(),
        "tracker": body.tracker().hex(),
    }


def _derived(
    given: Json, credential: bytes, encodings: Sequence[Encoding], plaintexts: Sequence[Sequence[int]]
) -> dict[str, str]:
    """Every scalar that comes from rho, by its label [07.11], as HKDF in its plainest form."""
    from cryptography.hazmat.primitives.hashes import SHA512
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    def framed(*values: bytes) -> bytes:
        return b"".join(len(value).to_bytes(4, "big") + value for value in values)

    numbers = [question["question"] for question in given["questions"]]
    plain = b""
    for q, values in zip(numbers, plaintexts, strict=True):
        plain += b"".join(n.to_bytes(8, "big") for n in (q, len(values), *values))
    labels = []
    for q, values in zip(numbers, plaintexts, strict=True):
        labels += [f"{q}/{i}/r" for i in range(len(values))]
        for p, shape in enumerate(encodings[q].proofs):
            labels.append(f"{q}/{p}/w")
            value = sum(w * v for w, v in zip(shape.weights, values, strict=True))
            labels += [f"{q}/{p}/{x}/{j}" for j, v in enumerate(shape.values) if v != value for x in "cz"]
    prev = bytes.fromhex(given["prev"])
    found = {}
    for label in labels:
        info = framed(b"quorate/1 ballot", credential, prev, plain, label.encode())
        okm = HKDF(SHA512(), 64, bytes.fromhex(given["phi"]), info).derive(bytes.fromhex(given["rho"]))
        found[label] = (int.from_bytes(okm, "little") % L).to_bytes(32, "little").hex()
    return found


def accept_entry(given: Json) -> str:
    """Accept a ballot under the form that a manifest fixes; Refused with the check and the reason."""
    line, encodings = given["entry"].encode(), encodings_of(given["questions"])
    setup = Setup(bytes.fromhex(given["phi"]), bytes.fromhex(given["ballot_key"]), encodings)
    for _position, kind, message in check_chunk(setup, [line]).faults:
        raise Refused(f"{kind}: {message}")
    due = [question["question"] for question in given["questions"]]
    if [answer.question for answer in read_ballot(line, "").answers] != due:  # as check V9 does
        raise Refused(f"binding: the questions are {due}")
    return "accepted"


def describe_transcript(given: Json) -> Json:
    """The bytes and the challenge of a transcript from its kind and items [03.1] to [03.4]."""
    made = Transcript(given["kind"])
    for item in given["items"]:
        if "bytes" in item:
            made.add_bytes(item["label"], bytes.fromhex(item["bytes"]))
        elif "list" in item:
            made.add_list(item["label"], [bytes.fromhex(value) for value in item["list"]])
        else:
            made.add_number(item["label"], item["number"])
    return {"transcript": made.to_bytes().hex(), "challenge": made.challenge().to_bytes().hex()}


def tally_operation(given: Json) -> Any:
    """The four steps of document 09 that a verifier repeats."""
    operation: dict[str, Callable[[Json], Any]] = {
        "verify-partial": _verify_partial,
        "combine": _combine,
        "counts": lambda g: list(encoding_of(g["encoding"]).counts(g["totals"], g["counted"])),
        "groups": _groups,
    }
    return operation[given["operation"]](given)


def _verify_partial(given: Json) -> str:
    context = TallyContext(
        bytes.fromhex(given["phi"]),
        given["closing_index"],
        bytes.fromhex(given["closing_root"]),
        given["teller"],
    )
    key, a, b = (
        Element.from_canonical_bytes(bytes.fromhex(given[name])) for name in ("verification_key", "A", "B")
    )
    partial, proof = bytes.fromhex(given["partial"]), bytes.fromhex(given["proof"])
    decryption.verify_partial(
        context, key, a, b, given["question"], given["group"], given["place"], partial, proof
    )
    return "holds"


def _combine(given: Json) -> Json:
    partials = {
        int(teller): Element.from_canonical_bytes(bytes.fromhex(d)) for teller, d in given["partials"].items()
    }
    message = decryption.combine(Element.from_canonical_bytes(bytes.fromhex(given["B"])), partials)
    totals = find_totals(encoding_of(given["encoding"]), [message], given["counted"])
    return {"message": message.to_bytes().hex(), "total": totals[0]}


def _groups(given: Json) -> Any:
    groups = partition(given["counted"], given["limit"])
    return "withheld" if groups is None else [list(group) for group in groups]


# The cases of this implementation. Every secret is a hash of a fixed text: anybody can compute each value
# again.


def secret(text: str, size: int = 32) -> bytes:
    """The first bytes of SHAKE-256 of `quorate vector ` and the text."""
    return hashlib.shake_256(b"quorate vector " + text.encode()).digest(size)


def _scalar(text: str) -> Scalar:
    return Scalar.from_wide_bytes(secret(text, 64))


BALLOTS: list[tuple[str, list[Json], list[Any], bool]] = [
    ("two outcomes, the first", [{"type": "single", "outcomes": 2}], [{"outcome": 0}], False),
    ("two outcomes, the last", [{"type": "single", "outcomes": 2}], [{"outcome": 1}], False),
    ("three outcomes, yes", [{"type": "single", "outcomes": 3}], [{"outcome": 0}], False),
    ("three outcomes, no, voting again", [{"type": "single", "outcomes": 3}], [{"outcome": 1}], True),
    ("three outcomes, blank", [{"type": "single", "outcomes": 3}], [{"outcome": 2}], False),
    ("one of four, the second", [{"type": "single", "outcomes": 4}], [{"outcome": 1}], False),
    ("one of four, the last", [{"type": "single", "outcomes": 4}], [{"outcome": 3}], False),
    (
        "up to two of three without blank, none",
        [{"type": "multiple", "options": 3, "min": 0, "max": 2, "blank": False}],
        [{"options": []}],
        False,
    ),
    (
        "exactly two of three, the first and the last",
        [{"type": "multiple", "options": 3, "min": 2, "max": 2, "blank": False}],
        [{"options": [0, 2]}],
        False,
    ),
    (
        "one or two of three, blank",
        [{"type": "multiple", "options": 3, "min": 1, "max": 2, "blank": True}],
        ["blank"],
        False,
    ),
    (
        "three questions",
        [
            {"type": "single", "outcomes": 3},
            {"type": "multiple", "options": 2, "min": 1, "max": 2, "blank": True},
            {"type": "single", "outcomes": 2},
        ],
        [{"outcome": 1}, {"options": [1]}, {"outcome": 0}],
        True,
    ),
]


def ballot_cases() -> list[Json]:
    """Every encoding of [05.7] to [05.9], alone and together."""
    cases = []
    for number, (name, encodings, choices, again) in enumerate(BALLOTS):
        questions = [{"question": q, "encoding": encoding} for q, encoding in enumerate(encodings)]
        given = {
            "ballot_id": secret("ballot id").hex(),
            "ballot_key": base_mul(_scalar("ballot key")).to_bytes().hex(),
            "choices": choices,
            "code": "7K2M-9QXR-4TGH-B8ND-W3PZ-5V1D" if number % 2 else "0000-0000-0000-0000-0000-0000",
            "nonce": _scalar(f"nonce {number}").to_bytes().hex(),
            "phi": secret("phi").hex(),
            "prev": (secret("earlier") if again else bytes(32)).hex(),
            "questions": questions,
            "rho": secret(f"rho {number}").hex(),
        }
        cases.append({"name": name, "input": given, "expected": describe_ballot(given)})
    return cases


def transcript_cases() -> list[Json]:
    """Items of each form, and pairs that a careless encoding would confuse [03.3]."""
    items: list[tuple[str, str, list[Json]]] = [
        ("no item", "round", []),
        ("a byte string", "round", [{"label": "a", "bytes": "00ff"}]),
        ("an empty byte string", "round", [{"label": "a", "bytes": ""}]),
        ("an empty list", "round", [{"label": "a", "list": []}]),
        ("a list of one empty string", "round", [{"label": "a", "list": [""]}]),
        ("ab, c", "round", [{"label": "a", "list": ["6162", "63"]}]),
        ("a, bc", "round", [{"label": "a", "list": ["61", "6263"]}]),
        ("the largest number that JSON may hold", "round", [{"label": "n", "number": 2**53 - 1}]),
        ("zero", "round", [{"label": "n", "number": 0}]),
        ("zero as eight bytes", "round", [{"label": "n", "bytes": "0000000000000000"}]),
        (
            "all forms, a label that is not ASCII",
            "value-set",
            [
                {"label": "Zähler", "number": 7},
                {"label": "values", "list": ["01", "0203", ""]},
                {"label": "phi", "bytes": secret("phi").hex()},
            ],
        ),
    ]
    cases = []
    for name, kind, given in items:
        whole = {"kind": kind, "items": given}
        cases.append({"name": name, "input": whole, "expected": describe_transcript(whole)})
    return cases


def tally_cases() -> list[Json]:
    """Partial decryptions of one aggregate by two of three tellers, their sum, counts and groups."""
    secrets = {j: Scalar.from_int(5) + Scalar.from_int(j) * _scalar("slope") for j in (1, 2, 3)}
    r, total = _scalar("aggregate"), 4 + 3 * 2**32
    a = base_mul(r)
    b = r * base_mul(Scalar.from_int(5)) + base_mul(Scalar.from_int(total))
    phi, root = secret("phi"), secret("closing root")
    cases: list[Json] = []
    partials = {}
    for j, x in secrets.items():
        context = TallyContext(phi, 11, root, j)
        d, proof = decryption.partial_decrypt(context, x, a, b, 2, 1, 0, secret(f"fresh {j}"))
        partials[j] = d
        given = {
            "operation": "verify-partial",
            "A": a.to_bytes().hex(),
            "B": b.to_bytes().hex(),
            "closing_index": 11,
            "closing_root": root.hex(),
            "group": 1,
            "partial": d.hex(),
            "phi": phi.hex(),
            "place": 0,
            "proof": proof.hex(),
            "question": 2,
            "teller": j,
            "verification_key": base_mul(x).to_bytes().hex(),
        }
        cases.append({"name": f"the partial decryption of teller {j}", "input": given, "expected": "holds"})
    good = cases[0]["input"]
    shifted = (Element.from_canonical_bytes(partials[1]) + base_mul(Scalar.one())).to_bytes().hex()
    false: list[tuple[str, Json, str]] = [
        ("another partial decryption", {"partial": shifted}, "the proof binds D"),
        ("the proof of another teller", {"proof": cases[1]["input"]["proof"]}, "the proof binds V_j"),
        ("sent as another teller", {"teller": 2}, "the context binds the teller"),
        ("for another ballot", {"phi": secret("other").hex()}, "the context binds phi"),
        ("for another close", {"closing_index": 12}, "the context binds the closing index"),
        ("for another closing tree", {"closing_root": secret("r").hex()}, "the context binds the root"),
        ("for another question", {"question": 0}, "the statement binds the question"),
        ("for another group", {"group": 0}, "the statement binds the group"),
        ("for another place", {"place": 1}, "the statement binds the place"),
        ("for another B", {"B": good["A"]}, "the statement binds B"),
        ("for another A", {"A": good["B"]}, "the statement binds A"),
        ("a proof of 95 bytes", {"proof": good["proof"][:-2]}, "a proof has 96 bytes"),
        ("a response of L or more", {"proof": good["proof"][:128] + "ff" * 32}, "scalars are below L"),
        ("the identity decrypted", {"A": "00" * 32}, "the identity is refused"),
        ("the identity as D", {"partial": "00" * 32}, "the identity is refused"),
    ]
    cases += [{"name": name, "input": good | change, "failure": why} for name, change, why in false]
    single = {"type": "single", "outcomes": 3}
    for pair in ((1, 2), (1, 3), (2, 3), (1, 2, 3)):
        given = {
            "operation": "combine",
            "B": b.to_bytes().hex(),
            "counted": 9,
            "encoding": single,
            "partials": {str(j): partials[j].hex() for j in pair},
        }
        name = "tellers " + " and ".join(map(str, pair))
        cases.append({"name": name, "input": given, "expected": tally_operation(given)})
    given = cases[-1]["input"]
    alone = {"partials": {"1": partials[1].hex()}}
    cases.append(
        {"name": "one teller alone", "input": given | alone, "failure": "no possible pair of counts"}
    )
    cases.append({"name": "fewer ballots", "input": given | {"counted": 6}, "failure": "7 votes, 6 ballots"})
    two = {"type": "single", "outcomes": 2}
    several = {"type": "multiple", "options": 2, "min": 1, "max": 2, "blank": True}
    counts: list[tuple[str, Json, list[int], int, str | None]] = [
        ("two outcomes", two, [3], 5, None),
        ("three outcomes", single, [4 + 3 * 2**32], 9, None),
        ("five outcomes", {"type": "single", "outcomes": 5}, [1, 0, 2, 0], 4, None),
        ("one or two of two", several, [3, 1, 1], 4, None),
        ("more votes than ballots", two, [6], 5, "6 of 5"),
        ("more of both than ballots", single, [4 + 3 * 2**32], 6, "4 + 3 of 6"),
        ("too few choices", several, [1, 1, 1], 4, "3 ballots choose at least 3"),
        ("too many choices", several, [4, 3, 1], 4, "3 ballots choose at most 6"),
        ("one total too few", several, [3, 1], 4, "three totals are due"),
    ]
    for name, encoding, totals, counted, failure in counts:
        given = {"operation": "counts", "counted": counted, "encoding": encoding, "totals": totals}
        outcome = {"failure": failure} if failure else {"expected": tally_operation(given)}
        cases.append({"name": f"counts of {name}", "input": given, **outcome})
    groups: list[tuple[str, list[int], int]] = [
        ("all large", [5, 7], 3),
        ("small ones pooled", [5, 2, 1], 3),
        ("a small pool joins the smallest", [5, 4, 1], 3),
        ("of equal ones the lowest", [4, 4, 1], 3),
        ("an empty unit stays alone", [0, 4, 2], 3),
        ("too few in all", [1, 0, 1], 3),
        ("nobody", [0, 0], 3),
    ]
    for name, counted_by_unit, limit in groups:
        given = {"operation": "groups", "counted": counted_by_unit, "limit": limit}
        cases.append({"name": f"groups: {name}", "input": given, "expected": tally_operation(given)})
    return cases


MADE_BY = "tests/support/vector_makers.py: every secret is SHAKE-256 of a fixed text. Ballots of nobody."
CLAUSES = {
    "ballots": ["05.3", "05.5", "05.6", "05.7", "05.8", "05.9", "07.3", "07.7", "07.8", "07.9", "07.10"],
    "transcript": ["02.1", "03.1", "03.2", "03.3", "03.4"],
    "tally": ["03.8", "09.2", "09.3", "09.5", "09.6", "09.7"],
}
MAKERS: dict[str, Callable[[], list[Json]]] = {
    "ballots": ballot_cases,
    "transcript": transcript_cases,
    "tally": tally_cases,
}


def document(topic: str) -> str:
    """The text of a vector file of this implementation."""
    whole = {
        "format": "quorate-vectors/1",
        "topic": topic,
        "provenance": MADE_BY,
        "clause": CLAUSES[topic],
        "cases": MAKERS[topic](),
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    for topic in MAKERS:
        (FOLDER / f"{topic}.json").write_text(document(topic), encoding="utf-8")
