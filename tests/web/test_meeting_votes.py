"""Votes in meetings: a quorum, a roll call that two officers sign off, hands that two tellers count."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from quorate.apps.motions import meeting, meeting_reading, stage_ballots
from quorate.apps.motions.errors import MotionRefused, UnknownMotion
from quorate.apps.motions.models import MeetingVote, MotionFile
from quorate.apps.motions.selectors import motion_of
from quorate.rules import MeetingError
from quorate.rules.call_list import read_answers, read_members
from quorate.rules.meeting import Answer
from support.delegates import meeting_of
from support.officers import Union

NOW = datetime(2026, 1, 6, 12, tzinfo=UTC)
DELEGATES = 632


def opened(union: Union, file: MotionFile, **facts: Any) -> MeetingVote:
    people = meeting_reading.electorates(file, 0)[0].people
    return meeting.open_vote(motion=file, stage=0, people=people, at=NOW, by=union.ann.account, **facts)


def answers(yes: int, no: int, everybody: int) -> dict[str, Answer]:
    def answer(n: int) -> Answer:
        return "yes" if n < yes else "no" if n < yes + no else "absent"

    return {str(1000 + n): answer(n) for n in range(everybody)}


def test_a_roll_call_of_632_delegates(db: None) -> None:
    """555 to 77: two officers, minutes with every name, and the members' secret ballot becomes possible."""
    union, file = meeting_of(DELEGATES)
    with pytest.raises(MotionRefused, match="House of Delegates has not carried this text"):
        stage_ballots.begin_ballot(motion=file, stage=1, by=union.ann.account)
    vote = opened(union, file, checked_in=[str(1000 + n) for n in range(DELEGATES)])
    assert vote.present == DELEGATES
    vote = meeting.enter_roll_call(vote=vote, answers=answers(555, 77, DELEGATES), by=union.ann.account)
    seen = meeting.entry_fingerprint(vote)
    with pytest.raises(MotionRefused, match="another officer has to agree"):
        meeting.agree(vote=vote, seen=seen, at=NOW, by=union.ann.account)
    with pytest.raises(MotionRefused, match="changed since you looked"):
        meeting.agree(vote=vote, seen="0" * 64, at=NOW, by=union.ben.account)
    made = meeting.agree(vote=vote, seen=seen, at=NOW, by=union.ben.account)
    now = motion_of(file)
    assert [stage.state for stage in now.stages] == ["carried", "waiting"]
    assert now.stages[0].certificate == made.fingerprint
    published = meeting_reading.published(file, vote.number)
    assert hashlib.sha256(published.data).hexdigest() == made.fingerprint
    kept = json.loads(published.data)
    assert (kept["counts"]["yes"], kept["counts"]["no"], kept["presence"]["needed"]) == (555, 77, 317)
    assert kept["votes"][0] == {"answer": "yes", "name": "Delegate 0", "seat": "School 0"}
    assert "1000" not in published.data.decode(), "no member number leaves the officers' pages"
    stage_ballots.follow(motion=file)
    assert stage_ballots.begin_ballot(motion=file, stage=1, by=union.ann.account).name
    with pytest.raises(MotionRefused, match="has ended"):
        meeting.agree(vote=vote, seen=seen, at=NOW, by=union.ben.account)


@pytest.mark.parametrize("facts", [{"present": 2}, {"checked_in": ["1000", "1001"]}])
def test_too_few_are_present(db: None, facts: dict[str, Any]) -> None:
    union, file = meeting_of(5)
    with pytest.raises(MotionRefused, match=r"At least 3 of 5 must be present\. 2 are present\."):
        opened(union, file, **facts)
    with pytest.raises(MotionRefused, match="Count those present first"):
        opened(union, file)
    assert meeting_reading.open_vote(file) is None
    assert motion_of(file).state == "ready"


