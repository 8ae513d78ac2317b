"""Attacker: an organiser who wants members to vote on what the delegates did not carry, with every key of the
server and of the officers. Wish: a chain of records that looks as if both bodies had decided on one text.

Stopped by: the manifest of the later stage names record and certificate of the one before (C2 [13.2]);
text and documents are the same (C3 [13.3]) and had carried (C4 [13.4]) before voting opened (C5 [13.5]), in
another body of the same organisation (C6 [13.6]); each record holds by itself (C1 [13.1]).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.record.manifest import Document, Stage
from quorate.verify.chain import ChainReport
from support.ballots import SmallBallot
from support.chains import BEFORE, delegates, members, question, report, stage_of
from support.forge import Forge

AGREEMENT = Document("agreement.pdf", b"a" * 32, 100)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Delegates who carried it, two to one."""
    return delegates(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="module")
def all_members(house: SmallBallot, tmp_path_factory: pytest.TempPathFactory) -> SmallBallot:
    """Members who vote on what the delegates carried."""
    return members(tmp_path_factory.mktemp("members"), stage_of(house))


def stopped(*ballots: SmallBallot | Path, by: str, link: str = "1 -> 2") -> ChainReport:
    """Exactly this check fires, at this link; and switched off, it lets the chain pass."""
    found = report(*ballots)
    assert {finding.check for finding in found.findings} == {by}, list(map(str, found.findings))
    assert any(finding.link == link for finding in found.findings), list(map(str, found.findings))
    assert report(*ballots, without=(by,)).ok
    return found


def test_an_honest_chain_holds(house: SmallBallot, all_members: SmallBallot) -> None:
    found = report(house, all_members)
    assert found.ok, list(map(str, found.findings))
    assert found.links[0].questions == (("strike", "strike"),)
    assert found.links[0].others == ()


def test_members_vote_on_another_text(house: SmallBallot, tmp_path: Path) -> None:
    asked = question(text="Shall the union be authorised to call a strike, for ever?")
    found = stopped(house, members(tmp_path / "m", stage_of(house), [asked]), by="C3")
    assert "a question on the text" in found.findings[0].expected


def test_one_letter_is_another_text(house: SmallBallot, tmp_path: Path) -> None:
    asked = question(text=question().text + " ")
    stopped(house, members(tmp_path / "m", stage_of(house), [asked]), by="C3")


def test_the_agreement_behind_the_question_is_swapped(tmp_path: Path) -> None:
    """The question reads the same; the file that it means is another one."""
    house = delegates(tmp_path / "d", asked=question(documents=(AGREEMENT,)))
    other = question(documents=(replace(AGREEMENT, sha256=b"b" * 32),))
    found = stopped(house, members(tmp_path / "m", stage_of(house), [other]), by="C3")
    assert len(found.findings) == 2, "there is no linked question, and there is one that looks like it"


def test_the_swap_hides_behind_an_honest_question(tmp_path: Path) -> None:
    """The true question stands on the ballot too, so that the chain has a link."""
    house = delegates(tmp_path / "d", asked=question(documents=(AGREEMENT,)))
    asked = [
        question(documents=(AGREEMENT,)),
        question("again", documents=(replace(AGREEMENT, sha256=b"b" * 32),)),
    ]
    stopped(house, members(tmp_path / "m", stage_of(house), asked), by="C3")


def test_a_stage_on_what_was_not_carried(tmp_path: Path) -> None:
    house = delegates(tmp_path / "d", votes=(1, 1, 0))
    found = stopped(house, members(tmp_path / "m", stage_of(house)), by="C4")
    assert found.findings[0].got == "not carried"


def test_a_stage_on_a_tie(tmp_path: Path) -> None:
    house = delegates(tmp_path / "d", votes=(1, 0, 2))
    assert stopped(house, members(tmp_path / "m", stage_of(house)), by="C4").findings[0].got == "tie"


def test_the_certificate_of_another_vote_is_linked(house: SmallBallot, tmp_path: Path) -> None:
    """The delegates' refusal is left out; the manifest names a certificate that carried elsewhere."""
    lost = delegates(tmp_path / "lost", votes=(1, 1, 0))
    forged = Stage(stage_of(house).certificate, lost.manifest.phi)
    later = members(tmp_path / "m", forged)
    found = report(lost, later)
    assert {(finding.check, finding.link) for finding in found.findings} == {
        ("C2", "1 -> 2"),
        ("C4", "1 -> 2"),
    }
    stopped(house, later, by="C2")


