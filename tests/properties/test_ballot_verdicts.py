"""Ballots of every encoding [05.7] to [05.9]: honest ones verify, changed ones do not, and the batch says
the same as the exact equations ([05.11], [05.12]).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.crypto import ballot as ballots
from quorate.crypto import schnorr, value_set
from quorate.crypto.batch import BatchVerifier
from quorate.crypto.credential import Credential
from quorate.crypto.elgamal import Ciphertext
from quorate.crypto.encoding import Encoding
from quorate.group import Element, FixedBase, L, Scalar, base_mul
from quorate.record.canonical import encode
from quorate.record.entries import Answer, Ballot
from support.ballots import Draws, sealed

ENCODINGS = (
    Encoding(2, blank=False),
    Encoding(2, blank=True),
    Encoding(3, blank=False),
    Encoding(3, blank=True),
    Encoding(5, blank=False),
    Encoding(1, blank=True),
    Encoding(2, blank=False, minimum=0, maximum=1),
    Encoding(3, blank=False, minimum=0, maximum=2),
    Encoding(3, blank=True, minimum=1, maximum=3),
    Encoding(3, blank=True, minimum=0, maximum=2),
    Encoding(3, blank=False, minimum=2, maximum=2),
    Encoding(2, blank=True, minimum=2, maximum=2),
    Encoding(1, blank=True, minimum=1, maximum=1),
)
RANDOM = Draws("verdicts")
KEY = FixedBase(base_mul(Scalar.from_wide_bytes(RANDOM(64))))
ELECTION = ballots.Election(RANDOM(32), KEY, KEY.to_bytes(), ENCODINGS)
VERIFIER = BatchVerifier(ELECTION.phi, ELECTION.key_bytes, ENCODINGS)


def new_credential() -> Credential:
    secret = Scalar.from_wide_bytes(RANDOM(64))
    return Credential(secret, base_mul(secret).to_bytes())


VOTER = new_credential()


def choices(encoding: Encoding) -> list[list[int]]:
    """Every choice that an encoding allows."""
    if encoding.single:
        return [[outcome] for outcome in range(encoding.outcomes)]
    found = []
    for bits in range(1 << encoding.options):
        chosen = [i for i in range(encoding.options) if bits >> i & 1]
        if (encoding.minimum or 0) <= len(chosen) <= (encoding.maximum or 0):
            found.append(chosen)
    return [*found, [encoding.options]] if encoding.blank else found


def make(answers: Sequence[tuple[int, Sequence[int]]], voter: Credential = VOTER) -> Ballot:
    body = ballots.make_body(ELECTION, voter.public, bytes(32), answers, RANDOM(32))
    return sealed(ELECTION, body, voter.secret, RANDOM(32))


def batch(*sent: Ballot) -> list[int]:
    """Indices of the ballots that the batch refuses."""
    return [fault.index for fault in VERIFIER.verify(sent, os.urandom).faults]


def exact(ballot: Ballot) -> bool:
    """The specification written down once more, equation by equation, without the batch's code."""
    numbers = [answer.question for answer in ballot.answers]
    if not numbers or numbers != sorted(set(numbers)) or numbers[-1] >= len(ENCODINGS):
        return False
    if ballot.phi != ELECTION.phi or len(ballot.prev) != 32:
        return False
    hashed = ballots.ciphertexts_hash([(a.question, a.ciphertexts) for a in ballot.answers])
    about = ballots.context(ballot.phi, ELECTION.key_bytes, ballot.credential, ballot.prev, hashed)
    body = ballots.Body(ballot.phi, ballot.credential, ballot.prev, ballot.answers).to_bytes()
    statement = ballots.signature_transcript(about, hashlib.sha512(body).digest())
    try:
        schnorr.verify(Element.from_canonical_bytes(ballot.credential), statement, ballot.signature)
        for answer in ballot.answers:
            encoding = ENCODINGS[answer.question]
            if len(answer.ciphertexts) != encoding.places:
                return False
            ciphertexts = [Ciphertext.from_canonical_bytes(data) for data in answer.ciphertexts]
            for number, (shape, proof) in enumerate(zip(encoding.proofs, answer.proofs, strict=True)):
                value_set.verify(shape, about, answer.question, number, ciphertexts, KEY, proof)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("question", range(len(ENCODINGS)))