def test_the_quorum_is_asked_again_at_the_roll_call(db: None) -> None:
    union, file = meeting_of(5)
    vote = opened(union, file, present=3)
    with pytest.raises(MotionRefused, match=r"At least 3 of 5 must be present\. 2 are present\."):
        meeting.enter_roll_call(vote=vote, answers=answers(2, 0, 5), by=union.ann.account)
    with pytest.raises(MeetingError, match=r"Delegate 4 \(1004\) has no answer"):
        meeting.enter_roll_call(vote=vote, answers=answers(3, 1, 4), by=union.ann.account)
    vote.refresh_from_db()
    assert vote.entered is None


def test_two_tellers_who_differ_count_again(db: None) -> None:
    union, file = meeting_of(10, "show-of-hands")
    vote = opened(union, file, present=8)

    def count(officer: Any, yes: int, no: int) -> tuple[str, ...]:
        return meeting.count_hands(
            vote=vote, teller=officer.name, yes=yes, no=no, abstain=0, at=NOW, by=officer.account
        )

    with pytest.raises(MotionRefused, match="9 hands, but only 8 may vote here"):
        count(union.ann, 9, 0)
    assert count(union.ann, 5, 3) == ()
    with pytest.raises(MotionRefused, match="You have entered your count"):
        count(union.ann, 4, 3)
    problems = count(union.ben, 4, 3)
    assert problems == (
        "Yes: ann.example counted 5, ben.example counted 4.",
        "Count the hands again.",
    )
    assert motion_of(file).stages[0].state == "open"
    assert count(union.ben, 5, 3) == ()
    assert count(union.ann, 5, 3) == ()
    assert motion_of(file).stages[0].state == "carried"
    kept = meeting_reading.published(file, vote.number).minutes
    assert ([one.teller for one in kept.hands], kept.recounts) == (["ben.example", "ann.example"], 1)


def test_a_vote_ended_without_a_decision_is_held_again(db: None) -> None:
    union, file = meeting_of(5)
    vote = opened(union, file, present=4)
    with pytest.raises(MotionRefused, match="House of Delegates has voted or is voting"):
        opened(union, file, present=4)
    meeting.void(vote=vote, reason="The alarm rang.", at=NOW, by=union.ben.account)
    with pytest.raises(MotionRefused, match="This vote has ended"):
        meeting.enter_roll_call(vote=vote, answers=answers(5, 0, 5), by=union.ann.account)
    assert motion_of(file).undone[0].reason == "The alarm rang."
    with pytest.raises(UnknownMotion):
        meeting_reading.published(file, vote.number)
    assert opened(union, file, present=4).number == 2


@pytest.mark.parametrize(
    "statement", ["UPDATE motions_minutes SET fingerprint = ''", "DELETE FROM motions_minutes"]
)
def test_minutes_cannot_be_changed(db: None, statement: str) -> None:
    union, file = meeting_of(5)
    vote = opened(union, file, present=5)
    vote = meeting.enter_roll_call(vote=vote, answers=answers(4, 1, 5), by=union.ann.account)
    meeting.agree(vote=vote, seen=meeting.entry_fingerprint(vote), at=NOW, by=union.ben.account)
    refused = pytest.raises(DatabaseError, match="append-only")
    with connection.cursor() as cursor, refused, transaction.atomic():
        cursor.execute(statement)


def test_every_faulty_line_is_named() -> None:
    text = 'Number,Vote\n1,yes\n2;N\n9,yes\n3,perhaps\n1,no\n4\n\n5,"Lee, A.",aye\n'
    with pytest.raises(MeetingError) as found:
        read_answers(text, ["1", "2", "3", "4", "5"])
    assert found.value.problems == (
        "Line 4: 9 is not on the list of this body.",
        "Line 5: “perhaps” is no vote: write yes, no, abstain, silent or absent.",
        "Line 6: 1 stands in line 2 already.",
        "Line 7: the vote is missing: write “4, yes”.",
    )
    assert read_answers('A1\tyes\na2,"Lee, A.",against', ["A1", "A2"]) == {"A1": "yes", "A2": "no"}
    with pytest.raises(MeetingError) as found:
        read_members("1\n7 \n1, Lee", ["1", "2"])
    assert found.value.problems == (
        "Line 2: 7 is not on the list of this body.",
        "Line 3: 1 stands in line 1 already.",
    )
