"""What officers do with agreements: a first version, a new one, and to put the newest to the bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import transaction

from quorate.apps.ballots.services import Account, record_event
from quorate.apps.motions.errors import MotionRefused
from quorate.apps.motions.models import AgreementEntry, AgreementFile, AgreementRound, MotionFile
from quorate.apps.motions.ratification import agreement_of, ratification_of
from quorate.apps.motions.selectors import motion_of
from quorate.apps.motions.services import happen, propose
from quorate.apps.motions.stage_ballots import follow
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.agreement import Agreement, negotiated, put_to_bodies, revised
from quorate.lifecycle.forms import Refused
from quorate.lifecycle.motion_events import Propose, Withdraw
from quorate.lifecycle.pipeline import Pipeline
from quorate.text import _, number

MOST_LETTERS: Final = 400_000
"""No agreement is longer: everybody may compare two versions, and that takes time."""


@transaction.atomic
def negotiate(
    *,
    organisation: Organisation,
    slug: str,
    title: str,
    parties: tuple[str, ...],
    text: str,
    summary: str,
    at: datetime,
    by: Account,
) -> AgreementFile:
    """Keep the first version of an agreement. MotionRefused says why not."""
    _check_length(text)
    if organisation.agreements.filter(slug=slug).exists():
        raise MotionRefused(
            _("There is an agreement {id} already: add a version to it, or choose another title.").format(
                id=slug
            )
        )
    made = negotiated(
        agreement=slug, title=title, parties=parties, text=text, summary=summary, at=at,
        by=by.get_username(),
    )  # fmt: skip
    if isinstance(made, Refused):
        raise MotionRefused(made.reason)
    file = AgreementFile.objects.create(
        organisation=organisation, slug=slug, title=title, parties=list(parties)
    )
    _keep(file, made, by)
    return file


@transaction.atomic
def revise(*, agreement: AgreementFile, text: str, summary: str, at: datetime, by: Account) -> Agreement:
    """Keep a new version; the motion for the one before takes no further step. MotionRefused says why not."""
    _check_length(text)
    file = _locked(agreement)
    before = ratification_of(file)
    if before is not None:
        follow(motion=before, by=by)
    after = revised(agreement_of(file), text=text, summary=summary, at=at, by=by.get_username())
    if isinstance(after, Refused):
        raise MotionRefused(after.reason)
    _keep(file, after, by)
    if before is not None:
        _take_back(before, after, at, by)
    return after


@transaction.atomic
def put(*, agreement: AgreementFile, pipeline: Pipeline, mover: str, at: datetime, by: Account) -> MotionFile:
    """Put the newest version to these bodies, in this order, as a motion. MotionRefused says why not."""
    file = _locked(agreement)
    after = put_to_bodies(agreement_of(file), pipeline, mover=mover, at=at, by=by.get_username())
    if isinstance(after, Refused):
        raise MotionRefused(after.reason)
    begun = after.rounds[-1]
    proposal = begun.motion.log[0]
    if not isinstance(proposal, Propose):
        raise TypeError("a motion begins with a proposal")
    motion = propose(organisation=file.organisation, event=proposal, by=by)
    AgreementRound.objects.create(agreement=file, version=begun.version, motion=motion)
    return motion


def _take_back(motion: MotionFile, after: Agreement, at: datetime, by: Account) -> None:
    """Withdraw the motion for the version before, where no body has begun to decide it."""
    now = motion_of(motion)
    if now.ended or any(stage.state != "waiting" for stage in now.stages):
        return
    reason = _("Version {n} takes its place.").format(n=after.text.number)
    happen(
        motion=motion,
        event=Withdraw(at=max(at, now.log[-1].at), by=by.get_username(), reason=reason),
        by=by,
    )


def _check_length(text: str) -> None:
    if len(text) > MOST_LETTERS:
        raise MotionRefused(
            _("The text has more than {n} characters: leave annexes out, name them by their fingerprints.")
            .format(n=number(MOST_LETTERS))
        )  # fmt: skip


def _locked(agreement: AgreementFile) -> AgreementFile:
    return AgreementFile.objects.select_for_update().get(pk=agreement.pk)


def _keep(file: AgreementFile, agreement: Agreement, by: Account) -> None:
    version: Any = msgspec.to_builtins(agreement.text)
    AgreementEntry.objects.create(
        agreement=file, number=agreement.text.number, version=version, account_id=by.pk
    )
    record_event(
        kind="agreement: version kept", by=by, organisation=file.organisation.slug, agreement=file.slug,
        version=agreement.text.number,
    )  # fmt: skip
