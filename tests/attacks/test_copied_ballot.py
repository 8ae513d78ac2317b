"""Attacker: a voter who wants to vote as somebody else did, without knowing how: with enough copies the
totals tell it (Cortier and Smyth 2011, Helios). Or one who re-uses a ballot from another vote under the
same keys.

Stopped by: a proof binds its credential, its place in the chain and its manifest ([03.6], [05.3]): V11.
An exact copy is the same ballot, and counts once; its A occurs once on a board: V13.
"""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from quorate.crypto.ballot import Answer
from quorate.crypto.elgamal import Ciphertext
from quorate.election.box import Accepted
from quorate.group import base_mul
from support.ballots import NOON, Draws, SmallBallot, line
from support.crafted import resigned, scalar
from support.forge import Forge, assert_stopped
from support.polls import HONEST, Polls


def test_the_same_ballot_under_another_credential(polls: Polls) -> None:
    ballot = polls.ballot
    victim = ballot.vote(1, HONEST)
    polls.answer(victim)
    copy = resigned(ballot.election, victim, ballot.credential(2), Draws("copy"))
    assert polls.refusal(copy) == "V11"
    assert polls.refusal(replace(victim, credential=ballot.credential(2).public)) == "V10"


def test_a_re_randomised_copy(polls: Polls) -> None:
    """A + sG, B + sY encrypts the same vote; but the proof is for the old ciphertext, and the attacker
    does not know r. Neither keeping the proof nor shifting its responses helps.
    """
    ballot, random = polls.ballot, Draws("again")
    victim = ballot.vote(1, HONEST)
    polls.answer(victim)
    s, key = scalar(random), ballot.election.ballot_key
    answers = []
    for answer in victim.answers:
        shifted = []
        for data in answer.ciphertexts:
            old = Ciphertext.from_canonical_bytes(data)
            shifted.append(Ciphertext(old.a + base_mul(s), old.b + key.mul(s)).to_bytes())
        answers.append(Answer(answer.question, tuple(shifted), answer.proofs))
    assert polls.refusal(resigned(ballot.election, victim, ballot.credential(2), random, answers)) == "V11"


def test_a_permuted_copy(polls: Polls) -> None:
    """The victim's candidates in another order, with their proofs."""
    ballot, random = polls.ballot, Draws("permuted")
    victim = ballot.vote(1, HONEST)
    polls.answer(victim)
    answers = []
    for answer in victim.answers:
        bits, last = answer.proofs[:-1], answer.proofs[-1]
        order = list(reversed(range(len(answer.ciphertexts))))
        ciphertexts = tuple(answer.ciphertexts[i] for i in order)
        proofs = tuple(bits[i] for i in order) if bits else ()
        answers.append(Answer(answer.question, ciphertexts, (*proofs, last)))
    assert polls.refusal(resigned(ballot.election, victim, ballot.credential(2), random, answers)) == "V11"


def test_one_answer_of_the_victim_in_an_own_ballot(polls: Polls) -> None:
    """[05.6] Each proof binds the ciphertexts of the whole ballot."""
    ballot = polls.ballot
    victim, mine = ballot.vote(1, HONEST), ballot.vote(2, HONEST)
    polls.answer(victim)
    answers = [victim.answers[0], *mine.answers[1:]]
    assert (
        polls.refusal(resigned(ballot.election, mine, ballot.credential(2), Draws("part"), answers)) == "V11"
    )


def test_an_exact_copy_counts_once(polls: Polls) -> None:
    ballot = polls.ballot
    victim = line(ballot.vote(1, HONEST))
    first = polls.answer(victim)
    assert isinstance(first, Accepted)
    assert polls.box.submit([victim, victim], NOON) == [first, first]
    assert polls.log.size == 2


def test_a_copy_on_the_board(plain: SmallBallot, forge: Forge) -> None:
    """The server itself casts a copy with a credential that it holds: V11, and V13 as every A occurs once."""
    forgery = forge(plain)
    victim = plain.vote(1, [(0, [0])])
    copy = resigned(plain.election, victim, plain.credential(4), Draws("board"))
    forgery.entries[1] = line(victim)
    forgery.entries.insert(5, line(copy))
    forgery.retally()
    assert_stopped(forgery, "V11", "V13", where="entry 5 ")


def test_a_ballot_from_an_earlier_vote_with_the_same_key(tmp_path: Path) -> None:
    """The tellers' key serves again by mistake, and the same code too: phi is another one."""
    first = SmallBallot(tmp_path / "first")
    second = SmallBallot(
        tmp_path / "second", change=lambda manifest: replace(manifest, title="Strike authorisation, again")
    )
    assert first.manifest.ballot_key == second.manifest.ballot_key
    assert first.credential(1).public == second.credential(1).public
    old = first.vote(1, [(0, [0])])
    polls = Polls(second, second.open_box())
    assert polls.refusal(old) == "V9"
    disguised = replace(old, phi=second.manifest.phi)
    assert polls.refusal(resigned(second.election, disguised, second.credential(1), Draws("again"))) == "V11"