def test_every_choice_of_every_encoding(question: int) -> None:
    allowed = choices(ENCODINGS[question])
    sent = [make([(question, chosen)]) for chosen in allowed]
    assert batch(*sent) == []
    assert all(map(exact, sent))
    plain = [ENCODINGS[question].plaintexts(chosen) for chosen in allowed]
    assert len(set(plain)) == len(allowed), "two choices are the same integers"


@pytest.mark.parametrize("question", range(len(ENCODINGS)))
def test_no_choice_shows_in_the_size_of_a_ballot(question: int) -> None:
    """Whoever sees the line, or its length on the wire, learns the questions and nothing else."""
    sizes = {len(encode(make([(question, chosen)]))) for chosen in choices(ENCODINGS[question])}
    assert len(sizes) == 1


@pytest.mark.parametrize("question", range(len(ENCODINGS)))
def test_choices_that_are_not_allowed_cannot_be_made(question: int) -> None:
    encoding = ENCODINGS[question]
    allowed = {tuple(chosen) for chosen in choices(encoding)}
    for bits in range(1 << (encoding.outcomes + 1)):
        chosen = [i for i in range(encoding.outcomes + 1) if bits >> i & 1]
        if tuple(chosen) not in allowed:
            with pytest.raises(ValueError, match="."):
                encoding.plaintexts(chosen)
    with pytest.raises(ValueError, match="twice"):
        encoding.plaintexts([0, 0])


def fields_of(ballot: Ballot) -> list[tuple[str, int, int]]:
    """Every byte string of a ballot: which, of which answer, at which index."""
    found = [("phi", 0, 0), ("credential", 0, 0), ("prev", 0, 0), ("signature", 0, 0)]
    for number, answer in enumerate(ballot.answers):
        found += [("ciphertexts", number, i) for i in range(len(answer.ciphertexts))]
        found += [("proofs", number, i) for i in range(len(answer.proofs))]
    return found


def with_field(ballot: Ballot, field: tuple[str, int, int], edit: object) -> Ballot:
    """The ballot with one byte string edited."""
    name, number, index = field
    values = {key: getattr(ballot, key) for key in ("phi", "credential", "prev", "signature")}
    answers = list(ballot.answers)
    if name in values:
        values[name] = edit(values[name])  # type: ignore[operator]  # a function on bytes
    else:
        parts = {"ciphertexts": list(answers[number].ciphertexts), "proofs": list(answers[number].proofs)}
        parts[name][index] = edit(parts[name][index])  # type: ignore[operator]
        answers[number] = Answer(
            tuple(parts["ciphertexts"]), tuple(parts["proofs"]), answers[number].question
        )
    return Ballot(tuple(answers), type="ballot", **values)


WHOLE = make([(q, choices(encoding)[0]) for q, encoding in enumerate(ENCODINGS)])


def test_a_ballot_on_all_questions() -> None:
    assert batch(WHOLE) == []
    assert exact(WHOLE)


@pytest.mark.parametrize("field", fields_of(WHOLE), ids=lambda field: "-".join(map(str, field)))
def test_each_field_of_it_counts(field: tuple[str, int, int]) -> None:
    """One bit of each byte string, one byte less, one more: refused by both."""

    def flip(data: bytes) -> bytes:
        at = 37 % len(data)
        return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]

    for edit in (flip, lambda data: data[:-1], lambda data: data + b"\x00"):
        changed = with_field(WHOLE, field, edit)
        assert batch(changed) == [0]
        assert not exact(changed)


SMALL = [make([(0, [0]), (1, [2])]), make([(3, [1])]), make([(8, [0, 2])]), make([(10, [0, 1])])]


