"""Organisation, bodies, members, rolls, officers."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser


class Account(AbstractUser):
    """Somebody who signs in: an officer, teller, registrar, observer or auditor. Never a voter."""
