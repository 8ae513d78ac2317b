"""The parts of an officers' home page, for the parts of the site that add to it (`hub` collects them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quorate.apps.organisation.models import Account, Organisation


@dataclass(frozen=True, slots=True)
class Visit:
    """Who looks at which organisation's home page, with which roles."""

    organisation: Organisation
    account: Account
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for an officer: what, where to do it, and in which words the link says so."""

    what: str
    link: str
    do: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a template that begins with an h2, and what it shows."""

    template: str
    context: Mapping[str, Any]
