"""Schnorr signatures and equality proofs: the two proofs that tellers make besides that of round 2."""

from __future__ import annotations

import pytest

from quorate.crypto import equality, schnorr
from quorate.crypto.transcript import Transcript
from quorate.group import Element, L, Scalar, base_mul

SECRET = Scalar.from_int(12345)
PUBLIC = base_mul(SECRET)
FRESH = bytes(range(32))


def statement(text: bytes = b"text") -> Transcript:
    return Transcript("teller-message").add_bytes("message", text)


def test_a_signature_verifies_for_its_key_and_text_only() -> None:
    """[07.9] [06.4]"""
    signature = schnorr.sign(SECRET, statement(), FRESH)
    schnorr.verify(PUBLIC, statement(), signature)
    with pytest.raises(schnorr.SignatureError, match="does not verify"):
        schnorr.verify(PUBLIC, statement(b"other"), signature)
    with pytest.raises(schnorr.SignatureError, match="does not verify"):
        schnorr.verify(base_mul(Scalar.from_int(12346)), statement(), signature)


def test_the_transcript_is_left_as_it_was() -> None:
    transcript = statement()
    before = transcript.to_bytes()
    schnorr.verify(PUBLIC, transcript, schnorr.sign(SECRET, transcript, FRESH))
    proof = equality.prove(SECRET, PUBLIC, transcript, FRESH)
    equality.verify(PUBLIC, PUBLIC, SECRET * PUBLIC, transcript, proof)
    assert transcript.to_bytes() == before


def test_a_broken_generator_does_not_repeat_nonces() -> None:
    """[03.11] The same fresh bytes for two texts must not reveal the secret."""
    one = schnorr.sign(SECRET, statement(b"1"), bytes(32))
    two = schnorr.sign(SECRET, statement(b"2"), bytes(32))
    assert one[:32] != two[:32]
    first = equality.prove(SECRET, PUBLIC, statement(b"3"), bytes(32))
    second = equality.prove(SECRET, PUBLIC, statement(b"4"), bytes(32))
    assert first[:32] != second[:32]


def bad_signatures() -> dict[str, bytes]:
    good = schnorr.sign(SECRET, statement(), FRESH)
    s = int.from_bytes(good[32:], "little")
    return {
        "short": good[:-1],
        "long": good + b"\0",
        "s + L": good[:32] + (s + L).to_bytes(32, "little"),
        "s + 1": good[:32] + ((s + 1) % L).to_bytes(32, "little"),
        "s all ones": good[:32] + b"\xff" * 32,
        "R identity": bytes(32) + good[32:],
        "R no element": b"\xff" * 32 + good[32:],
        "R another": PUBLIC.to_bytes() + good[32:],
    }


@pytest.mark.parametrize("name", bad_signatures())
def test_a_malformed_signature_is_refused(name: str) -> None:
    """[02.2] [02.3]"""
    with pytest.raises(schnorr.SignatureError):
        schnorr.verify(PUBLIC, statement(), bad_signatures()[name])


def test_no_signature_under_the_identity() -> None:
    """[02.3] s = 0 and R = 0 G would verify for it."""
    with pytest.raises(schnorr.SignatureError, match="identity"):
        schnorr.verify(Element.identity(), statement(), schnorr.sign(SECRET, statement(), FRESH))


def test_a_nonce_of_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """[02.3] The equations hold, and s or z is the challenge times the secret: everybody could compute it."""
    base = base_mul(Scalar.from_int(777))
    for module in (schnorr, equality):
        monkeypatch.setattr(module, "hedged_nonce", lambda *_: Scalar.zero())
    with pytest.raises(schnorr.SignatureError, match="commitment is the identity"):
        schnorr.verify(PUBLIC, statement(), schnorr.sign(SECRET, statement(), FRESH))
    with pytest.raises(equality.EqualityError, match="commitment of the proof is the identity"):
        equality.verify(
            PUBLIC, base, SECRET * base, statement(), equality.prove(SECRET, base, statement(), FRESH)
        )


def test_lengths_are_named() -> None:
    """[02.2]"""
    for length in (0, 63, 65):
        with pytest.raises(schnorr.SignatureError, match=f"has 64 bytes, this one has {length}"):
            schnorr.verify(PUBLIC, statement(), bytes(length))
    for length in (0, 95, 97):
        with pytest.raises(equality.EqualityError, match=f"has 96 bytes, this one has {length}"):
            equality.verify(PUBLIC, PUBLIC, SECRET * PUBLIC, statement(), bytes(length))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_fresh_randomness_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        schnorr.sign(SECRET, statement(), bytes(length))
    with pytest.raises(ValueError, match="32 bytes"):
        equality.prove(SECRET, PUBLIC, statement(), bytes(length))


def test_equality_of_logarithms() -> None:
    """[06.16] [09.3]"""
    base = base_mul(Scalar.from_int(777))
    image = SECRET * base
    proof = equality.prove(SECRET, base, statement(), FRESH)
    equality.verify(PUBLIC, base, image, statement(), proof)
    wrong = {
        "another image": (PUBLIC, base, image + base, proof),
        "another base": (PUBLIC, PUBLIC, image, proof),
        "another key": (PUBLIC + base, base, image, proof),
        "swapped commitments": (PUBLIC, base, image, proof[32:64] + proof[:32] + proof[64:]),
        "response": (PUBLIC, base, image, proof[:64] + Scalar.one().to_bytes()),
        "short": (PUBLIC, base, image, proof[:-1]),
        "T_1 identity": (PUBLIC, base, image, bytes(32) + proof[32:]),
        "T_2 no element": (PUBLIC, base, image, proof[:32] + b"\xff" * 32 + proof[64:]),
        "z + L": (
            PUBLIC,
            base,
            image,
            proof[:64] + (int.from_bytes(proof[64:], "little") + L).to_bytes(32, "little"),
        ),
        "identity image": (PUBLIC, base, Element.identity(), proof),
        "identity base": (PUBLIC, Element.identity(), image, proof),
        "identity key": (Element.identity(), base, image, proof),
    }
    for public, b, i, p in wrong.values():
        with pytest.raises(equality.EqualityError):
            equality.verify(public, b, i, statement(), p)
