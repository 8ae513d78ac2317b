"""The secret ballots of a motion's stages: drafted on its text, held to it, and followed to their end.

A stage opens only on the text that the stage before carried. The ballot says so in its manifest (`previous`),
so that anyone can check the chain from the public records alone.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from msgspec.structs import replace

from quorate.apps.ballots import selectors as ballots
from quorate.apps.ballots import services as ballot_services
from quorate.apps.ballots.drafting import first_draft
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot
from quorate.apps.ballots.models import Stage as BallotStage
from quorate.apps.ballots.services import Account
from quorate.apps.ballots.workplace import keep_text
from quorate.apps.motions.errors import MotionRefused, UnknownMotion
from quorate.apps.motions.models import MotionFile, StageBallot
from quorate.apps.motions.ratification import documents_of, superseded
from quorate.apps.motions.selectors import motion_of
from quorate.apps.motions.services import happen
from quorate.election.draft import Draft, DraftDocument, DraftOption, DraftPrevious, DraftQuestion
from quorate.lifecycle.motion import Motion, opening_blocked
from quorate.lifecycle.motion_events import DecideStage, OpenStage, VoidStage
from quorate.record.manifest import Blank
from quorate.text import _

QUESTION = "motion"
"""The id of the question that decides the motion."""


@transaction.atomic
def draft_ballot(*, motion: MotionFile, stage: int, content: Draft, by: Account) -> Ballot:
    """Begin the ballot of a stage: `content` with the text, documents, rule and link that the motion has.

    Its first question is the motion's; more questions may follow. MotionRefused while the stage cannot open.
    """
    file = MotionFile.objects.select_for_update().get(pk=motion.pk)
    now = motion_of(file)
    if blocked := blocked_by(file, stage):
        raise MotionRefused(" ".join(blocked))
    plan = now.stages[stage].plan
    if plan.method != "secret":
        raise MotionRefused(_("{body} does not vote in secret on this motion.").format(body=plan.name))
    ballot = ballot_services.create_ballot(organisation=file.organisation.slug, title=content.title, by=by)
    StageBallot.objects.create(motion=file, stage=stage, ballot=ballot)
    _keep_documents(file, ballot)
    ballot_services.save_draft(ballot=ballot, content=bound(now, stage, content), base=0, by=by)
    return ballot


def begin_ballot(*, motion: MotionFile, stage: int, by: Account) -> Ballot:
    """The ballot of a stage with an officer's usual first draft: yes or no, the rest to be filled in."""
    organisation = motion.organisation
    question = DraftQuestion(
        id=QUESTION,
        text="",
        options=(DraftOption("yes", _("Yes, in favour")), DraftOption("no", _("No, against"))),
        blank=Blank("blank", _("Leave it blank")),
    )
    content = replace(first_draft(organisation=organisation, title=motion.title), question=(question,))
    return draft_ballot(motion=motion, stage=stage, content=content, by=by)


def bound(motion: Motion, stage: int, content: Draft) -> Draft:
    """The draft with what the motion decides about it: text, documents, rule, body and link."""
    if not content.question:
        raise MotionRefused(_("The draft has no question."))
    first, *more = content.question
    plan, before = motion.stages[stage].plan, motion.previous(stage)
    question: DraftQuestion = replace(
        first,
        id=QUESTION,
        text=motion.text.text,
        rule=plan.rule,
        documents=tuple(
            DraftDocument(name=one.name, sha256=one.sha256, size=one.size) for one in motion.text.documents
        ),
    )
    link = None
    if before is not None and before.certificate is not None and before.phi is not None:
        link = DraftPrevious(certificate=before.certificate, phi=before.phi)
    return replace(content, body=plan.name, question=(question, *more), previous=link)


@transaction.atomic
def take_text_again(*, ballot: Ballot, by: Account) -> None:
    """Write the motion as it stands now into the draft of a stage's ballot."""
    file, stage = stage_of(ballot)
    found = ballots.latest_draft(ballot)
    if found is None:
        raise MotionRefused(_("This ballot has no draft."))
    number, content = found
    _keep_documents(file, ballot)
    ballot_services.save_draft(
        ballot=ballot, content=bound(motion_of(file), stage, content), base=number, by=by
    )


def blocked_by(motion: MotionFile, stage: int) -> list[str]:
    """What stands in the way of opening a stage, one sentence each; empty when it may open."""
    newer = superseded(motion)
    return [*([newer] if newer else ()), *opening_blocked(motion_of(motion), stage)]


def _keep_documents(file: MotionFile, ballot: Ballot) -> None:
    """The bytes that voters will read, beside the draft that names them."""
    for data in documents_of(file):
        keep_text(ballot, data)


