"""K1, rogue key (drand 2020).

Attacker: one teller. Wish: choose its part of the key as its own key minus everybody else's, so that it
alone holds the secret of Y. Stopped by: the proof that it knows every coefficient [06.10], and before that
by its hash of round 1 [06.7], which it had to send before it saw the others' coefficients.
"""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import add

import pytest

from quorate.crypto.ceremony import round1, round2
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.group import Element, Scalar, base_mul
from support.ceremonies import Table


def rogue_table() -> Table:
    """Teller 5 knows the others' coefficients before it commits, which round 1 denies it in truth."""
    table = Table()
    own = Scalar.from_int(4711)
    others = reduce(add, (secret.commitments[0] for secret in table.secrets[:4]), Element.identity())
    rogue = table.secrets[4]
    table.secrets[4] = replace(rogue, commitments=(base_mul(own) - others, *rogue.commitments[1:]))
    return table


def test_the_rogue_key_would_cancel_the_others() -> None:
    """[06.13] Without the proof of possession the attack would work: Y is a key that one teller holds."""
    table = rogue_table()
    ballot_key = reduce(add, (package.coefficients[0] for package in table.reveals), Element.identity())
    assert ballot_key == base_mul(Scalar.from_int(4711))


def test_no_proof_no_key() -> None:
    """[06.10] It cannot prove that it knows the logarithm of its first coefficient."""
    table = rogue_table()
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.10", 5)]


@pytest.mark.parametrize("proof", [b"", bytes(128), bytes(256)], ids=["missing", "short", "zeros"])
def test_a_missing_or_empty_proof_is_refused(proof: bytes) -> None:
    """[06.10]"""
    table = rogue_table()
    table.reveals[4] = table.resign(table.reveals[4], proof=proof)
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.10", 5)]


@pytest.mark.parametrize("place", range(8))
def test_every_word_of_the_proof_counts(place: int) -> None:
    """[06.10] One commitment and one response for each coefficient and for the encryption key."""
    table = Table()
    proof = bytearray(table.reveals[0].proof)
    assert len(proof) == 8 * 32
    proof[32 * place : 32 * place + 32] = base_mul(Scalar.from_int(5)).to_bytes() if place < 4 else bytes(32)
    table.reveals[0] = table.resign(table.reveals[0], proof=bytes(proof))
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.10", 1)]


def test_a_proof_without_nonces_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """[02.3] Its equations hold, and it gives the coefficients away: the identity is no commitment."""
    table = Table()
    assert len(table.reveals) == 5, "made before the generator breaks"
    monkeypatch.setattr(round2, "hedged_nonce", lambda *_: Scalar.zero())
    table.reveals[0] = round2.reveal(table.committed, table.secrets[0], bytes(32))
    assert table.reveals[0].proof[:128] == bytes(128)
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.10", 1)]


def test_rogue_encryption_key() -> None:
    """[06.10] An encryption key made from another's is not proven either, so it never earns an answer."""
    table = Table()
    victim, rogue = table.secrets[0], table.secrets[4]
    table.secrets[4] = replace(rogue, encryption_key=victim.encryption_key + base_mul(Scalar.one()))
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.10", 5)]


def test_a_copied_encryption_key_is_refused_at_once() -> None:
    """[06.8] Shares for one teller would be sealed for another."""
    table = Table()
    copied = replace(table.secrets[4], encryption_key=table.secrets[0].encryption_key)
    table.commits[4] = round1.commit(table.context, copied, bytes(32))
    with pytest.raises(CeremonyFailed, match="tellers 1 and 5 sent the same key"):
        round1.gather(table.context, table.commits)
    one_key = replace(table.secrets[4], encryption_key=table.secrets[4].signing_key)
    table.commits[4] = round1.commit(table.context, one_key, bytes(32))
    with pytest.raises(CeremonyFailed, match="Eli.*two keys are the same"):
        round1.gather(table.context, table.commits)
