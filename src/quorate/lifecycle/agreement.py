"""An agreement with somebody else: its versions, and how bodies ratify one of them.

Ratification is a motion (``motion.py``) whose document is the agreement, by fingerprint. A body adopts or
rejects exactly what was negotiated: there are no amendments, only a new version, which starts afresh.
``votes`` gives the facts by which resolutions that wait for the agreement end (``register.py``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from msgspec.structs import replace

from quorate.lifecycle.difference import Difference, difference
from quorate.lifecycle.forms import Fingerprint, Form, Moment, Name, Refused, Text, fingerprint, not_before
from quorate.lifecycle.motion import Motion, apply, propose
from quorate.lifecycle.motion_events import DecideAmendment, Document, MotionEvent, OfferAmendment, Propose
from quorate.lifecycle.pipeline import Identifier, Pipeline
from quorate.lifecycle.resolution import AgreementVoted
from quorate.text import _

State: TypeAlias = Literal["negotiated", "being ratified", "ratified", "rejected"]


class AgreementVersion(Form, frozen=True, kw_only=True):
    """The agreement at one time, with a summary in plain language. Versions count from 1."""

    at: Moment
    by: Name
    fingerprint: Fingerprint
    number: int
    summary: Text
    text: str

    def document(self, title: str) -> Document:
        """The text as a document that voters decide on, under the title of the agreement."""
        name = _("{title}, version {n}").format(title=title, n=self.number)
        return Document(name=name, sha256=self.fingerprint, size=len(self.text.encode()))


class Round(Form, frozen=True, kw_only=True):
    """The ratification of one version, by its number."""

    motion: Motion
    version: int


class Agreement(Form, frozen=True, kw_only=True):
    """Every version, and every round of ratification; the last one is the one that counts."""

    id: Identifier
    parties: tuple[Name, ...]
    rounds: tuple[Round, ...] = ()
    title: Name
    versions: tuple[AgreementVersion, ...]

    @property
    def text(self) -> AgreementVersion:
        """The newest version."""
        return self.versions[-1]

    @property
    def ratification(self) -> Round | None:
        """The round of the newest version; null before it was put to a body."""
        last = self.rounds[-1] if self.rounds else None
        return last if last is not None and last.version == self.text.number else None

    @property
    def state(self) -> State:
        """How far the newest version is."""
        if self.ratification is None:
            return "negotiated"
        match self.ratification.motion.state:
            case "carried":
                return "ratified"
            case "not carried" | "withdrawn":
                return "rejected"
            case _:
                return "being ratified"

    def changes(self, earlier: int, later: int) -> Difference:
        """What changed between two versions, by their numbers. Raises ``LookupError``."""
        texts = {version.number: version.text for version in self.versions}
        return difference(texts[earlier], texts[later])


def negotiated(
    *,
    agreement: Identifier,
    title: Name,
    parties: tuple[Name, ...],
    text: str,
    summary: Text,
    at: datetime,
    by: Name,
) -> Agreement | Refused:
    """The first version of an agreement between these parties."""
    if len(set(parties)) < 2 or len(set(parties)) != len(parties):
        return Refused(_("An agreement has at least two parties, each named once."))
    if refused := not_before(at, None) or _empty(text, summary):
        return refused
    first = _version(1, text, summary, at, by)
    return Agreement(id=agreement, parties=parties, title=title, versions=(first,))


def revised(agreement: Agreement, *, text: str, summary: Text, at: datetime, by: Name) -> Agreement | Refused:
    """The agreement with a new version. A round in which no body votes just now ends with it, unfinished."""
    if refused := not_before(at, agreement.text.at) or _empty(text, summary):
        return refused
    if agreement.state == "ratified":
        return Refused(_("This agreement is ratified. What changes it is a new agreement."))
    round_ = agreement.ratification
    if round_ is not None and round_.motion.state == "voting":
        return Refused(_("A body is voting on this version. Wait for its decision."))
    if fingerprint(text) == agreement.text.fingerprint:
        return Refused(_("This is the text of version {n}.").format(n=agreement.text.number))
    version = _version(agreement.text.number + 1, text, summary, at, by)
    return replace(agreement, versions=(*agreement.versions, version))


def put_to_bodies(
    agreement: Agreement, pipeline: Pipeline, *, mover: Name, at: datetime, by: Name
) -> Agreement | Refused:
    """Begin to ratify the newest version by this pipeline."""
    if agreement.ratification is not None:
        return Refused(_("This version was put to the bodies already."))
    version = agreement.text
    motion = propose(
        Propose(
            at=at,
            by=by,
            documents=(version.document(agreement.title),),
            id=f"{agreement.id}-{version.number}",
            mover=mover,
            pipeline=pipeline,
            text=_("Shall the agreement “{title}”, version {n}, be ratified?").format(
                title=agreement.title, n=version.number
            ),
            title=_("Ratify: {title}").format(title=agreement.title),
        )
    )
    if isinstance(motion, Refused):
        return motion
    return replace(agreement, rounds=(*agreement.rounds, Round(motion=motion, version=version.number)))


def ratifying(agreement: Agreement, event: MotionEvent) -> Agreement | Refused:
    """Let an event happen to the ratification of the newest version."""
    round_ = agreement.ratification
    if round_ is None:
        return Refused(_("Version {n} was not put to any body.").format(n=agreement.text.number))
    if isinstance(event, OfferAmendment | DecideAmendment):
        return Refused(
            _("A body adopts an agreement or rejects it. What the parties change is a new version.")
        )
    motion = apply(round_.motion, event)
    if isinstance(motion, Refused):
        return motion
    return replace(agreement, rounds=(*agreement.rounds[:-1], replace(round_, motion=motion)))


def votes(agreement: Agreement, *, recorded: datetime, by: Name) -> tuple[AgreementVoted, ...]:
    """For the register: each body that carried the newest version, in the order of their decisions."""
    round_ = agreement.ratification
    if round_ is None:
        return ()
    return tuple(
        AgreementVoted(
            agreement=agreement.id,
            at=stage.decided,
            body=stage.plan.body,
            by=by,
            certificate=stage.certificate,
            recorded=recorded,
            version=agreement.text.fingerprint,
        )
        for stage in round_.motion.stages
        if stage.state == "carried" and stage.decided is not None and stage.certificate is not None
    )


def _empty(text: str, summary: str) -> Refused | None:
    if not text.strip():
        return Refused(_("The agreement has no text."))
    if not summary.strip():
        return Refused(_("Say in plain words what the agreement means: members read that first."))
    return None


def _version(number: int, text: str, summary: str, at: datetime, by: str) -> AgreementVersion:
    return AgreementVersion(
        at=at, by=by, fingerprint=fingerprint(text), number=number, summary=summary, text=text
    )
