"""The register: members, their memberships, member lists taken over whole or not at all."""

from __future__ import annotations

import io
import time
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from openpyxl import Workbook

from quorate.apps.organisation import importing, register, services
from quorate.apps.organisation.errors import (
    ChangedMeanwhile,
    FieldProblem,
    OrganisationError,
    UnknownOrganisation,
)
from quorate.apps.organisation.importing import Look, hand_in, look, take_over
from quorate.apps.organisation.models import Event, Member, RollImport
from quorate.apps.organisation.register import Belonging
from quorate.apps.organisation.roll_reading import count_on, voters_on
from quorate.roll import FaultyRoll
from support.officers import Union, two_officers

DAY = date(2026, 11, 2)
LATER = date(2026, 12, 1)
HEAD = "Member number,Name,E-mail,Category,School\n"
THREE = (
    HEAD + "1,Ada,ada@example.org,Teacher,Lincoln\n2,Bob,,Retiree,\n3,Cyd,ada@example.org,Teacher,Lincoln\n"
)


@pytest.fixture
def union(db: None) -> Union:
    return two_officers()


def give(union: Union, text: str, day: date = DAY, *, whole: bool = True) -> RollImport:
    return hand_in(
        body=union.members, by=union.ann.account, name="list.csv", data=text.encode(), as_of=day, whole=whole
    )


def taken(union: Union, text: str, day: date = DAY, *, whole: bool = True) -> dict[str, int]:
    handed = give(union, text, day, whole=whole)
    seen = look(handed)
    assert seen.plan is not None, seen.problems
    return take_over(handed=handed, confirmed=seen.plan.counts(), by=union.ann.account).counts()


def member(union: Union, number: str) -> Member:
    return union.organisation.members.get(number=number)


def problems(seen: Look) -> list[tuple[int, str]]:
    assert seen.plan is None
    assert all(problem.fix for problem in seen.problems)
    return [(problem.row, problem.kind) for problem in seen.problems]


def test_a_list_adds_updates_and_ends(union: Union) -> None:
    """What it will do is said before, and done after; the day on which somebody leaves they are out."""
    assert taken(union, THREE) == {"added": 3, "updated": 0, "unchanged": 0, "ended": 0}
    assert count_on(union.members, DAY) == 3
    newer = HEAD + "1,Ada,ada@example.org,Teacher,Lincoln\n2,Robert,,Retiree,\n4,Dee,,Teacher,\n"
    assert taken(union, newer, LATER) == {"added": 1, "updated": 1, "unchanged": 1, "ended": 1}
    assert [voter.name for voter in voters_on(union.members, DAY)] == ["Ada", "Robert", "Cyd"]
    assert [voter.name for voter in voters_on(union.members, LATER)] == ["Ada", "Robert", "Dee"]
    assert member(union, "3").memberships.get().left == LATER
    assert [event.kind for event in union.organisation.events.all()][-1] == "member list taken over"
    assert not RollImport.objects.exists()


def test_the_same_list_again_changes_nothing(union: Union) -> None:
    taken(union, THREE)
    before = member(union, "1").version
    assert taken(union, THREE) == {"added": 0, "updated": 0, "unchanged": 3, "ended": 0}
    assert member(union, "1").version == before


def test_a_list_of_additions_ends_nothing(union: Union) -> None:
    taken(union, THREE)
    assert taken(union, HEAD + "9,Zoe,,,\n", whole=False)["ended"] == 0
    assert count_on(union.members, DAY) == 4


def test_a_column_that_is_missing_leaves_its_field(union: Union) -> None:
    """An empty cell empties it."""
    taken(union, THREE)
    taken(union, "Member number,Name,Category\n1,Ada,\n", whole=False)
    ada = member(union, "1")
    assert ada.email == "ada@example.org"
    assert ada.memberships.get().category == ""
    assert ada.memberships.get().unit == "Lincoln"


def test_the_number_is_the_identity_whatever_its_case(union: Union) -> None:
    taken(union, HEAD + "a-1,Ada,,,\n")
    assert taken(union, HEAD + "A-1,Ada Lovelace,,,\n")["updated"] == 1
    assert member(union, "a-1").name == "Ada Lovelace"


