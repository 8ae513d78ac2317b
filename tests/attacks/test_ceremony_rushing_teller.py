"""K2, rushing teller (Belenios 29a1890a).

Attacker: the teller who speaks last. Wish: see the coefficients of the others, then choose its own so that
Y has a property it likes; or copy another's commitment. Stopped by: the hash of round 1 that binds teller,
keys and coefficients [06.7], [06.9].
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from quorate.crypto.ceremony import round1, round2
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.group import Scalar, base_mul
from support.ceremonies import Table


def test_coefficients_unlike_the_hash() -> None:
    """[06.9] It proves possession of the new coefficients honestly; the hash of round 1 still names it."""
    table = Table()
    round_one = table.committed
    biased = tuple(a + Scalar.one() for a in table.secrets[4].coefficients)
    table.secrets[4] = replace(
        table.secrets[4], coefficients=biased, commitments=tuple(map(base_mul, biased))
    )
    with pytest.raises(CeremonyFailed, match="not those that it committed to") as failed:
        round2.gather(round_one, table.reveals)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.9", 5)]


def test_a_copied_hash_cannot_be_opened() -> None:
    """[06.7] The hash holds index and keys: with the victim's own coefficients it still does not open."""
    table = Table()
    victim = table.commits[0]
    table.commits[4] = table.resign(table.commits[4], coefficients_hash=victim.coefficients_hash)
    table.reveals[4] = table.resign(table.reveals[4], coefficients=table.reveals[0].coefficients)
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    assert ("06.9", 5) in [(blame.clause, blame.teller) for blame in failed.value.blames]


def test_the_hash_differs_for_equal_coefficients_of_two_tellers() -> None:
    """[06.7]"""
    table = Table()
    a, b = table.secrets[:2]
    hashes = {
        round1.coefficients_hash(table.context, i, s, e, a.commitments)
        for i, s, e in (
            (1, a.signing_key, a.encryption_key),
            (2, a.signing_key, a.encryption_key),
            (1, b.signing_key, a.encryption_key),
            (1, a.signing_key, b.encryption_key),
        )
    }
    assert len(hashes) == 4
