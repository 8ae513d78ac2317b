"""Which column of a roll file is which: headings in the words that unions use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from quorate.roll.problems import Problem, shown
from quorate.roll.signs import TextFault, check_text, tidy
from quorate.text import _

Field = Literal[
    "member_number", "name", "given_name", "family_name", "email", "category", "unit", "phone", "address",
    "seat", "joined", "left"
]  # fmt: skip
FIELDS: Final[tuple[Field, ...]] = get_args(Field)

# Headings are compared without case, spaces and punctuation. Those after the bar are loose: they serve only
# where the file has no clearer heading for the field.
_HEADINGS: Final[dict[Field, str]] = {
    "member_number": """
        member number; member no; member nr; member num; member id; membership number; membership
        no; membership id; union id; union number; union member id; mitgliedsnummer; mitgliedsnr;
        mitgliednr; número de socio; número de miembro; número de afiliado; numéro d'adhérent; n°
        adhérent; numer członkowski; nr członkowski; 会员编号; 会员号
        | member; number; no; id; employee id; employee number; 编号""",
    "name": """
        name; full name; member name; voter name; nombre; nombre completo; nombre y apellidos; nom
        complet; nom et prénom; vollständiger name; imię i nazwisko; 姓名
        | voter""",
    "given_name": """
        first name; firstname; given name; given names; forename; vorname; prénom; nombre de pila;
        imię""",
    "family_name": """
        last name; lastname; surname; family name; nachname; familienname; zuname; nom; nom de
        famille; apellido; apellidos; nazwisko""",
    "email": """
        e-mail; email address; e-mail address; home e-mail; personal e-mail; private e-mail;
        correo; correo electrónico; courriel; adresse e-mail; adres e-mail; 电子邮件; 邮箱
        | mail""",
    "category": """
        category; member category; membership category; membership class; member type; membership
        type; kategorie; mitgliedsart; categoría; catégorie; kategoria; 类别
        | class; type; status; member status""",
    "unit": """
        unit; workplace; work place; work location; work site; bargaining unit; betrieb;
        dienststelle; einheit; centro de trabajo; unidad; unité; établissement; lieu de travail;
        zakład; zakład pracy; jednostka; 单位
        | school; location; site; department; shop; branch; chapter; local; employer; abteilung;
        escuela; 学校""",
    "phone": """
        phone; phone number; telephone; telephone number; telefon; telefonnummer; teléfono;
        téléphone; 电话
        | mobile; mobile number; mobile phone; cell; cell phone; home phone; handy; mobilnummer;
        móvil; portable; 手机""",
    "address": """
        address; home address; postal address; mailing address; anschrift; adresse; postanschrift;
        dirección; adresse postale; adres; 地址
        | street address; domicilio""",
    "seat": """
        seat; delegate seat; sitz; mandat; escaño; siège; mandato""",
    "joined": """
        joined; date joined; join date; member since; eintritt; eintrittsdatum; fecha de alta;
        date d'adhésion; data przystąpienia
        | since; start date""",
    "left": """
        left; date left; leaving date; austritt; austrittsdatum; fecha de baja; date de départ
        | until; end date""",
}


def _normal(heading: str) -> str:
    return "".join([sign for sign in heading.casefold() if sign.isalnum()])


def _table(part: int) -> dict[str, Field]:
    """Clear (0) or loose (1) headings with their fields."""
    return {
        _normal(heading): field
        for field, headings in _HEADINGS.items()
        for heading in [*headings.split("|"), ""][part].split(";")
        if heading.strip()
    }


_CLEAR: Final = _table(0)
_LOOSE: Final = _table(1)


@dataclass(frozen=True, slots=True)
class Columns:
    """The place of each field found, from 0, the headings as written, and those that mean nothing here."""

    places: dict[Field, int]
    headings: tuple[str, ...]
    ignored: tuple[str, ...]

    def heading(self, field: Field) -> str:
        """The heading of a field that the file has, as the file writes it."""
        return self.headings[self.places[field]]


def recognised(cells: Sequence[str]) -> int:
    """How many of the cells are headings known here."""
    return sum(_normal(cell) in _CLEAR or _normal(cell) in _LOOSE for cell in cells)


def find_columns(row: int, cells: Sequence[str]) -> tuple[Columns, list[Problem]]:
    """Read the headings in `cells`; the problems tell which are missing or there twice."""
    places: dict[Field, int] = {}
    problems: list[Problem] = []
    headings = tuple(shown(cell.strip()) for cell in cells)
    for cell in cells:
        try:
            check_text(tidy(cell))
        except TextFault as fault:
            problems.append(Problem(row, shown(cell), shown(cell), fault.kind, str(fault), fault.fix))
    if problems:
        return Columns(places, headings, ()), problems
    for known in (_CLEAR, _LOOSE):
        clear = set(places) if known is _LOOSE else set()
        for place, heading in enumerate(headings):
            field = known.get(_normal(heading))
            if field is None or field in clear:
                continue
            if field in places:
                problems.append(_twice(row, heading, headings[places[field]]))
            else:
                places[field] = place
    return _complete(row, places, headings, problems)


def chosen_columns(
    row: int, cells: Sequence[str], places: Mapping[Field, int]
) -> tuple[Columns, list[Problem]]:
    """The columns as somebody chose them, whatever the headings say; the problems as in `find_columns`."""
    headings = tuple(shown(cell.strip()) for cell in cells)
    problems: list[Problem] = []
    kept: dict[Field, int] = {}
    for field, place in places.items():
        if not 0 <= place < len(cells):
            continue
        twice = next((other for other, taken in kept.items() if taken == place), None)
        if twice is None:
            kept[field] = place
            continue
        what = _("The column “{heading}” was chosen for two things.").format(heading=headings[place])
        fix = _("Choose another column for one of them.")
        problems.append(Problem(row, headings[place], "", "column-twice", what, fix))
    return _complete(row, kept, headings, problems)


def _complete(
    row: int, places: dict[Field, int], headings: tuple[str, ...], problems: list[Problem]
) -> tuple[Columns, list[Problem]]:
    """The columns, with a problem added for each that a roll cannot be without."""
    ignored = [heading for place, heading in enumerate(headings) if heading and place not in places.values()]
    found = ", ".join(headings)
    if "member_number" not in places:
        problems.append(_missing(row, found, _("No column holds the member number."), "Member number"))
    if "name" not in places and not {"given_name", "family_name"} <= places.keys():
        problems.append(_missing(row, found, _("No column holds the name."), "Name"))
    return Columns(places, headings, tuple(ignored)), problems


def _twice(row: int, heading: str, earlier: str) -> Problem:
    what = _("The columns “{first}” and “{second}” mean the same.").format(first=earlier, second=heading)
    return Problem(row, heading, "", "heading-twice", what, _("Keep one of them, or rename the other."))


def _missing(row: int, found: str, what: str, heading: str) -> Problem:
    fix = _("Put the headings in the first row and call the column “{heading}”.").format(heading=heading)
    return Problem(row, "", shown(found), "missing-column", what, fix)
