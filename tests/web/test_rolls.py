"""Frozen rolls: a file and a fingerprint, corrected by two officers within the window, never after."""

from __future__ import annotations

import hashlib
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings

from quorate.apps.organisation import register, rolls
from quorate.apps.organisation.errors import OrganisationError, UnknownOrganisation
from quorate.apps.organisation.importing import hand_in, look, take_over
from quorate.apps.organisation.models import Member, Roll
from quorate.apps.organisation.register import Belonging
from quorate.apps.organisation.roll_reading import corrections_of, differences, folder
from quorate.apps.organisation.selectors import (
    frozen_roll,
    latest_roll,
    public_rolls,
    roll_numbered,
    roll_of_fingerprint,
)
from support.officers import Union, two_officers

DAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 3, 12, tzinfo=UTC)
WINDOW = NOW + timedelta(days=7)
LIST = "Number,Name,Category,School\n1,Ada,Teacher,Lincoln\n2,Bob,Retiree,\n3,Cyd,Teacher,Lincoln\n"


@pytest.fixture
def union(db: None) -> Iterator[Union]:
    union = two_officers()
    body, by = union.members, union.ann.account
    handed = hand_in(body=body, by=by, name="l.csv", data=LIST.encode(), as_of=DAY, whole=True)
    plan = look(handed).plan
    assert plan is not None
    take_over(handed=handed, confirmed=plan.counts(), by=by)
    yield union
    shutil.rmtree(folder(settings.ENVIRONMENT.data), ignore_errors=True)


def frozen(union: Union) -> Roll:
    return rolls.freeze_roll(
        body=union.members, as_of=DAY, challenge_until=WINDOW, by=union.ann.account, now=NOW
    )


def member(union: Union, number: str) -> Member:
    return union.organisation.members.get(number=number)


def rename(union: Union, number: str, name: str) -> None:
    one = member(union, number)
    register.edit_member(
        member=one, name=name, email="", phone="", address="", version=one.version, by=union.ann.account
    )


def corrected(union: Union, roll: Roll, number: str, reason: str = "as the office found") -> Roll:
    asked = rolls.ask_correction(
        roll=roll, member_number=number, reason=reason, by=union.ann.account, now=NOW
    )
    return rolls.confirm_correction(correction=asked, by=union.ben.account, now=NOW)


def test_a_roll_is_a_private_file_with_a_fingerprint(union: Union) -> None:
    roll = frozen(union)
    path = folder(settings.ENVIRONMENT.data) / f"{roll.fingerprint}.jsonl"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert hashlib.sha256(path.read_bytes()).hexdigest() == roll.fingerprint
    assert (roll.number, roll.count) == (1, 3)
    assert [voter.name for voter in frozen_roll(roll).voters] == ["Ada", "Bob", "Cyd"]
    assert latest_roll(union.members) == roll == roll_of_fingerprint(roll.fingerprint)


def test_the_same_members_have_another_fingerprint_each_time(union: Union) -> None:
    """The salt keeps the published fingerprint from confirming a guessed list."""
    assert frozen(union).fingerprint != frozen(union).fingerprint
    assert latest_roll(union.members) == roll_numbered(union.members, 2)


def test_the_file_is_checked_when_it_is_read(union: Union) -> None:
    roll = frozen(union)
    path = folder(settings.ENVIRONMENT.data) / f"{roll.fingerprint}.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Bob", b"Rob"))
    with pytest.raises(OrganisationError, match="missing or was changed"):
        frozen_roll(roll)
    path.unlink()
    with pytest.raises(OrganisationError, match="missing or was changed"):
        frozen_roll(roll)


def test_nobody_belongs_yet(union: Union) -> None:
    with pytest.raises(OrganisationError, match="Nobody belongs"):
        rolls.freeze_roll(
            body=union.members, as_of=date(2020, 1, 1), challenge_until=WINDOW, by=union.ann.account, now=NOW
        )


def test_what_changes_on_the_register_does_not_change_the_roll(union: Union) -> None:
    roll = frozen(union)
    rename(union, "2", "Robert")
    assert [voter.name for voter in frozen_roll(roll).voters] == ["Ada", "Bob", "Cyd"]
    found, count = differences(roll)
    assert count == 1
    assert (found[0].member_number, found[0].kind) == ("2", "change")


