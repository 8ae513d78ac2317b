"""Attacker: the server with fewer tellers than are needed, or with one who is too many. Wish: a result
that not enough tellers made, or one whose makers are not those that the certificate names.

Stopped by: the result names shares of exactly t distinct tellers, in order, each complete and signed with
the key of the ceremony ([09.4], [09.9], [10.16]), check V16.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from quorate.election.tally import TallyRefused, check_share, make_result
from quorate.group import Scalar, base_mul
from quorate.record.container import Container
from quorate.record.entries import Close, Share
from quorate.verify.run import Verification
from support.ballots import Draws, SmallBallot
from support.crafted import scalar
from support.forge import Forge, assert_stopped

NAMINGS: dict[str, Callable[[int], tuple[int, ...]]] = {
    "one share": lambda first: (first,),
    "none": lambda first: (),
    "one share twice": lambda first: (first, first),
    "all three": lambda first: (first, first + 1, first + 2),
    "in another order": lambda first: (first + 1, first),
    "the closing entry": lambda first: (first - 1, first),
    "a ballot": lambda first: (1, first),
    "the result itself": lambda first: (first, first + 3),
    "an entry that is not there": lambda first: (first, 2**53 - 1),
}


@pytest.mark.parametrize("name", NAMINGS)
def test_a_result_that_names_the_wrong_shares(plain: SmallBallot, forge: Forge, name: str) -> None:
    forgery = forge(plain)
    forgery.retally(tellers=(1, 2, 3))
    first = forgery.place(Share)
    assert forgery.report().findings == []
    forgery.edit_result(lambda result: replace(result, shares=NAMINGS[name](first)))
    fired = {finding.check for finding in forgery.report().findings}
    assert "V16" in fired
    assert fired <= {"V16", "V17"}  # V17 too, where what is left combines to another point


@pytest.mark.parametrize("name", ["all three", "in another order", "the closing entry", "a ballot"])
def test_nothing_but_v16_sees_it(plain: SmallBallot, forge: Forge, name: str) -> None:
    """The points combine to the true total, in any case: only what the result claims about its makers is
    false.
    """
    forgery = forge(plain)
    forgery.retally(tellers=(1, 2, 3))
    first = forgery.place(Share)
    if name in ("the closing entry", "a ballot"):  # named besides enough true ones
        wrong = NAMINGS[name](first)[0]
        shares = tuple(sorted((wrong, first, first + 1)))
    else:
        shares = NAMINGS[name](first)
    forgery.edit_result(lambda result: replace(result, shares=shares))
    assert_stopped(forgery, "V16", where=f"entry {len(forgery.entries) - 1} ")


def test_one_teller_as_two(plain: SmallBallot, forge: Forge) -> None:
    """Teller 1 sends its share again as teller 2's, signed with its own key."""
    forgery = forge(plain)

    def twice(shares: list[Share]) -> list[Share]:
        mine = plain.tellers.keys[0].signing
        return [shares[0], forgery.resign(replace(shares[0], teller=2), by=mine)]

    forgery.retally(tellers=(1, 2), shares=twice)
    assert {finding.check for finding in forgery.report().findings} == {"V16", "V17"}


@pytest.mark.parametrize("teller", [0, 4, 255, 256, 2**53 - 1])
def test_tellers_that_do_not_exist(plain: SmallBallot, forge: Forge, teller: int) -> None:
    """[06.1] Above all index 0, at which the secret itself would stand."""
    forgery = forge(plain)
    forgery.retally(shares=lambda shares: [replace(shares[0], teller=teller), shares[1]])
    fired = {finding.check for finding in forgery.report().findings}
    assert "V16" in fired


