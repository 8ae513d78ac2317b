"""Attacker: a supervisor who knows who voted in a small unit, and reads the published counts. Wish: learn
how one person voted, from a unit of one, from the difference of two published sums, or from a unanimous
group.

Stopped by: only groups with at least the small-group limit of ballots are decrypted, and of those no two
differ by fewer ([09.2], V18). Nothing can be done about a group that votes as one: all who know that
somebody is in it know how they voted. The limit makes that less likely, and officers set it before
opening.
"""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.crypto.tally import partition
from quorate.election.tally import TallyRefused, check_share, make_share
from quorate.record.ceremony import check_ceremony
from quorate.record.container import Container
from quorate.record.entries import Result, Share
from quorate.record.manifest import manifest_problem
from quorate.verify.run import Verification
from quorate.verify.state import State
from support import examples
from support.ballots import SmallBallot, strike_question
from support.forge import Forge, Forgery, assert_stopped

LIMITS = (2, 3, 5)


def unions(groups: tuple[tuple[int, ...], ...]) -> set[frozenset[int]]:
    """Every set of units whose sum follows from what is published."""
    return {
        frozenset(itertools.chain.from_iterable(some))
        for n in range(len(groups) + 1)
        for some in itertools.combinations(groups, n)
    }


@pytest.mark.parametrize("limit", LIMITS)
def test_no_sum_and_no_difference_is_small(limit: int) -> None:
    """[09.2] All boards of three units with up to six ballots each: whatever can be added and subtracted, no
    set of fewer than `limit` ballots, but some, comes out.
    """
    for counted in itertools.product(range(7), repeat=3):
        groups = partition(counted, limit)
        if groups is None:
            assert 0 < sum(counted) < limit
            continue
        assert sorted(itertools.chain.from_iterable(groups)) == [0, 1, 2]
        for one, other in itertools.product(unions(groups), repeat=2):
            if other <= one:
                ballots = sum(counted[unit] for unit in one - other)
                assert ballots == 0 or ballots >= limit


def test_nothing_is_decrypted_of_too_few(tmp_path: Path) -> None:
    """One ballot under a limit of two: the result says so, names no share, and gives no counts."""
    ballot = SmallBallot(tmp_path)
    box = ballot.open_box()
    examples.cast(box, ballot.vote(1, [(0, [0])]))
    report = ballot.finish(box)
    assert report.ok
    assert report.certificate is not None
    question = report.certificate.questions[0]
    assert (question.withheld, question.votes, question.groups, question.decision) == (True, (), (), None)
    assert b'"shares":[]' in (ballot.record / "entries.jsonl").read_bytes().splitlines()[-1]


def state_at_close(forgery: Forgery) -> State:
    """What a verification that reads up to the close has computed."""
    with Container(forgery.write()) as container:
        run = Verification(container, until="close", checks={})
        run.run()
    return run.state


def test_a_share_of_too_few_has_no_part(tmp_path: Path) -> None:
    """A teller that is asked all the same has nothing to decrypt, and a part for a sum that is not due is
    refused.
    """
    ballot = SmallBallot(tmp_path / "one")
    box = ballot.open_box()
    examples.cast(box, ballot.vote(1, [(0, [0])]))
    ballot.finish(box)
    forgery = Forgery.of(ballot, tmp_path / "false")
    state, teller = state_at_close(forgery), ballot.tellers.keys[0]
    assert state.totals == {}
    nothing = make_share(state, 1, teller.share, teller.signing, ballot.random)
    assert nothing.shares == ()
    state.aggregates = {(0, 0, 0): state.sums[0, 0]}
    everything = make_share(state, 1, teller.share, teller.signing, ballot.random)
    assert len(everything.shares) == 1
    state.aggregates, state.ceremony = {}, check_ceremony(ballot.tellers.file)
    with pytest.raises(TallyRefused, match="0 totals"):
        check_share(state, everything)


def test_the_result_of_one_person_is_published(by_unit: SmallBallot, forge: Forge) -> None:
    """Tellers and server together show South and West apart: V18, although every figure is true."""
    forgery = forge(by_unit)
    at = forgery.place(Result)
    result = forgery.entry(at)
    assert isinstance(result, Result)
    strike = result.questions[0]
    north, pool = strike.groups
    assert pool.units == (1, 2)
    south = replace(pool, counted=1, totals=(2**32,), units=(1,))
    west = replace(pool, counted=1, totals=(1,), units=(2,))
    forgery.edit(at, questions=(replace(strike, groups=(north, south, west)), result.questions[1]))
    assert "V18" in {finding.check for finding in forgery.report().findings}


def test_a_lower_limit_afterwards(by_unit: SmallBallot, forge: Forge) -> None:
    """The limit stands in the manifest; with another one it is another ballot: V3."""
    forgery = forge(by_unit)
    forgery.edit_manifest(group_limit=3)
    assert "V3" in {finding.check for finding in forgery.report().findings}


@pytest.mark.parametrize("limit", [0, 1])
def test_a_limit_that_protects_nobody(tmp_path: Path, limit: int) -> None:
    manifest = SmallBallot(tmp_path).manifest
    assert "group_limit" in (manifest_problem(replace(manifest, group_limit=limit)) or "")


def test_pooled_units_in_a_whole_ballot(tmp_path: Path) -> None:
    """A large unit, two small ones whose pool is large enough, and one that nobody voted in."""
    units = ("North", "South", "West", "East")
    ballot = SmallBallot(
        tmp_path, voters=14, units=units, group_limit=3, questions=(strike_question(tally="by-unit"),)
    )
    box = ballot.open_box()
    by_unit = {0: (1, 5, 9, 13), 1: (2, 6), 2: (3,)}
    for voters in by_unit.values():
        examples.cast(box, *(ballot.vote(voter, [(0, [voter % 2])]) for voter in voters))
    report = ballot.finish(box)
    assert report.ok
    assert report.certificate is not None
    groups = report.certificate.questions[0].groups
    assert [(group.units, group.counted) for group in groups] == [
        (("North",), 4),
        (("South", "West"), 3),
        (("East",), 0),
    ]


def test_shares_are_not_asked_for_what_stays_closed(by_unit: SmallBallot, forge: Forge) -> None:
    """One part for each sum that is due, and none for a unit of its own."""
    forgery = forge(by_unit)
    share = forgery.entry(forgery.place(Share))
    assert isinstance(share, Share)
    assert [(part.question, part.group) for part in share.shares] == [(0, 0), (0, 1), (1, 0), (1, 0), (1, 0)]
    extra = replace(share.shares[0], group=2)

    def more(shares: list[Share]) -> list[Share]:
        return [forgery.resign(replace(shares[0], shares=(*shares[0].shares, extra))), shares[1]]

    forgery.retally(shares=more)
    assert_stopped(forgery, "V16", where="Teller one")
