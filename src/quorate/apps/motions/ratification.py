"""Motions that ratify an agreement: their document is the agreement's version, and what they carry is a fact.

A body adopts or rejects exactly what was negotiated. As soon as one has carried it, the register knows, so
that resolutions that wait for the agreement end by themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from django.utils import timezone

from quorate.apps.ballots.services import Account
from quorate.apps.motions.errors import UnknownMotion
from quorate.apps.motions.models import AgreementFile, AgreementRound, MotionFile
from quorate.apps.motions.register import enter
from quorate.apps.motions.selectors import motion_of, register_of
from quorate.apps.organisation.models import Organisation
from quorate.lifecycle.agreement import Agreement, AgreementVersion, Round, votes
from quorate.lifecycle.condition import AgreementAdopted, condition_words, leaves
from quorate.lifecycle.motion_events import DecideAmendment, MotionEvent, OfferAmendment
from quorate.lifecycle.resolution import AgreementVoted, Resolved
from quorate.text import _


@dataclass(frozen=True)
class Negotiated:
    """An agreement as it stands, and its name in addresses."""

    file: AgreementFile
    agreement: Agreement


# What pages ask.


def agreements_of(organisation: Organisation) -> Sequence[Negotiated]:
    """All agreements of an organisation as they stand, the newest first."""
    return [Negotiated(file, agreement_of(file)) for file in organisation.agreements.all()]


def agreement_named(organisation: Organisation, slug: str) -> AgreementFile:
    """The agreement of an address; UnknownMotion when there is none."""
    found = organisation.agreements.filter(slug=slug).first()
    if found is None:
        raise UnknownMotion(_("There is no agreement at this address."))
    return found


def agreement_of(file: AgreementFile) -> Agreement:
    """The agreement as its versions and the motions that ratify them make it."""
    return Agreement(
        id=file.slug,
        parties=tuple(file.parties),
        rounds=tuple(
            Round(motion=motion_of(row.motion), version=row.version)
            for row in file.rounds.select_related("motion")
        ),
        title=file.title,
        versions=tuple(msgspec.convert(row.version, AgreementVersion) for row in file.entries.all()),
    )


def version_text(file: AgreementFile, fingerprint: str) -> bytes:
    """The bytes of the version with this fingerprint; UnknownMotion when there is none."""
    for one in agreement_of(file).versions:
        if one.fingerprint == fingerprint:
            return one.text.encode()
    raise UnknownMotion(_("There is no such version."))


def ratification_of(file: AgreementFile) -> MotionFile | None:
    """The motion that ratifies the newest version, where there is one."""
    row = file.rounds.filter(version=file.entries.count()).select_related("motion").first()
    return None if row is None else row.motion


def awaited(organisation: Organisation) -> list[tuple[str, str]]:
    """Agreements that are not here yet, for which a resolution waits: the name, and until what it holds."""
    known = set(organisation.agreements.values_list("slug", flat=True))
    return [
        (leaf.agreement, f"{fact.resolution.title}: {condition_words(leaf)}")
        for fact in register_of(organisation).facts
        if isinstance(fact, Resolved) and fact.resolution.until is not None
        for leaf in leaves(fact.resolution.until)
        if isinstance(leaf, AgreementAdopted) and leaf.agreement not in known
    ]


# What motions ask.


def of_motion(motion: MotionFile) -> AgreementRound | None:
    """The round of ratification that this motion is, if it is one."""
    return AgreementRound.objects.filter(motion=motion).select_related("agreement").first()


def refusal(motion: MotionFile, event: MotionEvent) -> str:
    """Why this cannot happen to a motion that ratifies an agreement; '' where it can."""
    if isinstance(event, OfferAmendment | DecideAmendment) and of_motion(motion) is not None:
        return _("A body adopts an agreement or rejects it. What the parties change is a new version.")
    return ""


def superseded(motion: MotionFile) -> str:
    """Why no body can open this motion any more: a newer version of its agreement; '' where none is."""
    row = of_motion(motion)
    if row is None or row.version == row.agreement.entries.count():
        return ""
    return _("There is a newer version of the agreement: version {n} is no longer put to the vote.").format(
        n=row.version
    )


def documents_of(motion: MotionFile) -> list[bytes]:
    """The bytes of the documents that voters decide on."""
    row = of_motion(motion)
    if row is None:
        return []
    wanted = {one.sha256 for one in motion_of(motion).text.documents}
    versions = agreement_of(row.agreement).versions
    return [one.text.encode() for one in versions if one.fingerprint in wanted]


def tell_register(motion: MotionFile, by: Account | None) -> None:
    """Enter into the register which bodies carried this motion's agreement; again changes nothing."""
    row = of_motion(motion)
    if row is None or superseded(motion):
        return
    organisation = motion.organisation
    facts = register_of(organisation).facts
    known = {(one.agreement, one.body, one.certificate) for one in facts if isinstance(one, AgreementVoted)}
    agreement = agreement_of(row.agreement)
    decided = [stage.decided for stage in motion_of(motion).stages if stage.decided is not None]
    recorded = max([timezone.now(), *decided, *(one.recorded for one in facts[-1:])])
    name = by.get_username() if by is not None else _("the board")
    for fact in votes(agreement, recorded=recorded, by=name):
        if (fact.agreement, fact.body, fact.certificate) not in known:
            enter(organisation=organisation, fact=fact, by=by)
