"""A motion as it stands: its texts, its amendments, its stages, and every event that made it so."""

from __future__ import annotations

from typing import Literal, TypeAlias

from quorate.lifecycle.difference import Difference, difference
from quorate.lifecycle.forms import Fingerprint, Form, Moment, Name, Text
from quorate.lifecycle.motion_events import Document, MotionEvent, Outcome
from quorate.lifecycle.pipeline import Identifier, Pipeline, StagePlan
from quorate.text import _

State: TypeAlias = Literal["proposed", "ready", "referred", "voting", "carried", "not carried", "withdrawn"]
"""``proposed`` waits for a seconder, ``ready`` for the next stage; the last three are the end."""

StageState: TypeAlias = Literal["waiting", "open", "undecided", "carried", "not carried"]


class Version(Form, frozen=True, kw_only=True):
    """The text at one time; versions count from 1. ``amendment`` is the one that made it, if any."""

    amendment: Identifier | None
    at: Moment
    documents: tuple[Document, ...]
    fingerprint: Fingerprint
    number: int
    text: Text

    @property
    def subject(self) -> tuple[str, tuple[str, ...]]:
        """What voters decide on: the fingerprints of the text and of each document."""
        return self.fingerprint, tuple(document.sha256 for document in self.documents)


class Amendment(Form, frozen=True, kw_only=True):
    """A change that somebody wants, as a whole new text."""

    amends: Fingerprint
    decided: Moment | None
    documents: tuple[Document, ...]
    id: Identifier
    mover: Name
    offered: Moment
    reason: Text
    state: Literal["open", "adopted", "rejected", "withdrawn"]
    text: Text


class Stage(Form, frozen=True, kw_only=True):
    """One step of a motion and how far it is. What is null has not happened."""

    ballot: Name | None = None
    certificate: Fingerprint | None = None
    decided: Moment | None = None
    documents: tuple[Fingerprint, ...] = ()
    opened: Moment | None = None
    outcome: Outcome | None = None
    phi: Fingerprint | None = None
    plan: StagePlan
    present: int | None = None
    state: StageState = "waiting"
    text: Fingerprint | None = None

    @property
    def subject(self) -> tuple[str | None, tuple[str, ...]]:
        """What was voted on, as :attr:`Version.subject`."""
        return self.text, self.documents


class UndoneStage(Form, frozen=True, kw_only=True):
    """A vote that no longer counts, kept with the reason."""

    at: Moment
    reason: Text
    stage: Stage


class Motion(Form, frozen=True, kw_only=True):
    """Everything about a motion. ``log`` holds every event: ``motion.replay`` gives the same."""

    amendments: tuple[Amendment, ...] = ()
    id: Identifier
    log: tuple[MotionEvent, ...]
    mover: Name
    pipeline: Pipeline
    referred_to: Name | None = None
    seconder: Name | None = None
    stages: tuple[Stage, ...]
    state: State
    title: Name
    undone: tuple[UndoneStage, ...] = ()
    versions: tuple[Version, ...]

    @property
    def text(self) -> Version:
        """The text as it stands now."""
        return self.versions[-1]

    @property
    def ended(self) -> bool:
        """Is nothing more going to happen, unless a vote is voided?"""
        return self.state in ("carried", "not carried", "withdrawn")

    @property
    def next_stage(self) -> int | None:
        """The index of the first stage that has not carried; null when all have."""
        return next((i for i, stage in enumerate(self.stages) if stage.state != "carried"), None)

    def version(self, of: str) -> Version | None:
        """The newest version with this fingerprint."""
        return next((one for one in reversed(self.versions) if one.fingerprint == of), None)

    def changes(self, earlier: int, later: int) -> Difference:
        """What changed between two versions, by their numbers. Raises ``LookupError``."""
        texts = {version.number: version.text for version in self.versions}
        return difference(texts[earlier], texts[later])

    def previous(self, stage: int) -> Stage | None:
        """The stage whose certificate a ballot of this stage must name; null for the first."""
        return self.stages[stage - 1] if stage else None


def stage_words(stage: Stage) -> str:
    """``House of Delegates: carried``, for the line of stages on a page."""
    state = {
        "waiting": _("waiting"),
        "open": _("open"),
        "undecided": _("undecided"),
        "carried": _("carried"),
        "not carried": _("not carried"),
    }[stage.state]
    return _("{body}: {state}").format(body=stage.plan.name, state=state)
