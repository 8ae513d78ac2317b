"""What an organisation's home page for officers shows: each part of the site adds its own to the tuples.

A source of needs answers what waits for this officer now; a section is a template with its context. Both are
made of the classes in `visit`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from quorate.web.officers import accounts, rolls
from quorate.web.officers.ballots_home import ballots_section, waiting_signatures
from quorate.web.officers.running_home import running_needs
from quorate.web.officers.visit import Need, Section, Visit

NeedSource = Callable[[Visit], Iterable[Need]]
SectionSource = Callable[[Visit], Section | None]

# One line for each part of the site.
NEEDS: Final[tuple[NeedSource, ...]] = (waiting_signatures, running_needs, rolls.needs, accounts.needs)
SECTIONS: Final[tuple[SectionSource, ...]] = (ballots_section, rolls.section)


def needs(visit: Visit) -> list[Need]:
    """Everything that waits for this officer, the urgent first."""
    return sorted((need for source in NEEDS for need in source(visit)), key=lambda need: not need.urgent)


def sections(visit: Visit) -> list[Section]:
    """The sections that have something to show to this officer."""
    return [section for source in SECTIONS if (section := source(visit)) is not None]
