"""For each check one false record that it alone stops: the table of tests/architecture/test_checks.py,
and of the refused records in vectors/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from quorate.crypto.credential import derive, parse_code
from quorate.election.folder import pins_of
from quorate.record.canonical import encode
from quorate.record.certificate import Certificate, CertifiedQuestion
from quorate.record.entries import Close, Notice, QuestionResult, Result, Share
from quorate.record.manifest import Manifest
from quorate.rules import Outcome
from support import examples
from support.ballots import Draws, SmallBallot, line
from support.crafted import craft, scalar
from support.forge import Forgery

replace = msgspec.structs.replace

Mutation = Callable[["Good"], Forgery]
MUTATIONS: dict[str, Mutation] = {}


def catches(check: str) -> Callable[[Mutation], Mutation]:
    """Enter a mutation for a check."""

    def enter(mutation: Mutation) -> Mutation:
        if check in MUTATIONS:
            raise ValueError(f"there is a mutation for {check} already")
        MUTATIONS[check] = mutation
        return mutation

    return enter


@dataclass
class Good:
    """Good records to start from: made once for this module, copied for each mutation."""

    made: dict[str, SmallBallot]
    home: Path
    path: Path

    def _forgery(self, name: str, make: Callable[[Path], SmallBallot]) -> Forgery:
        if name not in self.made:
            self.made[name] = make(self.home / name)
        return Forgery.of(self.made[name], self.path / name)

    def plain(self) -> Forgery:
        return self._forgery("plain", examples.plain)

    def rich(self) -> Forgery:
        return self._forgery("rich", examples.rich)

    def by_unit(self) -> Forgery:
        return self._forgery("by-unit", examples.by_unit)


def voted(ballot: SmallBallot) -> Forgery:
    """A ballot of three voters with whatever its maker put in the manifest, counted by people who check
    nothing.
    """
    box = ballot.open_box()
    examples.cast(box, *(ballot.vote(voter, [(0, [0])]) for voter in (1, 2, 3)))
    ballot.publish()
    forgery = Forgery.of(ballot, ballot.folder / "false")
    forgery.retally()
    return forgery


@catches("V1")
def json_with_a_space(good: Good) -> Forgery:
    """[10.1] A notice that means the same, in bytes that are not the canonical ones."""
    forgery = good.rich()
    notice = forgery.place(Notice)
    forgery.entries[notice] = forgery.entries[notice].replace(b'"text":', b'"text": ')
    forgery.retally()
    return forgery


@catches("V2")
def another_suite(good: Good) -> Forgery:
    """[10.2] The organiser's manifest, signed and pinned, names a suite of its own."""
    suite = "quorate/1 ristretto255 sha256"
    return voted(SmallBallot(good.path, change=lambda manifest: replace(manifest, suite=suite)))


@catches("V3")
def another_ballot(good: Good) -> Forgery:
    """[10.3] A record without fault, but of another ballot than the pinned one."""
    forgery = good.plain()
    other = SmallBallot(good.path / "other", voters=4, seed="other")
    forgery.pins = pins_of(other.manifest)
    return forgery


@catches("V4")
def signed_over_another_tree(good: Good) -> Forgery:
    """[10.4] The log signed a checkpoint in the middle for a tree that was not this one."""
    forgery = good.plain()
    foreign = forgery.checkpoint(4, root=bytes(range(32)))
    forgery.note = lambda size, note: foreign if size == 4 else note
    return forgery


@catches("V5")
def closed_unseen(good: Good) -> Forgery:
    """[10.5] No witnessed checkpoint stands right after `close`."""
    forgery = good.rich()
    closing = forgery.place(Close) + 1
    forgery.signed = lambda sizes: [size for size in sizes if size != closing]
    return forgery


@catches("V6")
def one_officer_opens(good: Good) -> Forgery:
    """[10.6] The opening with the signature of one officer only."""
    forgery = good.plain()
    opening = forgery.ballot.opening()
    forgery.entries[0] = encode(replace(opening, officers=opening.officers[:1]))
    forgery.retally()
    return forgery


@catches("V7")
def teller_who_never_took_part(good: Good) -> Forgery:
    """[10.7] The manifest names a trusted person as a teller of a ceremony that others held."""

    def rename(manifest: Manifest) -> Manifest:
        tellers = manifest.tellers
        return replace(manifest, tellers=replace(tellers, names=("A bishop", *tellers.names[1:])))

    return voted(SmallBallot(good.path, change=rename))


@catches("V8")
def credential_exchanged(good: Good) -> Forgery:
    """[10.8] In place of a member who did not vote stands a credential that the server made."""
    forgery = good.plain()
    mine = derive(parse_code(examples.CODE), forgery.ballot.ballot_id)
    forgery.exchange_credential(forgery.ballot.credential(4).public, mine.public)
    stuffed = forgery.ballot.vote_as(mine, [(0, [0])])
    forgery.entries.insert(forgery.place(Close), line(stuffed))
    forgery.retally()
    return forgery


@catches("V9")
def ballot_of_a_dead_credential(good: Good) -> Forgery:
    """[10.9] A code that was revoked votes on."""
    forgery = good.rich()
    revoked = forgery.ballot.credential(6)
    late = forgery.ballot.vote_as(revoked, [(0, [0]), (1, [])])
    forgery.entries.insert(forgery.place(Close), line(late))
    forgery.retally()
    return forgery


