"""Who is present at a meeting: check-ins by code or by the list at the door, and leaving again.

The number of those present at a moment is what a quorum, and a rule that counts those present, asks for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec.structs import replace

from quorate.lifecycle.forms import Fingerprint, Form, Moment, Name, Refused, not_before
from quorate.lifecycle.pipeline import Quorum
from quorate.text import _

How: TypeAlias = Literal["code", "list", "left"]


class Entitled(Form, frozen=True, kw_only=True):
    """Somebody who may take part; ``code`` is the fingerprint of their check-in code, if they have one."""

    code: Fingerprint | None = None
    member: Name
    name: Name


class Passage(Form, frozen=True, kw_only=True):
    """Somebody came in, by ``code`` or by the ``list``, or ``left``. ``by`` is who entered it."""

    at: Moment
    by: Name
    how: How
    member: Name


class Attendance(Form, frozen=True, kw_only=True):
    """The roll of a meeting and everybody's comings and goings, in order of time."""

    meeting: Name
    passages: tuple[Passage, ...] = ()
    roll: tuple[Entitled, ...]

    def inside(self, at: datetime) -> frozenset[str]:
        """Who was present at a moment, by member number."""
        found: set[str] = set()
        for passage in self.passages:
            if passage.at > at:
                break
            if passage.how == "left":
                found.discard(passage.member)
            else:
                found.add(passage.member)
        return frozenset(found)

    def present(self, at: datetime) -> int:
        """How many were present at a moment."""
        return len(self.inside(at))

    def quorate(self, quorum: Quorum, at: datetime) -> bool:
        """Were enough present at a moment?"""
        return self.present(at) >= quorum.needed(len(self.roll))


def check_in_by_code(attendance: Attendance, code: str, *, at: datetime, by: str) -> Attendance | Refused:
    """Somebody shows the code that has this fingerprint."""
    found = next((one for one in attendance.roll if one.code == code), None)
    if found is None:
        return Refused(_("This code is not for this meeting. Ask at the door: the list has your name."))
    return _pass(attendance, Passage(at=at, by=by, how="code", member=found.member))


def check_in_by_list(attendance: Attendance, member: str, *, at: datetime, by: str) -> Attendance | Refused:
    """Somebody at the door finds the member on the list."""
    return _pass(attendance, Passage(at=at, by=by, how="list", member=member))


def leave(attendance: Attendance, member: str, *, at: datetime, by: str) -> Attendance | Refused:
    """The member goes."""
    return _pass(attendance, Passage(at=at, by=by, how="left", member=member))


def _pass(attendance: Attendance, passage: Passage) -> Attendance | Refused:
    last = attendance.passages[-1].at if attendance.passages else None
    if refused := not_before(passage.at, last):
        return refused
    person = next((one for one in attendance.roll if one.member == passage.member), None)
    if person is None:
        return Refused(_("{member} is not on the roll of this meeting.").format(member=passage.member))
    inside = passage.member in attendance.inside(passage.at)
    if inside and passage.how != "left":
        return Refused(_("{name} is present already.").format(name=person.name))
    if not inside and passage.how == "left":
        return Refused(_("{name} is not present.").format(name=person.name))
    return replace(attendance, passages=(*attendance.passages, passage))
