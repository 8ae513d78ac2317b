"""A union whose delegates decide in a meeting; needs the fixtures `db` or `site`."""

from __future__ import annotations

from datetime import UTC, date, datetime

from quorate.apps.motions import services as motions
from quorate.apps.motions.models import MotionFile
from quorate.apps.organisation.models import Member, Membership
from quorate.apps.organisation.services import create_body
from quorate.lifecycle.motion_events import Propose, Second
from quorate.lifecycle.pipeline import Method, Pipeline, Quorum, StagePlan
from support.officers import Union, two_officers

EARLIER = datetime(2026, 1, 5, 12, tzinfo=UTC)
TEXT = "Resolved: that members work remotely until conditions for a safe return are agreed."


def meeting_of(
    people: int, method: Method = "recorded", quorum: Quorum | None = None
) -> tuple[Union, MotionFile]:
    """A union whose delegates decide in a meeting, and then the members in secret."""
    union = two_officers()
    body = create_body(
        organisation=union.organisation, slug="delegates", name="House of Delegates", kind="delegates",
        seats=people,
    )  # fmt: skip
    members = Member.objects.bulk_create(
        Member(organisation=union.organisation, number=str(1000 + n), name=f"Delegate {n}")
        for n in range(people)
    )
    Membership.objects.bulk_create(
        Membership(body=body, member=one, joined=date(2020, 1, 1), seat=f"School {n}")
        for n, one in enumerate(members)
    )
    quorum = quorum or Quorum(relation="more_than", share=(1, 2))
    plans = (
        StagePlan(
            body="delegates", method=method, name="House of Delegates", quorum=quorum, rule="us-ctu-hod"
        ),
        StagePlan(body="members", method="secret", name="All members", rule="us-ctu-ratify"),
    )
    event = Propose(
        at=EARLIER, by="ann", id="remote-work", mover="Delegate 12", pipeline=Pipeline(stages=plans),
        text=TEXT, title="Remote work",
    )  # fmt: skip
    file = motions.propose(organisation=union.organisation, event=event, by=union.ann.account)
    motions.happen(
        motion=file, event=Second(at=EARLIER, by="ann", seconder="Delegate 7"), by=union.ann.account
    )
    return union, file
