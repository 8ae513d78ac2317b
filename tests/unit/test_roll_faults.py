"""Every fault of a roll is named by row, value, problem and what to do; and then nothing is imported."""

from __future__ import annotations

import pytest

from quorate.roll import FaultyRoll, Problem, read_roll


def problems(data: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(FaultyRoll) as faulty:
        read_roll(data if isinstance(data, bytes) else data.encode())
    assert all(problem.what and problem.fix for problem in faulty.value.problems)
    return faulty.value.problems


def one(data: str | bytes) -> Problem:
    (problem,) = problems(data)
    return problem


def row(cells: str, headings: str = "Member number,Name,E-mail,Phone,Workplace") -> Problem:
    return one(f"{headings}\n{cells}\n")


@pytest.mark.parametrize("data", [b"", b"\n\n", b"  \n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_file(data: bytes) -> None:
    assert (one(data).row, one(data).kind) == (0, "empty")


def test_a_file_of_headings_only() -> None:
    assert one("Member number,Name\n\n").what == "The file holds no member below the headings."


@pytest.mark.parametrize(
    ("headings", "what"),
    [
        ("Name,E-mail", ["No column holds the member number."]),
        ("Member number,First name", ["No column holds the name."]),
        ("1001,Ada", ["No column holds the member number.", "No column holds the name."]),
    ],
)
def test_missing_columns(headings: str, what: list[str]) -> None:
    found = problems(f"{headings}\n1,Ada\n")
    assert [problem.what for problem in found] == what
    assert {(problem.row, problem.value) for problem in found} == {(1, headings.replace(",", ", "))}


def test_two_columns_of_one_meaning() -> None:
    problem = one("Member number,Name,E-mail,Email address\n1,Ada,,\n")
    assert (problem.row, problem.column, problem.kind) == (1, "Email address", "heading-twice")


def test_a_damaged_heading_is_named_as_such() -> None:
    problem = one("Member number,Prénom,Nom\n1,a,b\n".encode("cp1252"))
    assert (problem.row, problem.column, problem.kind) == (1, "Pr�nom", "encoding")


def test_duplicate_numbers_name_every_row() -> None:
    found = problems("Member number,Name\nA7,Ada\n8,Bob\na7,Cat\nA7,Dan\n")
    assert [(problem.row, problem.value, problem.kind) for problem in found] == [
        (2, "A7", "duplicate-number"),
        (4, "a7", "duplicate-number"),
        (5, "A7", "duplicate-number"),
    ]
    assert found[0].what == "Rows 4, 5 have the same member number."


def test_a_number_in_a_thousand_rows_is_not_a_thousand_lines_long() -> None:
    found = problems("Member number,Name\n" + "1,Ada\n" * 1000)
    assert len(found) == 1000
    assert found[0].what == "Rows 3, 4, 5, 6, 7 and 994 more have the same member number."


def test_empty_cells_that_must_be_filled() -> None:
    found = problems("Member number,Name\n,Ada\n2,\n")
    assert [(problem.row, problem.column, problem.kind) for problem in found] == [
        (2, "Member number", "empty-number"),
        (3, "Name", "empty-name"),
    ]


def test_wrong_number_of_cells() -> None:
    found = problems("Member number,Name\n1,Ray, Ada\n2\n")
    assert [problem.what for problem in found] == [
        "Number of cells: 3; the headings have 2.",
        "Number of cells: 1; the headings have 2.",
    ]


def test_an_open_quotation_mark_is_named_where_it_opens() -> None:
    found = problems('Member number,Name\n,Ada\n2,"Bob\n3,Cat\n4,Dan\n')
    assert [(problem.row, problem.kind) for problem in found] == [(2, "empty-number"), (3, "quotes")]


@pytest.mark.parametrize(
    ("cells", "column", "kind"),
    [
        ("1.23457E+05,Ada,,,", "Member number", "rounded"),
        ('"1,2E+5",Ada,,,', "Member number", "rounded"),
        (f"{'9' * 41},Ada,,,", "Member number", "too-long"),
        (f"1,{'x' * 121},,,", "Name", "too-long"),
        ("#N/A,Ada,,,", "Member number", "spreadsheet-error"),
        ("1,#REF!,,,", "Name", "spreadsheet-error"),
        ("1,Ada,,,######", "Workplace", "spreadsheet-error"),
        ("1,=HYPERLINK(0),,,", "Name", "formula"),
        ("-1,Ada,,,", "Member number", "formula"),
        ("1,@Ada,,,", "Name", "formula"),
        ("1,Ada,,=1+2,", "Phone", "formula"),
        ("1,Ada,ada@example,,", "E-mail", "email"),
        ("1,Ada,ada example.org,,", "E-mail", "email"),
        ("1,Ada,a@e.org;b@e.org,,", "E-mail", "email"),
        ("1,JosÃ©,,,", "Name", "garbled"),
        ("1,Jos\ufffd,,,", "Name", "encoding"),
        ("1,A\u0301\u0301\u0301\u0301\u0301da,,,", "Name", "accents"),
    ],
)
def test_values_that_cannot_be_right(cells: str, column: str, kind: str) -> None:
    problem = row(cells)
    assert (problem.row, problem.column, problem.kind) == (2, column, kind)


def test_a_phone_number_may_begin_with_a_plus() -> None:
    (member,) = read_roll(b"Member number,Name,Phone\n1,Ada,+1 312 555 0100\n").members
    assert member.phone == "+1 312 555 0100"


@pytest.mark.parametrize("name", ["José Núñez", "Żółć", "Élodie", "Ada’s", "Пётр"])
def test_a_garbled_name_is_shown_as_it_was_meant(name: str) -> None:
    garbled = name.encode().decode("cp1252")
    assert row(f"1,{garbled},,,").what == f"Letters are garbled: it was probably “{name}”."


@pytest.mark.parametrize("name", ["Weiß’ Enkel", "GRÅ’S", "Mª Ñuñez", "São Tomé", "Âme–Å"])
def test_a_name_that_could_be_garbled_but_is_not(name: str) -> None:
    """By chance its Windows-1252 bytes may be UTF-8; a member with such a name must not be kept out."""
    assert read_roll(f"Member number,Name\n1,{name}\n".encode()).members[0].name == name


def test_problems_come_in_the_order_of_rows() -> None:
    found = problems("Member number,Name,E-mail\n1,Ada,\n2,Bob,x\n1,,\n")
    assert [problem.row for problem in found] == [2, 3, 4, 4]
    assert str(FaultyRoll(found)) == "The roll has 4 problems."


def test_long_values_are_cut() -> None:
    assert row(f"1,{'x' * 500},,,").value == "x" * 60 + "..."
