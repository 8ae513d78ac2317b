"""K3, replayed proof of possession (CVE-2022-47930).

Attacker: a teller who holds no secret of its own, or whoever relays messages. Wish: use a proof or a signed
message of another teller, of another round 1, or of another ceremony. Stopped by: ctx, Gamma and index in
every challenge [06.10], [03.7], and by the signature over them [06.4], [06.5].
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from quorate.crypto.ceremony import rehearsal, round1, round2, round3
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import conclude
from support.ceremonies import Table


def findings(table: Table) -> list[tuple[str, int]]:
    with pytest.raises(CeremonyFailed) as failed:
        round2.gather(table.committed, table.reveals)
    return [(blame.clause, blame.teller) for blame in failed.value.blames]


def test_the_whole_polynomial_of_another_teller() -> None:
    """[06.10] The same coefficients and the proof made for them: the index in the challenge decides."""
    table = Table()
    victim, thief = table.secrets[0], table.secrets[4]
    table.secrets[4] = replace(thief, coefficients=victim.coefficients, commitments=victim.commitments)
    table.reveals[4] = table.resign(table.reveals[4], proof=table.reveals[0].proof)
    assert findings(table) == [("06.10", 5)]


def test_a_proof_from_another_ceremony() -> None:
    """[06.10] The same seeds' secrets in a ceremony of another id."""
    table, other = Table(), Table(seed="another ceremony")
    other.secrets = [
        replace(s, seed=o.seed) for s, o in zip(table.secrets, other.secrets, strict=True)
    ]  # the same keys and coefficients at another table
    table.reveals[1] = table.resign(table.reveals[1], proof=other.reveals[1].proof)
    assert findings(table) == [("06.10", 2)]


def test_a_proof_from_another_round_one() -> None:
    """[06.10] The same ceremony with one other message in round 1, so another Gamma."""
    table, other = Table(), Table()
    other.commits[0] = round1.commit(other.context, other.secrets[0], bytes(32))
    assert other.committed.gamma != table.committed.gamma
    table.reveals[1] = table.resign(table.reveals[1], proof=other.reveals[1].proof)
    assert findings(table) == [("06.10", 2)]


def test_a_message_under_another_index() -> None:
    """[06.5] A signed message of one teller, filed as that of another."""
    table = Table()
    table.reveals[4] = replace(table.reveals[0], teller=5)
    assert findings(table) == [("06.5", 5)]
    with pytest.raises(CeremonyFailed) as failed:
        round1.gather(table.context, [*table.commits[:4], replace(table.commits[0], teller=5)])
    assert ("06.5", 5) in [(blame.clause, blame.teller) for blame in failed.value.blames]


def test_a_whole_message_of_another_ceremony() -> None:
    """[06.5] Everything about it is valid, at another table."""
    table, other = Table(), Table(seed="another ceremony")
    with pytest.raises(CeremonyFailed, match=r"06\.5"):
        round1.gather(table.context, [*table.commits[:4], other.commits[4]])
    with pytest.raises(CeremonyFailed, match=r"06\.5"):
        round3.gather(table.revealed, [*table.confirms[:4], other.confirms[4]])


@pytest.mark.parametrize("change", ["source", "teller"])
def test_a_rehearsal_is_not_another_rehearsal(change: str) -> None:
    """[06.20] The rehearsal from the store, filed as the one from the backup; or that of another teller."""
    table = Table()
    stored = next(r for r in table.rehearsals if (r.teller, r.source) == (1, "stored"))
    if change == "source":
        forged = table.resign(stored, source="backup")
        rest = [r for r in table.rehearsals if (r.teller, r.source) != (1, "backup")]
    else:
        forged = table.resign(replace(stored, teller=2))
        rest = [r for r in table.rehearsals if (r.teller, r.source) != (2, "stored")]
    with pytest.raises(CeremonyFailed) as failed:
        conclude(table.context, replace(table.messages(), rehearsals=(*rest, forged)))
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.20", forged.teller)]


def test_a_rehearsal_of_another_delta() -> None:
    """[06.12] Its proof holds here, but what its teller signed is about another ceremony's end."""
    table = Table()
    elsewhere = table.resign(table.rehearsals[0], previous=bytes(32))
    messages = replace(table.messages(), rehearsals=(elsewhere, *table.rehearsals[1:]))
    with pytest.raises(CeremonyFailed) as failed:
        conclude(table.context, messages)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.12", 0)]


def test_a_proof_of_the_share_is_no_rehearsal() -> None:
    """[06.14] [06.20] Kinds of transcript keep proofs apart even where their form is the same."""
    table = Table()
    confirm = table.confirms[0]
    stored = rehearsal.rehearse(table.revealed, table.keys[0], "stored", bytes(32))
    confirms = [table.resign(confirm, proof=stored.proof[:32] + stored.proof[64:]), *table.confirms[1:]]
    with pytest.raises(CeremonyFailed) as failed:
        round3.gather(table.revealed, confirms)
    assert [(blame.clause, blame.teller) for blame in failed.value.blames] == [("06.14", 1)]
