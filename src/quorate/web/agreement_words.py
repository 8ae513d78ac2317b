"""How pages show an agreement: for officers and for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import QueryDict

from quorate.apps.motions.models import AgreementFile
from quorate.apps.motions.ratification import Negotiated, agreement_of, ratification_of
from quorate.apps.motions.selectors import standing
from quorate.lifecycle.agreement import Agreement, AgreementVersion
from quorate.lifecycle.difference import Part, difference
from quorate.text import _
from quorate.web.motion_words import Chip, stage_rows


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version, and the name of the motion for it where there is one."""

    version: AgreementVersion
    motion: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions, and what changed from the earlier to the later."""

    earlier: int
    later: int
    parts: tuple[Part, ...]
    changed: bool


def agreement_chip(agreement: Agreement) -> Chip:
    """How far the newest version is, in a word. Ratified and rejected look alike: a colour would argue."""
    return {
        "negotiated": Chip("waiting", _("Not put to a body yet")),
        "being ratified": Chip("open", _("Being ratified")),
        "ratified": Chip("", _("Ratified")),
        "rejected": Chip("", _("Not ratified")),
    }[agreement.state]


def list_rows(found: list[Negotiated]) -> list[dict[str, Any]]:
    """The rows of a list of agreements."""
    return [
        {"file": one.file, "agreement": one.agreement, "chip": agreement_chip(one.agreement)} for one in found
    ]


def agreement_context(file: AgreementFile, asked: QueryDict) -> dict[str, Any]:
    """What both pages of one agreement show; `asked` may name two versions to compare."""
    agreement = agreement_of(file)
    motion = ratification_of(file)
    rounds = {one.version: one.motion.id for one in agreement.rounds}
    return {
        "file": file,
        "agreement": agreement,
        "chip": agreement_chip(agreement),
        "ratification": motion,
        "stages": [] if motion is None else stage_rows(standing(motion)),
        "rows": [VersionRow(one, rounds.get(one.number, "")) for one in reversed(agreement.versions)],
        "comparison": _comparison(agreement, asked),
    }


def _comparison(agreement: Agreement, asked: QueryDict) -> Comparison | None:
    """The two versions that were asked for; without a question the last two; None where there is one only."""
    newest = agreement.text.number
    if newest < 2:
        return None
    earlier, later = (_number(asked.get(name, "")) for name in ("earlier", "later"))
    if not 1 <= later <= newest:
        later = newest
    if not 1 <= earlier <= newest:
        earlier = max(1, later - 1)
    texts = {one.number: one.text for one in agreement.versions}
    parts = _compare(texts[earlier], texts[later])
    return Comparison(earlier, later, parts, any(part.kind != "same" for part in parts))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


@lru_cache(maxsize=64)
def _compare(earlier: str, later: str) -> tuple[Part, ...]:
    return difference(earlier, later).parts
