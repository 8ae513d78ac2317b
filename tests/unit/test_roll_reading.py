"""Roll files as unions have them are read: encodings, delimiters, headings, blank rows."""

from __future__ import annotations

import codecs

import pytest

from quorate.roll import Encoding, FaultyRoll, Member, Row, Table, check_table, read_roll

PLAIN = "Member number,Name,E-mail\n17,José Núñez,jose@example.org\n"
JOSE = Member("17", "José Núñez", "jose@example.org")


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (PLAIN.encode(), "utf-8"),
        (codecs.BOM_UTF8 + PLAIN.encode(), "utf-8"),
        (PLAIN.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), "utf-16"),
        (PLAIN.encode("utf-16-le"), "utf-16"),
        (PLAIN.encode("utf-16-be"), "utf-16"),
    ],
)
def test_unicode_is_told_apart(data: bytes, encoding: str) -> None:
    roll = read_roll(data)
    assert roll.members == (JOSE,)
    assert roll.encoding == encoding


def test_windows_1252_is_read_when_named() -> None:
    assert read_roll(PLAIN.encode("cp1252"), "cp1252").members == (JOSE,)


def test_windows_1252_is_not_guessed() -> None:
    with pytest.raises(FaultyRoll) as faulty:
        read_roll(PLAIN.encode("cp1252"))
    (problem,) = faulty.value.problems
    assert (problem.row, problem.column, problem.value, problem.kind) == (2, "Name", "Jos� N��ez", "encoding")
    assert "Windows-1252" in problem.fix


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_unicode_is_not_read_as_windows_1252(encoding: str) -> None:
    with pytest.raises(FaultyRoll) as faulty:
        read_roll(PLAIN.encode(encoding), "cp1252")
    assert [problem.kind for problem in faulty.value.problems] == ["encoding"]


@pytest.mark.parametrize("encoding", ["auto", "utf-8", "cp1252"])
def test_plain_ascii_is_the_same_in_each_encoding(encoding: Encoding) -> None:
    assert read_roll(b"Member number,Name\n1,Ada\n", encoding).members == (Member("1", "Ada"),)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, ending: str) -> None:
    rows = [["Member number", "Name", "Address"], ["1", "Ada", '"1 Main St; East, 2"'], ["2", "Bob", ""]]
    data = ending.join(delimiter.join(row) for row in rows) + ending
    roll = read_roll(data.encode())
    assert roll.delimiter == delimiter
    assert [member.address for member in roll.members] == ["1 Main St; East, 2", ""]


def test_the_delimiter_is_that_of_the_headings_not_of_the_text() -> None:
    data = "Member number;Name, as on card;Name\n1;x;Ada, Countess\n"
    assert read_roll(data.encode()).members == (Member("1", "Ada, Countess"),)


@pytest.mark.parametrize(
    ("headings", "row", "member"),
    [
        ("MEMBER  NO.,full name", "7,Ada", Member("7", "Ada")),
        ("Union ID,Last name,First name", "7,Lovelace,Ada", Member("7", "Ada Lovelace")),
        (
            "Mitglieds-Nr.,Nachname,Vorname,Betrieb",
            "7,Weiß,Jörg,Werk 2",
            Member("7", "Jörg Weiß", unit="Werk 2"),
        ),
        ("Número de socio,Nombre,Correo electrónico", "7,Inés,i@e.org", Member("7", "Inés", "i@e.org")),
        ("N° adhérent,Nom,Prénom,Téléphone", "7,Roux,Zoé,+33 1", Member("7", "Zoé Roux", phone="+33 1")),
        ("Nr członkowski,Nazwisko,Imię", "7,Łoś,Żaneta", Member("7", "Żaneta Łoś")),
        ("会员编号,姓名,类别", "7,王秀英,教师", Member("7", "王秀英", category="教师")),
        ("ID,Member number,Name", "x,7,Ada", Member("7", "Ada")),  # a clear heading before a loose one
    ],
)
def test_headings_in_the_words_that_unions_use(headings: str, row: str, member: Member) -> None:
    assert read_roll(f"{headings}\n{row}\n".encode()).members == (member,)


def test_columns_that_mean_nothing_here_are_reported() -> None:
    roll = read_roll(b"Shoe size,Member number,Name,\n44,1,Ada,\n")
    assert roll.ignored == ("Shoe size",)
    assert roll.members == (Member("1", "Ada"),)


def test_blank_rows_count_as_rows_but_are_no_members() -> None:
    data = b"\n\nMember number,Name\n\n1,Ada\n,,,\n , \n1,Bob\n"
    with pytest.raises(FaultyRoll) as faulty:
        read_roll(data)
    assert [problem.row for problem in faulty.value.problems] == [5, 8]


def test_a_cell_of_several_lines_is_one_row() -> None:
    data = 'Member number,Name,Address\n1,Ada,"1 Main St\nEast"\n1,Bob,\n'
    with pytest.raises(FaultyRoll) as faulty:
        read_roll(data.encode())
    assert [problem.row for problem in faulty.value.problems] == [2, 3]
    assert read_roll(data.replace("1,Bob", "2,Bob").encode()).members[0].address == "1 Main St, East"


def test_spaces_and_composed_letters_are_made_uniform() -> None:
    data = "Member number,Name\n 12 ,\u00a0Zoe\u0301  van\u2009Dam \n"
    assert read_roll(data.encode()).members == (Member("12", "Zoé van Dam"),)


@pytest.mark.parametrize(
    "name",
    [
        "Mª José Ibáñez",
        "Nguyễn Thị Hà",
        "O’Brien-Łukasz",
        "Пётр Ильич",
        "Αθηνά",
        "สมชาย น้ำ",
        "ਗੁਰਪ੍ਰੀਤ",
        "محمد علي",
        "田中 タロウ",
        "D'Arcy St. John (Jr.)",
    ],
)
def test_names_of_the_world_are_plain_text(name: str) -> None:
    (member,) = read_roll(f"Member number,Name\n1,{name}\n".encode()).members
    assert member.name == name


def test_families_may_share_an_address_but_one_name_twice_is_noted() -> None:
    data = b"Member number,Name,E-mail\n1,Ada Ray,ray@e.org\n2,Bob Ray,ray@e.org\n3,ADA RAY,Ray@e.org\n"
    roll = read_roll(data)
    assert len(roll.members) == 3
    (note,) = roll.notes
    assert (note.row, note.kind) == (4, "same-person")
    assert "row 2" in note.what


def test_rows_from_another_source_are_checked_alike() -> None:
    """The seam for other file formats: a table of numbered rows."""
    table = Table([Row(3, ["Name", "Member number"]), Row(9, ["Ada", "1"])], (), "", "sheet")
    assert check_table(table).members == (Member("1", "Ada"),)
