"""C2 and C13: a faked, replayed or mistaken decryption proof (Belenios 30271140).

Attacker: a teller. Wish: give a wrong partial decryption and so a wrong result; or pass a proof off for
another ballot, closing state, question, group, place, ciphertext or teller; or use a proof of possession as
one of decryption. Stopped by: the tally context and the whole statement in one challenge [09.3], [03.8],
and by kinds of transcript [03.5].
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from quorate.crypto import equality, schnorr
from quorate.crypto.ceremony import rehearsal
from quorate.crypto.decryption import (
    PartialDecryptionError,
    TallyContext,
    combine,
    lagrange_at_zero,
    partial_decrypt,
    verify_partial,
)
from quorate.group import Element, Scalar, base_mul
from support.ceremonies import Table


@dataclass(frozen=True)
class Claim:
    """All that a verifier is told."""

    context: TallyContext
    key: Element
    a: Element
    b: Element
    question: int
    group: int
    place: int
    partial: bytes
    proof: bytes

    def verify(self) -> Element:
        return verify_partial(
            self.context,
            self.key,
            self.a,
            self.b,
            self.question,
            self.group,
            self.place,
            self.partial,
            self.proof,
        )


TABLE = Table()
R, TOTAL = Scalar.from_int(987654321), Scalar.from_int(23_971)
A = base_mul(R)
B = R * TABLE.revealed.ballot_key + base_mul(TOTAL)


def claim(teller: int = 1) -> Claim:
    context = TallyContext(bytes([7]) * 32, 24_841, bytes([8]) * 32, teller)
    share = TABLE.keys[teller - 1].share
    d, proof = partial_decrypt(context, share, A, B, 2, 1, 0, bytes(32))
    key = TABLE.revealed.verification_keys[teller - 1]
    return Claim(context, key, A, B, 2, 1, 0, d, proof)


@pytest.mark.parametrize("some", [(1, 2, 3), (1, 3, 5), (2, 4, 5), (1, 2, 3, 4, 5)])
def test_any_three_tellers_decrypt(some: tuple[int, ...]) -> None:
    """[09.5]"""
    partials = {teller: claim(teller).verify() for teller in some}
    assert combine(B, partials) == base_mul(TOTAL)


def test_two_tellers_do_not() -> None:
    """[09.5]"""
    assert combine(B, {teller: claim(teller).verify() for teller in (1, 2)}) != base_mul(TOTAL)


def test_lagrange_coefficients_by_hand() -> None:
    """[09.5] For 1, 2, 3 they are 3, -3, 1; for a single teller 1."""
    three = lagrange_at_zero((1, 2, 3))
    assert three == {1: Scalar.from_int(3), 2: -Scalar.from_int(3), 3: Scalar.one()}
    assert lagrange_at_zero((4,)) == {4: Scalar.one()}
    assert lagrange_at_zero((3, 1, 2)) == three


def altered() -> dict[str, dict[str, Any]]:
    good, other = claim(), base_mul(Scalar.from_int(3))
    context = good.context
    wrong = Element.from_canonical_bytes(good.partial) + other
    return {
        "phi": {"context": replace(context, phi=bytes(32))},
        "closing index": {"context": replace(context, closing_index=24_840)},
        "closing root": {"context": replace(context, closing_root=bytes(32))},
        "teller": {"context": replace(context, teller=2)},
        "verification key": {"key": TABLE.revealed.verification_keys[1]},
        "A": {"a": A + other},
        "B": {"b": B + other},
        "question": {"question": 1},
        "group": {"group": 0},
        "place": {"place": 1},
        "partial": {"partial": wrong.to_bytes()},
        "partial of another": {"partial": claim(2).partial},
        "proof of another": {"proof": claim(2).proof},
        "partial identity": {"partial": bytes(32)},
        "partial no element": {"partial": b"\xff" * 32},
        "partial short": {"partial": good.partial[:31]},
        "proof short": {"proof": good.proof[:-1]},
        "proof long": {"proof": good.proof + b"\0"},
        "proof empty": {"proof": b""},
        "proof zeros": {"proof": bytes(96)},
        "T_1": {"proof": other.to_bytes() + good.proof[32:]},
        "T_2": {"proof": good.proof[:32] + other.to_bytes() + good.proof[64:]},
        "z": {"proof": good.proof[:64] + Scalar.one().to_bytes()},
    }


@pytest.mark.parametrize("name", altered())
def test_every_part_of_the_statement_is_bound(name: str) -> None:
    """[09.3] [03.8] C2"""
    assert claim().verify() == TABLE.keys[0].share * A
    with pytest.raises(PartialDecryptionError, match="teller"):
        replace(claim(), **altered()[name]).verify()


def test_no_wrong_total_with_a_proof_of_the_right_share() -> None:
    """[09.3] C2: a wrong D, with the challenge computed over the right one."""
    good = claim()
    wrong = Element.from_canonical_bytes(good.partial) - base_mul(Scalar.from_int(100))
    with pytest.raises(PartialDecryptionError, match="does not hold"):
        replace(good, partial=wrong.to_bytes()).verify()


def test_a_rehearsal_is_no_decryption() -> None:
    """[03.5] C13: the same secret, the same equations, even over the same point; another kind."""
    rehearsed = rehearsal.rehearse(TABLE.revealed, TABLE.keys[0], "stored", bytes(32))
    point = rehearsal.point(TABLE.revealed, 1, "stored")
    assert TABLE.keys[0].share * point == rehearsed.partial
    with pytest.raises(PartialDecryptionError, match="does not hold"):
        replace(claim(), a=point, partial=rehearsed.partial.to_bytes(), proof=rehearsed.proof).verify()


def test_a_proof_of_possession_is_no_decryption() -> None:
    """[03.5] C13: R || s of round 3 dressed as T_1 || T_2 || z."""
    possession = TABLE.confirms[0].proof
    for dressed in (possession[:32] * 2 + possession[32:], possession[:32] + A.to_bytes() + possession[32:]):
        with pytest.raises(PartialDecryptionError):
            replace(claim(), proof=dressed).verify()


def test_a_decryption_is_no_rehearsal_and_no_signature() -> None:
    """[03.5] C13, the other way round."""
    good = claim()
    statement = TABLE.context.transcript("rehearsal", TABLE.revealed.delta, 1)
    with pytest.raises(equality.EqualityError):
        equality.verify(good.key, A, Element.from_canonical_bytes(good.partial), statement, good.proof)
    with pytest.raises(schnorr.SignatureError):
        schnorr.verify(good.key, statement, good.proof[:32] + good.proof[64:])


def test_the_identity_is_not_decrypted() -> None:
    """[02.3]"""
    with pytest.raises(ValueError, match="identity"):
        partial_decrypt(claim().context, TABLE.keys[0].share, Element.identity(), B, 0, 0, 0, bytes(32))
    with pytest.raises(PartialDecryptionError, match="identity"):
        replace(claim(), key=Element.identity()).verify()
