"""Attacker: the server, alone or with the registrar's help. Wish: more votes than voters, votes for those
who do not vote, or voters who have no vote left.

Stopped by: the list under the registrar's signature in the manifest [07.5], check V8; ballots of active
credentials only, V9; and sums that must add up, V19.
"""

from __future__ import annotations

from base64 import b64encode

import pytest
from msgspec.structs import replace

from quorate.crypto.credential import Credential, derive, parse_code
from quorate.election.registrar import sign_list
from quorate.record.canonical import encode
from quorate.record.credentials import credential_lines, list_root
from quorate.record.entries import Close, Reissue, Revoke
from support import examples
from support.ballots import SmallBallot, line, tracker
from support.forge import Forge, Forgery, assert_stopped

YES = [(0, [0])]


def invented(ballot: SmallBallot) -> Credential:
    """A credential that the server made for itself."""
    return derive(parse_code(examples.CODE), ballot.ballot_id)


def new_code_for(ballot: SmallBallot, voter: int) -> tuple[Reissue, Credential]:
    """A re-issue that the shared ballot does not remember."""
    changes = list(ballot.changes)
    try:
        return ballot.reissue(voter)
    finally:
        ballot.changes[:] = changes


def vote(forgery: Forgery, *ballots: bytes) -> None:
    at = forgery.place(Close)
    forgery.entries[at:at] = ballots
    forgery.retally()


