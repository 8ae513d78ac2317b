"""A resolution and the facts on which it stands: append-only, each with the moment it was recorded.

Nothing is ever overwritten. A correction is a fact of its own, so that it can always be said what was known,
and shown, on any day.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec

from quorate.lifecycle.condition import Condition
from quorate.lifecycle.forms import Fingerprint, Form, Moment, Name, Text
from quorate.lifecycle.moment import LocalMoment
from quorate.lifecycle.pipeline import Identifier
from quorate.text import _


class Effect(Form, frozen=True, kw_only=True):
    """From when the resolution holds for a group, such as teachers; null is everybody."""

    group: Name | None = None
    starts: LocalMoment


class Resolution(Form, frozen=True, kw_only=True):
    """What a body decided: from when it holds for whom, and until what.

    ``certificate`` is the fingerprint of the certificate or minutes that prove the decision, ``text`` that of
    the text decided on. ``until`` null: until a later decision. Raises ``ValueError`` where no group, or one
    group twice, is named.
    """

    body: Identifier
    certificate: Fingerprint
    decided: Moment
    effects: tuple[Effect, ...]
    id: Identifier
    text: Fingerprint
    title: Name
    until: Condition | None = None

    def __post_init__(self) -> None:
        groups = [effect.group for effect in self.effects]
        if not groups or len(set(groups)) != len(groups):
            raise ValueError(_("A resolution takes effect for somebody, and once for each group."))

    @property
    def begins(self) -> datetime:
        """The instant at which it takes effect for the first group."""
        return min(effect.starts.instant for effect in self.effects)


class Fact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of all facts: ``recorded`` is when it was entered, ``by`` who entered it."""

    by: Name
    recorded: Moment


class Resolved(Fact, frozen=True, kw_only=True, tag="resolved"):
    """A resolution was adopted."""

    resolution: Resolution


class ResolutionCorrected(Fact, frozen=True, kw_only=True, tag="resolution-corrected"):
    """The entry of a resolution held a slip; ``resolution`` is the whole entry as it must be.

    ``second`` is the other officer: a correction needs two.
    """

    reason: Text
    resolution: Resolution
    second: Name


class Ended(Fact, frozen=True, kw_only=True, tag="ended"):
    """A later decision, proved by ``certificate``, ends a resolution from ``effective`` on.

    ``replaced_by`` is the resolution that takes its place; null: it is rescinded.
    """

    certificate: Fingerprint
    effective: Moment
    replaced_by: Identifier | None = None
    resolution: Identifier


class Reading(Fact, frozen=True, kw_only=True, tag="reading"):
    """The value of a metric on one day, with its source. ``id`` names it in corrections."""

    batch: Name | None = None
    day: date
    evidence: Fingerprint | None = None
    id: Identifier
    metric: Identifier
    source: Name
    value: Decimal


class ReadingCorrected(Fact, frozen=True, kw_only=True, tag="reading-corrected"):
    """A reading is wrong: ``value`` is the right one, null where there is none (the data are not usable)."""

    evidence: Fingerprint | None = None
    reading: Identifier
    reason: Text
    second: Name
    value: Decimal | None


class Attested(Fact, frozen=True, kw_only=True, tag="attested"):
    """An officer (``by``) attests that an event happened at ``happened``, by this evidence."""

    event: Identifier
    evidence: Fingerprint
    evidence_name: Name
    happened: Moment


class AttestationWithdrawn(Fact, frozen=True, kw_only=True, tag="attestation-withdrawn"):
    """An officer (``by``) takes back their attestation of an event."""

    event: Identifier
    reason: Text


class AgreementVoted(Fact, frozen=True, kw_only=True, tag="agreement-voted"):
    """A body adopted the version of an agreement with this fingerprint, proved by ``certificate``."""

    agreement: Identifier
    at: Moment
    body: Identifier
    certificate: Fingerprint
    version: Fingerprint


AnyFact: TypeAlias = (
    Resolved
    | ResolutionCorrected
    | Ended
    | Reading
    | ReadingCorrected
    | Attested
    | AttestationWithdrawn
    | AgreementVoted
)
