"""What an organisation's home page for officers shows: each part of the site adds its own to the tuples.

A source of needs answers what waits for this officer now; a section is a template with its context.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

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


NeedSource = Callable[[Visit], Iterable[Need]]
SectionSource = Callable[[Visit], Section | None]

# One line for each part of the site.
NEEDS: Final[tuple[NeedSource, ...]] = ()
SECTIONS: Final[tuple[SectionSource, ...]] = ()


def needs(visit: Visit) -> list[Need]:
    """Everything that waits for this officer, the urgent first."""
    return sorted((need for source in NEEDS for need in source(visit)), key=lambda need: not need.urgent)


def sections(visit: Visit) -> list[Section]:
    """The sections that have something to show to this officer."""
    return [section for source in SECTIONS if (section := source(visit)) is not None]
