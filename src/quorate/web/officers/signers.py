"""The officers who can sign what opens a ballot of an organisation."""

from __future__ import annotations

from quorate.apps.ballots.officer_keys import signing_officers

__all__ = ["signing_officers"]
