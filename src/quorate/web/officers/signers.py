"""The officers who can sign what opens a ballot of an organisation."""

from __future__ import annotations

from quorate.apps.organisation.models import Organisation
from quorate.record.manifest import Officer


def signing_officers(organisation: Organisation) -> tuple[Officer, ...]:
    """Openers with a signing key."""
    return ()
