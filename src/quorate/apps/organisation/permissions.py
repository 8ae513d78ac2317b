"""Which role may do what: the one table of it. Views and services ask here; the roles page shows it.

@officer(*may("roll.freeze"))
"""

from __future__ import annotations

from typing import Final

DRAFTER: Final = "drafter"
OPENER: Final = "opener"
TELLER: Final = "teller"
REGISTRAR: Final = "registrar"
OBSERVER: Final = "observer"
AUDITOR: Final = "auditor"
EVERYBODY: Final = (DRAFTER, OPENER, TELLER, REGISTRAR, OBSERVER, AUDITOR)

ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "organisation.edit": (OPENER,),
    "body.edit": (OPENER, REGISTRAR),
    "member.see": (REGISTRAR,),
    "member.edit": (REGISTRAR,),
    "roll.see": EVERYBODY,
    "roll.import": (REGISTRAR,),
    "roll.freeze": (REGISTRAR,),
    "roll.correct": (REGISTRAR,),
    "roll.confirm": (REGISTRAR, OPENER),
    "account.invite": (OPENER,),
    "role.grant": (OPENER,),
    "audit.see": (DRAFTER, OPENER, REGISTRAR, AUDITOR, OBSERVER),
}


def may(action: str) -> tuple[str, ...]:
    """The roles that may do it, each of which is enough; KeyError for an action that is not in the table."""
    return ALLOWED[action]
