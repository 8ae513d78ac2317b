"""False records of ballots that were suspended or declared void: what is wrong, and the check that stops it.

They are the table of tests/attacks/test_suspended_and_void.py, and of refused records in vectors/.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from quorate.board.note import Note
from quorate.record.canonical import encode
from quorate.record.entries import Close, Resume, Suspend, Void
from support import examples
from support.ballots import SmallBallot, line
from support.forge import Forgery

replace = msgspec.structs.replace
YES = [(0, [0])]

BASES: dict[str, Callable[[Path], SmallBallot]] = {
    "record-rested": examples.rested,
    "record-void": examples.void,
}


@dataclass(frozen=True)
class Mutation:
    """Which record it starts from, what is done to it, which checks must fire, and why."""

    base: str
    checks: str
    why: str
    do: Callable[[Forgery], None]


MUTATIONS: dict[str, Mutation] = {}


def mutation(base: str, checks: str, name: str) -> Callable[[Callable[[Forgery], None]], None]:
    """Enter one under its name; its docstring says why it must be refused."""

    def enter(do: Callable[[Forgery], None]) -> None:
        MUTATIONS[name] = Mutation(base, checks, do.__doc__ or "", do)

    return enter


def insert(forgery: Forgery, before: type[Any], *lines: bytes) -> None:
    """Put entries in front of the first one of a type, and let the server count again."""
    at = forgery.place(before)
    forgery.entries[at:at] = lines
    forgery.retally()


@mutation("record-rested", "V6", "a ballot while suspended")
def ballot_while_suspended(forgery: Forgery) -> None:
    """The server lets a friend vote while everybody else is refused."""
    insert(forgery, Resume, line(forgery.ballot.vote(4, YES)))


@mutation("record-rested", "V6", "a spoiled ballot while suspended")
def spoil_while_suspended(forgery: Forgery) -> None:
    """A device is checked while voting rests."""
    ballot = forgery.ballot
    insert(forgery, Resume, encode(ballot.spoiled(ballot.credential(4), bytes(range(32)))))


@mutation("record-rested", "V6", "closed while suspended")
def closed_while_suspended(forgery: Forgery) -> None:
    """A stay is used to end voting with those who came first."""
    at = forgery.place(Resume)
    del forgery.entries[at : forgery.place(Close)]
    forgery.retally()


@mutation("record-rested", "V6", "suspended twice")
def suspended_twice(forgery: Forgery) -> None:
    """The second suspension has no voting to suspend."""
    insert(forgery, Resume, forgery.entries[forgery.place(Suspend)])


@mutation("record-rested", "V6", "resumed twice")
def resumed_twice(forgery: Forgery) -> None:
    """A resumption is used as an extension of voting that runs."""
    insert(forgery, Close, encode(forgery.ballot.resumption("2015-12-14T00:00:00Z")))


@mutation("record-rested", "V6", "resumed with an earlier end")
def resumed_with_an_earlier_end(forgery: Forgery) -> None:
    """Voting goes on, but ends before the time that was announced."""
    forgery.entries[forgery.place(Resume)] = encode(forgery.ballot.resumption("2015-12-11T22:00:00Z"))
    forgery.retally()


@mutation("record-rested", "V6", "suspended by one officer")
def suspended_by_one(forgery: Forgery) -> None:
    """One officer alone stops a vote."""
    at, event = forgery.place(Suspend), forgery.ballot.suspension()
    forgery.entries[at] = encode(replace(event, officers=event.officers[:1]))
    forgery.retally()


@mutation("record-rested", "V6", "resumed by one officer twice")
def resumed_by_one(forgery: Forgery) -> None:
    """One officer signs for two."""
    at, event = forgery.place(Resume), forgery.ballot.resumption("2015-12-12T23:00:00Z")
    forgery.entries[at] = encode(replace(event, officers=(event.officers[0], event.officers[0])))
    forgery.retally()


@mutation("record-rested", "V6", "another reason than was signed")
def another_reason(forgery: Forgery) -> None:
    """The server puts its own reason under the officers' names."""
    forgery.edit(forgery.place(Suspend), reason="A member asked for it")
    forgery.retally()


@mutation("record-rested", "V6", "suspended before the opening")
def suspended_before_the_opening(forgery: Forgery) -> None:
    """There is no voting yet."""
    at = forgery.place(Suspend)
    forgery.entries.insert(0, forgery.entries.pop(at))
    forgery.entries.insert(2, encode(forgery.ballot.suspension()))
    forgery.retally()


@mutation("record-rested", "V6", "suspended after the close")
def suspended_after_the_close(forgery: Forgery) -> None:
    """After voting has ended there is nothing to suspend: a result is withheld, or the ballot is void."""
    forgery.entries.append(encode(forgery.ballot.suspension()))
    forgery.certify()


@mutation("record-void", "V6", "declared void by one officer")
def voided_by_one(forgery: Forgery) -> None:
    """One officer alone makes a result disappear."""
    event = forgery.ballot.voiding()
    forgery.entries[-1] = encode(replace(event, officers=event.officers[1:]))
    forgery.certify()


@mutation("record-void", "V6", "a void ballot goes on")
def goes_on(forgery: Forgery) -> None:
    """Nothing stands after `void`: not even an extension."""
    forgery.entries.append(encode(forgery.ballot.extension("2015-12-14T00:00:00Z")))
    forgery.certify()


@mutation("record-void", "V6", "void twice")
def void_twice(forgery: Forgery) -> None:
    """The second declaration gives another reason."""
    forgery.entries.append(forgery.entries[forgery.place(Void)])
    forgery.certify()


@mutation("record-void", "V6", "void before the opening")
def void_before_the_opening(forgery: Forgery) -> None:
    """A board begins with its opening."""
    del forgery.entries[:-1]
    forgery.certify()


@mutation("record-void", "V20 V21", "a void ballot certified as carried")
def certified_all_the_same(forgery: Forgery) -> None:
    """The certificate states the count and the verdict as if nothing had been declared."""
    void = forgery.entries.pop()
    forgery.certify()
    forgery.entries.append(void)


@mutation("record-void", "V21", "another reason certified")
def another_reason_certified(forgery: Forgery) -> None:
    """The certificate gives a kinder reason than the board."""
    forgery.certify(lambda found: replace(found, reason="Too few had heard of it"))


@mutation("record-rested", "V20 V21", "a valid ballot certified as void")
def certified_as_void(forgery: Forgery) -> None:
    """Nobody declared anything: the certificate alone says that the ballot is void."""
    forgery.entries.append(encode(forgery.ballot.voiding()))
    forgery.certify()
    forgery.entries.pop()


@mutation("record-void", "V5", "void unseen")
def void_unseen(forgery: Forgery) -> None:
    """No witness saw the board that ends with `void`."""
    last = len(forgery.entries)
    forgery.note = lambda size, note: Note(note.text, note.signatures[:1]) if size == last else note
