"""What can happen to a motion. Every event says when (``at``, with its zone) and who entered it (``by``)."""

from __future__ import annotations

from typing import Literal, TypeAlias

import msgspec

from quorate.lifecycle.forms import Fingerprint, Form, Moment, Name, Text
from quorate.lifecycle.pipeline import Identifier, Pipeline

Outcome: TypeAlias = Literal["carried", "not carried", "tie", "undecided", "cannot be decided"]
"""The words of ``rules.Outcome``. Only ``carried`` carries."""


class Document(Form, frozen=True, kw_only=True):
    """A file that belongs to the text, such as an agreement: voters decide on it too."""

    name: Name
    sha256: Fingerprint
    size: int


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """Base of all events."""

    at: Moment
    by: Name


class Propose(Event, frozen=True, kw_only=True, tag="propose"):
    """``mover`` proposes ``text`` to the bodies of the pipeline."""

    documents: tuple[Document, ...] = ()
    id: Identifier
    mover: Name
    pipeline: Pipeline
    text: Text
    title: Name


class Second(Event, frozen=True, kw_only=True, tag="second"):
    """Somebody else wants the motion to be decided."""

    seconder: Name


class OfferAmendment(Event, frozen=True, kw_only=True, tag="offer-amendment"):
    """``mover`` wants ``text`` in the place of the text that has the fingerprint ``amends``.

    ``documents`` null: those of the motion stay.
    """

    amends: Fingerprint
    documents: tuple[Document, ...] | None = None
    id: Identifier
    mover: Name
    reason: Text
    text: Text


class DecideAmendment(Event, frozen=True, kw_only=True, tag="decide-amendment"):
    """The body adopted or rejected an amendment, or its mover took it back."""

    amendment: Identifier
    decision: Literal["adopted", "rejected", "withdrawn"]


class Refer(Event, frozen=True, kw_only=True, tag="refer"):
    """The motion goes to a committee or another body for advice; nothing opens until it is back."""

    reason: Text
    to: Name


class ReportBack(Event, frozen=True, kw_only=True, tag="report-back"):
    """The motion is back from where it was referred to, with advice."""

    advice: Text


class Withdraw(Event, frozen=True, kw_only=True, tag="withdraw"):
    """The mover takes the motion back."""

    reason: Text


class OpenStage(Event, frozen=True, kw_only=True, tag="open-stage"):
    """Voting begins at a body, on the text and documents with these fingerprints.

    ``ballot`` names the ballot or the meeting; ``present`` and ``eligible`` are counted where the stage asks
    for a quorum.
    """

    ballot: Name
    documents: tuple[Fingerprint, ...] = ()
    eligible: int | None = None
    present: int | None = None
    stage: int
    text: Fingerprint


class DecideStage(Event, frozen=True, kw_only=True, tag="decide-stage"):
    """What the vote came to, by the rule of the stage.

    ``certificate`` is the fingerprint of the certificate of a ballot, or of the published minutes of a roll
    call or count; ``phi`` that of the ballot's manifest, null for a vote in a meeting.
    """

    certificate: Fingerprint
    outcome: Outcome
    phi: Fingerprint | None = None
    stage: int
    text: Fingerprint


class VoidStage(Event, frozen=True, kw_only=True, tag="void-stage"):
    """A vote does not count, such as by order of a court; it has to be held again."""

    reason: Text
    stage: int


MotionEvent: TypeAlias = (
    Propose
    | Second
    | OfferAmendment
    | DecideAmendment
    | Refer
    | ReportBack
    | Withdraw
    | OpenStage
    | DecideStage
    | VoidStage
)
