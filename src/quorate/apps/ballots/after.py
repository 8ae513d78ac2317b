"""What officers do after voting has closed: protests, legal hold, archive, correction, a new vote.

What two officers decide outside the board is a `JointStep`: one proposes it with a reason, another confirms
it, and only then it happens.
"""

from __future__ import annotations

import msgspec
from django.db import transaction
from django.db.models import QuerySet

from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.life import check_event, now_of
from quorate.apps.ballots.models import Ballot, JointStep, Protest, Stage
from quorate.apps.ballots.services import Account, locked, log, save_draft
from quorate.apps.credentials import registry
from quorate.election.draft import Draft
from quorate.lifecycle import ballot as life
from quorate.text import _, hidden_characters

Kind = JointStep.Kind
_PAIR = frozenset({"first", "second"})
_BEFORE_OPENING = (Stage.DRAFT, Stage.READY)
_ERASED = "(erased)"


# What is fixed before opening.


@transaction.atomic
def set_terms(*, ballot: Ballot, protest_days: int, retain_days: int, by: Account) -> None:
    """Fix for how long members may protest, and for how long everything is kept. NotAllowed once open."""
    ballot = locked(ballot, *_BEFORE_OPENING)
    Ballot.objects.filter(pk=ballot.pk).update(protest_days=protest_days, retain_days=retain_days)
    log(ballot, by, "terms set", protest_days=protest_days, retain_days=retain_days)


# Protests.


@transaction.atomic
def record_protest(*, ballot: Ballot, text: str, by: Account) -> Protest:
    """Keep an objection that somebody made. While it is open the result is not released."""
    ballot = locked(ballot, Stage.OPENED)
    number = ballot.protests.count() + 1
    check_event(ballot, life.Protest(number=number))
    made = Protest.objects.create(
        ballot=ballot, number=number, text=_plain(text), recorded_by_id=by.pk, recorded=now_of(ballot)
    )
    log(ballot, by, "protest recorded", number=number)
    return made


# Joint steps.


@transaction.atomic
def propose_step(
    *, ballot: Ballot, kind: str, reason: str, by: Account, protest: Protest | None = None
) -> JointStep:
    """Propose what a second officer must confirm; NotAllowed when it is not possible now."""
    ballot = locked(ballot, *Stage)
    if (protest is None) is (kind in {Kind.DISMISS, Kind.UPHOLD}):
        raise NotAllowed(_("Say which protest is decided."))
    check_event(ballot, _lived(Kind(kind), protest))
    if waiting(ballot).filter(kind=kind, protest=protest).exists():
        raise NotAllowed(_("That is proposed already: a second officer must confirm it, or withdraw it."))
    step = JointStep.objects.create(
        ballot=ballot,
        kind=kind,
        reason=_plain(reason),
        protest=protest,
        first_id=by.pk,
        proposed=now_of(ballot),
    )
    log(ballot, by, "step proposed", step=step.kind, number=step.pk)
    return step


@transaction.atomic
def confirm_step(*, step: JointStep, by: Account) -> JointStep:
    """Do what another officer proposed; NotAllowed for the same officer, or when it is not possible now."""
    ballot = locked(step.ballot, *Stage)
    step = _open_step(step)
    if step.first_id == by.pk:
        raise NotAllowed(_("You proposed this: a second officer must confirm it."))
    check_event(ballot, _lived(Kind(step.kind), step.protest))
    step.second_id, step.done = by.pk, now_of(ballot)
    step.save(update_fields=("second", "done"))
    if step.protest is not None:
        state = Protest.State.UPHELD if step.kind == Kind.UPHOLD else Protest.State.DISMISSED
        Protest.objects.filter(pk=step.protest.pk).update(state=state)
    if step.kind == Kind.ARCHIVE:
        _archive(ballot)
    log(ballot, by, "step confirmed", step=step.kind, number=step.pk)
    return step


@transaction.atomic
def withdraw_step(*, step: JointStep, by: Account) -> None:
    """Take back what was proposed and is not confirmed; any officer may."""
    ballot = locked(step.ballot, *Stage)
    step = _open_step(step)
    step.withdrawn = True
    step.save(update_fields=("withdrawn",))
    log(ballot, by, "step withdrawn", step=step.kind, number=step.pk)


def waiting(ballot: Ballot) -> QuerySet[JointStep]:
    """Steps that wait for a second officer."""
    return ballot.steps.filter(done__isnull=True, withdrawn=False)


# A new vote.


@transaction.atomic
def rerun(*, ballot: Ballot, by: Account) -> Ballot:
    """A new draft in the place of a void ballot: copied from it, and naming it."""
    ballot = locked(ballot, Stage.VOIDED, Stage.ARCHIVED)
    check_event(ballot, life.Rerun())
    new = Ballot.objects.create(
        organisation=ballot.organisation,
        title=ballot.title,
        rerun_of=ballot,
        protest_days=ballot.protest_days,
        retain_days=ballot.retain_days,
    )
    log(new, by, "created", title=new.title, rerun_of=ballot.name)
    last = ballot.drafts.last()
    if last is not None:
        save_draft(ballot=new, content=msgspec.convert(last.content, Draft), base=0, by=by)
    log(ballot, by, "run again", rerun=new.name)
    return new


# What these share.


def _lived(kind: JointStep.Kind, protest: Protest | None) -> life.Event:
    number = 0 if protest is None else protest.number
    match kind:
        case Kind.DISMISS:
            return life.Settle(_PAIR, number)
        case Kind.UPHOLD:
            return life.Settle(_PAIR, number, upheld=True)
        case Kind.HOLD:
            return life.Hold(_PAIR)
        case Kind.END_HOLD:
            return life.EndHold(_PAIR)
        case Kind.ARCHIVE:
            return life.Archive(_PAIR)
        case Kind.CORRECT:
            return life.Correct(_PAIR)


def _open_step(step: JointStep) -> JointStep:
    found = JointStep.objects.select_for_update(of=("self",)).select_related("protest").get(pk=step.pk)
    if found.done is not None or found.withdrawn:
        raise NotAllowed(_("That was confirmed or withdrawn meanwhile."))
    return found


def _archive(ballot: Ballot) -> None:
    """Erase what is about persons: contacts in drafts, what protests say, and who holds which credential.

    Record, certificate, reports and the audit trail stay.
    """
    for version in ballot.drafts.all():
        version.content["contact"] = _ERASED
        version.save(update_fields=("content",))
    ballot.protests.update(text="")
    registry.destroy(bytes.fromhex(ballot.ballot_id))
    Ballot.objects.filter(pk=ballot.pk).update(stage=Stage.ARCHIVED)


def _plain(text: str) -> str:
    text = text.strip()
    if not text or hidden_characters(text):
        raise NotAllowed(_("Give the reason in plain words."))
    return text
