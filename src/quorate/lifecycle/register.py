"""The register: what is in force on a day, for whom, since when, until what. Start reading here.

``record`` adds a fact or refuses it; ``in_force`` answers for any moment, by all that is known now or by what
was known then (``known``). ``trace`` tells what each fact changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, TypeAlias

from quorate.lifecycle.condition import (
    AgreementAdopted,
    AnyOf,
    EventAttested,
    LaterDecision,
    MetricHolds,
    condition_words,
    leaves,
)
from quorate.lifecycle.forms import Form, Moment, Name, Refused, is_fingerprint, not_before
from quorate.lifecycle.resolution import (
    AgreementVoted,
    AnyFact,
    AttestationWithdrawn,
    Attested,
    Effect,
    Ended,
    Reading,
    ReadingCorrected,
    Resolution,
    ResolutionCorrected,
    Resolved,
)
from quorate.lifecycle.standing import Known, Question, Standing, evaluate
from quorate.text import _

State: TypeAlias = Literal["not yet", "in force", "ended"]


class Register(Form, frozen=True, kw_only=True):
    """All facts in the order in which they were recorded."""

    facts: tuple[AnyFact, ...] = ()


class GroupStatus(Form, frozen=True, kw_only=True):
    """Whether the resolution holds for a group; ``effect`` says from when."""

    effect: Effect
    state: State


class Status(Form, frozen=True, kw_only=True):
    """A resolution at a moment.

    ``ended`` and ``cause`` are set once it has ended. ``until`` is its condition, judged part by part. With
    ``unsure`` a figure is missing that could have ended it: it counts as in force, and the page says so.
    """

    cause: str | None
    ended: Moment | None
    groups: tuple[GroupStatus, ...]
    resolution: Resolution
    state: State
    unsure: bool
    until: Standing


class Change(Form, frozen=True, kw_only=True):
    """What one fact changed for a resolution at the moment it was recorded; ``before`` null: it was new."""

    after: Status
    before: Status | None
    fact: AnyFact

    @property
    def turned(self) -> bool:
        """Did it change whether, or until when, the resolution is in force?"""
        before = self.before
        return before is None or (before.state, before.ended) != (self.after.state, self.after.ended)


def in_force(register: Register, at: datetime, known: datetime | None = None) -> tuple[Status, ...]:
    """What is in force at a moment, in the order of decision; ``known``: by the facts recorded until then."""
    return tuple(one for one in statuses(register, at, known) if one.state == "in force")


def statuses(register: Register, at: datetime, known: datetime | None = None) -> tuple[Status, ...]:
    """Every resolution that was decided by then, also those that are not yet in force or have ended."""
    facts = _known(register, known)
    index = Known.of(facts)
    return tuple(_status(one, index, at) for one in _resolutions(facts).values() if one.decided <= at)


def status(register: Register, resolution: str, at: datetime, known: datetime | None = None) -> Status | None:
    """One resolution at a moment; null where none of this id was recorded."""
    facts = _known(register, known)
    found = _resolutions(facts).get(resolution)
    return None if found is None else _status(found, Known.of(facts), at)


def trace(register: Register, resolution: str) -> Iterator[Change]:
    """What the facts did to a resolution, in the order in which they were recorded.

    Facts that changed nothing about it are left out. Time passing is no fact: ask :func:`status` for that.
    """
    named = _named(register, resolution)
    for position, fact in enumerate(register.facts):
        if not _names(register, fact) & named:
            continue
        shorter = Register(facts=register.facts[:position])
        before = status(shorter, resolution, fact.recorded)
        after = status(Register(facts=register.facts[: position + 1]), resolution, fact.recorded)
        if after is not None and before != after:
            yield Change(after=after, before=before, fact=fact)


def _named(register: Register, resolution: str) -> set[tuple[str, str]]:
    """Everything that a resolution, in any entry of it, hangs on."""
    found = {("resolution", resolution)}
    for fact in register.facts:
        if not isinstance(fact, Resolved | ResolutionCorrected) or fact.resolution.id != resolution:
            continue
        for leaf in leaves(fact.resolution.until or LaterDecision()):
            match leaf:
                case EventAttested(event=event):
                    found.add(("event", event))
                case MetricHolds(metric=metric):
                    found.add(("metric", metric))
                case AgreementAdopted(agreement=agreement):
                    found.add(("agreement", agreement))
                case _:
                    continue
    return found


def _names(register: Register, fact: AnyFact) -> set[tuple[str, str]]:
    """What a fact is about."""
    match fact:
        case Resolved(resolution=resolution) | ResolutionCorrected(resolution=resolution):
            return {("resolution", resolution.id)}
        case Ended(resolution=name):
            return {("resolution", name)}
        case Reading(metric=metric):
            return {("metric", metric)}
        case ReadingCorrected(reading=reading):
            of = (one for one in register.facts if isinstance(one, Reading) and one.id == reading)
            return {("metric", one.metric) for one in of}
        case Attested(event=event) | AttestationWithdrawn(event=event):
            return {("event", event)}
        case AgreementVoted(agreement=agreement):
            return {("agreement", agreement)}


def _known(register: Register, known: datetime | None) -> tuple[AnyFact, ...]:
    if known is None:
        return register.facts
    return tuple(fact for fact in register.facts if fact.recorded <= known)


def _resolutions(facts: tuple[AnyFact, ...]) -> dict[str, Resolution]:
    return {
        fact.resolution.id: fact.resolution
        for fact in facts
        if isinstance(fact, Resolved | ResolutionCorrected)
    }


def _status(resolution: Resolution, known: Known, at: datetime) -> Status:
    question = Question(resolution.id, resolution.begins, at, known)
    until = evaluate(resolution.until or LaterDecision(), question)
    later = known.ended.get(resolution.id)
    ended, cause = None, None
    if until.since is not None:
        ended, cause = until.since, condition_words(_cause(until).condition)
    if later is not None and later.effective <= at and (ended is None or later.effective <= ended):
        ended = later.effective
        cause = _("Rescinded by a later decision")
        if later.replaced_by is not None:
            cause = _("Replaced by {resolution}").format(resolution=later.replaced_by)
    state: State = "ended" if ended else "in force" if resolution.begins <= at else "not yet"
    return Status(
        cause=cause,
        ended=ended,
        groups=tuple(_group(effect, at, ended) for effect in resolution.effects),
        resolution=resolution,
        state=state,
        unsure=ended is None and until.answer == "cannot be known",
        until=until,
    )


def _cause(until: Standing) -> Standing:
    """The part that ended it: of several that would do, the first that was met."""
    if isinstance(until.condition, AnyOf):
        return _cause(next(term for term in until.terms if term.since == until.since))
    return until


def _group(effect: Effect, at: datetime, ended: datetime | None) -> GroupStatus:
    state: State = "ended" if ended else "in force" if effect.starts.instant <= at else "not yet"
    return GroupStatus(effect=effect, state=state)


def record(register: Register, fact: AnyFact) -> Register | Refused:
    """The register with one more fact, or why it cannot be recorded."""
    last = register.facts[-1].recorded if register.facts else None
    refused = not_before(fact.recorded, last) or _refusal(register, fact)
    return refused or Register(facts=(*register.facts, fact))


def correct_batch(
    register: Register, batch: str, *, reason: str, by: Name, second: Name, recorded: datetime
) -> Register | Refused:
    """Take every reading of a batch as not usable; what hangs on them is judged again.

    Either all readings of the batch are corrected or none.
    """
    bad = [fact for fact in register.facts if isinstance(fact, Reading) and fact.batch == batch]
    if not bad:
        return Refused(_("There is no reading of a batch {batch}.").format(batch=batch))
    after = register
    for reading in bad:
        fact = ReadingCorrected(
            by=by, reading=reading.id, reason=reason, recorded=recorded, second=second, value=None
        )
        corrected = record(after, fact)
        if isinstance(corrected, Refused):
            return corrected
        after = corrected
    return after


def _refusal(register: Register, fact: AnyFact) -> Refused | None:
    match fact:
        case Resolved():
            return _new_resolution(register, fact)
        case ResolutionCorrected():
            if fact.resolution.id not in _resolutions(register.facts):
                return Refused(_no_resolution(fact.resolution.id))
            return _two(fact.by, fact.second) or _dates(fact.resolution, fact.recorded)
        case Ended():
            return _ended(register, fact)
        case Reading():
            return _reading(register, fact)
        case ReadingCorrected():
            if not any(isinstance(one, Reading) and one.id == fact.reading for one in register.facts):
                return Refused(_("There is no reading {id}.").format(id=fact.reading))
            if fact.value is not None and not fact.value.is_finite():
                return Refused(_("The value of a reading is a number."))
            return _two(fact.by, fact.second)
        case Attested():
            return _attested(register, fact)
        case AttestationWithdrawn():
            if fact.by not in Known.of(register.facts).attested.get(fact.event, {}):
                return Refused(_("{officer} has not attested this.").format(officer=fact.by))
            return None
        case AgreementVoted():
            if not is_fingerprint(fact.certificate):
                return Refused(_("A vote is recorded with the fingerprint of its certificate."))
            if fact.at > fact.recorded:
                return Refused(_("This vote would be in the future."))
            return None


def _no_resolution(name: str) -> str:
    return _("There is no resolution {id} in the register.").format(id=name)


def _two(first: str, second: str) -> Refused | None:
    return Refused(_("A correction needs a second officer.")) if first == second else None


def _new_resolution(register: Register, fact: Resolved) -> Refused | None:
    if fact.resolution.id in _resolutions(register.facts):
        return Refused(_("There is a resolution {id} already.").format(id=fact.resolution.id))
    return _dates(fact.resolution, fact.recorded)


def _dates(resolution: Resolution, recorded: datetime) -> Refused | None:
    if not is_fingerprint(resolution.certificate):
        return Refused(_("A resolution is recorded with the fingerprint of its certificate."))
    if resolution.decided > recorded:
        return Refused(_("This decision would be in the future."))
    if resolution.begins < resolution.decided:
        return Refused(_("A resolution cannot take effect before it was decided."))
    return None


def _ended(register: Register, fact: Ended) -> Refused | None:
    known = _resolutions(register.facts)
    if fact.resolution not in known:
        return Refused(_no_resolution(fact.resolution))
    if not is_fingerprint(fact.certificate):
        return Refused(_("A later decision is recorded with the fingerprint of its certificate."))
    if fact.replaced_by == fact.resolution:
        return Refused(_("A resolution cannot replace itself."))
    if fact.replaced_by is not None and fact.replaced_by not in known:
        return Refused(_no_resolution(fact.replaced_by))
    if fact.resolution in Known.of(register.facts).ended:
        return Refused(_("A later decision has ended it already."))
    if fact.effective < known[fact.resolution].decided:
        return Refused(_("It cannot end before it was decided."))
    return None


def _reading(register: Register, fact: Reading) -> Refused | None:
    if not fact.value.is_finite():
        return Refused(_("The value of a reading is a number."))
    if fact.day > fact.recorded.astimezone(UTC).date() + timedelta(days=1):
        return Refused(_("This reading would be of a day in the future."))
    for one in register.facts:
        if isinstance(one, Reading) and one.id == fact.id:
            return Refused(_("There is a reading {id} already.").format(id=fact.id))
        if isinstance(one, Reading) and (one.metric, one.day) == (fact.metric, fact.day):
            return Refused(
                _("{metric} has a value for {day}. If it is wrong, correct it.").format(
                    metric=fact.metric, day=fact.day.isoformat()
                )
            )
    return None


def _attested(register: Register, fact: Attested) -> Refused | None:
    if not is_fingerprint(fact.evidence):
        return Refused(_("An attestation needs evidence: add the file that shows it."))
    if fact.happened > fact.recorded:
        return Refused(_("This event would be in the future."))
    if fact.by in Known.of(register.facts).attested.get(fact.event, {}):
        return Refused(_("{officer} has attested this already.").format(officer=fact.by))
    return None