def test_who_comes_back_has_two_memberships(union: Union) -> None:
    taken(union, THREE)
    taken(union, HEAD + "1,Ada,,,\n", LATER)
    again = taken(union, THREE, date(2027, 2, 1))
    assert again == {"added": 2, "updated": 1, "unchanged": 0, "ended": 0}
    assert member(union, "2").memberships.count() == 2
    assert count_on(union.members, date(2027, 1, 1)) == 1


def test_who_was_added_by_mistake_is_gone_the_same_day(union: Union) -> None:
    taken(union, THREE)
    assert taken(union, HEAD + "1,Ada,,,\n")["ended"] == 2
    assert not member(union, "2").memberships.exists()


def test_dates_and_seats(union: Union) -> None:
    text = "Number,Name,Joined,Left,Seat\n1,Ada,2019-09-01,,12\n2,Bob,2019-09-01,2026-12-24,\n"
    taken(union, text)
    assert member(union, "1").memberships.get().seat == "12"
    assert count_on(union.members, date(2019, 9, 1)) == 2
    assert count_on(union.members, date(2026, 12, 24)) == 1


def test_every_problem_by_its_row_and_nothing_is_taken_over(union: Union) -> None:
    text = HEAD + "1,Ada,not an address,,\n\n2,,,,\n2,Bob,,,\n,Cyd,,,\n=1,Dee,,,\n"
    handed = give(union, text)
    seen = look(handed)
    assert problems(seen) == [
        (2, "email"), (4, "empty-name"), (4, "duplicate-number"), (5, "duplicate-number"),
        (6, "empty-number"), (7, "formula"),
    ]  # fmt: skip
    assert seen.count == 5
    with pytest.raises(OrganisationError, match="Nothing was taken over"):
        take_over(handed=handed, confirmed={}, by=union.ann.account)
    assert not union.organisation.members.exists()


def test_damaged_letters_are_a_problem_of_their_row(union: Union) -> None:
    handed = hand_in(
        body=union.members, by=union.ann.account, name="old.csv", as_of=DAY, whole=True,
        data="Number,Name\n1,Ada\n2,José\n".encode("cp1252"),
    )  # fmt: skip
    assert problems(look(handed)) == [(3, "encoding")]


def test_a_file_that_cannot_be_read_is_not_kept(union: Union) -> None:
    with pytest.raises(FaultyRoll):
        give(union, "")
    assert not RollImport.objects.exists()


def test_columns_can_be_chosen(union: Union) -> None:
    handed = give(union, "Nr in file,Who,Wo\n7,Ada,Lincoln\n")
    assert problems(look(handed)) == [(1, "missing-column"), (1, "missing-column")]
    importing.choose_columns(handed=handed, places={"member_number": 0, "name": 0})
    assert (1, "column-twice") in problems(look(handed))
    importing.choose_columns(handed=handed, places={"member_number": 0, "name": 1, "unit": 2})
    seen = look(handed)
    assert seen.plan is not None
    take_over(handed=handed, confirmed=seen.plan.counts(), by=union.ann.account)
    assert voters_on(union.members, DAY)[0].unit == "Lincoln"


def test_a_list_that_contradicts_the_past_is_refused(union: Union) -> None:
    taken(union, "Number,Name,Joined,Left\n1,Ada,2010-01-01,2015-01-01\n")
    assert problems(look(give(union, "Number,Name,Joined\n1,Ada,2014-01-01\n"))) == [(2, "overlap")]
    assert problems(look(give(union, "Number,Name,Left\n2,Bob,2014-01-01\n"))) == [(2, "left-early")]


def test_what_was_confirmed_is_what_is_done(union: Union) -> None:
    """Somebody else takes over a list between the look and the confirmation."""
    handed = give(union, THREE)
    seen = look(handed)
    assert seen.plan is not None
    taken(union, HEAD + "1,Ada,,,\n")
    with pytest.raises(ChangedMeanwhile):
        take_over(handed=handed, confirmed=seen.plan.counts(), by=union.ann.account)
    assert count_on(union.members, DAY) == 1


def test_a_list_belongs_to_who_handed_it_in(union: Union) -> None:
    handed = give(union, THREE)
    assert importing.handed_in(union.organisation, handed.token, union.ann.account) == handed
    with pytest.raises(UnknownOrganisation):
        importing.handed_in(union.organisation, handed.token, union.ben.account)


