"""Frozen rolls: made from the register as it was on a day, kept as files, corrected in public view.

A correction takes over what the register says of one member now: the register is put right first. It is
asked for with a reason, a second officer confirms it, and the corrected roll is a new file with a new number
and fingerprint. Files come first and the database second: a step that was interrupted leaves a file that
nothing names.
"""

from __future__ import annotations

import secrets
from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from quorate.apps.organisation.errors import OrganisationError
from quorate.apps.organisation.events import log
from quorate.apps.organisation.models import Account, Body, Correction, Roll
from quorate.apps.organisation.roll_reading import (
    Difference,
    difference_of,
    folder,
    frozen_roll,
    latest_roll,
    voters_on,
)
from quorate.files import write_whole
from quorate.roll.frozen import SALT_BYTES, FrozenRoll, Voter
from quorate.text import _

LONGEST_REASON: Final = 500


@transaction.atomic
def freeze_roll(
    *, body: Body, as_of: date, challenge_until: datetime, by: Account, now: datetime | None = None
) -> Roll:
    """Fix who belongs to a body on a day as its next roll.

    OrganisationError when nobody does, or when the challenge window would be over already.
    """
    now = now or timezone.now()
    Body.objects.select_for_update().get(pk=body.pk)
    if challenge_until <= now:
        raise OrganisationError(_("The challenge window must end in the future."))
    voters = voters_on(body, as_of)
    if not voters:
        raise OrganisationError(_("Nobody belongs to this body on that day. Take over a member list first."))
    return _keep(body, FrozenRoll(_salt(), voters), by, as_of=as_of, challenge_until=challenge_until)


@transaction.atomic
def ask_correction(
    *, roll: Roll, member_number: str, reason: str, by: Account, now: datetime | None = None
) -> Correction:
    """Ask that the roll says of this member what the register says now. Another officer confirms it.

    OrganisationError when they agree, when the roll can be corrected no more, or without a reason.
    """
    roll = _open(roll, now)
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise OrganisationError(
            _("Give the reason in a sentence, at most {n} signs.").format(n=LONGEST_REASON)
        )
    difference = difference_of(roll, member_number)
    if difference is None:
        raise OrganisationError(
            _("Roll and register say the same of member {number}: correct the register first.").format(
                number=member_number
            )
        )
    if roll.corrections.filter(member_number=difference.member_number, decided=None).exists():
        raise OrganisationError(_("A correction of this member is waiting for a second officer already."))
    asked = Correction.objects.create(
        roll=roll,
        kind=difference.kind,
        member_number=difference.member_number,
        before=_plain(difference.before),
        after=_plain(difference.after),
        reason=reason,
        asked_by=by,
    )
    _log(asked, by, "roll correction asked")
    return asked


@transaction.atomic
def confirm_correction(*, correction: Correction, by: Account, now: datetime | None = None) -> Roll:
    """Make the corrected roll. Not by the officer who asked; not when the roll has moved on meanwhile."""
    correction, roll = _undecided(correction)
    roll = _open(roll, now)
    if correction.asked_by_id == by.pk:
        raise OrganisationError(_("Another officer than the one who asked must confirm this."))
    before, after = _voter(correction.before), _voter(correction.after)
    frozen = frozen_roll(roll)
    voters = {voter.member_number: voter for voter in frozen.voters}
    if voters.get(correction.member_number) != before:
        raise OrganisationError(_("The roll says something else of this member by now: ask again."))
    voters.pop(correction.member_number, None)
    if after is not None:
        voters[after.member_number] = after
    if not voters:
        raise OrganisationError(_("A roll cannot be empty."))
    corrected = FrozenRoll(_salt(), tuple(voters[number] for number in sorted(voters)))
    made = _keep(roll.body, corrected, by, roll.as_of, roll.challenge_until, corrects=roll)
    correction.result = made
    _decide(correction, by)
    roll.corrections.filter(decided=None).update(roll=made)  # they are about other members, and still wait
    _log(correction, by, "roll corrected", number=made.number, fingerprint=made.fingerprint)
    return made


