"""Small finished ballots that together show every kind of entry, encoding and tally.

They are deterministic. A test that changes a record takes a copy (`support.forge.Forgery`).
"""

from __future__ import annotations

from pathlib import Path

from quorate.election.box import Accepted, BallotBox
from quorate.election.folder import write_certificate
from quorate.election.tally import make_result
from quorate.record.container import Container
from quorate.record.entries import Ballot
from quorate.record.manifest import Blank, Facts, Option, Question
from quorate.rules import preset
from quorate.verify.run import Verification
from support.ballots import AFTER, NOON, SmallBallot, line, strike_question, tracker
from support.passkeys import Passkey

YES, NO, BLANK = [0], [1], [2]
CODE = "0000-0000-0000-0000-0000-0000"
"""A code in its right form that no registrar issued."""


def plain(folder: Path) -> SmallBallot:
    """Four members, one question: two yes (one of them after a no), one blank, one who does not vote."""
    ballot = SmallBallot(folder, voters=4, seed="plain")
    box = ballot.open_box()
    second = ballot.vote(2, [(0, NO)])
    cast(box, ballot.vote(1, [(0, YES)]), second, ballot.vote(3, [(0, BLANK)]))
    cast(box, ballot.vote(2, [(0, YES)], prev=tracker(second)))
    finish(ballot, box)
    return ballot


def rich(folder: Path) -> SmallBallot:
    """Two witnesses, two questions, and every kind of entry: re-votes, a spoiled ballot, a new code for one
    who had voted, one code revoked, a notice and an extension. Five of six credentials count.
    """
    ballot = SmallBallot(
        folder, voters=6, questions=(strike_question(), board_question()), witness_count=2, seed="rich"
    )
    box = ballot.open_box()
    early = ballot.vote(2, [(0, NO), (1, [0])])
    lost = ballot.vote(3, [(0, NO), (1, [])])
    cast(box, ballot.vote(1, [(0, YES), (1, [0, 1])]), early, lost)
    box.change(ballot.notice("Results are announced at noon."), NOON)
    again = ballot.vote(2, [(0, YES), (1, [1, 2])], prev=tracker(early))
    cast(box, again)
    checked = ballot.vote(4, [(0, NO), (1, [2])])
    box.change(ballot.spoiled(ballot.credential(4), tracker(checked)), NOON)
    cast(box, ballot.vote(4, [(0, YES), (1, [2])]))
    replaced, new = ballot.reissue(3)
    box.change(replaced, NOON)
    box.change(ballot.revocation(6), NOON)
    box.change(ballot.extension("2015-12-11T23:00:01Z"), NOON)
    cast(box, ballot.vote(2, [(0, YES), (1, [0, 1])], prev=tracker(again)))
    cast(box, ballot.vote(5, [(0, BLANK), (1, [3])]))
    cast(box, ballot.vote_as(new, [(0, YES), (1, [0])]))
    finish(ballot, box)
    return ballot


def by_unit(folder: Path) -> SmallBallot:
    """Three units; one question counted by unit, and one of four options for the first two units only.

    Unit North has three ballots, South and West one each, so that the last two are counted together.
    """
    ballot = SmallBallot(
        folder,
        voters=9,
        questions=(strike_question(tally="by-unit"), hall_question()),
        units=("North", "South", "West"),
        seed="by-unit",
    )
    box = ballot.open_box()
    for voter in (1, 4, 7):
        cast(box, ballot.vote(voter, [(0, YES), (1, [voter % 4])]))
    cast(box, ballot.vote(2, [(0, NO), (1, [3])]))
    cast(box, ballot.vote(3, [(0, YES)]))
    finish(ballot, box)
    return ballot