def test_full_size_in_seconds(union: Union) -> None:
    """26,502 rows from a workbook, then again with everything changed."""
    sizes: list[float] = []
    for version in ("", " Jr"):
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append(["Member number", "Name", "E-mail", "Category", "Workplace"])
        for n in range(26_502):
            sheet.append([n + 1, f"Member {n}{version}", f"m{n}@example.org", "Teacher", f"School {n % 600}"])
        file = io.BytesIO()
        book.save(file)
        begin = time.process_time()
        handed = hand_in(
            body=union.members,
            by=union.ann.account,
            name="all.xlsx",
            data=file.getvalue(),
            as_of=DAY,
            whole=True,
        )
        seen = look(handed)
        assert seen.plan is not None
        take_over(handed=handed, confirmed=seen.plan.counts(), by=union.ann.account)
        sizes.append(time.process_time() - begin)
    assert count_on(union.members, DAY) == 26_502
    assert member(union, "26502").name == "Member 26501 Jr"
    assert max(sizes) < 30, sizes


# One member at a time.


def belonging(**more: Any) -> Belonging:
    return Belonging(**{"joined": DAY, **more})


def test_a_member_is_added_joins_and_leaves(union: Union) -> None:
    ann = union.ann.account
    ada = register.add_member(organisation=union.organisation, number=" 17 ", name="Ada", by=ann)
    assert ada.number == "17"
    membership = register.join_body(
        member=ada, body=union.members, belonging=belonging(category="teacher"), version=1, by=ann
    )
    assert count_on(union.members, DAY) == 1
    register.edit_membership(membership=membership, belonging=belonging(left=LATER), version=2, by=ann)
    assert (count_on(union.members, DAY), count_on(union.members, LATER)) == (1, 0)
    kinds = [event.kind for event in union.organisation.events.all()]
    assert kinds[-3:] == ["member added", "joined", "left"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", ""), ("name", ""), ("email", "no"), ("name", "A\u202eda"), ("phone", "=cmd()")],
)
def test_a_value_that_cannot_stand_is_named(union: Union, field: str, value: str) -> None:
    values = {"number": "1", "name": "Ada", field: value}
    with pytest.raises(FieldProblem) as problem:
        register.add_member(organisation=union.organisation, by=union.ann.account, **values)
    assert problem.value.field == field


def test_two_members_cannot_have_one_number(union: Union) -> None:
    taken(union, HEAD + "a1,Ada,,,\n")
    with pytest.raises(FieldProblem, match="Another member"):
        register.add_member(organisation=union.organisation, number="A1", name="Bob", by=union.ann.account)


@pytest.mark.parametrize(
    ("joined", "left", "clashes"),
    [
        (date(2026, 10, 1), None, True),
        (date(2026, 10, 1), DAY, False),
        (date(2026, 11, 20), LATER, True),
        (LATER, None, False),
    ],
)
def test_memberships_do_not_overlap(union: Union, joined: date, left: date | None, clashes: bool) -> None:
    ann = union.ann.account
    ada = register.add_member(organisation=union.organisation, number="1", name="Ada", by=ann)
    first = belonging(left=LATER)
    register.join_body(member=ada, body=union.members, belonging=first, version=1, by=ann)

    def again() -> None:
        other = Belonging(joined, left)
        register.join_body(member=ada, body=union.members, belonging=other, version=2, by=ann)

    if clashes:
        with pytest.raises(FieldProblem):
            again()
    else:
        again()


def test_the_later_of_two_editors_is_told(union: Union) -> None:
    taken(union, THREE)
    ada = member(union, "1")
    values = {"email": "", "phone": "", "address": ""}
    register.edit_member(member=ada, name="Ada L.", version=1, by=union.ann.account, **values)
    with pytest.raises(ChangedMeanwhile):
        register.edit_member(member=ada, name="Adah", version=1, by=union.ben.account, **values)
    assert member(union, "1").name == "Ada L."
    settings: dict[str, Any] = {"name": "Other", "zone": "UTC", "help": "x", "version": 1}
    services.edit_organisation(organisation=union.organisation, by=union.ann.account, **settings)
    with pytest.raises(ChangedMeanwhile):
        services.edit_organisation(organisation=union.organisation, by=union.ben.account, **settings)


def test_the_trail_cannot_be_changed(union: Union) -> None:
    """Not even by a program with the database's password."""
    event = union.organisation.events.first()
    assert event is not None
    for change in (lambda: Event.objects.filter(pk=event.pk).update(kind="x"), event.delete):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = 'organisation_event_no_truncate'")
        assert cursor.fetchone() == ("D",)  # for tests, which empty the tables after each