@catches("V10")
def another_body_under_the_signature(good: Good) -> Forgery:
    """[10.10] The signature is of the same credential, but under another ballot."""
    forgery = good.plain()
    forgery.edit(1, signature=forgery.ballot.vote(1, [(0, [1])]).signature)
    forgery.retally()
    return forgery


@catches("V11")
def two_votes_in_one(good: Good) -> Forgery:
    """[10.11] A voter encrypts 2 and simulates the proof; with one blank the totals are still possible."""
    forgery, random = good.plain(), Draws("two votes")
    double = craft(forgery.ballot.election, forgery.ballot.credential(1), bytes(32), [(0, [2])], random)
    forgery.entries[1] = line(double)
    forgery.retally()
    return forgery


@catches("V12")
def older_ballot_last(good: Good) -> Forgery:
    """[10.12] The server puts a voter's first ballot behind the one that replaced it."""
    forgery = good.plain()
    forgery.entries[2], forgery.entries[4] = forgery.entries[4], forgery.entries[2]
    forgery.retally()
    return forgery


@catches("V13")
def ciphertext_twice(good: Good) -> Forgery:
    """[10.13] Two credentials of one hand cast the same ciphertext, each with its own true proof."""
    forgery, random = good.plain(), Draws("twice")
    ballot, r = forgery.ballot, [[scalar(random)]]
    for index, voter in ((1, 1), (3, 3)):
        twin = craft(ballot.election, ballot.credential(voter), bytes(32), [(0, [1])], random, rs=r)
        forgery.entries[index] = line(twin)
    forgery.retally()
    return forgery


@catches("V14")
def uncommitted_close(good: Good) -> Forgery:
    """[10.14] `close` commits to other last ballots, so that later proofs of "counted" could lie."""
    forgery = good.plain()
    forgery.retally(close=lambda close: replace(close, last_root=bytes(range(32))))
    return forgery


@catches("V15")
def more_counted_than_cast(good: Good) -> Forgery:
    """[10.15] The result of an election among candidates says that one more ballot was counted."""
    forgery = good.rich()

    def inflate(result: Result) -> Result:
        strike, board = result.questions
        group = replace(board.groups[0], counted=board.groups[0].counted + 1)
        return replace(result, questions=(strike, replace(board, groups=(group,))))

    forgery.edit_result(inflate)
    return forgery


@catches("V16")
def decryption_without_proof(good: Good) -> Forgery:
    """[10.16] A teller sends the true decryption, signed, under a proof that proves nothing."""
    forgery = good.plain()

    def unproved(shares: list[Share]) -> list[Share]:
        part = shares[0].shares[0]
        part = replace(part, proof=part.proof[:64] + bytes(32))
        return [forgery.resign(replace(shares[0], shares=(part,))), *shares[1:]]

    forgery.retally(shares=unproved)
    return forgery


@catches("V17")
def one_more_yes(good: Good) -> Forgery:
    """[10.17] The blank vote becomes a yes in the result, and in the certificate that follows from it."""
    forgery = good.plain()

    def add(result: Result) -> Result:
        group = result.questions[0].groups[0]
        group = replace(group, totals=(group.totals[0] + 1,))
        return replace(result, questions=(replace(result.questions[0], groups=(group,)),))

    forgery.edit_result(add)
    return forgery


@catches("V18")
def unwelcome_result_withheld(good: Good) -> Forgery:
    """[10.18] The result is kept back as if too few had voted."""
    forgery = good.plain()
    withheld = QuestionResult((), withheld=True)
    forgery.edit_result(lambda result: replace(result, questions=(withheld,)))
    return forgery


@catches("V19")
def figures_that_do_not_add_up(good: Good) -> Forgery:
    """[10.19] The certificate lets one replaced ballot disappear."""
    forgery = good.plain()

    def drop(certificate: Certificate) -> Certificate:
        issued, active, board, strike = certificate.reconciliation
        fewer = replace(board, parts=(board.parts[0], (board.parts[1][0], 0), board.parts[2]))
        return replace(certificate, reconciliation=(issued, active, fewer, strike))

    forgery.certify(drop)
    return forgery


@catches("V20")
def lost_vote_certified_as_carried(good: Good) -> Forgery:
    """[10.20] The counts are true, the verdict is not."""
    forgery = good.plain()

    def carry(question: CertifiedQuestion) -> CertifiedQuestion:
        assert question.decision is not None
        return replace(question, decision=replace(question.decision, outcome=Outcome.CARRIED))

    forgery.certify(lambda c: replace(c, questions=tuple(map(carry, c.questions))))
    return forgery


@catches("V21")
def replay_certified_as_live(good: Good) -> Forgery:
    """[10.21] The certificate of a test calls it a live vote."""
    forgery = good.plain()
    forgery.certify(lambda c: replace(c, provenance=replace(c.provenance, kind="live")))
    return forgery


@catches("V22")
def acknowledged_and_dropped(good: Good) -> Forgery:
    """[10.22] A voter holds a receipt; the board was then rewritten without the ballot."""
    forgery = good.plain()
    log = forgery.ballot.log
    assert log is not None
    forgery.receipts = [("receipt of member 3", log.receipt(3))]
    del forgery.entries[3]
    forgery.retally()
    return forgery
