"""What officers do with motions: one event at a time, refused in plain words or kept for ever."""

from __future__ import annotations

from typing import Any

import msgspec
from django.db import transaction

from quorate.apps.ballots.services import Account, record_event
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.models import MotionEntry, MotionFile
from quorate.apps.motions.ratification import refusal, tell_register
from quorate.apps.motions.selectors import motion_of
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.forms import Refused
from quorate.lifecycle.motion import Motion, apply
from quorate.lifecycle.motion import propose as begin
from quorate.lifecycle.motion_events import DecideStage, MotionEvent, Propose
from quorate.text import _


@transaction.atomic
def propose(*, organisation: Organisation, event: Propose, by: Account) -> MotionFile:
    """Begin a motion. MotionRefused when there is one of this name."""
    if organisation.motions.filter(slug=event.id).exists():
        raise MotionRefused(_("There is a motion {id} already: choose another name.").format(id=event.id))
    made = begin(event)
    if isinstance(made, Refused):
        raise MotionRefused(made.reason)
    file = MotionFile.objects.create(organisation=organisation, slug=event.id, title=event.title)
    _keep(file, 1, event, by)
    return file


@transaction.atomic
def happen(*, motion: MotionFile, event: MotionEvent, by: Account | None) -> Motion:
    """Let one event happen to a motion; MotionRefused says what stands in the way, and nothing is kept."""
    file = MotionFile.objects.select_for_update().get(pk=motion.pk)
    if refused := refusal(file, event):
        raise MotionRefused(refused)
    after = apply(motion_of(file), event)
    if isinstance(after, Refused):
        raise MotionRefused(after.reason)
    _keep(file, len(after.log), event, by)
    if isinstance(event, DecideStage):
        tell_register(file, by)
    return after


def _keep(file: MotionFile, number: int, event: MotionEvent, by: Account | None) -> None:
    content: Any = msgspec.to_builtins(event)
    MotionEntry.objects.create(
        motion=file, number=number, event=content, account_id=None if by is None else by.pk
    )
    record_event(
        kind=f"motion: {content['kind']}", by=by, organisation=file.organisation.slug, motion=file.slug
    )
