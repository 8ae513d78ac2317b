"""A frozen roll for a union: a member list handed in, taken over and frozen by the real services."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from quorate.apps.organisation import rolls
from quorate.apps.organisation.importing import hand_in, look, take_over
from quorate.apps.organisation.models import Roll
from support.officers import Union

DAY = date(2026, 1, 5)
FROZEN = datetime(2026, 1, 5, 12, tzinfo=UTC)


def freeze(union: Union, members: int = 12, retirees: int = 0) -> Roll:
    """`members` people, the last `retirees` of them in that category; its challenge window is over."""
    rows = ["Number,Name,Category"]
    for n in range(1, members + 1):
        category = "Retiree" if n > members - retirees else "Teacher"
        rows.append(f"{n:05},Member {n},{category}")
    data = ("\n".join(rows) + "\n").encode()
    by = union.ann.account
    handed = hand_in(body=union.members, by=by, name="members.csv", data=data, as_of=DAY, whole=True)
    plan = look(handed).plan
    assert plan is not None
    take_over(handed=handed, confirmed=plan.counts(), by=by)
    return rolls.freeze_roll(
        body=union.members, as_of=DAY, challenge_until=FROZEN + timedelta(days=7), by=by, now=FROZEN
    )
