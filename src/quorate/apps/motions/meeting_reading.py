"""What pages ask about votes in meetings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Q
from django.utils import timezone

from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.minutes import MeetingMinutes, canonical, fingerprint
from quorate.apps.motions.models import Hands, MeetingVote, Minutes, MotionFile
from quorate.apps.motions.selectors import motion_of
from quorate.apps.organisation.models import Membership
from quorate.apps.organisation.selectors import body_named, frozen_roll, latest_roll
from quorate.lifecycle.motion_state import Stage
from quorate.rules import Counts, decide, preset
from quorate.text import _

Source = Literal["today", "roll"]
"""Who may vote: those who belong to the body today, or those on its newest frozen roll."""


class Entitled(msgspec.Struct, frozen=True):
    """Somebody who may vote in a meeting."""

    member: str
    name: str
    seat: str


@dataclass(frozen=True)
class Electorate:
    """One of the lists that an officer can choose, with the words for it."""

    source: Source
    words: str
    people: tuple[Entitled, ...]


def electorates(file: MotionFile, stage: int) -> list[Electorate]:
    """The lists of a stage's body that hold anybody: those who belong to it today, then its newest roll."""
    body = body_named(file.organisation, motion_of(file).stages[stage].plan.body)
    day = timezone.now().astimezone(ZoneInfo(file.organisation.zone)).date()
    rows = Membership.objects.filter(
        Q(left__isnull=True) | Q(left__gt=day), body=body, joined__lte=day
    ).values_list("member__number", "member__name", "seat")
    found = [Electorate("today", _("Who belongs to it today"), _sorted(Entitled(*row) for row in rows))]
    if roll := latest_roll(body):
        voters = frozen_roll(roll).voters
        people = _sorted(Entitled(one.member_number, one.name, one.unit) for one in voters)
        found.append(
            Electorate("roll", _("Roll {n}, as of {day}").format(n=roll.number, day=roll.as_of), people)
        )
    return [one for one in found if one.people]


def asked_of_the_meeting(rule: str) -> frozenset[str]:
    """Which figures beside the votes a rule asks for: ``present``, ``notice``."""
    return frozenset(decide(preset(rule), Counts(eligible=2, cast=2, yes=1, no=1)).missing)


def open_vote(file: MotionFile) -> MeetingVote | None:
    """The vote that a meeting holds on this motion now, if any."""
    return file.meetings.filter(ended__isnull=True).first()


def vote_numbered(file: MotionFile, number: int) -> MeetingVote:
    """A vote of a motion by its number; UnknownMotion when there is none."""
    found = file.meetings.select_related("entered_by", "opened_by").filter(number=number).first()
    if found is None:
        raise UnknownMotion(_("There is no such vote."))
    return found


def stage_of(vote: MeetingVote) -> Stage:
    """The stage that the vote decides, as it stands now."""
    return motion_of(vote.motion).stages[vote.stage]


def roll_of(vote: MeetingVote) -> tuple[Entitled, ...]:
    """Who may vote, in order of their numbers."""
    return tuple(msgspec.convert(row, Entitled) for row in vote.roll)


def counted_now(vote: MeetingVote) -> Sequence[Hands]:
    """What tellers entered in the present round: of one of them, until the second one has counted too."""
    rounds = list(vote.hands.values_list("round", flat=True))
    last = max(rounds, default=1)
    return [] if rounds.count(last) == 2 else list(vote.hands.filter(round=last))


@dataclass(frozen=True)
class Published:
    """Minutes as everybody may read them."""

    minutes: MeetingMinutes
    data: bytes
    fingerprint: str
    void: str
    """Why the vote does not count, where it was declared void."""


def published(file: MotionFile, number: int) -> Published:
    """The minutes of a vote; UnknownMotion when there are none, or when they are not what was signed off."""
    row = Minutes.objects.filter(vote__motion=file, vote__number=number).select_related("vote").first()
    if row is None or fingerprint(row.content) != row.fingerprint:
        raise UnknownMotion(_("There are no minutes at this address."))
    undone = [one for one in motion_of(file).undone if one.stage.ballot == row.vote.name]
    return Published(
        msgspec.convert(row.content, MeetingMinutes),
        canonical(row.content),
        row.fingerprint,
        undone[-1].reason if undone else "",
    )


def _sorted(people: object) -> tuple[Entitled, ...]:
    return tuple(sorted(people, key=lambda one: one.member))  # type: ignore[call-overload]
