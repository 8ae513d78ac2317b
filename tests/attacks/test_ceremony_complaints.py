"""K8, complaint split, silent teller, false or late complaint.

Attacker: a dealer who sends one bad share, or a teller who complains of a good one, late, or only to some;
or who falls silent. Wish: a key that only some believe in, an honest teller thrown out, or a quarrel
without an outcome. Stopped by: complaints that anyone judges alike [06.16], [06.17], and by the rule that
every trouble means no key [06.18].
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from quorate.crypto.ceremony import complaint, round1, round3
from quorate.crypto.ceremony.blame import CeremonyFailed
from quorate.crypto.ceremony.conclusion import Messages, conclude, conclude_key
from quorate.group import GENERATOR
from quorate.record.ceremony import AbortedCeremony, check_ceremony, write_aborted
from support.ceremonies import Table


def findings(table: Table, messages: Messages) -> list[tuple[str, int]]:
    with pytest.raises(CeremonyFailed) as failed:
        conclude_key(table.context, messages)
    return [(blame.clause, blame.teller) for blame in failed.value.blames]


def bad_share(*, opens: bool) -> tuple[Table, complaint.Package]:
    """Dealer 4 sends teller 2 a bad share; 2 complains."""
    table = Table()
    table.spoil_share(4, 2, opens=opens)
    with pytest.raises(round3.BadShares) as bad:
        round3.open_shares(table.revealed, table.secrets[1])
    assert bad.value.dealers == (4,)
    return table, complaint.complain(table.revealed, table.secrets[1], 4, table.random(32))


@pytest.mark.parametrize("opens", [True, False], ids=["wrong share", "box does not open"])
def test_a_bad_share_convicts_the_dealer(opens: bool) -> None:
    """[06.16] [06.17]"""
    table, complaining = bad_share(opens=opens)
    blame = complaint.judge(table.revealed, complaining)
    assert (blame.clause, blame.teller, blame.name) == ("06.17", 4, "Dia")
    messages = Messages(tuple(table.commits), tuple(table.reveals), (), (complaining,))
    assert findings(table, messages) == [("06.17", 4)]


def test_a_false_complaint_convicts_the_complainer() -> None:
    """[06.17] The share opens to the right value: it is now public, and so is who lied."""
    table = Table()
    false = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
    blame = complaint.judge(table.revealed, false)
    assert (blame.clause, blame.teller, blame.name) == ("06.17", 2, "Ben")


def test_a_complaint_with_a_false_proof_convicts_the_complainer() -> None:
    """[06.16] A made-up D would make any share look bad; the proof ties D to the complainer's key."""
    table = Table()
    honest = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
    made_up = table.resign(honest, shared=honest.shared + GENERATOR)
    for forged in (made_up, table.resign(honest, proof=bytes(96)), table.resign(honest, dealer=3)):
        blame = complaint.judge(table.revealed, forged)
        assert (blame.clause, blame.teller) == ("06.17", 2)


def test_nobody_complains_in_the_name_of_another() -> None:
    """[06.5] An unsigned complaint is no message; its alleged sender is not accused in the public account."""
    table = Table()
    honest = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
    forged = replace(honest, teller=3)
    assert complaint.judge(table.revealed, forged).clause == "06.5"
    messages = replace(table.messages(), complaints=(forged,))
    with pytest.raises(CeremonyFailed, match=r"not its own"):
        write_aborted(table.context, messages)


def test_a_complaint_about_oneself() -> None:
    """[06.16]"""
    table = Table()
    with pytest.raises(ValueError, match="of itself"):
        complaint.complain(table.revealed, table.secrets[1], 2, bytes(32))
    honest = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
    blame = complaint.judge(table.revealed, table.resign(honest, dealer=2))
    assert (blame.clause, blame.teller) == ("06.16", 2)


def test_a_complaint_about_other_messages_names_nobody() -> None:
    """[06.12]"""
    table = Table()
    honest = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
    blame = complaint.judge(table.revealed, table.resign(honest, previous=bytes(32)))
    assert (blame.clause, blame.teller) == ("06.12", 0)


@pytest.mark.parametrize("guilty", ["dealer", "complainer"])
def test_split_complaint_no_key_for_anybody(guilty: str) -> None:
    """[06.15] [06.18] One reader sees the complaint, the other does not: neither has a key."""
    if guilty == "dealer":
        table, complaining = bad_share(opens=True)
        confirms = [
            round3.confirm(table.revealed, round3.open_shares(table.revealed, table.secrets[i]), bytes(32))
            for i in (0, 2, 3, 4)
        ]
    else:
        table = Table()
        complaining = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
        confirms = [table.confirms[i] for i in (0, 2, 3, 4)]
    seen = Messages(tuple(table.commits), tuple(table.reveals), tuple(confirms), (complaining,))
    assert findings(table, seen) == [("06.17", 4 if guilty == "dealer" else 2)]
    assert findings(table, replace(seen, complaints=())) == [("06.18", 2)]


def test_a_late_complaint_still_means_no_key() -> None:
    """[06.15] All confirmed, then one complains, falsely: no key for whoever holds the complaint."""
    table = Table()
    late = complaint.complain(table.revealed, table.secrets[1], 4, bytes(32))
    with pytest.raises(CeremonyFailed) as failed:
        conclude(table.context, replace(table.messages(), complaints=(late,)))
    assert failed.value.culprits == {2}


def test_every_reader_of_the_published_abort_comes_to_the_same_end() -> None:
    """[06.22]"""
    table, complaining = bad_share(opens=False)
    messages = Messages(tuple(table.commits), tuple(table.reveals), (), (complaining,))
    line, failure = write_aborted(table.context, messages)
    shuffled = Messages(
        tuple(table.commits[::-1]), tuple(table.reveals[::-1]), (), (complaining, complaining)
    )
    assert write_aborted(table.context, shuffled)[0] == line
    with pytest.raises(AbortedCeremony) as found:
        check_ceremony(line)
    assert found.value.blames == failure.blames
    assert found.value.culprits == {4}


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_silent_teller_is_named(number: int) -> None:
    """[06.18] In every round; the others cannot go on without it."""
    table = Table()
    whole = table.messages()
    messages = {
        1: Messages(whole.round1[:2] + whole.round1[3:]),
        2: Messages(whole.round1, whole.round2[:2] + whole.round2[3:]),
        3: Messages(whole.round1, whole.round2, whole.round3[:2] + whole.round3[3:]),
    }[number]
    line, failure = write_aborted(table.context, messages)
    assert [str(blame) for blame in failure.blames] == [
        f"teller 3 (Cho): it has not sent its message of round {number} [06.18]"
    ]
    with pytest.raises(AbortedCeremony):
        check_ceremony(line)


def test_a_new_ceremony_has_new_secrets() -> None:
    """[06.3] [06.18] Even the same seed gives other secrets under another id: an abort reveals nothing."""
    table, again = Table(), Table(seed="the second try")
    seed = table.secrets[0].seed
    first, second = (round1.derive(context, 1, seed) for context in (table.context, again.context))
    assert (first.signing, first.encryption) != (second.signing, second.encryption)
    assert not set(first.commitments) & set(second.commitments)