# Guards: ballots ask them.


def check_preparing(ballot: Ballot, draft: Draft) -> None:
    """NotAllowed for a stage's ballot whose draft has left the motion."""
    row = _row(ballot)
    if row is None:
        return
    motion = motion_of(row.motion)
    if not draft.question or bound(motion, row.stage, draft) != draft:
        raise NotAllowed(
            _("This ballot must ask the motion as it stands now: take the text from the motion again.")
        )


def check_opening(ballot: Ballot) -> None:
    """NotAllowed while the stage of this ballot cannot open on the text that its manifest has."""
    row = _row(ballot)
    if row is None:
        return
    motion = motion_of(row.motion)
    if motion.stages[row.stage].state == "open":
        return  # it was opened, and is opened again after an interruption
    if blocked := blocked_by(row.motion, row.stage):
        raise NotAllowed(" ".join(blocked))
    asked = next(q for q in ballots.manifest_of(ballot).questions if q.id == QUESTION)
    subject = asked.text_sha256.hex(), tuple(one.sha256.hex() for one in asked.documents)
    if subject != motion.text.subject:
        raise NotAllowed(_("The motion's text has changed since this ballot was prepared."))


# Following a ballot.


def follow(*, motion: MotionFile, by: Account | None = None) -> Motion:
    """Write into the motion what its ballots have come to: opened, decided, declared void.

    The boards are the truth; calling this again changes nothing.
    """
    rows = list(StageBallot.objects.filter(motion=motion).select_related("ballot"))
    if rows:
        with transaction.atomic():
            file = MotionFile.objects.select_for_update().get(pk=motion.pk)
            for row in rows:
                _follow(file, row, by)
    return motion_of(motion)


def _follow(file: MotionFile, row: StageBallot, by: Account | None) -> None:
    ballot = row.ballot
    if ballot.stage in {BallotStage.DRAFT, BallotStage.READY}:
        return

    def now() -> datetime:  # the desk's clock, but never before what is recorded
        return max(engine().desk(ballot.name).now(), motion_of(file).log[-1].at)

    name = by.get_username() if by is not None else _("the board")
    manifest = ballots.manifest_of(ballot)
    asked = next(q for q in manifest.questions if q.id == QUESTION)
    text = asked.text_sha256.hex()
    stage = motion_of(file).stages[row.stage]
    if stage.state == "waiting" and not _past(file, row):
        documents = tuple(one.sha256.hex() for one in asked.documents)
        happen(
            motion=file,
            event=OpenStage(
                at=now(), ballot=ballot.name, by=name, documents=documents, stage=row.stage, text=text,
                eligible=manifest.roll.count, present=asked.facts.present,
            ),
            by=by,
        )  # fmt: skip
        stage = motion_of(file).stages[row.stage]
    if stage.ballot != ballot.name:
        return
    if void := ballots.void_reason(ballot):
        happen(motion=file, event=VoidStage(at=now(), by=name, reason=void, stage=row.stage), by=by)
        return
    if stage.state == "open" and ballot.stage in {BallotStage.RELEASED, BallotStage.ARCHIVED}:
        certificate = ballots.result(ballot)
        if certificate is None:
            return
        decided = next(q for q in certificate.questions if q.id == QUESTION)
        if decided.decision is None:
            return
        happen(
            motion=file,
            event=DecideStage(
                at=now(), by=name, certificate=ballot_services.fingerprint(certificate),
                outcome=decided.decision.outcome.value, phi=certificate.phi.hex(), stage=row.stage, text=text,
            ),
            by=by,
        )  # fmt: skip


def _past(file: MotionFile, row: StageBallot) -> bool:
    """Whether this ballot's vote was undone in the motion already."""
    return any(one.stage.ballot == row.ballot.name for one in motion_of(file).undone)


def _row(ballot: Ballot) -> StageBallot | None:
    return StageBallot.objects.filter(ballot=ballot).select_related("motion", "motion__organisation").first()


def ballot_of(motion: MotionFile, name: str) -> Ballot:
    """A ballot of this motion by its name in addresses; UnknownMotion when there is none."""
    row = StageBallot.objects.filter(motion=motion, ballot__ballot_id__startswith=name).first()
    if row is None or row.ballot.name != name:
        raise UnknownMotion(_("This ballot belongs to no motion."))
    return row.ballot


def stage_of(ballot: Ballot) -> tuple[MotionFile, int]:
    """The motion and stage that a ballot decides; UnknownMotion for any other ballot."""
    row = _row(ballot)
    if row is None:
        raise UnknownMotion(_("This ballot belongs to no motion."))
    return row.motion, row.stage