def test_each_correction_is_a_new_roll(union: Union) -> None:
    """Change, remove, add: the roll before stays as it was."""
    first = frozen(union)
    rename(union, "2", "Robert")
    second = corrected(union, first, "2")
    membership = member(union, "3").memberships.get()
    register.delete_membership(membership=membership, version=1, by=union.ann.account)
    third = corrected(union, second, "3")
    dee = register.add_member(organisation=union.organisation, number="0", name="Dee", by=union.ann.account)
    register.join_body(
        member=dee,
        body=union.members,
        belonging=Belonging(DAY, unit="Lincoln"),
        version=1,
        by=union.ann.account,
    )
    fourth = corrected(union, third, "0", reason="hired on 2 November, papers were late")
    assert [(v.member_number, v.name) for v in frozen_roll(fourth).voters] == [
        ("0", "Dee"), ("1", "Ada"), ("2", "Robert"),
    ]  # fmt: skip
    assert frozen_roll(first).count == 3
    assert [c.kind for c in corrections_of(union.members)] == ["add", "remove", "change"]
    seen = public_rolls(union.members)
    assert [(r.number, r.count, r.corrections, r.current) for r in seen] == [
        (4, 3, 3, True), (3, 2, 2, False), (2, 3, 1, False), (1, 3, 0, False),
    ]  # fmt: skip
    assert differences(fourth)[1] == 0
    last = union.organisation.events.last()
    assert last is not None
    assert last.detail["reason"] == "hired on 2 November, papers were late"
    assert last.detail["fingerprint"] == fourth.fingerprint


def test_what_everybody_may_see_has_no_names(union: Union) -> None:
    frozen(union)
    assert not any(name in repr(public_rolls(union.members)) for name in ("Ada", "Bob", "Cyd", "ann"))


def test_one_officer_alone_corrects_nothing(union: Union) -> None:
    roll = frozen(union)
    rename(union, "2", "Robert")
    asked = rolls.ask_correction(
        roll=roll, member_number="2", reason="typing error", by=union.ann.account, now=NOW
    )
    with pytest.raises(OrganisationError, match="Another officer"):
        rolls.confirm_correction(correction=asked, by=union.ann.account, now=NOW)
    assert latest_roll(union.members) == roll
    with pytest.raises(OrganisationError, match="waiting for a second officer already"):
        rolls.ask_correction(roll=roll, member_number="2", reason="again", by=union.ben.account, now=NOW)
    rolls.turn_down_correction(correction=asked, by=union.ben.account)
    with pytest.raises(OrganisationError, match="decided already"):
        rolls.confirm_correction(correction=asked, by=union.ben.account, now=NOW)


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 501])
def test_a_reason_is_needed(union: Union, reason: str) -> None:
    roll = frozen(union)
    rename(union, "2", "Robert")
    with pytest.raises(OrganisationError, match="Give the reason"):
        rolls.ask_correction(roll=roll, member_number="2", reason=reason, by=union.ann.account, now=NOW)


@pytest.mark.parametrize("number", ["1", "99"])
def test_where_roll_and_register_agree_there_is_nothing_to_correct(union: Union, number: str) -> None:
    with pytest.raises(OrganisationError, match="say the same"):
        rolls.ask_correction(
            roll=frozen(union), member_number=number, reason="why not", by=union.ann.account, now=NOW
        )


def test_not_after_the_window(union: Union) -> None:
    roll = frozen(union)
    rename(union, "2", "Robert")
    asked = rolls.ask_correction(
        roll=roll, member_number="2", reason="typing error", by=union.ann.account,
        now=WINDOW - timedelta(seconds=1),
    )  # fmt: skip
    with pytest.raises(OrganisationError, match="window is over"):
        rolls.confirm_correction(correction=asked, by=union.ben.account, now=WINDOW)
    assert latest_roll(union.members) == roll


def test_not_while_a_ballot_uses_it(union: Union) -> None:
    """Attack E2: the roll changes late. Then it must be an event that all can see."""
    roll = frozen(union)
    rename(union, "2", "Robert")
    rolls.hold_roll(roll=roll, by=union.ben.account)
    with pytest.raises(OrganisationError, match="public board"):
        rolls.ask_correction(roll=roll, member_number="2", reason="late", by=union.ann.account, now=NOW)


def test_a_correction_that_waits_survives_another(union: Union) -> None:
    roll = frozen(union)
    rename(union, "1", "Adah")
    rename(union, "2", "Robert")
    waiting = rolls.ask_correction(roll=roll, member_number="1", reason="one", by=union.ann.account, now=NOW)
    second = corrected(union, roll, "2")
    third = rolls.confirm_correction(correction=waiting, by=union.ben.account, now=NOW)
    assert third.corrects == second
    assert [voter.name for voter in frozen_roll(third).voters] == ["Adah", "Robert", "Cyd"]


def test_an_older_roll_is_not_corrected(union: Union) -> None:
    first = frozen(union)
    frozen(union)
    rename(union, "2", "Robert")
    with pytest.raises(OrganisationError, match="newer roll"):
        rolls.ask_correction(roll=first, member_number="2", reason="old", by=union.ann.account, now=NOW)


def test_there_is_no_such_roll(union: Union) -> None:
    with pytest.raises(UnknownOrganisation):
        roll_numbered(union.members, 9)
    with pytest.raises(UnknownOrganisation):
        roll_of_fingerprint("00" * 32)
