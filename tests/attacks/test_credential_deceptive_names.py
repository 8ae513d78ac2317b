"""Attack E4: names that look like other names, or that show in another order than they are stored.

Attacker: whoever can add or edit an entry of the roll. Wish: a second entry that officers and observers
take for the first, a name that reads differently on the letter and in the file, or text that runs as a
formula where the codes are printed. Stopped by: the roll is refused with row, sign and reason; nothing is
imported.
"""

from __future__ import annotations

import pytest

from quorate.roll import FaultyRoll, Problem, read_roll


def problems(name: str, number: str = "2", unit: str = "East") -> tuple[Problem, ...]:
    data = f"Member number,Name,Workplace\n1,Ada Paine,East\n{number},{name},{unit}\n"
    with pytest.raises(FaultyRoll) as faulty:
        read_roll(data.encode())
    return faulty.value.problems


@pytest.mark.parametrize(
    ("name", "kind", "says"),
    [
        ("Ada \u202eeniaP", "invisible", "right-to-left override"),
        ("Ada \u2066Paine\u2069", "invisible", "left-to-right isolate"),
        ("\u200fAda Paine", "invisible", "right-to-left mark"),
        ("Ada P\u200baine", "invisible", "zero width space"),
        ("Ada P\u200daine", "invisible", "zero width joiner"),
        ("Ada Pai\u00adne", "invisible", "soft hyphen"),
        ("Ada Paine\ufeff", "invisible", "zero width no-break space"),
        ("Ada Paine\u3164", "invisible", "hangul filler"),
        ("Ada Paine\ufe0f", "invisible", "variation selector-16"),
        ("Ada P\u034faine", "invisible", "combining grapheme joiner"),
        ("Ada Paine\U000e0041", "invisible", "tag latin capital letter a"),
        ("Ada\u0007 Paine", "invisible", "U+0007 (control character)"),
        ("Ada\tPaine", "invisible", "U+0009"),
        ("Ada Paine\ue000", "invisible", "U+E000"),
        ("Ad\u0430 Paine", "mixed-alphabets", "Cyrillic and Latin"),
        ("Ada \u03a1aine", "mixed-alphabets", "Greek and Latin"),
        ("\u13aada Paine", "mixed-alphabets", "Cherokee and Latin"),
        ("Ada P\u0430\u0301ine", "mixed-alphabets", "Cyrillic and Latin"),
        ("\U0001d400da Paine", "styled-letter", "not an ordinary letter"),
        ("\uff21da Paine", "styled-letter", "not an ordinary letter"),
        ("\u24b6da Paine", "styled-letter", "not an ordinary letter"),
        ("Ada P" + "\u0335" * 9 + "aine", "accents", "piled up"),
        ("\u0301Ada Paine", "accents", "without a letter"),
        ('"=HYPERLINK(""x"")"', "formula", "spreadsheets run"),
    ],
)
def test_a_deceptive_name_is_refused_with_the_reason(name: str, kind: str, says: str) -> None:
    (problem,) = problems(name)
    assert (problem.row, problem.column, problem.kind) == (3, "Name", kind)
    assert says in problem.what
    assert problem.value.isprintable()  # the attack must not reach the terminal of whoever reads the report


def test_two_numbers_that_differ_only_invisibly_are_not_two_members() -> None:
    assert {problem.kind for problem in problems("Ada Paine", number="1\u200b")} == {"invisible"}
    assert {problem.kind for problem in problems("Ada Paine", number="\uff11")} == {"styled-letter"}
    assert {problem.kind for problem in problems("Ada Paine", number="1\u00a0")} == {"duplicate-number"}
    assert {problem.kind for problem in problems("Ada Paine", number=" 1")} == {"duplicate-number"}


def test_a_unit_that_looks_like_another_is_refused() -> None:
    """Else votes of one workplace could be split over two counting units, one of them small."""
    (problem,) = problems("Bob", unit="E\u0430st")
    assert (problem.column, problem.kind) == ("Workplace", "mixed-alphabets")
