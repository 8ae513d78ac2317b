"""Towards opening: what is still missing, fixing the manifest for the officers, going back to the draft."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings
from django.db import transaction

from quorate.apps.ballots import services
from quorate.apps.ballots.ceremony_state import ceremony_state
from quorate.apps.ballots.codes import codes_of, issued
from quorate.apps.ballots.drafting import moments
from quorate.apps.ballots.electorate import Electorate, electorate_of, small_units
from quorate.apps.ballots.errors import NotAllowed
from quorate.apps.ballots.labels import LabelProblem, check_labels, clean_label
from quorate.apps.ballots.live import engine
from quorate.apps.ballots.models import Ballot, Stage
from quorate.apps.ballots.panel import rule_problem
from quorate.apps.ballots.selectors import latest_draft
from quorate.apps.ballots.services import OPEN, Account, record_event
from quorate.apps.ballots.tellers import ceremony_line
from quorate.apps.ballots.workplace import kept_text
from quorate.apps.organisation.rolls import hold_roll
from quorate.apps.publication.booth import NoBooth, offered
from quorate.apps.publication.services import store_document
from quorate.election.draft import Draft, DraftError, DraftQuestion, instant_of, zone_named
from quorate.record.ceremony import check_ceremony
from quorate.record.manifest import Manifest, Officer
from quorate.report.words import when
from quorate.text import _, ngettext, number

State = Literal["ready", "warn", "blocked"]
OFFICERS: Final = 2


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the checklist: what it is about, how it stands, and the wizard's step that mends it."""

    title: str
    state: State
    said: str
    step: str
    question: int = 1


def checklist(ballot: Ballot, draft: Draft, officers: Sequence[Officer]) -> tuple[Line, ...]:
    """Everything that must be right before officers can sign, in the order of the wizard."""
    electorate = electorate_of(draft)
    lines = [_details(draft)]
    for place, question in enumerate(draft.question, start=1):
        lines += _question_lines(ballot, question, place, electorate)
    lines += [
        *_voters(draft, electorate),
        _window(draft),
        _tellers(ballot, draft),
        _codes(ballot, draft, electorate),
        _officers(officers),
        _booth(),
    ]
    return tuple(lines)


def prepare_ballot(*, ballot: Ballot, officers: Sequence[Officer], by: Account) -> Manifest:
    """Fix the draft for the officers to sign; NotAllowed names the first line that blocks it."""
    found = latest_draft(ballot)
    if found is None:
        raise NotAllowed(_("There is no draft yet."))
    draft = found[1]
    blocked = next((line for line in checklist(ballot, draft, officers) if line.state == "blocked"), None)
    if blocked is not None:
        raise NotAllowed(f"{blocked.title}: {blocked.said}")
    signed, lines, units = issued(ballot)
    line = ceremony_line(ballot)
    texts = {one.sha256 for question in draft.question for one in question.documents}
    electorate = electorate_of(draft)
    with transaction.atomic():
        if electorate is not None:
            hold_roll(roll=electorate.roll, by=None)
        manifest = services.prepare(
            ballot=ballot,
            issued=signed,
            credentials=lines,
            units=units,
            ceremony=check_ceremony(line),
            ceremony_line=line,
            officers=officers,
            by=by,
            booth=offered(),
        )
        for fingerprint in sorted(texts):
            data = kept_text(ballot, fingerprint) or b""
            engine().do(ballot.name, lambda office, data=data: store_document(office, data))  # type: ignore[misc]  # a bound default
    return manifest


