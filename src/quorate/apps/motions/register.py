"""What is done to an organisation's register: facts are added, one after the other, and never changed.

What counts needs two officers: an event is attested by two, each with evidence, and an officer's correction
names the other officer who agreed to it.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import msgspec
from django.db import transaction

from quorate.apps.ballots.services import Account, record_event
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.models import Evidence, RegisterEntry
from quorate.apps.motions.selectors import register_of
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.forms import Refused
from quorate.lifecycle.register import Register, record
from quorate.lifecycle.resolution import AnyFact
from quorate.text import _

MOST_BYTES: Final = 10 * 2**20
"""No file of evidence is larger."""


@transaction.atomic
def enter(*, organisation: Organisation, fact: AnyFact, by: Account) -> Register:
    """Add a fact; MotionRefused says what stands in the way, and nothing is kept."""
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    after = record(register_of(locked), fact)
    if isinstance(after, Refused):
        raise MotionRefused(after.reason)
    content: Any = msgspec.to_builtins(fact)
    RegisterEntry.objects.create(organisation=locked, number=len(after.facts), fact=content, account_id=by.pk)
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