def test_a_voter_who_is_not_on_the_list(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    vote(forgery, line(plain.vote_as(invented(plain), YES)))
    findings = forgery.report().findings
    assert {f.check for f in findings if f.where.startswith("entry 5 ")} == {"V9"}


def test_the_list_grows(plain: SmallBallot, forge: Forge) -> None:
    """One more line, one more ballot: root and count are those of the manifest no longer (V8), and there are
    more active credentials than the roll has entries (V19).
    """
    forgery, mine = forge(plain), invented(plain)
    forgery.credentials = credential_lines(
        [*((plain.credential(n).public, 0) for n in range(1, 5)), (mine.public, 0)]
    )
    vote(forgery, line(plain.vote_as(mine, YES)))
    assert_stopped(forgery, "V8", "V19", where="credentials.txt")


def test_the_list_is_exchanged(plain: SmallBallot, forge: Forge) -> None:
    """A member who never votes is replaced; the count stays."""
    forgery, mine = forge(plain), invented(plain)
    forgery.exchange_credential(plain.credential(4).public, mine.public)
    vote(forgery, line(plain.vote_as(mine, YES)))
    assert_stopped(forgery, "V8", where="credentials.txt")


def test_a_line_of_the_list_twice(plain: SmallBallot, forge: Forge) -> None:
    """Two members share a credential, as if one vote were two."""
    forgery = forge(plain)
    forgery.credentials[1] = forgery.credentials[0]
    assert {"V1", "V8"} <= {finding.check for finding in forgery.report().findings}


@pytest.mark.parametrize("unit", [b"1", b"3", b"4294967295"])
def test_a_voter_moved_to_another_unit(by_unit: SmallBallot, forge: Forge, unit: bytes) -> None:
    """[07.4] Into a unit that votes on other questions, or that does not exist."""
    forgery = forge(by_unit)
    key = b64encode(by_unit.credential(9).public)
    forgery.credentials = [key + b" " + unit if row.startswith(key) else row for row in forgery.credentials]
    forgery.retally()
    assert_stopped(forgery, "V8", where="credentials.txt")


def test_a_list_without_the_registrar(plain: SmallBallot, forge: Forge) -> None:
    """The organiser writes another list into the manifest, with its own pins: the signature is missing."""
    forgery, mine = forge(plain), invented(plain)
    forgery.exchange_credential(plain.credential(4).public, mine.public)
    claim = plain.manifest.credentials
    false = replace(claim, root=list_root(forgery.credentials))
    changed = SmallBallot(
        forgery.folder / "made", voters=4, seed="plain", change=lambda m: replace(m, credentials=false)
    )
    ballot = changed
    box = ballot.open_box()
    examples.cast(box, *(ballot.vote(n, YES) for n in (1, 2, 3)))
    ballot.publish()
    made = Forgery.of(ballot, forgery.folder / "false")
    made.credentials = forgery.credentials
    made.retally()
    assert_stopped(made, "V8", where="manifest.json credentials")


def test_the_registrar_of_another_ballot(plain: SmallBallot, forge: Forge) -> None:
    """[07.6] A signature over the same list, but for another ballot id."""
    signed = sign_list(plain.registrar, bytes(32), list(plain.issue.lines), plain.random)
    assert signed.root == plain.manifest.credentials.root
    forgery = forge(plain)
    false = replace(plain.manifest.credentials, signature=signed.signature)
    forgery.manifest, forgery.pins = encode(replace(plain.manifest, credentials=false)), None
    assert "V8" in {finding.check for finding in forgery.report().findings}


# Codes that are replaced or revoked while voting runs [07.14].


def test_a_new_code_overwrites_a_vote(rich: SmallBallot, forge: Forge) -> None:
    """Registrar and officers together can replace a member's code and vote with it. Nothing hides it: the
    certificate counts the withdrawn ballot, and the voter finds the own code dead.
    """
    forgery = forge(rich)
    entry, new = new_code_for(rich, 5)
    vote(forgery, encode(entry), line(rich.vote_as(new, [(0, [0]), (1, [0])])))
    report = forgery.report()
    assert report.findings == []
    assert report.certificate is not None
    board = report.certificate.reconciliation[2]
    assert board.parts[2] == ("withdrawn by re-issue or revocation", 2)


@pytest.mark.parametrize("who", ["registrar", "officers"])
def test_a_new_code_without_registrar_or_officers(rich: SmallBallot, forge: Forge, who: str) -> None:
    forgery = forge(rich)
    entry, new = new_code_for(rich, 5)
    if who == "registrar":
        entry = rich.signed(replace(entry, registrar=bytes(64)))
    else:
        entry = replace(entry, officers=entry.officers[:1])
    vote(forgery, encode(entry), line(rich.vote_as(new, [(0, [0]), (1, [0])])))
    assert_stopped(forgery, "V8" if who == "registrar" else "V6")


def test_codes_that_cannot_be_replaced_or_revoked(rich: SmallBallot, forge: Forge) -> None:
    """A code that is not on the list, was replaced, or was revoked."""
    gone = [invented(rich).public, rich.credential(3).public, rich.credential(6).public]
    for old in gone:
        phi = rich.manifest.phi
        new_code = Reissue(rich.fresh_key(), (), old, phi, "lost", bytes(64), "credential-reissue")
        removal = Revoke(old, (), phi, "withdrawn", bytes(64), "credential-revoke")
        signed = [rich.registered(new_code), rich.registered(removal)]
        for entry in map(encode, signed):
            forgery = forge(rich)
            at = forgery.place(Close)
            vote(forgery, entry)
            fired = {finding.check for finding in forgery.report().findings}
            assert fired - {"V19"} == {"V8"}  # V19 where a credential came back to life: too many are active
            assert any(f.where.startswith(f"entry {at} ") for f in forgery.report().findings)


def test_a_new_code_that_is_not_new(rich: SmallBallot, forge: Forge) -> None:
    """Two members end up with one credential: listed, issued before, revoked, or the old one itself."""
    forgery = forge(rich)
    first = forgery.entry(forgery.place(Reissue))
    assert isinstance(first, Reissue)
    used = [rich.credential(1).public, first.new, rich.credential(6).public, rich.credential(5).public]
    for new in used:
        forgery = forge(rich)
        entry = Reissue(
            new, (), rich.credential(5).public, rich.manifest.phi, "lost", bytes(64), "credential-reissue"
        )
        vote(forgery, encode(rich.registered(entry)))
        assert "V8" in {finding.check for finding in forgery.report().findings}


def test_the_same_re_issue_twice(rich: SmallBallot, forge: Forge) -> None:
    forgery = forge(rich)
    at = forgery.place(Reissue)
    forgery.entries.insert(at + 1, forgery.entries[at])
    forgery.retally()
    assert_stopped(forgery, "V8", where=f"entry {at + 1} ")


def test_a_replaced_code_votes_on(rich: SmallBallot, forge: Forge) -> None:
    """On top of its own last ballot, in good form: V9, and the box says the same."""
    forgery = forge(rich)
    old = rich.credential(3)
    earlier = forgery.entry(3)
    late = rich.vote_as(old, [(0, [1]), (1, [])], prev=tracker(earlier))  # type: ignore[arg-type]  # a ballot
    vote(forgery, line(late))
    assert_stopped(forgery, "V9", where=f"entry {forgery.place(Close) - 1} ")


def test_a_code_votes_before_it_is_issued(rich: SmallBallot, forge: Forge) -> None:
    forgery = forge(rich)
    last = forgery.entries.pop(forgery.place(Close) - 1)
    forgery.entries.insert(forgery.place(Reissue), last)
    forgery.retally()
    findings = forgery.report().findings
    assert {f.check for f in findings if f.where.startswith("entry 8 ")} == {"V9"}
