"""Attacker: the officers of a meeting. Wish: minutes that say something else than what was said.

Stopped by: the count follows from the published lines (M1 [13.7]), the verdict from the rule (M2 [13.8]), two
officers answer for it with their signatures (M3 [13.9]), and the members' ballot names these minutes by
fingerprint (C2 [13.2]), so that nobody can exchange them afterwards. That a line is what a delegate said,
each delegate sees.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from quorate.cli.main import run
from quorate.election.minutes import sign_minutes
from quorate.election.officer import OfficerKey
from quorate.record.canonical import RecordError, encode
from quorate.record.manifest import Question
from quorate.record.minutes import Minutes, read_minutes
from quorate.rules import MeetingError, RuleError, decide, preset
from quorate.verify.minutes import counted, verify_minutes
from support.chains import BEFORE, members, question, report
from support.meetings import ANSWERS, HANDS, OFFICERS, called, drafted, signed, stage_of_minutes


def test_honest_minutes_hold() -> None:
    for minutes in (signed(drafted()), signed(drafted(HANDS))):
        assert read_minutes(encode(minutes) + b"\n") == minutes
        assert verify_minutes(minutes).ok, list(map(str, verify_minutes(minutes).findings))
        assert minutes.decision.carried
    assert (signed(drafted()).eligible, signed(drafted()).present) == (6, 5)


def turned(minutes: Minutes) -> Minutes:
    """The verdict turned round."""
    lost = decide(preset("us-il-art34-strike"), counted(minutes))
    assert not lost.carried
    return replace(minutes, decision=lost)


def more_present(minutes: Minutes) -> Minutes:
    return replace(minutes, present=6)


def more_eligible(minutes: Minutes) -> Minutes:
    return replace(minutes, eligible=7)


def another_answer(minutes: Minutes) -> Minutes:
    """A no becomes a yes, and the published decision stays."""
    lines = tuple(
        replace(line, answer="yes") if line.answer == "no" else line for line in minutes.called or ()
    )
    return replace(minutes, called=lines)


def milder_rule(minutes: Minutes) -> Minutes:
    """A rule that cites the published one, and asks for less."""
    rule = preset("majority-of-votes")
    milder = replace(rule, expression=replace(rule.expression, share=(1, 3)))
    asked = replace(minutes.question, rule=milder)
    return replace(minutes, decision=decide(milder, counted(minutes)), question=asked)


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (turned, "M2"),
        (more_present, "M1"),
        (more_eligible, "M1"),
        (another_answer, "M2"),
        (milder_rule, "M2"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_minutes_that_say_something_else(change: Callable[[Minutes], Minutes], check: str) -> None:
    """Both officers sign it all the same."""
    forged = signed(change(drafted()))
    assert {finding.check for finding in verify_minutes(forged).findings} == {check}
    assert verify_minutes(forged, without=(check,)).ok


def test_a_delegate_is_called_twice() -> None:
    minutes = drafted()
    assert minutes.called is not None
    forged = signed(replace(minutes, called=(*minutes.called, minutes.called[0]), eligible=7, present=6))
    found = verify_minutes(forged).findings
    assert [(one.check, one.got) for one in found] == [("M1", "somebody was called twice")]


def test_tellers_who_differ() -> None:
    with pytest.raises(MeetingError):
        drafted((HANDS[0], replace(HANDS[1], yes=5)))
    forged = signed(replace(drafted(HANDS), hands=(HANDS[0], replace(HANDS[1], yes=5))))
    found = verify_minutes(forged).findings
    assert {one.check for one in found} == {"M1"}
    assert "First teller counted 4, Second teller counted 5" in found[0].got


def unsigned(minutes: Minutes) -> Minutes:
    return replace(minutes, signatures=())


def signed_by_one(minutes: Minutes) -> Minutes:
    return sign_minutes(unsigned(minutes), OFFICERS[:1])


def signed_twice_by_one(minutes: Minutes) -> Minutes:
    made = minutes.signatures[0]
    return replace(minutes, signatures=(made, made))


def signed_by_a_stranger(minutes: Minutes) -> Minutes:
    stranger = OfficerKey("Second officer", b"3" * 32)
    made = replace(minutes.signatures[1], signature=stranger.sign(minutes.phi, minutes.unsigned()))
    return replace(minutes, signatures=(minutes.signatures[0], made))


def changed_after_signing(minutes: Minutes) -> Minutes:
    return replace(minutes, title="Strike refused")


@pytest.mark.parametrize(
    "change",
    [unsigned, signed_by_one, signed_twice_by_one, signed_by_a_stranger, changed_after_signing],
    ids=lambda change: change.__name__,
)
def test_minutes_that_two_officers_did_not_sign(change: Callable[[Minutes], Minutes]) -> None:
    forged = change(signed(drafted()))
    assert {finding.check for finding in verify_minutes(forged).findings} == {"M3"}
    assert verify_minutes(forged, without=("M3",)).ok


def test_only_officers_of_the_minutes_sign() -> None:
    with pytest.raises(ValueError, match="is not an officer"):
        sign_minutes(drafted(), [OfficerKey("Somebody", b"3" * 32)])


CONTRADICTIONS: dict[str, Callable[[Minutes], Minutes]] = {
    "both ways": lambda m: replace(m, hands=HANDS),
    "neither way": lambda m: replace(m, called=None),
    "one officer": lambda m: replace(m, officers=m.officers[:1]),
    "backwards": lambda m: replace(m, window=replace(BEFORE, opens=BEFORE.closes, closes=BEFORE.opens)),
    "no such day": lambda m: replace(m, window=replace(BEFORE, opens="2015-02-30T00:00:00Z")),
    "hidden": lambda m: replace(m, body="House\u202e"),
    "no rule": lambda m: replace(m, question=replace(m.question, rule=None)),
    "an election": lambda m: replace(m, question=replace(m.question, rule=preset("us-lmrda-officer"))),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_minutes_that_contradict_themselves(name: str) -> None:
    with pytest.raises(RecordError):
        read_minutes(encode(CONTRADICTIONS[name](drafted())))


def test_minutes_are_not_drafted_without_a_rule() -> None:
    with pytest.raises(RuleError):
        drafted(asked=replace(question(), rule=None))
    with pytest.raises(RecordError):
        drafted(window=replace(BEFORE, opens=BEFORE.closes, closes=BEFORE.opens))


def other_text() -> Question:
    return question(text="Shall we accept?")


def test_a_roll_call_opens_the_members_ballot(tmp_path: Path) -> None:
    """Delegates vote by name, members in secret: the chain is verified from both public files."""
    house = signed(drafted())
    later = members(tmp_path / "m", stage_of_minutes(house))
    found = report(encode(house), later, pins=[later.pins])
    assert found.ok, list(map(str, found.findings))
    assert found.pinned
    assert found.stages[0].fingerprint == stage_of_minutes(house).certificate


def test_minutes_exchanged_after_the_members_voted(tmp_path: Path) -> None:
    """The officers sign other minutes of the same vote: one delegate more said no."""
    house = signed(drafted())
    later = members(tmp_path / "m", stage_of_minutes(house))
    other = signed(drafted(called((*ANSWERS[:-1], "no"))))
    found = report(encode(other), later)
    assert {finding.check for finding in found.findings} == {"C2", "C4"}
    assert {finding.check for finding in report(encode(signed(house)), later).findings} == set()


def test_a_ballot_on_what_a_meeting_did_not_carry(tmp_path: Path) -> None:
    lost = signed(drafted(called(("no", "no", "yes"))))
    found = report(encode(lost), members(tmp_path / "m", stage_of_minutes(lost)))
    assert [(finding.check, finding.got) for finding in found.findings] == [("C4", "not carried")]


def test_a_ballot_on_another_text_than_the_meeting(tmp_path: Path) -> None:
    other = signed(drafted(asked=other_text()))
    found = report(encode(other), members(tmp_path / "m", stage_of_minutes(other)))
    assert {finding.check for finding in found.findings} == {"C3"}


def test_false_minutes_in_a_chain(tmp_path: Path) -> None:
    forged = signed(more_present(drafted()))
    found = report(encode(forged), members(tmp_path / "m", stage_of_minutes(forged)))
    assert {finding.check for finding in found.findings} == {"C1"}
    assert "M1" in found.findings[0].expected


def test_the_command_reads_minutes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    house = signed(drafted())
    folder = tmp_path / "house"
    folder.mkdir()
    (folder / "minutes.json").write_bytes(encode(house) + b"\n")
    later = members(tmp_path / "m", stage_of_minutes(house))
    assert run(["verify", "--workers", "1", str(folder), str(later.record)]) == 0
    out = capsys.readouterr().out
    assert "Roll call: names and votes are in the minutes." in out
    assert "2 members voted yes." in out
    assert run(["verify", str(folder / "minutes.json")]) == 0
    (folder / "minutes.json").write_bytes(encode(unsigned(house)) + b"\n")
    assert run(["verify", str(folder)]) == 1
    assert "(M3 minutes.json signatures)" in capsys.readouterr().out
    (folder / "minutes.json").write_bytes(b"{}\n")
    assert run(["verify", str(folder)]) == 2
    (folder / "minutes.json").write_bytes(encode(signed(drafted(HANDS))) + b"\n")
    assert run(["verify", str(folder)]) == 0
    assert "Show of hands, counted by two tellers." in capsys.readouterr().out
