"""The audit trail of an organisation: services write it, officers and auditors read it, nobody changes it."""

from __future__ import annotations

from quorate.apps.organisation.models import Account, Event, Organisation


def log(organisation: Organisation, by: Account | None, kind: str, **detail: str | int) -> Event:
    """Add what was done. Details name things and counts; never an address."""
    return Event.objects.create(organisation=organisation, account=by, kind=kind, detail=detail)