@settings(max_examples=200)
@given(st.sampled_from(SMALL), st.data())
def test_batch_and_equations_agree(ballot: Ballot, draw: st.DataObject) -> None:
    """Random changes, from one bit to whole elements and scalars of other fields: the same verdict."""
    name, number, index = draw.draw(st.sampled_from(fields_of(ballot)))

    def edit(data: bytes) -> bytes:
        how = draw.draw(st.sampled_from(["bit", "block", "own", "zero", "ones", "order", "same"]))
        at = draw.draw(st.integers(0, len(data) // 32 - 1)) * 32
        block = data[at : at + 32]
        if how == "bit":
            place = draw.draw(st.integers(0, 8 * len(data) - 1))
            return data[: place // 8] + bytes([data[place // 8] ^ 1 << place % 8]) + data[place // 8 + 1 :]
        if how == "order":
            shifted = int.from_bytes(block, "little") + L
            block = shifted.to_bytes(33, "little")[:32]
        else:
            other = draw.draw(st.integers(0, len(data) // 32 - 1)) * 32
            block = {
                "block": base_mul(Scalar.from_wide_bytes(RANDOM(64))).to_bytes(),
                "own": data[other : other + 32],
                "zero": bytes(32),
                "ones": b"\xff" * 32,
                "same": block,
            }[how]
        return data[:at] + block + data[at + 32 :]

    changed = with_field(ballot, (name, number, index), edit)
    assert (batch(changed) == []) is exact(changed) is (changed == ballot)


@given(st.sets(st.integers(0, 39), max_size=12))
def test_bisection_names_exactly_the_bad_ones(bad: set[int]) -> None:
    """[05.12] Among forty ballots of three kinds, whichever are bad."""
    sent = [
        FORTY[i] if i not in bad else with_field(FORTY[i], ("proofs", 0, 0), _last_byte) for i in range(40)
    ]
    assert batch(*sent) == sorted(bad)


def test_one_bad_ballot_leaves_the_sums_alone() -> None:
    """The sums cover every ballot whose elements can be read; trackers are there for each of exact shape."""
    good = VERIFIER.verify(FORTY, os.urandom)
    spoiled = [*FORTY[:5], with_field(FORTY[5], ("proofs", 0, 0), _last_byte), *FORTY[6:]]
    other = VERIFIER.verify(spoiled, os.urandom)
    assert other.sums == good.sums
    assert [i for i in range(40) if good.trackers[i] != other.trackers[i]] == [5]
    expected = sum(
        (
            Ciphertext.from_canonical_bytes(b.answers[0].ciphertexts[0])
            for b in FORTY
            if b.answers[0].question == 0
        ),
        Ciphertext.zero(),
    )
    assert good.sums[0, 0] == expected


def _last_byte(data: bytes) -> bytes:
    """The last response of a proof, by one."""
    last = int.from_bytes(data[-32:], "little")
    return data[:-32] + ((last + 1) % L).to_bytes(32, "little")


KINDS: list[list[tuple[int, list[int]]]] = [[(0, [0])], [(1, [2]), (2, [1])], [(8, [0])]]
FORTY = [make(KINDS[i % 3], new_credential()) for i in range(40)]


def test_the_weights_are_drawn_for_every_equation() -> None:
    """[05.11] Sixteen bytes for each equation of each ballot, drawn anew when the chunk is halved."""
    asked: list[int] = []

    def random(n: int) -> bytes:
        asked.append(n)
        return os.urandom(n)

    sent = [make([(1, [0])]) for _ in range(4)]
    VERIFIER.verify(sent, random)
    equations = 1 + 2 * 3  # a signature; X and Z for each of three values
    assert sum(asked) == 16 * equations * len(sent)
    asked.clear()
    VERIFIER.verify([*sent[:3], with_field(sent[3], ("proofs", 0, 0), _last_byte)], random)
    assert sum(asked) == 16 * equations * (4 + 2 + 2 + 1 + 1)


def test_a_generator_that_gives_zeros_decides_nothing() -> None:
    """A weight of zero would leave an equation unchecked: it is drawn again."""
    draws = iter([bytes(16), os.urandom(16)] * 20)
    bad = with_field(make([(1, [0])]), ("signature", 0, 0), _last_byte)
    faults = VERIFIER.verify([bad], lambda n: next(draws) if n == 16 else os.urandom(n)).faults
    assert [fault.kind for fault in faults] == ["signature"]