EDITS: dict[str, Callable[[Share], Share]] = {
    "no part": lambda share: replace(share, shares=()),
    "a part less": lambda share: replace(share, shares=share.shares[:-1]),
    "a part twice": lambda share: replace(share, shares=(*share.shares, share.shares[-1])),
    "parts in another order": lambda share: replace(share, shares=share.shares[::-1]),
    "a part for another question": lambda share: replace(
        share, shares=(*share.shares[:-1], replace(share.shares[-1], question=7))
    ),
    "a part for another place": lambda share: replace(
        share, shares=(*share.shares[:-1], replace(share.shares[-1], place=9))
    ),
    "a part for another group": lambda share: replace(
        share, shares=(*share.shares[:-1], replace(share.shares[-1], group=1))
    ),
    "a part for all": lambda share: replace(
        share, shares=(*share.shares, replace(share.shares[-1], place=2**53 - 1))
    ),
    "another size of the closing tree": lambda share: replace(
        share, closing=replace(share.closing, size=share.closing.size + 1)
    ),
    "another root of the closing tree": lambda share: replace(
        share, closing=replace(share.closing, root=bytes(32))
    ),
    "an empty proof": lambda share: replace(
        share, shares=(*share.shares[:-1], replace(share.shares[-1], proof=b""))
    ),
}


@pytest.mark.parametrize("name", EDITS)
def test_shares_that_are_not_exactly_what_is_due(rich: SmallBallot, forge: Forge, name: str) -> None:
    """Each signed by its teller as it stands. Whoever collects shares refuses it, too."""
    forgery = forge(rich)
    forgery.retally(shares=lambda shares: [forgery.resign(EDITS[name](shares[0])), shares[1]])
    fired = {finding.check for finding in forgery.report().findings}
    assert "V16" in fired
    assert fired <= {"V16", "V17"}

    with Container(forgery.folder) as container:
        check = Verification(container, rich.pins, until="close")
        check.run()
    share = forgery.entry(forgery.place(Share))
    assert isinstance(share, Share)
    with pytest.raises(TallyRefused):
        check_share(check.state, share)
    good = forgery.entry(forgery.place(Share) + 1)
    assert isinstance(good, Share)
    check_share(check.state, good)


def test_a_share_signed_by_another(plain: SmallBallot, forge: Forge) -> None:
    """The decryption is true and proved; somebody else signed that it be published [09.4]."""
    forgery = forge(plain)

    def swapped(shares: list[Share]) -> list[Share]:
        return [replace(shares[0], signature=shares[1].signature), shares[1]]

    forgery.retally(shares=swapped)
    assert_stopped(forgery, "V16", where="Teller one")


def test_a_bad_share_is_named_and_left_out(plain: SmallBallot, forge: Forge) -> None:
    """[09.5] One teller of three sends nonsense; two others are enough, and the record holds."""
    forgery = forge(plain)

    def spoil(shares: list[Share]) -> list[Share]:
        part = replace(shares[0].shares[0], partial=base_mul(Scalar.from_int(5)).to_bytes())
        return [forgery.resign(replace(shares[0], shares=(part,))), *shares[1:]]

    first = forgery.place(Close) + 1
    forgery.retally(
        tellers=(2, 1, 3), shares=spoil, result=lambda result: replace(result, shares=(first + 1, first + 2))
    )
    assert forgery.report().findings == []


def test_fewer_than_t_say_nothing(plain: SmallBallot, forge: Forge) -> None:
    """The result cannot be made, and what one teller's share combines to is no total."""
    forgery = forge(plain)
    forgery.retally()
    with Container(forgery.folder) as container:
        check = Verification(container, until="close", checks={})
        check.run()
    place = forgery.place(Share)
    share = forgery.entry(place)
    assert isinstance(share, Share)
    with pytest.raises(TallyRefused, match="1 of the 2"):
        make_result(check.state, [(place, share)])
    with pytest.raises(TallyRefused, match="1 of the 2"):
        make_result(check.state, [(place, share), (place, share)])


def test_an_attacker_with_a_key_of_its_own(plain: SmallBallot, forge: Forge) -> None:
    """The server plays teller 2 with a signing key that it made itself: it is not the ceremony's."""
    forgery, mine = forge(plain), scalar(Draws("own"))
    forgery.retally(tellers=(1, 2), shares=lambda shares: [shares[0], forgery.resign(shares[1], by=mine)])
    assert_stopped(forgery, "V16", where="Teller two")
