"""What is done to an organisation's register: facts are added, one after the other, and never changed.

What counts needs two officers: an event is attested by two, each with evidence, and an officer's correction
names the other officer who agreed to it.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import transaction
from msgspec.structs import replace

from quorate.apps.ballots.services import Account, record_event
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.models import Evidence, Proposal, RegisterEntry
from quorate.apps.motions.selectors import register_of
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.forms import Refused
from quorate.lifecycle.register import Register, record
from quorate.lifecycle.resolution import AnyFact, ReadingCorrected, ResolutionCorrected
from quorate.text import _

MOST_BYTES: Final = 10 * 2**20
"""No file of evidence is larger."""
_ANOTHER: Final = "another officer"
"""Stands in a proposal for the officer who has yet to agree."""


@transaction.atomic
def enter(*, organisation: Organisation, fact: AnyFact, by: Account | None) -> Register:
    """Add a fact; MotionRefused says what stands in the way, and nothing is kept.

    `by` is None for what a released result entered by itself.
    """
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    after = record(register_of(locked), fact)
    if isinstance(after, Refused):
        raise MotionRefused(after.reason)
    content: Any = msgspec.to_builtins(fact)
    RegisterEntry.objects.create(
        organisation=locked,
        number=len(after.facts),
        fact=content,
        account_id=None if by is None else by.pk,
    )
    record_event(kind=f"register: {content['kind']}", by=by, organisation=locked.slug)
    return after


def keep_evidence(*, organisation: Organisation, name: str, data: bytes, by: Account) -> str:
    """Keep a file of evidence; returns its SHA-256 in hex. The same file again is the same evidence."""
    if not data:
        raise MotionRefused(_("The file is empty: add the file that shows it."))
    if len(data) > MOST_BYTES:
        raise MotionRefused(_("The file has more than 10 MB: add a smaller one."))
    digest = hashlib.sha256(data).hexdigest()
    Evidence.objects.get_or_create(
        organisation=organisation,
        sha256=digest,
        defaults={"name": name[-200:], "data": data, "account_id": by.pk},
    )
    return digest


@transaction.atomic
def propose_correction(
    *, organisation: Organisation, fact: ReadingCorrected | ResolutionCorrected, by: Account
) -> Proposal:
    """Keep a correction until another officer agrees; MotionRefused for one that could never be made."""
    trial = record(register_of(organisation), replace(fact, second=_ANOTHER))
    if isinstance(trial, Refused):
        raise MotionRefused(trial.reason)
    made = Proposal.objects.create(
        organisation=organisation, fact=msgspec.to_builtins(replace(fact, second=_ANOTHER)), account_id=by.pk
    )
    record_event(kind="register: correction proposed", by=by, organisation=organisation.slug)
    return made


@transaction.atomic
def agree(*, proposal: Proposal, at: datetime, by: Account) -> Register:
    """Enter a correction that another officer proposed; MotionRefused for one's own, or a settled one."""
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if found.settled is not None:
        raise MotionRefused(_("This correction is settled already."))
    if found.account_id == by.pk:
        raise MotionRefused(_("Another officer has to agree to your correction."))
    fact: ReadingCorrected | ResolutionCorrected = msgspec.convert(
        found.fact, ReadingCorrected | ResolutionCorrected
    )
    after = enter(
        organisation=found.organisation, fact=replace(fact, recorded=at, second=by.get_username()), by=by
    )
    Proposal.objects.filter(pk=found.pk).update(settled=at)
    return after


@transaction.atomic
def reject(*, proposal: Proposal, at: datetime, by: Account) -> None:
    """Settle a proposed correction without entering it; also the way to take back one's own."""
    Proposal.objects.filter(pk=proposal.pk, settled__isnull=True).update(settled=at)
    record_event(kind="register: correction not made", by=by, organisation=proposal.organisation.slug)
