""" "Am I on the roll?": the answer goes by e-mail to the address on the register, and nowhere else.

Attack E5: who asks about a stranger, or with a wrong address, learns nothing. The page that takes the
question neither looks anything up nor waits: it hands the question over and says the same to everybody. The
look-up and the mail happen later, in a thread of their own. Nothing that was typed is logged or kept.
"""

from __future__ import annotations

import hmac
import logging
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

from django.core.mail import EmailMessage
from django.db import connections

from quorate.apps.organisation.errors import OrganisationError
from quorate.apps.organisation.models import Body, Member, Organisation
from quorate.apps.organisation.roll_reading import frozen_roll, latest_roll
from quorate.text import _, number

DAY: Final = 24 * 60 * 60
_MOST_WAITING: Final = 200
_log = logging.getLogger("quorate.inspection")


@dataclass
class Throttle:
    """How often may be asked: about one member number in a day, and in all in an hour.

    Counts are kept in memory under keyed hashes; they bound themselves by the count of all.
    """

    of_number: int = 3
    of_all: int = 600
    clock: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    _asked: deque[tuple[float, bytes]] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, organisation: Organisation, member_number: str) -> bool:
        """Whether this question is answered; it counts if it is."""
        about = f"{organisation.pk}:{member_number.strip().casefold()}".encode()
        mark = hmac.digest(self._key, about, "sha256")
        with self._lock:
            now = self.clock()
            while self._asked and self._asked[0][0] < now - DAY:
                self._asked.popleft()
            recent = sum(at > now - 3600 for at, _mark in self._asked)
            same = sum(known == mark for _at, known in self._asked)
            if recent >= self.of_all or same >= self.of_number:
                return False
            self._asked.append((now, mark))
            return True


throttle: Final = Throttle()
_worker: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="inspection")
_room: Final = threading.BoundedSemaphore(_MOST_WAITING)


def ask(*, organisation: Organisation, member_number: str, email: str) -> Future[None] | None:
    """Take a question; answered later if it can be. The future is for tests; None without room."""
    if not _room.acquire(blocking=False):
        return None
    future = _worker.submit(_answer, organisation, member_number, email)
    future.add_done_callback(lambda _done: _room.release())
    return future


def _answer(organisation: Organisation, member_number: str, email: str) -> None:
    try:
        if throttle.allows(organisation, member_number):
            member = _member(organisation, member_number, email)
            if member is not None:
                _message(organisation, member).send()
    except Exception as error:  # noqa: BLE001 - nobody waits for it, and its words may hold the address
        _log.error("an answer about a roll was not sent: %s", type(error).__name__)
    finally:
        connections.close_all()


def _member(organisation: Organisation, member_number: str, email: str) -> Member | None:
    """The member whose number and address these are."""
    found = organisation.members.filter(number__iexact=member_number.strip()).first()
    if found is None or not found.email or found.email.casefold() != email.strip().casefold():
        return None
    return found


def _message(organisation: Organisation, member: Member) -> EmailMessage:
    lines = [
        _("You asked {organisation} whether member number {number} is on the roll.").format(
            organisation=organisation.name, number=member.number
        ),
        "",
        *(line for body in organisation.bodies.all() if (line := _about(body, member))),
        "",
        _("Is this wrong, or did you not ask? Call {help}.").format(help=organisation.help),
    ]
    subject = " ".join(
        _("{organisation}: are you on the roll?").format(organisation=organisation.name).split()
    )
    return EmailMessage(subject, "\n".join(lines), to=[member.email])


def _about(body: Body, member: Member) -> str:
    roll = latest_roll(body)
    if roll is None:
        return ""
    try:
        voter = next((one for one in frozen_roll(roll).voters if one.member_number == member.number), None)
    except OrganisationError:
        return _("{body}: the roll cannot be read at this moment.").format(body=body.name)
    words = _("{body}: NOT on roll {n} as of {day}.")
    if voter is not None:
        words = _("{body}: on roll {n} as of {day}{detail}.")
    detail = "".join(f", {part}" for part in (voter.category, voter.unit) if part) if voter else ""
    return words.format(body=body.name, n=number(roll.number), day=roll.as_of, detail=detail)