def test_a_certificate_that_never_was(house: SmallBallot, tmp_path: Path) -> None:
    made_up = Stage(b"x" * 32, house.manifest.phi)
    found = stopped(house, members(tmp_path / "m", made_up), by="C2")
    assert "previous.certificate" in found.findings[0].expected


def test_a_stage_that_names_nothing(house: SmallBallot, tmp_path: Path) -> None:
    found = stopped(house, members(tmp_path / "m", None), by="C2")
    assert found.findings[0].got == "no earlier record"


def test_reordered(house: SmallBallot, all_members: SmallBallot) -> None:
    found = report(all_members, house)
    assert {"C2", "C5"} == {finding.check for finding in found.findings}
    assert report(all_members, house, without=("C2", "C5")).ok


def test_the_first_stage_is_left_out(all_members: SmallBallot) -> None:
    found = stopped(all_members, by="C2", link="1")
    assert "stands on an earlier record" in found.findings[0].got


def test_members_voted_before_the_delegates_had(house: SmallBallot, tmp_path: Path) -> None:
    """The window overlaps: what they saw was not carried yet."""
    early = replace(BEFORE, opens="2015-12-09T12:59:59Z", closes="2015-12-11T23:00:00Z")
    later = members(tmp_path / "m", stage_of(house), change=lambda m: replace(m, window=early))
    assert stopped(house, later, by="C5").findings[0].got == "2015-12-09T12:59:59Z"


def test_the_same_second_is_in_time(house: SmallBallot, tmp_path: Path) -> None:
    window = replace(BEFORE, opens=BEFORE.closes, closes="2015-12-11T23:00:00Z")
    later = members(tmp_path / "m", stage_of(house), change=lambda m: replace(m, window=window))
    assert report(house, later).ok


def test_delegates_of_another_union(tmp_path: Path) -> None:
    house = delegates(tmp_path / "d", change=lambda m: replace(m, organisation="Another Union"))
    stopped(house, members(tmp_path / "m", stage_of(house)), by="C6")


def test_one_body_twice(house: SmallBallot, tmp_path: Path) -> None:
    """The delegates vote again and call it the members' vote: the manifest says who voted."""
    later = members(tmp_path / "m", stage_of(house), change=lambda m: replace(m, body="House of Delegates"))
    stopped(house, later, by="C6", link="2")


def test_the_earlier_record_is_rewritten(house: SmallBallot, all_members: SmallBallot, forge: Forge) -> None:
    """A no becomes a yes after the fact, with a certificate that fits: the decryption does not (C1)."""
    forgery = forge(house)

    def more(result: object) -> object:
        first = result.questions[0]  # type: ignore[attr-defined]
        group = replace(first.groups[0], totals=(3,))
        return replace(result, questions=(replace(first, groups=(group,)),))  # type: ignore[type-var]

    forgery.edit_result(more)  # type: ignore[arg-type]
    found = report(forgery.write(), all_members)
    assert {finding.check for finding in found.findings} == {"C1", "C2"}
    assert any("V17" in finding.expected for finding in found.findings)


def test_a_question_slipped_in_is_named(house: SmallBallot, tmp_path: Path) -> None:
    """Members may be asked more at once; that no delegate saw it is said."""
    later = members(tmp_path / "m", stage_of(house), [question(), question("dues", text="Double the dues?")])
    found = report(house, later)
    assert found.ok
    assert (found.links[0].questions, found.links[0].others) == ((("strike", "strike"),), ("dues",))


def test_pins_of_a_stranger(house: SmallBallot, all_members: SmallBallot, plain: SmallBallot) -> None:
    found = report(house, all_members, pins=[plain.pins])
    assert [(finding.check, finding.link) for finding in found.findings] == [("C1", "all")]
    assert not found.pinned


def test_pins_of_the_last_stage_pin_the_chain(house: SmallBallot, all_members: SmallBallot) -> None:
    assert report(house, all_members, pins=[all_members.pins]).pinned
    assert not report(house, all_members, pins=[house.pins]).pinned


def test_a_later_stage_that_is_still_voting(house: SmallBallot, tmp_path: Path) -> None:
    later = members(tmp_path / "m", stage_of(house), finished=False)
    found = report(house, later, ongoing=True)
    assert found.ok
    assert not found.complete
    assert {finding.check for finding in report(house, later).findings} == {"C1"}
