"""Votes in meetings: opened when enough are present, entered by two people, decided by the stage's rule.

A roll call is entered by one officer and agreed to by another. A show of hands is counted by two tellers who
do not see each other's figures until both have entered theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal

import msgspec
from django.db import transaction

from quorate.apps.ballots.services import Account, record_event
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.meeting_reading import Entitled, counted_now, roll_of
from quorate.apps.motions.minutes import MeetingMinutes, Presence, Vote, fingerprint, to_content
from quorate.apps.motions.models import Hands, MeetingVote, Minutes, MotionFile
from quorate.apps.motions.selectors import motion_of
from quorate.apps.motions.services import happen
from quorate.lifecycle.attendance import Attendance, Passage
from quorate.lifecycle.attendance import Entitled as OnTheList
from quorate.lifecycle.motion import opening_blocked
from quorate.lifecycle.motion_events import DecideStage, OpenStage, VoidStage
from quorate.lifecycle.pipeline import quorum_words
from quorate.record.canonical import instant_text
from quorate.rules import Counts, HandCount, MeetingError, RollCall, decide, preset, roll_call, sentences
from quorate.rules import show_of_hands as hands_of
from quorate.rules.meeting import Answer
from quorate.text import _, number


@transaction.atomic
def open_vote(
    *,
    motion: MotionFile,
    stage: int,
    people: Sequence[Entitled],
    checked_in: Sequence[str] | None = None,
    present: int | None = None,
    notice: bool | None = None,
    at: datetime,
    by: Account,
) -> MeetingVote:
    """Open the vote of a stage in a meeting of these people.

    `checked_in` are the numbers of those present; `present` a count where nobody was checked in.
    MotionRefused when the stage cannot open, does not vote in a meeting, or when too few are present.
    """
    file = MotionFile.objects.select_for_update().get(pk=motion.pk)
    now = motion_of(file)
    if blocked := opening_blocked(now, stage):
        raise MotionRefused(" ".join(blocked))
    plan = now.stages[stage].plan
    if plan.method == "secret":
        raise MotionRefused(_("{body} votes in secret on this motion, with a ballot.").format(body=plan.name))
    if not people:
        raise MotionRefused(_("The list of {body} is empty. Enter its members first.").format(body=plan.name))
    vote = MeetingVote(
        motion=file,
        stage=stage,
        number=file.meetings.count() + 1,
        roll=[msgspec.to_builtins(one) for one in people],
        checked_in=None if checked_in is None else list(checked_in),
        present=_present(people, checked_in, present, at, by),
        notice=notice,
        opened=_not_before(file, at),
        opened_by_id=by.pk,
    )
    text, documents = now.text.subject
    happen(
        motion=file,
        event=OpenStage(
            at=vote.opened, ballot=vote.name, by=by.get_username(), documents=documents, eligible=len(people),
            present=vote.present, stage=stage, text=text,
        ),
        by=by,
    )  # fmt: skip
    vote.save()
    return vote


def _present(
    people: Sequence[Entitled],
    checked_in: Sequence[str] | None,
    counted: int | None,
    at: datetime,
    by: Account,
) -> int | None:
    if checked_in is None:
        if counted is not None and counted > len(people):
            raise MotionRefused(
                _("{n} present, but the list has {all}: count again.").format(
                    n=number(counted), all=number(len(people))
                )
            )
        return counted
    attendance = Attendance(
        meeting="meeting",
        roll=tuple(OnTheList(member=one.member, name=one.name) for one in people),
        passages=tuple(
            Passage(at=at, by=by.get_username(), how="list", member=member) for member in checked_in
        ),
    )
    return attendance.present(at)


def read_roll_call(vote: MeetingVote, answers: Mapping[str, Answer]) -> RollCall:
    """The roll call with these answers. MeetingError names everybody without an answer."""
    return roll_call([(one.member, one.name) for one in roll_of(vote)], answers)


@transaction.atomic
def enter_roll_call(*, vote: MeetingVote, answers: Mapping[str, Answer], by: Account) -> MeetingVote:
    """Keep a whole roll call until another officer agrees to it.

    MeetingError names what is missing; MotionRefused when the vote has ended or a roll call waits already.
    """
    found = _locked(vote, "recorded")
    if found.entered is not None:
        raise MotionRefused(
            _("A roll call is entered already. Another officer agrees to it, or it is taken back.")
        )
    call = read_roll_call(found, answers)
    _decidable(found, call.counts(notice=found.notice))
    found.entered = {line.member: line.answer for line in call.lines}
    found.entered_by_id = by.pk
    found.save()
    _log("entered", found, by)
    return found


@transaction.atomic
def agree(*, vote: MeetingVote, seen: str, at: datetime, by: Account) -> Minutes:
    """Agree to the roll call that another officer entered: that decides the stage.

    `seen` is `entry_fingerprint` of what this officer looked at. MotionRefused for one's own roll call, or
    one that has changed since.
    """
    found = _locked(vote, "recorded")
    if found.entered is None or entry_fingerprint(found) != seen:
        raise MotionRefused(_("The roll call has changed since you looked at it. Look at it again."))
    if found.entered_by_id == by.pk or found.entered_by is None:
        raise MotionRefused(_("You entered this roll call: another officer has to agree to it."))
    call = read_roll_call(found, found.entered)
    seats = {one.member: one.seat for one in roll_of(found)}
    votes = tuple(Vote(answer=one.answer, name=one.name, seat=seats[one.member]) for one in call.lines)
    signers = found.entered_by.get_username(), by.get_username()
    return _decide(found, call.counts(notice=found.notice), signers, votes=votes, at=at, by=by)


@transaction.atomic
def take_back(*, vote: MeetingVote, by: Account) -> None:
    """Drop the roll call that waits for a second officer; it is entered anew."""
    found = _locked(vote, "recorded")
    found.entered = found.entered_by = None
    found.save()
    _log("entry taken back", found, by)


def entry_fingerprint(vote: MeetingVote) -> str:
    """What an officer agrees to, as a fingerprint."""
    return fingerprint(vote.entered or {})


@transaction.atomic
def count_hands(
    *, vote: MeetingVote, teller: str, yes: int, no: int, abstain: int, at: datetime, by: Account
) -> tuple[str, ...]:
    """Enter what one teller counted; with the second teller's figures the stage is decided, if they agree.

    Returns what they differ in: then both count again. Empty while the other one has yet to count, and when
    it is decided. MotionRefused when this teller has counted in this round, or for more hands than people.
    """
    found = _locked(vote, "show-of-hands")
    hands, most = yes + no + abstain, len(found.roll) if found.present is None else found.present
    if hands > most:
        raise MotionRefused(
            _("{hands} hands, but only {present} may vote here: count again.").format(
                hands=number(hands), present=number(most)
            )
        )
    before = counted_now(found)
    if any(one.account_id == by.pk for one in before):
        raise MotionRefused(_("You have entered your count. The other teller has yet to enter theirs."))
    if any(one.teller.strip().casefold() == teller.strip().casefold() for one in before):
        raise MotionRefused(_("Two tellers count the hands, not {name} twice.").format(name=teller))
    this = before[0].round if before else found.hands.count() // 2 + 1
    Hands.objects.create(
        vote=found, round=this, account_id=by.pk, teller=teller, yes=yes, no=no, abstain=abstain
    )
    _log("hands counted", found, by)
    if not before:
        return ()
    first = HandCount(abstain=before[0].abstain, no=before[0].no, teller=before[0].teller, yes=before[0].yes)
    second = HandCount(abstain=abstain, no=no, teller=teller, yes=yes)
    try:
        counts = hands_of(first, second, present=most, eligible=len(found.roll), notice=found.notice)
    except MeetingError as differ:
        return differ.problems
    counts = msgspec.structs.replace(counts, present=found.present)
    signers = before[0].account.get_username(), by.get_username()
    _decide(found, counts, signers, hands=(first, second), recounts=this - 1, at=at, by=by)
    return ()


@transaction.atomic
def void(*, vote: MeetingVote, reason: str, at: datetime, by: Account) -> None:
    """End a vote without a decision: it is held again. MotionRefused when it has ended."""
    found = _locked(vote)
    happen(
        motion=found.motion,
        event=VoidStage(
            at=_not_before(found.motion, at), by=by.get_username(), reason=reason, stage=found.stage
        ),
        by=by,
    )
    found.ended = at
    found.save()


def _locked(vote: MeetingVote, method: str | None = None) -> MeetingVote:
    """The vote as it is now, with the motion locked; MotionRefused when it has ended."""
    MotionFile.objects.select_for_update().get(pk=vote.motion_id)
    found: MeetingVote = MeetingVote.objects.select_related("motion__organisation", "entered_by").get(
        pk=vote.pk
    )
    stage = motion_of(found.motion).stages[found.stage]
    if found.ended is not None or stage.ballot != found.name:
        raise MotionRefused(_("This vote has ended."))
    if method is not None and stage.plan.method != method:
        raise MotionRefused(_("{body} does not vote like this.").format(body=stage.plan.name))
    return found


def _decidable(vote: MeetingVote, counts: Counts) -> None:
    """MotionRefused when the quorum was not there at the vote, or the rule misses a figure."""
    plan = motion_of(vote.motion).stages[vote.stage].plan
    if (
        plan.quorum is not None
        and counts.present is not None
        and counts.present < plan.quorum.needed(len(vote.roll))
    ):
        raise MotionRefused(
            _("{words} {n} are present.").format(
                words=quorum_words(plan.quorum, len(vote.roll)), n=number(counts.present)
            )
        )
    decision = decide(preset(plan.rule), counts)
    if decision.missing:
        raise MotionRefused(" ".join(sentences(decision)))


def _decide(
    vote: MeetingVote,
    counts: Counts,
    signers: tuple[str, str],
    *,
    votes: tuple[Vote, ...] = (),
    hands: tuple[HandCount, ...] = (),
    recounts: int = 0,
    at: datetime,
    by: Account,
) -> Minutes:
    """Write the minutes, and the decision into the motion."""
    _decidable(vote, counts)
    file = vote.motion
    motion, at = motion_of(file), _not_before(file, at)
    stage = motion.stages[vote.stage]
    plan, rule = stage.plan, preset(stage.plan.rule)
    decision = decide(rule, counts)
    text = stage.text or motion.text.fingerprint
    version = motion.version(text) or motion.text
    how: Literal["list", "count"] | None = (
        None if vote.present is None else "count" if vote.checked_in is None else "list"
    )
    content = to_content(
        MeetingMinutes(
            agreed_by=signers[1], body=plan.name, counts=decision.counts, decided=instant_text(at),
            decision=decision, documents=stage.documents, entered_by=signers[0], hands=hands,
            method="recorded" if votes else "show-of-hands", motion=file.slug, number=vote.number,
            opened=instant_text(vote.opened), organisation=file.organisation.name,
            presence=Presence(
                eligible=len(vote.roll), how=how, present=vote.present,
                needed=None if plan.quorum is None else plan.quorum.needed(len(vote.roll)),
            ),
            recounts=recounts, rule=rule.id, stage=vote.stage, text=text, title=motion.title,
            version=version.number, votes=votes,
        )
    )  # fmt: skip
    made = Minutes.objects.create(vote=vote, content=content, fingerprint=fingerprint(content))
    vote.ended = at
    vote.save()
    happen(
        motion=file,
        event=DecideStage(
            at=at, by=by.get_username(), certificate=made.fingerprint, outcome=decision.outcome.value,
            stage=vote.stage, text=text,
        ),
        by=by,
    )  # fmt: skip
    return made


def _not_before(file: MotionFile, at: datetime) -> datetime:
    return max(at, motion_of(file).log[-1].at)


def _log(what: str, vote: MeetingVote, by: Account) -> None:
    record_event(
        kind=f"meeting: {what}", by=by, organisation=vote.motion.organisation.slug, motion=vote.motion.slug,
        vote=vote.number,
    )  # fmt: skip