def back_to_draft(*, ballot: Ballot, by: Account) -> None:
    """Discard what was fixed, with its signatures, so that the draft can be changed. Logged.

    Codes and the tellers' key are kept: they are made for the ballot's id. NotAllowed once it is open.
    """
    with transaction.atomic():
        found = Ballot.objects.select_for_update().get(pk=ballot.pk)
        if found.stage != Stage.READY:
            raise NotAllowed(_("Only a ballot that waits for signatures can go back to its draft."))
        folder = settings.ENVIRONMENT.boards / found.ballot_id
        if (folder / "board").exists():
            raise NotAllowed(_("The public board has begun: this ballot cannot be changed any more."))
        phi = engine().do(found.name, lambda office: office.manifest.phi.hex())
        count, _rows = found.approvals.filter(subject=OPEN).delete()
        Ballot.objects.filter(pk=found.pk).update(stage=Stage.DRAFT)
        ballot.stage = Stage.DRAFT
        record_event(kind="back to draft", by=by, ballot=found, phi=phi, signatures=count)
        engine().forget(found.name)
        shutil.rmtree(folder, ignore_errors=True)


def question_problem(question: DraftQuestion) -> str:
    """What is wrong with the text and the answers of a question; empty when nothing is."""
    if not question.text.strip():
        return _("The question has no text.")
    if len(question.options) < 2:
        return _("The question has no answers to choose from.")
    labels = [option.label for option in question.options]
    labels += [question.blank.label] if question.blank else []
    try:
        for label in labels:
            clean_label(label)
        check_labels(labels)
    except LabelProblem as problem:
        return str(problem)
    return ""


def _details(draft: Draft) -> Line:
    missing = [
        words
        for words, value in (
            (_("a title"), draft.title),
            (_("whom voters call for help"), draft.contact),
        )
        if not value.strip()
    ]
    if missing:
        return Line(_("Details"), "blocked", _("Missing: {what}.").format(what=", ".join(missing)), "details")
    return Line(_("Details"), "ready", draft.title, "details")


def _question_lines(
    ballot: Ballot, question: DraftQuestion, place: int, electorate: Electorate | None
) -> list[Line]:
    name = _("Question {n}").format(n=place)
    problem = question_problem(question)
    if problem:
        step = "question" if not question.text.strip() else "answers"
        return [Line(name, "blocked", problem, step, place)]
    lost = [one.name for one in question.documents if kept_text(ballot, one.sha256) is None]
    if lost:
        said = _("This text is not here, attach it again: {name}.").format(name=lost[0])
        return [Line(name, "blocked", said, "question", place)]
    eligible = electorate.eligible(question) if electorate else 1
    units = tuple(unit for unit, _n in electorate.units) if electorate else question.electorate or ()
    problem = rule_problem(question, eligible, units)
    if problem:
        return [Line(name, "blocked", problem, "rule", place)]
    if question.rule is None:
        said = _("No rule: the counts are published and nothing is decided.")
        return [Line(name, "warn", said, "rule", place)]
    return [Line(name, "ready", question.text.strip().split("\n")[0][:120], "question", place)]


def _voters(draft: Draft, electorate: Electorate | None) -> list[Line]:
    title = _("Voters")
    if electorate is None:
        said = _("No frozen roll is chosen. A registrar freezes the roll of the body that votes.")
        return [Line(title, "blocked", said, "voters")]
    if electorate.missing:
        said = ngettext(
            "{n} member has no unit on the roll and could not vote.",
            "{n} members have no unit on the roll and could not vote.",
            electorate.missing,
        ).format(n=number(electorate.missing))
        return [Line(title, "blocked", said, "voters")]
    if electorate.roll.challenge_until > engine().now():
        said = _("Members may ask for corrections of the roll until {when}.").format(
            when=when(f"{electorate.roll.challenge_until:%Y-%m-%dT%H:%M:%SZ}", draft.zone)
        )
        return [Line(title, "blocked", said, "voters")]
    nobody = [n for n, one in enumerate(draft.question, start=1) if electorate.eligible(one) < 1]
    if nobody:
        said = _("Nobody on this roll votes on question {n}.").format(n=nobody[0])
        return [Line(title, "blocked", said, "voters")]
    said = ngettext(
        "{n} member on the roll of {body}.", "{n} members on the roll of {body}.", electorate.count
    )
    found = [Line(title, "ready", said.format(n=number(electorate.count), body=draft.body), "voters")]
    small = small_units(draft, electorate)
    if small:
        said = ngettext(
            "{n} unit has fewer than {limit} members: it is only ever counted together with others.",
            "{n} units have fewer than {limit} members: they are only ever counted together with others.",
            len(small),
        ).format(n=number(len(small)), limit=draft.group_limit)
        found.append(Line(_("Small units"), "warn", said, "voters"))
    return found


