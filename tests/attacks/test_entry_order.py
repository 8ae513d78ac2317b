"""Attacker: the server, with officers or tellers where their signature is needed. Wish: a board in
another order: two openings, two closings, results that replace each other, shares made before the count
was fixed.

Stopped by: the order of [08.27], check V6, which counts every entry out of place.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from quorate.record.canonical import encode
from quorate.record.entries import (
    RESERVED,
    Close,
    Entry,
    Extend,
    Notice,
    Open,
    Reissue,
    Reserved,
    Result,
    Share,
    Spoil,
    read_entry,
)
from support.ballots import SmallBallot, line
from support.forge import Forge, Forgery, assert_stopped


def before_close(forgery: Forgery, *lines: bytes) -> None:
    at = forgery.place(Close)
    forgery.entries[at:at] = lines
    forgery.retally()


def after_end(forgery: Forgery, *lines: bytes) -> None:
    forgery.entries += lines


def copy_of(forgery: Forgery, kind: type[Entry]) -> bytes:
    return forgery.entries[forgery.place(kind)]


def moved(forgery: Forgery, old: int, new: int) -> None:
    forgery.entries.insert(new, forgery.entries.pop(old))
    forgery.retally()


ORDERS: dict[str, Callable[[Forgery], None]] = {
    "opened twice": lambda f: before_close(f, copy_of(f, Open)),
    "opened after a ballot": lambda f: moved(f, 0, 1),
    "a notice before the opening": lambda f: moved(f, f.place(Notice), 0),
    "a new code before the opening": lambda f: moved(f, f.place(Reissue), 0),
    "a spoiled ballot before the opening": lambda f: moved(f, f.place(Spoil), 0),
    "closed twice": lambda f: f.entries.insert(f.place(Close) + 1, copy_of(f, Close)),
    "a share before the close": lambda f: before_close(f, copy_of(f, Share)),
    "a result before the close": lambda f: before_close(f, copy_of(f, Result)),
    "a second result": lambda f: after_end(f, copy_of(f, Result)),
    "a share after the result": lambda f: after_end(f, copy_of(f, Share)),
    "an extension after the result": lambda f: after_end(f, copy_of(f, Extend)),
    "a notice after the result": lambda f: after_end(f, copy_of(f, Notice)),
    "opened again after the result": lambda f: after_end(f, copy_of(f, Open)),
    "closed again after the result": lambda f: after_end(f, copy_of(f, Close)),
}


@pytest.mark.parametrize("name", ORDERS)
def test_out_of_order(rich: SmallBallot, forge: Forge, name: str) -> None:
    """V6 names the entry; most of these break other figures as well, which is not what is relied upon."""
    forgery = forge(rich)
    good = list(forgery.entries)
    ORDERS[name](forgery)
    assert forgery.entries != good
    assert "V6" in {finding.check for finding in forgery.report().findings}


@pytest.mark.parametrize("name", ["a second result", "a notice after the result", "a share after the result"])
def test_nothing_but_the_order_stops_these(rich: SmallBallot, forge: Forge, name: str) -> None:
    forgery = forge(rich)
    ORDERS[name](forgery)
    forgery.certify()
    assert_stopped(forgery, "V6", where=f"entry {len(forgery.entries) - 1} ")


def test_a_second_result_that_says_something_else(plain: SmallBallot, forge: Forge) -> None:
    """The last result would be the one that is certified: V6 for the second, V17 for its totals."""
    forgery = forge(plain)
    true = read_entry(copy_of(forgery, Result), "result")
    assert isinstance(true, Result)
    group = replace(true.questions[0].groups[0], totals=(3,))
    false = replace(true, questions=(replace(true.questions[0], groups=(group,)),))
    after_end(forgery, encode(false))
    forgery.certify()
    assert_stopped(forgery, "V6", "V17")


@pytest.mark.parametrize("keep", ["opened only", "voting", "closed", "one share", "no result"])
def test_a_board_that_stops_early(plain: SmallBallot, forge: Forge, keep: str) -> None:
    """A running or unfinished ballot is not taken for a finished one."""
    forgery = forge(plain)
    close = forgery.place(Close)
    size = {
        "opened only": 1,
        "voting": close,
        "closed": close + 1,
        "one share": close + 2,
        "no result": close + 3,
    }[keep]
    del forgery.entries[size:]
    forgery.certificate = None
    fired = {finding.check for finding in forgery.report().findings}
    assert "V6" in fired
    forgery.until = "close" if size > close else "open"
    assert forgery.report().findings == []
    if size <= close:
        forgery.until = "close"
        assert "V6" in {finding.check for finding in forgery.report().findings}


def test_an_empty_board(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.entries, forgery.certificate, forgery.until = [], None, "open"
    assert [f.check for f in forgery.report().findings] == ["V6"]


def test_entries_of_another_ballot(plain: SmallBallot, rich: SmallBallot, forge: Forge) -> None:
    """Signed by the right people, but for another phi: a notice, an extension, a new code."""
    forgery, other = forge(plain), forge(rich)
    for kind in (Notice, Extend, Reissue):
        forgery.entries.insert(4, copy_of(other, kind))
    forgery.retally()
    findings = forgery.report().findings
    for index in (4, 5, 6):
        assert {f.check for f in findings if f.where.startswith(f"entry {index} ")} >= {"V6"}


def test_the_officers_that_sign(rich: SmallBallot, forge: Forge) -> None:
    """[08.28] Two distinct ones, of this ballot, over this very text."""
    one, two = rich.officers
    extension = rich.extension("2015-12-13T00:00:00Z")
    first, second = extension.officers
    bad = {
        "nobody": (),
        "one": (first,),
        "one twice": (first, first),
        "one under two names": (first, replace(first, officer=1)),
        "exchanged": (replace(second, officer=0), replace(first, officer=1)),
        "an officer who is none": (first, second, replace(first, officer=2)),
        "a far index": (first, replace(second, officer=2**53 - 1)),
        "over another text": rich.extension("2015-12-14T00:00:00Z").officers,
        "one good, one over another text": (first, rich.extension("2015-12-14T00:00:00Z").officers[1]),
    }
    for name, officers in bad.items():
        forgery = forge(rich)
        at = forgery.place(Extend)
        forgery.entries[at] = encode(replace(extension, officers=officers))
        forgery.retally()
        report = assert_stopped(forgery, "V6", where=f"entry {at} ")
        assert report.findings, name
    assert one.name != two.name


def test_every_reserved_type_fails(plain: SmallBallot, forge: Forge) -> None:
    """[08.31] Signed by both officers, and still nobody here knows what it does to the result."""
    for kind in RESERVED:
        forgery = forge(plain)
        event = Reserved({"votes": 3}, (), plain.manifest.phi, kind)  # type: ignore[arg-type]  # one of the names
        forgery.entries.insert(4, encode(plain.signed(event)))
        forgery.retally()
        assert_stopped(forgery, "V6", where="entry 4 ")


def test_an_unknown_type_fails(plain: SmallBallot, forge: Forge) -> None:
    forgery = forge(plain)
    forgery.entries.insert(4, b'{"type":"recount"}')
    forgery.entries.insert(4, line(plain.vote(4, [(0, [0])])).replace(b'"type":"ballot"', b'"type":"Ballot"'))
    forgery.retally()
    assert_stopped(forgery, "V1", where="entry 5 ")
