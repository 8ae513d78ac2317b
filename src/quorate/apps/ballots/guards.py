"""Where apps that build on ballots may object: each guard raises NotAllowed with its reason.

Ballots do not know motions; a motion's app adds its guards when the site starts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from quorate.apps.ballots.models import Ballot
from quorate.election.draft import Draft

BEFORE_PREPARING: Final[list[Callable[[Ballot, Draft], None]]] = []
"""Asked before a draft becomes a manifest."""
BEFORE_OPENING: Final[list[Callable[[Ballot], None]]] = []
"""Asked before the board of a ballot begins."""
