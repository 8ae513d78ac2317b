"""Lists that come in from a meeting: who voted how, and who is present, as pasted lines or a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from typing import Final

from quorate.rules.meeting import Answer, MeetingError
from quorate.text import _, number

_WORDS: Final[dict[Answer, tuple[str, ...]]] = {
    "yes": ("yes", "y", "aye", "for", "in favour", "in favor"),
    "no": ("no", "n", "nay", "against"),
    "abstain": ("abstain", "a", "abstained", "abstention"),
    "silent": ("silent", "s", "present", "did not vote"),
    "absent": ("absent", "x", "away"),
}
_ANSWERS: Final[dict[str, Answer]] = {word: answer for answer, words in _WORDS.items() for word in words}
_HEADINGS: Final = frozenset({"number", "member", "member number", "no.", "#"})


def read_answers(text: str, members: Collection[str]) -> dict[str, Answer]:
    """The answers of a list with a line ``number, vote`` for each member; more columns may stand between.

    Comma, semicolon or tab divide; a line of headings may come first. Raises :class:`MeetingError` that names
    every line that cannot be read, is of nobody in ``members``, or is of somebody a second time.
    """
    known = {member.casefold(): member for member in members}
    answers: dict[str, Answer] = {}
    at: dict[str, int] = {}
    problems: list[str] = []
    for line, cells in _lines(text):
        where = _("Line {n}:").format(n=number(line))
        member, word = known.get(cells[0].casefold()), cells[-1].casefold()
        if member is None:
            problems.append(
                where + " " + _("{member} is not on the list of this body.").format(member=cells[0])
            )
        elif member in at:
            problems.append(
                where
                + " "
                + _("{member} stands in line {n} already.").format(member=cells[0], n=number(at[member]))
            )
        elif len(cells) < 2:
            problems.append(
                where + " " + _("the vote is missing: write “{member}, yes”.").format(member=cells[0])
            )
        elif word not in _ANSWERS:
            problems.append(
                where
                + " "
                + _("“{word}” is no vote: write yes, no, abstain, silent or absent.").format(word=cells[-1])
            )
        if member is not None and member not in at:
            at[member] = line
            answers[member] = _ANSWERS.get(word, "absent")
    if problems:
        raise MeetingError(problems)
    return answers


def read_members(text: str, members: Collection[str]) -> tuple[str, ...]:
    """The members of a list with a number first in each line, in the order of the list.

    Raises :class:`MeetingError` that names every line of nobody in ``members``, or of somebody a second time.
    """
    known = {member.casefold(): member for member in members}
    at: dict[str, int] = {}
    problems: list[str] = []
    for line, cells in _lines(text):
        where = _("Line {n}:").format(n=number(line))
        member = known.get(cells[0].casefold())
        if member is None:
            problems.append(
                where + " " + _("{member} is not on the list of this body.").format(member=cells[0])
            )
        elif member in at:
            problems.append(
                where
                + " "
                + _("{member} stands in line {n} already.").format(member=cells[0], n=number(at[member]))
            )
        else:
            at[member] = line
    if problems:
        raise MeetingError(problems)
    return tuple(at)


def write_answers(answers: dict[str, Answer]) -> str:
    """The list from which :func:`read_answers` reads these answers."""
    return "\n".join(f"{member},{answer}" for member, answer in answers.items())


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The lines that say something, each with its number and its cells; not a line of headings."""
    first = True
    for line, raw in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        if not raw.strip(" ,;\t"):
            continue
        sign = next((sign for sign in "\t;," if sign in raw), ",")
        row = next(csv.reader([raw.strip()], delimiter=sign), [raw])
        cells = [cell.strip() for cell in row]
        while len(cells) > 1 and not cells[-1]:
            cells.pop()
        heading = first and cells[0].casefold() in _HEADINGS
        first = False
        if not heading:
            yield line, cells