@transaction.atomic
def turn_down_correction(*, correction: Correction, by: Account) -> None:
    """Leave the roll as it is; who asked may take it back in the same way."""
    correction, _roll = _undecided(correction)
    _decide(correction, by)
    _log(correction, by, "roll correction turned down")


@transaction.atomic
def hold_roll(*, roll: Roll, by: Account | None) -> None:
    """A ballot uses it from now on: it can be corrected no more, only by an event on the ballot's board."""
    roll = Roll.objects.select_for_update().get(pk=roll.pk)
    if roll.held is None:
        roll.held = timezone.now()
        roll.save(update_fields=["held"])
        log(roll.body.organisation, by, "roll in use", body=roll.body.name, number=roll.number)


def _open(roll: Roll, now: datetime | None) -> Roll:
    """The roll, nobody else's until this step ends; OrganisationError when it cannot be corrected."""
    Body.objects.select_for_update().get(pk=roll.body_id)
    roll = Roll.objects.select_related("body__organisation").get(pk=roll.pk)
    if roll.held is not None:
        raise OrganisationError(
            _("A ballot uses this roll. What changes now must be an event on that ballot's public board.")
        )
    if latest_roll(roll.body) != roll:
        raise OrganisationError(_("There is a newer roll of this body: correct that one."))
    if (now or timezone.now()) >= roll.challenge_until:
        raise OrganisationError(_("The challenge window is over. Freeze a new roll if it must change."))
    return roll


def _undecided(correction: Correction) -> tuple[Correction, Roll]:
    found = Correction.objects.select_for_update(of=("self",)).select_related("roll").get(pk=correction.pk)
    if found.decided is not None:
        raise OrganisationError(_("This correction was decided already."))
    return found, found.roll


def _decide(correction: Correction, by: Account) -> None:
    correction.decided_by, correction.decided = by, timezone.now()
    correction.save()


def _keep(
    body: Body,
    frozen: FrozenRoll,
    by: Account,
    as_of: date,
    challenge_until: datetime,
    corrects: Roll | None = None,
) -> Roll:
    path = _place(frozen)
    write_whole(path, frozen.to_bytes(), private=True)
    last = body.rolls.last()
    made = Roll.objects.create(
        body=body,
        number=last.number + 1 if last else 1,
        as_of=as_of,
        count=frozen.count,
        fingerprint=frozen.fingerprint.hex(),
        challenge_until=challenge_until,
        corrects=corrects,
        frozen_by=by,
    )
    if corrects is None:
        log(
            body.organisation, by, "roll frozen",
            body=body.name, number=made.number, count=made.count, fingerprint=made.fingerprint,
        )  # fmt: skip
    return made


def _place(frozen: FrozenRoll) -> Path:
    where = folder(settings.ENVIRONMENT.data)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    return where / f"{frozen.fingerprint.hex()}.jsonl"


def _salt() -> bytes:
    return secrets.token_bytes(SALT_BYTES)


def _plain(voter: Voter | None) -> dict[str, str] | None:
    return None if voter is None else msgspec.to_builtins(voter)


def _voter(plain: dict[str, str] | None) -> Voter | None:
    return None if plain is None else msgspec.convert(plain, Voter)


def _log(correction: Correction, by: Account, kind: str, **detail: str | int) -> None:
    roll = correction.roll
    about: dict[str, str | int] = {"body": roll.body.name, "roll": roll.number, "what": correction.kind}
    about |= {"member": correction.member_number, "reason": correction.reason}
    log(roll.body.organisation, by, kind, **about, **detail)


__all__ = [
    "Difference",
    "ask_correction",
    "confirm_correction",
    "freeze_roll",
    "hold_roll",
    "turn_down_correction",
]