def _window(draft: Draft) -> Line:
    title = _("Voting time")
    if not draft.opens or not draft.closes:
        return Line(title, "blocked", _("Opening and closing time are not chosen."), "window")
    try:
        zone = zone_named(draft.zone)
        opens, closes = instant_of("opens", draft.opens, zone), instant_of("closes", draft.closes, zone)
    except DraftError as error:
        return Line(title, "blocked", str(error), "window")
    found = moments(draft)
    if found is None or found.closes <= found.opens:
        return Line(title, "blocked", _("Voting must close after it opens."), "window")
    if found.opens <= engine().now():
        return Line(title, "blocked", _("The opening time has passed: choose a later one."), "window")
    said = _("{opens} to {closes}").format(opens=when(opens, draft.zone), closes=when(closes, draft.zone))
    return Line(title, "ready", said, "window")


def _tellers(ballot: Ballot, draft: Draft) -> Line:
    title = _("Tellers' key")
    if not draft.tellers:
        return Line(title, "blocked", _("No tellers are named."), "tellers")
    state = ceremony_state(ballot)
    if state is None:
        return Line(title, "blocked", _("The tellers' ceremony has not begun."), "tellers")
    if (tuple(one.name for one in state.tellers), state.threshold) != (draft.tellers, draft.threshold):
        said = _("The ceremony is of other tellers than the draft names: end it and begin another.")
        return Line(title, "blocked", said, "tellers")
    if state.blames:
        return Line(title, "blocked", _("There can be no key: {why}").format(why=state.blames[0]), "tellers")
    if not state.complete:
        waiting = ", ".join(one.name for one in state.awaited)
        said = _("Every teller must confirm and rehearse the key. Awaited: {names}.").format(names=waiting)
        return Line(title, "blocked", said, "tellers")
    said = _("Made and rehearsed by all {n}; {threshold} of them suffice.").format(
        n=len(state.tellers), threshold=state.threshold
    )
    return Line(title, "ready", said, "tellers")


def _codes(ballot: Ballot, draft: Draft, electorate: Electorate | None) -> Line:
    title = _("Voting codes")
    codes = codes_of(ballot, draft)
    if codes is None:
        return Line(title, "blocked", _("The voting codes are not made yet."), "codes")
    if not codes.fits:
        said = _("The codes were made for another roll, other units or another way of making them.")
        return Line(title, "blocked", said, "codes")
    if codes.mode == "hosted" and codes.handed_over is None:
        said = _("Made, and not handed over yet: members need them to vote.")
        return Line(title, "warn", said, "codes")
    said = ngettext("{n} code made.", "{n} codes made.", codes.count).format(n=number(codes.count))
    return Line(title, "ready", said, "codes")


def _officers(officers: Sequence[Officer]) -> Line:
    title = _("Officers who sign")
    if len(officers) < OFFICERS:
        said = _("Two officers who may open ballots need a signing key each; there are {n}.").format(
            n=len(officers)
        )
        return Line(title, "blocked", said, "officers")
    return Line(title, "ready", ", ".join(one.name for one in officers), "officers")


def _booth() -> Line:
    title = _("Voting page")
    try:
        bundle = offered().hex()
    except NoBooth:
        return Line(title, "blocked", _("This server has no booth: its operator must build it."), "preview")
    said = _("Program {start}…, fixed by its fingerprint.").format(start=bundle[:16])
    return Line(title, "ready", said, "preview")