def rested(folder: Path) -> SmallBallot:
    """Voting was suspended after two ballots, and went on with a later end; three of four voted."""
    ballot = SmallBallot(folder, voters=4, witness_count=1, seed="rested")
    box = ballot.open_box()
    first = ballot.vote(1, [(0, NO)])
    cast(box, first, ballot.vote(2, [(0, YES)]))
    box.change(ballot.suspension(), NOON)
    box.change(ballot.notice("Voting rests until the court has decided."), NOON)
    box.change(ballot.resumption("2015-12-12T23:00:00Z"), NOON)
    cast(box, ballot.vote(1, [(0, YES)], prev=tracker(first)), ballot.vote(3, [(0, YES)]))
    finish(ballot, box)
    return ballot


def signed_by_passkeys(folder: Path) -> SmallBallot:
    """Two officers with passkeys of both kinds sign the opening, a notice and an extension; two vote yes."""
    passkeys = (Passkey("First officer"), Passkey("Second officer", "webauthn-ed25519"))
    ballot = SmallBallot(folder, voters=2, seed="passkeys", passkeys=passkeys)
    box = ballot.open_box()
    cast(box, ballot.vote(1, [(0, YES)]))
    box.change(ballot.notice("The hall is open until eight."), NOON)
    box.change(ballot.extension("2015-12-11T23:30:00Z"), NOON)
    cast(box, ballot.vote(2, [(0, YES)]))
    finish(ballot, box)
    return ballot


def void(folder: Path) -> SmallBallot:
    """Counted, and then declared void before anybody had certified the count."""
    ballot = SmallBallot(folder, voters=4, witness_count=1, seed="void")
    box = ballot.open_box()
    cast(box, *(ballot.vote(voter, [(0, YES)]) for voter in (1, 2, 3)))
    box.close(AFTER)
    ballot.publish()
    shares = ballot.shares((1, 3))
    first = box.state.closed.index + 1
    box.append(shares)
    with Container(ballot.record) as container:
        check = Verification(container, ballot.pins, until="close")
        check.run()
        box.append([make_result(check.state, list(enumerate(shares, first)))])
    box.change(ballot.voiding(), AFTER)
    certify_void(ballot)
    return ballot


def certify_void(ballot: SmallBallot) -> None:
    """Publish the record of a void ballot with its certificate; the record must verify."""
    ballot.publish()
    report = ballot.verify(until="tally")
    if report.void is None:
        raise AssertionError(list(map(str, report.findings)))
    write_certificate(ballot.record, report.void)
    report = ballot.verify()
    if not report.ok:
        raise AssertionError(list(map(str, report.findings)))


def board_question(blank: bool = True) -> Question:
    """Up to two of three candidates; no rule decides."""
    return Question(
        blank=Blank("blank", "Leave it blank") if blank else None,
        documents=(),
        electorate=None,
        facts=Facts(None, None),
        id="board",
        maximum=2,
        minimum=0,
        options=tuple(Option(name.lower(), f"Elect {name}") for name in ("Ames", "Bell", "Cole")),
        rule=None,
        tally="all",
        text="Who shall join the board?",
    )


def hall_question() -> Question:
    """One of four halls, for units 0 and 1; the most votes win."""
    return Question(
        blank=None,
        documents=(),
        electorate=(0, 1),
        facts=Facts(None, None),
        id="hall",
        maximum=None,
        minimum=None,
        options=tuple(Option(name.lower(), f"{name} Hall") for name in ("Oak", "Elm", "Ash", "Fir")),
        rule=preset("us-lmrda-officer"),
        tally="all",
        text="Where shall the assembly meet?",
    )


def cast(box: BallotBox, *ballots: Ballot) -> None:
    """Submit ballots that must be taken."""
    answers = box.submit([line(ballot) for ballot in ballots], NOON)
    if not all(isinstance(answer, Accepted) for answer in answers):
        raise AssertionError(answers)


def finish(ballot: SmallBallot, box: BallotBox) -> None:
    """Close, tally and certify; the record must verify."""
    report = ballot.finish(box)
    if not report.ok:
        raise AssertionError(list(map(str, report.findings)))
