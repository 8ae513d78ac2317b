"""Attacker: a teller, with the server at its side. Wish: another total than the true one, or a share that was
made for something else (Belenios, commit 30271140).

Stopped by: the proof of each partial decryption [09.3] in the tally context [03.8], check V16. The false
shares here are signed by their teller, and the false total is what they really combine to, so nothing but
the proof stands in the way.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from quorate.crypto import decryption, equality
from quorate.crypto.decryption import PartialDecryptionError, TallyContext, lagrange_at_zero, verify_partial
from quorate.group import Element, Scalar, base_mul
from quorate.record.entries import Close, PartialShare, Result, Share
from support.ballots import Draws, SmallBallot
from support.crafted import scalar
from support.forge import Forge, Forgery, assert_stopped

Edit = Callable[[PartialShare], PartialShare]


def with_first_share(forgery: Forgery, edit: Edit, totals: int = 0) -> None:
    """Tally again with teller 1's first part edited and signed by teller 1, the first total moved."""

    def shares(honest: list[Share]) -> list[Share]:
        parts = (edit(honest[0].shares[0]), *honest[0].shares[1:])
        return [forgery.resign(replace(honest[0], shares=parts)), *honest[1:]]

    def result(true: Result) -> Result:
        group = true.questions[0].groups[0]
        group = replace(group, totals=(group.totals[0] + totals, *group.totals[1:]))
        first = replace(true.questions[0], groups=(group, *true.questions[0].groups[1:]))
        return replace(true, questions=(first, *true.questions[1:]))

    forgery.retally(shares=shares, result=result)


def test_one_vote_more(plain: SmallBallot, forge: Forge) -> None:
    """D_1 is shifted so that the combination gives one yes more; the proof is of the true D_1."""
    forgery = forge(plain)
    step = lagrange_at_zero((1, 3))[1].invert() * base_mul(Scalar.one())

    def shift(part: PartialShare) -> PartialShare:
        false = Element.from_canonical_bytes(part.partial) - step
        return replace(part, partial=false.to_bytes())

    with_first_share(forgery, shift, totals=1)
    report = assert_stopped(forgery, "V16", where="Teller one")
    assert report.certificate is not None
    assert report.certificate.questions[0].votes[0].votes == 3  # the truth is two


def test_proof_simulated(plain: SmallBallot, forge: Forge) -> None:
    """Challenge and response drawn first, commitments computed: the hash gives another challenge."""
    forgery, random = forge(plain), Draws("simulated")
    step = lagrange_at_zero((1, 3))[1].invert() * base_mul(Scalar.one())
    key = plain.tellers.keys[0].share

    def lie(part: PartialShare) -> PartialShare:
        d = Element.from_canonical_bytes(part.partial)
        a, false = key.invert() * d, d - step
        c, z = scalar(random), scalar(random)
        commitments = (base_mul(z) - c * base_mul(key), z * a - c * false)
        proof = b"".join(point.to_bytes() for point in commitments) + z.to_bytes()
        return replace(part, partial=false.to_bytes(), proof=proof)

    with_first_share(forgery, lie, totals=1)
    assert_stopped(forgery, "V16", where="Teller one")


def test_proof_of_another_question(rich: SmallBallot, forge: Forge) -> None:
    """A true decryption and a true proof, of the second place of the second question, in the wrong places."""
    forgery = forge(rich)

    def shares(honest: list[Share]) -> list[Share]:
        one, two = honest[0].shares[1], honest[0].shares[2]
        exchanged = (replace(one, proof=two.proof), replace(two, proof=one.proof))
        parts = (honest[0].shares[0], *exchanged, *honest[0].shares[3:])
        return [forgery.resign(replace(honest[0], shares=parts)), *honest[1:]]

    forgery.retally(shares=shares)
    assert_stopped(forgery, "V16", where="question 1 group 0")


def test_share_for_another_close(plain: SmallBallot, forge: Forge) -> None:
    """The tellers decrypted; then the server drops the last ballot and closes again over the rest.

    Their old shares are published as they were. The decryption of the old sum proves nothing about the
    new one.
    """
    forgery = forge(plain)
    close = forgery.place(Close)
    old = forgery.entries[close + 1 : close + 3]
    del forgery.entries[close - 1]
    forgery.retally(result=lambda result: replace(result, shares=(close, close + 1)))
    forgery.entries[close : close + 2] = old
    forgery.certify()
    fired = {finding.check for finding in forgery.report().findings}
    assert fired == {"V16", "V17"}  # V17 too: what those shares combine to is no total of the new sum


def test_share_of_another_ballot(plain: SmallBallot, rich: SmallBallot, forge: Forge) -> None:
    """A share from elsewhere: other phi, other tree, other keys."""
    forgery, other = forge(plain), forge(rich)
    other.retally()
    forgery.entries[forgery.place(Share)] = other.entries[other.place(Share)]
    assert {"V6", "V16"} <= {finding.check for finding in forgery.report().findings}


@pytest.mark.parametrize(
    "change", ["phi", "closing_index", "closing_root", "teller", "question", "group", "place"]
)
def test_a_proof_holds_in_its_own_context_only(change: str) -> None:
    """[03.8], [09.3]: the same key, ciphertext and D, but another place to use them."""
    random = Draws(change)
    x, a, b = scalar(random), base_mul(scalar(random)), base_mul(scalar(random))
    right = Place(TallyContext(bytes(32), 7, bytes(32), 1), 1, 1, 1)
    partial, proof = right.decrypt(x, a, b, random)
    right.verify(x, a, b, partial, proof)
    wrong = copy.deepcopy(right)
    target: Any = wrong if hasattr(wrong, change) else wrong.context
    old = getattr(target, change)
    object.__setattr__(target, change, old + 1 if isinstance(old, int) else bytes([1] * 32))
    with pytest.raises(PartialDecryptionError):
        wrong.verify(x, a, b, partial, proof)


@dataclasses.dataclass
class Place:
    """Where a partial decryption belongs."""

    context: TallyContext
    question: int
    group: int
    place: int

    def decrypt(self, x: Scalar, a: Element, b: Element, random: Draws) -> tuple[bytes, bytes]:
        where = (self.question, self.group, self.place)
        return decryption.partial_decrypt(self.context, x, a, b, *where, random(32))

    def verify(self, x: Scalar, a: Element, b: Element, partial: bytes, proof: bytes) -> None:
        where = (self.question, self.group, self.place)
        verify_partial(self.context, base_mul(x), a, b, *where, partial, proof)


def test_the_statement_of_equality_is_complete() -> None:
    """A proof that leaves D out of the hash could be made for a D chosen later; here D is in it."""
    random = Draws("equality")
    x, a = scalar(random), base_mul(scalar(random))
    ours = TallyContext(bytes(32), 0, bytes(32), 1)
    partial, proof = decryption.partial_decrypt(ours, x, a, a, 0, 0, 0, random(32))
    other = (Element.from_canonical_bytes(partial) + base_mul(Scalar.one())).to_bytes()
    with pytest.raises(PartialDecryptionError):
        verify_partial(ours, base_mul(x), a, a, 0, 0, 0, other, proof)
    assert len(proof) == equality.PROOF_BYTES
