"""Votes in a meeting: a roll call with names, and a show of hands that two tellers count.

Both give :class:`~quorate.rules.counts.Counts`, so that the same rules decide. The vote of somebody who says
"abstain" is a vote cast; who is absent, or present and silent, casts none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import msgspec

from quorate.rules.counts import Counts, CountsError
from quorate.text import _, number

Answer: TypeAlias = Literal["yes", "no", "abstain", "silent", "absent"]
"""``silent``: present, but gave no vote."""


class MeetingError(CountsError):
    """A vote in a meeting that was not entered rightly; ``problems`` names every item and what to do."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)


class Called(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line of a roll call; it is published as it stands here."""

    answer: Answer
    member: str
    name: str


class RollCall(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A recorded vote: everybody on the roll with their answer, in the order of the roll."""

    lines: tuple[Called, ...]

    def names(self, answer: Answer) -> tuple[str, ...]:
        """Who answered so."""
        return tuple(line.name for line in self.lines if line.answer == answer)

    def counts(self, *, notice: bool | None = None) -> Counts:
        """The figures of the roll call; everybody who was not absent was present."""
        of = {answer: len(self.names(answer)) for answer in ("yes", "no", "abstain", "silent", "absent")}
        return Counts(
            abstain=of["abstain"],
            blank=0,
            cast=of["yes"] + of["no"] + of["abstain"],
            eligible=len(self.lines),
            no=of["no"],
            notice=notice,
            present=len(self.lines) - of["absent"],
            spoiled=0,
            yes=of["yes"],
        )


def roll_call(roll: Sequence[tuple[str, str]], answers: Mapping[str, Answer]) -> RollCall:
    """Put the answers beside the roll of (member number, name).

    Raises :class:`MeetingError` that names every member without an answer, every answer of somebody who is
    not on the roll, and every member who stands on it twice.
    """
    numbers = [member for member, _name in roll]
    problems = [
        _("{name} ({member}) stands on the roll twice.").format(name=name, member=member)
        for position, (member, name) in enumerate(roll)
        if member in numbers[:position]
    ]
    problems += [
        _("{name} ({member}) has no answer: enter yes, no, abstain, silent or absent.").format(
            name=name, member=member
        )
        for member, name in roll
        if member not in answers
    ]
    problems += [
        _("{member} is not on the roll of this body.").format(member=member)
        for member in answers
        if member not in numbers
    ]
    if problems:
        raise MeetingError(problems)
    return RollCall(
        lines=tuple(Called(answer=answers[member], member=member, name=name) for member, name in roll)
    )


class HandCount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one teller counted at a show of hands."""

    abstain: int
    no: int
    teller: str
    yes: int


def show_of_hands(
    first: HandCount, second: HandCount, *, present: int, eligible: int, notice: bool | None = None
) -> Counts:
    """The figures on which two tellers agree.

    Raises :class:`MeetingError` that names each figure on which they do not, and what cannot be: one teller
    twice, more hands than people present. Then the hands are counted again.
    """
    if first.teller.strip().casefold() == second.teller.strip().casefold():
        raise MeetingError([_("Two tellers count the hands, not {name} twice.").format(name=first.teller)])
    problems: list[str] = []
    words = {"yes": _("Yes"), "no": _("No"), "abstain": _("Abstaining")}
    for name, word in words.items():
        one, two = getattr(first, name), getattr(second, name)
        if one != two:
            problems.append(
                _("{answer}: {first} counted {one}, {second} counted {two}.").format(
                    answer=word, first=first.teller, one=number(one), second=second.teller, two=number(two)
                )
            )
    if problems:
        problems.append(_("Count the hands again."))
    hands = first.yes + first.no + first.abstain
    if not problems and hands > present:
        problems.append(
            _("{hands} hands, but only {present} are present.").format(
                hands=number(hands), present=number(present)
            )
        )
    if problems:
        raise MeetingError(problems)
    return Counts(
        abstain=first.abstain,
        blank=0,
        cast=hands,
        eligible=eligible,
        no=first.no,
        notice=notice,
        present=present,
        spoiled=0,
        yes=first.yes,
    )
